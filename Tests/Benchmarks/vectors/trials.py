"""Runs all cases of a data set, engine by engine in turn, and tells recall from the answers."""

import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

from files import DataSet, read_answers, read_vectors

K = 10
EVERY = (2, 20, 200)
USUAL = "0.999"
# What is asked of the index: the recall for ours, the rows that are rescored for faiss' codes.
OURS = {"VecIndex fp32": "none", "VecIndex int8": "int8", "VecIndex 1-bit": "bits"}
WIDTHS = {"VecIndex 1-bit": ("0.5", "0.9", "0.99", "0.9999"), "faiss 1-bit": ("50", "100", "400", "800")}
USUAL_WIDTHS = {"VecIndex fp32": "1", "faiss 1-bit": "200"}
RIVALS = ("faiss flat", "faiss 1-bit", "usearch exact", "usearch exact i8", "sqlite-vec float", "sqlite-vec int8", "sqlite-vec bit")
# From so many vectors on, rivals are left out: they would need hours and gigabytes.
LARGE = 500_000
ONE_THREAD = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
# Large arrays that are freed go back to the system, so that the memory that stays is an engine's own.
ENVIRONMENT = {**os.environ, **ONE_THREAD, "MALLOC_MMAP_THRESHOLD_": "65536"}


class Engine:
    """A process that holds an index and searches on demand."""

    def __init__(self, name: str, data: DataSet, binary: str):
        self.name, self.is_ours = name, name in OURS
        if self.is_ours:
            command, opening = [binary, str(data.base), str(data.queries)], f"open {OURS[name]} {data.metric}"
        else:
            command = [sys.executable, "-B", str(pathlib.Path(__file__).with_name("rivals.py")), name, str(data.base), str(data.queries),
                       data.metric]
            opening = "open"
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT)
        self.opened = self.ask(opening)

    def ask(self, command: str) -> dict:
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.name} ended at: {command}")
        return json.loads(line)

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait(timeout=60)


class Truth:
    """What the true answers score, in double precision. An answer counts if its score is the k-th best or better."""

    def __init__(self, data: DataSet):
        self.metric = data.metric
        self.base, self.queries = read_vectors(data.base), read_vectors(data.queries)
        self.given = read_vectors(data.truth, np.int32) if data.truth else None
        self.bounds: dict[int, np.ndarray] = {}

    def scores(self, query: int, rows: np.ndarray) -> np.ndarray:
        found, asked = self.base[rows].astype(np.float64), self.queries[query].astype(np.float64)
        if self.metric == "l2":
            return -((found - asked) ** 2).sum(1)
        return found @ asked / np.linalg.norm(found, axis=1)

    def bound(self, every: int) -> np.ndarray:
        if every not in self.bounds:
            if self.given is not None and every == 1:
                best = self.given[:, :K]
            else:
                best = self.best(every)
            self.bounds[every] = np.array([self.scores(number, rows).min() for number, rows in enumerate(best)])
        return self.bounds[every]

    def best(self, every: int) -> np.ndarray:
        """The best rows by single precision, from some more than k of them by double precision."""
        base = self.base[::every]
        squares = np.einsum("ij,ij->i", base, base)
        rows = []
        for start in range(0, len(self.queries), 100):
            products = self.queries[start:start + 100] @ base.T
            ranks = 2 * products - squares if self.metric == "l2" else products / np.sqrt(squares)
            likely = np.argpartition(-ranks, min(K + 20, ranks.shape[1] - 1), axis=1)[:, :K + 20] * every
            for number, candidates in enumerate(likely, start):
                order = np.argsort(-self.scores(number, candidates), kind="stable")
                rows.append(candidates[order[:K]])
        return np.array(rows)

    def recall(self, answers: list[np.ndarray], every: int) -> float:
        bound, found, wanted = self.bound(every), 0, 0
        for number, rows in enumerate(answers):
            rows = np.unique(rows[(rows >= 0) & (rows % every == 0)])
            slack = 1e-7 * max(1.0, abs(bound[number]))
            found += int((self.scores(number, rows) >= bound[number] - slack).sum()) if len(rows) else 0
            wanted += min(K, (len(self.base) + every - 1) // every)
        return min(1.0, found / wanted)


class Case:
    """One engine with one width and one filter."""

    def __init__(self, engine: Engine, width: str, every: int, seconds: float, queries: int, workspace: str):
        self.engine, self.width, self.every, self.file = engine, width, every, f"{workspace}/answers.ivecs"
        self.micros: list[float] = []
        self.answers: list[np.ndarray] = []
        probe = self.ask(min(5, queries))
        self.is_supported = "micros" in probe
        if self.is_supported:
            self.count = max(1, min(queries, int(seconds * 1e6 / statistics.median(probe["micros"]))))

    def ask(self, count: int) -> dict:
        return self.engine.ask(f"search {self.width} {self.every} {count} {K} {self.file}")

    def round(self) -> None:
        self.micros += self.ask(self.count)["micros"]
        self.answers = read_answers(pathlib.Path(self.file))

    def result(self, truth: Truth) -> dict:
        ordered = sorted(self.micros)
        rank = lambda percent: ordered[max(0, -(-len(ordered) * percent // 100) - 1)] / 1000
        return {"engine": self.engine.name, "width": self.width, "every": self.every, "queries": self.count,
                "recall": truth.recall(self.answers, self.every), "per_second": 1e6 * len(ordered) / sum(ordered),
                "p50_ms": rank(50), "p99_ms": rank(99)}


def run(data: DataSet, binary: str, rounds: int, seconds: float) -> dict:
    truth = Truth(data)
    rivals = RIVALS if len(truth.base) < LARGE else ()
    if data.metric == "l2":  # its bits are the signs of numbers, of which distances know nothing
        rivals = tuple(name for name in rivals if name != "sqlite-vec bit")
    with tempfile.TemporaryDirectory(prefix="vectors.") as workspace:
        engines = []
        try:
            for name in (*OURS, *rivals):
                engines.append(Engine(name, data, binary))
                print(f"  {name}: open", flush=True)
            return measured(data, truth, engines, rounds, seconds, workspace)
        finally:
            for engine in engines:
                engine.close()


def measured(data: DataSet, truth: Truth, engines: list[Engine], rounds: int, seconds: float, workspace: str) -> dict:
    wanted = [(engine, USUAL_WIDTHS.get(engine.name, USUAL if engine.is_ours else "0"), 1) for engine in engines]
    wanted += [(engine, width, 1) for engine in engines for width in WIDTHS.get(engine.name, ())]
    wanted += [(engine, USUAL_WIDTHS.get(engine.name, USUAL if engine.is_ours else "0"), every) for every in EVERY for engine in engines]
    cases = [Case(engine, width, every, seconds, len(truth.queries), workspace) for engine, width, every in wanted]
    bandwidths = []
    for number in range(rounds):
        began = time.monotonic()
        bandwidths.append(engines[0].ask("bandwidth")["gb_per_s"])
        for case in cases:
            if case.is_supported:
                case.round()
        print(f"  round {number + 1} of {rounds}: {time.monotonic() - began:.0f} s", flush=True)
    return {
        "name": data.name, "text": data.text, "metric": data.metric, "vectors": len(truth.base), "dimension": truth.base.shape[1],
        "bandwidth_gb_per_s": statistics.median(bandwidths),
        "engines": {engine.name: engine.opened for engine in engines},
        "cases": [case.result(truth) for case in cases if case.is_supported],
    }
