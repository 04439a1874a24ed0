"""zstd files as a stream, with an end to the memory that they may ask for."""

from __future__ import annotations

import io
from typing import IO

import zstandard

from feeds.imports.report import FileFault, StopImportError

# Four packed bytes can be 128 KiB, so this much at a time unpacks to 16 MiB at most.
_PACKED = 512


class ZstdStream(io.RawIOBase):
    """Unpacks ``raw``; frames that follow each other are one file.

    StopImportError for a damaged frame, one that asks for a window of more than ``most_window``
    bytes, and a file that breaks off inside a frame.
    """

    def __init__(self, name: str, raw: IO[bytes], most_window: int) -> None:
        self._name, self._raw = name, raw
        self._unpacker = zstandard.ZstdDecompressor(max_window_size=most_window)
        self._frame = self._unpacker.decompressobj()
        self._inside = False  # a frame has begun and not ended
        self._left = b""  # packed bytes after the end of a frame
        self._ready = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._ready:
            packed = self._left or self._raw.read(_PACKED)
            self._left = b""
            if not packed:
                if self._inside:
                    raise StopImportError(self._name, 0, FileFault.DAMAGED_FILE, "it breaks off")
                return 0
            self._unpack(packed)
        count = min(len(buffer), len(self._ready))
        buffer[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count

    def _unpack(self, packed: bytes) -> None:
        try:
            self._ready = memoryview(self._frame.decompress(packed))
        except zstandard.ZstdError as error:
            fault = FileFault.DAMAGED_FILE
            raise StopImportError(self._name, 0, fault, str(error)) from error
        self._inside = not self._frame.eof
        if self._frame.eof:
            self._left = self._frame.unused_data
            self._frame = self._unpacker.decompressobj()
