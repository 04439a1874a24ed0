"""A raised refusal becomes a problem document with everything that is known of it."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

from starlette.requests import Request

from matching.reasons import Reason
from simtrade.desk.requests import Refusal
from web.api.refused import REPLAYED, Refused, refused
from web.problems import Fault, FieldError
from web.sentences import sentence


def answer(error: Refused) -> tuple[int, Any, dict[str, str]]:
    app = SimpleNamespace(state=SimpleNamespace(sentence=sentence))
    scope = {"type": "http", "path": "/api/x", "headers": [(b"accept-language", b"en")], "app": app}
    response = refused(Request(scope), error)
    return response.status_code, json.loads(bytes(response.body)), dict(response.headers)


def test_a_fault_names_its_members() -> None:
    errors = (FieldError("a.0.b", "no"), FieldError("c", "neither"))
    status, body, _ = answer(Refused(Fault.BAD_FIELDS, field="a.0.b", errors=errors))
    assert (status, body["code"], body["field"]) == (422, "bad_fields", "a.0.b")
    assert body["errors"][1] == {"field": "c", "detail": "neither"}
    assert "errors" not in answer(Refused(Fault.NOT_FOUND))[1]


def test_a_refusal_of_the_desk_keeps_its_sentence_unless_it_is_said_better() -> None:
    status, body, headers = answer(Refused(Refusal(Reason.PLAN_EMPTY)))
    assert (status, body["code"]) == (422, "plan_empty")
    assert body["detail"]
    assert REPLAYED not in headers
    better = Refused(Refusal(Reason.PLAN_EMPTY, replayed=True), field="plan", detail="It is empty.")
    _, body, headers = answer(better)
    assert (body["field"], body["detail"]) == ("plan", "It is empty.")
    assert headers[REPLAYED] == "true"


def test_what_may_work_later_says_so() -> None:
    status, body, _ = answer(Refused(Refusal(Reason.INBOX_FULL)))
    assert (status, body["transient"]) == (503, True)
