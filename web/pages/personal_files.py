"""What a person owns beside accounts as files, and everything at once."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus

from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from simtrade.desk.requests import UserId
from web import formats
from web.csv_files import CSV_TYPE, Rows, csv_bytes
from web.i18n import Language
from web.pages.common import OwnAccount, core_of, language, own_accounts, require_user
from web.pages.export import EXPORTS, Export, download
from web.pages.services import CoreOfPages

_ZIP_TYPE = "application/zip"


def _moment(at_ns: int | None) -> str:
    return "" if at_ns is None else formats.wall(at_ns, "UTC").isoformat()


def quizzes(core: CoreOfPages, user_id: UserId) -> Rows:
    """Answers to quizzes: places of the chosen choices count from 1."""
    yield ("lesson", "version", "quiz", "chosen", "tries", "answered", "first_right")
    for one in core.classroom.past(user_id):
        chosen = " ".join(str(place + 1) for place in one.chosen)
        answered, right = _moment(one.answered_at_ns), _moment(one.right_at_ns)
        yield (one.lesson_id, one.version, one.quiz, chosen, one.tries, answered, right)


def keys(core: CoreOfPages, user_id: UserId) -> Rows:
    """Keys of programs, without their secrets, which nobody keeps."""
    yield ("key", "name", "venue", "scopes", "created", "expires", "revoked", "used", "ordered")
    for one in core.keys.of(user_id):
        moments = (one.created_at_ns, one.expires_at_ns, one.revoked_at_ns, one.used_at_ns,
                   one.ordered_at_ns)  # fmt: skip
        yield (
            one.key_id, one.name, one.venue_id, " ".join(sorted(one.scopes)), *map(_moment, moments)
        )  # fmt: skip


PERSONAL: Mapping[str, Callable[[CoreOfPages, UserId], Rows]] = {"quizzes": quizzes, "keys": keys}


async def personal_file(request: Request) -> Response:
    """``GET /portfolio/own/{kind}.csv``: quiz answers or keys of the person who asks."""
    user, kind = require_user(request), request.path_params["kind"]
    if kind not in PERSONAL:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    rows = PERSONAL[kind](core_of(request), user.user_id)
    text = await to_thread.run_sync(csv_bytes, rows, language(request))
    return download(text, f"simtrade-{kind}.csv", CSV_TYPE)


async def everything(request: Request) -> Response:
    """``GET /portfolio/everything.zip``: every file of every account, and the person's own."""
    user, spoken = require_user(request), language(request)
    accounts, core = own_accounts(request), core_of(request)
    body = await to_thread.run_sync(_zip, core, user.user_id, accounts, spoken)
    return download(body, "simtrade-everything.zip", _ZIP_TYPE)


def _zip(
    core: CoreOfPages, user_id: UserId, accounts: tuple[OwnAccount, ...], spoken: Language
) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, rows in _files(core, user_id, accounts, spoken):
            # The same content is the same file, whenever it is made.
            packed.writestr(zipfile.ZipInfo(name), csv_bytes(rows, spoken), zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _files(
    core: CoreOfPages, user_id: UserId, accounts: tuple[OwnAccount, ...], spoken: Language
) -> Iterator[tuple[str, Rows]]:
    yield "accounts.csv", _accounts(accounts)
    for kind, table in PERSONAL.items():
        yield f"{kind}.csv", table(core, user_id)
    for own in accounts:
        for kind, rows in EXPORTS.items():
            yield f"account-{own.account_id}/{kind}.csv", rows(Export(core, own, spoken))


def _accounts(accounts: tuple[OwnAccount, ...]) -> Rows:
    yield ("account", "venue", "title", "profile", "currency", "opened")
    for one in accounts:
        account, zone = one.account, one.venue.traits.time_zone
        opened = formats.wall(account.opened_at_ns, zone).isoformat()
        yield (
            account.account_id, account.venue_id, one.title, account.profile.value,
            account.currency.code, opened,
        )  # fmt: skip
