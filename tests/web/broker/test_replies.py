from __future__ import annotations

from http import HTTPStatus

import pytest
from starlette.requests import Request

from web.broker.replies import reply, tagged


def request(match: str = "") -> Request:
    headers = [(b"if-none-match", match.encode())] if match else []
    return Request({"type": "http", "headers": headers})


def test_an_answer_is_json_that_nobody_keeps() -> None:
    answer = reply({"a": "1"}, HTTPStatus.MULTI_STATUS)
    assert (answer.status_code, answer.body) == (207, b'{"a":"1"}')
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("form", ["{}", "W/{}", '"x", {}'])
def test_who_holds_it_already_gets_nothing_again(form: str) -> None:
    first = tagged(request(), {"a": "1"})
    tag = first.headers["etag"]
    again = tagged(request(form.format(tag)), {"a": "1"})
    assert (again.status_code, again.body, again.headers["etag"]) == (304, b"", tag)


def test_what_has_changed_is_told() -> None:
    tag = tagged(request(), {"a": "1"}).headers["etag"]
    answer = tagged(request(tag), {"a": "2"})
    assert (answer.status_code, answer.body) == (200, b'{"a":"2"}')
    assert answer.headers["etag"] != tag
