"""``simtrade tape import``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from feeds.imports.formats import FORMATS
from tests.simtrade.commands.conftest import Shell
from tests.simtrade.commands.test_tape import write

ONE = "date,open,high,low,close,volume\n2001-01-02,10.005,10.50,9.90,10.20,1000\n"
MINUTES = "time,open,high,low,close,volume\n2001-01-02 09:30,10.00,10.50,9.90,10.20,1000\n"


def test_what_was_not_chosen_is_told_from_the_file(shell: Shell, tmp_path: Path) -> None:
    path = write(tmp_path, "xyz.csv.gz", MINUTES)
    tape = shell("tape", "import", "csv", path, "--json").json["tape"]
    shown = shell("tape", "show", tape, "--json").json
    assert (shown["name"], shown["kind"]) == ("xyz", "minute_bars")
    assert shown["instruments"][0]["symbol"] == "XYZ"


def test_prices_between_ticks_are_refused_unless_rounding_is_chosen(
    shell: Shell, tmp_path: Path
) -> None:
    path = write(tmp_path, "one.csv", ONE)
    refused = shell("tape", "import", "csv", path)
    assert (refused.code, refused.out) == (2, "Nothing imported; 1 lines refused.\n")
    assert refused.error.splitlines()[-1] == "one.csv: no_rows: no line of it can be used"
    rounded = shell("tape", "import", "csv", path, "--round-prices")
    assert (rounded.code, "1 rounded" in rounded.out) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("/no/file.csv",), "There is no file /no/file.csv."),
        (("FILE", "--currency", "XXX"), "There is no currency 'XXX'"),
        (("FILE", "--kind", "weekly"), "There is no kind 'weekly'"),
        (("FILE", "--kind", "street_orders"), "There is no kind 'street_orders'"),
        (("FILE", "--name", "A B"), "The name of a tape is 1 to 40"),
        (("FILE", "--session", "monday"), "'monday' is no day"),
        (("FILE", "--session", "2023-02-07"), "The format csv has no use for session."),
    ],
)
def test_a_mistake_is_one_sentence(
    shell: Shell, tmp_path: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    file = write(tmp_path, "a.csv", ONE)
    words = (file if one == "FILE" else one for one in arguments)
    finished = shell("tape", "import", "csv", *words)
    assert (finished.code, finished.out) == (1, "")
    assert sentence in finished.error


def test_corporate_actions_come_with_a_second_file(shell: Shell, tmp_path: Path) -> None:
    bars = "date,open,high,low,close,volume\n2001-01-02,10,10.50,9.90,10.20,1000\n"
    path = write(tmp_path, "abc.csv", bars)
    lines = ["symbol,date,action,cash,pay", "ABC,2001-01-02,dividend,0.5,2001-01-09",
             "XYZ,2001-01-02,dividend,0.5,"]  # fmt: skip
    actions = write(tmp_path, "actions.csv", "\n".join(lines) + "\n")
    told = shell("tape", "import", "csv", path, "--actions", actions, "--json").json
    assert told["tapes"][0]["counts"]["actions"] == 1
    assert told["problems"] == [
        {"file": "actions.csv", "line": 3, "code": "unknown_symbol", "text": "XYZ"}
    ]
    shown = shell("tape", "show", told["tape"], "--json").json
    assert shown["actions"][0]["cash_micro"] == 500_000
    plain = shell("tape", "import", "csv", path, "--json").json
    assert plain["tape"] != told["tape"]
    gone = shell("tape", "import", "csv", path, "--actions", "/no/file.csv")
    assert (gone.code, "There is no file /no/file.csv." in gone.error) == (1, True)


def test_listing_states_come_with_a_file_of_their_own(shell: Shell, tmp_path: Path) -> None:
    bars = "date,open,high,low,close,volume\n2001-01-02,10,10.50,9.90,10.20,1000\n"
    path = write(tmp_path, "abc.csv", bars)
    lines = ["symbol,from,status,board", "ABC,2001-01-02,st,risk", "ABC,2001-01-02,ipo,",
             "ABC,2001-01-02,listing,"]  # fmt: skip
    listings = write(tmp_path, "listings.csv", "\n".join(lines) + "\n")
    finished = shell("tape", "import", "csv", path, "--listings", listings, "--json")
    told = finished.json
    assert told["tapes"][0]["counts"]["listings"] == 2
    assert "listings.csv, line 3: unknown_status: ipo" in finished.error
    shown = shell("tape", "show", told["tape"], "--json").json
    assert [one.get("status") for one in shown["listings"]] == ["listing", "st"]
    assert shown["instruments"][0]["board"] == "risk"
    gone = shell("tape", "import", "csv", path, "--listings", "/no/file.csv")
    assert (gone.code, "There is no file /no/file.csv." in gone.error) == (1, True)


def test_too_many_refused_lines_import_nothing(shell: Shell, tmp_path: Path) -> None:
    good = "2001-01-02,10,10.50,9.90,10.20,1000\n"
    path = write(tmp_path, "abc.csv", "date,open,high,low,close,volume\n" + good + "x\n" * 9)
    stopped = shell("tape", "import", "csv", path, "--most-refused", "5", "--json")
    told = json.loads(stopped.out)
    assert (stopped.code, told["tape"], told["rows"]) == (2, None, 0)
    assert told["stopped"] == "abc.csv, line 8: too_many_refused: more than 5 lines are refused"
    assert list((shell.data / "tapes").iterdir()) == []


def test_the_summary_counts_what_was_found(shell: Shell, tmp_path: Path) -> None:
    lines = "2001-01-02,1,1,1,1,1\n" * 2 + "2001-01-01,1,1,1,1,1\n" + "2001-03-02,1,1,1,1,1\n"
    path = write(tmp_path, "abc.csv", "date,open,high,low,close,volume\n" + lines)
    told = shell("tape", "import", "csv", path, "--json").json
    assert (told["rows"], told["refused"], told["gaps"]) == (2, 2, 1)
    assert (told["duplicates"], told["out_of_order"], told["crossed"]) == (1, 1, 0)


def test_help_lists_every_format(shell: Shell) -> None:
    said = shell("tape", "import", "--help").out
    assert all(f"{name}:" in said for name in FORMATS)
