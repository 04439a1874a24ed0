"""What is said of others' addresses; that each exists is asked in test_openapi."""

from __future__ import annotations

from web.api.broker_words import WORDS


def test_everything_is_described_once_in_a_sentence_without_a_stop() -> None:
    for address, words in WORDS.items():
        assert words.summary[0].isupper(), address
        assert not words.summary.endswith("."), address
        needed = words.query.get("required", [])
        assert set(needed) <= words.query.get("properties", {}).keys(), address


def test_only_what_changes_something_has_a_body() -> None:
    for (method, path), words in WORDS.items():
        if words.body:
            assert method in ("POST", "PUT", "PATCH"), path
            assert words.body["type"] == "object"
    order = WORDS["POST", "/v2/orders"].body
    assert order["required"] == ["symbol"]
    assert order["properties"]["qty"]["type"] == ["string", "number", "null"]
