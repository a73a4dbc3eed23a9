#!/usr/bin/env python3
"""Vector search beside faiss, usearch and sqlite-vec: everything in one run, one thread each, in turn, with a verdict on each goal.

    compare.py [--data DIRECTORY] [--docs] [--quick]

The data: 10 000 and 100 000 real vectors of 384 numbers (see embedding.py; made once, kept in .build/bench/vectors), and a
million made-up ones. With --data a directory in the TEXMEX format instead: base.fvecs, query.fvecs, groundtruth.ivecs.

Prints tables and PASS or MISSED for each goal; keeps the figures in .build/bench/vectors.json, and draws recall against speed.
With --docs it also rewrites the marked block of docs/benchmarks.md. Exit 1: a goal was missed (not with --quick, whose short
runs say nothing about goals). Nothing else should run on the machine meanwhile.
"""

import argparse
import json
import os
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
BUILD = ROOT / ".build"
sys.path.append(str(ROOT / "Tests/Tools"))
import venvs  # noqa: E402

PACKAGES = ["numpy>=2", "faiss-cpu>=1.12", "usearch>=2.17", "sqlite-vec==0.1.9", "apsw>=3.46", "tokenizers>=0.20",
            "safetensors>=0.4", "matplotlib>=3.8"]


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="vector search, compared", formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--binary", default=str(BUILD / "release/jobraker-bench-vectors"))
    parser.add_argument("--data", metavar="DIRECTORY", help="base.fvecs, query.fvecs and groundtruth.ivecs, instead of the usual data")
    parser.add_argument("--made-up", action="store_true", help="made-up vectors in place of the real ones, which take time to make")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2.5, help="of each round of a case, at most")
    parser.add_argument("--quick", action="store_true", help="a smoke test: 10 000 made-up vectors, once and short")
    parser.add_argument("--docs", action="store_true", help="rewrite the block of docs/benchmarks.md")
    parser.add_argument("--from", dest="earlier", metavar="RESULTS", help="measure nothing: take the figures of an earlier run")
    parsed = parser.parse_args()
    if parsed.quick:
        parsed.rounds, parsed.seconds = 1, 0.3
    if parsed.rounds < 1:
        parser.error("--rounds: at least 1")
    return parsed


def data_sets(parsed: argparse.Namespace) -> list:
    import files

    directory = BUILD / "bench/vectors"
    if parsed.data:
        return [files.texmex(pathlib.Path(parsed.data))]
    if parsed.quick:
        return [files.synthetic(directory, 10_000, 200)]
    if parsed.made_up:
        ours = [files.synthetic(directory, count, 1_000) for count in (10_000, 100_000)]
    else:
        large, small = files.real(directory, pathlib.Path(sys.executable))
        ours = [small, large]
    return [*ours, files.synthetic(directory, 1_000_000, 200)]


def measure(parsed: argparse.Namespace) -> dict:
    import machine
    import trials

    if not os.access(parsed.binary, os.X_OK):
        raise SystemExit(f"There is no binary at {parsed.binary}: `make bench-vectors` builds it.")
    results = {"quick": parsed.quick, "own_data": bool(parsed.data), "rounds": parsed.rounds, "sets": []}
    results["machine"] = facts = {
        "processor": machine.processor(), "cores": len(os.sched_getaffinity(0)), "date": machine.time.strftime("%Y-%m-%d"),
        "load_before": os.getloadavg()[0]}
    print(f"{facts['processor']}, {facts['cores']} cores", flush=True)
    if facts["load_before"] > facts["cores"] / 4:
        print(f"The machine is busy (load average {facts['load_before']:.1f}): these figures will be low and uneven.", flush=True)
    for data in data_sets(parsed):
        print(f"{data.text} …", flush=True)
        results["sets"].append(trials.run(data, parsed.binary, parsed.rounds, parsed.seconds))
    return results


def main() -> int:
    parsed = options()
    python = venvs.make("bench-vectors-venv", PACKAGES) / "bin/python"
    if pathlib.Path(sys.prefix).resolve() != python.parent.parent.resolve():
        os.execv(python, [str(python), "-B", *sys.argv])
    sys.path.insert(1, str(HERE.parent))
    import tables

    file = pathlib.Path(parsed.earlier) if parsed.earlier else BUILD / "bench/vectors.json"
    if parsed.earlier:
        results = json.loads(file.read_text())
    else:
        file.parent.mkdir(parents=True, exist_ok=True)
        results = measure(parsed)
        file.write_text(json.dumps(results, indent=1))
    print()
    for table in tables.all_of(results):
        print(table.text(), end="\n\n")
    is_usual = not results["quick"] and not results["own_data"]
    directory = ROOT / "docs/plots" if is_usual else BUILD / "bench/plots"
    plot = tables.draw(results, directory)
    print(f"plot: {plot.relative_to(ROOT)}")
    if parsed.docs:
        if not is_usual:
            raise SystemExit("--docs: only a whole run goes into docs/benchmarks.md; leave out --data and --quick")
        tables.write_block(ROOT / "docs/benchmarks.md", results)
        print("docs/benchmarks.md has these figures now")
    missed = [goal for goal in tables.judge(results) if not goal.met]
    return 1 if missed and not results["quick"] else 0


if __name__ == "__main__":
    sys.exit(main())
