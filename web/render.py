"""Templates become pages: one environment per language, and the words every page shares."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from web import formats, words
from web.citations import cited
from web.explain import explain, headline
from web.forms import new_key
from web.holdings import comes, happened, may_subscribe
from web.i18n import HTML_LANG, Language, translations
from web.order_words import STATES, can_change, can_move_stop, kind_words, terms_words
from web.preferences import preferences, user_of
from web.security.csrf import csrf_token
from web.static_files import static_url

TEMPLATES = Path(__file__).parent / "templates"
_PLAIN: tuple[Callable[..., object], ...] = (
    formats.money,
    formats.half_money,
    formats.price,
    formats.price_change,
    formats.average_price,
    formats.quantity,
    formats.percent,
    formats.permyriad,
    formats.grouped,
    formats.iso_utc,
    formats.direction,
    formats.arrow,
    can_change,
    can_move_stop,
    new_key,
)
_SPOKEN: tuple[Callable[..., object], ...] = (
    formats.compact,
    formats.moment,
    formats.moment_seconds,
    formats.day,
    explain,
    headline,
    words.realism,
    cited,
    happened,
    comes,
    may_subscribe,
    kind_words,
    terms_words,
)
_TABLES = {
    "cause": words.CAUSES,
    "waiting": words.WAITING,
    "fee_name": words.FEES,
    "profile_name": words.PROFILES,
    "state_name": STATES,
    "phase_name": words.PHASES,
    "tif_name": words.TIMES_IN_FORCE,
}


@cache
def environment(language: Language) -> Environment:
    """All templates in one language; unknown names are errors, everything is escaped."""
    env = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    env.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    env.policies["ext.i18n.trimmed"] = True
    env.globals.update({function.__name__: function for function in _PLAIN})
    spoken = {f.__name__: partial(_with_language, f, language) for f in _SPOKEN}
    named = {name: partial(_worded, table, language) for name, table in _TABLES.items()}
    env.globals.update({**spoken, **named, "static_url": static_url, "lang": language})
    return env


def _with_language(
    function: Callable[..., object], language: Language, *arguments: object
) -> object:
    return function(*arguments, language)


def _worded(table: Mapping[str, str], language: Language, code: object) -> str:
    return words.worded(table, str(code), language)


def is_fragment(request: Request) -> bool:
    """Whether htmx asks for a part of a page; its history restores ask for whole pages."""
    return request.headers.get("hx-request") == "true"


def render(request: Request, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """A page or fragment in the language of the request."""
    chosen = preferences(request)
    text = (
        environment(chosen.language)
        .get_template(template)
        .render(
            request=request,
            path=request.url.path,
            here=_here(request),
            user=user_of(request),
            csrf=_token(request),
            html_lang=HTML_LANG[chosen.language],
            theme=chosen.theme,
            updown=chosen.updown,
            **context,
        )
    )
    return HTMLResponse(
        text, status, headers={"Cache-Control": "no-store", "Vary": "Cookie, HX-Request"}
    )


def _token(request: Request) -> str:
    """The form token; a request refused before its session was looked up has none."""
    return csrf_token(request) if hasattr(request.state, "session_token") else ""


def _here(request: Request) -> str:
    query = request.url.query
    return request.url.path + (f"?{query}" if query else "")
