"""The portfolio in words and as files."""

from __future__ import annotations

import csv
import io
from typing import Any, cast

import pytest

from matching.units import CURRENCIES
from simtrade.portfolio.views import PortfolioView
from tests.web.pages.person import Person, texts
from web.pages.portfolio import twin_sentence


class Stub:
    """An account's numbers; money in cents."""

    def __init__(self, equity: int, twin: int, fees: int, spread: int) -> None:
        self.equity_minor, self.twin_minor = equity, twin
        self.fees_minor, self.spread_minor = fees, spread
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
        ((100, 100, 0, 0), "You stand exactly where you would stand without trading."),
    ],
)
def test_the_twin_is_one_plain_statement(numbers: tuple[int, ...], text: str) -> None:
    view = cast("PortfolioView", cast("Any", Stub(*numbers)))
    assert twin_sentence(view, "en") == text
    assert "{" not in twin_sentence(view, "zh")


def rows(person: Person, kind: str, account: int) -> list[list[str]]:
    answer = person.get(f"/portfolio/{kind}.csv?account={account}")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["content-disposition"]
    return list(csv.reader(io.StringIO(answer.text)))


def test_files_are_plain_and_add_up(person: Person) -> None:
    account = person.start()
    person.order(account)
    summary = dict(row for row in rows(person, "summary", account))
    assert summary["currency"] == "USD"
    assert summary["equity"] == summary["start"] == summary["twin"] == "100000.00"
    assert float(summary["cash"]) + float(summary["hold"]) == 100000
    orders = rows(person, "orders", account)
    assert orders[1][2:8] == ["XNAS:AAPL", "buy", "limit", "10", "0", "1.00"]
    assert len(rows(person, "positions", account)) == len(rows(person, "fills", account)) == 1
    assert person.get(f"/portfolio/secrets.csv?account={account}").status_code == 404


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
