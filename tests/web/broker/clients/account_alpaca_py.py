"""Everything about an account with alpaca-py, whose models must read every answer.

The key is one of a practice market of American shares that stands in its first session.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import date, timedelta
from typing import Any

from alpaca.common.exceptions import APIError
from alpaca.trading.client import TradingClient
from alpaca.trading.enums import AssetStatus, CorporateActionType
from alpaca.trading.models import NonTradeActivity, TradeActivity
from alpaca.trading.requests import (
    CreateWatchlistRequest,
    GetAssetsRequest,
    GetCalendarRequest,
    GetCorporateAnnouncementsRequest,
    GetPortfolioHistoryRequest,
    UpdateWatchlistRequest,
)

client = TradingClient(
    os.environ["APCA_API_KEY_ID"],
    os.environ["APCA_API_SECRET_KEY"],
    url_override=os.environ["APCA_API_BASE_URL"],
)


def status_of(call: Any, *arguments: Any) -> tuple[int, int]:
    """Status and code of a refusal."""
    try:
        call(*arguments)
    except APIError as error:
        return error.status_code, error.code
    return 200, 0


def account() -> dict[str, Any]:
    found = client.get_account()
    settings = client.get_account_configurations()
    settings.suspend_trade = True
    changed = client.set_account_configurations(settings)
    suspended = [changed.suspend_trade, client.get_account().trade_suspended_by_user]
    changed.suspend_trade = False
    client.set_account_configurations(changed)
    return {
        "status": found.status.value,
        "equity": found.equity,
        "suspended": suspended,
    }


def market() -> dict[str, Any]:
    clock = client.get_clock()
    days = client.get_calendar(GetCalendarRequest(start=date(2005, 7, 1), end=date(2005, 7, 5)))
    active = client.get_all_assets(GetAssetsRequest(status=AssetStatus.ACTIVE))
    apple = client.get_asset("AAPL")
    return {
        "open": clock.is_open,
        "ordered": clock.timestamp < clock.next_close < clock.next_open,
        "days": [[str(one.date), f"{one.open:%H:%M}", f"{one.close:%H:%M}"] for one in days],
        "active": sorted(one.symbol for one in active),
        "apple": [apple.min_order_size, apple.price_increment, str(apple.id)],
        "by_id": client.get_asset(apple.id).symbol,
        "unknown": status_of(client.get_asset, "NONE"),
    }


def activities() -> dict[str, Any]:
    raw = client.get("/account/activities", {"page_size": 2})
    rest = client.get("/account/activities", {"page_token": raw[-1]["id"]})
    fills = client.get("/account/activities/FILL", {"direction": "asc"})
    read = [
        TradeActivity(**one) if one["activity_type"] == "FILL" else NonTradeActivity(**one)
        for one in [*raw, *rest]
    ]
    history = client.get_portfolio_history(
        GetPortfolioHistoryRequest(period="1D", timeframe="1Min", cashflow_types="ALL")
    )
    return {
        "types": [one.activity_type.value for one in read],
        "fills": [one["qty"] for one in fills],
        "timeframe": history.timeframe,
        "lengths": [len(history.timestamp), len(history.equity), len(history.profit_loss)],
        "start": sum(sum(history.cashflow[one]) for one in history.cashflow if one == "JNLC"),
    }


def watchlists() -> dict[str, Any]:
    made = client.create_watchlist(CreateWatchlistRequest(name="Tech", symbols=["AAPL"]))
    client.add_asset_to_watchlist_by_id(made.id, "IBM")
    client.update_watchlist_by_id(made.id, UpdateWatchlistRequest(name="New"))
    left = client.remove_asset_from_watchlist_by_id(made.id, "AAPL")
    named = [one.name for one in client.get_watchlists()]
    again = status_of(client.create_watchlist, CreateWatchlistRequest(name="New", symbols=[]))
    assets = client.get_watchlist_by_id(made.id).assets
    client.delete_watchlist_by_id(made.id)
    return {
        "left": [one.symbol for one in left.assets],
        "assets": [one.symbol for one in assets],
        "named": named,
        "again": again,
        "gone": status_of(client.get_watchlist_by_id, made.id),
    }


def announcements() -> list[list[str]]:
    since = date(2005, 1, 1)
    found = client.get_corporate_announcements(
        GetCorporateAnnouncementsRequest(
            ca_types=[CorporateActionType.SPLIT, CorporateActionType.DIVIDEND],
            since=since,
            until=since + timedelta(days=90),
        )
    )
    for one in found:
        client.get_corporate_announcement_by_id(one.id)
    return [[one.initiating_symbol, one.ca_sub_type.value, str(one.ex_date)] for one in found]


parts = (account, market, activities, watchlists, announcements)
sys.stdout.write(json.dumps({one.__name__: one() for one in parts}) + "\n")
