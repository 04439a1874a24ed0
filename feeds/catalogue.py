"""The tapes that come with the program, built into a data folder when they are absent."""

from __future__ import annotations

import hashlib
import tomllib
from datetime import date
from pathlib import Path

import msgspec

from feeds.imports.csv_bars import CsvBars, import_csv_bars
from feeds.imports.csv_values import OffTick
from feeds.tape import TapeError, TapeId, TapeKind, TapeSplit
from feeds.tape_store import list_tapes, write_tape
from matching.instrument import Instrument, InstrumentId
from matching.units import CURRENCIES, NumberFault

US_DAILY = "us_daily"

_SHIPPED = Path(__file__).parent / "shipped"
_INPUTS = ("instruments.toml", "splits.toml", "stocks.csv.gz")


class _InstrumentRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    symbol: str
    market: str
    board: str
    name_en: str
    name_zh: str
    currency: str
    price_decimals: int
    tick: int
    risk_level: int
    first_session: date
    first_reference: str | None = None

    @property
    def instrument_id(self) -> InstrumentId:
        return InstrumentId(f"{self.market}:{self.symbol}")

    def instrument(self) -> Instrument:
        return Instrument(
            instrument_id=self.instrument_id,
            symbol=self.symbol,
            name_en=self.name_en,
            name_zh=self.name_zh,
            currency=CURRENCIES[self.currency],
            market=self.market,
            board=self.board,
            price_decimals=self.price_decimals,
            tick=self.tick,
            risk_level=self.risk_level,
        )


class _InstrumentFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    source: str
    licence: str
    instrument: tuple[_InstrumentRow, ...]


class _SplitRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    instrument: str
    session: date
    new_shares: int
    old_shares: int


class _SplitFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    split: tuple[_SplitRow, ...]


def ensure_shipped(root: Path) -> dict[str, TapeId]:
    """Ids of the shipped tapes by name; what is missing below ``root`` is built first."""
    folder = _SHIPPED / US_DAILY
    origin = _origin(folder)
    for manifest in list_tapes(root):
        if manifest.origin == origin:
            return {US_DAILY: TapeId(manifest.tape_id)}
    return {US_DAILY: _build(folder, origin, root)}


def _origin(folder: Path) -> str:
    digest = hashlib.sha256()
    for name in _INPUTS:
        digest.update(hashlib.sha256((folder / name).read_bytes()).digest())
    return f"shipped {digest.hexdigest()}"


def _build(folder: Path, origin: str, root: Path) -> TapeId:
    listed = msgspec.convert(
        tomllib.loads((folder / "instruments.toml").read_text("utf-8")), _InstrumentFile
    )
    split_file = msgspec.convert(
        tomllib.loads((folder / "splits.toml").read_text("utf-8")), _SplitFile
    )
    references: dict[InstrumentId, int] = {}
    for row in listed.instrument:
        if row.first_reference is not None:
            price = row.instrument().price_from_text(row.first_reference)
            assert not isinstance(price, NumberFault), row
            references[row.instrument_id] = price
    plan = CsvBars(
        name=listed.name,
        kind=TapeKind.DAILY_BARS,
        source=listed.source,
        licence=listed.licence,
        instruments={row.symbol: row.instrument() for row in listed.instrument},
        ignored=frozenset({"Adj Close"}),
        off_tick=OffTick.ROUND_HALF_UP,
        splits=tuple(
            TapeSplit(InstrumentId(row.instrument), row.session, row.new_shares, row.old_shares)
            for row in split_file.split
        ),
        first_references=references,
        origin=origin,
    )
    result = import_csv_bars(folder / "stocks.csv.gz", plan)
    if result.tape is None or result.report.problems:
        raise TapeError(f"the shipped file {US_DAILY} is damaged: {result.report.problems[:3]}")
    write_tape(root, result.tape)
    return result.tape.tape_id
