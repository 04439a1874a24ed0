"""The whole table of rights, written down a second time in words that a person can check."""

from __future__ import annotations

import pytest

from matching.units import AtNs
from simtrade.desk.requests import UserId
from simtrade.people.authorize import Action, authorize
from simtrade.people.model import Role, User

ME, OTHER = UserId(7), UserId(8)

# Who may, on an object of: mine, nobody's, another's.  s stranger, g guest, l learner, e educator,
# b branch operator, c compliance, a admin.
TABLE = """
see_site         -        sglebca  -
sign_up          -        sg       -
log_in           -        sglebca  -
log_out          glebca   -        -
set_preferences  glebca   -        -
join_venue       glebca   glebca   -
open_practice    glebca   glebca   -
see_venue        glebca   sglebca  ca
drive_clock      glebca   -        -
see_account      glebca   ca       ca
trade            glebca   -        -
manage_keys      lebca    -        -
answer_quiz      glebca   s        -
see_people       -        ca       -
see_tapes        -        ebca     -
see_metrics      -        a        -
"""
ROWS = [line.split() for line in TABLE.strip().splitlines()]
ACTORS = {role.value[0]: role for role in Role} | {"s": None}


def _actor(role: Role | None) -> User | None:
    return User(ME, "me", role, None, None, None, AtNs(0)) if role else None


def test_the_table_names_every_action_and_every_role() -> None:
    assert [row[0] for row in ROWS] == [action.value for action in Action]
    assert len(ACTORS) == len(Role) + 1


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
@pytest.mark.parametrize("letter", ACTORS)
def test_rights_are_as_written(row: list[str], letter: str) -> None:
    action = Action(row[0])
    # Overseers may what they may on anybody's also on their own.
    for owner, allowed in zip((ME, None, OTHER), row[1:], strict=True):
        if letter == "s" and owner == ME:
            continue
        assert authorize(_actor(ACTORS[letter]), action, owner) is (letter in allowed)


def test_an_action_that_the_table_does_not_name_is_forbidden() -> None:
    admin = _actor(Role.ADMIN)
    assert not authorize(admin, "delete_everything", None)  # type: ignore[arg-type]
