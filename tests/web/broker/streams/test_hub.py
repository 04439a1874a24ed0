"""All streams of a process: their numbers, and how they end."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from simtrade.app import Simtrade
from simtrade.settings import Settings
from tests.web.broker.program import Program, program
from tests.web.broker.streams.follower import data_of, updates_of
from tests.web.serving import Site, wait_until
from web.broker.streams.connections import Kind


def number(bot: Program, name: str) -> float:
    lines = httpx.get(bot.site.origin + "/metrics").text.splitlines()
    return float(next(line for line in lines if line.startswith(name + " ")).split()[1])


def test_what_is_open_is_counted(bot: Program, broker: Site) -> None:
    with data_of(bot) as one, updates_of(bot), bot.http.stream("GET", "/v2/events/trades") as sse:
        lines = sse.iter_lines()
        assert next(lines)
        for kind in Kind:
            assert number(bot, f"simtrade_streams_{kind}") == 1
        frames = number(bot, "simtrade_streams_frames_total")
        one.say(action="subscribe", quotes=["*"])
        one.hear("q")
        assert number(bot, "simtrade_streams_frames_total") > frames
        one.say(action="dance")
        one.hear("error")
        assert number(bot, 'simtrade_streams_refused_total{code="400"}') >= 1
    wait_until(lambda: broker.app.state.streams.rooms == 0)


def test_the_end_of_the_server_ends_every_stream_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.server.GRACE_SECONDS", 60)
    core = Simtrade.open(Settings(data=tmp_path, port=0, latency=False, floor_seed=7))
    site = Site(core)
    with site:
        bot = program(site)
        with (
            data_of(bot) as data,
            updates_of(bot) as updates,
            bot.http.stream("GET", "/v2/events/trades") as sse,
        ):
            lines = sse.iter_lines()
            next(lines)
            site._server.should_exit = True
            assert data.close_code() == 1012
            assert updates.close_code() == 1012
            assert not [line for line in lines if line.startswith("data")]
    core.close()
