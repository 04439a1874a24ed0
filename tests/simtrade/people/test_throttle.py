"""Sign-in tries per name and address."""

from __future__ import annotations

from simtrade.people import throttle as module
from simtrade.people.throttle import Throttle

SECOND = 10**9
KEY = ("ann", "10.0.0.1")


def test_the_eleventh_try_in_a_minute_is_refused_and_a_minute_later_allowed() -> None:
    throttle = Throttle(10)
    assert all(throttle.allow(KEY, at * SECOND) for at in range(10))
    assert not throttle.allow(KEY, 59 * SECOND)
    assert throttle.allow(KEY, 60 * SECOND)
    assert not throttle.allow(KEY, 60 * SECOND)


def test_another_name_or_address_is_counted_apart() -> None:
    throttle = Throttle(1)
    assert throttle.allow(KEY, 0)
    assert throttle.allow(("ben", KEY[1]), 0)
    assert throttle.allow((KEY[0], "10.0.0.2"), 0)
    assert not throttle.allow(KEY, 0)


def test_getting_in_forgets_the_slips() -> None:
    throttle = Throttle(1)
    assert throttle.allow(KEY, 0)
    throttle.forget(KEY)
    assert throttle.allow(KEY, 0)


def test_memory_is_bounded() -> None:
    throttle = Throttle(1)
    for number in range(module.KEYS_AT_MOST + 10):
        throttle.allow((str(number), ""), 0)
    assert len(throttle._tries) == module.KEYS_AT_MOST
    assert throttle.allow(("0", ""), 0)
