"""Pages of text: help, about, licences, risk, privacy; and every error page."""

from __future__ import annotations

import importlib.metadata
import re
import tomllib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from web import explain
from web.i18n import translate
from web.language import language_of
from web.order_styles import FIRST, STYLES
from web.problems import Fault
from web.render import is_fragment, render
from web.static_files import STATIC
from web.words import TIMES_IN_FORCE

_FIRST_CALL = """curl "$APCA_API_BASE_URL/v2/account" \\
  -H "APCA-API-KEY-ID: $APCA_API_KEY_ID" \\
  -H "APCA-API-SECRET-KEY: $APCA_API_SECRET_KEY\""""


def text_page(template: str) -> Callable[[Request], Awaitable[Response]]:
    """A handler that only shows a template."""

    async def handler(request: Request) -> Response:
        return render(request, template)

    return handler


async def help_page(request: Request) -> Response:
    """``GET /help``."""
    spoken = language_of(request.scope)
    rules = [
        (translate(explain.RULE_NAMES[name], spoken), translate(explain.RULES[name], spoken))
        for name in explain.RULES
    ]
    times = [translate(text, spoken) for text in TIMES_IN_FORCE.values()]
    more_styles = [style for code, style in STYLES.items() if code not in FIRST]
    return render(
        request,
        "help.html",
        rules=rules,
        times=times,
        more_styles=more_styles,
        first_call=_FIRST_CALL,
    )


@dataclass(frozen=True, slots=True)
class Licensed:
    """Something we build on, with its licence text where we ship the thing itself."""

    name: str
    version: str
    licence: str
    text: str = ""


@cache
def vendored() -> tuple[Licensed, ...]:
    """Everything browsers get from us that others wrote."""
    listed = tomllib.loads((STATIC / "vendor.toml").read_text("utf-8"))
    found = []
    for one in listed["package"]:
        folder = (STATIC / "vendor" / one["file"]).parent
        texts = [
            path.read_text("utf-8") for path in sorted(folder.iterdir()) if path.suffix != ".js"
        ]
        found.append(
            Licensed(one["name"], one["version"], one["licence"], "\n\n".join(reversed(texts)))
        )
    return tuple(found)


def _licence(meta: importlib.metadata.PackageMetadata) -> str:
    if "License-Expression" in meta:
        return meta["License-Expression"]
    classifiers = meta.get_all("Classifier") or []
    named = [one.rsplit(" :: ", 1)[-1] for one in classifiers if one.startswith("License")]
    first_line = meta["License"].strip().split("\n")[0] if "License" in meta else ""
    return ", ".join(named) or first_line[:80] or "–"


@cache
def dependencies() -> tuple[Licensed, ...]:
    """The Python packages this site runs on, found by following what each one requires."""
    waiting, seen = ["simtrade"], {}
    while waiting:
        name = waiting.pop()
        key = re.sub(r"[-_.]+", "-", name).lower()
        if key in seen:
            continue
        try:
            found = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # only needed on another system
        seen[key] = Licensed(found.metadata["Name"], found.version, _licence(found.metadata))
        waiting.extend(
            re.split(r"[^A-Za-z0-9._-]", needed, maxsplit=1)[0]
            for needed in found.requires or ()
            if "extra ==" not in needed
        )
    seen.pop("simtrade", None)
    return tuple(sorted(seen.values(), key=lambda one: one.name.lower()))


async def licences(request: Request) -> Response:
    """``GET /about/licences``."""
    return render(request, "licences.html", vendored=vendored(), dependencies=dependencies())


def error_page(request: Request, fault: Fault, error_id: str) -> Response:
    """What people see instead of any error, in their language."""
    text = translate(fault.sentence, language_of(request.scope))
    if is_fragment(request):
        response = render(request, "_note.html", status=fault.status, text=text)
        response.headers["HX-Retarget"] = "#toast"
        response.headers["HX-Reswap"] = "innerHTML"
        return response
    sign_in = fault.status == HTTPStatus.UNAUTHORIZED
    return render(
        request,
        "error.html",
        status=fault.status,
        text=text,
        error_id=error_id,
        number=fault.status,
        sign_in=sign_in,
    )
