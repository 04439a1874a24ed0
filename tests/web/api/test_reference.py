"""The reference as a page: everything of the document, without scripts, in both languages."""

from __future__ import annotations

import re
from html import unescape

import pytest

from tests.web.serving import Site
from web.api.reference import Kind, kind_of, whole


def test_the_page_shows_every_address_and_every_object(site: Site) -> None:
    with site.client() as browser:
        answer = browser.get("/api/docs")
    assert answer.headers["content-type"].startswith("text/html")
    page = unescape(answer.text)
    for path, methods in whole()["paths"].items():
        for method, one in methods.items():
            assert f"{method.upper()} {path}</code>" in page
            assert one["summary"] in page
    ids = set(re.findall(r'id="([^"]+)"', page))
    assert {f"schema-{name}" for name in whole()["components"]["schemas"]} <= ids
    assert set(re.findall(r'href="#([^"]+)"', page)) - {"main"} <= ids
    assert "not affiliated" in page


def test_the_page_needs_no_scripts_of_its_own(site: Site) -> None:
    with site.client() as browser:
        page, about = browser.get("/api/docs"), browser.get("/about")
    scripts = re.compile(r"<script[^>]*>")
    assert scripts.findall(page.text) == scripts.findall(about.text)
    assert " style=" not in page.text
    assert "unsafe" not in page.headers["content-security-policy"]


def test_the_frame_speaks_the_readers_language(site: Site) -> None:
    with site.client() as browser:
        page = browser.get("/api/docs", headers={"accept-language": "zh"}).text
    for words in ("API 接口参考", "参数", "请求体", "响应"):
        assert words in page, words
    for path in ("/help", "/about", "/about/licences"):
        with site.client() as browser:
            assert 'href="/api/docs"' in browser.get(path).text


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"$ref": "#/components/schemas/Order"}, Kind("Order", "Order")),
        ({"type": "integer", "minimum": 0, "maximum": 5}, Kind("integer 0..5")),
        ({"type": "integer", "minimum": 1}, Kind("integer 1..")),
        ({"type": "string", "format": "date"}, Kind("date")),
        ({"enum": ["a", "b"]}, Kind("a | b")),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, Kind("string | null")),
        ({"type": "array", "items": {"$ref": "#/components/schemas/Fee"}}, Kind("[Fee]", "Fee")),
        (
            {"type": "array", "prefixItems": [{"type": "integer"}] * 2, "items": False},
            Kind("[integer, integer]"),
        ),
        ({}, Kind("any")),
    ],
)
def test_schemas_in_words(schema: dict[str, object], kind: Kind) -> None:
    assert kind_of(schema) == kind
