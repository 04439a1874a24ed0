"""A contest's market: promised, kept, and another one found out."""

from __future__ import annotations

from tests.simtrade.commands.conftest import Shell, shell

__all__ = ["shell"]


def test_a_promise_is_kept_or_not(shell: Shell) -> None:
    made = shell("feed", "commit", "--scenario", "lock.0.20", "--json").json
    assert made["name"].endswith(":lock.0.20")
    assert made["name"] not in (shell("feed", "commit", "--scenario", "lock.0.20", "--json").out)
    given = ("--salt", made["salt"], "--commitment", made["commitment"])
    kept = shell("feed", "reveal", made["name"], *given, "--json").json
    assert kept["ok"]
    assert len(kept["path"]) == 64
    other = shell("feed", "reveal", made["name"].replace(":lock", ":halt"), *given)
    assert other.code == 1
    assert "NOT WHAT WAS PROMISED" in other.out
    assert made["commitment"] not in other.out


def test_mistakes_are_named(shell: Shell) -> None:
    assert "There is no scenario 'flood'" in shell("feed", "commit", "--scenario", "flood").error
    unknown = shell("feed", "reveal", "market:9:1", "--salt", "0", "--commitment", "0")
    assert "no invented market" in unknown.error
