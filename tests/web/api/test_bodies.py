"""Bodies and the names of requests; how a server answers them is asked in test_venues."""

from __future__ import annotations

from typing import Annotated

import msgspec
import pytest
from msgspec import Meta
from starlette.requests import Request

from matching.reasons import Reason
from simtrade.desk.requests import Refusal
from web.api.bodies import body_of, idempotency_key
from web.api.refused import Refused
from web.problems import Fault
from web.security.body import BODY_KEY


class Line(msgspec.Struct, forbid_unknown_fields=True):
    qty: Annotated[int, Meta(ge=1)]


class Wish(msgspec.Struct, forbid_unknown_fields=True):
    lines: list[Line]
    name: str = ""


def request(body: bytes = b"", *keys: str) -> Request:
    headers = [(b"idempotency-key", key.encode("latin-1")) for key in keys]
    return Request({"type": "http", "method": "POST", "headers": headers, BODY_KEY: body})


def test_good() -> None:
    assert body_of(request(b'{"lines":[{"qty":2}]}'), Wish) == Wish([Line(2)])


@pytest.mark.parametrize(
    ("body", "fault", "field"),
    [
        (b"", Fault.BAD_JSON, None),
        (b"[]", Fault.BAD_JSON, None),
        (b'{"lines":[{"qty":1e400}]}', Fault.BAD_JSON, None),
        (b"{}", Fault.BAD_FIELDS, "lines"),
        (b'{"lines":{}}', Fault.BAD_FIELDS, "lines"),
        (b'{"lines":[{"qty":1},{"qty":0}]}', Fault.BAD_FIELDS, "lines.1.qty"),
        (b'{"lines":[],"more":1}', Fault.BAD_FIELDS, "more"),
    ],
)
def test_bad(body: bytes, fault: Fault, field: str | None) -> None:
    with pytest.raises(Refused) as refused:
        body_of(request(body), Wish)
    assert (refused.value.why, refused.value.field) == (fault, field)


def test_a_request_has_one_name() -> None:
    assert idempotency_key(request(b"", "a key of mine")) == "a key of mine"
    for keys in ((), ("",), ("a", "b")):
        with pytest.raises(Refused) as refused:
            idempotency_key(request(b"", *keys))
        assert refused.value.why is Fault.KEY_MISSING
    for key in ("x" * 129, "a\x7fb", "margin-call-7"):
        with pytest.raises(Refused) as refused:
            idempotency_key(request(b"", key))
        assert refused.value.why == Refusal(Reason.KEY_INVALID)
