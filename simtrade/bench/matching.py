"""``simtrade bench matching``: the order book against its peers, with verdicts.

Each round runs every engine once after the other; a flow is cut into parts, and for each part the
least CPU time over the rounds counts.  A figure counts only when the engine's fills and final book
agree with those of the others.
"""

from __future__ import annotations

import gc
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simtrade.mistakes import Mistake

if TYPE_CHECKING:
    from simtrade.bench.engines import Engine
    from simtrade.bench.flow import Flow

app = typer.Typer(no_args_is_help=True)

Result = dict[str, Any]
CALLS, BATCH, PEER, YARDSTICK = "Book, one call a message", "Book, whole batches", "bourse", "C ref"


def run(
    *,
    flows: list[str] | None = None,
    rounds: int = 9,
    probes: bool = True,
    step: Callable[[str], None] = lambda _: None,
) -> Result:
    """Measure everything; ``step`` hears what is being measured.

    ``flows``: nanoseconds a message and agreement of each engine by flow; ``must``: each line of
    what is required, the figure and whether it holds (None: a peer is missing); ``left_out``.
    """
    from simtrade.bench.engines import engines
    from simtrade.bench.flow import FLOWS

    found, missing = engines()
    result: Result = {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "load": round(os.getloadavg()[0], 2),
        "rounds": rounds,
        "left_out": missing,
        "flows": {},
    }
    for name in flows or list(FLOWS):
        step(f"flow {name}")
        flow = FLOWS[name]()
        result["flows"][name] = _compare(found, flow, rounds)
    if probes:
        result["probes"] = _probe(found, rounds, step)
    result["must"] = _must(result)
    return result


def _compare(found: list[Engine], flow: Flow, rounds: int) -> dict[str, Result]:
    times = {engine.name: [1 << 62] * _parts(flow, engine) for engine in found}
    seen = {}
    for turn in range(rounds):
        for engine in found:
            engine.start(flow)
            _measure(engine, flow, times[engine.name])
            if turn == 0:
                seen[engine.name] = _digest(engine.result(flow))
    expected = seen[found[0].name]
    return {
        engine.name: {
            "ns": round(sum(times[engine.name]) / len(flow.messages), 1),
            "agrees": seen[engine.name] == expected,
        }
        for engine in found
    }


def _parts(flow: Flow, engine: Engine) -> int:
    from simtrade.bench.engines import PART

    return -(-len(flow.messages) // PART[engine.batch])


def _measure(engine: Engine, flow: Flow, best: list[int]) -> None:
    """One run; rows are made right before they are used, as a server meets them."""
    from simtrade.bench.engines import PART

    clock, size = time.process_time_ns, PART[engine.batch]
    gc.collect()
    for k in range(len(best)):
        part = flow.messages[k * size : (k + 1) * size]
        rows = part if engine.batch else part.tolist()
        began = clock()
        engine.run(rows)
        best[k] = min(best[k], clock() - began)


def _digest(outcome: tuple[Any, Any]) -> str:
    return hashlib.blake2b(repr(outcome).encode(), digest_size=8).hexdigest()


def _probe(found: list[Engine], rounds: int, step: Callable[[str], None]) -> Result:
    import numpy as np

    from simtrade.bench.flow import normal
    from simtrade.bench.probes import bytes_per_order, churn_ns, latencies, start_seconds

    flow = normal(60_000)
    latency = {}
    for engine in found:
        if not engine.batch:
            step(f"single messages, {engine.name}")
            times = latencies(engine, flow, rounds=rounds)
            latency[engine.name] = [int(np.percentile(times, q)) for q in (50, 99, 99.9)]
    step("memory")
    memory = bytes_per_order()
    step("start-up")
    cold, warm = start_seconds()
    churned: dict[int, dict[str, float]] = {}
    for resting in (1_000, 10_000, 100_000, 1_000_000):
        step(f"{resting:,} resting orders")
        least = {engine.name: churn_ns(engine, resting, min(rounds, 3)) for engine in found}
        churned[resting] = {name: round(ns, 1) for name, ns in least.items()}
    return {
        "latency": latency,
        "bytes": None if memory is None else round(memory, 1),
        "cold": cold,
        "warm": warm,
        "resting": churned,
    }


def _must(result: Result) -> list[Result]:
    lines = []

    def line(what: str, value: float | None, least: float | None, most: float | None) -> None:
        holds = None
        if value is not None:
            holds = (least is None or value >= least) and (most is None or value <= most)
        value = None if value is None else round(value, 2)
        lines.append({"what": what, "value": value, "least": least, "most": most, "holds": holds})

    for name, rows in result["flows"].items():
        line(f"{name}: calls, times bourse", _ratio(rows, PEER, CALLS), 2.5, None)
        least = 10.0 if name == "wide" else 15.0
        line(f"{name}: batch, times bourse", _ratio(rows, PEER, BATCH), least, None)
        line(f"{name}: batch, time over C", _ratio(rows, BATCH, YARDSTICK), None, 1.6)
        agree = all(row["agrees"] for row in rows.values())
        line(f"{name}: fills and final book agree", float(agree), 1, None)
    probes = result.get("probes")
    if not probes:
        return lines
    tails = {name: row[1] for name, row in probes["latency"].items()}
    peer = next((tail for name, tail in tails.items() if name.startswith(PEER)), None)
    line("p99 of one message over bourse's", tails[CALLS] / peer if peer else None, None, 1.0)
    line("bytes a resting order", probes["bytes"], None, 64)
    for k, clock in enumerate(("wall", "CPU")):
        line(f"start-up, compiled, {clock} s", probes["warm"][k], None, 1.2)
        line(f"start-up, nothing compiled, {clock} s", probes["cold"][k], None, 8)
    few, many = probes["resting"][1_000], probes["resting"][1_000_000]
    line("1,000,000 resting over 1,000, batch", many[BATCH] / few[BATCH], None, 2)
    peer_ns = next((ns for name, ns in many.items() if name.startswith(PEER)), None)
    line("1,000,000 resting, calls, times bourse", peer_ns and peer_ns / many[CALLS], 2.5, None)
    return lines


def _ratio(rows: dict[str, Result], over: str, under: str) -> float | None:
    """Time of one engine over another's; None unless both ran and agree."""
    times = []
    for start in (over, under):
        row = next((row for name, row in rows.items() if name.startswith(start)), None)
        if row is None or not row["agrees"]:
            return None
        times.append(row["ns"])
    return float(times[0] / times[1])


def report(result: Result) -> str:
    """The result as tables for people."""
    from simtrade.commands.output import table

    lines = [
        f"Python {result['python']}, {result['machine']}, load {result['load']}, "
        f"{result['rounds']} rounds",
        *result["left_out"],
    ]
    for name, rows in result["flows"].items():
        body = [
            (engine, f"{row['ns']:.1f}", "yes" if row["agrees"] else "NO")
            for engine, row in rows.items()
        ]
        lines += ["", table((name, "ns/message", "agrees"), tuple(body))]
    if "probes" in result:
        probes = result["probes"]
        tails = [(name, *map(str, row)) for name, row in probes["latency"].items()]
        lines += ["", table(("one message, ns", "p50", "p99", "p99.9"), tuple(tails))]
        names = tuple(next(iter(probes["resting"].values())))
        rest = [(f"{n:,}", *map(str, row.values())) for n, row in probes["resting"].items()]
        lines += ["", table(("resting orders, ns", *names), tuple(rest))]
    must = [
        (
            line["what"],
            "-" if line["value"] is None else str(line["value"]),
            f">= {line['least']}" if line["least"] is not None else f"<= {line['most']}",
            {True: "holds", False: "FAILS", None: "not measured"}[line["holds"]],
        )
        for line in result["must"]
    ]
    return "\n".join([*lines, "", table(("must", "measured", "limit", ""), tuple(must))])


def compare_in(bench_dir: Path, rounds: int) -> None:
    """Run the comparison of DIR with its own flows and all peers it finds, and ours beside them.

    Prints its tables.  Raises Mistake when the folder holds no comparison or it fails.
    """
    if not (bench_dir / "compare.py").is_file():
        raise Mistake(f"There is no compare.py in {bench_dir}.")
    ours = find_spec("simtrade.bench.adapters.simtrade_book")
    assert ours is not None
    adapters = Path(str(ours.origin)).parent
    search = [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]
    run_in = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, search))}
    with tempfile.TemporaryDirectory(prefix="simtrade-bench-") as folder:
        # It keeps its flows beside itself, and its own folder may be read-only.
        copy = Path(folder) / "peers"
        shutil.copytree(bench_dir, copy, copy_function=shutil.copyfile)
        copy.chmod(0o755)
        command = [sys.executable, str(copy / "compare.py"), "--extra", str(adapters)]
        command += ["--rounds", str(rounds), "--no-slow"]
        done = subprocess.run(command, cwd=copy, env=run_in, check=False)  # noqa: S603
    if done.returncode:
        raise Mistake(f"The comparison in {bench_dir} ended with {done.returncode}.")


@app.command("matching")
def matching(
    flow: Annotated[
        list[str] | None, typer.Option(help="normal, adversarial or wide; all by default.")
    ] = None,
    rounds: Annotated[int, typer.Option(min=1, help="The least time over them counts.")] = 9,
    probes: Annotated[  # noqa: FBT002
        bool, typer.Option(help="Also latency, memory, start-up and large books.")
    ] = True,
    bench_dir: Annotated[
        Path | None,
        typer.Option(help="Folder of a peers' comparison (compare.py): run ours in it as well."),
    ] = None,
    as_json: Annotated[  # noqa: FBT002
        bool, typer.Option("--json", help="Print one line of JSON for programs.")
    ] = False,
) -> None:
    """Measure the order book against its peers; exit 1 when a requirement fails."""
    if bench_dir is not None:
        compare_in(bench_dir, rounds)
    from simtrade.bench.flow import FLOWS
    from simtrade.commands.output import tell

    unknown = sorted(set(flow or ()) - set(FLOWS))
    if unknown:
        raise typer.BadParameter(f"there is no flow {', '.join(unknown)}", param_hint="--flow")
    result = run(
        flows=flow, rounds=rounds, probes=probes, step=lambda what: typer.echo(what, err=True)
    )
    tell(result, report(result), as_json=as_json)
    if any(line["holds"] is False for line in result["must"]):
        raise typer.Exit(1)
