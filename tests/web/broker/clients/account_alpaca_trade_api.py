"""Everything about an account with alpaca-trade-api, which environment variables point here."""

from __future__ import annotations

import json
import sys
from typing import Any

from alpaca_trade_api import REST
from alpaca_trade_api.rest import APIError

api = REST()


def status_of(call: Any, *arguments: Any) -> int:
    try:
        call(*arguments)
    except APIError as error:
        return int(error.status_code)
    return 200


def main() -> dict[str, Any]:
    account = api.get_account()
    settings = api.update_account_configurations(no_shorting=True, trade_confirm_email="none")
    clock = api.get_clock()
    days = api.get_calendar(start="2005-07-01", end="2005-07-05")
    made = api.create_watchlist("Tech", ["AAPL"])
    api.add_to_watchlist(made.id, "IBM")
    api.delete_from_watchlist(made.id, "AAPL")
    by_name = api.get_watchlist_by_name("Tech")
    lists = [one.name for one in api.get_watchlists()]
    api.update_watchlist(made.id, name="Other")
    other = api.get_watchlist(made.id).name
    api.delete_watchlist(made.id)
    activities = api.get_activities(page_size=50)
    fills = api.get_activities(activity_types="FILL")
    some = api.get_activities(activity_types=["FILL", "JNLC"], direction="asc")
    history = api.get_portfolio_history(period="1D", timeframe="1H", extended_hours=True)
    return {
        "account": [account.status, account.currency, account.cash],
        "settings": [
            settings.no_shorting,
            api.get_account_configurations().trade_confirm_email,
        ],
        "clock": [clock.is_open, str(clock.timestamp.date())],
        "days": [str(one.date.date()) for one in days],
        "assets": len(api.list_assets(status="active")),
        "asset": [api.get_asset("AAPL").symbol, status_of(api.get_asset, "NONE")],
        "watchlists": [[one["symbol"] for one in by_name.assets], lists, other],
        "gone": status_of(api.get_watchlist, made.id),
        "activities": [one.activity_type for one in activities],
        "fills": [one.side for one in fills],
        "some": [one.activity_type for one in some],
        "history": [history.timeframe, len(history.equity) == len(history.timestamp) > 0],
        "frame": len(history.df),
    }


sys.stdout.write(json.dumps(main()) + "\n")
