"""What the desk shows: rows, the ticket's defaults and costs, and the data its scripts need."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from starlette.requests import Request

from matching.instrument import Instrument
from matching.market import Level, Phase
from matching.orders import TimeInForce
from simtrade.desk.requests import SPEEDS, Refusal
from simtrade.portfolio.margin import MarginView
from simtrade.portfolio.views import OrderView, PortfolioView, Preview
from simtrade.venues.feeds import told_as
from simtrade.venues.views import ClockView, QuoteView, VenueView
from web import formats
from web.feed_views import FEED_VIEWS
from web.forms import TICKET_FIELDS, Typed, new_key
from web.i18n import N_, Language, translate
from web.order_form import place_request
from web.order_styles import FIRST, STYLES, offered
from web.pages.common import OwnAccount, core_of, language
from web.preferences import user_of
from web.sentences import REASONS, sentence
from web.trading_rules import TicketRules, ticket_rules
from web.words import worded

DEPTH_LEVELS = 5
_HOLD = N_("{money} is set aside until it fills, in case the price moves.")
DEFAULT_SHARE = 10  # a first order uses a tenth of the cash: big enough to see, small enough to try


OLD_PRICES = N_("These prices are old: orders wait for a new quote.")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the watchlist, already written."""

    instrument: Instrument
    quote: QuoteView | None
    language: Language

    @property
    def old_text(self) -> str:
        """What is said of prices that nobody may trade on any more; empty while they are fresh."""
        return translate(OLD_PRICES, self.language) if self.quote and self.quote.stale else ""

    @property
    def change(self) -> int:
        return self.quote.last_ticks - self.quote.reference_ticks if self.quote else 0

    @property
    def arrow(self) -> str:
        return formats.arrow(self.change)

    @property
    def last_text(self) -> str:
        return self._price("last_ticks")

    @property
    def high_text(self) -> str:
        return self._price("high_ticks")

    @property
    def low_text(self) -> str:
        return self._price("low_ticks")

    @property
    def reference_text(self) -> str:
        return self._price("reference_ticks")

    @property
    def upper_text(self) -> str:
        return self._price("upper_ticks") if self.quote and self.quote.upper_ticks else ""

    @property
    def lower_text(self) -> str:
        return self._price("lower_ticks") if self.quote and self.quote.lower_ticks else ""

    @property
    def change_text(self) -> str:
        return formats.price_change(self.change, self.instrument) if self.quote else "–"

    @property
    def percent_text(self) -> str:
        if self.quote is None:
            return "–"
        return formats.percent(formats.permyriad(self.change, self.quote.reference_ticks))

    @property
    def volume_text(self) -> str:
        return formats.compact(self.quote.volume, self.language) if self.quote else "–"

    def _price(self, name: str) -> str:
        return formats.price(getattr(self.quote, name), self.instrument) if self.quote else "–"


def watch_rows(request: Request, own: OwnAccount) -> list[Row]:
    """Instruments with a price today, in the venue's order; all when nothing has a price yet."""
    quotes = {one.instrument_id: one for one in core_of(request).venues.quotes(own.venue.venue_id)}
    spoken = language(request)
    rows = [Row(one, quotes.get(one.instrument_id), spoken) for one in own.venue.instruments]
    return [row for row in rows if row.quote] or rows


def clock_state(clock: ClockView) -> str:
    if clock.ended:
        return "ended"
    if not clock.running and clock.phase is Phase.CONTINUOUS:
        return "paused"
    return clock.phase.value


LARGE_DAY_PERMILLE = 100  # fill model E10: above a tenth of a day's volume nobody knows the price
_LARGE = N_(
    "This is {share} of what a whole day trades: a real order of this size would move the price."
)
_SYNTHETIC = N_("Live practice market"), N_("Invented companies, real rules.")
_RECONSTRUCTED = (
    N_("Replay"),
    N_("Real daily prices; the path inside each day is reconstructed from them."),
)
_RECORDED = N_("Replay"), N_("Recorded market data.")
_LIVE = N_("Live market"), N_("Real prices of now; your orders stay here.")


def source_words(venue: VenueView, spoken: Language) -> tuple[str, str]:
    """The clock's short label and the note under the chart: what kind of data this is."""
    traits = venue.traits
    label, note = (
        _SYNTHETIC if traits.synthetic else _RECONSTRUCTED if traits.reconstructed else _RECORDED
    )
    if traits.live:
        label, note = _LIVE
    words = [translate(note, spoken)]
    told = told_as(venue.tape, traits)
    if told is not None:
        words.append(translate(FEED_VIEWS[told].hint, spoken))
    return translate(label, spoken), ("" if spoken == "zh" else " ").join(words)


def board_rules(request: Request, own: OwnAccount, instrument: Instrument) -> TicketRules:
    """Today's rules for an instrument in an account's market."""
    venues = core_of(request).venues
    return ticket_rules(venues.rules(own.venue.venue_id, instrument.instrument_id))


def default_typed(
    side: str,
    quote: QuoteView | None,
    rules: TicketRules,
    summary: PortfolioView,
    instrument: Instrument,
) -> Typed:
    """A ticket that is ready to send: market order, a tenth of the cash or what can be sold."""
    holding = next((one for one in summary.positions if one.instrument == instrument), None)
    lot, qty = rules.lot, rules.least
    if side == "sell" and holding and holding.qty > 0 and holding.available:
        qty = holding.available
    elif quote:
        one_lot = instrument.notional_minor(quote.last_ticks, lot)
        lots = summary.cash_minor // DEFAULT_SHARE // max(one_lot, 1)
        qty = max(rules.least, lot * (lots - lots % 10 if lots >= 10 else lots))
    return Typed(
        key=new_key(),
        side=side,
        qty=instrument.qty_text(qty),
        price=instrument.price_text(quote.last_ticks) if quote else "",
    )


def sellable(summary: PortfolioView, instrument: Instrument) -> int:
    """What can be sold now of what is held."""
    positions = (one for one in summary.positions if one.qty > 0)
    return next((one.available for one in positions if one.instrument == instrument), 0)


def preview_words(
    request: Request, own: OwnAccount, instrument: Instrument, typed: Typed, summary: PortfolioView
) -> dict[str, Any]:
    """The costs of what stands in the ticket, or why there are none to show."""
    spoken = language(request)
    checked = place_request(typed, own.account_id, instrument, spoken)
    answer: Preview | Refusal | None = None
    if checked.request:
        answer = core_of(request).portfolio.preview(checked.request)
    note = "" if checked.request else next(iter(checked.errors.values()), "")
    if isinstance(answer, Refusal):
        note = sentence(answer.reason, answer.numbers, spoken, instrument)
    if isinstance(answer, Preview) and typed.side == "buy":
        note = hold_note(answer, instrument, spoken)
    if isinstance(answer, Preview):
        note = " ".join(one for one in (size_note(answer, spoken), note) if one)
    return {
        "typed": typed,
        "styles": STYLES,
        "instrument": instrument,
        "preview": answer if isinstance(answer, Preview) else None,
        "preview_note": note,
        "max_qty": most_possible(request, own, instrument, typed, answer),
        "cash_minor": summary.cash_minor,
        "margin": margin_of(request, own),
        "sellable": sellable(summary, instrument),
    }


def margin_of(request: Request, own: OwnAccount) -> MarginView | None:
    """What the account has borrowed and may borrow; None while it may not."""
    return core_of(request).portfolio.margin(own.account_id) if own.account.margin else None


def size_note(preview: Preview, spoken: Language) -> str:
    """A warning where an order is larger than the market could take unmoved; empty elsewhere."""
    share = preview.day_share_permille
    if share is None or share <= LARGE_DAY_PERMILLE:
        return ""
    return translate(_LARGE, spoken).format(share=formats.percent(share * 10, signed=False))


def hold_note(preview: Preview, instrument: Instrument, spoken: Language) -> str:
    """Why more of the cash is gone for a while than the order costs."""
    if preview.hold_minor <= preview.total_minor:
        return ""
    held = formats.money(preview.hold_minor, instrument.currency)
    return translate(_HOLD, spoken).format(money=held)


def most_possible(
    request: Request,
    own: OwnAccount,
    instrument: Instrument,
    typed: Typed,
    answer: Preview | Refusal | None,
) -> int:
    """What "all" means in the ticket, whatever is wrong with the rest of what stands there."""
    if isinstance(answer, Preview):
        return answer.max_qty
    spoken = language(request)
    whole = Typed(typed.key, typed.side, typed.asked().kind, "1", typed.price)
    asked = place_request(whole, own.account_id, instrument, spoken).request
    if asked is None:  # not even the price can be read
        market = Typed(typed.key, typed.side, qty="1")
        asked = place_request(market, own.account_id, instrument, spoken).request
    return core_of(request).portfolio.max_qty(asked) if asked else 0


def ticket_words(
    request: Request,
    own: OwnAccount,
    instrument: Instrument,
    typed: Typed,
    errors: Mapping[str, str],
) -> dict[str, Any]:
    summary = core_of(request).portfolio.summary(own.account_id)
    rules = board_rules(request, own, instrument)
    kinds = rules.kinds
    styles = offered(kinds, money=rules.money)
    times = {force for forces in kinds.values() for force in forces}
    return {
        **preview_words(request, own, instrument, typed, summary),
        "account": own,
        "summary": summary,
        "errors": {**dict.fromkeys(TICKET_FIELDS, ""), "form": "", "rule": "", **errors},
        "first_styles": [code for code in styles if code in FIRST],
        "more_styles": [code for code in styles if code not in FIRST],
        "times": [force.value for force in TimeInForce if force in times],
        "currency_symbol": formats.SYMBOLS[instrument.currency.code],
        "lot": rules.lot,
        "settles_later": rules.settles_later,
        "may_short": rules.short,
    }


def _levels(levels: tuple[Level, ...], instrument: Instrument) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = [
        {
            "ticks": level.price_ticks,
            "price": formats.price(level.price_ticks, instrument),
            "qty": formats.quantity(level.qty, instrument),
        }
        for level in levels[:DEPTH_LEVELS]
    ]
    missing = DEPTH_LEVELS - len(rows)
    return rows + [{"ticks": "", "price": "–", "qty": "–"} for _ in range(missing)]


def depth_words(request: Request, own: OwnAccount, instrument: Instrument) -> dict[str, Any]:
    if not own.venue.traits.shows_depth:
        return {"has_depth": False, "depth_bids": [], "depth_asks": []}
    depth = core_of(request).venues.depth(own.venue.venue_id, instrument.instrument_id)
    return {
        "has_depth": True,
        "depth_bids": _levels(depth.bids if depth else (), instrument),
        "depth_asks": _levels(depth.asks if depth else (), instrument),
    }


def is_paused(request: Request, own: OwnAccount) -> bool:
    """Whether nothing can fill before the asking person presses play."""
    clock, user = core_of(request).venues.clock(own.venue.venue_id), user_of(request)
    mine = user is not None and clock.owner == user.user_id
    return mine and not clock.running and not clock.ended


def grouped_orders(orders: Iterable[OrderView]) -> list[OrderView]:
    """Newest first, but the orders of a group together: the entry, then its exits."""
    return sorted(orders, key=lambda one: (-(one.group_id or one.order_id), one.order_id))


def tables_words(request: Request, own: OwnAccount) -> dict[str, Any]:
    """Positions, open orders and the newest fills of the account."""
    portfolio = core_of(request).portfolio
    return {
        "account": own,
        "order_account": own.account_id,
        "paused": is_paused(request, own),
        "summary": portfolio.summary(own.account_id),
        "orders": grouped_orders(portfolio.orders(own.account_id, open_only=True)),
        "fills": portfolio.fills(own.account_id, limit=20),
        "zone": own.venue.traits.time_zone,
    }


def clock_words(request: Request, own: OwnAccount) -> dict[str, Any]:
    clock = core_of(request).venues.clock(own.venue.venue_id)
    user, zone, end = user_of(request), own.venue.traits.time_zone, own.venue.end_ns
    today = clock.session or formats.wall(clock.at_ns, zone).date()
    refused = request.query_params.get("refused", "")
    return {
        "clock_note": worded(REASONS, refused, language(request)) if refused in REASONS else "",
        "venue": own.venue,
        "clock": clock,
        "clock_state": clock_state(clock),
        "owns_clock": user is not None
        and clock.owner == user.user_id
        and not own.venue.traits.live,
        "speeds": SPEEDS,
        "zone": zone,
        "seek_first": today.isoformat(),
        "seek_default": (today + timedelta(days=1)).isoformat(),
        "seek_last": formats.wall(end, zone).date().isoformat() if end else "",
    }


def script_data(
    request: Request, own: OwnAccount, instrument: Instrument, rows: list[Row]
) -> dict[str, Any]:
    """Scales and first prices, so that scripts write numbers exactly as the server does."""
    currency = own.currency
    return {
        "venue": own.venue.venue_id,
        "account": own.account_id,
        "current": instrument.instrument_id,
        "depth": own.venue.traits.shows_depth,
        "currency": {"symbol": formats.SYMBOLS[currency.code], "decimals": currency.decimals},
        "instruments": [
            {
                "id": row.instrument.instrument_id,
                "symbol": row.instrument.symbol,
                "dp": row.instrument.price_decimals,
                "tick": row.instrument.tick,
                "qd": row.instrument.qty_decimals,
                "lot": board_rules(request, own, row.instrument).lot,
                "quote": {
                    "last": row.quote.last_ticks if row.quote else 0,
                    "ref": row.quote.reference_ticks if row.quote else 0,
                    "vol": row.quote.volume if row.quote else 0,
                    "high": row.quote.high_ticks if row.quote else None,
                    "low": row.quote.low_ticks if row.quote else None,
                },
            }
            for row in rows
        ],
    }
