"""The files of a recording: blocks that are whole or not there, one after the other.

A block is a header and what it holds, with a checksum over both.  ``upto_ns`` says: this is all
that was heard up to then, so a reader knows how far silence is known to be silence.  A file that
ends in the middle of a block (the machine stopped) is good up to the block before.

Header, little endian: ``SIMB``, kind, length of the content, ``upto_ns``, CRC-32.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator
from enum import IntEnum
from pathlib import Path
from typing import IO, NamedTuple

from feeds.tape import TapeError

SUFFIX = ".blocks"
CONTENT_MAX = 64 << 20

_MAGIC = b"SIMB"
_HEADER = struct.Struct("<4sBIqI")


class BlockKind(IntEnum):
    EVENTS = 1  # market events, in order
    STATE = 2  # everything that a venue may start from, and the minutes since the last one


class Block(NamedTuple):
    """Where a block is: ``offset`` of its header in segment number ``segment``."""

    segment: int
    offset: int
    kind: BlockKind
    length: int
    upto_ns: int


def segments(folder: Path) -> list[Path]:
    """The files of a recording in order."""
    return sorted(folder.glob(f"[0-9]*{SUFFIX}"))


def segment_path(folder: Path, number: int) -> Path:
    return folder / f"{number:06}{SUFFIX}"


def encoded(kind: BlockKind, upto_ns: int, content: bytes) -> bytes:
    """A block as it is written."""
    assert len(content) <= CONTENT_MAX
    crc = _crc(kind, upto_ns, content)
    return _HEADER.pack(_MAGIC, kind, len(content), upto_ns, crc) + content


def _crc(kind: int, upto_ns: int, content: bytes) -> int:
    head = struct.pack("<BIq", kind, len(content), upto_ns)
    return zlib.crc32(content, zlib.crc32(head))


def blocks(file: IO[bytes], segment: int, *, check: bool) -> Iterator[Block]:
    """The whole blocks of a file, from its beginning; with ``check`` also read and compared."""
    size = os.fstat(file.fileno()).st_size
    offset = last_ns = 0
    while offset + _HEADER.size <= size:
        file.seek(offset)
        magic, kind, length, upto_ns, crc = _HEADER.unpack(file.read(_HEADER.size))
        end = offset + _HEADER.size + length
        known = magic == _MAGIC and kind in (BlockKind.EVENTS, BlockKind.STATE)
        if not known or length > CONTENT_MAX or end > size or upto_ns < last_ns:
            return
        if check and _crc(kind, upto_ns, file.read(length)) != crc:
            return
        yield Block(segment, offset, BlockKind(kind), length, upto_ns)
        offset, last_ns = end, upto_ns


def end_of(block: Block) -> int:
    """Where the next block begins."""
    return block.offset + _HEADER.size + block.length


def content_of(folder: Path, block: Block) -> bytes:
    """What a block holds; TapeError when it is not what was written."""
    try:
        with segment_path(folder, block.segment).open("rb") as file:
            file.seek(block.offset)
            head = file.read(_HEADER.size)
            content = file.read(block.length)
    except OSError as error:
        raise TapeError(f"{folder.name}: block of segment {block.segment}: {error}") from error
    if len(head) < _HEADER.size or len(content) < block.length:
        raise TapeError(f"{folder.name}: segment {block.segment} is too short")
    if _HEADER.unpack(head)[4] != _crc(block.kind, block.upto_ns, content):
        raise TapeError(f"{folder.name}: segment {block.segment} is damaged at {block.offset}")
    return content
