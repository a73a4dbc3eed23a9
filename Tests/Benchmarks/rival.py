"""The grown instance on PocketBase's side: the same vacancies, accounts and applications as `dataset.py` gives ours.

PocketBase makes its collections, and then, while it is stopped, the rows go straight into its file: over its batch API
they would take an hour. It is kept beside our data and made anew with it.
"""

import contextlib
import itertools
import json
import pathlib
import random
import shutil
import sqlite3
import string

import vacancies
from dataset import Dataset
from servers import Client, Failed, PocketBase, demand

LETTERS = string.ascii_lowercase + string.digits
SIGNED_IN = '@request.auth.id != ""'


def texts(*names: str) -> list[dict]:
    return [{"name": name, "type": "text", "max": 100_000} for name in names]


def choice(name: str, *values: str) -> dict:
    return {"name": name, "type": "select", "maxSelect": 1, "values": list(values)}


# The fields of our table, and an index for each order and equality that ours has one for.
JOBS = {
    "name": "jobs", "listRule": SIGNED_IN, "viewRule": SIGNED_IN,
    "fields": [
        *texts("title", "company", "description", "requirements", "benefits", "location", "city", "state", "country"),
        {"name": "is_remote", "type": "bool"}, choice("remote_type", "no", "hybrid", "full"),
        choice("job_type", "full_time", "part_time", "contract", "temporary", "internship", "freelance"),
        choice("experience_level", "entry", "mid", "senior", "lead", "executive"),
        {"name": "salary_min", "type": "number", "onlyInt": True}, {"name": "salary_max", "type": "number", "onlyInt": True},
        *texts("salary_currency", "salary_period"),
        *({"name": name, "type": "json"} for name in ("skills_required", "skills_preferred", "technologies")),
        *texts("skills_text", "external_id", "external_source", "external_url", "company_logo_url"),
        choice("status", "active", "closed", "filled", "paused", "draft"),
        {"name": "posted_date", "type": "date"}, {"name": "application_deadline", "type": "date"},
        {"name": "view_count", "type": "number", "onlyInt": True}, {"name": "application_count", "type": "number", "onlyInt": True},
    ],
    "indexes": [
        "CREATE UNIQUE INDEX jobs_by_external_id ON jobs (external_source, external_id)",
        "CREATE INDEX jobs_in_order ON jobs (posted_date DESC, created DESC)",
        "CREATE INDEX jobs_by_type ON jobs (job_type, posted_date DESC, created DESC)",
        "CREATE INDEX jobs_by_level ON jobs (experience_level, posted_date DESC, created DESC)",
        "CREATE INDEX jobs_by_remote ON jobs (is_remote, posted_date DESC, created DESC)",
        "CREATE INDEX jobs_by_status ON jobs (status, posted_date DESC, created DESC)",
    ],
}
STATUSES = ("pending", "submitted", "under_review", "interview_scheduled", "interview_completed", "offer_received", "accepted",
            "rejected", "withdrawn")


def applications(jobs: str) -> dict:
    """The collection, whose field `job` refers to that of the vacancies."""
    return {
        "name": "applications", "listRule": PocketBase.OWN_ROWS, "viewRule": PocketBase.OWN_ROWS, "createRule": PocketBase.CREATE_OWN,
        "fields": [
            "owner",
            {"name": "job", "type": "relation", "collectionId": jobs, "required": True, "maxSelect": 1, "cascadeDelete": True},
            choice("status", *STATUSES), *texts("cover_letter", "user_notes", "user_defined_status"),
            {"name": "follow_up_date", "type": "date"}, {"name": "applied_at", "type": "date"},
        ],
        "indexes": [
            "CREATE UNIQUE INDEX applications_once ON applications (job, owner)",
            "CREATE INDEX applications_by_owner ON applications (owner, created DESC)",
            "CREATE INDEX applications_by_status ON applications (owner, status, created DESC)",
        ],
    }


def name(kind: str, number: int) -> str:
    """PocketBase's ids are 15 small letters and digits."""
    return f"{kind}{number:0{15 - len(kind)}}"


def time_text(moment: str) -> str:
    """PocketBase writes a space where others write a T; no time is the empty text."""
    return moment and moment.replace("T", " ").replace("Z", ".000Z")


class Rival:
    def __init__(self, dataset: Dataset, binary: pathlib.Path):
        self.dataset, self.binary = dataset, binary
        self.kept = dataset.folder / "pb_data"

    def prepare(self) -> None:
        """The dataset must be there. It goes with its folder when the recipe changes."""
        mark = self.dataset.folder / "pb_recipe"
        recipe = pathlib.Path(__file__).read_text()
        if mark.exists() and mark.read_text() == recipe:
            return
        print("  filling PocketBase alike; kept for later runs", flush=True)
        workspace = self.dataset.folder / "making"
        shutil.rmtree(workspace, ignore_errors=True)
        shutil.rmtree(self.kept, ignore_errors=True)
        server = PocketBase(self.binary, workspace)
        try:
            self.fill(server)
        finally:
            server.abandon()
        server.data.rename(self.kept)
        shutil.rmtree(workspace)
        mark.write_text(recipe)

    def fill(self, server: PocketBase) -> None:
        server.start()
        token = server.administrator()
        jobs = server.set_up(token, JOBS)["id"]
        server.set_up(token, applications(jobs))
        model = server.account("model")[0]
        server.stop()
        with contextlib.closing(sqlite3.connect(server.data / "data.db")) as connection, connection:
            self.insert(connection, "jobs", self.jobs())
            password = connection.execute("SELECT password FROM users WHERE id = ?", [model]).fetchone()[0]
            self.insert(connection, "users", self.users(password))
            self.insert(connection, "applications", self.applications())
        self.check(server)

    @staticmethod
    def insert(connection: sqlite3.Connection, table: str, rows) -> None:
        """Stores rows with the same columns; those that are missing get what PocketBase's tables have as their default."""
        rows = iter(rows)
        first = next(rows)
        columns = list(first)
        statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
        connection.executemany(statement, ([row[column] for column in columns] for row in itertools.chain([first], rows)))

    def check(self, server: PocketBase) -> None:
        """What was put into the file must be what PocketBase itself takes it for."""
        server.start()
        token = server.administrator()
        with Client(server.port, token, seconds=60) as client:
            for collection, count in (("jobs", self.dataset.jobs), ("users", self.dataset.accounts + 1),
                                      ("applications", self.dataset.applications)):
                page = demand(client.request("GET", f"/api/collections/{collection}/records?perPage=1"), 200, "counting")
                if page["totalItems"] != count:
                    raise Failed(f"PocketBase counts {page['totalItems']} {collection}, and {count} were stored")
            row = demand(client.request("GET", f"/api/collections/jobs/records/{name('job', 0)}"), 200, "a vacancy")
            demand(client.request("PATCH", f"/api/collections/jobs/records/{name('job', 0)}", row), 200, "storing a vacancy as it is")
        server.stop()

    def jobs(self):
        for number, job in enumerate(self.dataset.vacancies()):
            skills = job["skills_required"] + job["skills_preferred"] + job["technologies"]
            at = time_text(vacancies.moment(vacancies.NEWEST + number))
            row = {"id": name("job", number), "created": at, "updated": at, "salary_currency": "USD", "salary_period": "yearly",
                   "salary_min": 0, "salary_max": 0, "application_deadline": "", "skills_text": ", ".join(skills), **job}
            for field in ("posted_date", "application_deadline"):
                row[field] = time_text(row[field])
            for field in ("skills_required", "skills_preferred", "technologies"):
                row[field] = json.dumps(row[field], ensure_ascii=False, separators=(",", ":"))
            yield row

    def users(self, password: str):
        """All with the same password: to hash one takes PocketBase a part of a second, and nobody logs in as these."""
        chance = random.Random(3)
        for number in range(self.dataset.accounts):
            yield {"id": name("user", number), "email": f"user{number}@example.org", "name": f"Robin Number{number}",
                   "password": password, "tokenKey": "".join(chance.choices(LETTERS, k=50))}

    def applications(self):
        chance = random.Random(4)
        missing = {"cover_letter": "", "user_notes": "", "user_defined_status": "", "follow_up_date": ""}
        for number, (account, place, body) in enumerate(self.dataset.plan()):
            at = time_text(vacancies.moment(vacancies.NEWEST + number))
            row = {"id": "".join(chance.choices(LETTERS, k=15)), "owner": name("user", account), "job": name("job", place),
                   "created": at, "updated": at, **missing, **body}
            yield row | {"follow_up_date": time_text(row["follow_up_date"])}

    def open(self, workspace: pathlib.Path) -> PocketBase:
        """A running server on a copy."""
        server = PocketBase(self.binary, workspace)
        shutil.copytree(self.kept, server.data, dirs_exist_ok=True)
        server.start()
        return server
