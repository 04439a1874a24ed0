from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from simtrade.store.app_store import AppStore
from simtrade.store.configuration_store import ConfigurationStore, StoredConfiguration


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ConfigurationStore]:
    store = AppStore.open(tmp_path)
    yield ConfigurationStore(store.engine)
    store.close()


def test_every_column_comes_back(store: ConfigurationStore) -> None:
    values = {
        "fractional_trading": False,
        "max_margin_multiplier": "1",
        "no_shorting": True,
        "suspend_trade": True,
        "trade_confirm_email": "none",
        "ptp_no_exception_entry": True,
        "disable_overnight_trading": True,
        "max_options_trading_level": 2,
    }
    expected = StoredConfiguration(False, "1", True, True, "none", True, True, 2)
    assert store.change(2**53, values) == store.of(2**53) == expected


def test_changing_nothing_keeps_what_is_there(store: ConfigurationStore) -> None:
    assert store.change(7, {}) == StoredConfiguration()
    store.change(7, {"suspend_trade": True})
    assert store.change(7, {}) == StoredConfiguration(suspend_trade=True)
    assert store.change(7, {"max_options_trading_level": None}).suspend_trade
