"""Keys for programs, made and ended by people without scripts."""

from __future__ import annotations

import re
import uuid

import httpx
import pytest

from simtrade.app import Simtrade
from simtrade.desk.requests import UserId
from simtrade.people.api_keys import KEYS_PER_PERSON, ApiKey, KeyScope
from tests.web.pages.person import Person, texts
from tests.web.serving import Site

PASSWORD = "a lantern over water"


def member(person: Person) -> None:
    """With a practice market of his own."""
    person.start()
    person.post("/signup", name=f"k{uuid.uuid4().hex[:10]}", password=PASSWORD)


def form_key(page: httpx.Response) -> str:
    found = re.search(r'name="key" value="(\w+)"', page.text)
    assert found
    return found[1]


def make(person: Person, **fields: object) -> httpx.Response:
    """A key to the shared floor that may trade for 90 days, unless said otherwise."""
    form = form_key(person.get("/keys"))
    words = {"key": form, "name": "first bot", "venue": "floor", "trade": "1", "days": "90"}
    return person.post("/keys", **{**words, **fields})


def secret(page: httpx.Response) -> tuple[str, str]:
    key_id = re.search(r'<code id="made-key">(\w+)<', page.text)
    found = re.search(r'<code id="made-secret">([^<]+)<', page.text)
    assert key_id
    assert found
    return key_id[1], found[1]


def account(person: Person, pair: tuple[str, str]) -> int:
    headers = dict(zip(("APCA-API-KEY-ID", "APCA-API-SECRET-KEY"), pair, strict=True))
    return httpx.get(f"{person.origin}/v2/account", headers=headers, trust_env=False).status_code


def test_the_secret_is_shown_once_and_opens_the_account(person: Person) -> None:
    member(person)
    made = make(person)
    pair = secret(made)
    assert made.status_code == 200
    assert made.headers["cache-control"] == "no-store"
    assert str(made.url) == f"{person.origin}/keys"
    assert "set-cookie" not in made.headers
    assert f"export APCA_API_SECRET_KEY={pair[1]}" in made.text
    assert f"export APCA_API_BASE_URL={person.origin}\n" in made.text
    assert f"export APCA_API_STREAM_URL={person.origin.replace('http', 'ws')}\n" in made.text
    assert account(person, pair) == 200
    page = person.get("/keys")
    assert pair[0] in page.text
    assert pair[1] not in page.text
    assert all(pair[1] not in value for value in person.client.cookies.values())
    assert "first bot" in texts(page)
    assert "Shared floor" in texts(page)


def test_the_same_form_sent_again_makes_no_second_key_and_tells_nothing(person: Person) -> None:
    member(person)
    form = form_key(person.get("/keys"))
    pair = secret(make(person, key=form))
    again = make(person, key=form)
    assert again.status_code == 422
    assert "has made a key before" in texts(again)
    assert pair[1] not in again.text
    assert "made-secret" not in again.text
    assert person.get("/keys").text.count('<li id="SIM') == 1
    assert account(person, pair) == 200


def test_a_revoked_key_is_refused_and_twice_is_no_mistake(person: Person) -> None:
    member(person)
    pair = secret(make(person))
    for _ in range(2):
        page = person.post(f"/keys/{pair[0]}/revoke")
        assert page.url.path == "/keys"
        assert "Keys that work no more: 1" in texts(page)
        assert account(person, pair) == 401


def test_nobody_ends_anothers_key(person: Person, stranger: Person) -> None:
    member(person)
    member(stranger)
    pair = secret(make(person))
    for key_id in (pair[0], "SIMNOBODY", "x" * 200):
        assert stranger.post(f"/keys/{key_id}/revoke").status_code == 404
    assert account(person, pair) == 200
    assert pair[0] not in stranger.get("/keys").text


def test_a_guest_reads_why_he_needs_a_name_and_comes_back(
    real_site: Site, person: Person, stranger: Person
) -> None:
    person.start()
    page = person.get("/keys")
    assert "As a guest you live in this browser only" in texts(page)
    assert 'href="/signup?next=/keys"' in page.text
    assert 'action="/keys"' not in page.text
    fields = {"key": "k", "name": "", "venue": "floor", "trade": "1", "days": "30"}
    assert person.post("/keys", **fields).status_code == 403
    assert person.post("/keys/SIM1/revoke").status_code == 404
    person.post("/signup", name=f"k{uuid.uuid4().hex[:10]}", password=PASSWORD, next="/keys")
    assert secret(make(person))
    assert 'href="/login?next=/keys"' in stranger.get("/keys").text
    assert stranger.post("/keys", **fields).status_code == 403


def test_scopes_and_lifetime_are_what_was_chosen(real_site: Site, person: Person) -> None:
    member(person)
    own = re.search(r'<option value="(?!floor)(\w+)"', person.get("/keys").text)
    assert own
    make(person, venue=own[1], clock="1", days="never")
    make(person, venue="floor", clock="1", days="366")
    make(person, trade="", days="30")
    key_id = secret(make(person, venue=own[1]))[0]
    newest, reading, floor, practice = keys_beside(real_site, key_id)
    assert newest.key_id == key_id
    assert practice.scopes == frozenset(KeyScope)
    assert practice.expires_at_ns is None
    assert floor.scopes == {KeyScope.TRADE}  # nobody turns the shared clock
    assert floor.expires_at_ns == floor.created_at_ns + 366 * 86_400 * 10**9
    assert reading.scopes == frozenset()
    assert newest.scopes == {KeyScope.TRADE}


def keys_beside(site: Site, key_id: str) -> tuple[ApiKey, ...]:
    """Every key of the person who has this one, newest first."""
    core: Simtrade = site.core
    stored = core.keys._store.key(key_id)
    assert stored is not None
    return core.keys.of(UserId(stored.user_id))


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"venue": "p999"}, "Choose one of these."),
        ({"venue": ""}, "Choose one of these."),
        ({"days": "0"}, "Choose one of these."),
        ({"days": "1e400"}, "Choose one of these."),
        ({"name": "x" * 41}, "at most 40 characters"),
        ({"name": "a\x00b"}, "characters that cannot be shown"),
        ({"name": "a\u202eb"}, "characters that cannot be shown"),
    ],
)
def test_a_wrong_form_makes_nothing_and_comes_back_as_it_was(
    person: Person, wrong: dict[str, str], sentence: str
) -> None:
    member(person)
    page = make(person, **{"trade": "", "clock": "1", **wrong})
    assert page.status_code == 422
    assert sentence in texts(page)
    assert "autofocus" in page.text
    assert re.search(r'name="clock" value="1" autocomplete="off" checked', page.text)
    assert not re.search(r'name="trade" value="1" autocomplete="off" checked', page.text)
    assert '<li id="SIM' not in person.get("/keys").text


def test_names_are_shown_as_text(person: Person) -> None:
    member(person)
    page = make(person, name="<b>bold</b>")
    assert "&lt;b&gt;bold&lt;/b&gt;" in page.text
    assert "<b>bold" not in page.text


def test_there_is_a_most(person: Person) -> None:
    member(person)
    for _ in range(KEYS_PER_PERSON):
        assert make(person).status_code == 200
    page = make(person)
    assert page.status_code == 422
    assert "Revoke one first." in texts(page)


def test_without_the_form_token_nothing_is_made_or_ended(person: Person) -> None:
    member(person)
    pair = secret(make(person))
    foreign = {"csrf": "0" * 64, "venue": "floor", "days": "30"}
    assert person.post(f"/keys/{pair[0]}/revoke", **foreign).status_code == 403
    assert person.post("/keys", **foreign).status_code == 403
    assert account(person, pair) == 200


def test_the_page_speaks_chinese_and_is_found_in_the_settings(chinese: Person) -> None:
    member(chinese)
    assert 'href="/keys"' in chinese.get("/settings").text
    page = make(chinese, name="网格")
    assert "请立即复制密钥 Secret，之后不再显示。" in texts(page)
    assert "读取、交易" in texts(page)


def test_an_account_is_marked_from_the_first_order_of_a_program_on(
    real_site: Site, person: Person
) -> None:
    number = person.start()
    person.post("/signup", name=f"k{uuid.uuid4().hex[:10]}", password=PASSWORD)
    own = re.search(r'<option value="(?!floor)(\w+)"', person.get("/keys").text)
    assert own
    key_id = secret(make(person, venue=own[1]))[0]
    pages = [f"/trade/AAPL?account={number}", f"/portfolio?account={number}"]
    sentence = "BOT A program has placed orders in this account."
    assert all(sentence not in texts(person.get(path)) for path in pages)
    real_site.core.keys.ordered(keys_beside(real_site, key_id)[0])
    assert all(sentence in texts(person.get(path)) for path in pages)
    assert 'href="/help#bots"' in person.get(pages[0]).text
    assert 'id="bots"' in person.get("/help").text
    floor = person.join()
    assert sentence not in texts(person.get(f"/portfolio?account={floor}"))
