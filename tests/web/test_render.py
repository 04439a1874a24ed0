"""Rules of templates, scripts and styles that a review would forget."""

from __future__ import annotations

import gzip
import hashlib
import re
import tomllib
from pathlib import Path

import pytest

from web.render import TEMPLATES
from web.static_files import STATIC

HTML = sorted(TEMPLATES.glob("*.html"))
SCRIPTS = sorted((STATIC / "js").glob("*.js"))
OWN_VENDOR = Path(__file__).parent / "vendor"

FORBIDDEN = {
    "inline handler": r"\son\w+\s*=",
    "inline style": r"\sstyle\s*=|<style",
    "hx-on": r"hx-on",
    "script values": r"=[\"']js:",
    "trigger filter": r"hx-trigger=[\"'][^\"']*\[",
    "htmx 2 extension": r"hx-ext|ws-connect|sse-connect",
    "htmx 2 disabling": r"hx-disabled-elt|hx-disinherit|hx-params|hx-vars|hx-prompt",
    "htmx 2 event": r"htmx:[a-z]+[A-Z]",
    "out of band": r"hx-swap-oob",
    "autoescape off": r"\|\s*safe\b|autoescape false",
    "other host": r"(?:src|href|action)=[\"'](?:https?:)?//(?!www\.tradingview\.com/)",
    "javascript address": r"javascript:",
    "label around its control": r"<label>(?!\s*$)",
}
DATA_SCRIPT = re.compile(r'<script type="application/json"[^>]*>.*?</script>', re.DOTALL)
LOADED_SCRIPT = re.compile(r"<script[^>]*\ssrc=[^>]*></script>")
BLOCK = re.compile(r"{%-?\s*trans\b.*?{%-?\s*endtrans\s*-?%}|{#.*?#}|{{.*?}}|{%.*?%}", re.DOTALL)
# Words that are the same in every language, or names.
SAME_EVERYWHERE = {
    "中文",
    "English",
    "TradingView Lightweight Charts™ / Copyright (с) 2025 TradingView, Inc.",
    "https://www.tradingview.com/",
    "B",
    "S",
    "Esc",
    "1/4",
    "1/3",
    "1/2",
    "▲ +1.25%",
    "▼ -0.80%",
}


@pytest.mark.parametrize("path", HTML, ids=lambda path: path.name)
def test_no_forbidden_syntax(path: Path) -> None:
    text = path.read_text("utf-8")
    found = [name for name, pattern in FORBIDDEN.items() if re.search(pattern, text)]
    assert found == []
    rest = LOADED_SCRIPT.sub("", DATA_SCRIPT.sub("", text))
    assert "<script" not in rest


@pytest.mark.parametrize("path", HTML, ids=lambda path: path.name)
def test_every_text_is_translatable(path: Path) -> None:
    text = DATA_SCRIPT.sub("", path.read_text("utf-8"))
    text = BLOCK.sub("", re.sub(r"{% block body_class %}.*?{% endblock %}", "", text))
    labels = re.findall(
        r"(?:aria-label|alt|placeholder|title)=\"([^\"]*[A-Za-z\u4e00-\u9fff][^\"]*)\"", text
    )
    bare = [part.strip() for part in re.split(r"<[^>]*>", text)]
    letters = [
        part for part in bare + labels if re.search(r"[A-Za-z\u4e00-\u9fff]{2}|^[A-Z]$", part)
    ]
    assert [part for part in letters if part not in SAME_EVERYWHERE] == []


@pytest.mark.parametrize("path", HTML, ids=lambda path: path.name)
def test_attributes_are_inherited_only_where_it_is_said(path: Path) -> None:
    for tag in re.findall(r"<\w+[^>]*\shx-[^>]*>", path.read_text("utf-8")):
        asks = re.search(r"\shx-(?:get|post)=", tag)
        stray = re.search(r"\shx-(?:target|swap|headers|status:\w+)(?:=|\s)", tag)
        assert asks or not stray or tag.startswith("<hx-partial"), tag


def test_every_post_form_carries_the_token() -> None:
    for path in HTML:
        for form in re.findall(
            r"<form[^>]*method=\"post\".*?</form>", path.read_text("utf-8"), re.DOTALL
        ):
            assert "csrf_field()" in form, path.name


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_live_with_a_strict_policy(path: Path) -> None:
    text = path.read_text("utf-8")
    for banned in (
        "eval(",
        "new Function",
        "innerHTML",
        "document.write",
        ".style.",
        'setAttribute("style"',
    ):
        assert banned not in text
    assert not re.search(r"https?://(?!\w)", text.replace('"http://', ""))


def packed(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), 9, mtime=0))


def loaded(page: Path) -> set[Path]:
    """Every style and script that a browser fetches for a page, imports of modules included."""
    texts = [path.read_text("utf-8") for path in (TEMPLATES / "base.html", page)]
    names = [name for text in texts for name in re.findall(r"static_url\('([^']+)'\)", text)]
    waiting = [STATIC / name for name in names if name.endswith((".css", ".js"))]
    found: set[Path] = set()
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            imports = re.findall(r'^import .* from "(\./[^"]+)";', path.read_text("utf-8"), re.M)
            waiting.extend(path.parent / name for name in imports)
    return found


PAGES = [path for path in HTML if "{% extends" in path.read_text("utf-8")]


def test_sizes_know_what_a_page_loads() -> None:
    names = {path.name for path in loaded(TEMPLATES / "desk.html")}
    assert {"simtrade.css", "htmx.min.js", "boot.js", "site.js", "text.js"} <= names
    assert {"desk.js", "chart.js", "ticket.js", "auction.js", "clock.js"} <= names
    assert not {"landing.js", "settings.js", "learn.css"} & names
    everything = {path for page in PAGES for path in loaded(page)}
    assert set(SCRIPTS) <= everything


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_sizes_stay_in_their_budget(path: Path) -> None:
    size = sum(packed(file) for file in loaded(path))
    assert size <= (100 if path.name == "desk.html" else 25) * 1024


@pytest.mark.parametrize(
    "listing", [STATIC / "vendor.toml", OWN_VENDOR / "vendor.toml"], ids=["served", "tests"]
)
def test_vendored_files_are_as_published(listing: Path) -> None:
    folder = listing.parent / "vendor" if listing.parent == STATIC else listing.parent
    for one in tomllib.loads(listing.read_text("utf-8"))["package"]:
        file = folder / one["file"]
        assert hashlib.sha256(file.read_bytes()).hexdigest() == one["sha256"]
        assert (file.parent / "LICENSE").exists()
        assert one["integrity"].startswith("sha512-")
        assert one["version"] in one["file"]


def test_nothing_vendored_is_unlisted() -> None:
    listed = {
        one["file"] for one in tomllib.loads((STATIC / "vendor.toml").read_text("utf-8"))["package"]
    }
    found = {
        path.relative_to(STATIC / "vendor").as_posix() for path in (STATIC / "vendor").rglob("*.js")
    }
    assert found == listed
