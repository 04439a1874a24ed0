"""The house rules, applied to the tree; and each rule applied to a text that breaks it."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterable, Iterator

import pytest

from matching.reasons import Reason
from simtrade.people.api_keys import KeyReason
from simtrade.people.model import PersonReason
from simtrade.settings import Settings
from tests import tidy
from tests.tidy import ROOT, Check, Module, within
from web.i18n import translate
from web.key_words import KEY_REASONS
from web.sentences import PEOPLE, REASONS

RECORDED = tomllib.loads((ROOT / "tests" / "tidy.toml").read_text(encoding="utf-8"))
TREES = {path: tidy.parse(path) for path in tidy.sources(*tidy.PACKAGES)}
# A revision is a list of tables, written once and never changed.
REVISIONS = "simtrade/store/migrations/"
ENTRIES = ("simtrade/cli.py", "simtrade/__main__.py", REVISIONS)
# A benchmark measures: it may read a timer wherever it needs to.
CLOCK_FILES = ("simtrade/clock.py", "simtrade/bench/")
SOCKET_FILES = ("web/server.py", "web/live/protocol.py", "feeds/live/connection.py")
MONEY = ("matching/", "simtrade/desk/", "simtrade/portfolio/")


def expect_none(complaints: Iterable[str]) -> None:
    found = list(complaints)
    assert not found, "\n" + "\n".join(found)


def expect_clean(check: Check, only: tuple[str, ...] = (), but: tuple[str, ...] = ()) -> None:
    """The check finds nothing in these files of the tree."""
    paths = [one for one in TREES if (not only or within(one, *only)) and not within(one, *but)]
    expect_none(complaint for path in paths for complaint in check(path, TREES[path]))


def test_the_exchange_is_pure() -> None:
    expect_clean(tidy.impure, only=("matching/",))


def test_money_is_never_a_float() -> None:
    expect_clean(tidy.floats, only=MONEY)


def test_only_the_command_line_prints() -> None:
    expect_clean(tidy.prints, but=("simtrade/commands/",))


def test_one_file_reads_the_clock() -> None:
    expect_clean(tidy.clocks, but=CLOCK_FILES)


def test_only_the_store_speaks_sql() -> None:
    expect_clean(tidy.sql, but=("simtrade/store/",))


def test_sockets_are_opened_in_the_named_files() -> None:
    expect_clean(tidy.sockets, but=SOCKET_FILES)


def test_a_function_fits_on_a_screen_and_a_file_in_a_head() -> None:
    functions: dict[str, int] = {}
    files: dict[str, int] = {}
    for path in tidy.sources(*tidy.PACKAGES, "tests"):
        text = (ROOT / path).read_text(encoding="utf-8")
        files[path] = len(text.splitlines())
        if not within(path, REVISIONS):
            functions |= tidy.function_sizes(path, ast.parse(text))
    expect_none(tidy.ratchet(functions, tidy.FUNCTION_LINES, RECORDED["functions"]))
    expect_none(tidy.ratchet(files, tidy.FILE_LINES, RECORDED["files"]))


def test_nothing_is_left_unfinished() -> None:
    expect_none(
        complaint
        for path in tidy.sources(*tidy.PACKAGES, "tests")
        for complaint in tidy.unfinished(path, (ROOT / path).read_text(encoding="utf-8"))
    )


def test_every_module_is_used() -> None:
    expect_none(tidy.dead_modules(TREES, ENTRIES))


def test_every_file_with_behaviour_has_its_test() -> None:
    behaving = {path: tree for path, tree in TREES.items() if not within(path, REVISIONS)}
    expect_none(tidy.untested(behaving, RECORDED["tested_by"]))


def test_every_setting_is_used() -> None:
    used = {
        node.attr
        for path, tree in TREES.items()
        if path != "simtrade/settings.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and tidy.dotted(node.value).endswith("settings")
    }
    expect_none(sorted(Settings.__dataclass_fields__.keys() - used))


def test_every_refusal_has_a_sentence_in_both_languages() -> None:
    expect_none(sorted(REASONS.keys() ^ {reason.code for reason in Reason}))
    expect_none(sorted(PEOPLE.keys() ^ {reason.code for reason in PersonReason}))
    expect_none(sorted(KEY_REASONS.keys() ^ {reason.code for reason in KeyReason}))
    sentences = [*REASONS.values(), *PEOPLE.values(), *KEY_REASONS.values()]
    expect_none(one for one in sentences if translate(one, "zh") == one)


def test_every_dependency_has_its_reason() -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    explained = re.findall(r"^\| `([a-z0-9-]+)` \| \S.*\|$", page, re.MULTILINE)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [project["dependencies"], *project["optional-dependencies"].values()]
    direct = [re.split(r"[^A-Za-z0-9-]", one)[0] for group in wanted for one in group]
    assert sorted(explained) == sorted(direct)


def _sizes(path: str, tree: Module) -> Iterator[str]:
    return tidy.ratchet(tidy.function_sizes(path, tree), 2, {})


@pytest.mark.parametrize(
    ("check", "text"),
    [
        (tidy.impure, "import random"),
        (tidy.impure, "from os import path"),
        (tidy.impure, "def f():\n    import asyncio"),
        (tidy.impure, "datetime.now()"),
        (tidy.impure, "hash('x')"),
        (tidy.impure, "x = 0.5"),
        (tidy.impure, "for x in {1, 2}: pass"),
        (tidy.impure, "[x for x in set(y)]"),
        (tidy.floats, "float('1')"),
        (tidy.floats, "a = b / c"),
        (tidy.floats, "a /= b"),
        (tidy.prints, "print(1)"),
        (tidy.clocks, "import time\nclock = time.monotonic"),
        (tidy.clocks, "import datetime\ndatetime.datetime.now()"),
        (tidy.clocks, "from time import time_ns"),
        (tidy.sql, "def f():\n    from sqlalchemy import select"),
        (tidy.sql, "import sqlite3"),
        (tidy.sockets, "import websockets.asyncio.client"),
        (tidy.sockets, "from http import client"),
        (_sizes, "class A:\n    def f(self):\n        a = 1\n        return a"),
    ],
)
def test_each_rule_sees_what_breaks_it(check: Check, text: str) -> None:
    assert list(check("matching/x.py", ast.parse(text))) != []


def test_a_recorded_size_may_only_shrink() -> None:
    assert list(tidy.ratchet({"a": 70}, 60, {"a": 70})) == []
    assert "may only shrink" in next(tidy.ratchet({"a": 71}, 60, {"a": 70}))
    assert "lower the number" in next(tidy.ratchet({"a": 69}, 60, {"a": 70}))
    assert "remove it" in next(tidy.ratchet({}, 60, {"a": 70}))


def test_unfinished_dead_and_untested_files_are_seen() -> None:
    tree = ast.parse("def f():\n" + "    a = 1\n" * 9)
    assert list(tidy.unfinished("x.py", "# todo".upper())) != []
    assert list(tidy.dead_modules({"web/x.py": tree, "web/y.py": ast.parse("")}, ())) != []
    assert list(tidy.dead_modules({"web/x.py": ast.parse("import web.x")}, ())) == []
    assert list(tidy.untested({"web/nowhere.py": tree}, {})) != []
    assert list(tidy.untested({"simtrade/settings.py": tree}, {"simtrade/settings.py": "x"})) != []
    assert list(tidy.untested({}, {"web/gone.py": "tests/x.py"})) != []
