from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.imports.opening import Part
from feeds.imports.report import StopImportError
from feeds.imports.text_blocks import MOST_LINE_BYTES, TextBlocks

CHINESE = "贵州茅台,平安银行\n"


def blocks(data: bytes, size: int = 50) -> tuple[list[tuple[bytes, int]], str]:
    made = TextBlocks(Part("t.csv", io.BytesIO(data)), size)
    found = [(block.data, block.first_line) for block in made]
    return found, made.encoding


def stopped(data: bytes, size: int = 50) -> str:
    with pytest.raises(StopImportError) as stop:
        blocks(data, size)
    return stop.value.problem.sentence


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text("ab中,", max_size=30), max_size=30), st.integers(1, 80), st.booleans())
def test_blocks_are_whole_lines_and_together_the_file(
    lines: list[str], size: int, ended: bool
) -> None:
    data = ("\n".join(lines) + ("\n" if ended else "")).encode()
    found, _ = blocks(data, size)
    assert b"".join(block for block, _ in found) == data
    line = 1
    for block, first in found:
        assert first == line
        line += block.count(b"\n")
    assert all(block.endswith(b"\n") for block, _ in found[:-1])


def test_the_encoding_is_found() -> None:
    assert blocks(b"a,b\n" * 30)[1] == ""
    assert blocks(b"a,b\n" * 30 + CHINESE.encode())[1] == "utf-8"
    assert blocks(b"\xef\xbb\xbf" + CHINESE.encode())[0] == [(CHINESE.encode(), 1)]
    assert blocks(CHINESE.encode("gb18030") * 20)[1] == "gb18030"


def test_two_encodings_in_one_file_are_refused_with_their_lines() -> None:
    utf, gb = CHINESE.encode(), CHINESE.encode("gb18030")
    filler = b"1,2,3\n" * 20
    for data in (utf + filler + gb, gb + filler + utf):
        said = stopped(data)
        assert said.startswith("t.csv, line 22: mixed_encodings: UTF-8 in line ")
    assert "mixed_encodings" in stopped(utf + gb, 10_000)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"a,b\n1,2\n\x00\x00", "t.csv, line 3: not_text: a zero byte"),
        (bytes(10_000), "t.csv, line 1: not_text: a zero byte"),
        ("a,b".encode("utf-16"), "t.csv: not_text: UTF-16"),
        (b"a,b\n" + b"\xff\xff\xff\n", "t.csv, line 2: not_text: neither UTF-8 nor GB 18030"),
        (b"<!DOCTYPE html>\n<html>", "t.csv, line 1: web_page: <!DOCTYPE html>"),
        (b"  <html><body>no</body></html>", "t.csv, line 1: web_page"),
        (b"a\n" + b"0" * (MOST_LINE_BYTES + 1), "t.csv, line 2: line_too_long"),
    ],
)
def test_what_is_no_text(data: bytes, sentence: str) -> None:
    assert stopped(data, 1 << 16).startswith(sentence)


def test_endless_input_ends_soon() -> None:
    class Endless(io.RawIOBase):
        read_bytes = 0

        def __init__(self, byte: bytes) -> None:
            self.byte = byte

        def read(self, size: int = -1) -> bytes:
            self.read_bytes += size
            return self.byte * size

    for byte in (b"\0", b"0", b"x"):
        stream = Endless(byte)
        with pytest.raises(StopImportError):
            list(TextBlocks(Part("t.csv", stream)))  # type: ignore[arg-type]
        assert stream.read_bytes < 8 << 20


def test_a_file_on_disk(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(CHINESE.encode("gb18030"))
    with (tmp_path / "a").open("rb") as file:
        made = TextBlocks(Part("a", file))
        assert [made.decoded(block.data) for block in made] == [CHINESE]
