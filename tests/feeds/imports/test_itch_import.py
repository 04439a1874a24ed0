"""``simtrade tape import itch``."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

import feeds.imports.itch_import
from feeds.order_feed import OrderFeed
from feeds.order_store import open_order_tape
from feeds.tape_store import verify_tape
from matching.market import StreetOrder, Trade
from tests.feeds.imports.itch_sample import ItchDay, message, stock
from tests.simtrade.commands.conftest import Shell

DAY = ItchDay()
MIDNIGHT = 1_548_824_400 * 10**9  # 2019-01-30 in New York


def written(folder: Path, data: bytes = DAY.data, name: str = "01302019.NASDAQ_ITCH50.gz") -> str:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return str(folder / name)


def test_every_chosen_share_becomes_a_tape(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds.imports.itch_import, "_CHUNK_BYTES", 1_000)
    file = written(tmp_path / "day")
    result = shell("tape", "import", "itch", file, "--symbol", "AAA,BBB", "--json").json
    assert [one["tape"][:13] for one in result["tapes"]] == ["aaa_20190130-", "bbb_20190130-"]
    root = shell.data / "tapes"
    for made, symbol in zip(result["tapes"], ("AAA", "BBB"), strict=True):
        assert verify_tape(root, made["tape"]) == []
        tape = open_order_tape(root, made["tape"])
        street = tape.street.copy()
        street[1] -= MIDNIGHT
        assert street[1:].T.tolist() == [[*row] for row in DAY.rows[symbol]]
        assert tape.instrument.instrument_id == f"XNAS:{symbol}"
        assert np.array_equal(street[0], np.arange(1, len(DAY.rows[symbol]) + 1))
        assert len(made["notes"]) == 2
    told = list(OrderFeed(tape).events(0, 1 << 62, lambda _: None))  # type: ignore[arg-type, return-value]
    assert sum(isinstance(one, (StreetOrder, Trade)) for one in told) > 50


def test_one_share_may_have_a_name_and_a_day(shell: Shell, tmp_path: Path) -> None:
    file = written(tmp_path / "day", name="plain.bin")
    options = ("--symbol", "BBB", "--session", "2019-01-31", "--name", "own", "--json")
    result = shell("tape", "import", "itch", file, *options).json
    assert result["tape"].startswith("own-")
    assert result["span"][0].startswith("2019-01-31T09:30:0")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ((), "Which shares?"),
        (("--symbol", "aaa"), "Which shares?"),
        (("--symbol", "A,B,C,D,E,F,G,H,I"), "At most 8 shares at once, not 9."),
        (("--symbol", "AAA"), "Which day is it?"),
        (("--symbol", "AAA", "--session", "2019-01-27"), "does not trade on 2019-01-27"),
    ],
)
def test_a_mistake_is_one_sentence(
    shell: Shell, tmp_path: Path, options: tuple[str, ...], sentence: str
) -> None:
    done = shell("tape", "import", "itch", written(tmp_path / "day", name="x.gz"), *options)
    assert (done.code, done.out) == (1, "")
    assert sentence in done.error


PARTS = len(DAY.parts)
CANCEL_OF_NOBODY = message("D", 1, DAY.at_ns + 2, 999_999)


@pytest.mark.parametrize(
    ("data", "symbol", "said"),
    [
        (DAY.data[:-5], "AAA", f"line {PARTS}: damaged_file: 9 bytes are left inside a message"),
        (DAY.data + CANCEL_OF_NOBODY, "AAA", f"line {PARTS + 1}: unknown_order: 00 13 44 00 01"),
        (b"<!DOCTYPE html><html>not found</html>", "AAA", "line 1: wrong_length: 3c 21 44"),
        (DAY.data, "CCC", "no_rows: nothing of CCC is in it"),
        (
            message("A", 9, 10, 1, b"B", 5, stock("CCC"), 100),
            "CCC",
            "no_rows: nobody trades in CCC",
        ),
    ],
)
def test_what_is_no_day_imports_nothing(
    shell: Shell, tmp_path: Path, data: bytes, symbol: str, said: str
) -> None:
    file = written(tmp_path / "day", data, "20190130.itch.gz")
    done = shell("tape", "import", "itch", file, "--symbol", symbol)
    assert done.code == 2
    assert said in done.error
    assert shell("tape", "list", "--json").json["tapes"] == []


def test_a_day_that_is_not_over_says_so(shell: Shell, tmp_path: Path) -> None:
    data = b"".join(DAY.parts[:-1])
    file = written(tmp_path / "day", data, "S013019-v50.txt.gz")
    result = shell("tape", "import", "itch", file, "--symbol", "AAA", "--json").json
    assert "may break off" in result["tapes"][0]["notes"][1]
    assert result["span"][0].startswith("2019-01-30")
