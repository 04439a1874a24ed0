"""The operator's page of recordings: for staff only; what it says and draws of each."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from markupsafe import escape

from feeds.coverage import Coverage
from feeds.tape import TapeKind
from simtrade.people.model import Role, User
from tests.web.pages.person import Person
from tests.web.serving import Site
from web.i18n import translate
from web.pages.tapes import HEIGHT, KINDS, MOST_COLUMNS, WIDTH, columns, gaps

DAY = date(2024, 1, 1)


def test_others_learn_nothing_of_it(person: Person) -> None:
    assert person.get("/operator/tapes").status_code == 404
    person.start()
    assert person.get("/operator/tapes").status_code == 404
    assert "/operator/tapes" not in person.get("/settings").text


def test_staff_sees_each_tape_with_its_licence(real_site: Site, person: Person) -> None:
    made = real_site.core.people.add("operator-one", Role.BRANCH, "correct horse battery")
    assert isinstance(made, User)
    person.get("/login")
    person.post("/login", name="operator-one", password="correct horse battery")
    assert 'href="/operator/tapes"' in person.get("/settings").text
    page = person.get("/operator/tapes")
    assert page.status_code == 200
    for card in real_site.core.venues.tape_cards():
        assert card.manifest.tape_id in page.text
        assert escape(card.manifest.licence) in page.text
    assert "Rows per day from Mar 1, 2000 to Mar 1, 2013" in page.text
    assert '<th scope="row">AAPL</th>' in page.text
    assert "style=" not in page.text


def test_every_kind_has_a_word_in_both_languages() -> None:
    assert KINDS.keys() == {kind.value for kind in TapeKind}
    assert all(translate(word, "zh") != word for word in KINDS.values())


def test_the_picture_spans_the_days_and_marks_the_gaps() -> None:
    days = tuple((DAY + timedelta(days=n), n + 1) for n in (0, 1, 3, 9))
    found = Coverage(days, (DAY + timedelta(days=2), DAY + timedelta(days=4)))
    drawn = columns(found)
    assert len(drawn) == 4
    assert float(drawn[0].x) == 0
    assert float(drawn[-1].x) + float(drawn[-1].width) == pytest.approx(WIDTH, abs=1)
    assert drawn[-1].height == f"{HEIGHT:.2f}"
    assert [float(one.x) for one in gaps(found)] == [96.0, 192.0]


@pytest.mark.parametrize("years", [0, 1, 30])
def test_a_long_tape_has_no_more_columns_than_fit(years: int) -> None:
    days = tuple((DAY + timedelta(days=n), 1) for n in range(365 * years + 1))
    drawn = columns(Coverage(days, ()))
    assert 1 <= len(drawn) <= MOST_COLUMNS
    assert all(0 <= float(one.y) <= HEIGHT for one in drawn)
    assert gaps(Coverage(days, ())) == ()
    assert columns(Coverage((), ())) == ()
