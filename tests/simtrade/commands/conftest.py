"""The command line on a data folder of the test's own."""

from __future__ import annotations

import io
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from simtrade.cli import main


@dataclass(frozen=True)
class Finished:
    code: int
    out: str
    error: str

    @property
    def json(self) -> Any:
        assert self.code == 0, self.error
        return json.loads(self.out)


class Shell:
    """``shell("user", "list")`` runs one command in this process."""

    def __init__(
        self, data: Path, patch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str]
    ) -> None:
        self.data = data
        self._patch = patch
        self._capture = capture

    def __call__(self, *arguments: str, typed: str = "") -> Finished:
        self._patch.setattr(sys, "argv", ["simtrade", *arguments])
        self._patch.setattr(sys, "stdin", io.StringIO(typed))
        with pytest.raises(SystemExit) as ended:
            main()
        out, error = self._capture.readouterr()
        assert "Traceback" not in error
        code = ended.value.code
        return Finished(code if isinstance(code, int) else 0, out, error)


@pytest.fixture
def shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Shell:
    data = tmp_path / "data"
    monkeypatch.setenv("SIMTRADE_DATA", str(data))
    monkeypatch.delenv("SIMTRADE_CONFIG", raising=False)
    return Shell(data, monkeypatch, capsys)
