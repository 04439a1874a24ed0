"""The document against the running server: requests made up from it, right ones and wrong ones,
never meet a bug, and every answer is as the document says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.web.api.owner import Owner
from tests.web.serving import Site
from web.api.reference import whole

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]
# What a key may not do is asked with a session.
SIGNED_IN = ("/api/venues", "/api/tapes", "/branch", "/quizzes/")
EXAMPLES = 6
SCHEMA = schemathesis.openapi.from_dict(whole())
# Their answers never end.
STREAMS = ("/v2/events/trades",)
OPERATIONS = [
    (path, method)
    for path, each in whole()["paths"].items()
    for method in each
    if path not in STREAMS
]


@dataclass(frozen=True)
class World:
    """A practice market with an order that was filled, a key to it and a session of its owner."""

    origin: str
    key: dict[str, str]
    session: dict[str, str]
    names: dict[str, Any]


@pytest.fixture(scope="module")
def world(broker: Site) -> Iterator[World]:
    owner = Owner(broker)
    order_id = owner.bought()
    key = {"APCA-API-KEY-ID": owner.bot.key.key_id, "APCA-API-SECRET-KEY": owner.bot.secret}
    names = {
        "account": owner.account_id,
        "venue": owner.venue_id,
        "order": str(order_id),
        "lesson": "first-trade",
        "file": "fills.csv",
    }
    yield World(broker.origin, key, owner.headers, names)


def kinds(path: str, method: str) -> Iterator[tuple[GenerationMode, bool]]:
    """(right or wrong, whether the address names what exists) of what can be asked there."""
    operation = whole()["paths"][path][method]
    inside = any(one["in"] != "path" for one in operation["parameters"])
    yield GenerationMode.POSITIVE, True
    if inside or operation.get("requestBody"):
        yield GenerationMode.NEGATIVE, True
    if "{" in path:
        yield from ((mode, False) for mode in GenerationMode)


@pytest.mark.parametrize(
    ("path", "method", "mode", "exists"),
    [(*operation, *kind) for operation in OPERATIONS for kind in kinds(*operation)],
)
def test_the_server_keeps_to_its_document(
    broker: Site, world: World, path: str, method: str, mode: GenerationMode, exists: bool
) -> None:
    operation = SCHEMA[path][method]
    headers = world.session if any(part in path for part in SIGNED_IN) else world.key
    names = world.names if exists else {}
    known = {name: value for name, value in names.items() if f"{{{name}}}" in path}
    cases = operation.as_strategy(generation_mode=mode, path_parameters=known or None)

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def ask(case: schemathesis.Case) -> None:
        answer = case.call(base_url=world.origin, headers=headers, session=line)
        case.validate_response(answer, checks=CHECKS)

    with requests.Session() as line:
        line.trust_env = False
        ask()
    assert broker.app.state.bugs == 0
