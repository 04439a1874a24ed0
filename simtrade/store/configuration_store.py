"""The SQL of what owners set for their accounts, in app.db."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from sqlalchemy import Engine, select
from sqlalchemy.dialects.sqlite import insert

from simtrade.store.app_tables import METADATA
from simtrade.store.database import reading, writing

_configurations = METADATA.tables["account_configurations"]

Setting = bool | str | int | None


@dataclass(frozen=True, slots=True)
class StoredConfiguration:
    """A row of account_configurations without its key; the defaults are those of an account for
    which nothing was ever set."""

    fractional_trading: bool = True
    max_margin_multiplier: str = "4"
    no_shorting: bool = False
    suspend_trade: bool = False
    trade_confirm_email: str = "all"
    ptp_no_exception_entry: bool = False
    disable_overnight_trading: bool = False
    max_options_trading_level: int | None = None


_COLUMNS = [_configurations.c[name] for name in StoredConfiguration.__dataclass_fields__]


class ConfigurationStore:
    """Each method is one transaction and may be called from any thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of(self, account_id: int) -> StoredConfiguration:
        statement = select(*_COLUMNS).where(_configurations.c.account_id == account_id)
        with reading(self._engine) as connection:
            row = connection.execute(statement).first()
        return StoredConfiguration() if row is None else StoredConfiguration(*row)

    def change(self, account_id: int, values: Mapping[str, Setting]) -> StoredConfiguration:
        """Set some columns by name, the others stay; all of them afterwards."""
        row = {"account_id": account_id, **asdict(StoredConfiguration()), **values}
        statement = insert(_configurations).values(row)
        if values:
            statement = statement.on_conflict_do_update(
                index_elements=["account_id"], set_=dict(values)
            )
        else:
            statement = statement.on_conflict_do_nothing()
        mine = select(*_COLUMNS).where(_configurations.c.account_id == account_id)
        with writing(self._engine) as connection:
            connection.execute(statement)
            return StoredConfiguration(*connection.execute(mine).one())
