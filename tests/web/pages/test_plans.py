"""From a form over its trial to a plan at work, without scripts; wrong fields are told where."""

from __future__ import annotations

import re
from datetime import date

import pytest

from feeds.feed import FeedTraits
from matching.instrument import Instrument, InstrumentId
from matching.market import DataKind
from matching.orders import AccountId, FillProfile
from matching.units import CURRENCIES, AtNs
from simtrade.desk.requests import UserId, VenueId
from simtrade.portfolio.views import AccountRef
from simtrade.venues.views import VenueView
from tests.web.pages.person import Person, texts
from web.pages.common import OwnAccount
from web.pages.plan_forms import KINDS

APPLE = "XNAS:AAPL"
GRID = {"kind": "grid", "instrument": APPLE, "lower": "16", "upper": "24", "step": "0.2", "qty": 5}
STAGED = {
    "kind": "staged", "instrument": APPLE, "side": "buy", "qty": 3, "type": "market", "price": "",
    "tif": "day",
}  # fmt: skip


def practice(person: Person, day: str = "2010-05-06") -> int:
    person.start()
    answer = person.post("/practice", tape="us_daily", date=day, key=day)
    return int(answer.url.params["account"])


def at_a_price(person: Person, account: int) -> dict[str, object]:
    """A grid around what Apple costs now."""
    page = texts(person.get(f"/plans/new/grid?account={account}&symbol=AAPL"))
    found = re.search(r"AAPL was last at ([0-9.,]+)\.", page)
    assert found is not None, page
    last = float(found[1].replace(",", ""))
    return {
        **GRID,
        "account": account,
        "lower": f"{last * 0.8:.2f}",
        "upper": f"{last * 1.2:.2f}",
        "step": f"{last * 0.02:.2f}",
    }


def test_the_page_lists_every_kind_with_one_sentence(person: Person) -> None:
    account = person.start()
    page = texts(person.get(f"/plans?account={account}"))
    assert "No plan is at work." in page
    for words in ("Order for the next open", "Grid", "Basket", "Share of the volume (POV)"):
        assert words in page


@pytest.mark.parametrize("kind", KINDS)
def test_each_form_shows_only_its_fields(person: Person, kind: str) -> None:
    account = person.start()
    page = person.get(f"/plans/new/{kind}?account={account}&symbol=AAPL")
    assert page.status_code == 200
    names = set(re.findall(r'name="(\w+)"', page.text))
    assert ("lower" in names) == (kind == "grid")
    assert ("amount" in names) == (kind == "fixed_amount")
    assert ("weight_1" in names) == (kind == "rebalance")
    assert ("share" in names) == (kind == "pov")
    assert ("when_1" in names) == (kind == "conditional")


def test_a_grid_is_tried_and_then_set_to_work(person: Person) -> None:
    account = practice(person)
    fields = at_a_price(person, account)
    trial = person.post("/plans/try", **fields, sessions=1)
    page = texts(trial)
    assert trial.status_code == 200, page
    assert "On May 5, 2010, with the cash and holdings of now." in page
    assert "No look-ahead" in page
    assert "Replay: Real daily prices" in page
    again = texts(person.post("/plans/try", **fields, sessions=5))
    assert "On 5 sessions from Apr 29, 2010 to May 5, 2010" in again
    plan = person.post("/plans", **fields, key="grid-1")
    assert re.fullmatch(r"/plans/\d+", plan.url.path)
    page = texts(plan)
    assert "At work" in page
    assert "Order sent" in page
    assert "Its open orders" in page
    assert "Grid" in texts(person.get(f"/plans?account={account}"))


@pytest.mark.parametrize(
    ("day", "said"),
    [("9999-12-31", "That day is too far away."), ("0001-01-01", "That time has already passed.")],
)
def test_a_day_no_market_will_see_is_refused_at_its_field(
    person: Person, day: str, said: str
) -> None:
    account = practice(person)
    slices = {**STAGED, "kind": "twap", "day": day, "start": "10:00", "end": "11:00", "slices": 3}
    for path in ("/plans/try", "/plans"):
        answer = person.post(path, account=account, key=f"k{path}", **slices)
        assert answer.status_code == 422
        assert said in texts(answer)


def test_the_same_form_twice_is_one_plan(person: Person) -> None:
    account = person.start()
    first = person.post("/plans", **STAGED, account=account, key="staged-1")
    second = person.post("/plans", **STAGED, account=account, key="staged-1")
    assert first.url.path == second.url.path


def test_pause_resume_and_stop(person: Person) -> None:
    account = practice(person)
    plan = person.post("/plans", **at_a_price(person, account), key="grid-2").url.path
    assert "On pause" in texts(person.post(f"{plan}/pause", account=account, key="p"))
    assert "At work" in texts(person.post(f"{plan}/resume", account=account, key="r"))
    page = texts(person.post(f"{plan}/stop", account=account, key="s"))
    assert "Stopped" in page
    assert "You asked for it." in page
    refused = person.post(f"{plan}/stop", account=account, key="t")
    assert refused.status_code == 422
    assert "There is no such plan at work" in texts(refused)
    assert person.post(f"{plan}/burn", account=account).status_code == 404


def test_nobody_sees_or_steers_the_plans_of_another(person: Person, stranger: Person) -> None:
    account = person.start()
    plan = person.post("/plans", **STAGED, account=account, key="mine").url.path
    other = stranger.start()
    assert stranger.get(f"{plan}?account={account}").status_code == 404
    assert stranger.get(f"{plan}?account={other}").status_code == 404
    assert stranger.post(f"{plan}/stop", account=other, key="x").status_code == 404
    assert stranger.post("/plans", **STAGED, account=account, key="y").status_code == 404


def test_a_visitor_is_asked_to_start_first(person: Person) -> None:
    assert person.get("/plans").status_code == 401


def test_on_a_fresh_floor_there_is_nothing_to_try_it_on(person: Person) -> None:
    account = person.join()
    fields = {**STAGED, "account": account, "instrument": ""}
    page = person.get(f"/plans/new/staged?account={account}")
    first = re.search(r'<option value="([^"]+)" selected', page.text)
    assert first is not None
    answer = person.post("/plans/try", **{**fields, "instrument": first[1], "qty": 100})
    assert "No session is finished yet" in texts(answer)
    assert "Set it to work" in texts(answer)


def test_in_chinese(chinese: Person) -> None:
    account = chinese.start()
    page = texts(chinese.get(f"/plans?account={account}"))
    assert "计划" in page
    plan = texts(chinese.post("/plans", **STAGED, account=account, key="zh"))
    assert "买入 3 AAPL" in plan


def test_a_closed_market_offers_to_stage_the_same_order(person: Person) -> None:
    account = practice(person, "2010-05-07")
    page = person.get(f"/trade/AAPL?account={account}")
    venue = re.search(r'name="venue" value="(\w+)"', page.text)
    assert venue is not None
    person.post("/clock", venue=venue[1], action="pause")
    person.post("/clock", venue=venue[1], action="seek", date="2010-05-09")  # a Sunday
    answer = person.order(account, kind="market", qty=7, price="", tif="day")
    link = re.search(r'href="(/plans/new/staged\?[^"]+)"', answer.text)
    assert answer.status_code == 422
    assert link is not None, answer.text
    form = person.get(link[1].replace("&amp;", "&"))
    assert 'value="7"' in form.text
    assert texts(form).count("Order for the next open") >= 1


def own_account() -> OwnAccount:
    """An account on the shipped recording, as pages know it."""
    apple = Instrument(
        InstrumentId(APPLE), "AAPL", "Apple", "苹果", CURRENCIES["USD"], "XNAS", "main"
    )
    traits = FeedTraits(DataKind.BARS, True, False, "America/New_York", "made up")
    venue = VenueView(
        VenueId("p1"), "tape", UserId(1), traits, (apple,), date(2010, 5, 6), AtNs(0), None
    )
    account = AccountRef(
        AccountId(3), VenueId("p1"), UserId(1), FillProfile.STANDARD, CURRENCIES["USD"], AtNs(0)
    )
    return OwnAccount(account, venue, "Practice")
