"""A program with a key, and how it talks to a running server."""

from __future__ import annotations

import json
import os
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import httpx

from feeds.catalogue import US_DAILY
from matching.orders import AccountId
from simtrade.desk.requests import (
    FLOOR,
    ClockAction,
    ClockRequest,
    Done,
    OpenPractice,
    UserId,
    VenueId,
)
from simtrade.people.api_keys import KeyScope, NewKey
from simtrade.people.client_environment import client_environment
from simtrade.people.model import Role, User
from tests.web.serving import Site

CLIENTS = Path(__file__).parents[3] / ".venv" / "clients" / "bin" / "python"


_open: list[Program] = []


def close_all() -> None:
    """End the connections of every program so far."""
    while _open:
        _open.pop().http.close()


class Program:
    """A person's key to one venue of a running site."""

    def __init__(self, site: Site, user: User, made: NewKey) -> None:
        self.site = site
        self.user = user
        self.key, self.secret = made.key, made.secret
        self.http = httpx.Client(trust_env=False)
        self.connect()

    def connect(self) -> None:
        """A new connection, which ends with the test, in place of the old one."""
        self.http.close()
        self.http = httpx.Client(
            base_url=self.site.origin,
            headers={"APCA-API-KEY-ID": self.key.key_id, "APCA-API-SECRET-KEY": self.secret},
            trust_env=False,
            timeout=30,
        )
        _open.append(self)

    @property
    def account_id(self) -> AccountId:
        """The account in the key's venue, which the key's first use opens."""
        self.get("/v2/account")
        accounts = self.site.core.portfolio.accounts(self.user.user_id)
        return next(one.account_id for one in accounts if one.venue_id == self.key.venue_id)

    def call(self, method: str, path: str, **options: Any) -> Any:
        """The JSON of an answer that must be a success; None for an empty one."""
        answer = self.http.request(method, path, **options)
        assert answer.is_success, f"{answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def get(self, path: str, **query: Any) -> Any:
        return self.call("GET", path, params=query)

    def post(self, path: str, **members: Any) -> Any:
        return self.call("POST", path, json=members)

    def refused(self, method: str, path: str, **options: Any) -> tuple[int, dict[str, Any]]:
        """Status and body of an answer that must be a refusal."""
        answer = self.http.request(method, path, **options)
        assert 400 <= answer.status_code < 500, f"{answer.status_code} {answer.text}"
        body: dict[str, Any] = answer.json()
        return answer.status_code, body

    def clock(self, action: ClockAction, number: int = 0) -> None:
        """Turn the clock of the key's own practice market."""
        assert self.key.venue_id != FLOOR
        key = f"clock {os.urandom(8).hex()}"
        wish = ClockRequest(self.user.user_id, key, self.key.venue_id, action, number)
        assert isinstance(submit(self.site, wish), Done)

    @property
    def environment(self) -> dict[str, str]:
        """What points a client here: nothing else of our own environment."""
        made = NewKey(self.key, self.secret)
        return {"PATH": os.environ["PATH"], **client_environment(self.site.origin, made)}

    def run(self, script: str, *arguments: str, seconds: float = 60) -> Any:
        """What a client's script (in tests/web/broker/clients/) prints as JSON.

        It runs as its author's would: in an environment of its own, pointed here by variables.
        """
        path = Path(__file__).parent / "clients" / script
        done = subprocess.run(
            [str(CLIENTS), str(path), *arguments],
            env=self.environment, capture_output=True, text=True, timeout=seconds, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-4000:]
        return json.loads(done.stdout.strip().splitlines()[-1])


def submit(site: Site, wish: Any) -> Any:
    """Ask the desk on the server's own loop."""
    import asyncio

    loop = site.app.state.hub._loop
    return asyncio.run_coroutine_threadsafe(site.core.gateway.submit(wish), loop).result(30)


_names = iter(range(1, 10_000))


def member(site: Site) -> User:
    user = site.core.people.add(f"Program {next(_names)}".replace(" ", ""), Role.LEARNER)
    assert isinstance(user, User)
    return user


def program(
    site: Site,
    *,
    user: User | None = None,
    venue_id: VenueId = FLOOR,
    scopes: frozenset[KeyScope] = frozenset(KeyScope),
) -> Program:
    """A new person's program on the floor, or a known person's on a market of his."""
    user = user or member(site)
    made = site.core.keys.create(user.user_id, venue_id, scopes=scopes)
    assert isinstance(made, NewKey)
    return Program(site, user, made)


def practice(site: Site, tape: str = US_DAILY, first: date = date(2005, 2, 1)) -> Program:
    """A new person's program on a practice market, whose clock stands at the first open."""
    user = member(site)
    opened = submit(site, OpenPractice(UserId(user.user_id), "open", tape, first))
    assert isinstance(opened, Done)
    one = program(site, user=user, venue_id=opened.venue_id)
    one.clock(ClockAction.PAUSE)
    return one
