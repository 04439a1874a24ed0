from __future__ import annotations

from http import HTTPStatus

import msgspec
import pytest

from web.broker.errors import (
    ApiError,
    against_rule,
    bad_body,
    bad_field,
    error_response,
    forbidden,
    not_found,
    unauthorized,
)


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (unauthorized(), 401, 40110000),
        (forbidden("no"), 403, 40310000),
        (not_found("no"), 404, 40410000),
        (bad_body(), 400, 40010000),
        (bad_field("no"), 422, 40010001),
        (against_rule("no"), 422, 42210000),
        (ApiError(HTTPStatus.TOO_MANY_REQUESTS, "no"), 429, 42910000),
    ],
)
def test_each_kind_has_its_status_and_code(error: ApiError, status: int, code: int) -> None:
    assert (error.status_code, error.code) == (status, code)


def test_further_members_stand_beside_code_and_message() -> None:
    error = forbidden("insufficient buying power", buying_power="1.00", cost_basis="2.00")
    body = error_response(403, error.message, code=error.code, more=error.more).body
    assert msgspec.json.decode(body) == {
        "code": 40310000,
        "message": "insufficient buying power",
        "buying_power": "1.00",
        "cost_basis": "2.00",
    }
