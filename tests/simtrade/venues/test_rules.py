"""The rule books that are shipped."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from feeds.schedule import FILES, schedule_of
from matching.instrument import Instrument, InstrumentId
from matching.phases import PHASES
from matching.rulebook import DatedRule, RulesUnknownError
from matching.terms import Status
from matching.units import CURRENCIES
from simtrade.venues import rules
from simtrade.venues.rules import BOOKS, market_book, rule_book, rules_missing
from tests.world import World

NAMES = sorted(set(BOOKS.values()))
KINDS = {
    "auction", "auction_cancel", "auction_limit", "auction_orders", "bar_fill", "cage",
    "collateral", "corporate_orders", "delisting", "dividend_tax", "fee", "finance", "halt",
    "kinds", "lending", "limit", "limit_floor", "limit_state", "loan", "lot", "maintenance",
    "margin_call", "market_halt", "market_order", "money", "nominal", "reopening", "settlement",
    "short", "short_margin", "stale", "stops", "tick",
}  # fmt: skip


def test_every_file_belongs_to_a_market_or_is_included() -> None:
    folder = Path(rules.__file__).with_name("rulebooks")
    assert {path.stem for path in folder.glob("*.toml")} == {*NAMES, "mainland", "practice"}


@pytest.mark.parametrize("name", NAMES)
def test_every_record_is_dated_and_says_where_it_comes_from(name: str) -> None:
    for rule in rule_book(name).rules:
        assert rule.source.strip(), rule
        assert rule.valid_to is None or rule.valid_from <= rule.valid_to
        assert not {"kind", "source", "from", "to", "board"} & rule.values.keys()
        assert not any(isinstance(one, float) for one in rule.values.values())
        assert rule.kind in KINDS
        assert not rule.days or rule.status is Status.LISTING


@pytest.mark.parametrize("name", NAMES)
def test_records_for_the_same_listings_never_overlap(name: str) -> None:
    """Two records in force at once would make the order of the file decide."""
    last: dict[tuple[object, ...], DatedRule] = {}
    for rule in sorted(rule_book(name).rules, key=lambda one: one.valid_from):
        if rule.pending:
            continue
        before = last.get(key := (rule.key, rule.board, rule.status, rule.variety))
        assert before is None or (before.valid_to or rule.valid_from) < rule.valid_from, rule
        last[key] = rule


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


def share(market: str, board: str) -> Instrument:
    return Instrument(InstrumentId(f"{market}:1"), "1", "A", "甲", CURRENCIES["CNY"], market, board)


def test_a_day_without_rules_is_named_when_nothing_could_trade() -> None:
    main, star = share("XSHG", "main"), share("XSHG", "star")
    day = date(2019, 7, 21)
    missing = rules_missing([star], day)
    assert missing is not None
    assert (missing.kind, missing.first_day) == ("lot", 20190722)
    assert rules_missing([star, main], day) is None, "the main board trades"
    assert rules_missing([star], date(2019, 7, 22)) is None


def test_a_market_without_a_book_has_no_rules() -> None:
    with pytest.raises(RulesUnknownError, match="XNON main: no lot rule") as raised:
        market_book("XNON").on("main", date(2026, 1, 5))
    assert raised.value.first_day == 0


def test_an_included_book_comes_first_and_lists_are_records_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "common.toml").write_text(
        '[[rule]]\nkind = "stale"\nfrom = 2020-01-01\nsource = "common"\nseconds = 60\n'
    )
    (tmp_path / "own.toml").write_text(
        'market = "O"\ninclude = ["common"]\n[[rule]]\nkind = "tick"\nfrom = 2020-01-01\n'
        'board = ["a", "b"]\nvariety = ["x", "y"]\nstatus = "st"\nsource = "own"\nsteps = [1, 2]\n'
    )
    monkeypatch.setattr(rules, "_FOLDER", tmp_path)
    common, *own = rule_book.__wrapped__("own").rules
    assert common.source == "common"
    assert [(one.board, one.variety) for one in own] == [
        ("a", "x"), ("a", "y"), ("b", "x"), ("b", "y"),
    ]  # fmt: skip
    assert {(one.status, one.values["steps"]) for one in own} == {(Status.RISK_WARNED, (1, 2))}


@pytest.mark.parametrize("market", sorted(BOOKS))
def test_every_auction_has_the_rules_that_its_refusals_cite(market: str) -> None:
    """An order that an auction does not take, and a cancel in its locked minutes."""
    if market not in FILES:
        return
    for hours in schedule_of(market).records:
        phases = {step.phase for step in hours.hours.steps}
        cited = {"auction_orders"} if any(PHASES[one].auction for one in phases) else set()
        if any(not PHASES[one].cancels for one in phases):
            cited.add("auction_cancel")
        for board in hours.boards or ("main",):
            found = [
                one.kind
                for one in market_book(market).rules
                if one.applies(board, hours.valid_from)
            ]
            assert cited <= set(found), (market, board, hours.valid_from)
