"""Signing up keeps everything, signing in tells nothing to guessers, choices stay."""

from __future__ import annotations

import uuid

import pytest

from tests.web.pages.person import Person, texts

PASSWORD = "a lantern over water"


def fresh_name() -> str:
    return f"p{uuid.uuid4().hex[:10]}"


def test_a_guest_keeps_everything(person: Person, stranger: Person) -> None:
    account, name = person.start(), fresh_name()
    person.get("/signup")
    answer = person.post("/signup", name=name, password=PASSWORD)
    assert answer.url.path == "/portfolio"
    assert person.get(f"/trade/AAPL?account={account}").status_code == 200
    assert person.post("/signup", name=fresh_name(), password=PASSWORD).url.path == "/settings"
    stranger.get("/login")
    assert stranger.post("/login", name=name, password=PASSWORD).url.path == "/trade/AAPL"
    assert stranger.get(f"/portfolio?account={account}").status_code == 200


def test_a_visitor_signs_up_with_nothing_to_keep(person: Person) -> None:
    person.get("/signup")
    assert person.post("/signup", name=fresh_name(), password=PASSWORD).url.path == "/practice"


def test_login_says_the_same_about_unknown_names_and_wrong_passwords(person: Person) -> None:
    name = fresh_name()
    person.get("/signup")
    person.post("/signup", name=name, password=PASSWORD)
    person.post("/logout")
    unknown = person.post("/login", name=fresh_name(), password=PASSWORD)
    wrong = person.post("/login", name=name, password="not this one at all")
    for answer in (unknown, wrong):
        assert answer.status_code == 422
        assert "Name or password is not right." in texts(answer)
        assert PASSWORD not in answer.text


@pytest.mark.parametrize(("target", "path"), [("//evil.example/", "/practice"), ("/help", "/help")])
def test_login_goes_on_inside_the_site(person: Person, target: str, path: str) -> None:
    name = fresh_name()
    person.get("/signup")
    person.post("/signup", name=name, password=PASSWORD)
    person.post("/logout")
    assert person.post("/login", name=name, password=PASSWORD, next=target).url.path == path


def test_signing_up_goes_on_inside_the_site_after_a_refusal_too(person: Person) -> None:
    person.start()
    assert 'name="next" value="/keys"' in person.get("/signup?next=/keys").text
    again = person.post("/signup", name=fresh_name(), password="short", next="/keys")
    assert again.status_code == 422
    assert 'name="next" value="/keys"' in again.text
    done = person.post("/signup", name=fresh_name(), password=PASSWORD, next="/keys")
    assert done.url.path == "/keys"
    person.post("/logout")
    refused = person.post("/login", name=fresh_name(), password=PASSWORD, next="/keys")
    assert 'name="next" value="/keys"' in refused.text
    foreign = person.post("/signup", name=fresh_name(), password=PASSWORD, next="//evil.example/")
    assert foreign.url.path == "/practice"


def test_logging_out_ends_the_session(person: Person) -> None:
    person.start()
    assert person.post("/logout").url.path == "/"
    assert person.get("/portfolio").status_code == 401


def test_choices_are_kept_with_and_without_a_name(person: Person) -> None:
    person.get("/help")
    answer = person.post("/lang/zh", next="/help")
    assert answer.url.path == "/help"
    assert '<html lang="zh-CN"' in answer.text
    person.start()
    person.post("/theme/dark", next="/settings")
    page = person.post("/updown/cb", next="/settings").text
    assert 'data-theme="dark" data-updown="cb"' in page
    assert '<html lang="zh-CN"' in page


@pytest.mark.parametrize("path", ["/lang/fr", "/theme/pink", "/updown/none"])
def test_unknown_choices_are_not_found(person: Person, path: str) -> None:
    assert person.post(path).status_code == 404
