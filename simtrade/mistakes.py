"""The base of every error that a person at the command line can cause and mend."""

from __future__ import annotations


class Mistake(Exception):  # noqa: N818 - whose fault it is, is the point
    """The message is one clear sentence; the command line shows it instead of a traceback."""
