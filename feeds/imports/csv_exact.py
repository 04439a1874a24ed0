"""Exact reading of one line of delimited text, in all forms that are understood."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from enum import StrEnum

from feeds.imports.csv_kernel import FINE_DECIMALS, Kind
from feeds.imports.csv_spec import DATE, SYMBOL, TIME, Symbols, TableSpec
from feeds.imports.csv_time import Moment, read_moment
from feeds.imports.csv_values import BarFault, price_ticks, traded_qty
from matching.instrument import Instrument
from matching.units import NumberFault, divide_half_up, scaled_integer

MOST_LINE_BYTES = 4_096


@dataclass(slots=True)
class ExactLine:
    """``values`` are by field, prices in ticks, quantities in base units."""

    instrument: int
    moment: Moment
    values: dict[str, int]
    rounded: int


@dataclass(slots=True)
class ExactReader:
    """Reads lines of a table whose fields are in the columns ``where`` of ``width``."""

    spec: TableSpec
    symbols: Symbols
    delimiter: str = ","
    width: int = 0
    where: dict[str, int] = field(default_factory=dict)
    fields: list[str] = field(default_factory=list)
    encoding: str = ""

    def split(self, line: str) -> list[str] | None:
        """The cells of one line; None when it is not delimited text."""
        try:
            return next(
                csv.reader((line.strip("\r\n"),), delimiter=self.delimiter, strict=True), []
            )
        except csv.Error:
            return None

    def read(self, data: bytes) -> ExactLine | tuple[StrEnum, str]:
        if len(data) >= MOST_LINE_BYTES:
            return BarFault.NOT_CSV, f"longer than {MOST_LINE_BYTES - 1} bytes"
        line = data.decode(self.encoding or "utf-8")
        cells = self.split(line)
        if cells is None:
            return BarFault.NOT_CSV, line
        if len(cells) != self.width:
            return BarFault.WRONG_NUMBER_OF_CELLS, line
        symbol = self.spec.only_symbol or cells[self.where[SYMBOL]].strip()
        number = self.symbols.number(symbol)
        if isinstance(number, BarFault):
            return number, symbol
        moment = self._moment(cells)
        if moment is None:
            return BarFault.NOT_A_TIME, line
        made = ExactLine(number, moment, {}, 0)
        for name in self.fields:
            text = cells[self.where[name]]
            value = self._value(made, self.symbols.instruments[number], name, text)
            if isinstance(value, BarFault):
                return value, f"{name}={text}"
            made.values[name] = value
        return made

    def _moment(self, cells: list[str]) -> Moment | None:
        date, time = self.where.get(DATE), self.where.get(TIME)
        form = self.spec.time_format
        if date is None:
            assert time is not None, "a table without times is refused by its header"
            return read_moment(cells[time], form)
        day = read_moment(cells[date], form)
        if time is None or day is None:
            return day
        clock = read_moment(cells[time], clock_only=True)
        return Moment(day.day, clock.ns, clock.offset_ns) if clock else None

    def _value(
        self, made: ExactLine, instrument: Instrument, name: str, text: str
    ) -> int | BarFault:
        spec, kind = self.spec, self.spec.fields[name]
        if kind is Kind.WORD:
            word = text.strip().encode(self.encoding or "utf-8")
            return int.from_bytes(word, "big") if len(word) <= 7 else 0
        if kind is Kind.FINE:
            return _millionths(text)
        if kind in (Kind.PRICE_OR_NONE, Kind.QTY_OR_NONE) and not text.strip(" 0."):
            return 0
        if kind in (Kind.QTY, Kind.QTY_OR_NONE):
            return traded_qty(instrument, text, spec.qty_multiplier)
        price = price_ticks(instrument, text, spec.off_tick, spec.price_digits)
        if isinstance(price, BarFault):
            return price
        made.rounded += price.rounded
        return price.ticks

    def shown(self, data: bytes, name: str) -> str:
        """What a message shows of a line: a field's cell, or all of it."""
        line = data.decode(self.encoding or "utf-8")
        cells = self.split(line)
        if name in self.where and cells is not None:
            return f"{name}={cells[self.where[name]]}"
        return line


def _millionths(text: str) -> int | BarFault:
    """A decimal of zero or more in millionths, half up; empty is 0."""
    if not text.strip():
        return 0
    decimals = max(FINE_DECIMALS, len(text.strip().partition(".")[2]))
    value = scaled_integer(text, decimals)
    if isinstance(value, NumberFault):
        return BarFault(value.value)
    fine = divide_half_up(value, 10 ** (decimals - FINE_DECIMALS))
    return BarFault.NOT_POSITIVE if fine < 0 else fine
