"""Sign-up, sign-in, sessions and preferences, as a person meets them."""

from __future__ import annotations

import asyncio
import logging
import threading

import pytest
from argon2 import PasswordHasher

from simtrade.desk.requests import UserId
from simtrade.people.model import PersonReason, Role, SignedIn, User
from simtrade.people.passwords import AT_ONCE, WAITING_AT_MOST, Passwords
from simtrade.people.service import People
from simtrade.settings import Settings
from simtrade.store.app_store import AppStore
from tests.simtrade.people.conftest import NOON_NS, World

pytestmark = pytest.mark.anyio

PASSWORD = "correct horse"


def signed_in(result: SignedIn | PersonReason) -> SignedIn:
    assert isinstance(result, SignedIn), result
    return result


async def test_a_guest_who_signs_up_keeps_his_id_and_gets_a_new_token(people: People) -> None:
    guest = people.create_guest("zh")
    people.set_preferences(guest.user.user_id, theme="dark", updown="red_up")
    member = signed_in(await people.sign_up(guest.user.user_id, " 王小明 ", PASSWORD))
    assert member.user == User(
        guest.user.user_id, "王小明", Role.LEARNER, "zh", "dark", "red_up", guest.user.created_at_ns
    )
    assert people.session(guest.token) is None
    assert people.session(member.token) == member.user


async def test_signing_up_without_being_a_guest_makes_a_new_person(people: People) -> None:
    one = signed_in(await people.sign_up(None, "ann", PASSWORD))
    two = signed_in(await people.sign_up(None, "ben", PASSWORD))
    assert one.user.user_id != two.user.user_id
    assert one.user.created_at_ns == NOON_NS


@pytest.mark.parametrize(
    ("name", "password", "reason"),
    [
        ("x y", "short", PersonReason.NAME_NOT_ALLOWED),
        ("ANN", "short", PersonReason.NAME_TAKEN),
        ("ben", "short", PersonReason.PASSWORD_TOO_SHORT),
        ("ben", "password", PersonReason.PASSWORD_TOO_COMMON),
    ],
)
async def test_a_sign_up_is_refused_for_the_first_reason(
    people: People, name: str, password: str, reason: PersonReason
) -> None:
    await people.sign_up(None, "ann", PASSWORD)
    guest = people.create_guest(None)
    assert await people.sign_up(guest.user.user_id, name, password) is reason
    assert people.session(guest.token) == guest.user


async def test_one_guest_signs_up_once_however_often_he_clicks(people: People) -> None:
    guest = people.create_guest(None).user.user_id
    results = await asyncio.gather(*(people.sign_up(guest, "ann", PASSWORD) for _ in range(5)))
    assert sum(isinstance(one, SignedIn) for one in results) == 1
    assert await people.sign_up(guest, "ben", PASSWORD) is PersonReason.ALREADY_SIGNED_UP


async def test_two_guests_race_for_a_name_and_one_gets_it(people: People) -> None:
    guests = [people.create_guest(None).user.user_id for _ in range(2)]
    results = await asyncio.gather(*(people.sign_up(one, "ann", PASSWORD) for one in guests))
    assert sum(isinstance(one, SignedIn) for one in results) == 1
    assert PersonReason.NAME_TAKEN in results


async def test_signing_in_takes_name_and_password_in_any_spelling(people: People) -> None:
    await people.sign_up(None, "Ann", "Ångström 12")
    decomposed = "A\u030angstro\u0308m 12"
    again = signed_in(await people.log_in(" ＡＮＮ ", decomposed, "10.0.0.1"))
    assert people.session(again.token) == again.user


async def test_a_wrong_password_and_an_unknown_name_get_one_answer(people: People) -> None:
    await people.sign_up(None, "ann", PASSWORD)
    people.add("nopass", Role.LEARNER)
    for name in ("ann", "nobody", "nopass", "", "x" * 100_000):
        assert await people.log_in(name, "wrong horse", "10.0.0.1") is PersonReason.LOGIN_FAILED
    assert await people.log_in("ann", "y" * 100_000, "10.0.0.1") is PersonReason.LOGIN_FAILED


async def test_too_many_tries_are_told_and_forgotten_a_minute_later(
    people: People, world: World
) -> None:
    await people.sign_up(None, "ann", PASSWORD)
    for _ in range(10):
        assert await people.log_in("ann", "wrong", "10.0.0.1") is PersonReason.LOGIN_FAILED
    assert await people.log_in("ANN", PASSWORD, "10.0.0.1") is PersonReason.TOO_MANY_TRIES
    signed_in(await people.log_in("ann", PASSWORD, "10.0.0.2"))
    world.wait(minutes=1)
    signed_in(await people.log_in("ann", PASSWORD, "10.0.0.1"))


async def test_a_full_queue_is_told_and_nothing_is_kept(
    store: AppStore, world: World, hasher: PasswordHasher
) -> None:
    passwords = Passwords(hasher)
    people = People(store, passwords, Settings(), world.outside())
    gate = threading.Event()
    blocked = [
        passwords._pool.submit(gate.wait, 10) for _ in range(AT_ONCE)
    ]  # both threads are taken, so what follows waits
    waiting = [asyncio.ensure_future(passwords.hash("x")) for _ in range(AT_ONCE + WAITING_AT_MOST)]
    await asyncio.sleep(0)
    assert await people.sign_up(None, "ann", PASSWORD) is PersonReason.BUSY
    assert await people.log_in("ann", PASSWORD, "10.0.0.1") is PersonReason.BUSY
    gate.set()
    await asyncio.gather(*waiting)
    assert all(one.result() for one in blocked)
    signed_in(await people.sign_up(None, "ann", PASSWORD))
    people.close()


async def test_old_costs_are_renewed_at_sign_in(people: People, store: AppStore) -> None:
    ann = signed_in(await people.sign_up(None, "ann", PASSWORD)).user
    old = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1).hash(PASSWORD)
    store.change_user(ann.user_id, {"password_hash": old})
    signed_in(await people.log_in("ann", PASSWORD, ""))
    stored = store.user(ann.user_id)
    assert stored is not None
    assert stored.password_hash not in (None, old)
    signed_in(await people.log_in("ann", PASSWORD, ""))


async def test_a_session_ends_when_idle_however_it_began(people: People, world: World) -> None:
    guest = people.create_guest(None)
    learner = signed_in(await people.sign_up(None, "ann", PASSWORD))
    world.wait(days=13)
    assert people.session(learner.token) == learner.user
    world.wait(days=13)
    assert people.session(learner.token) == learner.user
    world.wait(days=14)
    assert people.session(learner.token) is None
    assert people.session(guest.token) == guest.user
    world.wait(days=90)
    assert people.session(guest.token) is None


async def test_a_session_ends_when_old_even_in_use(people: People, world: World) -> None:
    people.add("boss", Role.ADMIN, PASSWORD)
    boss = signed_in(await people.log_in("boss", PASSWORD, ""))
    for _ in range(23):
        world.wait(minutes=30)
        assert people.session(boss.token) == boss.user
    world.wait(minutes=30)
    assert people.session(boss.token) is None


async def test_signing_out_ends_one_session_and_ending_all_the_rest(people: People) -> None:
    ann = signed_in(await people.sign_up(None, "ann", PASSWORD))
    more = [signed_in(await people.log_in("ann", PASSWORD, "")) for _ in range(2)]
    people.log_out(ann.token)
    people.log_out("no token at all")
    assert people.session(ann.token) is None
    assert people.session(more[0].token) == ann.user
    assert people.end_sessions(ann.user.user_id) == 2
    assert people.session(more[0].token) is None


async def test_ended_sessions_are_forgotten(people: People, world: World) -> None:
    await people.sign_up(None, "ann", PASSWORD)
    people.create_guest(None)
    world.wait(days=20)
    assert people.forget_ended_sessions() == 1
    assert people.forget_ended_sessions() == 0


async def test_sign_ins_forget_ended_sessions_once_an_hour(people: People, world: World) -> None:
    people.create_guest(None)
    world.wait(days=90)
    people.create_guest(None)
    assert people.forget_ended_sessions() == 0
    world.wait(days=90, minutes=-1)
    people.create_guest(None)
    world.wait(minutes=1)
    people.create_guest(None)
    assert people.forget_ended_sessions() == 1


async def test_preferences_not_given_stay(people: People) -> None:
    guest = people.create_guest("en")
    people.set_preferences(guest.user.user_id, theme="dark")
    people.set_preferences(guest.user.user_id)
    user = people.session(guest.token)
    assert user is not None
    assert (user.language, user.theme, user.updown) == ("en", "dark", None)


async def test_a_member_of_the_command_line_signs_in_with_the_password_given(
    people: People,
) -> None:
    admin = people.add("admin", Role.ADMIN, PASSWORD)
    assert isinstance(admin, User)
    assert people.add("Admin", Role.LEARNER) is PersonReason.NAME_TAKEN
    assert people.add("ben", Role.LEARNER, "short") is PersonReason.PASSWORD_TOO_SHORT
    session = signed_in(await people.log_in("admin", PASSWORD, ""))
    assert session.user == admin
    assert people.members() == (admin,)


async def test_a_new_password_ends_the_old_one_and_every_session(people: People) -> None:
    ann = signed_in(await people.sign_up(None, "ann", PASSWORD))
    assert people.reset_password("ann", "short") is PersonReason.PASSWORD_TOO_SHORT
    assert people.session(ann.token) == ann.user
    assert people.reset_password("ANN", "another horse") == ann.user
    assert people.session(ann.token) is None
    assert await people.log_in("ann", PASSWORD, "") is PersonReason.LOGIN_FAILED
    signed_in(await people.log_in("ann", "another horse", ""))
    assert people.reset_password("nobody", "another horse") is None


async def test_no_secret_is_logged(people: People, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    ann = signed_in(await people.sign_up(None, "ann", "canary secret"))
    await people.log_in("ann", "canary wrong", "")
    assert "canary" not in caplog.text
    assert ann.token not in caplog.text


async def test_people_open_on_an_empty_folder_and_again(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    settings = Settings(data=tmp_path_factory.mktemp("data") / "new")
    first = People.open(settings)
    guest = first.create_guest(None)
    first.close()
    second = People.open(settings)
    assert second.session(guest.token) == guest.user
    assert guest.user.user_id == UserId(1)
    second.close()
