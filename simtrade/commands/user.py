"""``simtrade user``: people, without the browser."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from simtrade.commands.output import AsJson, load_settings, table, tell
from simtrade.mistakes import Mistake

if TYPE_CHECKING:
    from simtrade.people.model import PersonReason
    from simtrade.people.service import People

application = typer.Typer(help="Add and list people.", no_args_is_help=True)

_SENTENCES = {
    "name_empty": "The name is empty.",
    "name_too_short": "The name needs at least two letters.",
    "name_too_long": "The name is longer than 32 letters.",
    "name_not_allowed": "A name is letters of one alphabet, digits, and _ - . between them.",
    "name_taken": "Somebody has this name already.",
    "password_too_short": "The password needs at least eight characters.",
    "password_too_long": "The password is longer than 1,024 characters.",
    "password_too_common": "The password is too easy to guess.",
}


@application.command("add")
def add(
    name: Annotated[str, typer.Option(help="2 to 32 letters, digits, _ - .")],
    *,
    role: Annotated[
        str, typer.Option(help="learner, educator, branch, compliance or admin.")
    ] = "learner",
    password: Annotated[
        bool, typer.Option("--password", help="Ask for a password on the terminal.")
    ] = False,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Add a member; without a password he cannot sign in until he has one."""
    from simtrade.people.model import PersonReason, Role

    roles = [one.value for one in Role if one is not Role.GUEST]
    if role not in roles:
        raise Mistake(f"There is no role {role!r}; the roles are {', '.join(roles)}.")
    secret = _password(ask=password, from_stdin=password_stdin)
    with _people() as people:
        user = people.add(name, Role(role), secret)
    if isinstance(user, PersonReason):
        raise _refused(user)
    result = {"id": user.user_id, "name": user.name, "role": user.role.value}
    tell(result, f"Added {user.name} ({user.role.value}), number {user.user_id}.", as_json=as_json)


@application.command("password")
def password(
    name: Annotated[str, typer.Option(help="Whose password.")],
    *,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Set a member's password and sign him out everywhere."""
    from simtrade.people.model import PersonReason

    secret = _password(ask=True, from_stdin=password_stdin)
    assert secret is not None
    with _people() as people:
        user = people.reset_password(name, secret)
    if user is None:
        raise Mistake(f"Nobody has the name {name!r}.")
    if isinstance(user, PersonReason):
        raise _refused(user)
    tell(
        {"id": user.user_id, "name": user.name},
        f"{user.name} has a new password and is signed out everywhere.",
        as_json=as_json,
    )


@application.command("list")
def list_people(*, as_json: AsJson = False) -> None:
    """List the members, oldest first; guests have no names."""
    with _people() as people:
        members = people.members()
    result = [{"id": one.user_id, "name": one.name, "role": one.role.value} for one in members]
    rows = [(str(one.user_id), one.role.value, one.name) for one in members]
    tell({"users": result}, table(("id", "role", "name"), rows), as_json=as_json)


@contextmanager
def _people() -> Iterator[People]:
    from simtrade.people.service import People

    people = People.open(load_settings())
    try:
        yield people
    finally:
        people.close()


def _password(*, ask: bool, from_stdin: bool) -> str | None:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not ask:
        return None
    if not sys.stdin.isatty():
        raise Mistake("There is no terminal to ask on; use --password-stdin.")
    return getpass.getpass("Password: ")


def _refused(reason: PersonReason) -> Mistake:
    return Mistake(_SENTENCES[reason.code])
