"""What an operator sees of each tape: its facts, its licence, and the days it tells of."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from feeds.coverage import Coverage, coverage
from feeds.tape_files import Manifest
from feeds.tape_store import list_tapes


@dataclass(frozen=True, slots=True)
class TapeCard:
    """``size_bytes`` is what the tape takes on the disk."""

    manifest: Manifest
    size_bytes: int
    coverage: Coverage


class TapeCards:
    """The tapes below a folder.  A tape never changes, so each is looked through once."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._known: dict[str, TapeCard] = {}

    def all(self) -> tuple[TapeCard, ...]:
        """Every tape by name, then by id.  TapeError when one cannot be read."""
        found = sorted(list_tapes(self._root), key=lambda one: (one.name, one.tape_id))
        return tuple(self._card(one) for one in found)

    def _card(self, manifest: Manifest) -> TapeCard:
        known = self._known.get(manifest.tape_id)
        if known is None:
            size = sum(one.size_bytes for one in manifest.files.values())
            known = TapeCard(manifest, size, coverage(self._root, manifest))
            self._known[manifest.tape_id] = known
        return known
