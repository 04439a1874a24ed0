from __future__ import annotations

from pathlib import Path

import pytest

from feeds.order_store import open_order_tape
from feeds.tape import TapeKind
from feeds.tape_store import list_tapes, verify_tape
from simtrade.bench import import_files
from simtrade.bench.import_cases import CASES


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("csv-bars", TapeKind.MINUTE_BARS),
        ("csv-ticks", TapeKind.MARKET),
        ("parquet-bars", TapeKind.MINUTE_BARS),
        ("itch", TapeKind.STREET_ORDERS),
    ],
)
def test_what_is_made_becomes_a_whole_tape(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, kind: TapeKind
) -> None:
    monkeypatch.setattr(import_files, "_BATCH", 700)
    root = tmp_path / "tapes"
    root.mkdir()
    assert CASES[name].run(root, CASES[name].make(tmp_path, 3_000), 3_000) == 3_000
    (tape,) = list_tapes(root)
    assert tape.kind is kind
    assert verify_tape(root, tape.tape_id) == []


def test_orders_come_and_go(tmp_path: Path) -> None:
    (tmp_path / "tapes").mkdir()
    import_files.import_itch(tmp_path / "tapes", import_files.make_itch(tmp_path, 3_000), 3_000)
    (made,) = list_tapes(tmp_path / "tapes")
    counts = open_order_tape(tmp_path / "tapes", made.tape_id).counts()
    assert (counts["orders"], counts["cancels"], counts["trades"]) == (1_900, 990, 110)
