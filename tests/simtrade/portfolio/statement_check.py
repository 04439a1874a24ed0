"""What holds of every account at any time: its lines add up to what it has."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from matching.orders import AccountId
from simtrade.portfolio.statements import LineKind, StatementLine, Statements
from simtrade.store.engine_reads import EngineReads
from tests.world import World


def statements(world: World) -> Statements:
    return Statements(EngineReads(world.store.engine), world.portfolio, world.venues)


def check_statements(world: World, account_id: AccountId) -> tuple[StatementLine, ...]:
    """All lines of an account, oldest first."""
    lines = statements(world).flows(account_id, list(LineKind))
    summary = world.portfolio.summary(account_id)
    cash = summary.cash_minor + summary.hold_minor - summary.loan_minor
    assert sum(one.amount_minor for one in lines) == cash
    shares: Counter[str] = Counter()
    for one in lines:
        if one.instrument is not None:
            shares[one.instrument.instrument_id] += one.qty
    held = {one.instrument.instrument_id: one.qty for one in summary.positions}
    assert {name: qty for name, qty in shares.items() if qty} == held
    assert lines[0].kind is LineKind.START
    for before, after in pairwise(lines):
        assert before.place < after.place
        assert before.at_ns <= after.at_ns
    return lines
