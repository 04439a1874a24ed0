"""``simtrade feed``: promise an invented market before a contest, and reveal it afterwards."""

from __future__ import annotations

import secrets
from typing import Annotated

import typer

from simtrade.commands.output import AsJson, tell
from simtrade.mistakes import Mistake

application = typer.Typer(help="Invented markets and promises of them.", no_args_is_help=True)


@application.command("commit")
def commit(
    *,
    scenario: Annotated[
        str, typer.Option(help="crash, squeeze, lock, halt, gap, rumour, or KIND.SESSION.MINUTE.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Draw a market and print its commitment.  Publish the commitment; keep the rest secret."""
    from feeds.generator.commitment import SALT_HEX, SEED_END, commitment
    from feeds.generator.names import market_name
    from feeds.generator.scenarios import scenario_of

    wanted = scenario_of(scenario) if scenario else None
    if scenario and wanted is None:
        raise Mistake(f"There is no scenario {scenario!r}.")
    name = market_name(secrets.randbelow(SEED_END), wanted)
    salt = secrets.token_hex(SALT_HEX // 2)
    result = {"commitment": commitment(name, salt), "name": name, "salt": salt}
    text = (
        f"Publish now:            {result['commitment']}\n"
        f"Keep secret until then: {name}\n"
        f"                        {salt}"
    )
    tell(result, text, as_json=as_json)


@application.command("reveal")
def reveal(
    name: Annotated[str, typer.Argument(help="The market's name, as it was kept.")],
    *,
    salt: Annotated[str, typer.Option(help="The salt that was kept with it.")],
    promised: Annotated[str, typer.Option("--commitment", help="What was published.")],
    sessions: Annotated[
        int, typer.Option(min=1, max=250, help="Generate so many sessions and hash their events.")
    ] = 1,
    as_json: AsJson = False,
) -> None:
    """Check a promise and generate the market again; exit 1 when the promise was another one."""
    from feeds.generator.commitment import commitment, path_digest
    from feeds.generator.names import is_market, open_market

    if not is_market(name):
        raise Mistake(f"{name!r} is no invented market.")
    kept = commitment(name, salt) == promised.strip().lower()
    digest = path_digest(open_market(name), sessions)
    result = {"ok": kept, "name": name, "sessions": sessions, "path": digest}
    verdict = "The promise was kept." if kept else "THIS IS NOT WHAT WAS PROMISED."
    tell(result, f"{verdict}\n{sessions} sessions hash to {digest}", as_json=as_json)
    if not kept:
        raise typer.Exit(1)
