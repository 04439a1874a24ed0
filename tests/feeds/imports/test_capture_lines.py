from __future__ import annotations

import gzip
import io
from pathlib import Path

import pytest

from feeds.imports.capture_lines import Captured, Line, Said, line_of, read_lines
from feeds.imports.importer import Job, Wanted
from feeds.imports.opening import Part
from feeds.imports.report import FileFault, Report, StopImportError


@pytest.mark.parametrize(
    ("text", "heard_ns", "said", "address", "rest"),
    [
        ('1723161253937085768 {"a":1}', 1_723_161_253_937_085_768, Said.MESSAGE, "", '{"a":1}'),
        ('1633998512.0633569: {"a":1}', 1_633_998_512_063_356_900, Said.MESSAGE, "", '{"a":1}'),
        ("wss://x/y <-> 1633998511.5", 1_633_998_511_500_000_000, Said.CONNECTED, "wss://x/y", ""),
        ("wss://x <- 1633998511: {}", 1_633_998_511 * 10**9, Said.OTHER, "wss://x", "{}"),
        (
            "https://x?a=b -> 1633998511.1: []",
            1_633_998_511_100_000_000,
            Said.ANSWER,
            "https://x?a=b",
            "[]",
        ),
        ("configuration: {}", 0, Said.OTHER, "", "configuration: {}"),
    ],
)
def test_a_line_says_who_said_what_when(
    text: str, heard_ns: int, said: Said, address: str, rest: str
) -> None:
    assert line_of("f", 7, text) == Line("f", 7, heard_ns, said, address, rest)


def read(content: bytes) -> list[object]:
    return list(read_lines(Part("f", io.BytesIO(content))))


def test_what_is_no_line_is_told_and_the_rest_goes_on() -> None:
    found = read(b"1633998512.5: {}\n\nhalf a li\n1633998513.5: {}\n")
    assert [
        one[0] if isinstance(one, tuple) and not isinstance(one, Line) else one.number
        for one in found
    ] == [1, 3, 4]  # type: ignore[union-attr]
    assert found[1] == (3, "half a li")


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"<!DOCTYPE html>\n", FileFault.WEB_PAGE),
        (b"time,price\n1,2\n", FileFault.NOT_THIS_FORMAT),
        (b"\0\0\0\0\n", FileFault.NOT_TEXT),
        (b"\xff\xfe1\n", FileFault.NOT_TEXT),
        (b"1" * ((32 << 20) + 5), FileFault.LINE_TOO_LONG),
    ],
)
def test_a_file_that_begins_with_something_else_stops_the_import(
    content: bytes, fault: FileFault
) -> None:
    with pytest.raises(StopImportError) as found:
        read(content)
    assert found.value.problem[:3] == ("f", 1, fault)


def test_files_are_merged_by_their_receive_time(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1633998512: 1\n1633998514: 3\n1633998513: back\nnothing\n")
    (tmp_path / "b.gz").write_bytes(gzip.compress(b"1633998513: 2\n1633998515: 4\n"))
    job = Job(Wanted(path=tmp_path), tmp_path, Report())
    captured = Captured(job, sorted(tmp_path.iterdir()))
    assert [line.text for line in captured.lines(tell=False)] == ["1", "2", "3", "4"]
    assert job.report.refused == 0
    list(captured.lines(tell=True))
    assert [one[:3] for one in job.report.problems] == [
        ("a", 3, "out_of_order"),
        ("a", 4, "no_line"),
    ]
