from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from feeds.prng import bell, below, new_state, next_u64, seed_from

MASK = 2**64 - 1


def oracle(seed: int, count: int) -> list[int]:
    """SplitMix64 in plain integers."""
    values = []
    for _ in range(count):
        seed = (seed + 0x9E3779B97F4A7C15) & MASK
        z = seed
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        values.append(z ^ (z >> 31))
    return values


@given(st.integers(0, MASK))
def test_the_compiled_generator_is_splitmix64(seed: int) -> None:
    state = new_state(seed)
    assert [int(next_u64(state)) for _ in range(5)] == oracle(seed, 5)


def test_the_published_first_values() -> None:
    state = new_state(1234567)
    assert [int(next_u64(state)) for _ in range(3)] == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
    ]


@given(st.integers(0, MASK), st.integers(1, 2**31 - 1))
def test_below_stays_below_and_uses_the_high_half(seed: int, bound: int) -> None:
    expected = (oracle(seed, 1)[0] >> 32) * bound >> 32
    assert int(below(new_state(seed), bound)) == expected < bound


def test_below_is_uniform() -> None:
    state = new_state(3)
    counts = [0] * 10
    for _ in range(20_000):
        counts[int(below(state, 10))] += 1
    assert all(1_850 < count < 2_150 for count in counts)


def test_bell_is_symmetric_with_the_stated_variance() -> None:
    state = new_state(9)
    values = [int(bell(state, 3000)) for _ in range(20_000)]
    assert abs(sum(values)) < 20_000 * 60
    variance = sum(value * value for value in values) // len(values)
    assert 2_850_000 < variance < 3_150_000
    assert max(map(abs, values)) <= 6000
    assert int(bell(state, 0)) == 0


def test_seeds_keep_their_parts_apart() -> None:
    assert seed_from("ab", "c") != seed_from("a", "bc")
    assert seed_from("minute path", "x") == seed_from("minute path", "x") <= MASK
