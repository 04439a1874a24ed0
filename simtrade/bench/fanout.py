"""``bench fanout``: what one delivered quote costs the server, beside a C server at the limit.

The folder given holds ``wsload.c`` (load generator) and ``c_epoll.c`` (the smallest server that
can do it); both are compiled here.  Each server runs pinned to one core, the load to another;
loads go to 127.0.0.1 only and are bounded in number and time.  CPU time is the kernel's own
account of the server's threads (schedstat), so work of other programs does not count.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from simtrade.commands.output import AsJson, table, tell
from simtrade.mistakes import Mistake

RATIO_LIMIT = 2.0
RATIO_AIM = 1.5
SOURCES = ("wsload", "c_epoll")
LOAD_SECONDS = 240
START_SECONDS = 60.0
WINDOWS = 8

HEALTHY = 100
FROZEN_RATE_HZ = 500
FROZEN_ORDERS_HZ = 100
RATE_KEPT = 0.9
LATENCY_SLACK_US = 20_000
RESIDENT_SLACK_KB = 16 * 1024


@dataclass(frozen=True, slots=True)
class Case:
    """``rate_hz`` 0 is saturation."""

    name: str
    sockets: int
    rate_hz: int


CASES = (
    Case("1,000 saturated", 1_000, 0),
    Case("1,000 at 4/s", 1_000, 4),
    Case("5,000 at 4/s", 5_000, 4),
)


@dataclass(frozen=True, slots=True)
class Result:
    """One load on one server.  ``us_per_message``: microseconds of server CPU per delivered
    message, median of the windows; latencies in microseconds; memory in KB."""

    open: int
    messages_per_second: float
    us_per_message: float
    p99_us: float
    cpu_percent: float
    kb_per_socket: float
    resident_before_kb: int
    resident_end_kb: int
    slowest_socket_messages: int

    @classmethod
    def of(cls, measured: Mapping[str, Any]) -> Result:
        costs = [1e6 * cpu / frames for _, frames, cpu, *_ in measured["windows"] if frames > 0]
        return cls(
            open=measured["open"],
            messages_per_second=measured["per_s"],
            us_per_message=round(statistics.median(costs), 2) if costs else 0.0,
            p99_us=measured["p99_us"],
            cpu_percent=measured["srv_cpu_pct"],
            kb_per_socket=measured["rss_per_conn_kb"],
            resident_before_kb=measured["rss_conn_kb"],
            resident_end_kb=measured["rss_end_kb"],
            slowest_socket_messages=measured["min_frames"],
        )


@dataclass(frozen=True, slots=True)
class Target:
    """A running server: where it is and what a socket says to it."""

    port: int
    pid: int
    headers: str = ""
    sub: str = ""


def fanout(
    bench_dir: Annotated[Path, typer.Option(help="Folder with wsload.c and c_epoll.c.")],
    *,
    frozen: Annotated[
        int, typer.Option(min=0, max=20, help="Only: what readers that never read do to others.")
    ] = 0,
    seconds: Annotated[float, typer.Option(min=1, max=60, help="Length of a measurement.")] = 6.0,
    as_json: AsJson = False,
) -> None:
    """Measure fan-out to live sockets against a C server in the same run."""
    raise_open_files()
    with tempfile.TemporaryDirectory() as folder:
        bench = _Bench(compile_tools(bench_dir, Path(folder)), seconds)
        if frozen:
            result, text = bench.frozen(frozen)
        else:
            result, text = bench.compare()
    tell(result, text, as_json=as_json)
    if not result["holds"]:
        raise typer.Exit(1)


def compile_tools(bench_dir: Path, into: Path) -> dict[str, Path]:
    """The compiled programs by name.  Raises Mistake when a source or the compiler is missing."""
    found = {}
    for name in SOURCES:
        sources = sorted(bench_dir.rglob(f"{name}.c"))
        if not sources:
            raise Mistake(f"There is no {name}.c in {bench_dir}.")
        found[name] = into / name
        command = ["cc", "-O2", "-o", str(found[name]), str(sources[0])]
        try:
            subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - own arguments
        except FileNotFoundError:
            raise Mistake("This measurement needs a C compiler named cc.") from None
        except subprocess.CalledProcessError as error:
            raise Mistake(f"{sources[0]} does not compile: {error.stderr.decode()}") from None
    return found


def raise_open_files() -> None:
    """As many sockets as the machine allows."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


class _Bench:
    """``tools``: the compiled programs; ``seconds``: the length of one measurement."""

    def __init__(self, tools: Mapping[str, Path], seconds: float) -> None:
        self._tools = tools
        self._seconds = seconds

    def compare(self) -> tuple[dict[str, Any], str]:
        rows, cases, holds = [], [], True
        for case in CASES:
            with c_server(self._tools["c_epoll"], case) as limit:
                peer = self._load(limit, case.sockets)
            with own_server(case.rate_hz) as target:
                ours = self._load(target, case.sockets)
            ratio = round(ours.us_per_message / peer.us_per_message, 2)
            holds = holds and ratio <= RATIO_LIMIT and ours.open == case.sockets
            cases.append(
                {"case": case.name, "ratio": ratio, "ours": asdict(ours), "c": asdict(peer)}
            )
            rows.append(_row(case, ours, peer, ratio))
        title = ("case", "ours µs", "C µs", "ratio", "p99 ms", "C p99 ms", "KB/socket")
        verdict = f"every ratio <= {RATIO_LIMIT} (aim {RATIO_AIM}): {'yes' if holds else 'NO'}"
        return {"cases": cases, "holds": holds}, f"{table(title, rows)}\n{verdict}"

    def frozen(self, readers: int) -> tuple[dict[str, Any], str]:
        """The same load without and with sockets that never read, on one server each."""
        with own_server(FROZEN_RATE_HZ, orders_hz=FROZEN_ORDERS_HZ) as target:
            alone = self._load(target, HEALTHY)
        with own_server(FROZEN_RATE_HZ, orders_hz=FROZEN_ORDERS_HZ) as target:
            beside = self._load(target, HEALTHY + readers, stall=readers)
            closed = closed_as_too_slow(target.port)
        kept = beside.slowest_socket_messages / max(1, alone.slowest_socket_messages)
        grown = beside.resident_end_kb - beside.resident_before_kb
        checks = {
            "rate": kept >= RATE_KEPT,
            "p99": beside.p99_us <= 2 * alone.p99_us + LATENCY_SLACK_US,
            "memory": grown <= RESIDENT_SLACK_KB,
            "closed": closed == readers,
        }
        result = {
            "readers": readers,
            "rate_kept": round(kept, 3),
            "p99_us_alone": alone.p99_us,
            "p99_us_beside": beside.p99_us,
            "resident_growth_kb": grown,
            "closed_as_too_slow": closed,
            "checks": checks,
            "holds": all(checks.values()),
        }
        text = "\n".join(f"{name}: {value}" for name, value in result.items())
        return result, text

    def _load(self, target: Target, sockets: int, stall: int = 0) -> Result:
        command = [*_pinned(0), str(self._tools["wsload"]), "fanout"]
        command += ["--url", f"ws://127.0.0.1:{target.port}/ws", "-n", str(sockets)]
        command += ["-w", "1", "-d", str(self._seconds), "--windows", str(WINDOWS)]
        command += ["--pid", str(target.pid), "--seq-key", '"none":']
        command += ["--stall", str(stall)] if stall else []
        command += ["--sub", target.sub] if target.sub else []
        command += ["--header", target.headers] if target.headers else []
        done = subprocess.run(  # noqa: S603 - own arguments
            command, capture_output=True, text=True, timeout=LOAD_SECONDS, check=False
        )
        if not done.stdout:
            raise Mistake(f"The load generator failed: {done.stderr[-500:]}")
        return Result.of(json.loads(done.stdout))


def _row(case: Case, ours: Result, peer: Result, ratio: float) -> tuple[str, ...]:
    return (
        case.name,
        f"{ours.us_per_message:.2f}",
        f"{peer.us_per_message:.2f}",
        f"{ratio:.2f}",
        f"{ours.p99_us / 1000:.1f}",
        f"{peer.p99_us / 1000:.1f}",
        f"{ours.kb_per_socket:.0f}",
    )


def _pinned(core: int) -> list[str]:
    """The start of a command that keeps a program on one core, where there are several."""
    cores = sorted(os.sched_getaffinity(0))
    return ["taskset", "-c", str(cores[core % len(cores)])]


@contextmanager
def own_server(rate_hz: int, *, orders_hz: int = 0) -> Iterator[Target]:
    """The site.  It is the level above, hence started by its name and never imported."""
    command = [*_pinned(1), sys.executable, "-m", "web.bench_server"]
    command += ["--rate", str(rate_hz), "--orders", str(orders_hz)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - own
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise Mistake("The site did not start; its message is above.")
        ready = json.loads(line)
        headers = "\r\n".join(
            [
                f"Cookie: {ready['cookie']}",
                f"Origin: {ready['origin']}",
                "Sec-WebSocket-Protocol: sim.v1",
            ]
        )
        yield Target(ready["port"], process.pid, headers, ready["sub"])
    finally:
        _end(process)


@contextmanager
def c_server(program: Path, case: Case) -> Iterator[Target]:
    port = asyncio.run(_free_port())
    environ = {**os.environ, "PORT": str(port), "RATE": str(case.rate_hz)}
    environ["EXPECT"] = str(case.sockets)
    process = subprocess.Popen([*_pinned(1), str(program)], env=environ)  # noqa: S603 - own
    try:
        _wait(lambda: asyncio.run(_answers(port)))
        yield Target(port, process.pid)
    finally:
        _end(process)


def _end(process: subprocess.Popen[Any]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


def _wait(condition: Callable[[], bool]) -> None:
    tries = int(START_SECONDS / 0.05)
    for _ in range(tries):
        if condition():
            return
        time.sleep(0.05)
    raise Mistake("A server did not start.")


async def _free_port() -> int:
    server = await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1", 0)
    port: int = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    return port


async def _answers(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


def closed_as_too_slow(port: int) -> int:
    """How many sockets the server closed because their private events piled up."""
    for line in asyncio.run(_metrics(port)).splitlines():
        if line.startswith('simtrade_live_closed_total{code="4008"}'):
            return int(float(line.split()[-1]))
    return 0


async def _metrics(port: int) -> str:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    host = f"127.0.0.1:{port}"
    writer.write(f"GET /metrics HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    text = (await reader.read()).decode()
    writer.close()
    return text


if __name__ == "__main__":
    typer.run(fanout)
