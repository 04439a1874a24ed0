"""Cells that a spreadsheet must not run, and the file around them."""

from __future__ import annotations

import csv
import io

import pytest

from web.csv_files import cell, csv_bytes


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠A1",
     '=HYPERLINK("http://x","y")', "-", "--1", "-1e9", "- 1"],
)  # fmt: skip
def test_what_could_be_a_formula_is_text(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("value", ["-12.50", "-3", "0", "12.50", "AAPL", "a=b", "", "苹果", -7])
def test_numbers_and_words_stay_as_they_are(value: object) -> None:
    assert cell(value) == str(value)


def test_a_file_reads_back() -> None:
    rows = [("a", "b"), ('x"y', "line\nbreak"), ("=1", "-1.00")]
    english, chinese = csv_bytes(iter(rows), "en"), csv_bytes(iter(rows), "zh")
    assert chinese == b"\xef\xbb\xbf" + english
    found = list(csv.reader(io.StringIO(english.decode(), newline="")))
    assert found == [["a", "b"], ['x"y', "line\nbreak"], ["'=1", "-1.00"]]
