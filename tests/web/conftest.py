from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.core_double import CoreDouble
from tests.web.serving import Site


@pytest.fixture
def core(tmp_path: Path) -> Iterator[CoreDouble]:
    core = CoreDouble(tmp_path)
    yield core
    core.close()


@pytest.fixture
def site(core: CoreDouble) -> Iterator[Site]:
    with Site(core) as site:
        yield site
