from __future__ import annotations

from typing import Any

import pytest

from simtrade.people.api_keys import KeyScope
from tests.web.broker.program import Program, program
from tests.web.serving import Site
from web.broker.configurations import check_may_place
from web.broker.errors import ApiError
from web.broker.identity import Program as Known

PATH = "/v2/account/configurations"
JSON = {"content-type": "application/json"}
REQUIRED = {
    "fractional_trading", "max_margin_multiplier", "no_shorting", "suspend_trade",
    "trade_confirm_email", "ptp_no_exception_entry", "disable_overnight_trading",
    "max_options_trading_level",
}  # fmt: skip


def known(bot: Program) -> Known:
    core = bot.site.core
    account = core.portfolio.account(bot.account_id)
    venue = core.venues.view(bot.key.venue_id)
    assert account is not None
    return Known(bot.key, bot.user, account, venue)


def may_place(bot: Program, *, short: bool) -> str:
    """Why not, or nothing."""
    try:
        check_may_place(bot.site.core, known(bot), short=short)
    except ApiError as refused:
        assert (refused.status_code, refused.code) == (403, 40310000)
        return refused.message
    return ""


def test_what_is_set_stays(bot: Program, broker: Site) -> None:
    before = bot.get(PATH)
    assert before.keys() == REQUIRED
    after = bot.call(
        "PATCH", PATH, json={"trade_confirm_email": "none", "max_margin_multiplier": 2}
    )
    assert after == before | {"trade_confirm_email": "none", "max_margin_multiplier": "2"}
    assert bot.get(PATH) == after
    assert program(broker).get(PATH) == before


def test_suspended_trading_and_no_shorting(bot: Program) -> None:
    assert (may_place(bot, short=False), may_place(bot, short=True)) == ("", "")
    bot.call("PATCH", PATH, json={"no_shorting": True})
    assert may_place(bot, short=False) == ""
    assert may_place(bot, short=True) == "account is not allowed to short"
    bot.call("PATCH", PATH, json={"suspend_trade": "true", "no_shorting": False})
    assert bot.get("/v2/account")["trade_suspended_by_user"] is True
    for short in (False, True):
        assert may_place(bot, short=short) == "trading is suspended by the account's configuration"
    bot.call("PATCH", PATH, json={"suspend_trade": False})
    assert may_place(bot, short=True) == ""


@pytest.mark.parametrize(
    "body",
    [
        {"suspend_trade": "maybe"},
        {"suspend_trade": None},
        {"suspend_trade": [True]},
        {"suspend_trade": 2},
        {"no_shorting": {}},
        {"max_margin_multiplier": "3"},
        {"max_margin_multiplier": 1.5},
        {"max_margin_multiplier": None},
        {"trade_confirm_email": "some"},
        {"trade_confirm_email": ["all"]},
        {"max_options_trading_level": 9},
        {"max_options_trading_level": "x"},
        {"suspend_trade": True, "trade_confirm_email": 1},
    ],
)
def test_wrong_values_change_nothing(bot: Program, body: dict[str, Any]) -> None:
    before = bot.get(PATH)
    status, refused = bot.refused("PATCH", PATH, json=body)
    assert (status, refused["code"]) == (422, 40010001)
    assert bot.get(PATH) == before


@pytest.mark.parametrize(
    "content", [b"[]", b"x", b'"x"', b'{"suspend_trade":NaN}', b'{"a":1,"a":1}', b"\xff"]
)
def test_wrong_bodies(bot: Program, content: bytes) -> None:
    status, refused = bot.refused("PATCH", PATH, content=content, headers=JSON)
    assert (status, refused["code"]) == (400, 40010000)


def test_unknown_fields_and_no_fields_change_nothing(bot: Program) -> None:
    before = bot.get(PATH)
    assert bot.call("PATCH", PATH, json={"dtbp_check": "both", "x": 1}) == before
    assert bot.call("PATCH", PATH) == before


def test_a_key_that_only_reads_may_not_set_anything(broker: Site) -> None:
    reader = program(broker, scopes=frozenset({KeyScope.CLOCK}))
    assert reader.get(PATH)["suspend_trade"] is False
    assert reader.refused("PATCH", PATH, json={"suspend_trade": True})[0] == 403
    assert reader.refused("POST", PATH, json={})[0] == 405
