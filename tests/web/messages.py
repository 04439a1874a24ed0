"""Bring the Chinese catalogue up to date with the sources: ``python -m tests.web.messages``.

New messages arrive untranslated, gone ones are dropped; a test refuses a catalogue with gaps.
"""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

import web
from web.i18n import CATALOGUE

WEB = Path(web.__file__).parent
METHODS = [("templates/**.html", "jinja2"), ("**.py", "python")]
OPTIONS = {
    "templates/**.html": {
        "extensions": "jinja2.ext.i18n",
        "trimmed": "true",
        "newstyle_gettext": "true",
        "silent": "false",
    }
}
KEYWORDS = {"_": None, "N_": None, "gettext": None, "translate": None, "ngettext": (1, 2)}


def template() -> Catalog:
    """Every message of the templates and of the Python files, without any translation."""
    catalogue = Catalog(domain="messages", fuzzy=False)
    found = extract_from_dir(WEB, METHODS, OPTIONS, keywords=KEYWORDS)
    for name, _line, message, _comments, context in sorted(found, key=lambda one: one[0]):
        # One line number for all: an edited template must not touch the catalogue.
        catalogue.add(message, locations=[(name, 1)], context=context)
    return catalogue


def chinese() -> Catalog:
    """The catalogue as it is kept."""
    with CATALOGUE.open("rb") as source:
        return read_po(source, locale="zh", domain="messages")


def update() -> int:
    """Write the catalogue anew; the number of messages that wait for a translation."""
    catalogue = chinese()
    catalogue.update(template(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    with CATALOGUE.open("wb") as target:
        write_po(
            target,
            catalogue,
            width=100,
            sort_output=True,
            ignore_obsolete=True,
            include_lineno=False,
        )
    return sum(1 for one in catalogue if one.id and not one.string)


if __name__ == "__main__":
    sys.stdout.write(f"{update()} messages without a translation\n")
