"""One Markdown text: a table of everything that is refused, with the line it stands on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessons.checks import TEXT_BYTES_MAX, check_text
from lessons.model import Fault, LessonId
from lessons.render import NESTING_MAX

TOP = "# T\n\nWords.\n\n"  # four lines: what follows begins on line 5


def test_a_right_text_is_taken_apart() -> None:
    text = check_text(
        "f",
        "# A *good*\ttitle\n\nFirst\nparagraph with `code`.\n\n## Part\n\n"
        "See [that](/learn/other) and\n[this](/learn/more?x=1#y), not [help](/help#orders).\n\n"
        "::: term Bid\nA price.\n:::\n",
    ).text
    assert text is not None
    assert text.title == "A good\ttitle"
    assert text.summary == "First paragraph with code."
    assert text.headings == (1, 2)
    assert text.markdown.startswith("First\nparagraph")
    assert text.lesson_links == ((8, LessonId("other")), (9, LessonId("more")))


@pytest.mark.parametrize(
    ("below", "line", "fault"),
    [
        ("<b>x</b>", 5, Fault.RAW_HTML),
        ("a\nb <br> c", 6, Fault.RAW_HTML),
        ("<!-- x -->", 5, Fault.RAW_HTML),
        ("<div>\nx\n</div>", 5, Fault.RAW_HTML),
        ("a\n![x](/y.png)", 6, Fault.IMAGE),
        ("[x](javascript:alert)", 5, Fault.LINK_UNSAFE),
        ("[x](JaVaScRiPt&#58;alert)", 5, Fault.LINK_UNSAFE),
        ("[x](data:text/html,y)", 5, Fault.LINK_UNSAFE),
        ("[x](//evil.example/)", 5, Fault.LINK_UNSAFE),
        ("[x](ftp://a.example/)", 5, Fault.LINK_UNSAFE),
        ("[x](help)", 5, Fault.LINK_UNSAFE),
        ("[x](#part)", 5, Fault.LINK_UNSAFE),
        ("[x]()", 5, Fault.LINK_UNSAFE),
        ("a\n<vbscript:x>", 6, Fault.LINK_UNSAFE),
        ("a\n[x][y]\n\n[y]: javascript:z", 6, Fault.LINK_UNSAFE),
        ("|a|b|c|d|e|\n|-|-|-|-|-|", 5, Fault.TABLE_TOO_WIDE),
        ("# Again", 5, Fault.HEADING_LEVEL),
        ("Again\n===", 5, Fault.HEADING_LEVEL),
        ("### Too far", 5, Fault.HEADING_LEVEL),
        ("## A\n### B\n#### C", 7, Fault.HEADING_LEVEL),
        ("::: quiz\nx\n:::", 5, Fault.BLOCK_UNKNOWN),
        ("::: term\nx", 5, Fault.BLOCK_UNKNOWN),
        ("::: term A\nx\n", 5, Fault.BLOCK_UNCLOSED),
        ("> ::: term A\n> x", 5, Fault.BLOCK_UNCLOSED),
        ("a\n\n:::", 7, Fault.BLOCK_UNKNOWN),
        ("> " * (NESTING_MAX + 1) + "x", 5, Fault.TOO_DEEP),
        ("*" * 60 + "x" + "*" * 60, 5, Fault.TOO_DEEP),
        ("a\x07b", 5, Fault.CONTROL_CHARACTER),
        ("a\rb", 5, Fault.CONTROL_CHARACTER),
        ("a\n\u202eb", 6, Fault.CONTROL_CHARACTER),
        ("\ud800", 5, Fault.CONTROL_CHARACTER),
    ],
)
def test_what_is_refused(below: str, line: int, fault: Fault) -> None:
    checked = check_text("f", TOP + below)
    assert checked.text is None
    assert (line, fault) in [(one.line, one.fault) for one in checked.problems]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", Fault.TITLE_MISSING),
        ("Words.\n", Fault.TITLE_MISSING),
        ("#\n\nWords.\n", Fault.TITLE_MISSING),
        ("## Part\n\nWords.\n", Fault.TITLE_MISSING),
        ("Words.\n\n# Late\n", Fault.TITLE_MISSING),
        ("# Only a title\n", Fault.BODY_MISSING),
        ("# T\n\n- a list\n", Fault.BODY_MISSING),
        ("# T\n\n" + "x" * TEXT_BYTES_MAX, Fault.TOO_LONG),
        ("# T\n\n" + "多" * (TEXT_BYTES_MAX // 3), Fault.TOO_LONG),
    ],
)
def test_a_text_has_a_title_and_words_and_an_end(text: str, fault: Fault) -> None:
    assert fault in [one.fault for one in check_text("f", text).problems]


@pytest.mark.parametrize(
    "below",
    [
        "`<b>` and\n\n    <i>code</i>",
        "|a|b|c|d|\n|-|-|-:|-|\n|1|2|3|4|",
        "a < b and c > d & e",
        "::: term A\n\n- a\n- b\n\n:::",
        "> " * (NESTING_MAX - 2) + "x",
        "## A\n\n### B\n\n## C",
        "[x](https://a.example/b) <https://a.example/> [m](mailto:a@b.example) [h](/help)",
        "```\n::: quiz\n:::\n```",
    ],
)
def test_what_is_fine(below: str) -> None:
    assert check_text("f", TOP + below).problems == ()


def test_problems_come_in_the_order_of_their_lines() -> None:
    lines = [one.line for one in check_text("f", TOP + "<b>\n\n# x\n\n![](/a)\n").problems]
    assert lines == sorted(lines)
    assert len(lines) == 3


MARKS = st.text(alphabet="#*_`[]()<>!|:-~\\&; \n\tterm1.a/", max_size=200)


@given(st.text(max_size=200) | MARKS)
def test_no_text_breaks_the_checks(text: str) -> None:
    checked = check_text("f", text)
    assert (checked.text is None) == bool(checked.problems)
    assert all(0 <= one.line <= text.count("\n") + 1 for one in checked.problems)
    assert all("\n" not in one.detail for one in checked.problems)
