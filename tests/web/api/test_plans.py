"""``/api/plans`` and ``/api/plan`` on the real application."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from simtrade.app import Simtrade
from simtrade.plans.model import Because, Seen, Step, StepKind
from simtrade.settings import Settings
from tests.web.pages.person import Person
from tests.web.pages.test_plans import STAGED
from tests.web.serving import LIMITLESS, Site
from web.api.plans import in_milliseconds, step_value


@pytest.fixture(scope="module")
def plans_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    core = Simtrade.open(Settings(data=tmp_path_factory.mktemp("plans"), port=0))
    with Site(core, LIMITLESS) as site:  # type: ignore[arg-type]  # keeps the double's contract
        yield site
    core.close()


def test_a_plan_and_its_receipts(plans_site: Site) -> None:
    with Person(plans_site) as person, Person(plans_site) as stranger:
        account = person.start()
        path = person.post("/plans", **STAGED, account=account, key="api").url.path
        plan_id = int(path.rpartition("/")[2])
        listed = person.get(f"/api/plans?acct={account}").json()["plans"]
        assert [one["id"] for one in listed] == [plan_id]
        value = person.get(f"/api/plan?acct={account}&id={plan_id}").json()
        assert (value["kind"], value["state"], value["placed"]) == ("staged", "armed", 0)
        assert value["terms"]["spec"]["leg"]["qty"] == 3
        assert [step["kind"] for step in value["steps"]] == ["armed"]
        assert value["steps"][0]["at_ms"] == value["armed_ms"]
        assert person.get(f"/api/plan?acct={account}&id=999").status_code == 404
        assert person.get(f"/api/plan?acct={account}").status_code == 400
        stranger.start()
        assert stranger.get(f"/api/plans?acct={account}").status_code == 404
        assert stranger.get(f"/api/plan?acct={account}&id={plan_id}").status_code == 404


def test_moments_fit_into_a_browsers_numbers() -> None:
    moment = 1_700_000_000_123_000_000
    terms = {"conditions": [{"kind": "time_from", "number": moment}], "start_ns": moment}
    assert in_milliseconds(terms) == {
        "conditions": [{"kind": "time_from", "number": 1_700_000_000_123}],
        "start_ms": 1_700_000_000_123,
    }
    step = Step(1, moment, StepKind.PLACED, Because.TIME, seen=(Seen(0, 5, moment),))
    value = step_value(step)
    assert value["at_ms"] == value["seen"][0]["bound"] == 1_700_000_000_123
