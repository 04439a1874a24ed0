from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.feeds.live.made import OPENED


@pytest.fixture(autouse=True)
def recorders_are_closed() -> Iterator[None]:
    """Tests leave recorders as a killed process would; their files are closed afterwards."""
    yield
    while OPENED:
        OPENED.pop().close()
