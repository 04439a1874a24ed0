"""``simtrade env``: five lines for a shell, or one of JSON."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from simtrade.commands.env import origin_of
from simtrade.settings import Settings
from tests.simtrade.commands.conftest import Shell

NAMES = [
    "APCA_API_BASE_URL",
    "APCA_API_DATA_URL",
    "APCA_API_STREAM_URL",
    "APCA_API_KEY_ID",
    "APCA_API_SECRET_KEY",
]


def test_a_shell_takes_it_as_it_is(shell: Shell) -> None:
    shell("user", "add", "--name", "ann")
    printed = shell("env", "--user", "ann", "--venue", "floor")
    assert (printed.code, printed.error) == (0, "")
    script = f"{printed.out}\nprintenv {' '.join(NAMES)}"
    done = subprocess.run(
        ["/bin/sh", "-c", script], env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True
    )
    base, data, stream, key_id, secret = done.stdout.split()
    assert (base, data, stream) == ("http://127.0.0.1:8000",) * 2 + ("ws://127.0.0.1:8000",)
    (key,) = shell("key", "list", "--user", "ann", "--json").json["keys"]
    assert (key["key_id"], key["label"]) == (key_id, "simtrade env")
    assert key["expires_at_ns"] - key["created_at_ns"] == 30 * 86_400 * 10**9
    assert len(secret) == 40


def test_programs_get_json_and_another_address(shell: Shell) -> None:
    shell("user", "add", "--name", "ann")
    arguments = ("--venue", "floor", "--url", "https://class.example/", "--read-only", "--json")
    found = shell("env", "--user", "ann", *arguments).json
    assert list(found) == NAMES
    assert found["APCA_API_BASE_URL"] == "https://class.example"
    assert found["APCA_API_STREAM_URL"] == "wss://class.example"
    assert shell("key", "list", "--user", "ann", "--json").json["keys"][0]["scopes"] == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--user", "eve", "--venue", "floor"), "Nobody has the name 'eve'."),
        (("--user", "ann", "--venue", "p1"), "ann has no market 'p1'."),
        (("--user", "ann", "--venue", "floor", "--url", "host:1"), "'host:1' is no address"),
        (("--user", "ann", "--venue", "floor", "--days", "900"), "lasts 1 to 366 days"),
    ],
)
def test_a_mistake_prints_nothing_that_a_shell_would_carry_out(
    shell: Shell, arguments: tuple[str, ...], sentence: str
) -> None:
    shell("user", "add", "--name", "ann")
    finished = shell("env", *arguments)
    assert (finished.code, finished.out) == (1, "")
    assert sentence in finished.error
    assert shell("key", "list", "--user", "ann", "--json").json["keys"] == []


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::", "http://[::1]:8000"),
        ("fd00::1", "http://[fd00::1]:8000"),
        ("class.example", "http://class.example:8000"),
    ],
)
def test_a_program_here_finds_the_site(tmp_path: Path, host: str, origin: str) -> None:
    assert origin_of(Settings(data=tmp_path, host=host)) == origin
