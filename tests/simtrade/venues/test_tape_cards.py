"""The operator's list of tapes follows the folder; each tape is looked through once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import simtrade.venues.tape_cards
from feeds.tape_store import remove, write_tape
from simtrade.venues.tape_cards import TapeCards
from tests.feeds.samples import daily_tape

DAY = date(2024, 3, 1)


def test_tapes_come_and_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    real = simtrade.venues.tape_cards.coverage
    monkeypatch.setattr(
        simtrade.venues.tape_cards,
        "coverage",
        lambda root, manifest: (looked.append(manifest.tape_id), real(root, manifest))[1],
    )
    cards = TapeCards(tmp_path / "tapes")
    assert cards.all() == ()
    one, two = (daily_tape({name: [(DAY, 1, 1, 1, 1, 1)]}) for name in ("A", "B"))
    for tape in (one, two, one):
        write_tape(tmp_path / "tapes", tape)
        cards.all()
    assert sorted(looked) == sorted([one.tape_id, two.tape_id])
    found = cards.all()
    assert [card.manifest.tape_id for card in found] == sorted([one.tape_id, two.tape_id])
    assert all(card.size_bytes > 100 and card.coverage.days == ((DAY, 1),) for card in found)
    remove(tmp_path / "tapes", one.tape_id)
    assert [card.manifest.tape_id for card in cards.all()] == [two.tape_id]
    assert [path.name for path in (tmp_path / "tapes").iterdir()] == [two.tape_id]
