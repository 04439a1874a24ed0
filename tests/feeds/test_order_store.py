from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from feeds.order_store import open_order_tape, write_order_tape
from feeds.order_tape import OrderTape, with_id
from feeds.tape import TapeError, TapeKind
from feeds.tape_store import MANIFEST, list_tapes, open_tape, read_manifest, verify_tape
from tests.feeds.l2_sample import SESSION, SampleDay

TAPE = SampleDay().tape()
STREET_FILE, PICTURES_FILE = "street.parquet", "snapshots.parquet"


def same(one: OrderTape, other: OrderTape) -> bool:
    tables = ("street", "snapshots")
    plain = [name for name in OrderTape.__dataclass_fields__ if name not in tables]
    return all(getattr(one, name) == getattr(other, name) for name in plain) and all(
        np.array_equal(getattr(one, name), getattr(other, name)) for name in tables
    )


def test_what_is_written_is_what_is_opened(tmp_path: Path) -> None:
    folder = write_order_tape(tmp_path, TAPE)
    assert folder.name == TAPE.tape_id
    assert same(open_order_tape(tmp_path, TAPE.tape_id), TAPE)
    assert verify_tape(tmp_path, TAPE.tape_id) == []
    assert [one.tape_id for one in list_tapes(tmp_path)] == [TAPE.tape_id]


def test_the_manifest_tells_what_the_tape_is(tmp_path: Path) -> None:
    manifest = read_manifest(write_order_tape(tmp_path, TAPE))
    assert manifest.kind is TapeKind.STREET_ORDERS
    assert (manifest.session, manifest.rows) == (SESSION, TAPE.rows)
    assert manifest.counts == TAPE.counts()
    assert set(manifest.files) == {STREET_FILE, PICTURES_FILE}
    (entry,) = manifest.instruments
    assert (entry.first_reference_ticks, entry.rows) == (1_000, TAPE.rows)
    assert (entry.first_time, entry.last_time) == TAPE.span_ns


def test_a_tape_of_orders_is_no_tape_of_bars(tmp_path: Path) -> None:
    write_order_tape(tmp_path, TAPE)
    with pytest.raises(TapeError, match="not a tape of bars"):
        open_tape(tmp_path, TAPE.tape_id)
    with pytest.raises(TapeError, match="no readable manifest"):
        open_order_tape(tmp_path, "absent")


def edit(change: Callable[[dict[str, object]], None]) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        manifest = json.loads((folder / MANIFEST).read_text())
        change(manifest)
        (folder / MANIFEST).write_text(json.dumps(manifest))

    return apply


def rewrite(folder: Path) -> None:
    """A changed table with the manifest's digest brought up to date."""
    import hashlib

    path = folder / STREET_FILE
    pl.read_parquet(path).drop("qty").write_parquet(path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    entry = {"size_bytes": path.stat().st_size, "sha256": digest}
    edit(lambda m: m["files"].update({STREET_FILE: entry}))(folder)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda folder: (folder / STREET_FILE).write_bytes(b"x"), "SHA-256"),
        (lambda folder: (folder / PICTURES_FILE).unlink(), "missing"),
        (edit(lambda m: m.update(files={})), "not in the manifest"),
        (edit(lambda m: m.update(source="forged")), "another id"),
        (edit(lambda m: m.update(counts={})), "counts, span or units"),
        (edit(lambda m: m.update(session=None)), "one session"),
        (edit(lambda m: m.update(phases=[])), "continuous"),
        (rewrite, "unexpected columns"),
    ],
)
def test_damage_is_found_and_never_opened(
    tmp_path: Path, damage: Callable[[Path], None], message: str
) -> None:
    damage(write_order_tape(tmp_path, TAPE))
    problems = verify_tape(tmp_path, TAPE.tape_id)
    assert any(message in problem.message for problem in problems), problems
    with pytest.raises(TapeError, match=message):
        open_order_tape(tmp_path, TAPE.tape_id)


def test_what_the_session_is_belongs_to_the_tape(tmp_path: Path) -> None:
    warned = with_id(replace(TAPE, status="st"))
    assert warned.tape_id != TAPE.tape_id
    write_order_tape(tmp_path, warned)
    assert open_order_tape(tmp_path, warned.tape_id).status == "st"
    with pytest.raises(TapeError, match="is no status"):
        with_id(replace(TAPE, status="poor"))
