"""Daily bars as the two libraries give them; the libraries themselves are not here."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from feeds.live import history
from feeds.live.history import HistoryError, daily_history
from feeds.live.vendor import SymbolError

FIRST, LAST = date(2024, 1, 2), date(2024, 1, 5)


def akshare(*changes: tuple[int, str, object]) -> Any:
    """Three days of a share as ``stock_zh_a_hist`` gives them."""
    frame = pd.DataFrame(
        {
            "日期": [date(2024, 1, 2), date(2024, 1, 3), date(2024, 1, 4)],
            "股票代码": ["600000"] * 3,
            "开盘": [6.63, 6.6, 6.61],
            "收盘": [6.59, 6.6, 6.65],
            "最高": [6.65, 6.61, 6.66],
            "最低": [6.58, 6.56, 6.6],
            "成交量": [251_000, 180_500, 99],
            "成交额": [1.66e8, 1.18e8, 1.0],
        }
    ).astype(object)
    for row, column, value in changes:
        frame.at[row, column] = value
    return frame


def test_akshare_tells_hands() -> None:
    asked: list[tuple[str, date, date]] = []

    def frames(*words: Any) -> Any:
        asked.append(words)
        return akshare()

    found = daily_history("akshare", ["sh600000"], FIRST, LAST, frames=frames)
    assert asked == [("sh600000", FIRST, LAST)]
    columns = found.tape.columns[0]
    assert columns.open_ticks.tolist() == [663, 660, 661]
    assert columns.volume.tolist() == [25_100_000, 18_050_000, 9_900]
    assert (found.refused, found.rounded) == ((), 0)
    assert found.tape.instruments[0].instrument_id == "XSHG:600000"


def test_yahoo_tells_floats_between_ticks() -> None:
    zone = pd.DatetimeIndex(["2024-01-02", "2024-01-03"]).tz_localize("America/New_York")
    frame = pd.DataFrame(
        {
            "Open": [187.14999389648438, 184.22],
            "High": [188.44, 185.88],
            "Low": [183.89, 183.43],
            "Close": [185.64, 184.25],
            "Adj Close": [184.0, 183.0],
            "Volume": [82_488_700, 58_414_500],
        },
        index=zone,
    )
    found = daily_history("yfinance", ["AAPL"], FIRST, LAST, frames=lambda *_: frame)
    columns = found.tape.columns[0]
    assert columns.open_ticks.tolist() == [1_871_500, 1_842_200]
    assert columns.volume.tolist() == [82_488_700, 58_414_500]
    assert found.rounded == 1


def test_rows_that_contradict_themselves_are_left_out_and_listed() -> None:
    frame = akshare((0, "最高", 6.0), (1, "收盘", float("nan")), (2, "日期", date(2024, 1, 4)))
    found = daily_history("akshare", ["sh600000"], FIRST, LAST, frames=lambda *_: frame)
    assert found.tape.rows == 1
    assert found.refused == (
        "600000 2024-01-02: the prices contradict each other",
        "600000 2024-01-03: a number is missing",
    )
    twice = akshare((1, "日期", date(2024, 1, 2)), (2, "日期", date(2025, 1, 2)))
    found = daily_history("akshare", ["sh600000"], FIRST, LAST, frames=lambda *_: twice)
    assert len(found.refused) == 2


def test_what_cannot_be_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(history.importlib, "import_module", nobody)
    with pytest.raises(HistoryError, match=r"pip install 'simtrade\[akshare\]' brings it"):
        daily_history("akshare", ["sh600000"], FIRST, LAST)
    with pytest.raises(HistoryError, match="there are akshare, yfinance"):
        daily_history("google", ["sh600000"], FIRST, LAST)
    with pytest.raises(SymbolError):
        daily_history("akshare", ["AAPL"], FIRST, LAST)
    with pytest.raises(HistoryError, match="has no bars of sh600000"):
        daily_history("akshare", ["sh600000"], FIRST, LAST, frames=lambda *_: akshare().iloc[:0])


@pytest.mark.parametrize("source", ["akshare", "yfinance"])
def test_how_the_libraries_are_asked(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    class Library:
        def stock_zh_a_hist(self, **words: object) -> Any:
            asked.append(words)
            return akshare()

        def Ticker(self, symbol: str) -> Any:  # noqa: N802
            asked.append(symbol)
            return self

        def history(self, **words: object) -> Any:
            asked.append(words)
            return pd.DataFrame({"Open": []})

    monkeypatch.setattr(history.importlib, "import_module", lambda _name: Library())
    if source == "akshare":
        daily_history(source, ["sh600000"], FIRST, LAST)
        assert asked == [
            {
                "symbol": "600000",
                "period": "daily",
                "adjust": "",
                "start_date": "20240102",
                "end_date": "20240105",
            }
        ]
    else:
        with pytest.raises(HistoryError, match="no bars"):
            daily_history(source, ["BRK.B"], FIRST, LAST)
        assert asked[0] == "BRK-B"
        assert asked[1] == {
            "start": "2024-01-02",
            "end": "2024-01-06",
            "auto_adjust": False,
            "actions": False,
        }
