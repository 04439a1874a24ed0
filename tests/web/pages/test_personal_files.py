"""Everything a person owns, as files and as one archive: complete, his own, without secrets."""

from __future__ import annotations

import csv
import io
import zipfile

from lessons.catalogue import shipped
from tests.web.pages.person import Person
from tests.web.serving import Site
from web.pages.export import EXPORTS
from web.pages.personal_files import PERSONAL

LESSON = next(one for one in shipped().lessons if one.quizzes)


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def user_id(site: Site, account: int) -> int:
    found = site.core.portfolio.account(account)
    assert found is not None
    return int(found.user_id)


def test_answers_to_quizzes(person: Person) -> None:
    person.start()
    quiz = LESSON.quizzes[0]
    wrong, right = quiz.right.index(False), quiz.right.index(True)
    for choice in (wrong, right):
        person.post(f"/learn/{LESSON.lesson_id}/quiz/{quiz.name}", choice=choice)
    (row,) = table(person.get("/portfolio/own/quizzes.csv").text)
    assert (row["lesson"], row["quiz"]) == (LESSON.lesson_id, quiz.name)
    assert (row["chosen"], row["tries"]) == (str(right + 1), "2")
    assert row["answered"] == row["first_right"] != ""


def test_keys_without_their_secrets_and_without_formulas(real_site: Site, person: Person) -> None:
    account = person.start()
    venue = real_site.core.portfolio.account(account).venue_id
    made = real_site.core.keys.create(user_id(real_site, account), venue, name="=cmd|'/c calc'!A1")
    text = person.get("/portfolio/own/keys.csv").text
    (row,) = table(text)
    assert (row["key"], row["venue"], row["scopes"]) == (made.key.key_id, venue, "clock trade")
    assert row["name"] == "'=cmd|'/c calc'!A1"
    assert made.secret not in text
    assert row["revoked"] == row["used"] == ""


def test_the_archive_holds_every_file_of_every_account(real_site: Site, person: Person) -> None:
    first = person.start()
    second = int(
        person.post("/practice", tape="us_daily", date="2009-03-02", key="z").url.params["account"]
    )
    person.order(second)
    answer = person.get("/portfolio/everything.zip")
    assert answer.headers["content-type"] == "application/zip"
    assert "attachment" in answer.headers["content-disposition"]
    packed = zipfile.ZipFile(io.BytesIO(answer.content))
    assert packed.testzip() is None
    wanted = {"accounts.csv", *(f"{kind}.csv" for kind in PERSONAL)}
    wanted |= {f"account-{one}/{kind}.csv" for one in (first, second) for kind in EXPORTS}
    assert set(packed.namelist()) == wanted
    for kind in EXPORTS:
        alone = person.get(f"/portfolio/{kind}.csv?account={second}").content
        if kind != "summary":  # other people's orders may have been counted meanwhile
            assert packed.read(f"account-{second}/{kind}.csv") == alone, kind
    listed = table(packed.read("accounts.csv").decode())
    assert [one["account"] for one in listed] == [str(first), str(second)]


def test_files_are_the_askers_own(person: Person, stranger: Person) -> None:
    account = person.start()
    stranger.start()
    packed = zipfile.ZipFile(io.BytesIO(stranger.get("/portfolio/everything.zip").content))
    assert not any(f"account-{account}/" in name for name in packed.namelist())
    for path in ("/portfolio/own/secrets.csv", f"/portfolio/orders.csv?account={account}"):
        assert stranger.get(path).status_code == 404


def test_a_visitor_owns_nothing(real_site: Site) -> None:
    with Person(real_site) as visitor:
        for path in ("/portfolio/everything.zip", "/portfolio/own/keys.csv"):
            assert visitor.get(path).status_code == 401
