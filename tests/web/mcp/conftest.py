from __future__ import annotations

import pytest

from tests.web.broker.conftest import bot, broker, hang_up, replay
from tests.web.broker.program import Program, practice
from tests.web.mcp.agent import Agent
from tests.web.serving import Site

__all__ = ["bot", "broker", "hang_up", "replay"]


@pytest.fixture
def tutor(replay: Program) -> Agent:
    """An agent with a key that may trade, by the address for orders, on a standing replay."""
    return Agent(replay)


@pytest.fixture(scope="session")
def idle(broker: Site) -> Agent:
    """Another one, of whom no test changes anything."""
    return Agent(practice(broker))
