"""The feeds that venues can run on, opened once and shared.

An invented market is named by its version and seed (feeds/generator/names.py).  A tape is named by
its content id for good; short names (``us_daily``) are resolved when a venue is opened, so a venue
keeps its own recording for ever.  A tape of orders or of the market can be told as a lesser feed
would tell it: ``ID@depth``, ``@quotes``, ``@snapshots``, ``@trades`` or ``@bars``; a tape of daily
bars without its names, days and price levels: ``ID@blind:SEED``.  ``live:NAME`` is a market that is
heard now, and everything that was ever recorded under that name.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from feeds.bar_replay import BarFeed
from feeds.blind import Blind, blind, can_be_blind
from feeds.bounded import BoundedCache
from feeds.catalogue import US_DAILY, ensure_shipped
from feeds.feed import Feed, FeedTraits
from feeds.generator.names import is_market, market_name, open_market, practice_market
from feeds.live.feed import LiveFeed
from feeds.live.market import BEHIND_NS, LiveMarkets, MarketStatus
from feeds.live.recording import Recording, read_description
from feeds.market_feed import MarketFeed, has_sessions, kinds_of
from feeds.market_store import open_market_tape
from feeds.notable import Notable, notable_days
from feeds.order_feed import OrderFeed
from feeds.order_store import open_order_tape, reaches_trading
from feeds.tape import TapeError, TapeKind
from feeds.tape_store import Manifest, list_tapes, open_tape, read_manifest
from matching.market import Band, DataKind, Phase, PhaseChange
from matching.units import NS_PER_SECOND, AtNs, Currency
from simtrade.venues.live import LIVE
from simtrade.venues.tape_cards import TapeCards

NS_PER_DAY = 86_400 * NS_PER_SECOND
_EPOCH = date(1970, 1, 1)
_EPOCH_TIME = datetime(1970, 1, 1, tzinfo=UTC)

# Feeds of invented markets with a scenario that are kept open: a venue keeps its own besides.
_MOST_MARKETS = 16
TAPES = "tapes"  # folder below the data folder

_TOLD_AS = "@"
_BLIND = "blind:"
_SEED_DIGITS = 12
_TOLD = frozenset(kind.value for kind in DataKind)

_START_CASH_UNITS = {"USD": 100_000, "CNY": 1_000_000, "HKD": 1_000_000}


@dataclass(frozen=True, slots=True)
class TapeView:
    """A tape to choose: ``name`` is what a request names.  ``kinds``: as which feeds it can be
    told, first as it was recorded.  ``hideable``: its names, days and price levels can be hidden.
    """

    name: str
    title: str
    first_session: date
    last_session: date
    kinds: tuple[DataKind, ...] = ()
    hideable: bool = False
    live: bool = False  # it happens now

    def blind(self, seed: int) -> str:
        """The name of this tape without names, days and price levels."""
        return f"{self.name}{_TOLD_AS}{_BLIND}{seed}"

    def told(self, kind: DataKind) -> str:
        """The name of this tape told as one of its ``kinds``."""
        return self.name if kind is self.kinds[0] else f"{self.name}{_TOLD_AS}{kind}"


class Feeds:
    """Opens feeds by the name that a venue stores.  Safe to use from several threads."""

    def __init__(
        self,
        data: Path,
        floor_seed: int,
        live: LiveMarkets | None = None,
        floor_tape: str | None = None,
    ) -> None:
        """Without ``live`` nothing is heard: what was recorded can be read."""
        self._root = data / TAPES
        self._recorded = data / LIVE
        self._live = live or LiveMarkets({})
        self.cards = TapeCards(self._root)
        self.floor_tape = floor_tape or market_name(floor_seed)
        self._notable: dict[str, tuple[Notable, ...]] = {}
        self._open: dict[str, Feed] = {}
        self._markets: BoundedCache[str, Feed] = BoundedCache(_MOST_MARKETS, open_market)
        self._blinds = BoundedCache(_MOST_MARKETS, self._open_blind)
        self._lock = threading.Lock()
        self.shipped = ensure_shipped(self._root)

    def resolve(self, name: str) -> str | None:
        """The tape id of a short name or an id, or an invented market with a scenario; None when
        there is none."""
        if practice_market(name):
            return name
        if name.startswith(f"{LIVE}:"):
            return name if name in [one.name for one in self._live_views()] else None
        short, told, kind = name.partition(_TOLD_AS)
        tape_id = self.shipped.get(short, short)
        found = next((one for one in self._playable() if one.tape_id == tape_id), None)
        if found is None:
            return None
        if not told:
            return tape_id
        hidden = _seed_of(kind) is not None and can_be_blind(found)
        return f"{tape_id}{_TOLD_AS}{kind}" if kind in _told(found) or hidden else None

    def feed(self, tape: str) -> Feed:
        """The feed of a tape id or of an invented market."""
        if practice_market(tape):
            return self._markets.get(tape)
        if is_blind(tape):
            return self._blinds.get(tape)[1]
        with self._lock:
            found = self._open.get(tape)
            if found is None:
                found = self._open[tape] = self._load(tape)
            return found

    def _load(self, tape: str) -> Feed:
        if is_market(tape):
            return open_market(tape)
        kind, _, name = tape.partition(":")
        if kind == LIVE:
            return self._live.feed(name) or self._read_only(name)
        tape_id, _, told = tape.partition(_TOLD_AS)
        match read_manifest(self._root / tape_id).kind:
            case TapeKind.STREET_ORDERS:
                recorded = open_order_tape(self._root, tape_id)
                return OrderFeed(recorded, DataKind(told or DataKind.ORDERS))
            case TapeKind.MARKET:
                market = open_market_tape(self._root, tape_id)
                return MarketFeed(market, DataKind(told) if told else None)
        return BarFeed(open_tape(self._root, tape_id))

    def notable(self, tape: str) -> tuple[Notable, ...]:
        """Days of a tape on which something happened; looked for once."""
        found = self._notable.get(tape)
        if found is None:
            feed = self.feed(self.shipped.get(tape, tape))
            found = notable_days(feed.tape) if isinstance(feed, BarFeed) else ()
            self._notable[tape] = found
        return found

    def hidden(self, tape: str) -> Blind | None:
        """What is behind a hidden tape; None for any other."""
        return self._blinds.get(tape)[0] if is_blind(tape) else None

    def _open_blind(self, tape: str) -> tuple[Blind, Feed]:
        short, _, kind = tape.partition(_TOLD_AS)
        seed = _seed_of(kind)
        assert seed is not None
        found = blind(open_tape(self._root, self.shipped.get(short, short)), seed)
        return found, BarFeed(found.tape)

    def _read_only(self, name: str) -> LiveFeed:
        """A recording that nobody adds to."""
        description = read_description(self._recorded / name)
        if description is None:
            raise TapeError(f"nothing was ever recorded as {LIVE}:{name}")
        return LiveFeed(Recording(self._recorded / name, description))

    def heard(self, tape: str) -> bool:
        """Whether what a venue on it sees is as of now; a recording always is."""
        kind, _, name = tape.partition(":")
        return kind != LIVE or self._live.heard(name)

    def is_past(self, feed: Feed, at_ns: AtNs) -> bool:
        """Whether a moment of a live market has long been followed by others: who comes after it
        there may not act on what has happened since."""
        return isinstance(feed, LiveFeed) and feed.behind_ns(at_ns) > BEHIND_NS

    def live(self) -> tuple[MarketStatus, ...]:
        """How each live market is."""
        return self._live.status()

    def _live_views(self) -> list[TapeView]:
        """The live markets that a venue can be opened on."""
        return [
            TapeView(f"{LIVE}:{name}", name, today, today, live=True)
            for name, feed in self._live.ready()
            for today in (session_of(feed, AtNs(feed.recording.upto_ns)),)
        ]

    def _playable(self) -> list[Manifest]:
        """All tapes but recordings that end before anything trades, or are not priced in one of the
        currencies that accounts have."""
        tapes = list_tapes(self._root)
        return [one for one in tapes if _payable(one) and reaches_trading(one) and _trades(one)]

    def tapes(self) -> tuple[TapeView, ...]:
        """Everything a practice venue can replay, the shipped tapes first, and what happens now."""
        shipped: dict[str, str] = {tape_id: name for name, tape_id in self.shipped.items()}
        views = [
            TapeView(
                name=shipped.get(one.tape_id, one.tape_id),
                title=one.name,
                first_session=_span(one)[0],
                last_session=_span(one)[1],
                kinds=_told(one),
                hideable=can_be_blind(one),
            )
            for one in self._playable()
        ]
        views.sort(key=lambda view: (view.name != US_DAILY, view.title))
        return (*views, *self._live_views())


def _seed_of(told: str) -> int | None:
    """The seed of ``blind:SEED``."""
    digits = told.removeprefix(_BLIND)
    known = told != digits and digits.isascii() and digits.isdigit()
    return int(digits) if known and len(digits) <= _SEED_DIGITS else None


def is_blind(tape: str) -> bool:
    """Whether a venue's tape is a hidden one."""
    return _seed_of(tape.partition(_TOLD_AS)[2]) is not None


def _told(manifest: Manifest) -> tuple[DataKind, ...]:
    """As which feeds a tape can be told, by ``@`` and the kind after its id."""
    match manifest.kind:
        case TapeKind.STREET_ORDERS:
            return tuple(DataKind)[::-1]
        case TapeKind.MARKET:
            return kinds_of(manifest.counts, manifest.levels)
    return ()


def _payable(manifest: Manifest) -> bool:
    """Whether an account's cash pays for everything on a tape."""
    priced = {one.currency for one in manifest.instruments}
    return len(priced) == 1 and priced <= _START_CASH_UNITS.keys()


def _trades(manifest: Manifest) -> bool:
    """Whether a market tape has a session; other tapes have."""
    return manifest.kind is not TapeKind.MARKET or has_sessions(manifest)


def told_as(tape: str, traits: FeedTraits) -> DataKind | None:
    """As which feed a venue's tape is told, where it is one of orders or told as a lesser feed."""
    of_orders = tape.partition(_TOLD_AS)[2] in _TOLD or traits.kind is DataKind.ORDERS
    return traits.kind if of_orders else None


def session_of(feed: Feed, at_ns: AtNs) -> date:
    """The local day of a moment at the feed's market."""
    zone = ZoneInfo(feed.traits.time_zone)
    return (_EPOCH_TIME + timedelta(microseconds=at_ns // 1000)).astimezone(zone).date()


def _span(manifest: Manifest) -> tuple[date, date]:
    """The first and the last session of a tape."""
    if manifest.kind is TapeKind.MARKET:
        return manifest.sessions[0].day, manifest.sessions[-1].day
    first = min(one.first_time for one in manifest.instruments)
    last = max(one.last_time for one in manifest.instruments)
    return _day(manifest.kind, first), _day(manifest.kind, last)


def _day(kind: TapeKind, stored: int) -> date:
    """The day of a bar as a tape stores it: days since 1970, or nanoseconds."""
    days = stored if kind is TapeKind.DAILY_BARS else stored // NS_PER_DAY
    return _EPOCH + timedelta(days=days)


def start_minor(currency: Currency) -> int:
    """Cash given to a new account."""
    cash: int = _START_CASH_UNITS[currency.code] * 10**currency.decimals
    return cash


def floor_start(feed: Feed) -> AtNs:
    """A floor begins in its first continuous trading: a newcomer's first order fills at once; on a
    live market it begins now."""
    if isinstance(feed, LiveFeed):
        return AtNs(feed.recording.upto_ns)
    nothing = Band(None, None, awake=False)
    for event in feed.events(feed.start_ns, AtNs(feed.start_ns + NS_PER_DAY), lambda _: nothing):
        if isinstance(event, PhaseChange) and event.phase is Phase.CONTINUOUS:
            return feed.advance(event.at_ns, 1)
    raise LookupError("the floor's first day has no trading")


def midnight_of(feed: Feed, session: date) -> AtNs:
    """The local beginning of a day at the feed's market."""
    zone = ZoneInfo(feed.traits.time_zone)
    midnight = datetime.combine(session, time(), zone).astimezone(UTC) - _EPOCH_TIME
    return AtNs((midnight.days * 86_400 + midnight.seconds) * NS_PER_SECOND)


def session_start(feed: Feed, session: date) -> AtNs:
    """The first moment of open market on or after a day; of a live market it is now."""
    if isinstance(feed, LiveFeed):
        return AtNs(feed.recording.upto_ns)
    return feed.advance(AtNs(max(feed.start_ns, midnight_of(feed, session))), 1)
