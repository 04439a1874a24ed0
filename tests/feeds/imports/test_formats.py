from __future__ import annotations

from dataclasses import fields

from feeds.imports.formats import FORMATS, formats_help
from feeds.imports.importer import Wanted
from tests.tidy import ROOT


def test_every_format_loads_and_knows_its_options() -> None:
    known = {one.name for one in fields(Wanted)}
    for name, one in FORMATS.items():
        assert one.name == name
        assert callable(one.load())
        assert one.options <= known
        assert f"{name}: {one.title}." in formats_help()


def test_every_format_has_its_page() -> None:
    pages = {path.stem for path in (ROOT / "docs" / "formats").glob("*.md")}
    assert pages == set(FORMATS)
