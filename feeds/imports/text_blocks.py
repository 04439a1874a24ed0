"""Text in blocks of whole lines, in the one encoding that it turns out to be.

A file is UTF-8 (with or without its mark) or GB 18030, which GBK and GB 2312 are parts of.  Both
leave ASCII as it is, so commas, digits and line ends can be found in the bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from feeds.imports.opening import Part
from feeds.imports.report import FileFault, StopImportError

BLOCK_BYTES = 2 << 20
MOST_LINE_BYTES = 1 << 20

UTF_8, GB_18030 = "utf-8", "gb18030"
_MARK = b"\xef\xbb\xbf"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_PAGE = re.compile(rb"\s*(<!--|<!doctype\s+html|<html|<head|<body|<\?xml)", re.IGNORECASE)
# Chinese as UTF-8 writes it; in GB 18030 these bytes would be rare characters in a rare order.
_CHINESE = re.compile(rb"[\xe3-\xe9][\x80-\xbf]{2}")


class Block(NamedTuple):
    """Whole lines, each with its end but perhaps the last of a file; ``first_line`` counts from
    1."""

    data: bytes
    first_line: int


class TextBlocks:
    """Iterates over the blocks of a part.  StopImportError for what is no text, a web page, two
    encodings in one file, or a line of more than a mebibyte."""

    def __init__(self, part: Part, block_bytes: int = BLOCK_BYTES) -> None:
        self.name = part.name
        self.encoding = ""  # empty while all is ASCII
        self._stream = part.stream
        self._size = block_bytes
        self._chinese_line = 0  # the first line that is surely UTF-8

    def decoded(self, data: bytes) -> str:
        """Text of bytes that came out of a block."""
        return data.decode(self.encoding or UTF_8)

    def __iter__(self) -> Iterator[Block]:
        line, carried = 1, b""
        while True:
            fresh = self._stream.read(self._size)
            if line == 1 and not carried:
                fresh = self._begin(fresh)
            data = carried + fresh
            if not data:
                return
            self._check_zeros(data, line)
            cut = data.rfind(b"\n") + 1 if fresh else len(data)
            carried = data[cut:]
            if len(carried) > MOST_LINE_BYTES or (not fresh and len(data) > MOST_LINE_BYTES):
                at = line + data.count(b"\n")
                said = f"no line end for more than {MOST_LINE_BYTES} bytes"
                raise StopImportError(self.name, at, FileFault.LINE_TOO_LONG, said)
            block = data[:cut]
            self._check(block, line)
            if block:
                yield Block(block, line)
                line += block.count(b"\n")
            if not fresh:
                return

    def _begin(self, data: bytes) -> bytes:
        if data.startswith(_UTF_16):
            raise StopImportError(self.name, 0, FileFault.NOT_TEXT, "UTF-16; save it as UTF-8")
        data = data.removeprefix(_MARK)
        if _PAGE.match(data[:1024]):
            raise StopImportError(self.name, 1, FileFault.WEB_PAGE, _line_of(data, 0))
        return data

    def _check_zeros(self, data: bytes, first: int) -> None:
        at = data.find(b"\0")
        if at >= 0:
            line = first + data.count(b"\n", 0, at)
            raise StopImportError(self.name, line, FileFault.NOT_TEXT, "a zero byte")

    def _check(self, block: bytes, line: int) -> None:
        if block.isascii():
            return
        if self.encoding != GB_18030 and _is(block, UTF_8):
            self.encoding = UTF_8
            if not self._chinese_line and (found := _CHINESE.search(block)):
                self._chinese_line = line + block.count(b"\n", 0, found.start())
            return
        self._check_lines(block, line)

    def _check_lines(self, block: bytes, first: int) -> None:
        """A block that is not UTF-8, or part of a file that was not."""
        for line, data in enumerate(block.split(b"\n"), first):
            if data.isascii():
                continue
            if _is(data, UTF_8):
                if _CHINESE.search(data):
                    self._chinese_line = self._chinese_line or line
            elif not _is(data, GB_18030):
                said = "neither UTF-8 nor GB 18030"
                raise StopImportError(self.name, line, FileFault.NOT_TEXT, said)
            else:
                self.encoding = GB_18030
            if self._chinese_line and self.encoding == GB_18030:
                said = f"UTF-8 in line {self._chinese_line} and GB 18030 elsewhere"
                raise StopImportError(self.name, line, FileFault.MIXED_ENCODINGS, said)


def _is(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _line_of(data: bytes, start: int) -> str:
    return data[start : start + 200].partition(b"\n")[0].decode("ascii", "replace")
