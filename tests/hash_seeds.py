"""The same script in processes whose sets and dictionaries are mixed in different ways."""

from __future__ import annotations

import os
import subprocess
import sys

SEEDS = ("0", "4711")


def printed_under_seeds(script: str) -> set[str]:
    """What a script prints under each PYTHONHASHSEED: one text where none of it matters."""
    return {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in SEEDS
    }
