"""ITCH 5.0 against messages that are written here field by field."""

from __future__ import annotations

import random

import numpy as np
import pytest

from feeds.imports.itch import LENGTHS, ItchFault, ItchReader
from tests.feeds.imports.itch_sample import ItchDay, directory, message, stock

START = directory(7, "AAA")


def rows_of(reader: ItchReader, data: bytes, most_rows: int = 1 << 16) -> list[list[int]]:
    found = reader.read(data, most_rows)
    assert found.fault is None
    assert found.used == len(data)
    rows: list[list[int]] = found.rows.T.tolist()
    return rows


@pytest.mark.parametrize("seed", range(4))
def test_a_day_is_what_it_was_written_from(seed: int) -> None:
    day = ItchDay(seed=seed)
    told = rows_of(ItchReader(("AAA", "BBB")), day.data)
    for share, symbol in enumerate(day.rows):
        assert [tuple(row[:7]) for row in told if row[7] == share] == day.rows[symbol]
    only = ItchReader(("BBB",))
    assert [tuple(row[:7]) for row in rows_of(only, day.data)] == day.rows["BBB"]
    assert (only.messages, only.ended, only.known(0)) == (len(day.parts), True, True)


def test_the_messages_written_here_have_the_lengths_of_the_specification() -> None:
    for part in ItchDay(steps=600).parts:
        assert LENGTHS[chr(part[2])] == len(part) - 2 == int.from_bytes(part[:2], "big")


def test_any_cut_of_the_bytes_reads_the_same() -> None:
    day, draw = ItchDay(), random.Random(1)
    reader, held, told = ItchReader(("AAA", "BBB")), b"", []
    data = day.data
    while data or held:
        cut = draw.randint(0, 90)
        held, data = held + data[:cut], data[cut:]
        found = reader.read(held, most_rows=draw.randint(2, 9))
        assert found.fault is None
        told += found.rows.T.tolist()
        held = held[found.used :]
    assert [tuple(row[:7]) for row in told if row[7] == 0] == day.rows["AAA"]


def test_a_recording_that_begins_in_the_middle_finds_its_share_by_the_orders() -> None:
    data = message("A", 9, 10, 1, b"B", 5, stock("AAA"), 100)
    reader = ItchReader(("AAA",))
    assert not reader.known(0)
    assert rows_of(reader, data) == [[10, 0, 0, 1, -1, 100, 5, 0]]
    assert (reader.known(0), reader.ended) == (True, False)


def test_halts_and_broken_trades_are_counted() -> None:
    reader = ItchReader(("AAA",))
    data = START + message("H", 7, 2 * 10**9, stock("AAA"), b"H", b" ", b"T1  ")
    data += message("H", 7, 3 * 10**9, stock("AAA"), b"T", b" ", b"    ")
    assert rows_of(reader, data + message("B", 7, 4 * 10**9, 1)) == []
    assert (reader.halts, reader.broken) == (1, 1)


ADD = message("A", 7, 2 * 10**9, 1, b"B", 5, stock("AAA"), 100)
LATER = 3 * 10**9


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"<html><body>", ItchFault.UNKNOWN_TYPE),
        (b"\0" * 50, ItchFault.UNKNOWN_TYPE),
        (b"\0\x0cZ" + b"\0" * 11, ItchFault.UNKNOWN_TYPE),
        (b"\0\x0dS" + b"\0" * 12, ItchFault.WRONG_LENGTH),
        (b"\0\x0dS", ItchFault.WRONG_LENGTH),
        (message("S", 0, 86_400 * 10**9, b"O"), ItchFault.NOT_A_TIME),
        (ADD + message("D", 7, 1, 1), ItchFault.TIME_RUNS_BACK),
        (message("A", 7, LATER, 2, b"Z", 5, stock("AAA"), 100), ItchFault.UNKNOWN_SIDE),
        (message("A", 7, LATER, 2, b"B", 0, stock("AAA"), 100), ItchFault.NOT_POSITIVE),
        (message("A", 7, LATER, 2, b"B", 5, stock("AAA"), 0), ItchFault.NOT_POSITIVE),
        (message("A", 7, LATER, 2, b"B", 5, stock("AAA"), 1 << 31), ItchFault.TOO_LARGE),
        (message("A", 7, LATER, 1 << 63, b"B", 5, stock("AAA"), 9), ItchFault.TOO_LARGE),
        (ADD + message("X", 7, LATER, 1, 0), ItchFault.NOT_POSITIVE),
        (ADD + ADD, ItchFault.DUPLICATE_ORDER),
        (ADD + message("U", 7, LATER, 1, 1, 5, 100), ItchFault.DUPLICATE_ORDER),
        (ADD + message("E", 7, LATER, 2, 5, 1), ItchFault.UNKNOWN_ORDER),
        (ADD + message("D", 7, LATER, 1) + message("D", 7, LATER, 1), ItchFault.UNKNOWN_ORDER),
        (ADD + message("E", 7, LATER, 1, 6, 1), ItchFault.MORE_THAN_RESTS),
    ],
)
def test_what_is_no_message_stops_before_it(data: bytes, fault: ItchFault) -> None:
    found = ItchReader(("AAA",)).read(START + data)
    assert found.fault is fault
    assert found.used >= len(START)
    assert found.used < len(START + data)


def test_random_bytes_never_do_more_than_stop() -> None:
    draw = np.random.default_rng(1)
    data = bytearray(ItchDay().data)
    for _ in range(300):
        spoiled = data.copy()
        for place in draw.integers(0, len(data), 3).tolist():
            spoiled[place] = int(draw.integers(256))
        found = ItchReader(("AAA", "BBB")).read(bytes(spoiled))
        assert found.used <= len(data)
