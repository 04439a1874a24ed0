"""Secrets stay out of what is printed; reasons are told apart by their code."""

from __future__ import annotations

from matching.units import AtNs
from simtrade.desk.requests import UserId
from simtrade.people.model import PersonReason, Role, SignedIn, User


def test_a_token_is_not_printed() -> None:
    user = User(UserId(1), "ann", Role.LEARNER, None, None, None, AtNs(0))
    assert "secret" not in repr(SignedIn(user, "secret"))


def test_codes_are_unique_and_only_load_is_transient() -> None:
    assert len({reason.code for reason in PersonReason}) == len(PersonReason)
    transient = [reason for reason in PersonReason if reason.transient]
    assert transient == [PersonReason.TOO_MANY_TRIES, PersonReason.BUSY]
