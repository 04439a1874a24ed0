"""Bodies are small and plain."""

from __future__ import annotations

import gzip

from tests.web.serving import Site


def test_large_bodies_are_refused(site: Site) -> None:
    with site.client(origin=site.origin) as client:
        json = {"content-type": "application/json"}
        assert client.post("/api/x", content=b"x" * 65_536, headers=json).status_code == 404
        response = client.post("/api/x", content=b"x" * 65_537)
        assert (response.status_code, response.json()["code"]) == (413, "body_too_large")
        assert response.headers["content-type"] == "application/problem+json"
        assert client.post("/x", content=b"x" * 1_000_000).status_code == 413
        chunked = (b"x" * 10_000 for _ in range(100))
        assert client.post("/api/x", content=chunked).status_code == 413


def test_only_simple_forms_and_json_are_read(site: Site) -> None:
    kinds = (
        "multipart/form-data; boundary=x; charset=unicode_escape",
        "text/plain",
        "",
        "application/x-www-form-urlencoded-not",
    )
    with site.client(origin=site.origin) as client:
        for kind in kinds:
            response = client.post("/signup", content=b"name=x", headers={"content-type": kind})
            assert response.status_code == 415, kind


def test_compressed_bodies_are_refused(site: Site) -> None:
    with site.client(origin=site.origin) as client:
        for encoding in ("gzip", "br", "GZIP", "identity, gzip"):
            response = client.post(
                "/api/x", content=gzip.compress(b"{}"), headers={"content-encoding": encoding}
            )
            assert response.status_code == 415
