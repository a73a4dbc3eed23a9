#!/usr/bin/env python3
"""Line coverage of Sources after `make test`: the files covered least, the total, and a verdict.

The C kernels of the vector index are left out: their lines are compiled several times for different
processors, and the tests check them against a plain implementation instead.
"""

import argparse
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
LEFT_OUT = ("Sources/CVecKernels/", "Sources/CEncoderKernels/")
SHOWN = 25


def counted_lines(llvm_cov: str) -> list[tuple[str, int, int]]:
    """(file, lines that can run, lines that ran) for each file of Sources."""
    build = ROOT / ".build" / "debug"
    profile = build / "codecov" / "default.profdata"
    programs = sorted(build.glob("*PackageTests.xctest"))
    if not profile.is_file() or not programs:
        sys.exit("No coverage was recorded here: run `make test` first.")
    program = programs[0]
    if program.is_dir():
        sys.exit(f"{program} is a bundle of another system; coverage is read on Linux only.")
    export = subprocess.run(
        [llvm_cov, "export", "-summary-only", f"-instr-profile={profile}", str(program)],
        stdout=subprocess.PIPE, check=True)
    files = []
    for entry in json.loads(export.stdout)["data"][0]["files"]:
        try:
            name = pathlib.Path(entry["filename"]).resolve().relative_to(ROOT).as_posix()
        except ValueError:
            continue  # A system header.
        if name.startswith("Sources/") and not name.startswith(LEFT_OUT):
            lines = entry["summary"]["lines"]
            files.append((name, lines["count"], lines["covered"]))
    return files


def main() -> int:
    parser = argparse.ArgumentParser(description="line coverage of Sources")
    parser.add_argument("--llvm-cov", default="llvm-cov", help="the one that belongs to the compiler")
    parser.add_argument("--minimum", type=float, default=95, help="per cent; below it the exit code is 1")
    options = parser.parse_args()

    files = counted_lines(options.llvm_cov)
    total = sum(count for _, count, _ in files)
    covered = sum(ran for _, _, ran in files)
    if total == 0:
        sys.exit("The recorded coverage names no file of Sources.")

    # The files that hold the total down most come first: by lines missed, not by their own percentage.
    worst = sorted(files, key=lambda file: (file[2] - file[1], file[0]))[:SHOWN]
    print(f"{'lines':>7} {'missed':>7} {'covered':>8}  file (most missed lines first)")
    for name, count, ran in worst:
        if ran < count:
            print(f"{count:7} {count - ran:7} {100 * ran / count:7.1f}%  {name}")
    share = 100 * covered / total
    print(f"{total:7} {total - covered:7} {share:7.2f}%  {len(files)} files of Sources; at least {options.minimum:g}% wanted")
    return 0 if share >= options.minimum else 1


if __name__ == "__main__":
    sys.exit(main())
