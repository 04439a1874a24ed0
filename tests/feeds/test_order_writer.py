"""A tape of orders written in batches is the tape that was written whole."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import feeds.order_writer
from feeds.order_store import open_order_tape, write_order_tape
from feeds.order_tape import SNAPSHOTS, STREET, OrderTape
from feeds.order_writer import OrderWriter, blank
from feeds.street_check import StreetFault
from feeds.tape import TapeError, TapeId
from feeds.tape_store import verify_tape
from tests.feeds.l2_sample import SampleDay

TAPE = SampleDay().tape()
HEAD = replace(TAPE, tape_id=TapeId(""), street=blank(STREET), snapshots=blank(SNAPSHOTS))


def write(root: Path, cuts: list[int], tape: OrderTape = TAPE) -> TapeId:
    with OrderWriter(root, HEAD) as writer:
        for rows in np.split(tape.street, sorted(cuts), axis=1):
            assert not writer.take(rows).any()
        for rows in np.split(tape.snapshots, sorted(cuts), axis=1):
            writer.show(rows)
        assert writer.rows == tape.street.shape[1]
        return writer.finish()


@settings(max_examples=8, deadline=None)
@given(
    st.lists(st.integers(0, TAPE.street.shape[1]), max_size=6), st.sampled_from((50, 64, 1 << 18))
)
def test_batches_make_no_difference(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[int], part: int
) -> None:
    root = tmp_path_factory.mktemp("orders")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(feeds.order_writer, "_PIECE_ROWS", part)
        tape_id = write(root, cuts)
    assert tape_id == TAPE.tape_id
    assert verify_tape(root, tape_id) == []
    opened = open_order_tape(root, tape_id)
    assert np.array_equal(opened.street, TAPE.street)
    assert np.array_equal(opened.snapshots, TAPE.snapshots)
    files = sorted(one.name for one in (root / tape_id).iterdir())
    assert files == ["manifest.json", "snapshots.parquet", "street.parquet"]
    assert [one.name for one in root.iterdir()] == [tape_id]


def test_the_manifest_is_that_of_a_tape_written_whole(tmp_path: Path) -> None:
    write(tmp_path / "a", [5, 50])
    write_order_tape(tmp_path / "b", TAPE)
    texts = [(tmp_path / one / TAPE.tape_id / "manifest.json").read_text() for one in "ab"]
    cut = [text[: text.index('"files"')] for text in texts]
    assert cut[0] == cut[1]


def test_a_row_that_does_not_follow_makes_no_tape(tmp_path: Path) -> None:
    street = TAPE.street.copy()
    street[4, 1] = street[4, 0]  # the number of the first order again
    with OrderWriter(tmp_path, HEAD) as writer:
        faults = writer.take(street)
        assert faults[1] == StreetFault.DUPLICATE_ORDER
        with pytest.raises(TapeError, match="do not follow"):
            writer.finish()
    assert list(tmp_path.iterdir()) == []


def test_rows_out_of_order_between_batches_are_seen(tmp_path: Path) -> None:
    with OrderWriter(tmp_path, HEAD) as writer:
        writer.take(TAPE.street[:, :5])
        with pytest.raises(TapeError, match="places are not ascending"):
            writer.take(TAPE.street[:, 4:])
        writer.show(TAPE.snapshots[:, :5])
        with pytest.raises(TapeError, match="times are not ascending"):
            writer.show(TAPE.snapshots[:, :1])
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_no_tape(tmp_path: Path) -> None:
    with OrderWriter(tmp_path, HEAD) as writer, pytest.raises(TapeError, match="no orders"):
        writer.finish()
    with OrderWriter(tmp_path, replace(HEAD, name="A B")) as writer:
        writer.take(TAPE.street)
        with pytest.raises(TapeError, match="tape name"):
            writer.finish()
    assert list(tmp_path.iterdir()) == []
