from __future__ import annotations

import io

import pytest

from feeds.imports.opening import Part
from feeds.imports.plain_lines import plain_lines
from feeds.imports.report import FileFault, StopImportError


def read(content: bytes) -> list[tuple[int, str]]:
    return list(plain_lines(Part("a file", io.BytesIO(content)), 20))


def test_lines_have_their_number_and_no_end() -> None:
    assert read(b"one\r\n\n  two \nthree") == [(1, "one"), (3, "two"), (4, "three")]
    assert read(b"") == []


@pytest.mark.parametrize(
    ("content", "line", "fault"),
    [
        (b"one\n" + b"x" * 21, 2, FileFault.LINE_TOO_LONG),
        (b"\0" * 1000, 1, FileFault.LINE_TOO_LONG),
        (b"one\nt\xc3\xb6\n", 2, FileFault.NOT_TEXT),
        (b"\0\0\n", 1, FileFault.NOT_TEXT),
        (b" <!DOCTYPE html>\n", 1, FileFault.WEB_PAGE),
    ],
)
def test_what_is_no_plain_text_stops_the_import(
    content: bytes, line: int, fault: FileFault
) -> None:
    with pytest.raises(StopImportError) as found:
        read(content)
    assert found.value.problem[:3] == ("a file", line, fault)
