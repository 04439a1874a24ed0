"""``simtrade tape record``, ``keep`` and ``history``: what vendors say, as tapes."""

from __future__ import annotations

import re
import signal
import threading
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from simtrade.commands.output import (
    TAPES,
    AsJson,
    complain,
    complain_of,
    load_settings,
    progress,
    tell,
)
from simtrade.mistakes import Mistake

if TYPE_CHECKING:
    from pathlib import Path

    from feeds.live.market import LiveMarket
    from feeds.live.recording import Recording
    from feeds.tape_writer import TapeSummary

READY_SECONDS = 30  # in which it must be known what the symbols are
_UNITS = {"s": 1, "m": 60, "h": 3600}

Named = Annotated[str, typer.Argument(metavar="NAME", help="Name of the recording.")]


def record(
    connector: Annotated[str, typer.Argument(help="One of `simtrade tape connectors`.")],
    *,
    symbols: Annotated[str, typer.Option(help="The vendor's symbols, with commas between.")],
    length: Annotated[
        str, typer.Option("--for", help="So long, as 90s, 10m or 2h; default: until stopped.")
    ] = "",
    name: Annotated[str, typer.Option(help="Name of the recording; default: the connector.")] = "",
    socket: Annotated[str, typer.Option(help="Another websocket address of the service.")] = "",
    http: Annotated[str, typer.Option(help="Another HTTP address of the service.")] = "",
    as_json: AsJson = False,
) -> None:
    """Record a live market, and make a tape of it at the end; Ctrl-C ends it in order.

    What was heard is on the disk within a second: a run that is killed can be kept with
    `simtrade tape keep`.
    """
    from feeds.live.ear import Times
    from feeds.live.vendors import WatchlistError, of_words
    from simtrade.clock import monotonic_ns, now_ns
    from simtrade.venues.live import LIVE, check_key, live_market

    seconds = _seconds(length)
    settings = load_settings()
    words = [one.strip() for one in symbols.split(",") if one.strip()]
    words += [f"{key}={url}" for key, url in (("socket", socket), ("http", http)) if url]
    try:
        wanted = of_words(name or connector, connector, tuple(words))
    except WatchlistError as error:
        raise Mistake(f"{error}.") from error
    check_key(settings, wanted)
    folder = settings.data / LIVE / wanted.name
    market = live_market(settings, wanted, folder, Times(now_ns, monotonic_ns))
    began_ns = now_ns()
    _listen(market, seconds)
    feed = market.feed
    if feed is None:
        raise Mistake("Nothing was recorded: it was never known what the symbols are.")
    _kept(feed.recording, settings.data / TAPES, began_ns, as_json=as_json)


def keep(
    name: Named,
    *,
    session: Annotated[str, typer.Option(help="One day, as 2026-01-05; default: everything.")] = "",
    as_json: AsJson = False,
) -> None:
    """Make a tape of what was recorded, also while it is being recorded."""
    from feeds.live.recording import Recording, read_description
    from feeds.tape import TapeError
    from simtrade.venues.live import LIVE

    settings = load_settings()
    folder = settings.data / LIVE / name
    try:
        description = read_description(folder) if re.fullmatch(r"\w{1,40}", name) else None
        if description is None:
            raise Mistake(f"Nothing was recorded as {name!r}.")
        recording = Recording(folder, description)
    except TapeError as error:
        raise Mistake(f"{error}.") from error
    _kept(recording, settings.data / TAPES, 0, day=_day(session), as_json=as_json)


def history(
    source: Annotated[str, typer.Argument(help="akshare (mainland) or yfinance (US).")],
    *,
    symbols: Annotated[str, typer.Option(help="As sh600000 or AAPL, with commas between.")],
    first: Annotated[str, typer.Option("--from", help="First day, as 2020-01-01.")],
    last: Annotated[str, typer.Option("--to", help="Last day.")],
    name: Annotated[str, typer.Option(help="Name of the tape; default: the source.")] = "",
    as_json: AsJson = False,
) -> None:
    """Fetch daily bars through a library that you have installed, as a tape.

    Rows that contradict themselves are left out and listed.
    """
    from feeds.live.history import HistoryError, daily_history
    from feeds.live.vendor import SymbolError
    from feeds.tape import TapeError
    from feeds.tape_store import write_tape

    begin, end = _day(first, "--from"), _day(last, "--to")
    wanted = [one.strip() for one in symbols.split(",") if one.strip()]
    if begin is None or end is None or begin > end or not wanted:
        raise Mistake("Say which symbols, and from which day to which.")
    try:
        found = daily_history(source, wanted, begin, end, name=name)
    except (HistoryError, SymbolError, TapeError) as error:
        raise Mistake(f"{error}.") from error
    write_tape(load_settings().data / TAPES, found.tape)
    complain_of(found.refused, len(found.refused))
    result = {
        "tape": found.tape.tape_id,
        "rows": found.tape.rows,
        "refused": len(found.refused),
        "rounded": found.rounded,
    }
    text = f"{found.tape.tape_id}: {found.tape.rows} rows, {found.rounded} prices moved to a tick."
    tell(result, text, as_json=as_json)


def _listen(market: LiveMarket, seconds: int | None) -> None:
    """Run the market for its time, or until somebody ends it."""
    from feeds.live.vendors import WatchlistError
    from feeds.tape import TapeError

    over = threading.Event()
    before = {
        number: signal.signal(number, lambda *_: over.set())
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        market.start()
        with progress("Recording") as advance:
            for passed in range(seconds or 1 << 40):
                advance(passed, seconds or 0)
                if over.wait(1) or (market.feed is None and passed >= READY_SECONDS):
                    break
    except (WatchlistError, TapeError, OSError) as error:
        raise Mistake(f"{error}.") from error
    finally:
        market.stop()
        for number, handler in before.items():
            signal.signal(number, handler)
    status = market.status()
    for _, text in status.errors:
        complain(text)
    if status.trouble and market.feed is None:
        raise Mistake(f"Nothing was recorded: {status.trouble}.")


def _kept(
    recording: Recording,
    root: Path,
    after_ns: int,
    *,
    day: date | None = None,
    as_json: bool,
) -> None:
    from feeds.live.tape import recorded_tape
    from feeds.tape import TapeError

    try:
        with progress("Writing the tape") as advance:
            tape_id, summary = recorded_tape(
                recording, root, session=day, after_ns=after_ns, progress=advance
            )
    except TapeError as error:
        raise Mistake(f"No tape: {error}.") from error
    result = _result(tape_id, summary)
    text = f"{tape_id}: {result['rows']} rows, {result['refused']} refused."
    tell(result, text, as_json=as_json)


def _result(tape_id: str, summary: TapeSummary) -> dict[str, object]:
    return {
        "tape": tape_id,
        "rows": sum(summary.rows.values()),
        "refused": sum(summary.refused.values()),
        "tables": {table.value: count for table, count in summary.rows.items() if count},
        "crossed": summary.crossed,
        "span": [summary.first_ns, summary.last_ns],
    }


def _seconds(text: str) -> int | None:
    """``10m`` is 600; None for no text.  Raises Mistake."""
    if not text:
        return None
    found = re.fullmatch(r"([1-9][0-9]{0,5})([smh])", text)
    if found is None:
        raise Mistake(f"--for {text!r}: write 90s, 10m or 2h.")
    return int(found[1]) * _UNITS[found[2]]


def _day(text: str, option: str = "--session") -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Mistake(f"{option} {text!r}: write 2026-01-05.") from error
