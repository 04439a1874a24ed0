from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from feeds.bounded import BoundedCache


def test_keeps_the_most_recently_used() -> None:
    made: list[int] = []

    def make(key: int) -> int:
        made.append(key)
        return key * key

    cache = BoundedCache(2, make)
    assert [cache.get(key) for key in (1, 2, 1, 3, 1, 2)] == [1, 4, 1, 9, 1, 4]
    assert made == [1, 2, 3, 2]
    assert len(cache) == 2


def test_many_threads_get_right_answers_within_the_bound() -> None:
    cache: BoundedCache[int, int] = BoundedCache(8, lambda key: key + 1)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(cache.get, [k % 20 for k in range(4000)]))
    assert answers == [k % 20 + 1 for k in range(4000)]
    assert len(cache) <= 8
