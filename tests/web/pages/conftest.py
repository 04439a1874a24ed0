from __future__ import annotations

from collections.abc import Iterator

import pytest

from simtrade.app import Simtrade
from simtrade.settings import Settings
from tests.web.pages.person import Person
from tests.web.serving import LIMITLESS, Site


@pytest.fixture(scope="session")
def real_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The pages on the real application; people of different tests share it, as in life."""
    core = Simtrade.open(Settings(data=tmp_path_factory.mktemp("real"), port=0, latency=False))
    with Site(core, LIMITLESS) as site:  # type: ignore[arg-type]  # keeps the double's contract
        yield site
    core.close()


@pytest.fixture
def person(real_site: Site) -> Iterator[Person]:
    with Person(real_site) as one:
        yield one


@pytest.fixture
def stranger(real_site: Site) -> Iterator[Person]:
    with Person(real_site) as one:
        yield one


@pytest.fixture
def chinese(real_site: Site) -> Iterator[Person]:
    with Person(real_site, "zh") as one:
        yield one
