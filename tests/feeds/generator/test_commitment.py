from __future__ import annotations

import hashlib

from feeds.generator.commitment import commitment, path_digest
from feeds.generator.names import open_market


def test_a_commitment_is_what_anybody_can_compute() -> None:
    told = hashlib.sha256(b"market:2:5:lock\n00ff").hexdigest()
    assert commitment("market:2:5:lock", "00ff") == told
    others = [("market:2:5", "00ff"), ("market:2:6:lock", "00ff"), ("market:2:5:lock", "00fe")]
    assert told not in [commitment(*other) for other in others]


def test_the_path_is_generated_again_and_is_nobody_else_s() -> None:
    first, again, other = (
        path_digest(open_market(f"market:2:{seed}:halt.0.30"), 1) for seed in (5, 5, 6)
    )
    assert first == again != other
