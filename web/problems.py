"""Every refusal that web/ itself decides, and how any refusal is written for programs.

Programs get RFC 9457 ``application/problem+json``; people get a page from the ``error_page`` hook
of the application.  Both carry the same status and code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from http import HTTPStatus

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from matching.instrument import Instrument
from matching.reasons import Reason
from simtrade.desk.requests import Refusal
from web.broker.errors import error_response
from web.i18n import N_, Language, translate
from web.language import language_of

PROBLEM_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:simtrade:problem:"
PROGRAM_PATHS = ("/api/", "/healthz", "/readyz", "/metrics", "/ws", "/mcp")
# Addresses of the broker-compatible API, whose errors have a form of their own.
BROKER_PATHS = ("/v1/", "/v1beta1/", "/v1beta3/", "/v2/", "/v3/", "/stream")


class Fault(Enum):
    """(code, HTTP status, sentence): what web/ refuses before simtrade is asked."""

    HOST_NOT_ALLOWED = ("host_not_allowed", 400, N_("This site is not served under that name."))
    BAD_REQUEST = ("bad_request", 400, N_("The request could not be understood."))
    BAD_JSON = ("bad_json", 400, N_("The body is not the JSON that is expected here."))
    BAD_QUERY = ("bad_query", 400, N_("A value in the address is missing or wrong."))
    KEY_MISSING = (
        "idempotency_key_missing",
        400,
        N_("Name this request in the header Idempotency-Key, so that it can be repeated safely."),
    )
    NOT_SIGNED_IN = ("not_signed_in", 401, N_("Please start or sign in first."))
    KEY_REFUSED = ("key_refused", 401, N_("This key opens nothing, or not any more."))
    KEY_ONLY_READS = ("key_only_reads", 403, N_("This key may only read."))
    KEY_ONE_MARKET = (
        "key_one_market",
        403,
        N_("A key opens one account in one market. This can only be done signed in."),
    )
    PROGRAMS_SUSPENDED = (
        "programs_suspended",
        403,
        N_("This account's settings suspend what programs order."),
    )
    ORIGIN_NOT_ALLOWED = ("origin_not_allowed", 403, N_("This form came from another site."))
    FORM_EXPIRED = ("form_expired", 403, N_("This form has expired. Reload the page and repeat."))
    NOT_ALLOWED = ("not_allowed", 403, N_("You have no right to do this."))
    NOT_FOUND = ("not_found", 404, N_("There is nothing at this address."))
    METHOD_NOT_ALLOWED = ("method_not_allowed", 405, N_("This address cannot be used that way."))
    BODY_TOO_LARGE = ("body_too_large", 413, N_("What was sent is too large."))
    ENCODING_NOT_SUPPORTED = (
        "encoding_not_supported",
        415,
        N_("Compressed requests are not accepted."),
    )
    TYPE_NOT_SUPPORTED = (
        "type_not_supported",
        415,
        N_("Only simple forms and JSON are accepted."),
    )
    BAD_FIELDS = ("bad_fields", 422, N_("Something in the request is missing or wrong."))
    TOO_MANY_REQUESTS = (
        "too_many_requests",
        429,
        N_("Too many requests. Please wait a moment."),
    )
    INTERNAL = ("internal", 500, N_("Something went wrong on our side. Nothing was changed."))

    def __init__(self, code: str, status: int, sentence: str) -> None:
        self.code = code
        self.status = status
        self.sentence = sentence

    @classmethod
    def of_status(cls, status: int) -> Fault:
        """The fault that stands for an HTTP status raised by the framework."""
        return _BY_STATUS.get(status, cls.INTERNAL if status >= 500 else cls.BAD_REQUEST)


# Where several faults share a status, the most general one stands for it.
_BY_STATUS = {fault.status: fault for fault in Fault} | {
    400: Fault.BAD_REQUEST,
    401: Fault.NOT_SIGNED_IN,
    403: Fault.NOT_ALLOWED,
}


ErrorPage = Callable[[Request, Fault, str], Response]
Sentence = Callable[[Reason, Mapping[str, int], Language, Instrument | None], str]


class FieldError(msgspec.Struct, frozen=True):
    """What is wrong with one member of a body, by its path (``plan.legs.0.qty``)."""

    field: str
    detail: str


class Problem(msgspec.Struct, omit_defaults=True):
    """The members of a problem document; ``error_id`` finds the log line of a 500."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    field: str = ""
    transient: bool = False
    error_id: str = ""
    errors: tuple[FieldError, ...] = ()


def problem_response(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    return Response(
        msgspec.json.encode(problem),
        status_code=problem.status,
        media_type=PROBLEM_TYPE,
        headers={**(headers or {}), "cache-control": "no-store"},
    )


def fault_problem(
    fault: Fault,
    language: Language,
    *,
    field: str = "",
    error_id: str = "",
    errors: tuple[FieldError, ...] = (),
) -> Problem:
    return Problem(
        type=TYPE_PREFIX + fault.code,
        title=HTTPStatus(fault.status).phrase,
        status=fault.status,
        code=fault.code,
        detail=translate(fault.sentence, language),
        field=field,
        transient=fault is Fault.TOO_MANY_REQUESTS,
        error_id=error_id,
        errors=errors,
    )


def refusal_status(reason: Reason) -> int:
    """503 when the service is the obstacle, 404 for the unknown, else 422."""
    if reason is Reason.INBOX_FULL:
        return 503
    return 404 if reason.code.endswith("_unknown") else 422


def refusal_response(
    refusal: Refusal,
    request: Request,
    instrument: Instrument | None = None,
    *,
    field: str | None = None,
    detail: str = "",
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A refusal of the desk as a problem in the person's language.  ``field`` and ``detail`` where
    the caller knows better which member is at fault and how it is said."""
    reason = refusal.reason
    sentence: Sentence = request.app.state.sentence
    status = refusal_status(reason)
    told = detail or sentence(reason, refusal.numbers, language_of(request.scope), instrument)
    problem = Problem(
        type=TYPE_PREFIX + reason.code,
        title=HTTPStatus(status).phrase,
        status=status,
        code=reason.code,
        detail=told,
        field=reason.field if field is None else field,
        transient=reason.transient,
    )
    return problem_response(problem, headers)


def fault_response(
    scope: Scope,
    fault: Fault,
    *,
    field: str = "",
    error_id: str = "",
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A problem document for programs, the application's error page for people."""
    if is_broker_path(scope["path"]):
        return error_response(fault.status, translate(fault.sentence, "en"), headers=headers)
    if not wants_json(scope):
        page: ErrorPage = scope["app"].state.error_page
        response = page(Request(scope), fault, error_id)
        response.headers.update(headers or {})
        return response
    problem = fault_problem(fault, language_of(scope), field=field, error_id=error_id)
    return problem_response(problem, headers)


async def refuse(
    scope: Scope,
    receive: Receive,
    send: Send,
    fault: Fault,
    headers: Mapping[str, str] | None = None,
) -> None:
    """Answer in place of the application; also denies a websocket handshake."""
    await fault_response(scope, fault, headers=headers)(scope, receive, send)


def wants_json(scope: Scope) -> bool:
    """By path, so that an attacker's Accept header cannot choose the form of an error."""
    path: str = scope["path"]
    return scope["type"] == "websocket" or path.startswith(PROGRAM_PATHS)


def is_broker_path(path: str) -> bool:
    return path.startswith(BROKER_PATHS)
