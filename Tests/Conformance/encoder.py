#!/usr/bin/env python3
"""Holds the encoder to the reference: onnxruntime with the same weights, on 500 texts.

    encoder.py [--binary FILE] [--golden]

Installs the model into a data directory of its own with `jobraker model install`, gives `jobraker embed` the texts of
texts.py, and demands the same number of tokens and a cosine of at least 0.99999 for each. --golden writes the values that
the default tests know, Tests/TextEncoderTests/GoldenValues.swift, from the reference alone.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import unicodedata

import encoder_venv

ROOT = encoder_venv.ROOT
MODEL = ROOT / ".build/models/all-MiniLM-L6-v2"
GOLDEN = ROOT / "Tests/TextEncoderTests/GoldenValues.swift"
LEAST_COSINE = 0.99999
SHOWN = 10


def run(binary: str, folder: pathlib.Path, texts: list[str]) -> list[dict]:
    config = folder / "config.toml"
    config.write_text(f'[storage]\ndirectory = "{folder / "data"}"\n')
    subprocess.run([binary, "model", "install", "--file", str(MODEL), "--config", str(config)], check=True, timeout=120)
    subprocess.run([binary, "model", "list", "--config", str(config)], check=True, timeout=120)
    lines = "".join(json.dumps({"text": text}) + "\n" for text in texts)
    done = subprocess.run(
        [binary, "embed", "--config", str(config)], input=lines.encode(), stdout=subprocess.PIPE, check=True, timeout=600)
    return [json.loads(line) for line in done.stdout.splitlines()]


def compare(answers: list[dict], texts: list[str]) -> list[str]:
    import numpy
    from reference import Reference

    if len(answers) != len(texts):
        return [f"{len(answers)} vectors for {len(texts)} texts"]
    reference = Reference(MODEL)
    failures = []
    worst = 1.0
    for number, (text, answer) in enumerate(zip(texts, answers)):
        (tokens,) = reference.tokens([text])
        expected = reference.vectors([tokens])[0].astype(float)
        vector = numpy.array(answer["vector"])
        cosine = float(vector @ expected / numpy.linalg.norm(vector) / numpy.linalg.norm(expected))
        worst = min(worst, cosine)
        if answer["tokens"] != len(tokens) or cosine < LEAST_COSINE or abs(numpy.linalg.norm(vector) - 1) > 1e-5:
            failures.append(f"text {number}, {text[:60]!r}: {answer['tokens']} tokens, reference {len(tokens)}; cosine {cosine:.7f}")
    print(f"{len(texts)} texts, {sum(answer['tokens'] for answer in answers)} tokens, lowest cosine {worst:.8f}")
    return failures


def swift_text(text: str) -> str:
    plain = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}

    def written(character: str) -> str:
        is_plain = character.isprintable() and not unicodedata.combining(character)
        return plain.get(character, character if is_plain else f"\\u{{{ord(character):X}}}")

    return '"' + "".join(map(written, text)) + '"'


def write_golden(texts: list[tuple[str, int]]) -> None:
    import numpy
    from reference import Reference

    reference = Reference(MODEL)
    lines = []
    for text, times in texts:
        (tokens,) = reference.tokens([text * times])
        vector = reference.vectors([tokens])[0].astype(float)
        weights = numpy.array([(index % 7 - 3) for index in range(len(vector))])
        first = ", ".join(f"{value:.7f}" for value in vector[:6])
        lines.append(
            f"        GoldenValue(\n            text: {swift_text(text)}, times: {times}, tokens: {len(tokens)},\n"
            f"            first: [{first}], weighed: {vector @ weights:.6f}, norm: {numpy.linalg.norm(vector):.6f}),")
    GOLDEN.write_text(
        """\
/// What the reference implementation makes of a text. Written by Tests/Conformance/encoder.py --golden.
struct GoldenValue: Sendable {
    /// The text is this, so many times.
    let text: String
    let times: Int
    let tokens: Int
    /// The first numbers of the vector.
    let first: [Float]
    /// The sum over all numbers, the one at place i times i mod 7 - 3: so that the others count too.
    let weighed: Double
    let norm: Double

    // swift-format-ignore
    static let all = [
""" + "\n".join(lines) + "\n    ]\n}\n", encoding="utf-8")
    print(f"{GOLDEN.relative_to(ROOT)}: {len(lines)} values")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", default=str(ROOT / ".build/release/jobraker"))
    parser.add_argument("--golden", action="store_true", help="write the values that the default tests know, and end")
    options = parser.parse_args()
    encoder_venv.enter()
    from texts import FRAGMENTS, texts

    if options.golden:
        write_golden([("", 1), ("an experienced engineer works ", 150), *[(fragment, 1) for fragment in FRAGMENTS[::2][:18]]])
        return 0
    with tempfile.TemporaryDirectory(prefix="jobraker-encoder-") as name:
        cases = texts()
        failures = compare(run(options.binary, pathlib.Path(name), cases), cases)
    for failure in failures[:SHOWN]:
        print(failure)
    print("FAILED" if failures else "PASS", f"({len(failures)} of {len(cases)})")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
