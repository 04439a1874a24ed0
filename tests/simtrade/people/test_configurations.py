from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from matching.orders import AccountId
from simtrade.people.configurations import Configuration, Configurations, allowed
from simtrade.store.app_store import AppStore
from simtrade.store.configuration_store import ConfigurationStore

ONE, TWO = AccountId(1), AccountId(2)


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Configurations]:
    store = AppStore.open(tmp_path)
    yield Configurations(ConfigurationStore(store.engine))
    store.close()


def test_an_account_for_which_nothing_was_set(settings: Configurations) -> None:
    assert settings.of(ONE) == Configuration()
    assert not settings.of(ONE).suspend_trade


def test_what_is_set_stays_and_is_nobody_else_s(settings: Configurations) -> None:
    settings.change(ONE, {"suspend_trade": True})
    found = settings.change(ONE, {"max_margin_multiplier": "1"})
    assert found == Configuration(suspend_trade=True, max_margin_multiplier="1")
    assert settings.of(ONE) == found
    assert settings.of(TWO) == Configuration()


@pytest.mark.parametrize("values", [{"name": "x"}, {"suspend_trade": 1, "no_shorting": True}])
def test_what_cannot_be_set_changes_nothing(
    settings: Configurations, values: dict[str, bool | str | int]
) -> None:
    with pytest.raises(ValueError, match=next(iter(values))):
        settings.change(ONE, values)
    assert settings.of(ONE) == Configuration()


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("no_shorting", True, True),
        ("no_shorting", None, False),
        ("max_margin_multiplier", "2", True),
        ("max_margin_multiplier", "3", False),
        ("max_margin_multiplier", 2, False),
        ("trade_confirm_email", "none", True),
        ("trade_confirm_email", True, False),
        ("max_options_trading_level", None, True),
        ("max_options_trading_level", 3, True),
        ("max_options_trading_level", 4, False),
        ("max_options_trading_level", True, False),
        ("account_id", True, False),
    ],
)
def test_what_may_be_set(name: str, value: object, expected: bool) -> None:
    assert allowed(name, value) is expected
