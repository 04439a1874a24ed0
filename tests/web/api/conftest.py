"""The programs' fixtures, for the site's own API too."""

from __future__ import annotations

from tests.web.broker.conftest import bot, broker, hang_up, replay

__all__ = ["bot", "broker", "hang_up", "replay"]
