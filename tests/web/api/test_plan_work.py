"""Plans set to work, steered and tried by programs: the checks of the forms, at the members."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from simtrade.desk.requests import ClockAction
from tests.web.api.owner import APPLE, Owner, problem
from tests.web.serving import Site

ORDER = {"instrument": APPLE, "side": "buy", "qty": 3}
STAGED = {"kind": "staged", "order": ORDER}
GRID = {"kind": "grid", "instrument": APPLE, "lower": "100", "upper": "400", "step": "10", "qty": 5}
KINDS: list[dict[str, Any]] = [
    STAGED,
    {"kind": "conditional", "order": {**ORDER, "price": "200.5", "tif": "gtc"},
     "conditions": [{"when": "at_most", "number": "200.00"}, {"when": "down", "number": "1.5"}],
     "not_before": {"date": "2010-05-07", "time": "10:30"}},
    {"kind": "fixed_amount", "instrument": APPLE, "amount": "1000.00", "every": 5,
     "limits": {"max_money": "5000", "max_steps": 10}, "expires": "2010-12-31"},
    GRID,
    {"kind": "basket", "lines": [ORDER, {**ORDER, "instrument": "XNAS:MSFT", "price": "29.00"}]},
    {"kind": "rebalance", "lines": [{"instrument": APPLE, "weight": "50"}], "reserve": "10"},
    {"kind": "twap", "order": ORDER, "day": "2010-05-07", "start": "10:00", "end": "11:00",
     "slices": 3},
    {"kind": "pov", "order": ORDER, "day": "2010-05-07", "start": "10:00", "end": "11:00",
     "slices": 3, "share": "10"},
]  # fmt: skip


@pytest.fixture(scope="module")
def owner(broker: Site) -> Iterator[Owner]:
    with Owner(broker) as one:
        yield one


@pytest.mark.parametrize("plan", KINDS, ids=lambda one: str(one["kind"]))
def test_every_kind_goes_to_work(owner: Owner, plan: dict[str, Any]) -> None:
    made = owner.post(f"{owner.path}/plans", plan=plan)
    assert made.status_code == 201, made.text
    told = owner.get(f"{owner.path}/plans/{made.json()['plan']}")
    # A plan that can act at once has done so already; a basket is done with it.
    assert (told["plan"]["kind"], told["plan"]["state"]) in [
        (plan["kind"], "armed"), ("basket", "done"), ("rebalance", "done"),
    ]  # fmt: skip
    assert told["summary"]
    assert told["steps"][-1]["kind"] == "armed"
    assert told["plan"] == owner.get(f"{owner.path}/plans")["items"][0]
    assert owner.get(f"/api/plan?acct={owner.account_id}&id={told['plan']['id']}")["id"]
    stopped = owner.post(f"{owner.path}/plans/{told['plan']['id']}/action", action="stop")
    assert stopped.is_success == (told["plan"]["state"] == "armed")


def test_a_plan_is_what_the_form_would_have_made(owner: Owner) -> None:
    made = owner.post(f"{owner.path}/plans", plan=KINDS[1]).json()["plan"]
    terms = owner.get(f"{owner.path}/plans/{made}")["plan"]["terms"]
    leg = terms["spec"]["leg"]
    assert (leg["limit_ticks"], leg["qty"], leg["time_in_force"]) == (20050, 3, "gtc")
    kinds = [(one["kind"], one["number"]) for one in terms["spec"]["conditions"]]
    assert kinds[:2] == [("price_at_most", 20000), ("change", -15)]
    assert kinds[2][0] == "time_from"
    owner.post(f"{owner.path}/plans/{made}/action", action="stop")


def test_arming_twice_arms_once_and_steering_is_told(owner: Owner) -> None:
    first, again = (owner.post(f"{owner.path}/plans", "once", plan=GRID) for _ in range(2))
    assert first.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true"
    path = f"{owner.path}/plans/{first.json()['plan']}"
    for action, state in (("pause", "paused"), ("resume", "armed"), ("stop", "stopped")):
        assert owner.post(f"{path}/action", action=action).status_code == 200
        assert owner.get(path)["plan"]["state"] == state
    refused = owner.post(f"{path}/action", "late", action="resume")
    assert problem(refused)[1] == "plan_unknown", "a plan that has ended cannot be steered"
    again = owner.post(f"{path}/action", "late", action="resume")
    assert again.json() == refused.json()
    assert again.headers["idempotency-replayed"] == "true"


def test_a_programs_plan_makes_the_account_a_bots(broker: Site) -> None:
    with Owner(broker) as owner:
        bot = owner.bot
        assert not broker.core.keys.is_bot(owner.user.user_id, owner.venue_id)
        made = bot.http.post(
            f"{owner.path}/plans", json={"plan": STAGED}, headers={"idempotency-key": "bot"}
        )
        assert made.status_code == 201, made.text
        assert broker.core.keys.is_bot(owner.user.user_id, owner.venue_id)


def test_where_programs_are_suspended_their_plans_are_too(broker: Site) -> None:
    with Owner(broker) as owner:
        http = owner.bot.http

        def sent(path: str, key: str, **body: Any) -> tuple[int, str]:
            answer = http.post(path, json=body, headers={"idempotency-key": key})
            return answer.status_code, answer.json().get("code", "")

        path = f"{owner.path}/plans"
        made = http.post(path, json={"plan": GRID}, headers={"idempotency-key": "a"}).json()
        assert http.patch("/v2/account/configurations", json={"suspend_trade": True}).is_success
        steered = f"{path}/{made['plan']}/action"
        assert sent(path, "b", plan=GRID) == (403, "programs_suspended")
        assert sent(steered, "c", action="pause") == (200, "")
        assert sent(steered, "d", action="resume") == (403, "programs_suspended")
        assert owner.post(steered, action="resume").status_code == 200, "its owner may"
        assert sent(steered, "e", action="stop") == (200, "")


@pytest.mark.parametrize(
    ("plan", "status", "code", "field"),
    [
        ({}, 422, "bad_fields", "plan"),
        ([], 422, "bad_fields", "plan"),
        ({"kind": "martingale"}, 422, "bad_fields", "plan.kind"),
        ({"kind": "staged"}, 422, "bad_fields", "plan"),
        ({**STAGED, "order": {**ORDER, "qty": 1.5}}, 400, "bad_json", ""),
        ({**STAGED, "order": {**ORDER, "qty": "1.5"}}, 422, "bad_fields", "plan.order.qty"),
        ({**STAGED, "order": {**ORDER, "qty": 0}}, 422, "bad_fields", "plan.order.qty"),
        ({**STAGED, "order": {**ORDER, "qty": "9" * 39}}, 422, "bad_fields", "plan.order.qty"),
        ({**STAGED, "order": {**ORDER, "side": "short"}}, 422, "bad_fields", "plan.order.side"),
        ({**STAGED, "order": {**ORDER, "instrument": "X:Y"}}, 422, "bad_fields",
         "plan.order.instrument"),
        ({**STAGED, "order": {**ORDER, "price": "1.234"}}, 422, "bad_fields", "plan.order.price"),
        ({**STAGED, "expires": "never"}, 422, "bad_fields", "plan.expires"),
        ({**STAGED, "limits": {"max_steps": "x"}}, 422, "bad_fields", "plan.limits.max_steps"),
        ({**KINDS[1], "conditions": [], "not_before": None}, 422, "bad_fields",
         "plan.conditions.0.when"),
        ({**KINDS[1], "conditions": [{"when": "up", "number": "x"}]}, 422, "bad_fields",
         "plan.conditions.0.number"),
        ({**KINDS[1], "not_before": {"date": "2010-05-07", "time": "25:00"}}, 422, "bad_fields",
         "plan.not_before.time"),
        ({**KINDS[4], "lines": [ORDER, {**ORDER, "qty": "x"}]}, 422, "bad_fields",
         "plan.lines.1.qty"),
        ({**KINDS[4], "lines": []}, 422, "bad_fields", "plan.lines.0.qty"),
        ({**KINDS[4], "lines": [ORDER] * 6}, 422, "bad_fields", "plan.lines"),
        ({**GRID, "lower": "400", "upper": "100"}, 422, "plan_bounds_crossed", "plan.lower"),
        ({**KINDS[5], "lines": [{"instrument": APPLE, "weight": "95"}]}, 422,
         "plan_weights_above_all", "plan"),
        ({**KINDS[6], "day": "2009-05-07"}, 422, "plan_time_past", "plan.start"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("tail", ["plans", "trials"])
def test_wrong_plans_are_told_at_the_member(
    owner: Owner, plan: object, status: int, code: str, field: str, tail: str
) -> None:
    before = owner.get(f"{owner.path}/plans")
    found = problem(owner.post(f"{owner.path}/{tail}", plan=plan))
    assert found[:2] == (status, code)
    assert found[2] == field
    assert owner.get(f"{owner.path}/plans") == before


def test_every_wrong_member_is_named_at_once(owner: Owner) -> None:
    plan = {**GRID, "lower": "x", "qty": "y"}
    answer = owner.post(f"{owner.path}/plans", plan=plan)
    errors = {one["field"]: one["detail"] for one in answer.json()["errors"]}
    assert errors.keys() == {"lower", "qty"}
    assert all(errors.values())


def test_plans_that_do_not_exist(owner: Owner) -> None:
    for tail in ("0", "999999", "x", "9" * 20):
        path = f"{owner.path}/plans/{tail}"
        assert problem(owner.http.get(path))[:2] == (404, "plan_unknown")
        assert problem(owner.post(f"{path}/action", action="stop"))[:2] == (404, "plan_unknown")
    with_none = owner.post(f"{owner.path}/plans", None, plan=STAGED)
    assert problem(with_none)[1] == "idempotency_key_missing"


def test_a_plan_is_tried_without_being_kept(broker: Site) -> None:
    with Owner(broker) as owner:
        owner.post(f"/api/venues/{owner.venue_id}/clock", action="seek", to="2010-05-11")
        before = owner.get(f"{owner.path}/plans"), owner.get(owner.path)
        tried = owner.post(f"{owner.path}/trials", None, plan=STAGED, sessions=5)
        assert tried.status_code == 200, tried.text
        told = tried.json()
        assert told["sessions"][-1] == "2010-05-10"
        assert told["refused"] is None
        (fill,) = told["fills"]
        assert (fill["instrument"], fill["side"], fill["quantity"]) == (APPLE, "buy", "3")
        assert told["value"] != told["idle"]
        assert (owner.get(f"{owner.path}/plans"), owner.get(owner.path)) == before
        wrong = owner.post(f"{owner.path}/trials", plan=STAGED, sessions=2)
        assert problem(wrong) == (422, "bad_fields", "sessions")
        reader = owner.reader()
        assert reader.post(f"{owner.path}/trials", plan=STAGED)["sessions"]
        owner.bot.clock(ClockAction.PAUSE)
