"""``simtrade key``."""

from __future__ import annotations

import pytest

from simtrade.commands.key import _SENTENCES
from simtrade.people.api_keys import KeyReason
from tests.simtrade.commands.conftest import Shell


def test_a_key_is_made_listed_and_revoked(shell: Shell) -> None:
    shell("user", "add", "--name", "ann")
    made = shell("key", "create", "--user", "Ann", "--venue", "floor", "--json").json
    assert made.keys() == {"key_id", "secret"}
    assert made["key_id"].startswith("SIM")
    assert len(made["secret"]) == 40
    shell("key", "create", "--user", "ann", "--venue", "floor", "--read-only", "--label", "look")
    newest, oldest = shell("key", "list", "--user", "ann", "--json").json["keys"]
    assert (newest["scopes"], newest["label"]) == ([], "look")
    assert (oldest["scopes"], oldest["alive"]) == (["clock", "trade"], True)
    assert made["secret"] not in shell("key", "list", "--user", "ann").out
    assert shell("key", "revoke", "--user", "ann", "--key", made["key_id"]).code == 0
    assert not shell("key", "list", "--user", "ann", "--json").json["keys"][1]["alive"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("create", "--user", "eve", "--venue", "floor"), "Nobody has the name 'eve'."),
        (("create", "--user", "ann", "--venue", "p1"), "ann has no market 'p1'."),
        (("create", "--user", "ann", "--venue", "floor", "--days", "0"), "lasts 1 to 366 days"),
        (("create", "--user", "ann", "--venue", "floor", "--label", "x" * 41), "longer than 40"),
        (("revoke", "--user", "ann", "--key", "SIM"), "ann has no living key SIM."),
    ],
)
def test_a_mistake_is_one_sentence(shell: Shell, arguments: tuple[str, ...], sentence: str) -> None:
    shell("user", "add", "--name", "ann")
    finished = shell("key", *arguments)
    assert (finished.code, finished.out) == (1, "")
    assert sentence in finished.error
    assert len(finished.error.splitlines()) == 1


def test_every_reason_has_a_sentence() -> None:
    assert _SENTENCES.keys() == {one.code for one in KeyReason}
