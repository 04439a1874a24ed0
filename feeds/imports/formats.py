"""The formats that can be imported, by name.

A new one is a line here, a file of its own, and a page in docs/formats.
"""

from __future__ import annotations

from feeds.imports.importer import Format, Run


def _csv() -> Run:
    from feeds.imports.csv_import import import_csv

    return import_csv


def _parquet() -> Run:
    from feeds.imports.parquet_import import import_parquet

    return import_parquet


def _baostock() -> Run:
    from feeds.imports.baostock import import_baostock

    return import_baostock


def _czsc() -> Run:
    from feeds.imports.czsc import import_czsc

    return import_czsc


def _hikyuu() -> Run:
    from feeds.imports.hikyuu import import_hikyuu

    return import_hikyuu


def _tdx() -> Run:
    from feeds.imports.tdx_import import import_tdx

    return import_tdx


def _pystock() -> Run:
    from feeds.imports.pystock import import_pystock

    return import_pystock


def _wiki() -> Run:
    from feeds.imports.wiki import import_wiki

    return import_wiki


def _sse_l2() -> Run:
    from feeds.imports.sse_import import import_sse

    return import_sse


def _lobster() -> Run:
    from feeds.imports.lobster_import import import_lobster

    return import_lobster


def _itch() -> Run:
    from feeds.imports.itch_import import import_itch

    return import_itch


def _binance() -> Run:
    from feeds.imports.capture_import import import_binance

    return import_binance


def _cryptofeed() -> Run:
    from feeds.imports.capture_import import import_cryptofeed

    return import_cryptofeed


def _hftbacktest() -> Run:
    from feeds.imports.hftbacktest_import import import_hftbacktest

    return import_hftbacktest


def _lean() -> Run:
    from feeds.imports.lean_import import import_lean

    return import_lean


_SCALES = frozenset({"market", "board", "currency", "decimals", "tick", "symbol", "instruments"})
_FACTS = frozenset({"actions", "listings"})
_VENDOR = _FACTS | {"instruments"}
_TABLE = _SCALES | _FACTS | {
    "kind", "columns", "interval", "label", "zone", "time_format", "price_divisor",
    "qty_multiplier", "levels", "round_prices",
}  # fmt: skip

FORMATS = {
    one.name: one
    for one in (
        Format("csv", "bars or ticks as text, with a map of the columns", _csv, _TABLE),
        Format("parquet", "bars or ticks in Parquet files, with a map of the columns", _parquet,
               _TABLE),
        Format("baostock", "daily bars of Chinese shares with references, halts and ST", _baostock,
               _VENDOR),
        Format("czsc", "bars of Chinese indices, daily or of minutes", _czsc, _VENDOR),
        Format("hikyuu", "the hikyuu framework's minutes, ticks and days", _hikyuu,
               _VENDOR),
        Format("tdx", "TongDaXin's .day, .lc1, .lc5 files and exported text", _tdx, _VENDOR),
        Format("pystock", "daily bars of US shares with adjusted closes", _pystock, _VENDOR),
        Format("wiki", "daily bars in the layouts of Quandl's WIKI tables", _wiki, _VENDOR),
        Format("sse-l2", "a folder: the orders of a Shanghai stock's day", _sse_l2,
               frozenset({"board", "symbol", "session", "status"})),
        Format("binance", "recorded connections of Binance, spot or futures", _binance,
               frozenset({"symbol"})),
        Format("cryptofeed", "connections of coin venues as cryptofeed records them", _cryptofeed,
               frozenset({"symbol"})),
        Format("hftbacktest", "arrays of level changes and trades of a pair", _hftbacktest,
               frozenset({"symbol"})),
        Format("itch", "a day of Nasdaq TotalView-ITCH 5.0, of which some shares are taken", _itch,
               frozenset({"board", "symbol", "session", "status"})),
        Format("lean", "a LEAN data folder of US shares, or a part of one", _lean,
               frozenset({"kind"})),
        Format("lobster", "a Nasdaq share's messages and the book beside them", _lobster,
               frozenset({"board", "symbol", "session", "status"})),
    )
}  # fmt: skip


def formats_help() -> str:
    """The list for the command line: one line a format."""
    return "\n\n".join(f"{one.name}: {one.title}." for one in FORMATS.values())
