"""One press to a market of one's own; and the shared floor, joined once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from shutil import rmtree

import pytest

from feeds.order_store import write_order_tape
from matching.market import DataKind
from simtrade.venues.feeds import TAPES, TapeView
from tests.feeds.l2_sample import SampleDay
from tests.feeds.market_week import write_shanghai
from tests.web.pages.person import Person, texts
from tests.web.serving import Site
from web.feed_views import FEED_VIEWS
from web.scenario_views import SCENARIO_VIEWS


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


@pytest.fixture
def recorded(real_site: Site) -> Iterator[TapeView]:
    """A recorded day of single orders, there for one test."""
    root = real_site.core.settings.data / TAPES
    folder = write_order_tape(root, SampleDay(steps=60).tape())
    yield next(one for one in real_site.core.venues.tapes() if one.name == folder.name)
    rmtree(folder)


@pytest.fixture
def week(real_site: Site) -> Iterator[TapeView]:
    """Recorded trades and quotes of two days, there for one test."""
    root = real_site.core.settings.data / TAPES
    folder = write_shanghai(root)
    yield next(one for one in real_site.core.venues.tapes() if one.name == folder)
    rmtree(root / folder)


def test_what_is_seen_of_a_market_is_asked_only_where_it_can_be_less(person: Person) -> None:
    person.start()
    assert "As it was recorded" not in texts(person.get("/practice"))


@pytest.mark.parametrize("kind", DataKind)
def test_a_recorded_day_is_practised_on_as_any_feed(
    person: Person, recorded: TapeView, real_site: Site, kind: DataKind
) -> None:
    person.start()
    page = texts(person.get("/practice"))
    name, hint = FEED_VIEWS[kind]
    if kind is not DataKind.ORDERS:
        assert name in page
        assert hint in page
    # The day is the recording's: what stands in the date box is of other recordings.
    answer = person.post("/practice", tape=recorded.name, date="2008-09-12", told=kind.value)
    assert answer.url.path == "/trade/600001"
    assert f"Recorded market data. {hint}" in texts(answer)
    account = int(answer.url.params["account"])
    assert f"Practice from Feb 7, 2023 · {name}" in texts(person.get("/practice"))
    venue = real_site.core.portfolio.account(account).venue_id
    view = real_site.core.venues.view(venue)
    assert (view.traits.kind, view.first_session) == (kind, date(2023, 2, 7))
    assert view.tape == recorded.told(kind)


def test_it_is_as_recorded_unless_something_else_is_chosen(
    person: Person, recorded: TapeView
) -> None:
    person.start()
    page = person.get("/practice").text
    assert re.findall(r'name="told" value="(\w*)" checked', page) == [""]
    assert person.post("/practice", tape=recorded.name).url.path == "/trade/600001"
    wrong = person.post("/practice", tape=recorded.name, told="level9")
    assert wrong.status_code == 422
    assert "This recording cannot be told like that." in texts(wrong)


def test_a_recorded_market_is_told_with_less_on_any_of_its_days(
    person: Person, week: TapeView, real_site: Site
) -> None:
    person.start()
    offered = re.search(f'value="{week.name}" data-told="([a-z ]*)"', person.get("/practice").text)
    assert offered is not None
    lesser = offered[1].split()
    assert lesser == [kind.value for kind in week.kinds[1:]]
    chosen = {"tape": week.name, "date": week.last_session.isoformat()}
    answer = person.post("/practice", told=lesser[0], **chosen)
    venue = real_site.core.portfolio.account(int(answer.url.params["account"])).venue_id
    view = real_site.core.venues.view(venue)
    assert (view.traits.kind, view.first_session) == (week.kinds[1], week.last_session)
    for told, date_, field in (("orders", chosen["date"], "told"), ("bars", "1999-01-01", "date")):
        wrong = person.post("/practice", tape=week.name, date=date_, told=told)
        assert wrong.status_code == 422, field


def test_the_views_are_told_in_chinese_too(chinese: Person, recorded: TapeView) -> None:
    chinese.start()
    assert "按原始记录" in texts(chinese.get("/practice"))
    answer = chinese.post("/practice", tape=recorded.name, told="snapshots")
    assert "每三秒一次买卖各十档：其间发生的事只能估算。" in texts(answer)


def titles(person: Person) -> list[str]:
    return re.findall(r"<h3>([^<]*)</h3>", person.get("/practice").text)


def test_markets_of_the_same_day_are_numbered_oldest_first(person: Person) -> None:
    person.start()
    for key in ("second", "third"):
        person.post("/practice", tape="us_daily", date="2008-09-12", key=key)
    day = "Practice from Sep 12, 2008"
    assert titles(person) == [f"{day} (3)", f"{day} (2)", day]


def test_a_market_has_the_name_that_its_owner_gave_it(person: Person) -> None:
    person.start()
    choice = {"tape": "us_daily", "date": "2008-09-12"}
    answer = person.post("/practice", name=" My <b>crash</b> ", key="a", **choice)
    assert "My &lt;b&gt;crash&lt;/b&gt;" in answer.text
    assert "<b>crash" not in answer.text
    person.post("/practice", name="My <b>crash</b>", key="b", **choice)
    assert titles(person)[:2] == [
        "My &lt;b&gt;crash&lt;/b&gt; (2)",
        "My &lt;b&gt;crash&lt;/b&gt;",
    ]


@pytest.mark.parametrize(
    ("name", "words"), [("x" * 41, "At most 40 characters."), ("a\u202eb", "cannot be shown")]
)
def test_a_name_that_cannot_be_used_is_refused_at_its_field(
    person: Person, name: str, words: str
) -> None:
    person.start()
    answer = person.post("/practice", tape="us_daily", date="2010-05-06", name=name)
    assert answer.status_code == 422
    note = re.search(r'<p id="name-note" class="error">([^<]*)<', answer.text)
    assert note is not None
    assert words in note[1]
    assert 'value="2010-05-06"' in answer.text, "what was typed stays"


def test_a_blind_market_hides_what_it_is_until_it_is_asked(person: Person) -> None:
    person.join()
    page = person.get("/practice")
    key = re.search(r'name="key" value="([^"]+)"', page.text)
    assert key
    desk = person.post("/practice", tape="us_daily", date="2008-09-12", blind="1", key=key[1])
    assert desk.url.path.startswith("/trade/S")
    account = desk.url.params["account"]
    again = person.post("/practice", tape="us_daily", date="2008-09-12", blind="1", key=key[1])
    assert again.url.params["account"] == account
    for path in (f"/trade/S1?account={account}", f"/portfolio?account={account}"):
        shown = person.get(path).text
        assert "2040" in shown or "/portfolio" in path
        for known in ("AAPL", "Apple", "IBM", "Microsoft", "2008"):
            assert known not in shown, (path, known)
    page = person.get("/practice")
    assert "Blind practice" in page.text
    revealed = person.get(f"/practice/reveal?account={account}").text
    assert "Apple" in revealed
    assert re.search(r"You began on [A-Z][a-z]{2} \d+, 20\d\d", revealed)
    assert "2040" not in revealed


def test_only_hidden_markets_of_ones_own_are_revealed(person: Person, stranger: Person) -> None:
    account = person.start()
    assert person.get(f"/practice/reveal?account={account}").status_code == 404
    stranger.start()
    assert stranger.get(f"/practice/reveal?account={account}").status_code == 404


def test_a_day_on_which_something_happened_is_one_press_away(person: Person) -> None:
    person.start()
    page = person.get("/practice")
    assert 'name="pick" value="us_daily/2008-09-26"' in page.text
    desk = person.post("/practice", pick="us_daily/2008-09-26", tape="us_daily", date="2000-03-01")
    assert desk.url.path == "/trade/AAPL"
    assert "Practice from Sep 26, 2008" in desk.text
    for wrong in ("us_daily/1999-01-01", "us_daily/", "nothing/2008-09-26", "us_daily/soon"):
        assert person.post("/practice", pick=wrong).status_code == 422


def test_a_market_in_which_something_happens_is_one_press_away(person: Person) -> None:
    person.start()
    page = person.get("/practice")
    for kind in SCENARIO_VIEWS:
        assert f'name="scenario" value="{kind.value}"' in page.text
    desk = person.post("/practice", scenario="halt")
    assert desk.status_code == 200
    assert desk.url.path.startswith("/trade/")
    assert "Trading is halted" in desk.text
    assert "market:2" not in desk.text, "whoever knows the name knows the moment"
    for symbol in ("609016", "609021", "307001"):
        assert symbol in desk.text
    assert person.post("/practice", scenario="flood").status_code == 422
