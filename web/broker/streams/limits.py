"""Every limit of the programs' streams, in one place."""

from __future__ import annotations

from web.live.mailbox import Patience
from web.security.credits import Allowance

AUTH_SECONDS = 10.0
# Sockets of one kind and one key; one more ends the oldest.
CONNECTIONS_PER_KEY = 5
# How long a key that was revoked may still follow.
KEY_CHECK_SECONDS = 2.0

# A message of a program that is known; before that it is the server's general limit.
MESSAGE_BYTES = 1024 * 1024
# Messages cost one, and one more for every 4 KiB: two of the largest at once.
INBOUND = Allowance(burst=600, per_second=20)
BYTES_PER_CREDIT = 4096

SYMBOLS_PER_SOCKET = 10_000
# Of one symbol in one notice; of a market that is faster than the world only the newest are told.
TRADES_PER_NOTICE = 200
BARS_PER_NOTICE = 60
# Clients take no more than 1 MiB in one message.
FRAME_BYTES = 128 * 1024

# What may wait for a program that reads slowly: market data, and its own updates.
DATA_PATIENCE = Patience(messages=1_024, size_bytes=1024 * 1024)
UPDATE_PATIENCE = Patience(messages=8_192, size_bytes=8 * 1024 * 1024)

EVENTS_AT_ONCE = 200
HEARTBEAT_SECONDS = 5.0


class Close:
    """Close codes: 4000 + what it resembles in HTTP, as on the live sockets."""

    KEY_ENDED = 4401
    AUTH_FAILED = 4402
    AUTH_LATE = 4404
    TOO_MANY_SOCKETS = 4406
    NOT_OFFERED = 4409
    TOO_MANY_MESSAGES = 4429
