"""A recording answers about any moment as a naive fold over everything does, always the same."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from feeds.live.events import Kept
from feeds.live.journal import segment_path
from feeds.live.recording import Recording, read_description
from feeds.live.state import LiveState, Minute
from feeds.tape import TapeError
from matching.units import NS_PER_SECOND
from tests.feeds.live.made import (
    KEY,
    Wall,
    described,
    market,
    opening,
    recorder,
    told,
)


def recorded(folder: Path, seconds: int = 300) -> list[Kept]:
    """Some minutes of a market; what was heard, as venues see it."""
    wall, draw = Wall(), random.Random(5)
    made = recorder(folder, wall)
    made.hear(told(opening()))
    events = iter(market(7, 10_000))
    for _ in range(seconds):
        wall.pass_seconds(1)
        made.hear(told([next(events) for _ in range(draw.randint(0, 4))]))
        made.flush()
    made.close()
    return list(made.recording.events(0, 1 << 62))


def naive(events: list[Kept], at_ns: int) -> LiveState:
    state = LiveState()
    for one in events:
        if one.at_ns <= at_ns:
            state.take(one)
    return state


@pytest.fixture(params=["one file", "many files", "many files without index"])
def files(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Recordings of every make, of which hardly anything is known by heart."""
    monkeypatch.setattr("feeds.live.recording.STATES_RECENT", 1)
    monkeypatch.setattr("feeds.live.recording.BLOCKS_KEPT", 8)
    if request.param != "one file":
        monkeypatch.setattr("feeds.live.recorder.SEGMENT_BYTES", 5_000)
    return str(request.param)


def test_any_moment_is_what_a_fold_over_everything_says(tmp_path: Path, files: str) -> None:
    events = recorded(tmp_path)
    indexes = list(tmp_path.glob("*.index"))
    assert bool(indexes) == (files != "one file")
    for one in indexes if "without" in files else ():
        one.write_bytes(one.read_bytes()[:-1])
    found = Recording(tmp_path, described(tmp_path))
    assert list(found.events(0, 1 << 62)) == events
    assert [one.seq for one in events] == list(range(1, len(events) + 1))
    draw = random.Random(1)
    moments = [draw.randint(events[0].at_ns, found.upto_ns) for _ in range(40)]
    for at_ns in moments:
        state, plain = found.state_at(at_ns), naive(events, at_ns)
        assert list(state.warm()) == list(plain.warm())
        assert state.figures == plain.figures
        running = plain.figures[KEY].minute
        every = [*plain.over.get(KEY, ()), *([running] if running else [])]
        assert found.minutes_upto(KEY, at_ns) == every


def test_parts_between_two_moments(tmp_path: Path, files: str) -> None:
    events = recorded(tmp_path, 120)
    found = Recording(tmp_path, described(tmp_path))
    draw = random.Random(2)
    for _ in range(60):
        after, to = sorted(draw.randint(events[0].at_ns - 5, found.upto_ns) for _ in range(2))
        expected = [one for one in events if after < one.at_ns <= to]
        assert list(found.events(after, to)) == expected


def test_what_comes_later_changes_no_answer(tmp_path: Path) -> None:
    wall = Wall()
    made = recorder(tmp_path, wall)
    made.hear(told([*opening(), *market(1, 50)]))
    wall.pass_seconds(1)
    made.flush()
    at_ns = made.upto_ns
    before = list(made.recording.state_at(at_ns).warm()), made.recording.minutes_upto(KEY, at_ns)
    for _ in range(90):
        wall.pass_seconds(1)
        made.hear(told(list(market(2, 5))))
        made.flush()
    again = Recording(tmp_path, described(tmp_path))
    for one in (made.recording, again):
        assert (list(one.state_at(at_ns).warm()), one.minutes_upto(KEY, at_ns)) == before


def test_the_day_begins_where_its_session_opened(tmp_path: Path) -> None:
    events = recorded(tmp_path, 70)
    found = Recording(tmp_path, described(tmp_path))
    assert found.sessions == [events[0]]
    assert found.sessions_upto(found.upto_ns) == [events[0]]
    assert found.first_ns is not None
    assert found.first_ns <= events[0].at_ns
    assert found.sessions_upto(found.first_ns) == []
    assert found.state_at(0).session is None
    assert found.minutes_upto(KEY, found.first_ns - 1) == list[Minute]()


def test_a_damaged_or_missing_file_is_told(tmp_path: Path) -> None:
    recorded(tmp_path, 30)
    first = segment_path(tmp_path, 1)
    first.rename(segment_path(tmp_path, 2))
    with pytest.raises(TapeError, match="segment 1 is missing"):
        Recording(tmp_path, described(tmp_path))
    whole = segment_path(tmp_path, 2).read_bytes()
    first.write_bytes(whole[:-3])
    with pytest.raises(TapeError, match="segment 1 is damaged"):
        Recording(tmp_path, described(tmp_path))


def test_descriptions(tmp_path: Path) -> None:
    assert read_description(tmp_path) is None
    assert read_description(tmp_path / "nothing") is None
    made = described(tmp_path)
    assert read_description(tmp_path) == made
    assert [one.symbol for one in made.instruments] == ["BTCUSDT", "ETHUSDT"]
    for text in (b"{", b"{}", b'{"format": 2}'):
        (tmp_path / "feed.json").write_bytes(text)
        with pytest.raises(TapeError):
            read_description(tmp_path)


def test_an_index_is_of_its_file_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feeds.live.recorder.SEGMENT_BYTES", 5_000)
    recorded(tmp_path, 200)
    first = segment_path(tmp_path, 1)
    whole = first.read_bytes()
    first.write_bytes(whole[:-3])  # another length: the index is not believed, the hole is seen
    with pytest.raises(TapeError, match="segment 1 is damaged"):
        Recording(tmp_path, described(tmp_path))
    first.write_bytes(whole[:-3] + b"xyz")  # the same length: seen when it is read
    found = Recording(tmp_path, described(tmp_path))
    with pytest.raises(TapeError, match="damaged"):
        list(found.events(0, 1 << 62))


def test_silence_is_known_too(tmp_path: Path) -> None:
    wall = Wall()
    made = recorder(tmp_path, wall)
    begun = made.upto_ns
    for _ in range(30):
        wall.pass_seconds(0.2)
        made.flush()
    assert made.upto_ns - begun >= 5 * NS_PER_SECOND
    assert list(made.recording.events(0, made.upto_ns)) == []
