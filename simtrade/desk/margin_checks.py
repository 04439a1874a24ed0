"""Whether an account that may borrow can have an order: is there something to borrow, is it still a
purchase or already buying back, and does the initial margin suffice."""

from __future__ import annotations

from feeds.feed import Interval
from matching.instrument import InstrumentId
from matching.orders import Side
from matching.reasons import Reason, day_figure
from matching.short_sales import PriceTest, has_fallen
from matching.units import AtNs, divide_half_up, divide_up
from matching.working import Stage
from simtrade.desk.lending import (
    located_qty,
    margin_book,
    net_qty,
    owed_qty,
    rules_of,
    spendable_minor,
)
from simtrade.desk.margin_book import MarginBook
from simtrade.desk.requests import Refusal
from simtrade.desk.state import OrderRecord, VenueState
from simtrade.venues.feeds import session_of


def buys_back(venue: VenueState, record: OrderRecord) -> bool:
    """Whether an order buys shares that its account owes."""
    order = record.order
    if order.side is Side.SELL or not venue.accounts[order.account_id].margin:
        return False
    return owed_qty(venue, order.account_id, order.instrument_id) > 0


def short_margin(venue: VenueState, record: OrderRecord, qty: int, limit_ticks: int) -> int:
    """Initial margin of a short sale at its limit, half up; without a limit at the price that it
    could expect when it came."""
    rules = rules_of(venue, record.order.instrument_id)
    if rules is None:
        return 0
    if not record.order.kind.names_limit:
        board = venue.exchange.listings[record.order.instrument_id].rules
        assert board is not None
        limit_ticks = divide_up(limit_ticks * 1000, 1000 - board.collar_permille)
    value = venue.instrument(record.order.instrument_id).notional_minor(limit_ticks, qty)
    return divide_half_up(value * rules.short_permille, 1000)


def check_margin(
    venue: VenueState,
    record: OrderRecord,
    minor: int,
    qty: int,
    change: tuple[int, int] | None,
) -> Refusal | None:
    """For an account that may borrow, in place of its cash; a sale of what it holds always passes.
    ``minor`` and ``qty`` are what the order has to reserve."""
    order = record.order
    if order.short:
        return _check_short_sale(venue, record, qty) or _check_initial(venue, record, minor, change)
    if order.side is Side.SELL:
        return None
    others = _others(venue, record)
    if buys_back(venue, record) or any(one.order.short for one in others):
        return _check_cover(venue, record, others, change)
    return _check_initial(venue, record, minor, change)


def next_day(venue: VenueState) -> dict[str, int]:
    """The next session as a number of a refusal, where there is one."""
    following = venue.feed.next_session(venue.cursor_ns)
    return {} if following is None else {"sellable_day": day_figure(following)}


def _others(venue: VenueState, record: OrderRecord) -> list[OrderRecord]:
    """The account's other open orders in the same instrument."""
    order = record.order
    return [
        one
        for one in venue.orders.values()
        if one is not record
        and one.order.account_id == order.account_id
        and one.order.instrument_id == order.instrument_id
    ]


def _check_short_sale(venue: VenueState, record: OrderRecord, qty: int) -> Refusal | None:
    """An account is on one side of an instrument, and the shares must be there to be lent."""
    order = record.order
    account_id, instrument_id = order.account_id, order.instrument_id
    rules = rules_of(venue, instrument_id)
    if rules is None:
        return Refusal(Reason.SHORT_NOT_ALLOWED)
    held = net_qty(venue, account_id, instrument_id)
    buys = held >= 0 and any(one.order.side is Side.BUY for one in _others(venue, record))
    if buys or held > 0 or _comes(venue, record):
        return Refusal(Reason.SHORT_BESIDE_LONG, {"held": max(0, held)})
    located = located_qty(venue, account_id, instrument_id)
    lendable = lendable_qty(venue, instrument_id)
    more = qty - record.hold_qty
    if more > lendable - located:
        numbers = {"available": max(0, lendable - located), "lendable": lendable}
        return Refusal(Reason.SHORT_NONE_TO_BORROW, numbers, rules.sources["lending"])
    return None


def _comes(venue: VenueState, record: OrderRecord) -> bool:
    """Whether shares of the instrument are still to come to the account."""
    order = record.order
    return any(
        one.bonus_due or one.rights_due or one.open_rights
        for one in venue.entitlements.values()
        if (one.account_id, one.instrument_id) == (order.account_id, order.instrument_id)
    )


def lendable_qty(venue: VenueState, instrument_id: InstrumentId) -> int:
    """How many shares the house lends one account: a part of the last whole day's volume."""
    rules = rules_of(venue, instrument_id)
    days = venue.feed.bars(instrument_id, Interval.DAY, venue.cursor_ns, 2)
    whole = len(days.volume) - days.partial
    if rules is None or whole < 1:
        return 0
    return int(days.volume[whole - 1]) * rules.lendable_permille // 1000


def _check_cover(
    venue: VenueState,
    record: OrderRecord,
    others: list[OrderRecord],
    change: tuple[int, int] | None,
) -> Refusal | None:
    """No more is bought back than is owed, and where the market says so not on the same day."""
    order = record.order
    total = change[0] if change else record.working.qty
    owed = owed_qty(venue, order.account_id, order.instrument_id)
    coming = sum(
        one.working.qty - one.filled
        for one in others
        if one.order.side is Side.BUY
        and one.working.stage is not Stage.HELD
        and (one.order.group_id is None or one.order.group_id != order.group_id)
    )
    most = max(0, owed - coming)
    if total - record.filled > most:
        return Refusal(Reason.COVER_TOO_LARGE, {"max_qty": most, "owed": owed})
    position = venue.positions.get((order.account_id, order.instrument_id))
    today = position.unsettled_qty if position else 0
    if total - record.filled > most - today:
        rules = venue.exchange.listings[order.instrument_id].rules
        numbers = {"max_qty": max(0, most - today), "today": today}
        return Refusal(
            Reason.COVER_NOT_YET, numbers | next_day(venue), rules.cite("short") if rules else ""
        )
    return None


def _check_initial(
    venue: VenueState, record: OrderRecord, minor: int, change: tuple[int, int] | None
) -> Refusal | None:
    """Initial margin for this order beside everything that is open."""
    order = record.order
    book = margin_book(venue, order.account_id, venue.cursor_ns)
    if book is None:
        cash = spendable_minor(venue, order.account_id)
        if minor - record.hold_minor <= cash:
            return None
        numbers = {"available_minor": cash, "needed_minor": minor - record.hold_minor}
        return Refusal(Reason.NOT_ENOUGH_CASH, numbers)
    open_orders = [
        one
        for one in venue.orders.values()
        if one is not record and one.order.account_id == order.account_id
    ]
    before = _asked(venue, [(one, one.hold_minor, None) for one in open_orders])
    after = _asked(
        venue, [*((one, one.hold_minor, None) for one in open_orders), (record, minor, change)]
    )
    borrows = order.short or _with_cost(book, after[0]).loan_minor > 0
    least = book.rules.min_equity_minor
    if borrows and book.equity_minor < least:
        numbers = {"equity_minor": book.equity_minor, "least_minor": least}
        return Refusal(Reason.MARGIN_EQUITY_TOO_SMALL, numbers, book.rules.sources["collateral"])
    free = book.free_after(*after)
    if free >= 0:
        return None
    was = book.free_after(*before)
    numbers = {"available_minor": max(0, was), "needed_minor": was - free}
    kind = "short_margin" if order.short else "finance"
    return Refusal(Reason.MARGIN_TOO_SMALL, numbers, book.rules.sources[kind])


def _with_cost(book: MarginBook, cost_minor: int) -> MarginBook:
    return MarginBook(book.cash_minor - cost_minor, book.lines, book.rules)


def _asked(
    venue: VenueState, orders: list[tuple[OrderRecord, int, tuple[int, int] | None]]
) -> tuple[int, int, int]:
    """What open orders would cost, count as security and take as margin once they are filled."""
    cost = counted = margin = 0
    for record, hold_minor, change in orders:
        if not hold_minor:
            continue
        if record.order.short:
            margin += hold_minor
        elif record.order.side is Side.BUY:
            cost += hold_minor
            rules = rules_of(venue, record.order.instrument_id)
            qty, limit = change or (record.working.qty, record.working.limit_ticks)
            instrument = venue.instrument(record.order.instrument_id)
            value = instrument.notional_minor(limit, max(0, qty - record.filled))
            share = rules.collateral_permille if rules else 0
            counted += divide_half_up(value * share, 1000)
        else:
            margin += hold_minor  # fees above the proceeds of a tiny sale
    return cost, counted, margin


def has_fallen_lately(venue: VenueState, instrument_id: InstrumentId) -> bool:
    """Whether a fall of this session or the one before keeps short sales above the bid."""
    listing = venue.exchange.listings[instrument_id]
    short = listing.rules.short if listing.rules else None
    if short is None or short.test is not PriceTest.FALLEN:
        return False
    last = venue.feed.last(instrument_id, venue.cursor_ns)
    if last is not None and has_fallen(last.low_ticks, last.reference_ticks, short):
        return True
    days = venue.feed.bars(instrument_id, Interval.DAY, venue.cursor_ns, 3)
    starts = [int(one) for one in days.start_ns]
    today = session_of(venue.feed, venue.cursor_ns)
    if starts and session_of(venue.feed, AtNs(starts[-1])) == today:
        starts.pop()
    if len(starts) < 2:
        return False
    before, day = len(starts) - 2, len(starts) - 1
    close = int(days.close_ticks[before])
    for split in venue.feed.splits(instrument_id, venue.cursor_ns):
        if starts[before] < split.at_ns <= starts[day]:
            close = close * split.old_shares // split.new_shares
    return has_fallen(int(days.low_ticks[day]), close, short)
