"""Whose account it is, and where a form may send somebody."""

from __future__ import annotations

import pytest
from starlette.exceptions import HTTPException

from tests.web.pages.person import Person
from web.pages.common import order_id_of, safe_next


@pytest.mark.parametrize(
    "text",
    [None, 5, "", "trade", "//evil", "/\\evil", "https://evil", "/x\n", "/" + "a" * 600, "/\x00"],
)
def test_nobody_is_sent_away_from_the_site(text: object) -> None:
    assert safe_next(text, "/home") == "/home"


def test_a_path_of_ours_is_kept() -> None:
    assert safe_next("/trade/AAPL?account=3", "/home") == "/trade/AAPL?account=3"


@pytest.mark.parametrize("text", [None, "", "-1", "1.0", "x", "9" * 17, "٣", "1 "])
def test_what_cannot_be_an_order_is_not_found(text: object) -> None:
    with pytest.raises(HTTPException):
        order_id_of(text)


@pytest.mark.parametrize("path", ["/trade/AAPL", "/trade", "/portfolio", "/f/fills"])
def test_the_account_of_another_person_does_not_exist(
    person: Person, stranger: Person, path: str
) -> None:
    theirs = stranger.start()
    person.start()
    assert person.get(f"{path}?account={theirs}").status_code == 404


def test_nobody_trades_for_another_person(person: Person, stranger: Person) -> None:
    theirs = stranger.start()
    person.start()
    assert person.order(theirs).status_code == 404
    assert person.post("/account", account=theirs).status_code == 404
