from __future__ import annotations

from pathlib import Path

import pytest

from feeds.live.journal import (
    Block,
    BlockKind,
    blocks,
    content_of,
    encoded,
    end_of,
    segment_path,
    segments,
)
from feeds.tape import TapeError

CONTENTS = [b"first", b"", b"third" * 9]


def written(folder: Path) -> Path:
    path = segment_path(folder, 1)
    kind = BlockKind.EVENTS
    path.write_bytes(b"".join(encoded(kind, 10 * k, one) for k, one in enumerate(CONTENTS, 1)))
    return path


def read(path: Path, *, check: bool = True) -> list[Block]:
    with path.open("rb") as file:
        return list(blocks(file, 1, check=check))


def test_what_was_written_is_read(tmp_path: Path) -> None:
    path = written(tmp_path)
    found = read(path)
    assert [one.upto_ns for one in found] == [10, 20, 30]
    assert [content_of(tmp_path, one) for one in found] == CONTENTS
    assert end_of(found[-1]) == path.stat().st_size
    assert segments(tmp_path) == [path]


def test_a_file_that_ends_anywhere_is_good_up_to_its_last_whole_block(tmp_path: Path) -> None:
    path = written(tmp_path)
    whole = path.read_bytes()
    ends = [end_of(one) for one in read(path)]
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        assert [end_of(one) for one in read(path)] == [one for one in ends if one <= length]


def test_any_flipped_bit_is_seen(tmp_path: Path) -> None:
    path = written(tmp_path)
    whole = path.read_bytes()
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :])
        assert len(read(path)) < len(CONTENTS), place


def test_a_damaged_block_cannot_be_used(tmp_path: Path) -> None:
    path = written(tmp_path)
    found = read(path)
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"first", b"FIRST"))
    with pytest.raises(TapeError, match="damaged"):
        content_of(tmp_path, found[0])
    path.write_bytes(whole[:70])
    with pytest.raises(TapeError, match="too short"):
        content_of(tmp_path, found[2])
    with pytest.raises(TapeError):
        content_of(tmp_path, found[0]._replace(segment=2))


def test_time_does_not_go_back(tmp_path: Path) -> None:
    path = segment_path(tmp_path, 1)
    path.write_bytes(encoded(BlockKind.EVENTS, 9, b"") + encoded(BlockKind.EVENTS, 8, b""))
    assert len(read(path)) == 1
