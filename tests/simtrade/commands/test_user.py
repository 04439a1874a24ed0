"""``simtrade user``."""

from __future__ import annotations

import pytest

from simtrade.commands.user import _SENTENCES
from simtrade.people.model import PersonReason
from tests.simtrade.commands.conftest import Shell


def test_a_member_is_added_and_listed(shell: Shell) -> None:
    added = shell("user", "add", "--name", "王小明", "--role", "educator", "--json")
    assert added.json == {"id": 1, "name": "王小明", "role": "educator"}
    assert shell("user", "add", "--name", "ann").out == "Added ann (learner), number 2.\n"
    listed = shell("user", "list", "--json").json["users"]
    assert [one["name"] for one in listed] == ["王小明", "ann"]
    assert "educator  王小明" in shell("user", "list").out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--name", "ANN"), "Somebody has this name already."),
        (("--name", "x y"), "A name is letters of one alphabet"),
        (("--name", "ben", "--role", "king"), "There is no role 'king'; the roles are learner"),
        (("--name", "ben", "--role", "guest"), "There is no role 'guest'"),
        (("--name", "ben", "--password-stdin"), "at least eight characters"),
        (("--name", "ben", "--password"), "no terminal to ask on"),
    ],
)
def test_a_mistake_is_one_sentence(shell: Shell, arguments: tuple[str, ...], sentence: str) -> None:
    shell("user", "add", "--name", "ann")
    finished = shell("user", "add", *arguments, typed="short\n")
    assert (finished.code, finished.out) == (1, "")
    assert sentence in finished.error
    assert len(finished.error.splitlines()) == 1


def test_a_password_is_set_and_never_printed(shell: Shell) -> None:
    shell("user", "add", "--name", "ann", "--password-stdin", typed="canary secret\n")
    set_again = shell("user", "password", "--name", "ann", "--password-stdin", typed="canary 2nd\n")
    assert "new password" in set_again.out
    assert "canary" not in set_again.out + set_again.error
    unknown = shell("user", "password", "--name", "eve", "--password-stdin", typed="canary 3rd\n")
    assert (unknown.code, unknown.error) == (1, "Nobody has the name 'eve'.\n")


def test_every_refusal_of_a_new_member_has_a_sentence() -> None:
    elsewhere = {"login_failed", "already_signed_up", "too_many_tries", "busy"}
    assert _SENTENCES.keys() == {one.code for one in PersonReason} - elsewhere
