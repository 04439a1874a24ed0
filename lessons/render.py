"""Markdown becomes HTML that a page may show: parsed without HTML, then cleaned by an allow-list.

Two layers on purpose: a mistake in one of them alone lets nothing dangerous through.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.token import Token
from mdit_py_plugins.container import container_plugin

from lessons.model import SafeHtml
from lessons.quiz import QUIZ, QuizBlock, head_of, parts

NESTING_MAX = 20
TERM = "term"
TERM_BLOCK = "container_term_open"
_TERM_NAME = re.compile(r"term[ \t]+(\S[^\n]{0,59})")
_REMEMBERED = 256

# A path on this site, or an address with one of three schemes; nothing that a browser could read
# as another host or another scheme.
_LINK = re.compile(r"/(?![/\\])[^\s\\]*|https?://[^\s/\\][^\s\\]*|mailto:[^\s/\\]+", re.IGNORECASE)

TAGS = {
    *("h2", "h3", "p", "br", "hr", "strong", "em", "code", "pre", "blockquote", "a"),
    *("ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td"),
    *("details", "summary", "dfn"),
}
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
CLASSES = {"th": {"num"}, "td": {"num"}}
SCHEMES = {"http", "https", "mailto"}


def link_allowed(address: str) -> bool:
    """Whether a lesson may link there: this site by path, http, https, mailto."""
    printable = address.isprintable() and len(address) <= 2000
    return printable and _LINK.fullmatch(address) is not None


def term_of(info: str) -> str:
    """The term of ``::: term NAME``, empty for any other block."""
    found = _TERM_NAME.fullmatch(info.strip())
    return found[1] if found else ""


class Markdown(MarkdownIt):
    """CommonMark with tables and term blocks.

    ``checking`` sees what readers never get, so that it can be reported: HTML as HTML, links to
    anywhere, one level more of nesting.
    """

    def __init__(self, *, checking: bool) -> None:
        self.checking = checking
        limit = NESTING_MAX + 1 if checking else NESTING_MAX
        super().__init__("commonmark", {"html": checking, "maxNesting": limit})
        self.enable("table")
        self.use(
            container_plugin,
            TERM,
            validate=lambda info, _markup: bool(term_of(info)),
            render=_render_term,
        )
        self.use(container_plugin, QUIZ, validate=lambda info, _markup: head_of(info) is not None)

    def validateLink(self, url: str) -> bool:  # noqa: N802  the parser's own name
        return self.checking or link_allowed(url)


def _render_term(
    _renderer: object, tokens: Sequence[Token], index: int, _options: object, _env: object
) -> str:
    token = tokens[index]
    if token.nesting < 0:
        return "</details>\n"
    return f"<details><summary><dfn>{escapeHtml(term_of(token.info))}</dfn></summary>\n"


@cache
def _reader() -> Markdown:
    return Markdown(checking=False)


@dataclass(frozen=True, slots=True)
class QuizHtml:
    """What a page shows of a quiz.  Nothing here says which choice is right."""

    name: str
    several: bool
    question: SafeHtml
    choices: tuple[SafeHtml, ...]
    reasons: tuple[SafeHtml, ...]


@lru_cache(maxsize=_REMEMBERED)
def render(markdown: str) -> tuple[SafeHtml | QuizHtml, ...]:
    """The parts of a text of at most 32 KB in their order; the same text is rendered once."""
    reader = _reader()
    env: dict[str, Any] = {}
    tokens = reader.parse(markdown, env)
    for token in tokens:
        if token.type in ("th_open", "td_open"):
            _align(token)

    def html(some: Sequence[Token]) -> SafeHtml:
        return sanitise(reader.renderer.render(some, reader.options, env))

    return tuple(
        _quiz(part, html) if isinstance(part, QuizBlock) else html(part) for part in parts(tokens)
    )


def _quiz(block: QuizBlock, html: Callable[[Sequence[Token]], SafeHtml]) -> QuizHtml:
    return QuizHtml(
        block.name,
        block.several,
        html(block.question),
        tuple(html(one.label) for one in block.choices),
        tuple(html(one.reason) for one in block.choices),
    )


def _align(token: Token) -> None:
    """Inline styles are not allowed on pages: a right-aligned column becomes one of numbers."""
    style = token.attrs.pop("style", "")
    if style == "text-align:right":
        token.attrSet("class", "num")


def sanitise(html: str) -> SafeHtml:
    """What is left of any HTML after the allow-list; cleaning it again changes nothing."""
    cleaned = nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=_keep_attribute,
        allowed_classes=CLASSES,
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer",
    )
    return SafeHtml(cleaned)


def _keep_attribute(_tag: str, name: str, value: str) -> str | None:
    return None if name == "href" and not link_allowed(value) else value
