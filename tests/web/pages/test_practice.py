"""One press to a market of one's own; and the shared floor, joined once."""

from __future__ import annotations

import pytest

from tests.web.pages.person import Person, texts


def test_one_press_makes_a_guest_with_a_market(person: Person) -> None:
    person.get("/")
    answer = person.post("/try")
    assert answer.url.path == "/trade/AAPL"
    assert answer.url.params["tour"] == "1"
    assert "already filled in" in texts(answer)


def test_pressing_again_leads_back_to_the_same_market(person: Person) -> None:
    assert person.start() == person.start()
    assert "Back to my practice" in texts(person.get("/"))


def test_reloading_the_start_does_nothing(person: Person) -> None:
    assert person.get("/try").url.path == "/"


def test_another_day_is_another_market(person: Person) -> None:
    first = person.start()
    person.get("/practice")
    answer = person.post("/practice", tape="us_daily", date="2010-05-06")
    assert answer.url.path == "/trade/AAPL"
    assert "May 6, 2010" in texts(answer)
    page = texts(person.get("/practice"))
    assert "Practice from Sep 12, 2008" in page
    assert "Practice from May 6, 2010" in page
    assert int(answer.url.params["account"]) != first


def test_the_same_form_twice_opens_one_market(person: Person) -> None:
    person.start()
    choice = {"tape": "us_daily", "key": "one form"}
    accounts = [
        person.post("/practice", date=day, **choice).url.params["account"]
        for day in ("2010-05-06", "2010-05-06", "2010-05-07")
    ]
    assert accounts[0] == accounts[1] != accounts[2]


@pytest.mark.parametrize(
    ("tape", "date"),
    [("us_daily", "1999-01-04"), ("us_daily", ""), ("us_daily", "soon"), ("nothing", "2010-05-06")],
)
def test_a_day_outside_the_recording_is_refused(person: Person, tape: str, date: str) -> None:
    person.start()
    answer = person.post("/practice", tape=tape, date=date)
    assert answer.status_code == 422
    assert "Choose a day inside the recording." in texts(answer)


def test_practice_needs_a_person(person: Person) -> None:
    assert person.get("/practice").status_code == 401


def test_the_floor_is_open_to_look_at_and_joined_once(person: Person) -> None:
    page = texts(person.get("/floor"))
    assert "Join the floor" in page
    assert "T+1" in page
    assert person.join() == person.join()
    assert "To my desk" in texts(person.get("/floor"))
