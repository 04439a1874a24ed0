"""Static files: in memory, named by their content, compressed once at start.

``static_url("js/desk.js")`` is ``/static/3f2a91c05b7d/js/desk.js``: the hash covers all files, so
the answer never changes and browsers keep it for a year.  One hash for the whole tree lets
modules import each other by relative names.  Every file under web/static is read at the first
use; a file added later needs a restart.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

STATIC = Path(__file__).parent / "static"
PREFIX = "/static"
HASH_LENGTH = 12
# Below this a compressed answer saves nothing a network can notice.
COMPRESS_FROM_BYTES = 512
IMMUTABLE = "public, max-age=31536000, immutable"

# The machine's own mime table may be missing or wrong.
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
_TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class StaticFile:
    """``packed`` is the gzip form, empty when it is not smaller."""

    url: str
    media_type: str
    body: bytes
    packed: bytes


def static_url(name: str) -> str:
    """The address of a file below web/static; KeyError for a file that does not exist."""
    return _files()[name].url


async def serve_static(request: Request) -> Response:
    """``GET /static/{version}/{name:path}``; a version that is not the file's is 404."""
    name = request.path_params["name"]
    found = _files().get(name)
    if found is None or found.url != f"{PREFIX}/{request.path_params['version']}/{name}":
        raise HTTPException(404)
    headers = {"cache-control": IMMUTABLE, "vary": "accept-encoding"}
    body = found.body
    if found.packed and accepts_gzip(request):
        body = found.packed
        headers["content-encoding"] = "gzip"
    return Response(body, media_type=found.media_type, headers=headers)


def accepts_gzip(request: Request) -> bool:
    """Whether the client takes gzip; ``gzip;q=0`` is a no."""
    for part in request.headers.get("accept-encoding", "").lower().split(","):
        name, _, weight = part.partition(";")
        if name.strip() in ("gzip", "*"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def compress(body: bytes, level: int = 9) -> bytes:
    """gzip without a time stamp, so equal bodies give equal bytes; empty when not smaller."""
    if len(body) < COMPRESS_FROM_BYTES:
        return b""
    packed = gzip.compress(body, compresslevel=level, mtime=0)
    return packed if len(packed) < len(body) else b""


def warm() -> int:
    """Read and compress everything now; the number of files."""
    return len(_files())


@cache
def _files() -> dict[str, StaticFile]:
    bodies = {
        path.relative_to(STATIC).as_posix(): path.read_bytes()
        for path in sorted(STATIC.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }
    tree = hashlib.sha256()
    for name, body in bodies.items():
        tree.update(f"{name}\0{len(body)}\0".encode())
        tree.update(body)
    version = tree.hexdigest()[:HASH_LENGTH]
    return {name: _pack(name, body, version) for name, body in bodies.items()}


def _pack(name: str, body: bytes, version: str) -> StaticFile:
    media_type = _TYPES.get(Path(name).suffix) or mimetypes.guess_type(name)[0] or _TEXT
    packed = b"" if media_type.startswith(("image/png", "font/")) else compress(body)
    return StaticFile(f"{PREFIX}/{version}/{name}", media_type, body, packed)
