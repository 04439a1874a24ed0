"""Every engine that runs here tells the same story of a flow."""

from __future__ import annotations

import pytest

from simtrade.bench.engines import engines
from simtrade.bench.flow import Flow, adversarial, normal, wide


@pytest.fixture(scope="module", params=[normal, adversarial, wide])
def flow(request: pytest.FixtureRequest) -> Flow:
    made: Flow = request.param(25_000)
    return made


def test_all_engines_agree(flow: Flow) -> None:
    found, missing = engines()
    told = {}
    for engine in found:
        engine.start(flow)
        for start in range(0, len(flow.messages), 5_000):
            part = flow.messages[start : start + 5_000]
            engine.run(part if engine.batch else part.tolist())
        told[engine.name] = engine.result(flow)
    first = told[found[0].name]
    assert len(first[1]) > 1_000
    assert all(story == first for story in told.values())
    assert len(found) + len(missing) == 4


def test_a_missing_compiler_is_said_and_not_fatal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simtrade.bench.engines.shutil.which", lambda _: None)
    found, missing = engines()
    assert "C reference" not in {engine.name for engine in found}
    assert "C reference is left out: there is no C compiler" in missing
