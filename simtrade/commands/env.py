"""``simtrade env``: what a program's clients read from their environment, with a fresh key."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Annotated

import typer

from simtrade.commands.key import Name, make_key
from simtrade.commands.output import AsJson, load_settings, tell

if TYPE_CHECKING:
    from simtrade.settings import Settings

LABEL = "simtrade env"
_EVERY_ADDRESS = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - not bound


def env(
    user: Name,
    venue: Annotated[str, typer.Option(help="Which market: floor, or a practice market of his.")],
    *,
    url: Annotated[
        str | None,
        typer.Option(help="Where the site is reached, like https://host; else from the settings."),
    ] = None,
    read_only: Annotated[bool, typer.Option("--read-only", help="The key may not trade.")] = False,
    days: Annotated[int, typer.Option(help="The key ends after so many days.")] = 30,
    as_json: AsJson = False,
) -> None:
    """Make a key and print the variables that point a client here.

    eval "$(simtrade env --user NAME --venue floor)"
    """
    from simtrade.mistakes import Mistake
    from simtrade.people.client_environment import client_environment

    settings = load_settings()
    origin = origin_of(settings) if url is None else url
    if not origin.startswith(("http://", "https://")):
        raise Mistake(f"{origin!r} is no address: it begins with http:// or https://.")
    made = make_key(settings, user, venue, label=LABEL, read_only=read_only, days=days)
    variables = client_environment(origin, made)
    lines = (f"export {name}={shlex.quote(value)}" for name, value in variables.items())
    tell(variables, "\n".join(lines), as_json=as_json)


def origin_of(settings: Settings) -> str:
    """Where a program on this machine finds the site."""
    host = _EVERY_ADDRESS.get(settings.host, settings.host)
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"
