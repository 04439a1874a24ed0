"""One instrument's session of market 2: agents with a real order book, run through the kernel.

Orders come in bursts (what happens makes more happen), join, leave and take as traders.py says;
a market maker quotes when nobody else does, and whoever is mispriced withdraws.  Four prints are
arranged (open, high, low, close), so that the prints of a session meet its daily bar exactly.  The
display is recorded before every taker and otherwise once a second: every print is at a displayed
price and no larger than what is displayed there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numba import njit

from feeds.calendar import Int64s
from feeds.generator.agents import Agents, mean_of
from feeds.generator.calendar import MORNING_SECONDS, TRADING_SECONDS
from feeds.generator.days import DayBar
from feeds.generator.kernel import SessionRecord
from feeds.generator.market import LOT
from feeds.generator.traders import (
    DIRTY,
    DONE,
    EXCITED,
    HIGHEST,
    LEAST,
    LEVELS,
    LOWEST,
    MOST,
    NOW,
    NUMBERS,
    PRINTED,
    SCALE,
    SEEN,
    SHOWN,
    SHOWN_AT,
    SLOW,
    TOLD,
    VALUE,
    Desk,
    clear_beyond,
    drawn,
    helper,
    join,
    leave,
    look,
    lots_of,
    post,
    record,
    take,
    wish,
)
from feeds.generator.value_path import ValuePath
from feeds.prng import below, new_state
from matching.book import Book
from matching.kernel_bits import level_index, next_key
from matching.kernel_layout import fingerprint, head_of, level_at
from matching.kernel_queues import best
from matching.orders import Side

# A display is recorded at least this often, so that no quote looks stale.
_HEARTBEAT_MS = 10_000
_SHOWN_MS = 1_000
# Kept back for the arranged prints: a lot for each.
_RESERVE = 4 * LOT
_FIRST_ORDERS = 240
# A lag of the volume behind its schedule by this part of it doubles the takers.
_SLACK = 64
_MOST_BEHIND = 6_000  # permille by which sizes grow then
_MOST_DISPLAYS = 6 * TRADING_SECONDS
_MOST_PRINTS = 8 * TRADING_SECONDS
_MILLION = 1_000_000
# An excitement of one, and the most there is: events come so many times as often.
_ONE = 1 << 16
_MOST_EXCITED = 24 * _ONE


class Plan(NamedTuple):
    """What a session is to be: its prices, how active each second is (int64[seconds], thousandths
    of an event a second), what has traded by then (int64[seconds], shares) and in the end, and the
    allowed prices."""

    path: ValuePath
    rate_milli: Int64s
    schedule: Int64s
    volume: int
    band: tuple[int, int]


@helper
def _attend(book, state, desk, agents):  # type: ignore[no-untyped-def]
    """The market maker in a new second: what is far off is withdrawn; he quotes where nobody
    does."""
    head, numbers = head_of(book), desk.numbers
    value = numbers[VALUE]
    near = max(1, value * agents.quotes_ppm // _MILLION)
    far = max(1, value * agents.comes_ppm // _MILLION)
    clear_beyond(book, desk, 0, value + agents.tolerates * near // 1000)
    clear_beyond(book, desk, 1, value - agents.tolerates * near // 1000)
    for side in range(2):
        top = best(head, side)
        if top >= 0 and (abs(value - top) <= far or below(state, 1000) >= agents.attends):
            continue
        away = min(near, 1 + below(state, near) + below(state, near))
        price = value - away if side == 0 else value + away
        post(book, desk, agents, (side, price, lots_of(state, agents.join_shares, numbers[SCALE])))
    middle = best(head, 0) + best(head, 1)
    numbers[SLOW] += (512 * middle - numbers[SLOW]) // 32


@helper
def _seal(book, state, desk, agents, most):  # type: ignore[no-untyped-def]
    """At a limit price nobody is on the other side, and a queue stands that grows to ``most``."""
    head, numbers = head_of(book), desk.numbers
    value = numbers[VALUE]
    for side in range(2):
        if value != (numbers[HIGHEST] if side == 0 else numbers[LOWEST]):
            continue
        clear_beyond(book, desk, 1 - side, 1 << 30 if side == 0 else 0)
        key = next_key(head, side, -1)
        if key < 0 or level_at(head, level_index(head, key)).qty < most:
            qty = 4 * lots_of(state, agents.join_shares, numbers[SCALE])
            post(book, desk, agents, (side, value, qty))


@helper
def _open_book(book, state, desk, agents):  # type: ignore[no-untyped-def]
    """Those who came before the session's first second."""
    value = desk.numbers[VALUE]
    desk.numbers[SLOW] = 1024 * value
    near = max(1, value * agents.quotes_ppm // _MILLION)
    for side in range(2):
        price = value - near if side == 0 else value + near
        qty = lots_of(state, agents.join_shares, desk.numbers[SCALE])
        post(book, desk, agents, (side, price, qty))
    for _ in range(_FIRST_ORDERS):
        join(book, state, desk, agents)


@helper
def _special(plan, desk, k, opens):  # type: ignore[no-untyped-def]
    """Side, price and quantity of the arranged print of second ``k``."""
    values, schedule, numbers = plan.path.values, plan.schedule, desk.numbers
    side = np.int64(0) if values[k] >= values[k - 1] else np.int64(1)
    if k == 0:
        side = np.int64(opens)
    elif values[k] == numbers[HIGHEST] or values[k] == numbers[LOWEST]:
        # A queue at a limit stays: it is sold to, and bought from.
        side = np.int64(values[k] == numbers[HIGHEST])
    left = plan.volume - numbers[DONE]
    if k == len(values) - 1:
        return side, values[k], left
    part = schedule[60] // 4 if k == 0 else (schedule[k] - numbers[DONE]) // 2
    return side, values[k], max(LOT, min(part, left - _RESERVE) // LOT * LOT)


@helper
def _second(book, state, desk, agents, plan, k, opens, special):  # type: ignore[no-untyped-def]
    """A second begins: a new value, and a display unless the last one is young and still true."""
    numbers = desk.numbers
    values = plan.path.values
    numbers[EXCITED] -= numbers[EXCITED] * agents.excitement_fades // 256
    numbers[VALUE] = values[k]
    numbers[SEEN] = values[min(k + agents.horizon_seconds, len(values) - 1)]
    numbers[NOW] = max(numbers[NOW] + 1, 1000 * k) if k > 0 else 0
    _attend(book, state, desk, agents)
    _seal(book, state, desk, agents, plan.volume)
    side, price, qty = _special(plan, desk, k, opens)
    if special:
        # The best price that a taker can hit, and enough of it.
        clear_beyond(book, desk, 1 - side, price)
        clear_beyond(book, desk, side, price - 1 if side == 0 else price + 1)
        post(book, desk, agents, (1 - side, price, qty))
    age = numbers[NOW] - numbers[SHOWN_AT]
    resumed = k == 0 or k == MORNING_SECONDS or plan.rate_milli[k - 1] == 0
    if age < _SHOWN_MS and not special and not resumed:
        return
    look(book, desk)
    if special or resumed or age >= _HEARTBEAT_MS or numbers[DIRTY] != 0:
        record(desk)
    if special:
        numbers[NOW] += 1
        take(book, desk, (side, price, qty))


@helper
def _event(book, state, desk, agents, plan, k):  # type: ignore[no-untyped-def]
    """Somebody takes, cancels or joins."""
    numbers, rate = desk.numbers, plan.rate_milli[k]
    kept = max(1, (1000 - agents.excites_permille) * rate)
    more = 256 * 1000 * agents.excitement_fades * agents.excites_permille // kept
    numbers[EXCITED] = min(numbers[EXCITED] + more, _MOST_EXCITED)
    # Takers come more often, and then for more, while the volume lags behind its schedule.
    behind = (plan.schedule[k] - numbers[DONE]) * 1000 // max(LOT, plan.volume // _SLACK)
    takes = agents.takes * (1000 + min(max(behind, -1000), 500)) // 1000
    what = below(state, 1000)
    if what >= 1000 - agents.cancels:
        leave(book, state, desk, agents)
    elif what >= takes or _full(desk, len(plan.schedule) - k):
        join(book, state, desk, agents)
    else:
        look(book, desk)
        scale = numbers[SCALE] * (1000 + min(max(behind, 0), _MOST_BEHIND)) // 1000
        order = wish(book, state, desk, agents, scale, plan.volume - numbers[DONE] - _RESERVE)
        if order[2] > 0:
            if numbers[DIRTY] != 0:
                record(desk)
            take(book, desk, order)


@helper
def _full(desk, seconds):  # type: ignore[no-untyped-def]
    """Whether what is left of the tables is needed for the coming seconds."""
    shown, printed = desk.numbers[SHOWN], desk.numbers[PRINTED]
    return shown + seconds + 8 >= len(desk.depth) or printed + 8 * LEVELS >= len(desk.prints)


@helper
def _next_ms(state, desk, agents, rate):  # type: ignore[no-untyped-def]
    """Milliseconds to the next event; at least one, so that no two share a moment."""
    calm = rate * (1000 - agents.excites_permille) // 1000
    often = calm * (_ONE + desk.numbers[EXCITED]) // _ONE
    gap = drawn(state, agents.gaps) * 1000 // max(1, often)
    return min(max(1, gap), _HEARTBEAT_MS)


def _build(kernel: int) -> Callable[..., None]:
    @njit(nogil=True, cache=True)
    def simulate(book, state, desk, agents, plan, opens):  # type: ignore[no-untyped-def]
        """Run a session; everything is recorded on the desk."""
        assert kernel >= 0
        values, rate, numbers = plan.path.values, plan.rate_milli, desk.numbers
        final = len(values) - 1
        high_at, low_at = np.argmax(values), np.argmin(values)
        numbers[VALUE] = values[0]
        _open_book(book, state, desk, agents)
        k = np.int64(-1)
        while k < final:
            due = numbers[NOW] + _next_ms(state, desk, agents, rate[max(k, 0)])
            while k < final and 1000 * (k + 1) <= due:
                k += 1
                if rate[k] == 0:
                    due = 1000 * (k + 1)  # halted: nobody comes before the next second
                    continue
                special = k in (0, high_at, low_at, final)
                _second(book, state, desk, agents, plan, k, opens, special)
            if k < final:
                numbers[NOW] = max(due, numbers[NOW] + 1)
                _event(book, state, desk, agents, plan, k)

    return simulate


_simulate = _build(fingerprint())


def size_scale(plan: Plan, agents: Agents) -> int:
    """How much larger orders are than those the sizes were fitted to, in 1,024ths."""
    takers = int(plan.rate_milli.sum()) * agents.takes // 1_000_000
    expected = takers * mean_of(agents.take_shares) * agents.filled // 1000
    return max(1, 1024 * 1000 * plan.volume // max(1, expected))


def run_flow(
    seed: int, bar: DayBar, opens: Side, plan: Plan, agents: Agents, rows_told: int = 0
) -> tuple[SessionRecord, Int64s]:
    """Simulate a session that meets ``bar`` and whose first taker is on side ``opens``; a pure
    function of the arguments.

    The second result is int64[rows, 7], at most ``rows_told``: milliseconds of trading time, then
    kind, side, order, other order, price and quantity as in ``feeds.order_tape.STREET``.
    """
    desk = Desk(
        np.zeros(len(NUMBERS), np.int64),
        np.zeros(4 * LEVELS, np.int64),
        np.zeros((agents.parents, 2), np.int64),
        np.empty(_MOST_DISPLAYS, np.int64),
        np.empty((_MOST_DISPLAYS, 4 * LEVELS), np.int32),
        np.empty((_MOST_PRINTS, 5), np.int32),
        np.empty((rows_told, 7), np.int64),
    )
    numbers = desk.numbers
    numbers[LOWEST], numbers[HIGHEST] = plan.band
    numbers[LEAST], numbers[MOST] = bar.low_ticks, bar.high_ticks
    numbers[SCALE] = size_scale(plan, agents)
    book = Book(2 * _FIRST_ORDERS)
    _simulate(book.state, new_state(seed ^ 0x5DEECE66D), desk, agents, plan, int(opens))
    moments = desk.depth_at[: numbers[SHOWN]]
    record = SessionRecord(
        (moments // 1000).astype(np.int32),
        desk.depth[: numbers[SHOWN]].copy(),
        desk.prints[: numbers[PRINTED]].copy(),
        (moments % 1000).astype(np.int32),
    )
    return record, desk.told[: numbers[TOLD]].copy()
