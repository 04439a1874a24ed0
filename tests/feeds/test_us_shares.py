from __future__ import annotations

from feeds.us_shares import us_share


def test_a_share_is_priced_to_a_hundredth_of_a_cent() -> None:
    share = us_share("AAPL")
    assert (share.instrument_id, share.currency.code) == ("US:AAPL", "USD")
    assert share.price_text(5_853_350) == "585.3350"
    assert us_share("AAPL", "XNAS").instrument_id == "XNAS:AAPL"
