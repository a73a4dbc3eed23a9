#!/usr/bin/env python3
"""The libraries that VecIndex is compared with, each in a process of its own, on one thread.

    rivals.py NAME BASE.fvecs QUERIES.fvecs METRIC

Reads commands and answers with JSON, as the program in Program/ does:

    open                              fills an index with the base vectors
    search DEPTH EVERY COUNT K FILE   runs the first COUNT queries, over the ids divisible by EVERY; writes ids as .ivecs
"""

import gc
import json
import os
import pathlib
import sys
import time

import numpy as np

from files import read_vectors

# The filters that are measured, for libraries that must be told in advance.
EVERY = (2, 20, 200)


def resident() -> float:
    pages = int(pathlib.Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE") / 2**20


class Faiss:
    """Exact by inner product or distance; or codes of a bit with rescoring of `depth` rows."""

    def __init__(self, vectors: np.ndarray, metric: str, bits: bool = False):
        import faiss

        faiss.omp_set_num_threads(1)
        self.faiss, self.version, self.bits = faiss, faiss.__version__, bits
        kind = faiss.METRIC_L2 if metric == "l2" else faiss.METRIC_INNER_PRODUCT
        self.flat = self.index = faiss.IndexFlat(vectors.shape[1], kind)
        self.flat.add(vectors)
        if bits:
            # It does not rotate by itself, and finds much less without.
            self.parts = (faiss.RandomRotationMatrix(vectors.shape[1], vectors.shape[1]), faiss.IndexRaBitQFastScan(vectors.shape[1], kind))
            self.codes = faiss.IndexPreTransform(*self.parts)
            self.codes.train(vectors)
            self.codes.add(vectors)
            self.index = faiss.IndexRefine(self.codes, self.flat)
        self.filters = {}

    def filter(self, every: int):
        if every not in self.filters:
            allowed = np.zeros(self.flat.ntotal + 7 & ~7, bool)
            allowed[:self.flat.ntotal:every] = True
            bitmap = np.packbits(allowed, bitorder="little")
            selector = self.faiss.IDSelectorBitmap(self.flat.ntotal, self.faiss.swig_ptr(bitmap))
            self.filters[every] = (self.faiss.SearchParameters(sel=selector), bitmap, selector)
        return self.filters[every][0]

    def search(self, query: np.ndarray, k: int, every: int, depth: int):
        if self.bits:
            if every > 1:
                return None
            params = self.faiss.IndexRefineSearchParameters(k_factor=depth / k)
            return self.index.search(query[None], k, params=params)[1][0]
        params = self.filter(every) if every > 1 else None
        return self.flat.search(query[None], k, params=params)[1][0]


class Usearch:
    """Exact search over an array, of single precision or of bytes."""

    def __init__(self, vectors: np.ndarray, metric: str, kind: str):
        import usearch
        from usearch.index import MetricKind, search

        self.run, self.version, self.kind = search, usearch.__version__, kind
        self.metric = MetricKind.L2sq if metric == "l2" else MetricKind.Cos
        self.scale = 127 / np.abs(vectors).max() if kind == "i8" else 1
        self.vectors = self.convert(vectors)

    def convert(self, vectors: np.ndarray) -> np.ndarray:
        return np.rint(vectors * self.scale).clip(-127, 127).astype(np.int8) if self.kind == "i8" else vectors.copy()

    def search(self, query: np.ndarray, k: int, every: int, depth: int):
        if every > 1:
            return None
        return self.run(self.vectors, self.convert(query), k, self.metric, exact=True, threads=1).keys


class SQLiteVec:
    """A vec0 table in memory: of single precision, bytes or bits."""

    def __init__(self, vectors: np.ndarray, metric: str, kind: str):
        import apsw
        import sqlite_vec

        self.version, self.kind, self.scale = sqlite_vec.__version__.removeprefix("v"), kind, float(127 / np.abs(vectors).max())
        # Python's own module often cannot load extensions.
        self.database = apsw.Connection(":memory:")
        self.database.enable_load_extension(True)
        self.database.load_extension(sqlite_vec.loadable_path())
        distance = "" if kind == "bit" else f" distance_metric={'l2' if metric == 'l2' else 'cosine'}"
        columns = "".join(f", every{every} boolean" for every in EVERY)
        self.database.execute(f"CREATE VIRTUAL TABLE v USING vec0(e {kind}[{vectors.shape[1]}]{distance}{columns})")
        self.made = {"float": "?", "int8": "vec_int8(?)", "bit": "vec_bit(?)"}[kind]
        places = ", ".join("?" for _ in EVERY)
        self.database.cursor().executemany(
            f"INSERT INTO v (rowid, e{''.join(f', every{every}' for every in EVERY)}) VALUES (?, {self.made}, {places})",
            ((number, self.blob(vector), *(int(number % every == 0) for every in EVERY)) for number, vector in enumerate(vectors)))

    def blob(self, vector: np.ndarray) -> bytes:
        if self.kind == "int8":
            return np.rint(vector * self.scale).clip(-127, 127).astype(np.int8).tobytes()
        if self.kind == "bit":
            return np.packbits(vector > 0, bitorder="little").tobytes()
        return vector.tobytes()

    def search(self, query: np.ndarray, k: int, every: int, depth: int):
        allowed = f" AND every{every} = 1" if every > 1 else ""
        rows = self.database.execute(
            f"SELECT rowid FROM v WHERE e MATCH {self.made} AND k = ?{allowed} ORDER BY distance", (self.blob(query), k))
        return np.array([row[0] for row in rows], np.int32)


MAKERS = {
    "faiss flat": lambda vectors, metric: Faiss(vectors, metric),
    "faiss 1-bit": lambda vectors, metric: Faiss(vectors, metric, bits=True),
    "usearch exact": lambda vectors, metric: Usearch(vectors, metric, "f32"),
    "usearch exact i8": lambda vectors, metric: Usearch(vectors, metric, "i8"),
    "sqlite-vec float": lambda vectors, metric: SQLiteVec(vectors, metric, "float"),
    "sqlite-vec int8": lambda vectors, metric: SQLiteVec(vectors, metric, "int8"),
    "sqlite-vec bit": lambda vectors, metric: SQLiteVec(vectors, metric, "bit"),
}


def opened(name: str, base: str, metric: str):
    """The library's index, and what it took. Memory is what stays when the vectors that it was given are gone."""
    # What a library loads with its first use is not its index.
    MAKERS[name](np.eye(64, dtype=np.float32), metric)
    gc.collect()
    before = resident()
    vectors = read_vectors(pathlib.Path(base))
    began, cpu = time.perf_counter(), time.process_time()
    index = MAKERS[name](vectors, metric)
    took = {"build_s": time.perf_counter() - began, "build_cpu_s": time.process_time() - cpu}
    del vectors
    gc.collect()
    return index, {**took, "resident_mib": resident() - before, "version": index.version}


def answered(index, queries: np.ndarray, depth: int, every: int, k: int, file: str) -> dict:
    micros, rows = [], []
    for query in queries:
        began = time.perf_counter()
        found = index.search(query, k, every, depth)
        micros.append(round((time.perf_counter() - began) * 1e6, 1))
        if found is None:
            return {"unsupported": True}
        rows.append(np.asarray(found).astype(np.int32))
    with open(file, "wb") as out:
        for row in rows:
            np.concatenate([[len(row)], row]).astype(np.int32).tofile(out)
    return {"micros": micros}


def main() -> None:
    name, base, query_file, metric = sys.argv[1:]
    queries, index = read_vectors(pathlib.Path(query_file)), None
    for line in sys.stdin:
        words = line.split(maxsplit=5)
        if words[0] == "open":
            index, result = opened(name, base, metric)
        else:
            depth, every, count, k = map(int, words[1:5])
            result = answered(index, queries[:count], depth, every, k, words[5].strip())
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
