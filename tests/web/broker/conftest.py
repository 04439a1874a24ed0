from __future__ import annotations

from collections.abc import Iterator

import pytest

from simtrade.app import Simtrade
from simtrade.settings import Settings
from tests.web.broker.program import Program, close_all, practice, program
from tests.web.serving import LIMITLESS, Site


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The programs' side on the real application; programs of different tests share it."""
    settings = Settings(
        data=tmp_path_factory.mktemp("broker"),
        port=0,
        latency=False,
        floor_seed=7,
        api_requests_per_minute=1_000_000,
    )
    core = Simtrade.open(settings)
    with Site(core, LIMITLESS) as site:
        yield site
    core.close()


@pytest.fixture(autouse=True)
def hang_up() -> Iterator[None]:
    yield
    close_all()


@pytest.fixture
def bot(broker: Site) -> Program:
    """A new person's program on the shared floor."""
    return program(broker)


@pytest.fixture
def replay(broker: Site) -> Program:
    """A new person's program on a practice market of American shares in 2005; its clock stands."""
    return practice(broker)
