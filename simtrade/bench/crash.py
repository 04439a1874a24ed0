"""``simtrade bench crash``: kill -9 the desk under load, start it again, count what was lost.

A child runs the real application and sends numbered orders; it writes a line for each reply that
it got.  The parent kills it at a random moment, starts the next child, which sends everything
from the first unanswered number on again (answered ones too: they must get the same reply).  In
the end the journal has to hold every acknowledged order exactly once, and verify must be green.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

import typer

from matching.orders import OrderKind, Side, TimeInForce
from matching.units import PriceTicks, Qty
from simtrade.app import Simtrade
from simtrade.bench.durable import floor_accounts
from simtrade.commands.output import AsJson, complain, progress, tell
from simtrade.desk.requests import FLOOR, Done, PlaceRequest, Reply
from simtrade.desk.verify import verify
from simtrade.settings import Settings
from simtrade.store.engine_store import EngineStore
from simtrade.venues.feeds import Feeds

ACCOUNTS = 8
IN_FLIGHT = 64
COLD_LIVES = 5  # so many children begin with nothing; the others inherit the invented market
LIFE_SECONDS = 0.25  # a child lives between nothing and this long after it is ready


@dataclass(slots=True)
class CrashResult:
    """``lost``: acknowledged and not in the journal, or with another reply.  ``doubled``: more
    than one journal entry for a key."""

    kills: int = 0
    acknowledged: int = 0
    sent_again: int = 0
    lost: int = 0
    doubled: int = 0
    verified: bool = False
    problems: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        return self.verified and not self.lost and not self.doubled

    def as_json(self) -> dict[str, object]:
        return asdict(self) | {"ok": self.ok}


def crash(*, kills: int = 100, seed: int = 1, as_json: AsJson = False) -> None:
    """Kill the desk at random moments under load; acknowledged orders lost or doubled must be 0."""
    with progress("Killing") as advance:
        result = run(kills, seed, advance)
    for problem in result.problems:
        complain(problem)
    text = (
        f"{result.kills} kills in {result.seconds} s, {result.acknowledged:,} orders acknowledged: "
        f"{result.lost} lost, {result.doubled} doubled, verify "
        f"{'green' if result.verified else 'RED'}"
    )
    tell(result.as_json(), text, as_json=as_json)
    if not result.ok:
        raise typer.Exit(1)


def run(
    kills: int = 100, seed: int = 1, progress: Callable[[int, int], None] | None = None
) -> CrashResult:
    """Kill that many children on one temporary data folder."""
    result, chance = CrashResult(), random.Random(seed)  # noqa: S311 - when to kill is no secret
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="simtrade-crash-") as folder:
        settings = Settings(data=Path(folder))
        acknowledged: dict[int, str] = {}
        for life in range(kills):
            if life == COLD_LIVES:
                # A pure function of its name, a second of work: what is left is recovery.
                Simtrade.open(settings).close()
            first = _first_missing(acknowledged)
            _one_life(settings, first, chance.uniform(0, LIFE_SECONDS), acknowledged, result)
            result.kills += 1
            if progress is not None:
                progress(result.kills, kills)
        _judge(settings, acknowledged, result)
    result.seconds = round(time.monotonic() - started, 1)
    return result


def _first_missing(acknowledged: dict[int, str]) -> int:
    """Where the next child begins: a few answered ones are asked again on purpose."""
    number = max(0, len(acknowledged) - 4 * IN_FLIGHT)
    while number in acknowledged:
        number += 1
    return max(0, number - IN_FLIGHT // 4)


def _one_life(
    settings: Settings,
    first: int,
    life_seconds: float,
    acknowledged: dict[int, str],
    result: CrashResult,
) -> None:
    """One child from its start to its violent end."""
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read_end)
        try:
            asyncio.run(_send_orders(settings, first, write_end))
        finally:
            os._exit(1)
    os.close(write_end)
    with os.fdopen(read_end, encoding="ascii") as lines:
        if lines.readline():  # ready
            time.sleep(life_seconds)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        for line in lines:
            if not line.endswith("\n"):
                break  # the kill cut the line in two: that reply was never received
            number, reply = line.split(maxsplit=1)
            result.sent_again += int(number) in acknowledged
            before = acknowledged.setdefault(int(number), reply.strip())
            if before != reply.strip():
                result.lost += 1
                result.problems.append(f"order {number}: first {before}, then {reply.strip()}")


async def _send_orders(settings: Settings, first: int, answers: int) -> None:
    """The child: ready when the accounts are there, then orders without end."""
    app = Simtrade.open(settings)
    accounts = await floor_accounts(app, ACCOUNTS)
    quotes = app.venues.quotes(FLOOR)
    os.write(answers, b"ready\n")
    gate = asyncio.Semaphore(IN_FLIGHT)

    async def send(number: int) -> None:
        quote = quotes[number % 3]
        request = PlaceRequest(
            accounts[number % ACCOUNTS],
            f"order-{number}",
            quote.instrument_id,
            Side.BUY if number % 3 else Side.SELL,
            OrderKind.MARKET if number % 2 else OrderKind.LIMIT,
            Qty(100 * (1 + number % 5)),
            # The body of a key must not depend on the market of the moment.
            None if number % 2 else PriceTicks(300 + number % 400),
            TimeInForce.DAY,
        )
        reply = await app.gateway.submit(request)
        os.write(answers, f"{number} {_short(reply)}\n".encode())
        gate.release()

    number, tasks = first, set[asyncio.Task[None]]()
    while True:
        await gate.acquire()
        task = asyncio.create_task(send(number))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        number += 1


def _short(reply: Reply) -> str:
    return f"done {reply.seq}" if isinstance(reply, Done) else f"refused {reply.reason.code}"


def _judge(settings: Settings, acknowledged: dict[int, str], result: CrashResult) -> None:
    """What the disk holds against what was acknowledged."""
    result.acknowledged = len(acknowledged)
    store = EngineStore.open(settings.data)
    entries: dict[str, list[int]] = {}
    for rows in store.journal():
        seq, key = rows.command[0], rows.command[3]
        if key is not None and key.startswith("order-"):
            entries.setdefault(key, []).append(seq)
    result.doubled = sum(len(seqs) > 1 for seqs in entries.values())
    for number, reply in acknowledged.items():
        seqs = entries.get(f"order-{number}", [])
        if not seqs or (reply.startswith("done") and reply != f"done {seqs[0]}"):
            result.lost += 1
            result.problems.append(f"order {number}: acknowledged as {reply}, journal {seqs}")
    report = verify(store, Feeds(settings.data, settings.floor_seed))
    result.verified = report.ok
    result.problems += report.problems
    store.close()
