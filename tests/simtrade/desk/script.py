"""One fixed trading day of several people: ``python -m tests.simtrade.desk.script DATA TAPES``.

Writes the journal's chain and the hash of the state, for a comparison between processes.
"""

from __future__ import annotations

import hashlib
import random
import sys
from datetime import date
from pathlib import Path

from matching.orders import FillProfile, Side, TimeInForce
from simtrade.desk.commands import canonical
from simtrade.desk.requests import FLOOR, ClockAction
from tests.world import World, open_world


def trade(world: World, steps: int = 60) -> int:
    """Orders of four accounts on two venues, over a split and a night; how often they filled."""
    chance = random.Random(5)
    venue, practice = world.practice(date(2005, 2, 25))
    accounts = [
        world.floor(user=number, profile=profile) for number, profile in enumerate(FillProfile, 2)
    ]
    for step in range(steps):
        on_floor = chance.random() < 0.7
        account = chance.choice(accounts) if on_floor else practice
        quotes = world.venues.quotes(FLOOR if on_floor else venue)
        quote = chance.choice(quotes[:2])
        limit = chance.choice([None, quote.last_ticks + chance.randint(-5, 5)])
        world.place(
            account,
            chance.choice(list(Side)),
            100 * chance.randint(1, 9) if on_floor else chance.randint(1, 90),
            quote.instrument_id,
            limit=limit,
            force=chance.choice(list(TimeInForce)),
        )
        found = world.portfolio.orders(account, open_only=True)
        if found and chance.random() < 0.3:
            order = chance.choice(found)
            world.replace(account, order.order_id, 100 * chance.randint(1, 9), quote.last_ticks)
        world.pass_seconds(chance.choice([0.1, 0.5, 2.0]))
        if step == steps // 2:
            world.set_clock(venue, ClockAction.SEEK, world.at(venue) + 4 * 86_400 * 10**9)
    for account in accounts:  # shares to settle overnight, in several companies
        for quote in world.venues.quotes(FLOOR)[:2]:
            world.place(account, Side.BUY, 100, quote.instrument_id)
    next_session(world)
    return sum(len(world.portfolio.fills(one)) for one in (*accounts, practice))


def next_session(world: World) -> None:
    """The floor's night; its speed is not for people to set."""
    floor, session = world.shard.runtime.get(FLOOR), world.venues.clock(FLOOR).session
    assert floor is not None
    floor.speed = 20_000
    while world.venues.clock(FLOOR).session == session:
        world.pass_seconds(0.2)  # at most an hour of the new session
    floor.speed = 1
    world.pass_seconds(1.2)


def main() -> None:
    data, tapes = map(Path, sys.argv[1:])
    with open_world(data, tapes) as world:
        fills = trade(world)
        state = hashlib.sha256(canonical(world.store.state())).hexdigest()
        sys.stdout.write(f"{world.store.head()} {state} {fills} fills\n")


if __name__ == "__main__":
    main()
