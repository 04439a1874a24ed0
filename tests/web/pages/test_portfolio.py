"""The portfolio in words and as files."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, cast

import pytest

from feeds.tape_store import write_tape
from matching.units import CURRENCIES
from simtrade.app import Simtrade
from simtrade.portfolio.views import PortfolioView
from simtrade.settings import Settings
from simtrade.venues.feeds import TAPES
from tests.simtrade.desk.corporate import market
from tests.web.pages.person import Person, texts
from tests.web.pages.test_export import rows
from tests.web.serving import LIMITLESS, Site
from web.pages.portfolio import twin_sentence


class Stub:
    """An account's numbers; money in cents."""

    def __init__(self, equity: int, twin: int, fees: int, spread: int, half: int = 0) -> None:
        self.equity_minor, self.twin_minor = equity, twin
        self.fees_minor, self.spread_half_minor = fees, 2 * spread + half
        self.account = type("Account", (), {"currency": CURRENCIES["USD"]})


@pytest.mark.parametrize(
    ("numbers", "text"),
    [
        ((90, 100, 0, 0), "Compared with doing nothing you have $0.10 less."),
        (
            (50, 100, 7, 3),
            "Compared with doing nothing you have $0.50 less."
            " Of that, fees took $0.07 and the gap between buyers and sellers $0.03;"
            " the rest is the market.",
        ),
        (
            (150, 100, 7, 3),
            "Compared with doing nothing you have $0.50 more."
            " That is after $0.07 of fees and $0.03 for the gap between buyers and sellers.",
        ),
        (
            (89, 100, 7, 3, 1),
            "Compared with doing nothing you have $0.11 less."
            " Of that, fees took $0.07 and the gap between buyers and sellers $0.035;"
            " the rest is the market.",
        ),
        (
            (90, 100, 7, 3, 1),
            "Compared with doing nothing you have $0.10 less."
            " That is after $0.07 of fees and $0.035 for the gap between buyers and sellers.",
        ),
        ((100, 100, 0, 0), "You stand exactly where you would stand without trading."),
    ],
)
def test_the_twin_is_one_plain_statement(numbers: tuple[int, ...], text: str) -> None:
    view = cast("PortfolioView", cast("Any", Stub(*numbers)))
    assert twin_sentence(view, "en") == text
    assert "{" not in twin_sentence(view, "zh")


def test_the_page_shows_the_account(person: Person) -> None:
    person.start()
    page = texts(person.get("/portfolio"))
    for words in (
        "$100,000.00",
        "You and doing nothing",
        "Fills and their receipts",
        "Keep it",
        "How real: ",
    ):
        assert words in page


def test_nothing_to_show_leads_to_practice(person: Person) -> None:
    assert person.get("/portfolio").status_code == 401
    person.get("/signup")
    person.post("/signup", name="curious.one", password="a lantern over water")
    assert person.get("/portfolio").url.path == "/practice"


RIGHTS = """
day 2024-01-02 ONE 13.00
day 2024-01-03 ONE 12.00
day 2024-01-04 ONE 12.00
action 2024-01-03 ONE ex cash=0.50 rights=3:10 price=8.70 deadline=2024-01-04 pay=2024-01-04
"""


def test_a_right_is_used_on_the_portfolio_page(tmp_path: Path) -> None:
    tape = market(RIGHTS)
    write_tape(tmp_path / TAPES, tape)
    core = Simtrade.open(Settings(data=tmp_path, port=0, latency=False))
    with Site(core, LIMITLESS) as site, Person(site) as person:  # type: ignore[arg-type]
        person.start()
        answer = person.post("/practice", tape=tape.tape_id, date="2024-01-02")
        account = int(answer.url.params["account"])
        venue = re.findall(r'name="venue" value="(p\d+)"', answer.text)[0]
        words = {"instrument": "XNAS:ONE", "kind": "market", "qty": 1_000, "tif": "day"}
        placed = person.order(account, **words)
        assert placed.status_code == 201, texts(placed)
        for step in ({"action": "seek", "date": "2024-01-03"}, {"action": "step"}):
            assert person.post("/clock", venue=venue, **step).status_code == 200
        page = person.get(f"/portfolio?account={account}")
        told = texts(page)
        assert "Events of your holdings" in told
        assert "You may buy 300 new shares at 8.70, $2,610.00 in all" in told
        assert "The dividend will be paid: $450.00." in told
        assert "Owed to you" in told
        right = {"account": account, "instrument": "XNAS:ONE", "ex_session": "2024-01-03"}
        refused = person.post("/portfolio/subscribe", **right, qty="301", key="a")
        assert refused.status_code == 422
        assert "Your rights do not allow that many shares." in texts(refused)
        typed = person.post("/portfolio/subscribe", **right, qty="many", key="b")
        assert "Enter the quantity as a number" in texts(typed)
        nonsense = {**right, "ex_session": "yesterday"}
        assert person.post("/portfolio/subscribe", **nonsense, qty="1").status_code == 400
        page = person.post("/portfolio/subscribe", **right, qty="300", key="c")
        assert "You subscribed for 300 new shares at 8.70: $2,610.00." in texts(page)
        assert "300 not listed yet" in texts(page)
        kinds = [row[2] for row in rows(person, "activities", account)[1:]]
        assert kinds == ["subscribed", "ex_date"]
    core.close()
