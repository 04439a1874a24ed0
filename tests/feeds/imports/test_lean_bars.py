from __future__ import annotations

from pathlib import Path

from tests.feeds.imports.lean_sample import MINUTES, SECOND_QUOTES, imported, pack, write
from tests.simtrade.commands.conftest import Shell


def test_without_hours_maps_and_factors_our_own_schedule_counts(
    shell: Shell, tmp_path: Path
) -> None:
    root = tmp_path / "lean"
    pack(root / "minute" / "abc" / "20131007_trade.zip", MINUTES)
    assert imported(shell, root)["minute"]["rows"] == 1
    pack(root / "minute" / "abc" / "20131006_trade.zip", MINUTES)  # a Sunday
    assert imported(shell, root)["minute"]["rows"] == 1


def test_the_afternoon_of_a_short_day_is_left_out(shell: Shell, tmp_path: Path) -> None:
    root = write(tmp_path / "lean")
    lines = [MINUTES[1], MINUTES[1].replace("34200000", "46740000"), "46800000,1,1,1,1,1"]
    pack(root / "equity" / "usa" / "minute" / "abc" / "20130703_trade.zip", lines)
    made = imported(shell, root, "minute")["minute"]
    assert made["rows"] == 3
    assert made["notes"] == ["3 bars before or after regular hours: left out."]


def test_crossed_closes_of_quotes_are_counted(shell: Shell, tmp_path: Path) -> None:
    root = write(tmp_path / "lean")
    crossed = SECOND_QUOTES[1].replace("199500", "200500")
    pack(root / "equity" / "usa" / "minute" / "abc" / "20131007_quote.zip", [crossed])
    result = shell("tape", "import", "lean", str(root), "--kind", "minute", "--json").json
    assert result["crossed"] == 1


def test_a_second_bar_of_one_day_is_refused(shell: Shell, tmp_path: Path) -> None:
    root = tmp_path / "lean"
    day = "20131007 00:00,1,1,1,1,1"
    pack(
        root / "daily" / "abc.zip",
        [day, day, "20131004 00:00,1,1,1,1,1", "20131008 00:00,5,4,3,5,1"],
    )
    result = shell("tape", "import", "lean", str(root), "--json").json
    assert (result["rows"], result["duplicates"], result["out_of_order"]) == (1, 1, 1)
    assert [one["code"] for one in result["problems"]][-1] == "contradicts_itself"
