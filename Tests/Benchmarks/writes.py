"""Durable single-row writes by concurrent callers: group commit against its two alternatives, on two disks."""

import json
import os
import pathlib
import shutil
import subprocess

from servers import Failed

MODES = ["group", "single-full", "single-normal"]
CALLERS = [1, 8, 32, 128, 512]
# What each sync waits beyond this machine's own time, in microseconds.
DISKS = {"here": 0, "slow": 4000}
SLOWSYNC = pathlib.Path(__file__).with_name("slowsync.c")


def build_slowsync(workspace: pathlib.Path) -> pathlib.Path:
    library = workspace / "slowsync.so"
    subprocess.run(["gcc", "-O2", "-shared", "-fPIC", "-o", str(library), str(SLOWSYNC), "-ldl"], check=True, timeout=60)
    return library


def run(binary: str, workspace: pathlib.Path, library: pathlib.Path, disk: str, mode: str, callers: int,
        seconds: float, sync_ms: float) -> dict:
    """One mode with one number of callers, in a process and on a database of its own."""
    delay = DISKS[disk]
    warm_up = 0.5
    if mode == "single-full":
        # Until each caller has had its turn once, the queue is shorter than it will be.
        warm_up = min(60.0, max(warm_up, 1.3 * callers * (sync_ms + delay / 1000) / 1000))
    environment = dict(os.environ, SWIFT_BACKTRACE="enable=no", SLOWSYNC_US=str(delay))
    if delay:
        environment["LD_PRELOAD"] = str(library)
    directory = workspace / "writes"
    name = f"{mode} with {callers} callers"
    try:
        done = subprocess.run(
            [binary, "--directory", str(directory), "--mode", mode, "--callers", str(callers),
             "--seconds", f"{seconds:g}", "--warm-up", f"{warm_up:.2f}"],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, env=environment, timeout=seconds + warm_up + 60)
    except subprocess.TimeoutExpired:
        raise Failed(f"{name} did not end") from None
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    if done.returncode != 0:
        raise Failed(f"{name} ended with {done.returncode}: {done.stderr.strip()}")
    result = json.loads(done.stdout)
    expected = "NORMAL" if mode == "single-normal" else "FULL"
    if result["synchronous"] != expected or result["sync_delay_us"] != delay:
        raise Failed(f"{name} ran with other settings than asked for: {result['synchronous']}, {result['sync_delay_us']} µs")
    if expected == "FULL" and callers == 1 and result["p50_ms"] < delay / 1000:
        raise Failed(f"{name}: a write took {result['p50_ms']} ms, so the slow disk was not felt")
    return result


def measure(binary: str, workspace: pathlib.Path, rounds: int, seconds: float, callers: list[int], sync_ms: float) -> dict:
    """`cases`: disk, number of callers, mode, and of each the round with the median rate with all its figures."""
    library = build_slowsync(workspace)
    cases: dict[str, dict[str, dict]] = {}
    for disk in DISKS:
        runs: dict[int, dict[str, list[dict]]] = {count: {mode: [] for mode in MODES} for count in callers}
        for number in range(rounds):
            for count in callers:
                for mode in MODES:
                    runs[count][mode].append(run(binary, workspace, library, disk, mode, count, seconds, sync_ms))
            print(f"  disk {disk}: round {number + 1} of {rounds}", flush=True)
        cases[disk] = {
            str(count): {
                mode: sorted(made, key=lambda result: result["writes_per_second"])[(rounds - 1) // 2]
                for mode, made in modes.items()}
            for count, modes in runs.items()}
    return {"rounds": rounds, "seconds": seconds, "callers": callers, "delays_us": DISKS, "cases": cases}
