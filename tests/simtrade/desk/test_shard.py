"""The one writer: keys, limits, the order of commit, notice and reply."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from feeds.catalogue import US_DAILY
from matching.orders import AccountId, OrderKind, Side, TimeInForce
from matching.reasons import Reason
from matching.units import PriceTicks, Qty
from simtrade.bus import Channel
from simtrade.desk.keys import KEY_LENGTH_MAX
from simtrade.desk.requests import (
    FLOOR,
    ClockAction,
    ClockRequest,
    Done,
    JoinVenue,
    OpenPractice,
    PlaceRequest,
    Refusal,
    Reply,
    Request,
    UserId,
    VenueId,
)
from simtrade.desk.shard import VENUES_PER_USER
from simtrade.portfolio.views import AccountNotice
from simtrade.store.engine_store import EngineStore, FencedError
from simtrade.venues import rules
from tests.world import World

ROOT = Path(__file__).parents[3]


def bid(world: World, account: AccountId, key: str, qty: int = 100) -> PlaceRequest:
    """A buyer at the floor's lower price limit: it rests."""
    quote = world.venues.quotes(FLOOR)[0]
    assert quote.lower_ticks is not None
    return PlaceRequest(
        account, key, quote.instrument_id, Side.BUY, OrderKind.LIMIT, Qty(qty),
        PriceTicks(quote.lower_ticks), TimeInForce.DAY,
    )  # fmt: skip


def journal_size(world: World) -> int:
    return sum(1 for _ in world.store.journal())


def plain(reply: Reply) -> tuple[object, ...]:
    """A reply whether or not it is told again."""
    if isinstance(reply, Done):
        return reply.seq, reply.venue_id, reply.account_id, reply.order_id
    return reply.reason, dict(reply.numbers), reply.rule


REPEATED: list[Request] = [
    ClockRequest(UserId(1), "again", FLOOR, ClockAction.PAUSE),
    ClockRequest(UserId(1), "again", VenueId("p2"), ClockAction.SEEK, 4 * 10**18),
    ClockRequest(UserId(1), "again", VenueId("p2"), ClockAction.SEEK, 5),
    ClockRequest(UserId(1), "again", VenueId("p2"), ClockAction.STEP),
    JoinVenue(UserId(1), "again", FLOOR),
    OpenPractice(UserId(1), "again", US_DAILY, date(2008, 9, 12)),
    OpenPractice(UserId(1), "again", US_DAILY, date(2030, 1, 1)),
    OpenPractice(UserId(1), "again", "no such tape", date(2008, 9, 12)),
    JoinVenue(UserId(1), "again", VenueId("p99")),
]


@pytest.mark.parametrize("request_", REPEATED, ids=range(len(REPEATED)))
def test_twice_in_one_batch_and_once_more_has_one_effect(world: World, request_: Request) -> None:
    venue, _ = world.practice()
    assert venue == "p2"
    before = journal_size(world)
    first, second = world.shard.turn([request_, request_])
    (third,) = world.shard.turn([request_])
    assert plain(first) == plain(second) == plain(third)
    written = journal_size(world) - before
    assert written <= (2 if isinstance(request_, OpenPractice) else 1)
    reopened = world.reopen()
    assert plain(reopened.submit(request_)) == plain(first)
    assert journal_size(reopened) == before + written
    assert reopened.verify().ok
    reopened.close()


def test_a_refusal_for_something_that_did_not_exist_is_not_sticky(world: World) -> None:
    request = JoinVenue(UserId(1), "join", VenueId("p2"))
    assert isinstance(world.submit(request), Refusal)
    venue, account = world.practice()
    assert venue == "p2"
    done = world.submit(request)
    assert isinstance(done, Done)
    assert done.account_id == account


@pytest.mark.parametrize("key", ["", "x" * (KEY_LENGTH_MAX + 1), "\ud800", "a\nb", "a\x00"])
def test_a_key_that_cannot_be_stored_is_refused_and_hurts_nobody(world: World, key: str) -> None:
    account = world.floor()
    wrong, right = world.shard.turn([bid(world, account, key), bid(world, account, "right")])
    assert isinstance(wrong, Refusal)
    assert wrong.reason is Reason.KEY_INVALID
    assert isinstance(right, Done)


def test_two_accounts_may_use_one_key(world: World) -> None:
    ann, ben = world.floor(user=1), world.floor(user=2)
    replies = world.shard.turn([bid(world, ann, "k"), bid(world, ben, "k")])
    assert all(isinstance(one, Done) for one in replies)
    assert plain(replies[0]) != plain(replies[1])


def test_venues_are_limited_within_one_batch_too(world: World) -> None:
    requests: list[Request] = [
        OpenPractice(UserId(1), f"open-{number}", US_DAILY, date(2008, 9, 12))
        for number in range(VENUES_PER_USER + 2)
    ]
    replies = world.shard.turn([*requests, OpenPractice(UserId(2), "other", US_DAILY,
                                                        date(2008, 9, 12))])  # fmt: skip
    refused = [one.reason for one in replies if isinstance(one, Refusal)]
    assert refused == [Reason.TOO_MANY_VENUES] * 2
    assert isinstance(replies[-1], Done)
    assert isinstance(world.submit(OpenPractice(UserId(1), "one more", US_DAILY,
                                                date(2008, 9, 12))), Refusal)  # fmt: skip


def test_notices_are_dense_and_come_after_the_commit(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = world.floor()
    log: list[str] = []
    commit = world.store.commit

    def logged(*arguments: object) -> None:
        commit(*arguments)  # type: ignore[arg-type]
        log.append("commit")

    monkeypatch.setattr(world.store, "commit", logged)
    numbers: list[int] = []

    def listen(notice: object) -> None:
        assert isinstance(notice, AccountNotice)
        log.append("notice")
        numbers.append(notice.number)
        assert notice.seq <= world.store.head().seq, "told before it was durable"

    world.bus.subscribe(Channel.account(account), listen)
    world.shard.turn([bid(world, account, f"k{number}") for number in range(5)])
    assert log == ["commit", *["notice"] * 5]
    assert numbers == list(range(numbers[0], numbers[0] + 5))
    events = world.portfolio.events_since(account, numbers[0] - 1)
    assert events is not None
    assert [one.number for one in events] == numbers


def test_a_failed_commit_is_told_to_nobody_and_ends_the_turn(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = world.floor()
    told: list[object] = []
    world.bus.subscribe(Channel.account(account), told.append)
    world.bus.subscribe(Channel.market(FLOOR), told.append)

    def full(*arguments: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(world.store, "commit", full)
    shown, rows = world.venues.snapshot(FLOOR), world.store.state()
    world.clock.pass_seconds(0.5)
    with pytest.raises(OSError, match="disk full"):
        world.shard.turn([bid(world, account, "k")])
    assert told == []
    assert world.venues.snapshot(FLOOR) is shown
    monkeypatch.undo()
    reopened = world.reopen()
    assert reopened.store.state() == rows
    assert isinstance(reopened.submit(bid(reopened, account, "k")), Done)
    assert reopened.verify().ok
    reopened.close()


def test_a_second_writer_fences_the_first_out(world: World) -> None:
    account = world.floor()
    other = EngineStore.open(world.data)
    other.acquire()
    with pytest.raises(FencedError):
        world.shard.turn([bid(world, account, "late")])
    assert journal_size(world) == other.head().seq
    other.close()


def test_a_turn_without_anything_writes_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    commits: list[object] = []
    commit = world.store.commit
    monkeypatch.setattr(world.store, "commit", lambda *a: (commits.append(a), commit(*a)))
    for _ in range(5):
        world.clock.pass_seconds(0.15)
        assert world.shard.turn([]) == []
    assert commits == []
    world.clock.pass_seconds(0.5)
    world.shard.turn([])
    assert len(commits) == 1, "a second later the cursor is saved"


@pytest.mark.slow
def test_the_same_script_gives_the_same_journal_under_any_hash_seed(
    tmp_path: Path, tapes: Path
) -> None:
    said = []
    for seed in ("1", "2"):
        command = [
            sys.executable, "-W", "error", "-m", "tests.simtrade.desk.script",
            str(tmp_path / seed), str(tapes),
        ]  # fmt: skip
        environ = {"PYTHONHASHSEED": seed, "PATH": "/usr/bin:/bin"}
        said.append(subprocess.check_output(command, cwd=ROOT, env=environ, text=True))
    assert said[0] == said[1]
    assert re.search(r" [1-9]\d+ fills$", said[0]), said


def test_a_practice_is_not_opened_on_a_day_without_rules(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(rules.BOOKS, "XNAS")
    monkeypatch.delitem(rules.BOOKS, "XNYS")
    reply = world.submit(OpenPractice(UserId(1), "early", US_DAILY, date(2008, 9, 12)))
    assert isinstance(reply, Refusal)
    assert (reply.reason, dict(reply.numbers)) == (Reason.RULES_NOT_KNOWN, {})
    assert reply.rule.endswith("no lot rule in force on 2008-09-12")
    assert world.store.count_venues(UserId(1)) == 0
