"""How much one person or address may ask for: a token bucket of credits.

A route names its price where it is declared: ``Route(..., middleware=[costs(10)])``.  Routes that
name none are free (health, static files).  The memory is bounded: beyond ``PURSES_LIMIT`` the
purse that was used least recently is forgotten, and a forgotten purse starts full.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from starlette.middleware import Middleware
from starlette.types import ASGIApp, Receive, Scope, Send

from web.problems import Fault, refuse

PURSES_LIMIT = 100_000


@dataclass(frozen=True, slots=True)
class Allowance:
    """``burst`` credits at once, ``per_second`` flow back."""

    burst: int = 240
    per_second: int = 20


@dataclass(slots=True)
class _Purse:
    credits: float
    at_seconds: float


class Purses:
    """Credits of everybody who asked lately.  ``clock`` is monotonic seconds."""

    def __init__(self, allowance: Allowance, clock: Callable[[], float]) -> None:
        self._allowance = allowance
        self._clock = clock
        self._purses: OrderedDict[str, _Purse] = OrderedDict()
        self.refused = 0

    def __len__(self) -> int:
        return len(self._purses)

    def spend(self, owner: str, price: int) -> int:
        """0 when paid, else the whole seconds after which the same request can be paid."""
        now = self._clock()
        purse = self._purses.get(owner)
        if purse is None:
            purse = self._purses[owner] = _Purse(self._allowance.burst, now)
            if len(self._purses) > PURSES_LIMIT:
                self._purses.popitem(last=False)
        else:
            self._purses.move_to_end(owner)
        earned = (now - purse.at_seconds) * self._allowance.per_second
        purse.credits = min(self._allowance.burst, purse.credits + earned)
        purse.at_seconds = now
        if purse.credits >= price:
            purse.credits -= price
            return 0
        self.refused += 1
        missing = price - purse.credits
        return int(missing // self._allowance.per_second) + 1


def owner_of(scope: Scope) -> str:
    """The signed-in person, else the address."""
    user = scope["state"]["user"]
    if user is not None:
        return f"user:{user.user_id}"
    client = scope.get("client")
    return f"address:{client[0]}" if client else "address:"


class Priced:
    """Takes the price from the asker's purse or answers 429 with Retry-After."""

    def __init__(self, app: ASGIApp, price: int) -> None:
        self._app = app
        self._price = price

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        purses: Purses = scope["app"].state.purses
        wait_seconds = purses.spend(owner_of(scope), self._price)
        if wait_seconds:
            retry = {"retry-after": str(wait_seconds)}
            await refuse(scope, receive, send, Fault.TOO_MANY_REQUESTS, retry)
        else:
            await self._app(scope, receive, send)


def costs(price: int) -> Middleware:
    """The ``middleware`` of a route: what one request to it costs, in credits."""
    return Middleware(Priced, price=price)
