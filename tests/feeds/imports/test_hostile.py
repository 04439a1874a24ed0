"""Files that want to harm: one sentence with file, line and reason, nothing imported, we live."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.simtrade.commands.conftest import Shell

HEAD = "date,open,high,low,close,volume\n"
GOOD = "2020-01-02,1,1,1,1,1\n"
CHINESE = "symbol,date,open,high,low,close,volume\n中国,2020-01-02,1,1,1,1,1\n"


def plain(data: bytes) -> Callable[[Path], None]:
    return lambda path: path.write_bytes(data) and None


def zeros(path: Path) -> None:
    """Ten gigabytes that take no room on the disk."""
    with path.open("wb") as file:
        file.truncate(10 << 30)


def packed_zeros(path: Path) -> None:
    """Two gigabytes of the digit zero in two megabytes."""
    piece = gzip.compress(b"0" * (8 << 20), 9)
    path.write_bytes(piece * 256)


def lines_without_end(path: Path) -> None:
    """A good beginning, then blank lines that pack a thousand to one."""
    blank = gzip.compress((b" " * 200 + b"\n") * 40_000, 9)
    path.write_bytes(gzip.compress((HEAD + GOOD).encode()) + blank * 64)


def cut_zip(path: Path) -> None:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", HEAD + GOOD * 5000)
    path.write_bytes(whole.getvalue()[:-40])


def link(path: Path) -> None:
    path.with_name("secret").write_text(HEAD + GOOD)
    path.symlink_to(path.with_name("secret"))


def one_line(path: Path) -> None:
    with path.open("wb") as file:
        file.write(HEAD.encode())
        for _ in range(64):
            file.write(b"x" * (1 << 20))


@pytest.mark.parametrize(
    ("name", "make", "sentence"),
    [
        ("a.csv", zeros, "a.csv, line 1: not_text: a zero byte"),
        ("a.csv.gz", packed_zeros, "a.csv.gz, line 1: line_too_long"),
        ("a.csv.gz", lines_without_end, "a.csv.gz: bomb: "),
        ("a.zip", cut_zip, "a.zip: damaged_file: "),
        ("a.csv", link, "a.csv: symlink: links are not followed"),
        ("a.csv", one_line, "a.csv, line 2: line_too_long: no line end"),
        ("a.csv", plain(b"<html><body>404</body></html>"), "a.csv, line 1: web_page: <html>"),
        ("a.csv", plain((HEAD + GOOD).encode() + b"\x00\n"), "a.csv, line 3: not_text"),
        ("a.csv", plain(CHINESE.encode() + CHINESE[39:].encode("gb18030")),
         "a.csv, line 3: mixed_encodings: UTF-8 in line 2 and GB 18030 elsewhere"),
        ("a.csv", plain((HEAD + "2020-01-02,1,1\n" * 9).encode()),
         "a.csv: no_rows: no line of it can be used"),
        ("a.csv", plain((HEAD + "2020-01-02,-1,1,1,1,1\n" * 9).encode()),
         "a.csv: no_rows: no line of it can be used"),
        ("a.csv", plain((HEAD + GOOD + GOOD * 9).encode()),
         "a.csv, line 8: too_many_refused: more than 5 lines are refused"),
        ("a.csv", plain(b""), "a.csv: empty_file"),
        ("a.csv", plain(b"\xff\xfe" + HEAD.encode("utf-16-le")), "a.csv: not_text: UTF-16"),
    ],
)  # fmt: skip
def test_one_sentence_and_nothing_else(
    shell: Shell, tmp_path: Path, name: str, make: Callable[[Path], None], sentence: str
) -> None:
    make(tmp_path / name)
    options = ("--json", "--symbol", "A", "--interval", "1d", "--most-refused")
    most = "5" if "too_many" in sentence else "100"
    done = shell("tape", "import", "csv", str(tmp_path / name), *options, most)
    told = json.loads(done.out)
    assert (done.code, told["tape"], told["rows"]) == (2, None, 0)
    assert told["stopped"].startswith(sentence)
    assert done.error.splitlines()[-1] == told["stopped"]
    assert list((shell.data / "tapes").iterdir()) == []
