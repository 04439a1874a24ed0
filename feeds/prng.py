"""Integer random numbers that are the same on every machine: SplitMix64 in compiled code.

Method and constants: Steele, Lea, Flood, "Fast splittable pseudorandom number generators" (2014).
States are uint64[1] arrays so that compiled callers can advance them in place.
"""

from __future__ import annotations

import hashlib

import numpy as np
from numba import njit
from numpy.typing import NDArray

UInt64s = NDArray[np.uint64]

_GAMMA = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_S30 = np.uint64(30)
_S27 = np.uint64(27)
_S31 = np.uint64(31)
_S32 = np.uint64(32)
_LOW32 = np.uint64(0xFFFFFFFF)


def seed_from(*parts: str) -> int:
    """A 64-bit seed of some names; the parts can't run into each other."""
    hashed = hashlib.sha256("\x1f".join(parts).encode())
    return int.from_bytes(hashed.digest()[:8], "little")


def new_state(seed: int) -> UInt64s:
    """A generator state for a 64-bit seed: uint64[1]."""
    return np.array([seed & 0xFFFFFFFFFFFFFFFF], np.uint64)


@njit(cache=True)
def next_u64(state):  # type: ignore[no-untyped-def]
    """The next 64 random bits; advances ``state``."""
    state[0] += _GAMMA
    z = state[0]
    z = (z ^ (z >> _S30)) * _FIRST
    z = (z ^ (z >> _S27)) * _SECOND
    return z ^ (z >> _S31)


@njit(cache=True)
def below(state, bound):  # type: ignore[no-untyped-def]
    """A uniform int64 in [0, bound) for 1 <= bound < 2^31 (bias below 2^-32 per value)."""
    high = next_u64(state) >> _S32
    return np.int64((high * np.uint64(bound)) >> _S32)


@njit(cache=True)
def bell(state, scale):  # type: ignore[no-untyped-def]
    """A symmetric int64 in [-2 scale, 2 scale], bell-shaped, variance about scale^2 / 3.

    The sum of four uniforms: a smooth enough shock without any float.  0 <= scale < 2^29.
    """
    if scale <= 0:
        return np.int64(0)
    total = np.int64(0)
    for _ in range(4):
        total += below(state, 2 * scale + 1) - scale
    return total // 2 if total >= 0 else -((-total) // 2)
