"""The instruments of an import: by market, by code, and as a file beside the data tells them."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from feeds.chinese_codes import chinese_instrument
from feeds.imports.csv_values import BarFault
from feeds.imports.importer import Wanted, WantedError
from feeds.imports.opening import checked_file
from feeds.imports.report import FileFault, StopImportError
from feeds.tape_listings import MOST_LOT, ListingStatus, TapeListing
from matching.instrument import Instrument, InstrumentId
from matching.units import CURRENCIES, NumberFault, scaled_integer

CHINA = "CN"
_MOST_BYTES = 16 << 20
_MARKET_CURRENCY = {"XSHG": "CNY", "XSHE": "CNY", "BJSE": "CNY", "SIMA": "CNY", "XHKG": "HKD"}
_MARKET_DECIMALS = {"XHKG": 3}


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the file says of one instrument; what it does not say is by market.

    ``symbol`` is the data's.  ``tick`` is a price, ``lot`` the issuer's board lot in base units,
    ``status`` and ``variety`` hold from the first bar on, ``reference`` is the previous close of
    the first session.
    """

    symbol: str
    code: str = ""
    market: str = ""
    board: str = ""
    name_en: str = ""
    name_zh: str = ""
    currency: str = ""
    decimals: int | None = None
    tick: str = ""
    qty_decimals: int | None = None
    risk: int | None = None
    lot: int | None = None
    status: str = ""
    variety: str = ""
    reference: str = ""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    instrument: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Instruments:
    """Gives an instrument for each symbol of the data.

    ``base`` is what an unknown symbol is a copy of, None where Chinese codes tell everything.
    """

    base: Instrument | None
    rows: Mapping[str, Row] = field(default_factory=dict)

    def resolve(self, symbol: str) -> Instrument | BarFault:
        """The instrument of a symbol of the data; UNKNOWN_SYMBOL where nothing tells its board."""
        row = self.rows.get(symbol)
        known = self._by_market(symbol if row is None else row.code or symbol, row)
        if known is None:
            return BarFault.UNKNOWN_SYMBOL
        return known if row is None else told(known, row)

    def _by_market(self, symbol: str, row: Row | None) -> Instrument | None:
        if row is not None and row.market and row.market != CHINA:
            return _copy(_of_market(row.market), symbol)
        return chinese_instrument(symbol) if self.base is None else _copy(self.base, symbol)

    def references(self, found: Mapping[str, Instrument]) -> dict[InstrumentId, int]:
        """First references by instrument; ``found`` are the instruments by symbol."""
        made: dict[InstrumentId, int] = {}
        for symbol, instrument in found.items():
            row = self.rows.get(symbol)
            if row is not None and row.reference:
                price = instrument.price_from_text(row.reference)
                if isinstance(price, NumberFault) or price < 1:
                    raise WantedError(f"{symbol}: the reference {row.reference!r} is no price.")
                made[instrument.instrument_id] = price
        return made

    def listings(
        self, found: Mapping[str, Instrument], first_days: Mapping[InstrumentId, date]
    ) -> tuple[TapeListing, ...]:
        """The listing terms of the file, each from the instrument's first day on."""
        made: list[TapeListing] = []
        for symbol, instrument in found.items():
            row = self.rows.get(symbol)
            first = first_days.get(instrument.instrument_id)
            if row is None or first is None or not (row.lot or row.status or row.variety):
                continue
            status = ListingStatus(row.status)
            name = instrument.instrument_id
            made.append(TapeListing(name, first, None, status, row.variety, row.lot))
        return tuple(made)


def instruments_of(wanted: Wanted, market: str) -> Instruments:
    """What the options and the file of instruments tell; ``market`` where the options tell none.

    WantedError for an option that can't be, StopImportError for a file that can't be used.
    """
    market = wanted.market or market
    base = None
    if market != CHINA:
        said = Row(
            symbol="",
            board=wanted.board,
            currency=wanted.currency,
            decimals=wanted.decimals,
            tick=wanted.tick,
        )
        base = told(_of_market(market), said)
    rows = read_rows(wanted.instruments) if wanted.instruments else ()
    return Instruments(base, {row.symbol: row for row in rows})


def told(instrument: Instrument, row: Row) -> Instrument:
    """The instrument with what a row says of it.  WantedError for what no instrument can be."""
    currency = instrument.currency
    if row.currency:
        if row.currency not in CURRENCIES:
            known = ", ".join(CURRENCIES)
            raise WantedError(f"There is no currency {row.currency!r}; the currencies are {known}.")
        currency = CURRENCIES[row.currency]
    decimals = instrument.price_decimals if row.decimals is None else row.decimals
    tick: int | NumberFault = instrument.tick
    if row.tick:
        decimals = max(decimals, len(row.tick.partition(".")[2]))
        tick = scaled_integer(row.tick, decimals)
    numbers = (decimals, row.qty_decimals or 0)
    risk = instrument.risk_level if row.risk is None else row.risk
    if isinstance(tick, NumberFault) or tick < 1 or not 1 <= risk <= 5 or max(numbers) > 9:
        raise WantedError(f"{row.symbol or 'The instrument'}: tick, decimals or risk can't be.")
    if row.lot is not None and not 0 < row.lot <= MOST_LOT:
        raise WantedError(f"{row.symbol}: the lot is not positive or too large.")
    if row.status not in list(ListingStatus):
        raise WantedError(f"{row.symbol}: there is no status {row.status!r}.")
    return replace(
        instrument,
        board=row.board or instrument.board,
        name_en=row.name_en or row.name_zh or instrument.name_en,
        name_zh=row.name_zh or row.name_en or instrument.name_zh,
        currency=currency,
        price_decimals=decimals,
        tick=tick,
        qty_decimals=instrument.qty_decimals if row.qty_decimals is None else row.qty_decimals,
        risk_level=risk,
    )


def read_rows(path: Path) -> tuple[Row, ...]:
    """The rows of a TOML file (``[[instrument]]``) or a CSV file whose header has the same words.

    StopImportError with file and line where it can't be used.
    """
    if checked_file(path) > _MOST_BYTES:
        raise StopImportError(path.name, 0, FileFault.TOO_MANY_BYTES, "an instrument file")
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise StopImportError(path.name, 0, FileFault.NOT_TEXT, str(error)) from error
    if path.suffix == ".toml":
        try:
            return msgspec.convert(tomllib.loads(text), _File).instrument
        except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
            raise StopImportError(path.name, 0, FileFault.NOT_THIS_FORMAT, str(error)) from error
    rows: list[Row] = []
    for line, cells in enumerate(csv.DictReader(text.splitlines()), 2):
        said: dict[str, Any] = {name: cell for name, cell in cells.items() if cell}
        try:
            rows.append(msgspec.convert(said, Row, strict=False))
        except msgspec.ValidationError as error:
            fault = FileFault.NOT_THIS_FORMAT
            raise StopImportError(path.name, line, fault, str(error)) from error
    return tuple(rows)


def _of_market(market: str) -> Instrument:
    """A nameless instrument of a market."""
    return Instrument(
        instrument_id=InstrumentId(f"{market}:"),
        symbol="",
        name_en="",
        name_zh="",
        currency=CURRENCIES[_MARKET_CURRENCY.get(market, "USD")],
        market=market,
        board="main",
        price_decimals=_MARKET_DECIMALS.get(market, 2),
    )


def _copy(base: Instrument, symbol: str) -> Instrument:
    return replace(
        base,
        instrument_id=InstrumentId(f"{base.market}:{symbol}"),
        symbol=symbol,
        name_en=symbol,
        name_zh=symbol,
    )
