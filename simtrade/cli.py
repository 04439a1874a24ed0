"""``simtrade``: one command per noun, each in its own file of simtrade/commands.

Those files import what is heavy inside their functions, so that ``--help`` and every small
command start at once.
"""

from __future__ import annotations

import sys

import typer

from simtrade.commands import (
    backup,
    bench,
    env,
    feed,
    key,
    lesson,
    mcp,
    rules,
    serve,
    tape,
    user,
    verify,
)
from simtrade.commands.output import complain
from simtrade.mistakes import Mistake

application = typer.Typer(
    name="simtrade",
    help="Simulated trading and investor education.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
application.command("serve")(serve.serve)
application.command("mcp")(mcp.mcp)
application.add_typer(user.application, name="user")
application.add_typer(key.application, name="key")
application.command("env")(env.env)
application.add_typer(tape.application, name="tape")
application.add_typer(lesson.application, name="lesson")
application.add_typer(feed.application, name="feed")
application.add_typer(rules.application, name="rules")
application.command("verify")(verify.verify)
application.add_typer(bench.application, name="bench")
application.command("backup")(backup.back_up)
application.command("restore")(backup.restore)


def main() -> None:
    """Run the command of this process's arguments; a person's mistake is a sentence and exit 1."""
    if sys.argv[1:2] == ["bench"]:
        bench.load()
    try:
        application()
    except Mistake as mistake:
        complain(str(mistake))
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        complain(f"{where}{error.strerror or error}.")
    sys.exit(1)
