"""What a table of delimited text has, and the instruments that come up in it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

import numpy as np

from feeds.calendar import Int64s
from feeds.imports.csv_kernel import Kind, SymbolTable
from feeds.imports.csv_values import BarFault, OffTick
from matching.instrument import Instrument

MOST_INSTRUMENTS = 10_000
SYMBOL, DATE, TIME = "symbol", "date", "time"

Resolve = Callable[[str], Instrument | BarFault]


@dataclass(frozen=True, slots=True)
class TableSpec:
    """How a table is to be read.

    ``fields`` are the values that rows have, those of ``optional`` may have no column.  ``names``
    maps fields to words of the header (or, in a file without one, to numbers of columns from 1),
    ``known`` are words that are understood without; ``ignored`` are columns of no use.
    ``resolve`` gives the instrument of a symbol, ``only_symbol`` that of a table without symbols.
    The file has prices times 10^``price_digits`` and quantities in lots of ``qty_multiplier``.
    """

    fields: Mapping[str, Kind]
    zone: str
    resolve: Resolve
    known: Mapping[str, str] = field(default_factory=dict)
    optional: frozenset[str] = frozenset()
    names: Mapping[str, str] = field(default_factory=dict)
    ignored: frozenset[str] = frozenset()
    only_symbol: str | None = None
    time_format: str = ""
    off_tick: OffTick = OffTick.REFUSE
    price_digits: int = 0
    qty_multiplier: int = 1


class Symbols:
    """The instruments of an import, in the order in which they came up."""

    def __init__(self, spec: TableSpec) -> None:
        self._spec = spec
        self._numbers: dict[str, int | BarFault] = {}
        self._by_id: dict[str, int] = {}
        self.instruments: list[Instrument] = []
        self.table = SymbolTable()
        if spec.only_symbol is not None:
            self.table.add(b"", self._facts(self.number(spec.only_symbol)))

    def number(self, symbol: str) -> int | BarFault:
        found = self._numbers.get(symbol)
        if found is None:
            found = self._numbers[symbol] = self._resolved(symbol)
        return found

    def _resolved(self, symbol: str) -> int | BarFault:
        instrument = self._spec.resolve(symbol) if symbol else BarFault.UNKNOWN_SYMBOL
        if isinstance(instrument, BarFault):
            return instrument
        known = self._by_id.get(instrument.instrument_id)
        if known is not None:
            return known
        if len(self.instruments) >= MOST_INSTRUMENTS:
            return BarFault.TOO_MANY_SYMBOLS
        self._by_id[instrument.instrument_id] = len(self.instruments)
        self.instruments.append(instrument)
        return len(self.instruments) - 1

    def learn_new(self, known: int, encoding: str) -> None:
        """Tell the compiled reader what the symbols mean that it has met after the first
        ``known``."""
        for place in range(known, self.table.count):
            symbol = self.table.name(place).decode(encoding).strip()
            self.table.facts[place] = self._facts(self.number(symbol))

    def _facts(self, number: int | BarFault) -> tuple[int, int, int, int]:
        if isinstance(number, BarFault):
            return (-1, 0, 0, 1)
        spec, own = self._spec, self.instruments[number]
        exponent = own.price_decimals - spec.price_digits
        return (number, exponent, own.qty_decimals, spec.qty_multiplier)

    def by_symbol(self, numbers: Collection[int]) -> dict[str, Instrument]:
        """The instruments of these numbers by the data's symbols, in the order of the file."""
        return {
            symbol: self.instruments[number]
            for symbol, number in self._numbers.items()
            if not isinstance(number, BarFault) and number in numbers
        }

    def ticks(self) -> Int64s:
        """The tick of each instrument: int64[instruments]."""
        return np.array([one.tick for one in self.instruments], np.int64)
