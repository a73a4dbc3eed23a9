#!/usr/bin/env python3
"""How soon, and in how much memory, 100 000 vectors are searched; and that a deleted account's are gone.

The vectors are put into the database by SQL, as the model would have made them: to embed 100 000 texts takes most of an
hour. One of them is the model's own vector of a sentence, so that a question has one right answer among all.

    start     from before the process is made to the first right answer to a question, and to full speed: when ten questions
              in a row took no longer than a quarter more than they do in the end
    memory    of the process, above that of one with the same model and no data, against the bytes of the vectors
    deletion  an account with a profile is deleted: from then on the index has its vectors no more, and a few seconds later
              no file has their bytes. They are also looked for in all memory of the process: what is found there after the
              deletion is memory that was freed and not used again, which no answer is made from

Needs the model (`make model`). Prints tables and PASS or MISSED; exit 1 if a goal was missed.
"""

import argparse
import array
import http.client
import json
import pathlib
import random
import re
import secrets
import sqlite3
import statistics
import subprocess
import sys
import time
import urllib.parse

import verdict
from goals import Goal, at_least, at_most
from machine import resident
from report import Table
from servers import READY_SECONDS, Client, Failed, Jobraker, demand

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODEL, DIMENSIONS = "all-MiniLM-L6-v2", 384
SENTENCE = "Keeper of a lighthouse on a small island"
QUESTION = "who looks after a lighthouse"
ACCOUNT = "wanderer"
# Numbers of the times that a start is measured, and of the questions by which full speed is known.
STARTS, LAST = 5, 50


def embed(server: Jobraker, text: str) -> bytes:
    done = subprocess.run(
        [server.binary, "embed", "--config", str(server.config)], input=json.dumps({"text": text}) + "\n", capture_output=True, text=True,
        timeout=60)
    if done.returncode != 0:
        raise Failed(f"embed ended with {done.returncode}: {done.stderr.strip()}")
    return array.array("f", json.loads(done.stdout)["vector"]).tobytes()


def normal(numbers) -> array.array:
    numbers = array.array("f", numbers)
    length = sum(number * number for number in numbers) ** 0.5
    return array.array("f", (number / length for number in numbers))


def vectors(count: int):
    """Different ones of length 1, in clouds, as those of texts are: a centre, and around it the rotations of another."""
    dice = random.Random(1)
    while count > 0:
        centre, other = (normal(dice.gauss(0, 1) for _ in range(DIMENSIONS)) for _ in range(2))
        for place in range(min(count, DIMENSIONS)):
            rotated = other[place:] + other[:place]
            yield normal(near + 0.8 * far for near, far in zip(centre, rotated)).tobytes()
        count -= DIMENSIONS


def fill(server: Jobraker, workspace: pathlib.Path, count: int, right: bytes) -> None:
    """Imports short jobs and gives each a vector; the first one has `right`."""
    file = workspace / "jobs.jsonl"
    with file.open("w") as lines:
        for number in range(count):
            title = SENTENCE if number == 0 else f"Position {number}"
            lines.write(json.dumps({
                "external_id": str(number), "external_source": "bench", "title": title, "company": f"Company {number % 500}",
                "location": "Somewhere", "job_type": "full_time", "experience_level": "mid", "description": f"{title}. Work of kind {number % 97}.",
            }) + "\n")
    server.command("import", "jobs", str(file), seconds=900)
    with sqlite3.connect(server.database) as database:
        database.execute("PRAGMA foreign_keys = ON")
        passages = [rid for rid, in database.execute("SELECT rid FROM passages ORDER BY rid")]
        first, = database.execute("SELECT passages.rid FROM passages WHERE title LIKE ?", (f"%{SENTENCE}%",)).fetchone()
        if len(passages) != count:
            raise Failed(f"{count} jobs became {len(passages)} passages")
        known = database.execute("SELECT name, dimensions, is_serving, is_wanted FROM embedding_models").fetchall()
        if known != [(MODEL, DIMENSIONS, 1, 1)]:
            raise Failed(f"the server's models are {known}")
        database.executemany(
            "INSERT INTO passage_vectors (passage_rid, model, vector) VALUES (?, ?, ?)",
            ((rid, MODEL, right if rid == first else vector) for rid, vector in zip(passages, vectors(count))))
        database.execute("DELETE FROM passages_waiting")
        database.execute("DELETE FROM changes")
    database.close()


class Asker:
    """Asks the one question over one connection."""

    PATH = "/api/v1/jobs/search/?" + urllib.parse.urlencode({"q": QUESTION, "mode": "semantic", "limit": 1})

    def __init__(self, port: int, token: str):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        self.headers = {"Authorization": f"Bearer {token}"}

    def ask(self) -> bool:
        """Whether the right answer came."""
        self.connection.request("GET", self.PATH, headers=self.headers)
        answer = self.connection.getresponse()
        body = answer.read()
        return answer.status == 200 and [job["title"] for job in json.loads(body)["results"]] == [SENTENCE]


def start(server: Jobraker, token: str, settle: float) -> tuple[float, float, float]:
    """Milliseconds to the first right answer, to full speed, and of a question at full speed."""
    began = time.monotonic()
    server.launch()
    first = None
    taken: list[tuple[float, float]] = []
    while time.monotonic() - began < settle or first is None:
        if server.process.poll() is not None or time.monotonic() - began > READY_SECONDS:
            raise Failed(f"no right answer within {READY_SECONDS:.0f} s of the start\n{server.log_tail()}")
        try:
            if first is None:
                asker = Asker(server.port, token)
            asked = time.monotonic()
            is_right = asker.ask()
        except (OSError, http.client.HTTPException):
            # Seldom: whoever asks all the time takes a core that the start needs.
            time.sleep(0.01)
            continue
        now = time.monotonic()
        if is_right:
            first = first or now - began
            taken.append((now - began, now - asked))
        elif first is not None:
            raise Failed("a question that had its right answer had another one later")
        else:
            time.sleep(0.001)
    speed = statistics.median(seconds for _, seconds in taken[-LAST:])
    # The end of the first ten questions in a row that were as fast, but for a quarter.
    full = next(
        taken[place + 9][0] for place in range(len(taken))
        if statistics.median(seconds for _, seconds in taken[place:place + 10]) <= 1.25 * speed and place + 9 < len(taken))
    return first * 1000, full * 1000, speed * 1000


def memory_of(pid: int, needles: list[bytes]) -> int:
    """How many times the needles are in the memory of a process of ours."""
    found = 0
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            match = re.match(r"([0-9a-f]+)-([0-9a-f]+) rw", line)
            if not match:
                continue
            low, high = (int(group, 16) for group in match.groups())
            try:
                memory.seek(low)
                part = memory.read(high - low)
            except (OSError, ValueError, OverflowError):
                continue
            found += sum(part.count(needle) for needle in needles)
    return found


def files_of(server: Jobraker, needles: list[bytes]) -> int:
    return sum(file.read_bytes().count(needle) for file in server.data.rglob("*") if file.is_file() and "models" not in file.parts
               for needle in needles)


def wait_for_vectors(server: Jobraker, count: int) -> None:
    began = time.monotonic()
    while time.monotonic() - began < READY_SECONDS:
        status = json.loads(server.command("index", "status", "--json"))
        if status["waiting"] == 0 and status["memory"] and status["memory"]["vectors"] == count:
            return
        time.sleep(0.05)
    raise Failed(f"the index has not {count} vectors after {READY_SECONDS:.0f} s: {status}")


def delete(server: Jobraker, count: int) -> dict:
    """An account with a profile comes and goes."""
    password = secrets.token_urlsafe(12)
    with Client(server.port) as client:
        token = demand(client.request("POST", "/api/v1/auth/register/", {
            "email": f"{ACCOUNT}@example.org", "password": password, "password_confirm": password,
            "first_name": "Robin", "last_name": "Wanderer"}), 201, "registering")["access"]
    with Client(server.port, token) as client:
        profile = demand(client.request("GET", "/api/v1/auth/profiles/"), 200, "the profiles")["results"][0]["id"]
        demand(client.request("PATCH", f"/api/v1/auth/profiles/{profile}/", {
            "current_title": "Beekeeper of many hives", "skills": ["Queen rearing", "Swarm catching"]}), 200, "the profile")
        with sqlite3.connect(f"file:{server.database}?mode=ro", uri=True) as database:
            def own() -> list[bytes]:
                return [vector for vector, in database.execute(
                    "SELECT vector FROM passage_vectors JOIN passages ON passages.rid = passage_rid WHERE is_public = 0")]
            began = time.monotonic()
            while not own() or database.execute("SELECT count(*) FROM passages_waiting").fetchone()[0]:
                if time.monotonic() - began > READY_SECONDS:
                    raise Failed("the profile was not embedded")
                time.sleep(0.05)
            # A piece of a vector is enough to know it by, and may stand across no border of pages.
            needles = [vector[place:place + 32] for vector in own() for place in (0, 512, 1024)]
        database.close()
        wait_for_vectors(server, count + len(needles) // 3)
        before = {"memory": memory_of(server.process.pid, needles), "files": files_of(server, needles)}
        status, body = client.request("DELETE", "/api/v1/auth/me/", {"password": password})
        if status != 204:
            raise Failed(f"deleting the account was answered with {status}: {body}")
    wait_for_vectors(server, count)
    began = time.monotonic()
    while files_of(server, needles) and time.monotonic() - began < READY_SECONDS:
        time.sleep(0.5)
    after = {"memory": memory_of(server.process.pid, needles), "files": files_of(server, needles)}
    return {"vectors": len(needles) // 3, "before": before, "after": after}


def measure(options: argparse.Namespace, workspace: pathlib.Path) -> list[tuple[Table, list[Goal]]]:
    server = Jobraker(options.binary, workspace, "grown-index")
    empty = Jobraker(options.binary, workspace, "empty-index")
    try:
        for each in (server, empty):
            each.command("model", "install", "--file", str(options.model), seconds=300)
        right = embed(server, SENTENCE)
        # Made before the jobs: an account of the server's own.
        server.start()
        token = server.account("asker")
        server.stop()
        fill(server, workspace, options.vectors, right)
        empty.start()
        other = empty.account("asker")
        asker = Asker(empty.port, other)
        for _ in range(LAST):
            asker.ask()
        time.sleep(1)
        base = resident(empty.process.pid)
        empty.stop()
        start(server, token, 6)
        server.stop()
        taken = []
        for number in range(STARTS):
            taken.append(start(server, token, 5))
            held = resident(server.process.pid)
            if number < STARTS - 1:
                server.stop()
        deletion = delete(server, options.vectors)
        server.stop()
    finally:
        server.abandon()
        empty.abandon()
    raw = options.vectors * DIMENSIONS * 4 / (1 << 20)
    first, full, speed = ([figures[place] for figures in taken] for place in range(3))
    what = f"{options.vectors} vectors"
    tables = [
        Table(f"A start with {what}, {STARTS} times", ["", "median ms", "slowest ms"], [
            ["first right answer after", f"{statistics.median(first):.0f}", f"{max(first):.0f}"],
            ["full speed after", f"{statistics.median(full):.0f}", f"{max(full):.0f}"],
            ["a question at full speed", f"{statistics.median(speed):.2f}", f"{max(speed):.2f}"]]),
        Table("Memory", ["", "MiB"], [
            ["with the model and no data", f"{base:.1f}"], [f"with {what}", f"{held:.1f}"], ["the vectors alone", f"{raw:.1f}"]]),
        Table(f"Pieces of the {deletion['vectors']} vectors of an account that are found", ["", "in files", "in memory"], [
            [when, str(deletion[key]["files"]), str(deletion[key]["memory"])]
            for when, key in (("before its deletion", "before"), ("afterwards", "after"))]),
    ]
    goals = [
        at_most(f"first right answer among {what}, median of {STARTS} starts", statistics.median(first), 500, "ms"),
        at_most("full speed, slowest start", max(full), 2000, "ms"),
        at_most("memory above the empty appliance, against the vectors alone", (held - base) / raw, 1.4, "×"),
        at_least("pieces of an account's vectors before its deletion, in files and in memory", min(deletion["before"].values()), 1, ""),
        at_most("pieces in files afterwards", deletion["after"]["files"], 0, ""),
    ]
    return [*((table, []) for table in tables[:-1]), (tables[-1], goals)]


def main() -> int:
    parser = argparse.ArgumentParser(description="starts, memory and deletion with many vectors")
    parser.add_argument("--binary", default=str(ROOT / ".build/release/jobraker"))
    parser.add_argument("--model", type=pathlib.Path, required=True, help="a directory of the model")
    parser.add_argument("--vectors", type=int, default=100_000)
    parser.add_argument("--quick", action="store_true", help="a smoke test with 2000 vectors; says nothing about goals")
    options = parser.parse_args()
    if options.quick:
        options.vectors = 2000
    return verdict.run("index", options.quick, lambda workspace: measure(options, workspace.path))


if __name__ == "__main__":
    sys.exit(main())
