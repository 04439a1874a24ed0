"""Anything in any order: after every step the books add up, and in the end the journal agrees."""

from __future__ import annotations

import os
import tempfile
from datetime import date
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from feeds.catalogue import ensure_shipped
from matching.orders import (
    AccountId,
    FillProfile,
    GroupKind,
    OrderKind,
    Side,
    TimeInForce,
    Trigger,
    TriggerKind,
)
from matching.units import PriceTicks
from simtrade.desk.ledger import holder_of
from simtrade.desk.requests import FLOOR, ClockAction, Done, Leg, VenueId
from simtrade.portfolio.views import OrderState
from simtrade.store.engine_tables import BalanceRow, TransferRow
from tests.world import World

_TAPES = tempfile.TemporaryDirectory(prefix="simtrade-stateful-")
SESSIONS = [date(2005, 2, 25), date(2008, 9, 12), date(2013, 2, 28)]


class Desk(RuleBasedStateMachine):
    """Two accounts of two people: one on recorded bars, one on the generated floor."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="simtrade-stateful-")
        ensure_shipped(Path(_TAPES.name))
        self.world = World.open(Path(self.folder.name) / "data", Path(_TAPES.name))
        self.accounts: list[AccountId] = []

    @initialize(session=st.sampled_from(SESSIONS), profile=st.sampled_from(list(FillProfile)))
    def open_accounts(self, session: date, profile: FillProfile) -> None:
        self.practice, account = self.world.practice(session, user=1, profile=profile)
        self.accounts = [account, self.world.floor(user=2, profile=profile)]

    def _venue(self, account: int) -> VenueId:
        return self.practice if account == 0 else FLOOR

    @rule(
        account=st.integers(0, 1),
        instrument=st.integers(0, 2),
        side=st.sampled_from(list(Side)),
        lots=st.integers(0, 60),
        offset=st.one_of(st.none(), st.integers(-40, 40)),
        force=st.sampled_from(list(TimeInForce)),
    )
    def place(
        self,
        account: int,
        instrument: int,
        side: Side,
        lots: int,
        offset: int | None,
        force: TimeInForce,
    ) -> None:
        quotes = self.world.venues.quotes(self._venue(account))
        if not quotes:
            return
        quote = quotes[instrument % len(quotes)]
        limit = None if offset is None else quote.last_ticks + offset
        qty = lots * 100 if account else lots * 3
        self.world.place(
            self.accounts[account], side, qty, quote.instrument_id, limit=limit, force=force
        )

    @rule(
        account=st.integers(0, 1),
        side=st.sampled_from(list(Side)),
        lots=st.integers(1, 30),
        near=st.integers(1, 60),
        far=st.integers(1, 60),
        shape=st.sampled_from(["stop", "stop limit", "trail", "pair", "profit", "loss", "bracket"]),
        at_limit=st.booleans(),
    )
    def place_special(
        self, account: int, side: Side, lots: int, near: int, far: int, shape: str, at_limit: bool
    ) -> None:
        """Stops and groups; exits of either side, entries at the market or at a limit."""
        quotes = self.world.venues.quotes(self._venue(account))
        if not quotes:
            return
        last, sign, carried = quotes[0].last_ticks, side.sign, TimeInForce.GTC
        stop = Trigger(TriggerKind.STOP, max(1, last + sign * near))
        limit = PriceTicks(max(1, last - sign * near))
        profit = Leg(OrderKind.LIMIT, PriceTicks(max(1, last + sign * far)), carried)
        against = Trigger(TriggerKind.STOP, max(1, last - sign * (near + far)))
        loss = Leg(OrderKind.MARKET, None, carried, against)
        special: dict[str, object] = {"limit": limit if at_limit else None}
        match shape:
            case "stop":
                special = {"trigger": stop, "force": carried}
            case "stop limit":
                special = {"trigger": stop, "limit": stop.amount + sign * far, "force": carried}
            case "trail":
                special = {"trigger": Trigger(TriggerKind.TRAIL, near), "force": carried}
            case "pair":
                other = Leg(OrderKind.MARKET, None, carried, stop)
                special = {"limit": limit, "group": GroupKind.OCO, "legs": (other,),
                           "force": carried}  # fmt: skip
            case "bracket":
                special |= {"group": GroupKind.BRACKET, "legs": (profit, loss)}
            case _:
                leg = profit if shape == "profit" else loss
                special |= {"group": GroupKind.OTO, "legs": (leg,)}
        qty = lots * 100 if account else lots * 3
        self.world.place(
            self.accounts[account],
            side,
            qty,
            quotes[0].instrument_id,
            **special,  # type: ignore[arg-type]
        )

    @rule(account=st.integers(0, 1), which=st.integers(0, 9))
    def cancel(self, account: int, which: int) -> None:
        found = self.world.portfolio.orders(self.accounts[account], open_only=True)
        if found:
            order = found[which % len(found)]
            assert isinstance(self.world.cancel(self.accounts[account], order.order_id), Done)

    @rule(
        account=st.integers(0, 1),
        which=st.integers(0, 9),
        lots=st.integers(0, 60),
        offset=st.integers(-40, 40),
    )
    def replace(self, account: int, which: int, lots: int, offset: int) -> None:
        found = self.world.portfolio.orders(self.accounts[account], open_only=True)
        if found:
            order = found[which % len(found)]
            limit = (order.limit_ticks or 100) + offset
            self.world.replace(self.accounts[account], order.order_id, lots * 100, limit)

    @rule(seconds=st.sampled_from([0.3, 1.0, 5.0]))
    def pass_time(self, seconds: float) -> None:
        self.world.pass_seconds(seconds)

    @rule(speed=st.sampled_from([60, 300, 1_000]))
    def change_speed(self, speed: int) -> None:
        self.world.set_clock(self.practice, ClockAction.SPEED, speed)

    @rule(days=st.integers(0, 4), minutes=st.integers(0, 500))
    def seek(self, days: int, minutes: int) -> None:
        at_ns = self.world.at(self.practice) + (days * 1440 + minutes) * 60 * 10**9
        self.world.set_clock(self.practice, ClockAction.SEEK, at_ns)

    @rule()
    def step(self) -> None:
        self.world.set_clock(self.practice, ClockAction.STEP)

    @rule()
    def restart(self) -> None:
        """Stop where the second's save left it, and come back with everything as it was."""
        self.world.pass_seconds(1.1)
        before = [self.world.portfolio.orders(one, open_only=False) for one in self.accounts]
        balances = _rows(self.world, BalanceRow)
        self.world = self.world.reopen()
        assert _rows(self.world, BalanceRow) == balances
        after = [self.world.portfolio.orders(one, open_only=False) for one in self.accounts]
        assert after == before

    @invariant()
    def every_ledger_sums_to_zero(self) -> None:
        posted: dict[str, int] = {}
        pending: dict[str, int] = {}
        for row in _rows(self.world, BalanceRow):
            posted[row[2]] = posted.get(row[2], 0) + row[4] - row[3]
            pending[row[2]] = pending.get(row[2], 0) + row[6] - row[5]
            if row[1].startswith("a:"):
                assert row[4] - row[3] - row[5] >= 0, f"{row[1]} is overdrawn in {row[2]}"
        assert not any(posted.values())
        assert not any(pending.values())

    @invariant()
    def balances_are_the_sum_of_their_transfers(self) -> None:
        totals: dict[tuple[str, str], list[int]] = {}
        for _, _, asset, debit, credit, amount, kind, *_ in _rows(self.world, TransferRow):
            sign = {"post": 0, "hold": 1, "release": -1}[kind]
            for holder, column in ((debit, 0), (credit, 1)):
                one = totals.setdefault((holder, asset), [0, 0, 0, 0])
                one[column if sign == 0 else column + 2] += amount * (sign or 1)
        found = {(row[1], row[2]): list(row[3:]) for row in _rows(self.world, BalanceRow)}
        assert found == totals

    @invariant()
    def orders_and_fills_agree(self) -> None:
        for account in self.accounts:
            filled: dict[int, int] = {}
            for fill in self.world.portfolio.fills(account, limit=1000):
                filled[fill.order_id] = filled.get(fill.order_id, 0) + fill.qty
            for order in self.world.portfolio.orders(account, open_only=False, limit=1000):
                assert filled.get(order.order_id, 0) == order.filled
                assert order.filled <= order.qty
                assert (order.state is OrderState.FILLED) == (order.filled == order.qty)
                assert order.state is OrderState.OPEN or order.hold_minor == 0

    @invariant()
    def the_account_is_the_fold_of_its_fills(self) -> None:
        """The naive reading: start, less what was paid, plus what was received."""
        for account in self.accounts:
            summary = self.world.portfolio.summary(account)
            cash, fees, qty = summary.start_minor, 0, dict[str, int]()
            events = self.world.portfolio.events_since(account, 0)
            assert events is not None
            assert [one.number for one in events] == list(range(1, len(events) + 1))
            for event in (body for notice in events for body in notice.events):
                instrument = str(event.get("instrument_id"))
                if event["kind"] == "filled":
                    sign = Side(event["side"]).sign
                    cost = sum(event["fees"].values())
                    cash -= sign * event["notional_minor"] + cost
                    fees += cost
                    qty[instrument] = qty.get(instrument, 0) + sign * event["fill_qty"]
                elif event["kind"] == "split":
                    assert event["old_qty"] == qty[instrument]
                    qty[instrument] = event["new_qty"]
                    cash += event["paid_minor"]
            assert summary.cash_minor + summary.hold_minor == cash
            assert summary.fees_minor == fees
            held = {one.instrument.instrument_id: one.qty for one in summary.positions}
            assert held == {name: number for name, number in qty.items() if number}
            value = sum(one.value_minor for one in summary.positions)
            assert summary.equity_minor == cash + value
            assert summary.equity_minor == (
                summary.start_minor + summary.realised_minor + summary.unrealised_minor - fees
            )
            for one in summary.positions:
                assert 0 <= one.available <= one.qty
                assert one.available + one.held + one.unsettled == one.qty

    @invariant()
    def holds_are_those_of_the_open_orders(self) -> None:
        for account in self.accounts:
            summary = self.world.portfolio.summary(account)
            orders = self.world.portfolio.orders(account, open_only=True)
            assert summary.hold_minor == sum(order.hold_minor for order in orders)

    def teardown(self) -> None:
        report = self.world.verify()
        self.world.close()
        self.folder.cleanup()
        assert report.ok, report.problems


def _rows(world: World, table: object) -> list[tuple]:  # type: ignore[type-arg]
    from simtrade.store.engine_store import table_of

    with world.store.engine.connect() as connection:
        name = table_of(table).name  # type: ignore[arg-type]
        rows = connection.exec_driver_sql(f"SELECT * FROM {name}").all()
    return sorted(tuple(row) for row in rows)


assert holder_of(AccountId(1)).startswith("a:"), "the invariants read holders by their prefix"

TestDesk = Desk.TestCase
TestDesk.settings = settings(
    max_examples=int(os.environ.get("SIMTRADE_EXAMPLES", "20")),
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
