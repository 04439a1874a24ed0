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
from collections.abc import Iterator, Sequence
from enum import IntEnum
from pathlib import Path
from typing import IO, NamedTuple

import msgspec

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


def blocks(file: IO[bytes], segment: int, *, check: bool, offset: int = 0) -> Iterator[Block]:
    """The whole blocks of a file from ``offset`` on; with ``check`` also read and compared."""
    size = os.fstat(file.fileno()).st_size
    last_ns = 0
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


def write_index(
    folder: Path, number: int, states: Sequence[Block], size: int, upto_ns: int
) -> None:
    """Where the states of a segment are that nobody adds to any more.  OSError when the disk
    refuses."""
    places = [(one.offset, one.length, one.upto_ns) for one in states]
    content = encoded(BlockKind.STATE, upto_ns, msgspec.msgpack.encode((size, places)))
    path = index_path(folder, number)
    draft = path.with_suffix(".draft")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)


def read_index(folder: Path, number: int) -> tuple[list[Block], int] | None:
    """The states of a segment and how far it goes; None where there is no index of the file as it
    is now."""
    try:
        with index_path(folder, number).open("rb") as file:
            block = next(blocks(file, number, check=True), None)
            if block is None:
                return None
            file.seek(_HEADER.size)
            size, places = msgspec.msgpack.decode(
                file.read(block.length), type=tuple[int, list[tuple[int, int, int]]]
            )
    except (FileNotFoundError, msgspec.MsgspecError):
        return None
    if segment_path(folder, number).stat().st_size != size:
        return None
    kind = BlockKind.STATE
    return [Block(number, at, kind, length, upto) for at, length, upto in places], block.upto_ns


def index_path(folder: Path, number: int) -> Path:
    return folder / f"{number:06}.index"


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
