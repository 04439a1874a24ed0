"""Frames as RFC 6455 writes them, read back by another implementation."""

from __future__ import annotations

import pytest
from websockets.frames import Frame, Opcode
from websockets.streams import StreamReader

from web.live.frames import binary_frame, text_frame


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536, 200_000])
def test_another_reader_understands(size: int) -> None:
    payload = b"x" * size
    reader = StreamReader()
    reader.feed_data(text_frame(payload))
    parsing = Frame.parse(reader.read_exact, mask=False)
    with pytest.raises(StopIteration) as done:
        next(parsing)
    frame = done.value.value
    assert (frame.opcode, frame.fin, frame.data) == (Opcode.TEXT, True, payload)
    assert not (frame.rsv1 or frame.rsv2 or frame.rsv3)


@pytest.mark.parametrize("length", [0, 125, 126, 65_535, 65_536])
def test_binary_frames_differ_by_their_kind_alone(length: int) -> None:
    payload = b"x" * length
    binary, text = binary_frame(payload), text_frame(payload)
    assert binary[0] == 0x82
    assert binary[1:] == text[1:]
