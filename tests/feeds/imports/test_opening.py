from __future__ import annotations

import gzip
import io
import os
import tarfile
import zipfile
from pathlib import Path

import pytest

from feeds.imports.opening import Limits, bare_name, checked_files, opened
from feeds.imports.report import StopImportError

TEXT = b"a,b\n1,2\n" * 1000


def read(path: Path, limits: Limits | None = None) -> list[tuple[str, bytes]]:
    with opened(path, limits or Limits()) as parts:
        return [(part.name, part.stream.read()) for part in parts]


def zipped(path: Path, *members: tuple[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return path


def tarred(path: Path, *members: tuple[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz" if path.suffix == ".tgz" else "w") as archive:
        for name, data in members:
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return path


def file(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_every_packing_gives_the_same_bytes(tmp_path: Path) -> None:
    assert read(file(tmp_path / "a.csv", TEXT)) == [("a.csv", TEXT)]
    assert read(file(tmp_path / "a.csv.gz", gzip.compress(TEXT))) == [("a.csv.gz", TEXT)]
    members = (("x.csv", TEXT), ("in/y.csv", b"z\n"))
    expected = [("x.csv", TEXT), ("in/y.csv", b"z\n")]
    for path in (
        zipped(tmp_path / "a.zip", *members),
        tarred(tmp_path / "a.tar", *members),
        tarred(tmp_path / "a.tgz", *members),
    ):
        assert read(path) == [(f"{path.name}/{name}", data) for name, data in expected]


def test_progress_is_told_in_bytes_on_disk(tmp_path: Path) -> None:
    path = file(tmp_path / "a.csv.gz", gzip.compress(os.urandom(500_000)))
    told: list[tuple[int, int]] = []
    with opened(path, Limits(), lambda *both: told.append(both)) as parts:
        for part in parts:
            part.stream.read()
    size = path.stat().st_size
    assert told == sorted(told)
    assert told[-1] == (size, size)


@pytest.mark.parametrize("keep", [1, 5, 20, -30, -5, -1])
@pytest.mark.parametrize("kind", ["gz", "zip", "tar", "tgz"])
def test_what_breaks_off_is_damaged(tmp_path: Path, kind: str, keep: int) -> None:
    whole = tmp_path / f"whole.{kind}"
    data = os.urandom(50_000)
    if kind == "gz":
        whole.write_bytes(gzip.compress(data))
    else:
        (zipped if kind == "zip" else tarred)(whole, ("x", data))
    cut = whole.read_bytes()[:keep]
    if kind == "tar" and keep < 0:
        cut = whole.read_bytes()[:30_000]  # its end is only padding
    if kind == "tar" and keep > 0:
        return  # too little to be told from a text
    with pytest.raises(StopImportError) as stop:
        read(file(tmp_path / f"cut.{kind}", cut))
    assert stop.value.problem.code == "damaged_file"


def test_a_zip_of_a_version_that_there_is_not_is_damaged(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", ("x.csv", TEXT))
    data = bytearray(path.read_bytes())
    listed = data.rindex(b"PK\x01\x02")
    data[listed + 6] = 200  # needed to unpack
    path.write_bytes(bytes(data))
    with pytest.raises(StopImportError, match="damaged_file"):
        read(path)


def test_a_bomb_is_given_up_while_it_grows(tmp_path: Path) -> None:
    zeros = gzip.compress(bytes(1 << 20)) * 100
    path = file(tmp_path / "a.csv.gz", zeros)
    with pytest.raises(StopImportError, match=r"a\.csv\.gz: bomb: .* grow more than 200 times"):
        read(path)
    with pytest.raises(StopImportError, match="too_many_bytes: more than 2 MiB"):
        read(path, Limits(most_bytes=2 << 20))
    many = [(f"{k}.csv", bytes(1 << 20)) for k in range(70)]
    with pytest.raises(StopImportError, match=r"a.zip/\d+.csv: bomb"):
        read(zipped(tmp_path / "a.zip", *many))


def test_links_pipes_and_folders_are_no_files(tmp_path: Path) -> None:
    file(tmp_path / "real.csv", TEXT)
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    os.mkfifo(tmp_path / "pipe.csv")
    for name, code in (
        ("link.csv", "symlink"),
        ("pipe.csv", "not_a_file"),
        (".", "not_a_file"),
        ("nothing", "missing_file"),
    ):
        with pytest.raises(StopImportError) as stop:
            read(tmp_path / name)
        assert stop.value.problem.code == code
    with pytest.raises(StopImportError, match=r"link\.csv: symlink"):
        checked_files(tmp_path)


def test_links_inside_archives_are_refused(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        link = tarfile.TarInfo("etc")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        entry = zipfile.ZipInfo("etc")
        entry.external_attr = 0o120777 << 16
        packed.writestr(entry, "/etc/passwd")
    for name in ("a.tar", "a.zip"):
        with pytest.raises(StopImportError, match="unsafe_member: etc is no regular file"):
            read(tmp_path / name)


def test_a_name_that_lies_and_an_empty_file(tmp_path: Path) -> None:
    for name in ("a.gz", "a.zst", "a.zip"):
        with pytest.raises(StopImportError, match="damaged_file"):
            read(file(tmp_path / name, TEXT))
    with pytest.raises(StopImportError, match=r"empty\.csv: empty_file"):
        read(file(tmp_path / "empty.csv", b""))


def test_names_of_files(tmp_path: Path) -> None:
    assert [bare_name(one) for one in ("a.csv.gz", "b.tar.zst", "c.tgz", "d.csv")] == [
        "a.csv", "b", "c", "d.csv",
    ]  # fmt: skip
    for name in ("b.csv", "a.csv", ".hidden"):
        file(tmp_path / name, TEXT)
    (tmp_path / "folder").mkdir()
    assert [one.name for one in checked_files(tmp_path)] == ["a.csv", "b.csv"]
