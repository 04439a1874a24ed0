"""ETags and compression."""

from __future__ import annotations

from tests.web.serving import Site


def test_the_same_answer_is_not_sent_twice(site: Site) -> None:
    path = "/api/bars?venue=floor&sym=XSIM:600000"
    with site.client() as client:
        first = client.get(path)
        tag = first.headers["etag"]
        for given in (tag, f"W/{tag}", f'"other", {tag}'):
            again = client.get(path, headers={"if-none-match": given})
            assert (again.status_code, again.content) == (304, b"")
            assert again.headers["etag"] == tag
        site.core.venues.move(1234)
        changed = client.get(path, headers={"if-none-match": tag})
        assert changed.status_code == 200
        assert changed.headers["etag"] != tag
        assert "no-cache" in changed.headers["cache-control"]


def test_long_answers_are_compressed_for_who_can_read_it(site: Site) -> None:
    site.core.venues.bar_count = 500
    path = "/api/bars?venue=floor&sym=XSIM:600000&iv=1m"
    with site.client() as client:
        packed = client.get(path, headers={"accept-encoding": "gzip"})
        plain = client.get(path, headers={"accept-encoding": "identity"})
        refused = client.get(path, headers={"accept-encoding": "gzip;q=0"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert "content-encoding" not in refused.headers
    assert packed.json() == plain.json() == refused.json()
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) / 3
    assert "accept-encoding" in plain.headers["vary"]
