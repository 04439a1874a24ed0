from __future__ import annotations

from pathlib import Path

from feeds.tape_store import list_tapes, verify_tape
from simtrade.bench.import_cases import CASES


def test_the_recording_is_a_whole_morning(tmp_path: Path) -> None:
    case, root = CASES["sse-l2"], tmp_path / "tapes"
    assert case.run(root, case.make(tmp_path, 600), 600) == 600
    (tape,) = list_tapes(root)
    assert tape.counts == {"orders": 200, "cancels": 200, "trades": 200, "snapshots": 1}
    assert verify_tape(root, tape.tape_id) == []
