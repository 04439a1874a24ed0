"""An account's files, by key and by session: the same bytes as on the page."""

from __future__ import annotations

import pytest

from tests.web.api.owner import Owner, problem
from tests.web.serving import Site
from web.pages.export import EXPORTS


def test_a_programs_file_is_the_pages_file(broker: Site) -> None:
    with Owner(broker) as owner:
        owner.bought(5)
        for kind in EXPORTS:
            by_key = owner.bot.http.get(f"{owner.path}/files/{kind}.csv")
            by_page = owner.http.get(f"/portfolio/{kind}.csv?account={owner.account_id}")
            assert by_key.status_code == 200
            assert by_key.headers["content-type"] == "text/csv; charset=utf-8"
            assert by_key.content == by_page.content, kind


@pytest.mark.parametrize("name", ["summary", "summary.txt", "secrets.csv", ".csv", "keys.csv"])
def test_there_is_no_other_file(broker: Site, name: str) -> None:
    with Owner(broker) as owner:
        assert problem(owner.http.get(f"{owner.path}/files/{name}"))[:2] == (404, "not_found")
