"""Recorded messages of the shared data, where it is there, and what every decoder must bear."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from feeds.live.heard import Heard, Unreadable
from feeds.live.vendor import Vendor, Watch
from matching.units import NS_PER_SECOND

SHARED = Path(__file__).parents[4] / "shared" / "data"
HEARD_NS = 1_800_000_000 * NS_PER_SECOND

HTML = b"<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1></body></html>"
NESTED = b"[" * 100_000


def recorded(name: str) -> bytes:
    """A file of the recorded vendor messages; the test is skipped, aloud, without them."""
    path = SHARED / "feed_samples" / name
    if not path.exists():
        pytest.skip(f"{name} of the shared data is absent")
    return path.read_bytes()


def unpacked(path: Path) -> list[str]:
    """The lines of a compressed capture of the shared data."""
    zstd = shutil.which("zstd")
    if not path.exists() or zstd is None:
        pytest.skip(f"{path.name} of the shared data, or zstd, is absent")
    found = subprocess.run([zstd, "-dc", str(path)], check=True, capture_output=True)
    return found.stdout.decode("utf-8").splitlines()


def kinds(heard: list[Heard]) -> list[str]:
    return [type(one).__name__ for one in heard]


def bears_nonsense(vendor: Vendor, watch: Watch, good: str | bytes) -> None:
    """Half a message, another type, another language: never an exception, always a fault told."""
    whole = good if isinstance(good, bytes) else good.encode()
    wrong: list[bytes] = [b"", HTML, NESTED, b"null", b"[1, 2]", b"{}", b'"text"', b"\xff\xfe\x00"]
    wrong += [b"NaN", b'{"type": 7, "e": [], "T": {}}', whole[: len(whole) // 2]]
    for body in wrong:
        found = vendor.decode(watch, body, HEARD_NS)
        assert all(not isinstance(one, tuple) or one for one in found)
        told = [one for one in found if isinstance(one, Unreadable)]
        assert told or not found or kinds(found) == ["Said"], body
        assert all(len(one.text) <= 200 for one in told)


def bears_wrong_types(
    vendor: Vendor, watch: Watch, message: dict[str, object], wrap: Callable[[object], object]
) -> None:
    """Every field of a good message in turn as null, a list, a negative number, something huge."""
    for name in message:
        for value in (None, [], {}, -1, 10**40, "x", "1e99", True):
            body = json.dumps(wrap({**message, name: value}))
            vendor.decode(watch, body, HEARD_NS)
