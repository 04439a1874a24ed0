"""Every way to tell a recorded day has a name and one sentence."""

from __future__ import annotations

from matching.market import DataKind
from web.feed_views import FEED_VIEWS
from web.i18n import LANGUAGES, translate


def test_every_kind_is_offered_the_fullest_first() -> None:
    assert set(FEED_VIEWS) == set(DataKind)
    assert next(iter(FEED_VIEWS)) is DataKind.ORDERS
    for spoken in LANGUAGES:
        said = [translate(text, spoken) for view in FEED_VIEWS.values() for text in view]
        assert len(set(said)) == 2 * len(DataKind)
        assert all(
            translate(view.hint, spoken).endswith((".", "。")) for view in FEED_VIEWS.values()
        )
