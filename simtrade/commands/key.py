"""``simtrade key``: keys for programs, without the browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from simtrade.commands.output import AsJson, load_settings, table, tell
from simtrade.mistakes import Mistake

if TYPE_CHECKING:
    from simtrade.desk.requests import VenueId
    from simtrade.people.api_keys import ApiKey, ApiKeys, NewKey
    from simtrade.people.model import User
    from simtrade.people.service import People
    from simtrade.settings import Settings

application = typer.Typer(help="Keys with which programs use an account.", no_args_is_help=True)

_SENTENCES = {
    "key_name_too_long": "The label is longer than 40 letters.",
    "key_name_not_allowed": "The label holds something that is no letter.",
    "key_days_outside": "A key lasts 1 to 366 days.",
    "key_made_already": "This key was made before; its secret is not told again.",
    "too_many_keys": "A person has at most 20 living keys; revoke one first.",
}

Name = Annotated[str, typer.Option("--user", help="Whose account.")]


@application.command("create")
def create(
    user: Name,
    venue: Annotated[str, typer.Option(help="Which market: floor, or a practice market of his.")],
    *,
    label: Annotated[str, typer.Option(help="What the key is for.")] = "",
    read_only: Annotated[bool, typer.Option("--read-only", help="It may not trade.")] = False,
    days: Annotated[int | None, typer.Option(help="It ends after so many days.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make a key.  Its secret is printed now and never again."""
    made = make_key(load_settings(), user, venue, label=label, read_only=read_only, days=days)
    result = {"key_id": made.key.key_id, "secret": made.secret}
    text = f"Key     {made.key.key_id}\nSecret  {made.secret}\nThe secret is not shown again."
    tell(result, text, as_json=as_json)


def make_key(
    settings: Settings, user: str, venue: str, *, label: str, read_only: bool, days: int | None
) -> NewKey:
    """A key to one of a person's markets.  Raises Mistake."""
    from simtrade.desk.requests import VenueId
    from simtrade.people.api_keys import KeyReason, KeyScope

    scopes = frozenset() if read_only else frozenset(KeyScope)
    with _open(settings) as (people, keys):
        owner = _member(people, user)
        _check_venue(settings, VenueId(venue), owner)
        made = keys.create(owner.user_id, VenueId(venue), name=label, scopes=scopes, days=days)
    if isinstance(made, KeyReason):
        raise Mistake(_SENTENCES[made.code])
    return made


@application.command("list")
def list_keys(user: Name, *, as_json: AsJson = False) -> None:
    """List a person's keys, newest first."""
    from simtrade.clock import now_ns

    with _open(load_settings()) as (people, keys):
        found = keys.of(_member(people, user).user_id)
    now = now_ns()
    result = [_facts(one) | {"alive": one.alive(now)} for one in found]
    rows = [
        (one.key_id, one.venue_id, "yes" if one.alive(now) else "no", one.name) for one in found
    ]
    tell({"keys": result}, table(("key", "venue", "alive", "label"), rows), as_json=as_json)


@application.command("revoke")
def revoke(
    user: Name,
    key: Annotated[str, typer.Option(help="Which key.")],
    *,
    as_json: AsJson = False,
) -> None:
    """End a key at once."""
    with _open(load_settings()) as (people, keys):
        ended = keys.revoke(_member(people, user).user_id, key)
    if not ended:
        raise Mistake(f"{user} has no living key {key}.")
    tell({"key_id": key, "revoked": True}, f"{key} opens nothing any more.", as_json=as_json)


def _facts(key: ApiKey) -> dict[str, object]:
    return {
        "key_id": key.key_id,
        "venue": key.venue_id,
        "label": key.name,
        "scopes": sorted(key.scopes),
        "created_at_ns": key.created_at_ns,
        "expires_at_ns": key.expires_at_ns,
        "revoked_at_ns": key.revoked_at_ns,
        "used_at_ns": key.used_at_ns,
    }


@contextmanager
def _open(settings: Settings) -> Iterator[tuple[People, ApiKeys]]:
    from simtrade.people.api_keys import ApiKeys
    from simtrade.people.passwords import Passwords
    from simtrade.people.service import People
    from simtrade.store.app_store import AppStore
    from simtrade.store.key_store import KeyStore

    store = AppStore.open(settings.data)
    people = People(store, Passwords(), settings)
    try:
        yield people, ApiKeys(KeyStore(store.engine))
    finally:
        people.close()


def _member(people: People, name: str) -> User:
    user = people.named(name)
    if user is None:
        raise Mistake(f"Nobody has the name {name!r}.")
    return user


def _check_venue(settings: Settings, venue_id: VenueId, user: User) -> None:
    """The shared floor is everybody's, also before it first began; a practice market is
    its owner's."""
    from simtrade.desk.requests import FLOOR
    from simtrade.people.authorize import Action, authorize
    from simtrade.store.engine_store import EngineStore

    if venue_id == FLOOR:
        return
    store = EngineStore.open(settings.data)
    row = store.venue_row(venue_id)
    store.close()
    if row is None or not authorize(user, Action.JOIN_VENUE, row.owner):
        raise Mistake(f"{user.name} has no market {venue_id!r}.")
