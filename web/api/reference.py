"""``/api/openapi.json`` and ``/api/docs``: the document, and the same as a page to read."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from web.api.openapi import Json, document
from web.api.replies import json_reply
from web.api.table import ENDPOINTS
from web.api.udf import ROUTES as UDF
from web.broker.routes import ROUTES as BROKER
from web.render import render

_PREFIX = "#/components/schemas/"


class Kind(NamedTuple):
    """What a value is, in words, and the name of the schema that says more."""

    text: str
    schema: str = ""


class Member(NamedTuple):
    """A parameter or a member of an object.  ``place``: path, query or header; empty in objects."""

    name: str
    place: str
    kind: Kind
    required: bool
    about: str


class Operation(NamedTuple):
    method: str
    path: str
    summary: str
    about: str
    members: list[Member]
    body: Kind | None
    answers: list[tuple[str, str, Kind | None]]


class Shape(NamedTuple):
    name: str
    about: str
    members: list[Member]
    values: list[str]


@cache
def whole() -> Json:
    """The document of this version."""
    return document(ENDPOINTS, [*BROKER, *UDF], importlib.metadata.version("simtrade"))


async def document_file(request: Request) -> Response:
    """``GET /api/openapi.json``."""
    return json_reply(request, whole())


async def docs_page(request: Request) -> Response:
    """``GET /api/docs``: every address and every object, without scripts."""
    found = whole()
    groups = {one["name"]: list(_operations(found, one["name"])) for one in found["tags"]}
    shapes = [_shape(name, one) for name, one in found["components"]["schemas"].items()]
    about = found["info"]["description"]
    return render(request, "api_docs.html", groups=groups, shapes=shapes, about=about)


def _operations(found: Json, tag: str) -> Iterator[Operation]:
    for path, methods in found["paths"].items():
        for method, one in methods.items():
            if tag in one["tags"]:
                yield _operation(method.upper(), path, one)


def _operation(method: str, path: str, one: Json) -> Operation:
    body = one.get("requestBody")
    answers = [
        (status, told["description"], _content(told)) for status, told in one["responses"].items()
    ]
    members = [
        Member(
            each["name"],
            each["in"],
            kind_of(each["schema"]),
            each["required"],
            each.get("description") or each["schema"].get("description", ""),
        )
        for each in one["parameters"]
    ]
    about = one.get("description", "")
    return Operation(
        method, path, one["summary"], about, members, _content(body) if body else None, answers
    )


def _content(told: Mapping[str, Any]) -> Kind | None:
    schemas = [one["schema"] for one in told.get("content", {}).values()]
    return kind_of(schemas[0]) if schemas else None


def _shape(name: str, one: Json) -> Shape:
    required = one.get("required", ())
    members = [
        Member(each, "", kind_of(schema), each in required, schema.get("description", ""))
        for each, schema in one.get("properties", {}).items()
    ]
    values = [str(value) for value in one.get("enum", ())]
    return Shape(name, " ".join(one.get("description", "").split()), members, values)


def kind_of(schema: Json) -> Kind:
    """A schema in a few words: ``integer 0..200``, ``list of Order``, ``text or null``."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(_PREFIX)
        return Kind(name, name)
    if "anyOf" in schema:
        kinds = [kind_of(one) for one in schema["anyOf"]]
        named = [one.schema for one in kinds if one.schema]
        return Kind(" | ".join(one.text for one in kinds), named[0] if len(named) == 1 else "")
    if "enum" in schema:
        return Kind(" | ".join(str(one) for one in schema["enum"]))
    kind = schema.get("type", "any")
    if kind == "array" and isinstance(schema.get("items"), dict):
        inner = kind_of(schema["items"])
        return Kind(f"[{inner.text}]", inner.schema)
    if kind == "array":
        return Kind(f"[{', '.join(kind_of(one).text for one in schema.get('prefixItems', ()))}]")
    limits = [schema.get(name, "") for name in ("minimum", "maximum")]
    span = f" {limits[0]}..{limits[1]}" if any(one != "" for one in limits) else ""
    return Kind(f"{schema.get('format') or kind}{span}")
