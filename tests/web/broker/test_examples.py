"""The examples of docs/api run as a reader runs them: from a shell, with the variables only."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from simtrade.desk.requests import ClockAction
from tests.web.broker.program import CLIENTS, Program
from tests.web.serving import Site

DOCS = Path(__file__).parents[3] / "docs" / "api"
EXAMPLES = DOCS / "examples"
NO_CODE = ("import", "from", "#", '"""')


def run(bot: Program, *command: str, seconds: float = 60) -> str:
    """What an example prints."""
    done = subprocess.run(
        command, cwd=EXAMPLES, env=bot.environment, capture_output=True, text=True,
        timeout=seconds, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr[-4000:]}"
    assert bot.secret not in done.stdout
    return done.stdout


def python(bot: Program, script: str, *arguments: str) -> str:
    return run(bot, str(CLIENTS), script, *arguments)


def test_curl_places_an_order_and_cancels_it(replay: Program) -> None:
    printed = run(replay, "sh", "quickstart.sh", "AAPL")
    assert re.search(r"^cash      100000\.00 USD$", printed, re.MULTILINE)
    assert re.search(r"^time      2005-02-01T", printed, re.MULTILINE)
    first, last = re.findall(r"^order     \S+ is (\w+)$", printed, re.MULTILINE)
    assert (first, last) == ("new", "canceled")


def test_curl_without_a_name_takes_the_first_asset(bot: Program) -> None:
    printed = run(bot, "sh", "quickstart.sh")
    assert re.search(r"traded in lots of [12]00$", printed, re.MULTILINE)
    assert re.search(r"is (canceled|filled)$", printed)


def test_curl_stops_at_a_refusal_with_its_message(bot: Program) -> None:
    environment = {**bot.environment, "APCA_API_SECRET_KEY": "wrong"}
    done = subprocess.run(
        ["sh", "quickstart.sh"], cwd=EXAMPLES, env=environment, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "GET /v2/account: " in done.stderr
    assert "request is not authorized" in done.stderr


def test_alpaca_py_follows_an_order_to_its_end(bot: Program) -> None:
    printed = python(bot, "quickstart.py")
    bought = re.search(r"^order   filled: (\d+) at \d+\.\d+$", printed, re.MULTILINE)
    assert bought, printed
    own = re.search(r"^own     (\d+) (\d+), worth", printed, re.MULTILINE)
    assert own
    (position,) = bot.get("/v2/positions")
    assert own.groups() == (bought[1], position["symbol"])


def step_until_above(bot: Program) -> None:
    """Turn the clock until the price stands above its mean of ten minutes."""
    for _ in range(60):
        closes = [
            one["c"]
            for one in bot.get(
                "/v2/stocks/AAPL/bars", timeframe="1Min", start="2005-01-25", sort="desc", limit=10
            )["bars"]
        ]
        if closes[0] > sum(closes) / len(closes):
            return
        bot.clock(ClockAction.STEP)
    raise AssertionError("an hour of falling prices")


def test_the_bot_buys_above_the_mean_and_leaves_no_order(replay: Program, broker: Site) -> None:
    step_until_above(replay)
    printed = python(replay, "bot.py", "AAPL", "2", "0").splitlines()
    assert printed[0].endswith("  buy 1")
    # The clock stands, so nothing fills; the bot does not order again, and takes the order back.
    assert printed[1].endswith("  an order is still on its way")
    assert printed[2:] == ["stopped with 100000.00 USD"]
    (order,) = replay.get("/v2/orders", status="all")
    assert order["status"] == "canceled"
    assert broker.core.keys.is_bot(replay.user.user_id, replay.key.venue_id)


def test_the_bot_asks_seldom_and_is_short(bot: Program) -> None:
    symbol = bot.get("/v2/assets")[0]["symbol"]
    before = int(bot.http.get("/v2/clock").headers["x-ratelimit-remaining"])
    printed = python(bot, "bot.py", symbol, "3", "0").splitlines()
    after = int(bot.http.get("/v2/clock").headers["x-ratelimit-remaining"])
    assert len(printed) == 4
    assert before - after < 3 * 6 + 5  # twelve such rounds a minute stay far below 200
    lines = (EXAMPLES / "bot.py").read_text("utf-8").split('"""', 2)[2].splitlines()
    code = [one for one in lines if one.strip() and not one.strip().startswith(NO_CODE)]
    assert len(code) <= 40


def test_backtrader_places_one_trade_end_to_end(replay: Program) -> None:
    replay.clock(ClockAction.SPEED, 300)
    replay.clock(ClockAction.PLAY)
    printed = python(replay, "backtrader_one_trade.py", "AAPL", "40", "0.2")
    assert "order accepted" in printed
    found = re.search(r"^bought 1 at (\d+\.?\d*)$", printed, re.MULTILINE)
    assert found, printed
    (position,) = replay.get("/v2/positions")
    assert (position["symbol"], position["qty"]) == ("AAPL", "1")
    assert float(position["avg_entry_price"]) == float(found[1])


@pytest.mark.parametrize("script", ["bot.py", "backtrader_one_trade.py"])
def test_an_example_without_a_symbol_says_what_it_needs(bot: Program, script: str) -> None:
    done = subprocess.run(
        [str(CLIENTS), script], cwd=EXAMPLES, env=bot.environment, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert f"python {script} SYMBOL" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_framework_without_addresses_is_sent_here(replay: Program, broker: Site) -> None:
    found = replay.run("redirected.py", str(EXAMPLES))
    assert found["clocks"] == [2005, 2005]
    ws = broker.origin.replace("http", "ws")
    assert found["streams"] == [f"{ws}/stream", f"{ws}/v2/iex"]


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda path: path.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8"))
    assert [one for one in links if "://" not in one and not (DOCS / one).exists()] == []


def test_every_example_is_told_of() -> None:
    told = (DOCS / "index.md").read_text("utf-8")
    assert [one.name for one in EXAMPLES.iterdir() if one.suffix and one.name not in told] == []
