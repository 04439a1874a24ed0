"""Files of an account: numbers and codes for programs, words for people."""

from __future__ import annotations

import csv
import io

import pytest

from matching.events import Cause, FillRule
from tests.web.pages.person import Person
from tests.web.serving import Site
from web.explain import RULE_NAMES
from web.pages.export import EXPORTS
from web.words import CAUSES


def rows(person: Person, kind: str, account: int) -> list[list[str]]:
    answer = person.get(f"/portfolio/{kind}.csv?account={account}")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["content-disposition"]
    return list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))


def test_files_are_plain_and_add_up(person: Person) -> None:
    account = person.start()
    person.order(account)
    summary = {row[0]: row[1] for row in rows(person, "summary", account)}
    assert summary["currency"] == "USD"
    assert summary["equity"] == summary["start"] == summary["twin"] == "100000.00"
    assert float(summary["cash"]) + float(summary["hold"]) == 100000
    orders = rows(person, "orders", account)
    assert orders[1][2:8] == ["XNAS:AAPL", "buy", "limit", "10", "0", "1.00"]
    assert len(rows(person, "positions", account)) == len(rows(person, "fills", account)) == 1
    assert person.get(f"/portfolio/secrets.csv?account={account}").status_code == 404


WORDS = {
    "en": (["Apple", "Buy", "Limit", "Cancelled", "cancelled by you"], "Total"),
    "zh": (["苹果", "买入", "限价", "已撤销", "您已撤单"], "总资产"),
}


@pytest.mark.parametrize("language", list(WORDS))
def test_words_of_the_persons_language_stand_beside_the_codes(
    real_site: Site, language: str
) -> None:
    with Person(real_site, language) as person:
        account = person.start()
        placed = person.order(account)
        assert placed.status_code == 201
        (order,) = rows(person, "orders", account)[1:]
        person.post(f"/orders/{order[0]}/cancel", account=account, key="cancel")
        (order,) = rows(person, "orders", account)[1:]
        expected, total = WORDS[language]
        assert order[3:5] + order[8:10] == ["buy", "limit", "cancelled", "by_owner"]
        assert order[10:15] == expected
        assert {row[0]: row[2] for row in rows(person, "summary", account)}["equity"] == total
        text = person.get(f"/portfolio/orders.csv?account={account}").text
        assert text.startswith("\ufeff") == (language == "zh")


def test_every_file_has_as_many_headings_as_columns(person: Person) -> None:
    account = person.start()
    person.order(account, kind="market")
    person.post("/clock", venue="p2", action="step")
    for kind in EXPORTS:
        widths = {len(row) for row in rows(person, kind, account)}
        assert len(widths) == 1, kind


def test_an_order_can_be_made_again_from_its_line(person: Person) -> None:
    account = person.start()
    placed = person.order(account, kind="stop", stop="900.00", price="")
    assert placed.status_code == 201
    head, order, *_ = rows(person, "orders", account)
    told = dict(zip(head, order, strict=True))
    assert (told["trigger"], told["stop"], told["limit"]) == ("stop", "900.00", "")
    assert (told["time_in_force"], told["short"]) == ("gtc", "0")


def test_every_code_of_a_file_has_words() -> None:
    assert {one.value for one in FillRule} <= RULE_NAMES.keys()
    assert {one.value for one in Cause} <= CAUSES.keys()
