"""The small replay is real, ends before today's page pretends anything, and is labelled."""

from __future__ import annotations

from tests.web.pages.person import Person, texts
from tests.web.serving import Site
from web.pages.landing_replay import HEIGHT, SHOWN_FIRST, WIDTH, line_points, replay_of


def test_it_begins_on_the_day_a_practice_begins(real_site: Site) -> None:
    replay = replay_of(real_site.core, "en")  # type: ignore[arg-type]
    assert replay is not None
    assert replay.days[SHOWN_FIRST - 1] == "Sep 12, 2008"
    assert len(replay.days) == len(replay.closes)
    assert max(replay.closes) < 20_000  # Apple in 2008, in cents
    assert len(replay.points().split()) == SHOWN_FIRST


def test_lines_fit_their_picture() -> None:
    points = [
        tuple(map(float, one.split(","))) for one in line_points((1, 5, 3), 3, (1, 5)).split()
    ]
    assert (points[0][0], points[-1][0]) == (0, WIDTH)
    assert all(0 <= y <= HEIGHT for _, y in points)


def test_the_page_says_what_it_is(person: Person) -> None:
    page = texts(person.get("/"))
    assert "Replay of real closing prices" in page
    assert "no sign-up" in page
