from __future__ import annotations

import os
from pathlib import Path

import pytest
import zstandard

from feeds.imports.opening import Limits, opened
from feeds.imports.report import StopImportError


def read(path: Path, data: bytes) -> bytes:
    file = path / "a.csv.zst"
    file.write_bytes(data)
    with opened(file, Limits()) as parts:
        return b"".join(part.stream.read() for part in parts)


def test_frames_after_each_other_are_one_file(tmp_path: Path) -> None:
    data = os.urandom(300_000)
    pack = zstandard.ZstdCompressor().compress
    assert read(tmp_path, pack(data)) == data
    assert read(tmp_path, pack(data[:100]) + pack(data[100:])) == data


@pytest.mark.parametrize("keep", [10, 5000, -1])
def test_a_frame_that_breaks_off_is_damaged(tmp_path: Path, keep: int) -> None:
    packed = zstandard.ZstdCompressor().compress(os.urandom(100_000))
    with pytest.raises(StopImportError, match="damaged_file: it breaks off"):
        read(tmp_path, packed[:keep])


def test_nonsense_after_a_frame_is_damaged(tmp_path: Path) -> None:
    with pytest.raises(StopImportError, match="damaged_file"):
        read(tmp_path, zstandard.ZstdCompressor().compress(b"x") + b"nonsense" * 10)


def test_a_bomb_of_zeros_is_given_up(tmp_path: Path) -> None:
    packed = zstandard.ZstdCompressor().compress(bytes(300 << 20))
    with pytest.raises(StopImportError, match="bomb"):
        read(tmp_path, packed)
