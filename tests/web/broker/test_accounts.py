from __future__ import annotations

from tests.web.broker.program import Program


def test_a_new_account_has_its_starting_cash(bot: Program) -> None:
    account = bot.get("/v2/account")
    assert (account["status"], account["currency"], account["cash"]) == (
        "ACTIVE",
        "CNY",
        "1000000.00",
    )
