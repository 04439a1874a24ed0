"""The rule books that are shipped."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from simtrade.venues import rules
from simtrade.venues.rules import rule_book
from tests.world import World

BOOKS = sorted(path.stem for path in Path(rules.__file__).with_name("rulebooks").glob("*.toml"))


@pytest.mark.parametrize("name", BOOKS)
def test_every_record_is_dated_and_says_where_it_comes_from(name: str) -> None:
    for rule in rule_book(name).rules:
        assert rule.source.strip(), rule
        assert rule.valid_to is None or rule.valid_from <= rule.valid_to
        assert not {"kind", "source", "from", "to", "board"} & rule.values.keys()
        assert not any(isinstance(one, float) for one in rule.values.values())


def test_every_venue_has_rules_on_each_of_its_days(world: World) -> None:
    for tape, name in ((world.feeds.floor_tape, "sima"), (world.feeds.shipped["us_daily"], "us")):
        feed = world.feeds.feed(tape)
        for one in feed.instruments:
            for day in (date(2026, 1, 5), date(2030, 1, 1) if name == "sima" else date(2000, 1, 3)):
                assert rule_book(name).on(one.board, day).lot > 0


def test_records_are_read_with_their_days(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "test.toml").write_text(
        'market = "T"\n[[rule]]\nkind = "lot"\nfrom = 2020-02-01\nto = 2020-03-01\nboard = "star"\n'
        'source = "here"\nlot = 200\n'
    )
    monkeypatch.setattr(rules, "_FOLDER", tmp_path)
    (rule,) = rule_book.__wrapped__("test").rules
    assert (rule.kind, rule.board, rule.source) == ("lot", "star", "here")
    assert (rule.valid_from, rule.valid_to) == (date(2020, 2, 1), date(2020, 3, 1))
    assert rule.values == {"lot": 200}
