"""The one place where an import opens what it was given: plain, gzip, zstd, zip and tar files.

Everything is read in pieces.  Links, devices and pipes are refused, packed files that grow beyond
reason are given up while they grow, and an archive that breaks off is no file at all.
"""

from __future__ import annotations

import gzip
import io
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NamedTuple, cast

from feeds.imports.report import FileFault, StopImportError

# A packed file may always grow to this size: short tables of one value pack very well.
FREE_BYTES = 64 << 20
MOST_MEMBERS = 100_000

_GZIP, _ZSTD, _ZIP, _EMPTY_ZIP = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PK\x03\x04", b"PK\x05\x06"
_ENCRYPTED = 1
_ZIP_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_TAR_WORD, _TAR_AT = b"ustar", 257
# A larger window would need more memory than an import may have.
_MOST_WINDOW = 1 << 27
_DAMAGES = (
    *(EOFError, gzip.BadGzipFile, zlib.error, zipfile.BadZipFile, tarfile.TarError),
    NotImplementedError,  # of a zip of a version or packing that there is not
)


@dataclass(frozen=True, slots=True)
class Limits:
    """``most_ratio``: how many times its packed size a file may grow; ``most_bytes``: how large
    all that is read may be."""

    most_ratio: int = 200
    most_bytes: int = 100 << 30


DEFAULT_LIMITS = Limits()


class Part(NamedTuple):
    """One unpacked file; ``name`` is for messages, with the archive's name before a member's.
    ``last_line`` is told where the lines below the first one come in reverse: the number of the one
    that comes first."""

    name: str
    stream: IO[bytes]
    last_line: int = 0


class _Counted(io.RawIOBase):
    """Reads from ``source``, tells progress, and gives up a file that grows beyond its limits."""

    def __init__(self, name: str, source: IO[bytes], budget: _Budget | None) -> None:
        self._name, self._source, self._budget = name, source, budget

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        with _damage_told(self._name):
            data = self._source.read(len(buffer))
        buffer[: len(data)] = data
        if self._budget is not None:
            self._budget.spend(self._name, len(data))
        return len(data)


@contextmanager
def _damage_told(name: str) -> Iterator[None]:
    """What unpacking says of a damaged file, as the end of the import."""
    try:
        yield
    except _DAMAGES as error:
        said = str(error) or "it breaks off"
        raise StopImportError(name, 0, FileFault.DAMAGED_FILE, said) from error


class _Budget:
    """What may still be read of one file on disk, whatever is packed in it."""

    def __init__(self, raw: IO[bytes], size: int, limits: Limits, tell: Callable[[int], None]):
        self._raw, self._size, self._limits, self._tell = raw, size, limits, tell
        self._spent = 0

    def spend(self, name: str, count: int) -> None:
        self._spent += count
        most = self._limits.most_bytes
        if self._spent > most:
            said = f"more than {most >> 20} MiB"
            raise StopImportError(name, 0, FileFault.TOO_MANY_BYTES, said)
        if self._spent > max(FREE_BYTES, self._size * self._limits.most_ratio):
            said = f"{self._size} bytes grow more than {self._limits.most_ratio} times"
            raise StopImportError(name, 0, FileFault.BOMB, said)
        self._tell(self._raw.tell())


def checked_file(path: Path) -> int:
    """The size of a regular file.  StopImportError for a link, a device, a folder, or nothing."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        raise StopImportError(path.name, 0, FileFault.MISSING_FILE, "") from None
    if stat.S_ISLNK(found.st_mode):
        raise StopImportError(path.name, 0, FileFault.SYMLINK, "links are not followed")
    if not stat.S_ISREG(found.st_mode):
        raise StopImportError(path.name, 0, FileFault.NOT_A_FILE, "not a regular file")
    return found.st_size


def checked_files(folder: Path, pattern: str = "*") -> list[Path]:
    """Regular files directly in a folder by name, without hidden ones; links among them stop the
    import."""
    found = sorted(one for one in folder.glob(pattern) if not one.name.startswith("."))
    files = [one for one in found if one.is_symlink() or not one.is_dir()]
    if len(files) > MOST_MEMBERS:
        said = f"more than {MOST_MEMBERS}"
        raise StopImportError(folder.name, 0, FileFault.TOO_MANY_FILES, said)
    for one in files:
        checked_file(one)
    return files


def bare_name(name: str) -> str:
    """A file's name without what says how it is packed."""
    for ending in (".gz", ".zst", ".zip", ".tgz", ".tar"):
        name = name.removesuffix(ending)
    return name


@contextmanager
def opened(
    path: Path, limits: Limits, tell: Callable[[int, int], None] = lambda _done, _total: None
) -> Iterator[Iterator[Part]]:
    """The files packed in ``path``, one after the other; a plain file is its own single part.

    ``tell`` is called with (bytes done, bytes in all) of the file on disk.  StopImportError for
    whatever can't be used; OSError when the disk fails.
    """
    size = checked_file(path)
    with path.open("rb") as raw, ExitStack() as stack:
        budget = _Budget(raw, size, limits, lambda done: tell(done, size))
        yield _parts(path.name, raw, budget, stack)


def _parts(name: str, raw: IO[bytes], budget: _Budget, stack: ExitStack) -> Iterator[Part]:
    head = raw.read(_TAR_AT + len(_TAR_WORD))
    raw.seek(0)
    if not head:
        raise StopImportError(name, 0, FileFault.EMPTY_FILE, "")
    if head.startswith((_ZIP, _EMPTY_ZIP)) or name.endswith(".zip"):
        yield from _zip_parts(name, raw, budget, stack)
        return
    stream = _unpacked(name, head, raw)
    if stream is None and name.endswith((".gz", ".tgz", ".zst")):
        said = "it is not packed as its name says"
        raise StopImportError(name, 0, FileFault.DAMAGED_FILE, said)
    counted = io.BufferedReader(_Counted(name, stream or raw, budget), 1 << 16)
    if counted.peek(_TAR_AT + 8)[_TAR_AT:].startswith(_TAR_WORD):
        yield from _tar_parts(name, counted, stack)
    else:
        yield Part(name, counted)


def _unpacked(name: str, head: bytes, raw: IO[bytes]) -> IO[bytes] | None:
    """The stream inside a gzip or zstd file; None for another one."""
    if head.startswith(_GZIP):
        return cast("IO[bytes]", gzip.GzipFile(fileobj=raw))
    if head.startswith(_ZSTD):
        from feeds.imports.zstd import ZstdStream

        return cast("IO[bytes]", ZstdStream(name, raw, _MOST_WINDOW))
    return None


def _zip_parts(name: str, raw: IO[bytes], budget: _Budget, stack: ExitStack) -> Iterator[Part]:
    with _damage_told(name):
        archive = stack.enter_context(zipfile.ZipFile(raw))
    members = [one for one in archive.infolist() if not one.is_dir()]
    _check_count(name, len(members))
    for member in members:
        mode = member.external_attr >> 16
        if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
            said = f"{member.filename} is no regular file"
            raise StopImportError(name, 0, FileFault.UNSAFE_MEMBER, said)
        if member.flag_bits & _ENCRYPTED or member.compress_type not in _ZIP_PACKINGS:
            said = f"{member.filename} is encrypted or packed in a way that nobody can read"
            raise StopImportError(name, 0, FileFault.UNSAFE_MEMBER, said)
        with _damage_told(name):
            stream = archive.open(member)
        with stream:
            own = f"{name}/{member.filename}"
            yield Part(own, io.BufferedReader(_Counted(own, stream, budget), 1 << 16))


def _tar_parts(name: str, stream: IO[bytes], stack: ExitStack) -> Iterator[Part]:
    with _damage_told(name):
        archive = stack.enter_context(tarfile.open(fileobj=stream, mode="r|"))  # noqa: SIM115
    for number in range(1, MOST_MEMBERS + 2):
        with _damage_told(name):
            member = archive.next()
        if member is None:
            return
        _check_count(name, number)
        if member.isdir():
            continue
        if not member.isreg():
            said = f"{member.name} is no regular file"
            raise StopImportError(name, 0, FileFault.UNSAFE_MEMBER, said)
        inner = archive.extractfile(member)
        assert inner is not None, "a regular member has content"
        own = f"{name}/{member.name}"
        yield Part(own, io.BufferedReader(_Counted(own, inner, None), 1 << 16))


def _check_count(name: str, count: int) -> None:
    if count > MOST_MEMBERS:
        raise StopImportError(name, 0, FileFault.TOO_MANY_FILES, f"more than {MOST_MEMBERS}")
