"""The OpenAPI 3.1 document, made of the table of addresses and the Structs of their JSON."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from starlette.routing import BaseRoute, Route

from web.api.bodies import IDEMPOTENCY_KEY
from web.api.broker_words import WORDS, Words
from web.api.endpoints import CSV_TYPE, JSON_TYPE, Endpoint
from web.api.refused import REPLAYED
from web.pages.export import EXPORTS
from web.problems import PROBLEM_TYPE, Problem

Json = dict[str, Any]
_REF = "#/components/schemas/{name}"
_ID: Json = {"type": "integer", "minimum": 0, "maximum": 2**53}
_TEXT: Json = {"type": "string", "minLength": 1, "maxLength": 64}
_PATH: Mapping[str, Json] = {
    "account": _ID,
    "plan": _ID,
    "order": {**_TEXT, "description": "Its number, or its UUID in the broker-compatible API."},
    "file": {"enum": [f"{kind}.csv" for kind in EXPORTS]},
}
_ALWAYS = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.INTERNAL_SERVER_ERROR,
)
_PARAMETER = re.compile(r"{(\w+)(?::\w+)?}")
_BROKER_ERROR = "BrokerError"
_ABOUT = (
    "Addresses under /api/ are this site's own; those under /v2 and beside it are compatible with "
    "Alpaca's Trading API v2, of whose makers this site is independent.  A program sends a key in "
    "two headers or as `Authorization: Bearer ID:SECRET`; a browser that is signed in may use "
    "/api/ too, and sends X-CSRF-Token with every POST.  Requests to the desk need an "
    "Idempotency-Key: sent again with the same body they get the first reply again, with another "
    "body they are refused.  Lists come in pages: give `next` as `after`.  Errors are RFC 9457 "
    "problem documents, at the broker-compatible addresses a code and a message."
)


def document(endpoints: Iterable[Endpoint], broker: Iterable[BaseRoute], version: str) -> Json:
    """The whole document, as plain values."""
    own = list(endpoints)
    shapes = [one for each in own for one in (each.query, each.body, each.reply) if one]
    _, schemas = msgspec.json.schema_components(
        [*dict.fromkeys(shapes), Problem], ref_template=_REF
    )
    named = {one.query.__name__ for one in own if one.query}
    queries = {name: schemas.pop(name) for name in named}
    paths: dict[str, Json] = {}
    for one in own:
        query = queries[one.query.__name__] if one.query else {}
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one, query)
    for route in broker:
        if isinstance(route, Route):
            for method in sorted((route.methods or set()) - {"HEAD", "OPTIONS"}):
                path = _PARAMETER.sub(r"{\1}", route.path)
                paths.setdefault(path, {})[method.lower()] = _broker_operation(route, method)
    schemas[_BROKER_ERROR] = {
        "title": _BROKER_ERROR,
        "description": "A code, a short message, and what else belongs to it.",
        "type": "object",
        "properties": {"code": {"type": "integer"}, "message": {"type": "string"}},
        "required": ["code", "message"],
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Simtrade",
            "version": version,
            "summary": "A simulated market that explains every fill",
            "description": _ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"keyId": [], "keySecret": []}, {"bearer": []}, {"session": []}, {}],
        "tags": [{"name": name} for name in _tags(own, paths)],
        "paths": paths,
        "components": {"schemas": dict(sorted(schemas.items())), "securitySchemes": _SECURITY},
    }


_SECURITY: Json = {
    "keyId": {"type": "apiKey", "in": "header", "name": "APCA-API-KEY-ID"},
    "keySecret": {"type": "apiKey", "in": "header", "name": "APCA-API-SECRET-KEY"},
    "bearer": {"type": "http", "scheme": "bearer"},
    "session": {"type": "apiKey", "in": "cookie", "name": "simtrade"},
}


def _tags(own: list[Endpoint], paths: Mapping[str, Json]) -> list[str]:
    names = [one.tag for one in own]
    names += [each["tags"][0] for methods in paths.values() for each in methods.values()]
    return list(dict.fromkeys(names))


# Own addresses


def _operation(one: Endpoint, query: Json) -> Json:
    name = one.handler.__name__
    value: Json = {
        "operationId": name,
        "tags": [one.tag],
        "summary": one.summary,
        "description": (one.handler.__doc__ or "").strip(),
        "parameters": [*_path_parameters(one.path), *_query_parameters(query)],
        "responses": _responses(one),
    }
    if one.keyed:
        value["parameters"].append(_IDEMPOTENCY)
    if one.body is not None:
        content = {JSON_TYPE: {"schema": {"$ref": _REF.format(name=one.body.__name__)}}}
        value["requestBody"] = {"required": True, "content": content}
    return value


_IDEMPOTENCY: Json = {
    "name": IDEMPOTENCY_KEY,
    "in": "header",
    "required": True,
    "description": "A name of the asker's choice for this request, new for each new wish.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[!-~]+$"},
}


def _path_parameters(path: str) -> list[Json]:
    return [
        {"name": name, "in": "path", "required": True, "schema": _PATH.get(name, _TEXT)}
        for name in _PARAMETER.findall(path)
    ]


def _query_parameters(query: Mapping[str, Any]) -> list[Json]:
    required = query.get("required", ())
    return [
        {"name": name, "in": "query", "required": name in required, "schema": schema}
        for name, schema in query.get("properties", {}).items()
    ]


def _responses(one: Endpoint) -> Json:
    success: Json = {"description": one.summary, "content": {one.media: {"schema": _reply(one)}}}
    if one.keyed:
        about = "true where this request had been carried out before."
        success["headers"] = {REPLAYED: {"description": about, "schema": {"type": "string"}}}
    found: Json = {str(one.status.value): success}
    if one.method == "GET" and one.reply is not None:
        found["304"] = {"description": "The asker already has exactly this (If-None-Match)."}
    statuses = {*_ALWAYS, *one.refusals}
    if "{" in one.path:
        statuses.add(HTTPStatus.NOT_FOUND)
    if one.body is not None:
        statuses.add(HTTPStatus.UNPROCESSABLE_ENTITY)
    if one.keyed:
        statuses.add(HTTPStatus.SERVICE_UNAVAILABLE)
    problem = {PROBLEM_TYPE: {"schema": {"$ref": _REF.format(name=Problem.__name__)}}}
    for status in sorted(statuses):
        found[str(status.value)] = {"description": status.phrase, "content": problem}
    return found


def _reply(one: Endpoint) -> Json:
    if one.reply is None:
        assert one.media == CSV_TYPE
        return {"type": "string"}
    return {"$ref": _REF.format(name=one.reply.__name__)}


# The broker-compatible API


def _broker_operation(route: Route, method: str) -> Json:
    words = WORDS.get((method, route.path), Words(_first_sentence(route)))
    # A charting client reads its errors itself; the key's are problem documents there.
    error = (
        {"description": "Why not."}
        if route.path.startswith("/api/")
        else {
            "description": "Why not.",
            "content": {JSON_TYPE: {"schema": {"$ref": _REF.format(name=_BROKER_ERROR)}}},
        }
    )
    value: Json = {
        "operationId": f"broker_{method.lower()}_{re.sub('[^a-z0-9]+', '_', route.path.lower())}",
        "tags": [_group(route.path)],
        "summary": words.summary,
        "parameters": [*_path_parameters(route.path), *_query_parameters(words.query)],
        "responses": {
            "2XX": {"description": words.summary},
            "default": error,
        },
    }
    if words.body:
        content = {JSON_TYPE: {"schema": words.body}}
        value["requestBody"] = {"required": True, "content": content}
    return value


def _group(path: str) -> str:
    if path.startswith("/api/"):
        return "Charting (UDF)"
    parts = path.split("/")
    data = parts[1] in ("v1", "v1beta1", "v1beta3") or parts[2] == "stocks"
    return "Market data (broker-compatible)" if data else "Trading (broker-compatible)"


def _first_sentence(route: Route) -> str:
    """What the handler says of itself, without the address in front."""
    text = " ".join((route.endpoint.__doc__ or route.name).split())
    text = re.sub(r"^``[^`]*``[:.]?\s*", "", text) or route.name
    return text.partition(". ")[0].rstrip(".")
