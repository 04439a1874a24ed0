"""Every limit of the live sockets, in one place.  Refusals are counted by the hub."""

from __future__ import annotations

SUBPROTOCOL = "sim.v1"
VERSION = 1

SOCKETS_PER_SESSION = 4
INBOUND_BYTES = 4 * 1024
INBOUND_PER_SECOND = 20
INBOUND_BURST = 40
SYMBOLS_PER_SOCKET = 50
CHARTS_PER_SOCKET = 4

# Rates a browser may ask for; what it asks for is rounded down to one of these.
RATES_HZ = (0.5, 1.0, 2.0, 4.0, 10.0)
DEFAULT_RATE_HZ = 4.0
HIDDEN_RATE_HZ = 0.5
# Depth and bars are painted, not read: faster is waste.
PAINT_RATE_HZ = 4.0
CLOCK_RATE_HZ = 1.0
ACCOUNT_RATE_HZ = 1.0
# Share of the event loop's time for revaluations that price moves cause; those that an account's
# own events cause come on top.
REVALUATION_SHARE = 0.1

HEARTBEAT_SECONDS = 5
SESSION_CHECK_SECONDS = 60
# What waits for one browser beyond the newest state: its private events.
PRIVATE_MESSAGES = 256
PRIVATE_BYTES = 1024 * 1024
# A slow phone must not hold stale quotes in buffers, so both are small.
KERNEL_BUFFER_BYTES = 64 * 1024
WRITE_BUFFER_BYTES = 32 * 1024
CHUNK = 200
BARS_PER_FRAME = 60
# A browser that does not read cannot take a close frame either.
CLOSE_SECONDS = 5.0
# Phones of one room must not come back in the same moment after a restart.
BYE_AFTER_MS = (500, 4_000)


class Close:
    """Close codes.  RFC 6455 where it has one, else 4000 + the HTTP status it resembles."""

    NORMAL = 1000
    BINARY = 1003
    MALFORMED = 1007
    TOO_LARGE = 1009
    RESTART = 1012
    TOO_SLOW = 4008
    NO_SESSION = 4401
    NOT_ALLOWED = 4403
    TOO_MANY = 4429
    WRONG_VERSION = 4500
