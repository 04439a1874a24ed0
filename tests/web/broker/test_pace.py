from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from matching.units import NS_PER_SECOND
from web.broker.pace import Paces


def test_a_key_has_its_requests_and_a_minute_later_as_many_again() -> None:
    now = [1_000 * NS_PER_SECOND]
    paces = Paces(3, lambda: now[0])
    assert [paces.take("a")[0] for _ in range(5)] == [True, True, True, False, False]
    assert paces.take("b")[0]
    allowed, headers = paces.take("a")
    assert not allowed
    assert headers == {
        "x-ratelimit-limit": "3",
        "x-ratelimit-remaining": "0",
        "x-ratelimit-reset": "1060",
        "retry-after": "60",
    }
    assert paces.refused == 3
    now[0] += 60 * NS_PER_SECOND
    assert paces.take("a") == (
        True,
        {"x-ratelimit-limit": "3", "x-ratelimit-remaining": "2", "x-ratelimit-reset": "1120"},
    )


@given(st.lists(st.integers(0, 40 * NS_PER_SECOND), max_size=60))
def test_no_window_of_a_minute_that_begins_with_a_request_lets_more_through(
    steps: list[int],
) -> None:
    now = [0]
    paces = Paces(5, lambda: now[0])
    begun, passed = -(10**12), 0
    for step in steps:
        now[0] += step
        if now[0] - begun >= 60 * NS_PER_SECOND:
            begun, passed = now[0], 0
        allowed = paces.take("a")[0]
        assert allowed == (passed < 5)
        passed += allowed
