from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from feeds.imports.csv_values import BarFault
from feeds.imports.importer import Wanted, WantedError
from feeds.imports.instruments import instruments_of, read_rows
from feeds.imports.report import StopImportError
from matching.instrument import Instrument

CSV = """symbol,code,name_en,name_zh,risk,lot,status,reference
600519,,Kweichow Moutai,贵州茅台,4,200,st,1800.00
x1,600000,,浦发银行,,,,
"""
TOML = """[[instrument]]
symbol = "ES"
market = "XCME"
name_en = "E-mini S&P 500"
tick = "0.25"
currency = "USD"
"""


def resolved(wanted: Wanted, market: str, symbol: str) -> Instrument:
    found = instruments_of(wanted, market).resolve(symbol)
    assert isinstance(found, Instrument)
    return found


def test_a_file_tells_what_the_market_does_not(tmp_path: Path) -> None:
    path = tmp_path / "names.csv"
    path.write_text(CSV, encoding="utf-8")
    wanted = Wanted(path=path, market="CN", instruments=path)
    own = instruments_of(wanted, "XNAS")
    moutai, bank = own.resolve("600519"), own.resolve("x1")
    assert isinstance(moutai, Instrument)
    assert isinstance(bank, Instrument)
    assert (moutai.name_en, moutai.name_zh, moutai.risk_level) == ("Kweichow Moutai", "贵州茅台", 4)
    assert (bank.instrument_id, bank.name_en) == ("XSHG:600000", "浦发银行")
    assert own.resolve("nobody") is BarFault.UNKNOWN_SYMBOL
    assert own.references({"600519": moutai, "x1": bank}) == {"XSHG:600519": 180000}
    days = {moutai.instrument_id: date(2020, 1, 2)}
    (listing,) = own.listings({"600519": moutai, "x1": bank}, days)
    assert (listing.first, listing.status, listing.board_lot) == (date(2020, 1, 2), "st", 200)


def test_toml_and_ticks(tmp_path: Path) -> None:
    path = tmp_path / "names.toml"
    path.write_text(TOML)
    future = resolved(Wanted(path=path, instruments=path), "XNAS", "ES")
    assert (future.instrument_id, future.tick, future.price_decimals) == ("XCME:ES", 25, 2)
    assert future.price_from_text("1630.75") == 6523


def test_options_and_markets() -> None:
    hong_kong = resolved(Wanted(path=Path("x")), "XHKG", "00700")
    assert (hong_kong.currency.code, hong_kong.price_decimals) == ("HKD", 3)
    own = resolved(Wanted(path=Path("x"), board="b", tick="0.005", currency="CNY"), "XNAS", "A")
    assert (own.board, own.price_decimals, own.tick, own.currency.code) == ("b", 3, 5, "CNY")


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"currency": "XXX"}, "There is no currency"),
        ({"tick": "x"}, "tick"),
        ({"tick": "0"}, "tick"),
    ],
)
def test_what_no_instrument_can_be(said: dict[str, str], sentence: str) -> None:
    with pytest.raises(WantedError, match=sentence):
        instruments_of(Wanted(path=Path("x"), **said), "XNAS")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("a.csv", "symbol,nonsense\nA,1\n", "a.csv, line 2: not_this_format"),
        ("a.csv", "symbol,risk\nA,high\n", "a.csv, line 2: not_this_format"),
        ("a.toml", "symbol = ", "a.toml: not_this_format"),
        ("a.toml", "[[instrument]]\nname_en = 'x'\n", "a.toml: not_this_format"),
    ],
)
def test_a_file_that_can_not_be_used(tmp_path: Path, name: str, text: str, code: str) -> None:
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(StopImportError) as stop:
        read_rows(path)
    assert stop.value.problem.sentence.startswith(code)
