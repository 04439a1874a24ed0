"""``Idempotency-Key``: asking again with the same key and body gives the first answer again.

Answers are remembered while the process runs; what they did is protected for good by the desk's
own keys, which are made of the client's.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from uuid import UUID, uuid4, uuid5

from starlette.requests import Request
from starlette.responses import Response

from web.broker.errors import ApiError, against_rule, api_error, bad_field
from web.broker.identity import client_of
from web.security.body import BODY_KEY

Handler = Callable[[Request], Awaitable[Response]]

HEADER = "idempotency-key"
ANSWERS_MAX = 10_000
KEY_LENGTH_MAX = 128
_NAMESPACE = UUID("0d4f6f0c-0c0f-5e1e-9a53-2f6a1f0a3b77")


@dataclass(frozen=True, slots=True)
class _First:
    """What a key was first sent with, and what was answered."""

    fingerprint: bytes
    answer: asyncio.Future[Response]


class Answers:
    """The newest answers to requests that had a key."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, str], _First] = OrderedDict()

    async def once(self, name: tuple[str, str], request: Request, handler: Handler) -> Response:
        fingerprint = _fingerprint(request)
        first = self._known.get(name)
        if first is None:
            return await self._first(name, fingerprint, request, handler)
        if first.fingerprint != fingerprint:
            raise against_rule("Idempotency-Key was used for another request")
        answer = await asyncio.shield(first.answer)
        headers = {"cache-control": "no-store", "idempotency-replayed": "true"}
        return Response(
            answer.body, answer.status_code, media_type=answer.media_type, headers=headers
        )

    async def _first(
        self, name: tuple[str, str], fingerprint: bytes, request: Request, handler: Handler
    ) -> Response:
        future: asyncio.Future[Response] = asyncio.get_running_loop().create_future()
        self._known[name] = _First(fingerprint, future)
        if len(self._known) > ANSWERS_MAX:
            self._known.popitem(last=False)
        try:
            answer = await handler(request)
        except ApiError as error:
            answer = api_error(request, error)
        except BaseException:
            self._known.pop(name, None)
            future.cancel()
            raise
        if answer.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            self._known.pop(name, None)  # nothing was done: it may be tried again
        future.set_result(answer)
        return answer


def once(handler: Handler) -> Handler:
    """A handler that honours the header where it is sent."""

    async def answered(request: Request) -> Response:
        key = _key(request)
        if key is None:
            return await handler(request)
        answers: Answers = request.app.state.answers
        # By key, not by account: what one program may not do says nothing about another one.
        return await answers.once((client_of(request).key.key_id, key), request, handler)

    return answered


def desk_key(request: Request, what: str = "") -> str:
    """A key for the desk: the same for the same header, else a new one."""
    key = _key(request)
    if key is None:
        return str(uuid4())
    return str(uuid5(_NAMESPACE, f"{client_of(request).account.account_id} {what} {key}"))


def is_keyed(request: Request) -> bool:
    return _key(request) is not None


def _key(request: Request) -> str | None:
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not 0 < len(key) <= KEY_LENGTH_MAX or not key.isprintable():
        raise bad_field("Idempotency-Key must be 1 to 128 printable characters")
    return key


def _fingerprint(request: Request) -> bytes:
    said = (request.method, request.url.path, request.url.query)
    digest = hashlib.blake2b("\n".join(said).encode(), digest_size=16)
    digest.update(request.scope[BODY_KEY] or b"")
    return digest.digest()
