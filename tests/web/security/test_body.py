"""Bodies are small and plain."""

from __future__ import annotations

import gzip

from tests.web.serving import Site


def test_large_bodies_are_refused(site: Site) -> None:
    with site.client(origin=site.origin) as client:
        assert client.post("/api/x", content=b"x" * 65_536).status_code == 404
        response = client.post("/api/x", content=b"x" * 65_537)
        assert (response.status_code, response.json()["code"]) == (413, "body_too_large")
        assert response.headers["content-type"] == "application/problem+json"
        assert client.post("/x", content=b"x" * 1_000_000).status_code == 413
        chunked = (b"x" * 10_000 for _ in range(100))
        assert client.post("/api/x", content=chunked).status_code == 413


def test_compressed_bodies_are_refused(site: Site) -> None:
    with site.client(origin=site.origin) as client:
        for encoding in ("gzip", "br", "GZIP", "identity, gzip"):
            response = client.post(
                "/api/x", content=gzip.compress(b"{}"), headers={"content-encoding": encoding}
            )
            assert response.status_code == 415
