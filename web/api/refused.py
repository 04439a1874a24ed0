"""A refusal raised anywhere in a handler of ``/api/*``, answered as a problem document."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from matching.instrument import Instrument
from simtrade.desk.requests import Refusal
from web.language import language_of
from web.problems import (
    Fault,
    FieldError,
    fault_problem,
    problem_response,
    refusal_response,
)

REPLAYED = "idempotency-replayed"


class Refused(Exception):  # noqa: N818 - a refusal is an answer, no error
    """What was refused: a fault that web/ found, or a refusal of the desk.

    ``field`` is the member or parameter at fault, ``errors`` every one where there are several;
    ``detail`` takes the place of the desk's own sentence.
    """

    def __init__(
        self,
        why: Fault | Refusal,
        *,
        field: str | None = None,
        errors: tuple[FieldError, ...] = (),
        detail: str = "",
        instrument: Instrument | None = None,
    ) -> None:
        super().__init__()
        self.why = why
        self.field = field
        self.errors = errors
        self.detail = detail
        self.instrument = instrument


def refused(request: Request, error: Exception) -> Response:
    """The application's answer to a raised Refused."""
    assert isinstance(error, Refused)
    why = error.why
    if isinstance(why, Refusal):
        return refusal_response(
            why,
            request,
            error.instrument,
            field=error.field,
            detail=error.detail,
            headers={REPLAYED: "true"} if why.replayed else None,
        )
    problem = fault_problem(
        why, language_of(request.scope), field=error.field or "", errors=error.errors
    )
    return problem_response(problem)
