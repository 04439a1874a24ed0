from __future__ import annotations

from pathlib import Path

from feeds.records import Table
from feeds.tape_store import list_tapes, verify_tape
from simtrade.bench.import_cases import CASES


def test_the_writers_make_good_tapes(tmp_path: Path) -> None:
    for name, table in (("writer-trades", Table.TRADES), ("writer-depth", Table.DEPTH)):
        root = tmp_path / name
        root.mkdir()
        assert CASES[name].run(root, CASES[name].make(root, 500), 500) == 500
        (tape,) = list_tapes(root)
        assert tape.counts == {table.value: 500}
        assert verify_tape(root, tape.tape_id) == []
