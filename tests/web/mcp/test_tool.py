"""Shapes as clients read them, and whom a tool answers."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import pytest
from msgspec import Meta, Struct

from simtrade.people.model import User
from tests.web.mcp.agent import Agent
from web.broker.identity import Program
from web.mcp.confirm import Confirmations
from web.mcp.tool import Asking, Nothing, ToolRefusal, schema


class Inner(Struct):
    price: Annotated[str, Meta(description="A price.")]


class Outer(Struct, forbid_unknown_fields=True):
    many: list[Inner]
    one: Inner | None = None


def _asking(agent: Agent, user: User) -> Asking:
    core, key = agent.program.site.core, agent.program.key
    (account,) = core.portfolio.accounts(user.user_id)
    program = Program(key, user, account, core.venues.view(key.venue_id))
    return Asking(core, program, Confirmations(lambda: 0), may_order=False)


def test_a_schema_has_an_object_at_its_root_and_its_parts_beside_it() -> None:
    found = schema(Outer)
    assert (found["type"], found["required"], found["additionalProperties"]) == (
        "object", ["many"], False,
    )  # fmt: skip
    assert found["properties"]["many"]["items"] == {"$ref": "#/$defs/Inner"}
    assert found["$defs"]["Inner"]["properties"]["price"]["description"] == "A price."
    assert set(schema(Inner)) == {"type", "properties", "required"}


def test_no_arguments_are_an_object_without_members() -> None:
    found = schema(Nothing)
    assert (found["properties"], found["additionalProperties"]) == ({}, False)


@pytest.mark.parametrize(
    ("wanted", "own", "spoken"),
    [("zh", "en", "zh"), (None, "zh", "zh"), (None, "en", "en"), (None, None, "en")],
)
def test_words_are_in_the_language_asked_for_else_the_persons(
    wanted: str | None, own: str | None, spoken: str, idle: Agent
) -> None:
    asking = _asking(idle, replace(idle.program.user, language=own))
    assert asking.language(wanted) == spoken  # type: ignore[arg-type]


def test_an_instrument_is_known_by_symbol_and_by_id(idle: Agent) -> None:
    asking = _asking(idle, idle.program.user)
    assert asking.instrument("AAPL") == asking.instrument("XNAS:AAPL")
    with pytest.raises(ToolRefusal) as raised:
        asking.instrument("NOPE")
    assert raised.value.facts == {"symbol": "NOPE"}
