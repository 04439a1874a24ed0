"""Refusals for programs: RFC 9457, in the person's language."""

from __future__ import annotations

import pytest

from matching.reasons import Reason
from tests.web.serving import Site
from web.problems import Fault, fault_problem, refusal_status


def test_members_of_a_problem(site: Site) -> None:
    with site.client() as client:
        problem = client.get("/api/bars?venue=floor").json()
    assert problem == {
        "type": "urn:simtrade:problem:bad_query",
        "title": "Bad Request",
        "status": 400,
        "code": "bad_query",
        "detail": "A value in the address is missing or wrong.",
        "field": "sym",
    }


def test_a_refusal_speaks_the_persons_language(site: Site) -> None:
    path = "/api/bars?venue=nowhere&sym=x"
    with site.client() as client:
        english = client.get(path).json()
        chinese = client.get(path, headers={"accept-language": "zh-CN"}).json()
    assert english["code"] == chinese["code"] == "venue_unknown"
    assert english["field"] == "venue"
    assert english["detail"].isascii()
    assert not chinese["detail"].isascii()


@pytest.mark.parametrize("fault", Fault)
def test_every_fault_has_a_sentence_in_both_languages(fault: Fault) -> None:
    english, chinese = (fault_problem(fault, language) for language in ("en", "zh"))
    assert english.detail != chinese.detail
    assert english.status == fault.status


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_the_askers_or_the_services(reason: Reason) -> None:
    assert refusal_status(reason) in (404, 422, 503)


def test_framework_statuses() -> None:
    assert Fault.of_status(404) is Fault.NOT_FOUND
    assert Fault.of_status(405) is Fault.METHOD_NOT_ALLOWED
    assert Fault.of_status(403) is Fault.NOT_ALLOWED
    assert Fault.of_status(418) is Fault.BAD_REQUEST
    assert Fault.of_status(503) is Fault.INTERNAL
