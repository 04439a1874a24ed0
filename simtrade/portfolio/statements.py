"""Every change of an account's cash and shares, one line per cause, from its journal.

The cash of an account (what it has borrowed subtracted) is the sum of its lines' amounts to the
minor unit, and its shares of an instrument the sum of their quantities.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import msgspec

from matching.instrument import Instrument, InstrumentId
from matching.orders import AccountId, OrderId, Side
from matching.units import AtNs, Currency
from simtrade.portfolio.service import Portfolio
from simtrade.store.engine_reads import EngineReads
from simtrade.venues.service import Venues

ROWS_AT_ONCE = 500


class LineKind(StrEnum):
    START = "start"  # the cash that an account begins with
    TRADE = "trade"  # one fill, before fees
    FEE = "fee"  # one cost of a fill, or of borrowed shares
    INTEREST = "interest"  # on borrowed money
    DIVIDEND = "dividend"  # before tax; below zero what a short seller pays
    DIVIDEND_TAX = "dividend_tax"
    FRACTION = "fraction"  # cash in place of parts of a share, or of rights on borrowed shares
    SHARES = "shares"  # of a split or a bonus issue
    SUBSCRIPTION = "subscription"  # new shares bought with rights
    DELISTING = "delisting"
    RENAME = "rename"  # the shares go on under another code


@dataclass(frozen=True, slots=True)
class FillFacts:
    """What a line of a fill says besides: the order's quantities after it, how often the order had
    been replaced before."""

    order_id: OrderId
    side: Side
    price_ticks: int
    qty: int
    filled: int
    leaves: int
    replaced: int


@dataclass(frozen=True, slots=True)
class StatementLine:
    """Lines of an account are ordered by ``place``: the number of its journal event and the line's
    part in it.  ``code`` names what a fee or a fraction is for."""

    number: int
    part: int
    at_ns: AtNs
    kind: LineKind
    instrument: Instrument | None
    amount_minor: int
    qty: int
    currency: Currency
    code: str = ""
    fill: FillFacts | None = None
    per_share_micro: int | None = None

    @property
    def place(self) -> tuple[int, int]:
        return self.number, self.part


@dataclass(frozen=True, slots=True)
class StatementPage:
    """Which lines to list: ``kinds`` None for all; moments are not included themselves; ``seen`` is
    the place of the last line of the page before."""

    kinds: Collection[LineKind] | None = None
    after_ns: int | None = None
    until_ns: int | None = None
    newest_first: bool = True
    limit: int = 100
    seen: tuple[int, int] | None = None


# Which lines an event of the journal can bring.
KINDS: Mapping[str, tuple[LineKind, ...]] = {
    "opened": (LineKind.START,),
    "filled": (LineKind.TRADE, LineKind.FEE),
    "dividend_paid": (LineKind.DIVIDEND, LineKind.DIVIDEND_TAX),
    "ex_date": (LineKind.DIVIDEND, LineKind.SHARES, LineKind.FRACTION),
    "dividend_tax": (LineKind.DIVIDEND_TAX,),
    "split": (LineKind.SHARES, LineKind.FRACTION),
    "subscribed": (LineKind.SUBSCRIPTION,),
    "delisted": (LineKind.DELISTING,),
    "renamed": (LineKind.RENAME,),
    "borrow_fee": (LineKind.FEE,),
    "loan_interest": (LineKind.INTEREST,),
}


class Statements:
    """Reads of accounts' lines.  LookupError for an account that does not exist."""

    def __init__(self, reads: EngineReads, portfolio: Portfolio, venues: Venues) -> None:
        self._reads = reads
        self._portfolio = portfolio
        self._venues = venues

    def page(self, account_id: AccountId, wanted: StatementPage) -> tuple[StatementLine, ...]:
        """Lines in the order of their places, or against it."""
        found: list[StatementLine] = []
        for line in self._lines(account_id, wanted):
            if _beyond(line, wanted):
                break
            if _suits(line, wanted):
                found.append(line)
                if len(found) == wanted.limit:
                    break
        return tuple(found)

    def flows(
        self, account_id: AccountId, kinds: Collection[LineKind]
    ) -> tuple[StatementLine, ...]:
        """All lines of some kinds, oldest first."""
        wanted = StatementPage(kinds=kinds, newest_first=False)
        return tuple(one for one in self._lines(account_id, wanted) if one.kind in kinds)

    def _lines(self, account_id: AccountId, wanted: StatementPage) -> Iterator[StatementLine]:
        account = self._portfolio.account(account_id)
        if account is None:
            raise LookupError(account_id)
        instruments = self._venues.instruments(account.venue_id)
        events = [
            name
            for name, lines in KINDS.items()
            if wanted.kinds is None or not set(lines).isdisjoint(wanted.kinds)
        ]
        replaces: list[tuple[int, int]] | None = None
        for row in self._rows(account_id, events, wanted):
            body = msgspec.json.decode(row.body)
            if row.kind == "opened":
                body["at_ns"] = account.opened_at_ns
            if row.kind == "filled":
                replaces = self._replaces(account_id) if replaces is None else replaces
                earlier = (one for number, one in replaces if number < row.number)
                body["replaced"] = sum(one == body["order_id"] for one in earlier)
            lines = list(lines_of(row.number, row.kind, body, instruments, account.currency))
            yield from reversed(lines) if wanted.newest_first else lines

    def _rows(
        self, account_id: AccountId, kinds: list[str], wanted: StatementPage
    ) -> Iterator[Any]:
        """Journal events in order, those of ``seen`` included: a page may end inside of one."""
        after, before = 0, None
        if wanted.seen is not None and wanted.newest_first:
            before = wanted.seen[0] + 1
        elif wanted.seen is not None:
            after = wanted.seen[0] - 1
        while kinds:
            rows = self._reads.events(
                account_id, after=after, before=before, limit=ROWS_AT_ONCE, kinds=kinds,
                newest_first=wanted.newest_first,
            )  # fmt: skip
            yield from rows
            if len(rows) < ROWS_AT_ONCE:
                return
            if wanted.newest_first:
                before = rows[-1].number
            else:
                after = rows[-1].number

    def _replaces(self, account_id: AccountId) -> list[tuple[int, int]]:
        """(number of the event, order) of every replace."""
        wanted = StatementPage(newest_first=False)
        rows = self._rows(account_id, ["replaced"], wanted)
        return [(row.number, msgspec.json.decode(row.body)["order_id"]) for row in rows]


def _beyond(line: StatementLine, wanted: StatementPage) -> bool:
    """Whether neither this line nor any after it can be wanted: time never goes back."""
    if wanted.newest_first:
        return wanted.after_ns is not None and line.at_ns <= wanted.after_ns
    return wanted.until_ns is not None and line.at_ns >= wanted.until_ns


def _suits(line: StatementLine, wanted: StatementPage) -> bool:
    if wanted.kinds is not None and line.kind not in wanted.kinds:
        return False
    if wanted.seen is not None:
        beyond = line.place < wanted.seen if wanted.newest_first else line.place > wanted.seen
        if not beyond:
            return False
    if wanted.after_ns is not None and line.at_ns <= wanted.after_ns:
        return False
    return wanted.until_ns is None or line.at_ns < wanted.until_ns


def lines_of(
    number: int,
    kind: str,
    body: Mapping[str, Any],
    instruments: Mapping[InstrumentId, Instrument],
    currency: Currency,
) -> Iterator[StatementLine]:
    """The lines of one journal event, in the order of their parts."""
    for part, line in enumerate(_changes(kind, body)):
        yield StatementLine(
            number=number,
            part=part,
            at_ns=AtNs(body["at_ns"]),
            kind=line.kind,
            instrument=instruments.get(InstrumentId(line.instrument_id)),
            amount_minor=line.amount_minor,
            qty=line.qty,
            currency=currency,
            code=line.code,
            fill=line.fill,
            per_share_micro=line.per_share_micro,
        )


@dataclass(frozen=True, slots=True)
class _Change:
    kind: LineKind
    amount_minor: int = 0
    qty: int = 0
    instrument_id: str = ""
    code: str = ""
    fill: FillFacts | None = None
    per_share_micro: int | None = None


def _changes(kind: str, body: Mapping[str, Any]) -> Iterator[_Change]:
    name = body.get("instrument_id", "")
    match kind:
        case "opened":
            yield _Change(LineKind.START, body["start_minor"])
        case "filled":
            yield from _of_fill(name, body)
        case "dividend_paid" | "ex_date" | "dividend_tax":
            yield from _of_dividend(kind, name, body)
        case "borrow_fee":
            yield _Change(LineKind.FEE, -body["amount_minor"], 0, name, kind)
        case "loan_interest":
            yield _Change(LineKind.INTEREST, -body["amount_minor"], code=kind)
        case _:
            yield from _of_shares(kind, name, body)


def _of_shares(kind: str, name: str, body: Mapping[str, Any]) -> Iterator[_Change]:
    match kind:
        case "split":
            yield _Change(LineKind.SHARES, 0, body["new_qty"] - body["old_qty"], name, "split")
            if body["paid_minor"]:
                yield _Change(LineKind.FRACTION, body["paid_minor"], 0, name)
        case "subscribed":
            yield _Change(LineKind.SUBSCRIPTION, -body["paid_minor"], body["qty"], name)
        case "delisted":
            yield _Change(LineKind.DELISTING, body["paid_minor"], -body["qty"], name)
        case "renamed":
            yield _Change(LineKind.RENAME, 0, -body["qty"], name)
            yield _Change(LineKind.RENAME, 0, body["qty"], body["new_id"])


def _of_fill(name: str, body: Mapping[str, Any]) -> Iterator[_Change]:
    side = Side(body["side"])
    fill = FillFacts(
        order_id=OrderId(body["order_id"]),
        side=side,
        price_ticks=body["price_ticks"],
        qty=body["fill_qty"],
        filled=body["filled"],
        leaves=body["qty"] - body["filled"],
        replaced=body["replaced"],
    )
    value, qty = body["notional_minor"], body["fill_qty"]
    yield _Change(LineKind.TRADE, -side.sign * value, side.sign * qty, name, fill=fill)
    for code, amount in sorted(body["fees"].items()):
        if amount:
            yield _Change(LineKind.FEE, -amount, 0, name, code)


def _of_dividend(kind: str, name: str, body: Mapping[str, Any]) -> Iterator[_Change]:
    if kind == "ex_date":
        yield from _of_ex_date(name, body)
        return
    tax = body["tax_minor"]
    if kind == "dividend_paid":
        yield _Change(LineKind.DIVIDEND, body["paid_minor"] + tax, 0, name)
    if tax:
        yield _Change(LineKind.DIVIDEND_TAX, -tax, 0, name)


def _of_ex_date(name: str, body: Mapping[str, Any]) -> Iterator[_Change]:
    """An owner's dividend comes on its own day; who owes shares pays at once."""
    if body["qty"] < 0 and body["cash_minor"]:
        per_share = body["cash_micro"]
        yield _Change(LineKind.DIVIDEND, body["cash_minor"], 0, name, per_share_micro=per_share)
    if body["bonus_qty"]:
        yield _Change(LineKind.SHARES, 0, body["bonus_qty"], name, "bonus")
    if body["paid_minor"]:
        yield _Change(LineKind.FRACTION, body["paid_minor"], 0, name)
