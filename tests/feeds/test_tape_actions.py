"""What a tape may record of corporate actions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from feeds.tape import TapeError, TapeSplit, content_id
from feeds.tape_actions import ActionKind, TapeAction, action_faults
from feeds.tape_store import open_tape, write_tape
from matching.instrument import InstrumentId
from tests.feeds.samples import daily_tape

A, B = InstrumentId("XTST:A"), InstrumentId("XTST:B")
D2, D3, D6 = date(2020, 1, 2), date(2020, 1, 3), date(2020, 1, 6)
ROW = (D2, 100, 110, 90, 101, 10)
EX = TapeAction(A, D3, ActionKind.EX, cash_micro=500_000)
RIGHTS = TapeAction(
    A, D3, ActionKind.EX, rights_new=3, rights_old=10, rights_ticks=80, rights_deadline=D6
)
CODE = TapeAction(A, D6, ActionKind.CODE, new_id=B)

FAULTS = [
    (TapeAction(A, D3, ActionKind.EX), "gives nothing"),
    (TapeAction(InstrumentId("XTST:C"), D3, ActionKind.EX, cash_micro=1), "unknown"),
    (TapeAction(A, D3, ActionKind.EX, cash_micro=-1), "negative"),
    (TapeAction(A, D3, ActionKind.EX, bonus_new=1, bonus_old=0), "negative or too many"),
    (TapeAction(A, D3, ActionKind.EX, cash_micro=1, pay_session=D2), "before the ex-date"),
    (TapeAction(A, D3, ActionKind.EX, cash_micro=1, announced=D6), "announced after"),
    (TapeAction(A, D3, ActionKind.EX, rights_new=1, rights_deadline=D6), "need a price"),
    (TapeAction(A, D3, ActionKind.EX, rights_new=1, rights_ticks=5), "last day"),
    (TapeAction(A, D3, ActionKind.EX, rights_new=1, rights_ticks=5, rights_deadline=D6,
                rights_session=D6), "after the last day"),
    (TapeAction(A, D3, ActionKind.SUSPENSION), "last day"),
    (TapeAction(A, D3, ActionKind.SUSPENSION, until=D2), "last day"),
    (TapeAction(A, D3, ActionKind.DELISTING, cash_ticks=-1), "negative"),
    (TapeAction(A, D3, ActionKind.CODE), "new code"),
    (TapeAction(A, D3, ActionKind.CODE, new_id=A), "unknown"),
]  # fmt: skip


@pytest.mark.parametrize(("action", "words"), FAULTS)
def test_a_fault_is_named(action: TapeAction, words: str) -> None:
    found = [text for _, text in action_faults([action], [A, B])]
    assert any(words in text for text in found), found
    with pytest.raises(TapeError, match=words):
        daily_tape({"A": [ROW], "B": [ROW]}, actions=(action,))


def test_two_of_a_kind_and_two_of_a_code() -> None:
    assert [text for _, text in action_faults([EX, EX], [A])] == [
        "there are two of a kind on one day"
    ]
    both = [CODE, TapeAction(InstrumentId("XTST:C"), D6, ActionKind.CODE, new_id=B)]
    found = [text for _, text in action_faults(both, [A, B, InstrumentId("XTST:C")])]
    assert found == ["two instruments get the same code"]


def test_new_shares_must_be_listed_before_anything_changes_them() -> None:
    assert not list(action_faults([EX, CODE], [A, B]))
    found = [text for _, text in action_faults([RIGHTS, CODE], [A, B])]
    assert found == ["its new shares are not listed before a split, a new code or the end"]
    assert list(action_faults([RIGHTS], [A, B], [(A, D6)]))
    assert not list(action_faults([RIGHTS], [A, B], [(A, D3), (B, D6)]))


def test_a_tape_keeps_its_actions_and_they_are_part_of_its_id(tmp_path: Path) -> None:
    plain = daily_tape({"A": [ROW], "B": [ROW]}, (TapeSplit(A, D2, 2, 1),))
    tape = daily_tape({"A": [ROW], "B": [ROW]}, actions=(CODE, EX))
    assert tape.actions == (EX, CODE)
    assert content_id(replace(tape, actions=(EX,))) != tape.tape_id
    assert content_id(replace(plain, actions=())) == plain.tape_id
    write_tape(tmp_path, tape)
    write_tape(tmp_path, plain)
    assert open_tape(tmp_path, tape.tape_id).actions == tape.actions
    assert open_tape(tmp_path, plain.tape_id).actions == ()
