"""A tiny LEAN data folder, invented: two companies, one of which changed its ticker."""

from __future__ import annotations

import gzip
import json
import zipfile
from pathlib import Path

from feeds.imports.lean_files import Resolution
from feeds.tape_store import verify_tape
from tests.simtrade.commands.conftest import Shell

HOURS = {
    "entries": {
        "Equity-usa-[*]": {
            "dataTimeZone": "America/New_York",
            "exchangeTimeZone": "America/New_York",
            **{
                day: [
                    {"start": "04:00:00", "end": "09:30:00", "state": "premarket"},
                    {"start": "09:30:00", "end": "16:00:00", "state": "market"},
                ]
                for day in ("monday", "tuesday", "wednesday", "thursday", "friday")
            },
            "saturday": [],
            "sunday": [],
            "holidays": ["1/1/2013"],
            "earlyCloses": {"7/3/2013": "13:00:00"},
        }
    }
}
OPEN_MS = 34_200_000

DAILY = {
    # An earlier company had the ticker; the first of these days is not ours.
    "new": ["20131001 00:00,10000,10000,10000,10000,7",
            "20131007 00:00,500000,510000,490000,505000,1000",
            "20131008 00:00,505000,520000,500000,515000,1100"],
    "old": ["20131003 00:00,1000000,1010000,990000,1000000,500",
            "20131004 00:00,1000000,1020000,1000000,1010000,600"],
    "abc": ["20131004 00:00,200000,210000,190000,205000,100",
            "20131007 00:00,204500,210000,190000,200000,100",
            "20131008 00:00,200000,210000,190000,202500,100"],
}  # fmt: skip
MAPS = {"new": ["20131003,old,N", "20131004,old,N", "20501231,new,N"]}
FACTORS = {
    "new": ["20131003,1,0.5,1", "20131004,1,0.5,101", "20501231,1,1,0"],
    "abc": ["20131003,0.9756098,1,1", "20131004,0.9756098,1,20.5", "20501231,1,1,0"],
}
TRADES = [
    "34199000,199000,50,P,20002020,0",  # before the opening
    "34200000,200000,100,N,40,0",
    "34200500,200100,200,Q,20,0",  # a sweep
    "34201000,150000,100,D,800,0",  # sold last
    "34201000,999900,100,D,1,1",  # the vendor suspects it
    "34202000,200200,300,P,1,0",
    "57600500,202500,10,N,1000000,0",  # the official close
]
QUOTES = [
    "34199000,199000,300,0,0,N,1,0",
    "34199000,0,0,200500,400,N,1,0",
    "34200100,199500,200,0,0,Q,1,0",
    "34200100,0,0,200500,100,Q,1,0",
    "34200200,900000,200,0,0,Q,1,1",  # suspected
    "34202500,0,0,200400,600,P,1,0",
]
SECOND_TRADES = [
    "34200000,200000,200100,200000,200100,300",
    "34202000,200200,200400,200000,200200,400",
]
SECOND_QUOTES = [
    "14400000,1,1,1,1,1,2,2,2,2,1",
    "34200000,199000,199500,199000,199500,200,200500,200500,200500,200500,100",
    "34203000,199500,199500,199500,199500,200,200400,200400,200400,200400,600",
]
MINUTES = [
    "34140000,199000,199000,199000,199000,50",
    "34200000,200000,200200,150000,200200,700",
    "57600000,202500,202500,202500,202500,10",
]


def pack(path: Path, lines: list[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inside.csv", "\r\n".join(lines))


def write(root: Path) -> Path:
    """The folder ``root`` with everything in it."""
    usa = root / "equity" / "usa"
    for ticker, lines in DAILY.items():
        pack(usa / "daily" / f"{ticker}.zip", lines)
    for folder, files in (("map_files", MAPS), ("factor_files", FACTORS)):
        (usa / folder).mkdir(parents=True)
        for name, lines in files.items():
            (usa / folder / f"{name}.csv").write_text("\n".join(lines))
    day = "abc/20131007"
    pack(usa / "tick" / f"{day}_trade.zip", TRADES)
    pack(usa / "tick" / f"{day}_quote.zip", QUOTES)
    pack(usa / "second" / f"{day}_trade.zip", SECOND_TRADES)
    pack(usa / "second" / f"{day}_quote.zip", SECOND_QUOTES)
    pack(usa / "minute" / f"{day}_trade.zip", MINUTES)
    pack(usa / "minute" / f"{day}_quote.zip", SECOND_QUOTES[:2])
    hours = root / "market-hours" / "market-hours-database.json.gz"
    hours.parent.mkdir()
    hours.write_bytes(gzip.compress(json.dumps(HOURS).encode()))
    return root


def imported(shell: Shell, path: Path, kind: str = "") -> dict[str, dict[str, object]]:
    """What was made, by resolution."""
    options = ("--kind", kind) if kind else ()
    result = shell("tape", "import", "lean", str(path), *options, "--json").json
    assert result["refused"] == 0
    for one in result["tapes"]:
        assert verify_tape(shell.data / "tapes", one["tape"]) == []
    kinds = [kind] if kind else list(Resolution)
    found = [kind for kind in kinds for one in result["tapes"] if kind in one["tape"]]
    return dict(zip(found or [kind], result["tapes"], strict=True))
