#!/usr/bin/env python3
"""The encoder's speed and memory beside onnxruntime's, in one run, on one thread each.

    encoder.py [--binary FILE] [--rounds N] [--quick]

Batches of 1 and 32 short texts and one long text take turns, ours and theirs; of each the median counts, in processor time
of the one thread. Then 10 000
passages go through our encoder, and the most memory that the process held meanwhile counts. Goals: 0.9 of onnxruntime's
speed in each row, 200 MiB. Exit 1 if one is missed (with --quick never: such a short run says nothing about goals).

Nothing else should run on the machine meanwhile. The encoder has its own matrix products and needs no BLAS.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests/Conformance"))
import encoder_venv  # noqa: E402

MODEL = ROOT / ".build/models/all-MiniLM-L6-v2"
LEAST_SPEED = 0.9
MOST_MEMORY = 200
PASSAGES = 10_000

SHORT = [
    "Installs, tests and repairs engines of aircraft, and records what was done to each",
    "Teaches children of four to six years to read, to count and to get on with others",
    "Plans menus, orders what is needed and leads a kitchen of up to twelve people today",
    "Designs bridges and tunnels, and sees to it that they are built as they were drawn",
]
LONG = " ".join(SHORT * 2)


def ours(binary: str, texts: list[str], batch: int, rounds: int) -> dict:
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(texts) + "\n")
        file.flush()
        done = subprocess.run([binary, str(MODEL), file.name, str(batch), str(rounds)], check=True, stdout=subprocess.PIPE, timeout=1800)
    return json.loads(done.stdout)


def theirs(reference, texts: list[str], rounds: int) -> list[float]:
    seconds = []
    for turn in range(rounds + 3):
        begin = time.thread_time()
        # With the tokenizer, as ours is timed.
        reference.vectors(reference.tokens(texts))
        if turn >= 3:
            seconds.append(time.thread_time() - begin)
    return seconds


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", default=str(ROOT / ".build/release/jobraker-bench-encoder"))
    parser.add_argument("--rounds", type=int, default=6, help="how often the two take turns")
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    encoder_venv.enter()
    from reference import Reference

    reference = Reference(MODEL)
    rounds = 1 if options.quick else options.rounds
    missed = []
    print(f"{'batch':<22}{'tokens':>8}{'ours, ms':>12}{'onnxruntime, ms':>18}{'ours, tokens/s':>16}{'speed':>8}")
    for name, texts, times in [("1 short text", SHORT[:1], 40), ("32 short texts", SHORT * 8, 4), ("1 long text", [LONG], 12)]:
        mine, other, tokens = [], [], 0
        for _ in range(rounds):
            answer = ours(options.binary, texts, len(texts), times)
            mine += answer["seconds"]
            tokens = answer["tokens"]
            other += theirs(reference, texts, times)
        a, b = statistics.median(mine), statistics.median(other)
        print(f"{name:<22}{tokens:>8}{a * 1000:>12.2f}{b * 1000:>18.2f}{tokens / a:>16.0f}{b / a:>8.2f}", flush=True)
        if b / a < LEAST_SPEED:
            missed.append(f"{name}: {b / a:.2f} of onnxruntime's speed, goal {LEAST_SPEED}")
    count = PASSAGES // 20 if options.quick else PASSAGES
    answer = ours(options.binary, [f"{number} {SHORT[number % len(SHORT)]}" for number in range(count)], 0, 1)
    memory = answer["peak_kib"] / 1024
    print(f"{count} passages: {answer['tokens'] / answer['seconds'][0]:.0f} tokens/s, at most {memory:.0f} MiB of memory; "
          f"opening the model took {answer['open'] * 1000:.0f} ms")
    if memory > MOST_MEMORY:
        missed.append(f"{memory:.0f} MiB, goal {MOST_MEMORY}")
    for line in missed:
        print("MISSED", line)
    if not missed:
        print("PASS")
    return 1 if missed and not options.quick else 0


if __name__ == "__main__":
    sys.exit(main())
