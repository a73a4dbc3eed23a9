#!/usr/bin/env python3
"""Background work that does nothing, here and with Celery on Redis: how many items a second, and how soon one begins.

    work_items.py [--binary FILE] [--quick] [--docs]

Here: the product's queue on a database with the product's settings, in one process (`Tests/Benchmarks/Queue`). There: PyPI's
Celery with Debian's redis-server, which keeps an append-only file, synced always or once a second; the worker has two
processes, and acknowledges late and fetches one at a time, or is left as it comes. All take turns, in another order each round.

Prints tables and PASS or MISSED for each goal; keeps the figures in .build/bench/work_items.json. With --docs it also rewrites
the marked block of docs/benchmarks.md. Exit 1: a goal was missed or something broke (with --quick only the latter: such short
runs say nothing about goals). Nothing else should run on the machine meanwhile.
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

import machine
from openloop import quantiles
from servers import BROKEN, Failed

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BUILD = ROOT / ".build"
sys.path.insert(1, str(HERE / "work"))
sys.path.append(str(ROOT / "Tests/Tools"))
import tables  # noqa: E402
import venvs  # noqa: E402
from celery_redis import CAREFUL, DEFAULTS, PRODUCERS, Celery, TooSlow  # noqa: E402

PACKAGES = ["celery[redis]==5.7.0", "redis==8.1.0"]
# Ours: in which queues the items stand, who orders, and how many in a transaction.
CASES = {
    "six queues, one an order": ("six", 64, 1),
    "six queues, 100 an order": ("six", 4, 100),
    "one queue, one an order": ("one", 64, 1),
}
# Celery: its settings, and when Redis syncs.
RIVALS = {
    "late acknowledgement, fetching one, results kept; synced always": (CAREFUL, "always"),
    "late acknowledgement, fetching one, results kept; synced every second": (CAREFUL, "everysec"),
    "as it comes, no results; synced always": (DEFAULTS, "always"),
    "as it comes, no results; synced every second": (DEFAULTS, "everysec"),
}
# Where the rate is too much, these are tried, unless they are far above what came through at full speed; each so long.
LOWER_RATES, TRY_SECONDS, FAR_ABOVE = [400, 300, 200, 100, 50], 4, 1.5
# So late may the last item of a steady rate begin: what is later has piled up.
PILED_UP = 1.0


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--binary", default=str(BUILD / "release/jobraker-bench-queue"))
    parser.add_argument("--only", choices=["jobraker", "Celery"], help="one side alone")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--items", type=int, default=100_000, help="ours, in each case and round")
    parser.add_argument("--celery-items", type=int, default=5000, help="Celery's, which takes longer for each")
    parser.add_argument("--rate", type=int, default=500, help="items a second, for how soon one begins")
    parser.add_argument("--seconds", type=int, default=20, help="of that rate")
    parser.add_argument("--quick", action="store_true", help="a smoke test: everything once and short")
    parser.add_argument("--docs", action="store_true", help="rewrite the block of docs/benchmarks.md")
    parser.add_argument("--from", dest="earlier", metavar="RESULTS", help="measure nothing: take the figures of an earlier run")
    parsed = parser.parse_args()
    if parsed.quick:
        parsed.rounds, parsed.items, parsed.celery_items, parsed.seconds = 1, 10_000, 600, 3
    for name in ("rounds", "items", "celery_items", "rate", "seconds"):
        if getattr(parsed, name) < 1:
            parser.error(f"--{name.replace('_', '-')}: at least 1")
    return parsed


# MARK: This side


def ours(binary: str, workspace: pathlib.Path, seconds: float, *arguments: str) -> dict:
    """One run of the Swift program, on a database of its own."""
    directory = workspace / "queue"
    try:
        done = subprocess.run(
            [binary, "--directory", str(directory), *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True,
            env=dict(os.environ, SWIFT_BACKTRACE="enable=no"), timeout=seconds)
    except subprocess.TimeoutExpired:
        raise Failed(f"jobraker-bench-queue {' '.join(arguments)} did not end within {seconds:.0f} s") from None
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    if done.returncode != 0:
        raise Failed(f"jobraker-bench-queue {' '.join(arguments)} ended with {done.returncode}: {done.stderr.strip()}")
    result = json.loads(done.stdout)
    if result["synchronous"] != "FULL":
        raise Failed(f"its commits were not synced: {result['synchronous']}")
    return result


def our_round(parsed: argparse.Namespace, workspace: pathlib.Path) -> dict:
    rates = {
        name: ours(parsed.binary, workspace, 60 + parsed.items / 200, "--shape", shape, "--items", str(parsed.items), "--producers",
                   str(producers), "--batch", str(batch))
        for name, (shape, producers, batch) in CASES.items()}
    delay = ours(parsed.binary, workspace, 60 + 2 * parsed.seconds, "--shape", "six", "--rate", str(parsed.rate), "--items",
                 str(parsed.rate * parsed.seconds))
    return {"rates": rates, "delay": {"rate": parsed.rate, **delay["delay"], "late": delay["late"]}}


# MARK: The other


def at_rate(celery: Celery, rate: int, seconds: float) -> dict | None:
    """How soon items begin at a steady rate; None when they pile up."""
    items = int(rate * seconds)
    try:
        run = celery.order(items, rate, 5 * seconds + 30)
    except TooSlow:
        return None
    delays = [at - run["began"] - number / rate for number, at in run["begun"].items()]
    if max(run["begun"].values()) - run["began"] - items / rate > PILED_UP:
        return None
    figures, late = quantiles(delays), quantiles(run["late"])
    keys = ("p50_ms", "p99_ms", "max_ms")
    return {"rate": rate, **{key: figures[key] for key in keys}, "late": {key: late[key] for key in keys}}


def highest_rate(parsed: argparse.Namespace, celery: Celery, known: int | None, full_speed: float) -> dict | None:
    """How soon items begin at the rate that is asked for, or at the highest that it keeps up with."""
    for rate in [parsed.rate, *LOWER_RATES]:
        if rate > (known or parsed.rate) or (rate < parsed.rate and rate > FAR_ABOVE * full_speed):
            continue
        if rate == known or at_rate(celery, rate, TRY_SECONDS):
            if found := at_rate(celery, rate, parsed.seconds):
                return found
        if parsed.quick:
            break
    return None


def their_round(
    parsed: argparse.Namespace, python: pathlib.Path, workspace: pathlib.Path, settings: dict, fsync: str, known: int | None
) -> dict:
    """`known`: the rate that it managed in an earlier round."""
    folder = workspace / "celery"
    try:
        with Celery(python, folder, fsync, settings) as celery:
            run = celery.order(parsed.celery_items, 0, 60 + parsed.celery_items / 20)
            seconds = run["ended"] - run["began"]
            found = {
                "items_per_second": parsed.celery_items / seconds, "seconds": seconds, "items": parsed.celery_items,
                "ordered_s": run["ordered"] - run["began"], "redis": celery.redis.version(), "celery": celery.version()}
            return found | {"delay": highest_rate(parsed, celery, known, found["items_per_second"])}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


# MARK: Both


def measure(parsed: argparse.Namespace, python: pathlib.Path, workspace: pathlib.Path) -> dict:
    facts = machine.facts(workspace)
    print(f"{facts['processor']}, {facts['cores']} cores, {facts['system']}; fdatasync {facts['sync_ms']:.2f} ms", flush=True)
    if facts["load_before"] > facts["cores"] / 4:
        print(f"The machine is busy (load average {facts['load_before']:.1f}): these figures will be low and uneven.", flush=True)
    everybody = (["jobraker"] if parsed.only != "Celery" else []) + (list(RIVALS) if parsed.only != "jobraker" else [])
    runs: dict[str, list[dict]] = {name: [] for name in everybody}
    for number in range(parsed.rounds):
        # Forward and backward, and each round begins with another.
        turn = everybody[number % len(everybody):] + everybody[:number % len(everybody)]
        for name in turn if number % 2 == 0 else reversed(turn):
            if name == "jobraker":
                run = our_round(parsed, workspace)
                text = ", ".join(f"{one['items_per_second']:.0f}/s" for one in run["rates"].values())
            else:
                known = [earlier["delay"]["rate"] for earlier in runs[name] if earlier["delay"]]
                run = their_round(parsed, python, workspace, *RIVALS[name], min(known, default=None))
                text = f"{run['items_per_second']:.0f}/s"
            runs[name].append(run)
            delay = run["delay"]
            how = f"{delay['p50_ms']:.1f} / {delay['p99_ms']:.1f} ms at {delay['rate']}/s" if delay else "no steady rate found"
            print(f"  round {number + 1} of {parsed.rounds}, {name}: {text}; {how}", flush=True)
    return {
        "quick": parsed.quick, "machine": facts, "rounds": parsed.rounds, "rate": parsed.rate, "seconds": parsed.seconds,
        "producers": PRODUCERS, "runs": runs}


def run(parsed: argparse.Namespace) -> dict:
    """Measures on the disk of the checkout: /tmp may be memory, where a sync costs nothing."""
    if parsed.only != "Celery" and not os.access(parsed.binary, os.X_OK):
        raise SystemExit(f"There is no binary at {parsed.binary}: `make bench-queue` builds it.")
    python = venvs.make("bench-queue-venv", PACKAGES) / "bin/python"
    workspace = pathlib.Path(tempfile.mkdtemp(prefix="bench.", dir=BUILD))
    try:
        return measure(parsed, python, workspace)
    except (*BROKEN, subprocess.SubprocessError, ValueError, KeyError) as error:
        raise SystemExit(f"FAILED, these figures count for nothing: {type(error).__name__}: {error}") from None
    finally:
        shutil.rmtree(workspace, ignore_errors=True)


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    parsed = options()
    file = pathlib.Path(parsed.earlier) if parsed.earlier else BUILD / "bench/work_items.json"
    if parsed.earlier:
        results = json.loads(file.read_text())
    else:
        file.parent.mkdir(parents=True, exist_ok=True)
        results = run(parsed)
        file.write_text(json.dumps(results, indent=1))
    print()
    for table in tables.all_of(results):
        print(table.text(), end="\n\n")
    if parsed.docs:
        if results["quick"] or len(results["runs"]) <= len(RIVALS):
            raise SystemExit("--docs: only a whole run goes into docs/benchmarks.md; leave out --only and --quick")
        tables.write_block(ROOT / "docs/benchmarks.md", results)
        print("docs/benchmarks.md has these figures now")
    missed = [goal for goal in tables.judge(results) if not goal.met]
    return 1 if missed and not results["quick"] else 0


if __name__ == "__main__":
    sys.exit(main())
