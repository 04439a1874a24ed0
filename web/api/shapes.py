"""The JSON of ``/api/*``: what replies and bodies are made of.

Prices, quantities and money are decimal texts, exact and with a point; moments are RFC 3339 in
UTC with nanoseconds, days ISO dates.  A reply may get further members later.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

Number = Annotated[str, Meta(pattern=r"^-?[0-9]+(\.[0-9]+)?$")]
Moment = Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z$")]
Id = Annotated[int, Meta(ge=0, le=2**53)]
Next = Annotated[str | None, Meta(description="Give it as `after` for the next page; null: none.")]
Name = Annotated[str, Meta(min_length=1, max_length=64)]


class Done(Struct):
    """What was asked is carried out and durable.  ``seq`` is its place in the journal."""

    seq: Id
    venue: str
    account: Id | None = None
    plan: Id | None = None


# Venues


class Venue(Struct):
    """A market: ``tape`` is null where it is hidden from its owner; ``account`` is the asker's."""

    id: str
    title: str
    shared: bool
    account: Id | None
    tape: str | None
    hidden: bool
    first_session: date
    starts_at: Moment
    ends_at: Moment | None
    data: str
    scope: str
    reconstructed: bool
    synthetic: bool
    live: bool
    time_zone: str
    source: str


class Clock(Struct):
    """A venue's time.  ``phase_ends_at`` is null where no schedule says."""

    at: Moment
    session: date | None
    phase: str
    phase_ends_at: Moment | None
    running: bool
    speed: int
    ended: bool


class VenueNow(Struct):
    """A venue with its clock."""

    venue: Venue
    clock: Clock


class VenueList(Struct):
    items: list[Venue]
    next: Next


class Tape(Struct):
    """A recording to practise on.  ``told_as``: what to name for as much of it as another feed
    would have told, by the kind of its data; the first is what was recorded."""

    name: str
    title: str
    first_session: date
    last_session: date
    live: bool
    can_be_hidden: bool
    told_as: dict[str, str]


class TapeList(Struct):
    items: list[Tape]
    next: Next


# Accounts


class Account(Struct):
    """``uuid`` is what the broker-compatible API calls it."""

    id: Id
    uuid: str
    venue: str
    title: str
    profile: str
    currency: str
    opened_at: Moment
    margin: bool


class AccountList(Struct):
    items: list[Account]
    next: Next


class Position(Struct):
    """``quantity`` is below zero where shares are owed; ``can_sell`` is what may be sold now."""

    instrument: str
    symbol: str
    name: str
    quantity: Number
    can_sell: Number
    held: Number
    unsettled: Number
    pending: Number
    suspended: bool
    cost: Number
    last: Number
    value: Number
    profit: Number
    day_profit: Number


class Summary(Struct):
    """equity = cash + hold + receivable + value of the positions - loan, to the last decimal.
    ``seq``: the newest entry of the journal that is counted; ``twin``: the account that did
    nothing."""

    account: Account
    seq: Id
    at: Moment
    equity: Number
    cash: Number
    hold: Number
    receivable: Number
    loan: Number
    start: Number
    realised: Number
    unrealised: Number
    day_profit: Number
    fees: Number
    spread: Number
    twin: Number
    positions: list[Position]


class PositionList(Struct):
    seq: Id
    items: list[Position]
    next: Next


class EquityPoint(Struct):
    at: Moment
    equity: Number
    twin: Number


class EquityCurve(Struct):
    """``max_drawdown_permyriad``: the largest fall from a peak in 1/10,000 of the peak."""

    points: list[EquityPoint]
    max_drawdown_permyriad: int
    drawdown_from: Moment | None
    drawdown_to: Moment | None


class Order(Struct):
    """``key`` is the name its sender gave it, ``group`` the first order of its group.
    ``waiting_for`` says what an open order waits for, ``cause`` why a dead one ended."""

    id: Id
    key: str
    instrument: str
    symbol: str
    side: str
    kind: str
    time_in_force: str
    quantity: Number
    filled: Number
    limit: Number | None
    stop: Number | None
    average: Number | None
    state: str
    cause: str
    waiting_for: str
    placed_at: Moment
    hold: Number
    good_till: date | None
    group: Id | None
    group_kind: str | None
    role: str
    short: bool
    ahead: Number | None
    traded_at_price: Number | None


class OrderList(Struct):
    items: list[Order]
    next: Next


class Fee(Struct):
    code: str
    amount: Number


class Receipt(Struct, omit_defaults=True):
    """Why a fill was made: the rule, the date of the rules, the quote it used and the queue before
    it.  Members that the rule did not need are left out.  ``sentences`` say it in words."""

    profile: str
    rule: str
    rule_name: str
    rule_date: date
    data: str
    scope: str
    event_at: Moment
    sentences: list[str]
    placed_by: str | None = None
    bid: Number | None = None
    bid_quantity: Number | None = None
    ask: Number | None = None
    ask_quantity: Number | None = None
    ahead_at_entry: Number | None = None
    ahead_before: Number | None = None
    consumed_before: Number | None = None
    budget: Number | None = None
    half_spread: Number | None = None
    impact: Number | None = None
    reference: Number | None = None
    low: Number | None = None
    high: Number | None = None
    volume: Number | None = None
    average: Number | None = None
    latency_ns: int | None = None
    pair_trades: int | None = None
    auction_quantity: Number | None = None
    auction_place: str | None = None
    unmatched_side: str | None = None
    unmatched_quantity: Number | None = None


class Fill(Struct):
    """``number`` counts the fills of an order from 1; ``short``: borrowed shares were sold."""

    order: Id
    number: int
    at: Moment
    instrument: str
    symbol: str
    side: str
    quantity: Number
    price: Number
    value: Number
    fees: list[Fee]
    short: bool
    receipt: Receipt


class FillList(Struct):
    items: list[Fill]
    next: Next


class OrderReceipt(Struct):
    """An order with what it waits for or why it ended, in words, and its fills, newest first.
    ``next`` continues at ``/api/accounts/{account}/fills?order=``."""

    order: Order
    sentences: list[str]
    fills: list[Fill]
    next: Next


class Activity(Struct):
    """What happened without an order.  ``figures`` are whole numbers and codes of the journal:
    money in minor units (``_minor``), prices in ticks, shares in base units."""

    number: Id
    at: Moment
    kind: str
    instrument: str | None
    figures: dict[str, int | str | bool | None]
    sentence: str


class ActivityList(Struct):
    items: list[Activity]
    next: Next


# Lessons


class Lesson(Struct):
    """``answered`` counts the quizzes that the asker has ever answered rightly; null: not kept."""

    id: str
    version: int
    title: str
    summary: str
    level: str
    minutes: int
    risk_level: str
    concepts: list[str]
    prerequisites: list[str]
    licence: str
    authors: list[str]
    quizzes: int
    answered: int | None


class LessonList(Struct):
    items: list[Lesson]
    next: Next


class Choice(Struct):
    """``reason`` says why the choice is right or wrong, of those that were chosen; else null."""

    html: str
    reason: str | None


class Answer(Struct):
    """The newest answer: places of the chosen choices, from 0.  ``tries`` counts all of them."""

    chosen: list[int]
    right: bool
    tries: int
    ever_right: bool


class Quiz(Struct):
    """``several``: any number of choices may be chosen, else one."""

    name: str
    several: bool
    question: str
    choices: list[Choice]
    answer: Answer | None


class LessonPart(Struct):
    """A stretch of the text as HTML, or a quiz; the other one is null."""

    html: str | None
    quiz: Quiz | None


class LessonText(Struct):
    """A lesson in the asker's language, its parts in the order in which to read them."""

    lesson: Lesson
    parts: list[LessonPart]
