#!/usr/bin/env python3
"""Kills the server with SIGKILL at random moments while documents are indexed and embedded, and verifies the index.

Each round: start, and at once `index verify` while work that was interrupted goes on; then several clients create, change,
close and delete jobs and change what their profiles say, articles are imported, now and then an account is made and
deleted; kill after a random while, and now and then during the start too. A program-made embeddings provider answers
late, now and then with an error, and always refuses texts with a certain word in them.

At the end the queue is left to finish, and then: `index verify` finds nothing wrong, with and without a running server;
every passage has a vector, except those whose text is refused; what the jobs' own table says is what can be found; nothing is left
of deleted accounts.

Prints the seed; the moments of the kills follow from it, what the clients have reached by then does not.
"""

import argparse
import http.client
import json
import random
import sqlite3
import sys
import threading
import time

import trial
from appliance import ANSWER_SECONDS, Account, Appliance, Client, Failed, Workspace
from embeddings import REFUSED_WORD, Embeddings

JOBS = "/api/v1/jobs/jobs/"
STAFF, PASSWORD = "staff@example.org", "torture of staff 7392"
FAILING = 0.05
# From here on the provider fails no more, so that it is also seen with a queue that gets done.
FAILING_ROUNDS = 0.7
DRAIN_SECONDS = 120
TOPICS = ["bread", "engines", "ledgers", "gardens", "bridges", "films", "teeth", "boats"]


class Changers:
    """Threads that change what is indexed as fast as they are answered, until the server is gone."""

    def __init__(self, appliance: Appliance, token: str, user: Account, threads: int, seed: int):
        self.appliance, self.token, self.user = appliance, token, user
        self.end_is_near = threading.Event()
        self.done = 0
        self.failures: list[str] = []
        self.threads = [
            threading.Thread(target=self.run, args=(random.Random(seed * 100 + number), number), daemon=True)
            for number in range(threads)]

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    def join(self) -> None:
        for thread in self.threads:
            thread.join(ANSWER_SECONDS + 5)
            if thread.is_alive():
                raise Failed("a request got neither an answer nor an end")
        if self.failures:
            raise Failed(self.failures[0])

    def run(self, chance: random.Random, number: int) -> None:
        mine: list[str] = []
        try:
            with Client(self.appliance.port, self.token) as staff, Client(self.appliance.port, self.user.token) as user:
                while True:
                    self.step(chance, number, mine, staff, user)
                    self.done += 1
        except Failed as error:
            self.failures.append(str(error))
        except (OSError, http.client.HTTPException) as error:
            if not self.end_is_near.is_set():
                self.failures.append(f"a request broke while the server was up: {error!r}")

    def step(self, chance: random.Random, number: int, mine: list[str], staff: Client, user: Client) -> None:
        action = chance.random()
        if action < 0.5 or not mine:
            status, answer = staff.request("POST", JOBS, job(chance))
            if status == 201:
                mine.append(answer["id"])
            self.expect(status, answer, 201)
        elif action < 0.7:
            change = chance.choice([{"description": text(chance)}, {"title": title(chance)}, {"status": "closed"}, {"status": "active"}])
            self.expect(*staff.request("PATCH", f"{JOBS}{chance.choice(mine)}/", change), 200)
        elif action < 0.8:
            self.expect(*staff.request("DELETE", f"{JOBS}{mine.pop(chance.randrange(len(mine)))}/"), 204)
        elif number == 0:
            status, page = user.request("GET", "/api/v1/auth/profiles/")
            self.expect(status, page, 200)
            if status == 200:
                path = f"/api/v1/auth/profiles/{page['results'][0]['id']}/"
                self.expect(*user.request("PATCH", path, {"current_title": title(chance), "skills": [chance.choice(TOPICS)]}), 200)
        else:
            self.expect(*staff.request("GET", f"/api/v1/jobs/search/?q={chance.choice(TOPICS)}"), 200)

    def expect(self, status: int, answer: dict, wanted: int) -> None:
        if status == 503:
            time.sleep(0.01)
        elif status != wanted:
            raise Failed(f"an answer had {status} and not {wanted}: {answer}")


def title(chance: random.Random) -> str:
    return f"{chance.choice(TOPICS).capitalize()} and {chance.choice(TOPICS)} {chance.randrange(10_000)}"


def text(chance: random.Random) -> str:
    """From a line to some passages; one in thirty is refused by the provider."""
    sentences = [
        f"They know {chance.choice(TOPICS)} and number {chance.randrange(100_000)}." for _ in range(chance.choice([1, 3, 40, 90]))]
    if chance.random() < 1 / 30:
        sentences.insert(chance.randrange(len(sentences) + 1), f"This is {REFUSED_WORD}.")
    return " ".join(sentences)


def job(chance: random.Random) -> dict:
    return {"title": title(chance), "company": "Acme", "description": text(chance), "location": "Ulm"}


class Trial(trial.Trial):
    name, folder, about = "index", "indexing", "SIGKILL while documents are indexed and embedded"
    rounds, threads, minutes = 100, 4, 30
    share = 3

    def __init__(self, workspace: Workspace, options: argparse.Namespace):
        super().__init__(options)
        self.workspace = workspace
        self.provider = Embeddings(options.seed, FAILING)
        self.appliance = Appliance(options.binary, workspace.path, settings=self.provider.settings)
        self.user: Account | None = None
        self.changes = 0
        self.interrupted = 0
        self.deleted = 0

    def set_up(self) -> None:
        password = self.workspace.path / "password"
        password.write_text(PASSWORD)
        self.appliance.command("admin", "create", "--email", STAFF, "--password-file", str(password))
        self.user = Account.register(self.appliance, "person")

    def staff_token(self) -> str:
        with Client(self.appliance.port) as client:
            status, answer = client.request("POST", "/api/v1/auth/login/", {"email": STAFF, "password": PASSWORD})
        if status != 200:
            raise Failed(f"the staff's login was answered with {status}: {answer}")
        return answer["access"]

    def verify(self) -> dict:
        """`index verify` ends with 1, and so fails, when anything is wrong."""
        return json.loads(self.appliance.command("index", "verify", "--json"))

    def round(self, number: int) -> None:
        self.kill_at_start(number)
        self.start()
        if number == 1:
            self.set_up()
        else:
            self.verify()
        if number > self.options.rounds * FAILING_ROUNDS:
            self.provider.failing = 0
        self.user.log_in_again_if_stale(self.appliance)
        if self.random.random() < 0.2:
            self.come_and_go(number)
        changers = Changers(self.appliance, self.staff_token(), self.user, self.options.threads, self.options.seed + number)
        changers.start()
        if self.random.random() < 0.3:
            self.import_articles(number)
        self.wait_a_while()
        changers.end_is_near.set()
        self.appliance.kill()
        changers.join()
        self.changes += changers.done
        self.interrupted += self.look()

    def come_and_go(self, number: int) -> None:
        """An account tells something of itself and is deleted again, with what waits for a vector or has one."""
        account = Account.register(self.appliance, f"guest{number}")
        with Client(self.appliance.port, account.token) as client:
            _, page = client.request("GET", "/api/v1/auth/profiles/")
            path = f"/api/v1/auth/profiles/{page['results'][0]['id']}/"
            status, answer = client.request("PATCH", path, {"current_title": "Passing guest", "skills": ["bread"]})
            if status != 200:
                raise Failed(f"changing a profile was answered with {status}: {answer}")
            time.sleep(self.random.choice([0, 0.05]))
            status, answer = client.request("DELETE", "/api/v1/auth/me/", {"password": account.password})
            if status != 204:
                raise Failed(f"deleting an account was answered with {status}: {answer}")
        self.deleted += 1

    def import_articles(self, number: int) -> None:
        folder = self.workspace.path / f"articles{number % 3}"
        folder.mkdir(exist_ok=True)
        for place in range(20):
            (folder / f"article{place}.md").write_text(f"---\ntitle: {title(self.random)}\n---\n{text(self.random)}\n")
        self.appliance.command("import", "knowledge", str(folder))

    def query(self, sql: str) -> list[tuple]:
        """Reads a file that no process has open; its log is part of it."""
        connection = sqlite3.connect(self.appliance.database)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()

    def look(self) -> int:
        """How many passages the kill found waiting. Only read from a copy: opening the file would recover its log."""
        copy = self.workspace.path / "look"
        copy.mkdir(exist_ok=True)
        for old in copy.iterdir():
            old.unlink()
        for file in self.appliance.data.glob("jobraker.db*"):
            if not file.name.endswith("-shm"):
                (copy / file.name).write_bytes(file.read_bytes())
        connection = sqlite3.connect(copy / "jobraker.db")
        try:
            return connection.execute("SELECT count(*) FROM passages_waiting WHERE refusal IS NULL").fetchone()[0]
        finally:
            connection.close()

    def finish(self) -> str:
        self.provider.failing = 0
        self.start()
        began = time.monotonic()
        while True:
            status = json.loads(self.appliance.command("index", "status", "--json"))
            if status["waiting"] == 0 and status["documents_due"] == 0:
                break
            if time.monotonic() - began > DRAIN_SECONDS:
                raise Failed(f"after {DRAIN_SECONDS} s {status['waiting']} passages still wait for a vector")
            time.sleep(0.25)
        report = self.verify()
        vectors = sum(model["count"] for model in status["vectors"])
        if not report["in_memory"] == report["vectors"] == vectors:
            raise Failed(f"{report['in_memory']} vectors in memory, {vectors} in the database")
        self.appliance.stop()
        self.verify()
        self.check_rows(status)
        if self.interrupted < self.options.rounds:
            raise Failed(f"only {self.interrupted} passages were waiting at a kill; that proves little")
        return (
            f"{self.changes} changes, {self.interrupted} passages waiting at a kill; at the end {report['documents']} documents in "
            f"{report['passages']} passages, {vectors} vectors, {status['refused']} refused, all in order")

    def check_rows(self, status: dict) -> None:
        """What the appliance says of itself, held against its tables by somebody else."""
        refused = self.query(f"SELECT count(*) FROM passages WHERE title || ' ' || body LIKE '%{REFUSED_WORD}%'")[0][0]
        if status["refused"] != refused:
            raise Failed(f"{status['refused']} passages are refused, and {refused} have the word that is")
        missing = self.query("SELECT count(*) FROM passages WHERE rid NOT IN (SELECT passage_rid FROM passage_vectors)")[0][0]
        if missing != refused:
            raise Failed(f"{missing} passages have no vector, of which {refused} are refused")
        active = {row[0] for row in self.query("SELECT rid FROM jobs WHERE status = 'active'")}
        indexed = {row[0] for row in self.query("SELECT source_rid FROM documents WHERE source_type = 'job_listing'")}
        if active != indexed:
            raise Failed(f"{len(active - indexed)} active jobs cannot be found, {len(indexed - active)} others can")
        left = self.query("SELECT count(*) FROM passages WHERE body LIKE '%Passing guest%'")[0][0]
        if left:
            raise Failed(f"{left} passages are left of {self.deleted} deleted accounts")

    def progress(self) -> str:
        return f": {self.changes} changes, {self.interrupted} passages waiting at a kill, index in order after each"

    def close(self) -> None:
        super().close()
        self.provider.stop()


if __name__ == "__main__":
    sys.exit(trial.run(Trial))
