"""The document names every address that answers with data, and no other."""

from __future__ import annotations

import json
import re

from starlette.routing import Route

from tests.web.serving import Site
from web.api.broker_words import WORDS
from web.api.reference import whole
from web.api.routes import ROUTES
from web.api.table import ENDPOINTS
from web.api.udf import ROUTES as UDF
from web.broker.routes import ROUTES as BROKER

# What describes the others.
ABOUT_ITSELF = {("get", "/api/openapi.json"), ("get", "/api/docs")}


def of_routes(routes: list[object]) -> set[tuple[str, str]]:
    return {
        (method.lower(), re.sub(r"{(\w+):\w+}", r"{\1}", route.path))
        for route in routes
        if isinstance(route, Route)
        for method in (route.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_every_address_is_in_the_document_and_the_reverse(site: Site) -> None:
    served = [
        one
        for one in site.app.routes
        if isinstance(one, Route) and (one in BROKER or one.path.startswith("/api/"))
    ]
    told = {(method, path) for path, each in whole()["paths"].items() for method in each}
    assert of_routes([*served]) - told == ABOUT_ITSELF
    assert told - of_routes([*served]) == set()
    assert of_routes([*ROUTES]) - ABOUT_ITSELF == {
        (one.method.lower(), one.path) for one in ENDPOINTS
    }


def test_nothing_is_described_that_is_not_served() -> None:
    routed = of_routes([*BROKER, *UDF])
    described = {(method.lower(), path) for method, path in WORDS}
    # One function describes the same data of shares and coins; not all of it exists for both.
    assert {one for one in described - routed if "orderbooks" not in one[1]} == set()
    assert routed - described == set()


def test_every_reference_leads_somewhere_and_every_object_is_used() -> None:
    text = json.dumps(whole())
    named = set(re.findall(r'"#/components/schemas/(\w+)"', text))
    assert named == whole()["components"]["schemas"].keys()


def test_every_operation_says_what_it_is() -> None:
    names = []
    for path, methods in whole()["paths"].items():
        for method, one in methods.items():
            names.append(one["operationId"])
            assert one["summary"], (method, path)
            inside = {each["name"] for each in one["parameters"] if each["in"] == "path"}
            assert inside == set(re.findall(r"{(\w+)}", path))
            assert all(each["required"] for each in one["parameters"] if each["in"] == "path")
    assert len(names) == len(set(names))


def test_what_asks_the_desk_needs_a_name_for_its_repetition() -> None:
    posts = [one for one in ENDPOINTS if one.method == "POST"]
    # A trial and an answer to a quiz never reach the desk.
    free = {"trial", "answer_quiz"}
    assert {one.handler.__name__ for one in posts if not one.keyed} == free
    for one in posts:
        headers = [each["name"] for each in whole()["paths"][one.path]["post"]["parameters"]]
        assert ("idempotency-key" in headers) == one.keyed


def test_the_file_is_served(site: Site) -> None:
    with site.client() as browser:
        answer = browser.get("/api/openapi.json")
        assert answer.json() == json.loads(json.dumps(whole()))
        again = browser.get("/api/openapi.json", headers={"if-none-match": answer.headers["etag"]})
        assert again.status_code == 304
