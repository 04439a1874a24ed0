"""What idempotency keys were used for: the same key and request get the first answer again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from matching.reasons import Reason
from simtrade.desk.commands import Command, canonical, scope_of
from simtrade.desk.lending import MARGIN_CALL_KEY
from simtrade.desk.requests import Refusal, Reply, Request
from simtrade.desk.work import decode_reply
from simtrade.store.engine_store import EngineStore

KEYS_REMEMBERED = 100_000
KEY_LENGTH_MAX = 128


@dataclass(frozen=True, slots=True)
class _Known:
    """What a key was first used for, and what came of it."""

    body: str
    reply: Reply


def storable(key: str) -> bool:
    """A lone surrogate could not be written down and would stop the desk for everybody; the keys of
    orders that a margin call places are nobody's."""
    own = not key.startswith(MARGIN_CALL_KEY)
    return 0 < len(key) <= KEY_LENGTH_MAX and key.isprintable() and own


def as_kept(command: Command, reply: Reply) -> Command:
    """The command as the journal keeps it: without its key where a refusal leaves that free."""
    free = isinstance(reply, Refusal) and command.body.get("request", {}).get("frees_key", False)
    return replace(command, key=None) if free else command


class Keys:
    """The newest keys in memory, the others in the journal."""

    def __init__(self, store: EngineStore) -> None:
        self._store = store
        self._known: OrderedDict[tuple[str, str], _Known] = OrderedDict()

    def look_up(self, requests: Iterable[Request]) -> None:
        """Remember what the keys of a batch were used for before this process began."""
        names = [(scope_of(one), one.key) for one in requests if storable(one.key)]
        missing = [name for name in names if name not in self._known]
        for name, (body, result) in self._store.find_commands(missing).items():
            self._keep(name, body, decode_reply(result))

    def known(self, request: Request, body: dict[str, Any]) -> Reply | None:
        """The first answer to this key, or that it was used for something else."""
        known = self._known.get((scope_of(request), request.key))
        if known is None:
            return None
        same = known.body == canonical(body).decode()
        return known.reply if same else Refusal(Reason.KEY_REUSED)

    def remember(self, request: Request, body: dict[str, Any], reply: Reply) -> None:
        """Keep a first answer, unless it was a refusal that leaves the key free."""
        if isinstance(reply, Refusal) and body.get("frees_key", False):
            return
        name = (scope_of(request), request.key)
        self._keep(name, canonical(body).decode(), replace(reply, replayed=True))

    def _keep(self, name: tuple[str, str], body: str, reply: Reply) -> None:
        self._known[name] = _Known(body, reply)
        if len(self._known) > KEYS_REMEMBERED:
            self._known.popitem(last=False)
