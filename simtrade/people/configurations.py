"""What an owner sets for his account's programs: whether they may trade and sell short.

The other settings are kept for clients that ask for them; nothing here follows them.
"""

from __future__ import annotations

from collections.abc import Mapping

from matching.orders import AccountId
from simtrade.store.configuration_store import ConfigurationStore, StoredConfiguration

Configuration = StoredConfiguration

MULTIPLIERS = ("1", "2", "4")
CONFIRMATIONS = ("all", "none")
OPTIONS_LEVEL_MAX = 3


class Configurations:
    """Safe to use from several threads."""

    def __init__(self, store: ConfigurationStore) -> None:
        self._store = store

    def of(self, account_id: AccountId) -> Configuration:
        return self._store.of(account_id)

    def change(
        self, account_id: AccountId, values: Mapping[str, bool | str | int | None]
    ) -> Configuration:
        """Set some of a configuration's fields by name; all of them afterwards.  Raises ValueError
        for a field that there is not, or a value that it cannot have."""
        for name, value in values.items():
            if not allowed(name, value):
                raise ValueError(name)
        return self._store.change(account_id, values)


def allowed(name: str, value: object) -> bool:
    """Whether a field of that name exists and can have the value."""
    match name:
        case "max_margin_multiplier":
            return value in MULTIPLIERS
        case "trade_confirm_email":
            return value in CONFIRMATIONS
        case "max_options_trading_level":
            whole = isinstance(value, int) and not isinstance(value, bool)
            return value is None or (whole and value in range(OPTIONS_LEVEL_MAX + 1))
    return name in Configuration.__dataclass_fields__ and isinstance(value, bool)
