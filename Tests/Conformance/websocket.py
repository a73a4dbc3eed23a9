#!/usr/bin/env python3
"""Tries the server's WebSocket with the Autobahn catalogue of cases.

PyPI's kosoku carries the cases and plays the client. The other side is `jobraker-socket-echo`: the product's own HTTP
server, upgrade, frames and limits, with a route that sends back what it gets. Every case of categories 1 to 7 and 10 is
tried with the limits of the product, and of category 9 those whose messages are within 64 KiB. The others of category
9, and 7.1.6, have messages up to 16 MiB and are tried with wider limits; and with the product's own they must be refused
with 1009. Compression (12, 13) is not offered.

`--write` puts the table of results into docs/conformance.md.
"""

import argparse
import asyncio
import collections
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "Tests/Tools"))
import venvs  # noqa: E402

PACKAGES = ["kosoku==0.1.0"]
PAGE = ROOT / "docs/conformance.md"
BEGIN, END = "<!-- websocket: begin -->", "<!-- websocket: end -->"

NAMES = {
    "1": "Framing", "2": "Pings and pongs", "3": "Reserved bits", "4": "Opcodes", "5": "Fragmentation", "6": "UTF-8 handling",
    "7": "Closing", "9": "Limits and performance", "10": "Automatic fragmentation",
}
# Messages beyond 64 KiB.
LARGE = ["7.1.6", "9.1.2", "9.1.3", "9.1.4", "9.1.5", "9.1.6", "9.2.2", "9.2.3", "9.2.4", "9.2.5", "9.2.6", "9.3.*", "9.4.*", "9.5.*", "9.6.*"]
WITHIN = ["1.*", "2.*", "3.*", "4.*", "5.*", "6.*", "7.*", "9.1.1", "9.2.1", "9.7.*", "9.8.*", "10.*"]
# In the short form category 9 is left out, and of the long lists of category 6 one case in each group stays.
SHORT = ["1.*", "2.*", "3.*", "4.*", "5.*", "6.1.*", "6.2.*", "6.3.*", "6.4.*", "6.5.1", "6.6.1", "6.10.*", "6.11.*", "7.*", "10.*"]
FEWEST = {"short": 120, "long": 260, "wide": 41}


class Echo:
    """The echo server, for as long as somebody is in it."""

    def __init__(self, binary: pathlib.Path, *options: str):
        self.process = subprocess.Popen([str(binary), *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())

    def __enter__(self) -> "Echo":
        return self

    def __exit__(self, *_) -> None:
        self.process.stdin.close()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def enter_venv() -> None:
    """Starts this program again in a venv of our own with the cases in it; made once."""
    python = venvs.make("websocket-venv", PACKAGES) / "bin/python"
    done = subprocess.run([str(python), "-B", __file__, *sys.argv[1:], "--in-venv"])
    sys.exit(done.returncode)


async def play(port: int, include: list[str], exclude: list[str], parallel: int) -> list:
    from kosoku import FailureError, run_fuzzingclient
    try:
        return await run_fuzzingclient(f"ws://127.0.0.1:{port}", include, exclude, concurrency=parallel)
    except FailureError as failure:
        return failure.results


async def play_all(port: int, include: list[str], exclude: list[str], parallel: int) -> list:
    """All results: a run that has failures tells of these alone, so what passed is run again by itself."""
    results = await play(port, include, exclude, parallel)
    failed = [result.case_id for result in results if not result.passed]
    return results if not failed else results + await play(port, include, exclude + failed, parallel)


def words(result) -> str:
    return (f"{result.case_id}: {result.behavior.value}, close {result.behavior_close.value} ({result.remote_close_code}): "
            f"{' '.join(result.result.split())} {' '.join(result.result_close.split())}")


def table(results: list, wide: list) -> str:
    rows = ["| category | cases | strict | lenient | informational | failed |", "|---|---|---|---|---|---|"]
    kinds = {"OK": 0, "NON-STRICT": 1, "INFORMATIONAL": 2}
    counts: dict[str, list[int]] = collections.defaultdict(lambda: [0, 0, 0, 0])
    for result in results:
        category = result.case_id.split(".")[0]
        counts[category][kinds.get(result.behavior.value, 3) if result.passed else 3] += 1
    for category in sorted(counts, key=int):
        figures = counts[category]
        rows.append(f"| {category} {NAMES.get(category, '')} | {sum(figures)} | " + " | ".join(map(str, figures)) + " |")
    if wide:
        failed = sum(not result.passed for result in wide)
        rows.append(f"| messages up to 16 MiB, with wider limits | {len(wide)} | {len(wide) - failed} | 0 | 0 | {failed} |")
    return "\n".join(rows)


def write_page(text: str) -> None:
    page = PAGE.read_text()
    begin, end = page.index(BEGIN) + len(BEGIN), page.index(END)
    PAGE.write_text(f"{page[:begin]}\n{text}\n{page[end:]}")


def main() -> int:
    parser = argparse.ArgumentParser(description="the Autobahn cases against the server's WebSocket")
    parser.add_argument("--binary", default=".build/release/jobraker-socket-echo")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--write", action="store_true", help="put the table into docs/conformance.md")
    parser.add_argument("--parallel", type=int, default=4)
    parser.add_argument("--in-venv", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    binary = pathlib.Path(options.binary).resolve()
    if not binary.exists():
        raise SystemExit(f"There is no binary at {options.binary}: run `make conformance-websocket`.")
    if not options.in_venv:
        enter_venv()

    failures: list[str] = []
    with Echo(binary) as echo:
        results = asyncio.run(play_all(echo.port, SHORT if options.short else WITHIN, LARGE, options.parallel))
        refused = [] if options.short else asyncio.run(play_all(echo.port, ["9.1.6", "9.2.6", "9.4.9"], [], options.parallel))
    failures += [words(result) for result in results if not result.passed]
    failures += [f"beyond the limit, {words(result)}" for result in refused if result.remote_close_code != 1009]
    wide: list = []
    if not options.short:
        with Echo(binary, "--wide") as echo:
            wide = asyncio.run(play_all(echo.port, LARGE, [], options.parallel))
        failures += [f"with wider limits, {words(result)}" for result in wide if not result.passed]
    for name, count in (("short" if options.short else "long", len(results)), ("wide", len(wide))):
        if (name != "wide" or not options.short) and count < FEWEST[name]:
            failures.append(f"{count} cases are too few; {FEWEST[name]} are wanted")
    text = table(results, wide)
    print(text)
    if options.write:
        write_page(text)
    for failure in failures:
        print(f"FAILED: {failure}")
    print(f"{len(results) + len(wide)} cases, {len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
