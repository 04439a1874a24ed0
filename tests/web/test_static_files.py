"""Static files: named by content, right type, compressed, immutable."""

from __future__ import annotations

import gzip

import pytest

from tests.web.serving import Site
from web import static_files
from web.static_files import STATIC, compress, static_url


def test_every_file_is_served_as_it_is(site: Site) -> None:
    files = [path for path in sorted(STATIC.rglob("*")) if path.is_file()]
    assert files
    with site.client() as client:
        for path in files:
            name = path.relative_to(STATIC).as_posix()
            response = client.get(static_url(name))
            assert response.status_code == 200, name
            assert response.content == path.read_bytes()
            assert "immutable" in response.headers["cache-control"]
            assert response.headers["x-content-type-options"] == "nosniff"
            if path.suffix in (".js", ".css"):
                kind = {".js": "text/javascript", ".css": "text/css"}[path.suffix]
                assert response.headers["content-type"] == f"{kind}; charset=utf-8"
    assert static_files.warm() == len(files)


@pytest.mark.parametrize(
    "path",
    [
        "/static/x",
        "/static/000000000000/vendor.toml",
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static/000000000000/../../app.py",
        "/static//etc/passwd",
        "/static/",
    ],
)
def test_nothing_else_is_served(site: Site, path: str) -> None:
    with site.client() as client:
        assert client.get(path).status_code == 404
        assert client.get(static_url("vendor.toml").replace("vendor", "other")).status_code == 404


def test_unknown_names_are_bugs() -> None:
    with pytest.raises(KeyError):
        static_url("js/none.js")


def test_compress_only_where_it_pays() -> None:
    assert compress(b"x" * 100) == b""
    assert gzip.decompress(compress(b"x" * 10_000)) == b"x" * 10_000
    assert compress(bytes(range(256)) * 2 + b"!", level=1) != compress(b"")
    assert compress(b"a" * 1000) == compress(b"a" * 1000)
