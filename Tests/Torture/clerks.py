"""What causes background work of many kinds, and the books of what the server acknowledged of it.

Postings are indexed and looked through for alerts; changes of applications and announcements are told to people, in the product
and by mail; the operator runs schedules, calls work off and has it run again.
"""

import dataclasses
import json
import random
import subprocess
import threading

from appliance import Account, Appliance, Client, Failed
from crowd import Crowd

JOBS, APPLICATIONS = "/api/v1/jobs/jobs/", "/api/v1/jobs/applications/"
ALERTS, ANNOUNCE, FORGET = "/api/v1/jobs/alerts/", "/api/v1/notifications/notifications/", "/api/v1/auth/password-reset/"
STATUSES = [
    "submitted", "under_review", "interview_scheduled", "interview_completed", "offer_received", "accepted", "rejected", "withdrawn"]
# In every posting, and what the alerts look for.
KEYWORD = "lighthouse"
# Those that change nothing that is judged here, or what is judged.
SCHEDULES = [
    "process_daily_job_alerts", "process_weekly_job_alerts", "send_follow_up_reminders", "send_daily_job_recommendations",
    "send_weekly_activity_summary", "clean_up_old_job_listings", "batch_generate_job_embeddings", "batch_generate_user_embeddings",
    "rebuild_embedding_index", "weekly_system_maintenance", "monitor_system_health", "fetch_adzuna_jobs"]
# What is called off: of the others each item stands for more than one cause.
CANCELLED = ["chat.answer", "notifications.deliver", "mail.send"]
# What is called off for good: its owner may have seen that it was.
NEVER_AGAIN = {"chat.answer"}
QUEUES = ["ai", "webhook", "mail", "ingest", "index", "maintenance"]
COMMAND_SECONDS = 30.0
# Mails with a new password that an account is sent within an hour.
RESETS_PER_HOUR = 3


@dataclasses.dataclass
class Posting:
    """A job whose id is known: what its title was at last, and what it may be where a change broke off."""

    title: str
    possible: set[str] = dataclasses.field(default_factory=set)


@dataclasses.dataclass
class Application:
    """What its status was set to, in this order; False where no answer came."""

    id: str
    account: Account
    steps: list[tuple[str, bool]] = dataclasses.field(default_factory=list)

    def next(self, chance: random.Random) -> str:
        """A status that it has not, whichever of the last changes came through."""
        recent = set()
        for status, is_certain in reversed(self.steps):
            recent.add(status)
            if is_certain:
                break
        return chance.choice([status for status in STATUSES if status not in recent])


@dataclasses.dataclass
class Announcement:
    title: str
    sent: bool = False
    task: str | None = None


class Books:
    """What was asked for and what was acknowledged; the clerks' threads share them."""

    def __init__(self):
        self.lock = threading.Lock()
        self.accounts: list[Account] = []
        self.alerts: list[str] = []
        self.postings: dict[str, Posting] = {}
        # Titles of postings that were sent and not acknowledged.
        self.unsure_postings: set[str] = set()
        self.applications: list[Application] = []
        self.announcements: list[Announcement] = []
        # By the address of an account: how often a new password was asked for and that acknowledged, and how often not.
        self.resets: dict[str, list[bool]] = {}
        # Work that a schedule's command has ordered, and the schedule.
        self.ordered: dict[str, str] = {}
        # Work that was called off or had to run again: the wishes in their order, False where no answer came.
        self.wishes: dict[str, list[tuple[str, bool]]] = {}
        self.paused: set[str] = set()

    def wish(self, task: str, what: str, is_certain: bool) -> None:
        with self.lock:
            self.wishes.setdefault(task, []).append((what, is_certain))

    def was_cancelled(self, task: str) -> set[bool]:
        """Whether it must be cancelled in the end; both where that is not known."""
        possible = {False}
        for what, is_certain in self.wishes.get(task, []):
            possible = ({what == "cancel"} if is_certain else possible | {what == "cancel"})
        return possible

    @property
    def acknowledged(self) -> dict[str, int]:
        with self.lock:
            return {
                "postings": len(self.postings), "changes of status": sum(c for one in self.applications for _, c in one.steps),
                "announcements": sum(one.task is not None for one in self.announcements),
                "forgotten passwords": sum(map(sum, self.resets.values())), "runs of schedules": len(self.ordered),
                "commands to the queue": sum(c for wishes in self.wishes.values() for _, c in wishes)}


class Clerks:
    """The threads of one round. Each uses its connection until that breaks."""

    def __init__(self, crowd: Crowd, books: Books, staff: str, label: str, seed: int):
        self.crowd, self.books, self.staff, self.label, self.seed = crowd, books, staff, label, seed

    @property
    def appliance(self) -> Appliance:
        return self.crowd.appliance

    def chance(self, name: str) -> random.Random:
        return random.Random(f"{self.seed} {self.label} {name}")

    # MARK: Postings

    def post_jobs(self, pause: float) -> None:
        chance, count, mine = self.chance("jobs"), 0, []
        with Client(self.appliance.port, self.staff) as client:
            while not self.crowd.is_over.is_set():
                count += 1
                title = f"Posting {self.label} {count}"
                if mine and chance.random() < 0.4:
                    self.change_job(client, chance.choice(mine), title)
                else:
                    self.post_job(client, title, mine)
                self.crowd.pause(chance.uniform(0, 2 * pause))

    def post_job(self, client: Client, title: str, mine: list[str]) -> None:
        with self.books.lock:
            self.books.unsure_postings.add(title)
        status, answer = client.request("POST", JOBS, {
            "title": title, "company": "Acme", "description": description(title), "location": "Ulm"})
        if status == 503:
            return
        if status != 201 or answer["title"] != title:
            raise Failed(f"posting '{title}' was answered with {status}: {answer}")
        with self.books.lock:
            self.books.unsure_postings.discard(title)
            self.books.postings[answer["id"]] = Posting(title)
        mine.append(answer["id"])

    def change_job(self, client: Client, id: str, title: str) -> None:
        posting = self.books.postings[id]
        posting.possible.add(title)
        status, answer = client.request("PATCH", f"{JOBS}{id}/", {"title": title, "description": description(title)})
        if status == 503:
            posting.possible.discard(title)
            return
        if status != 200:
            raise Failed(f"changing job {id} was answered with {status}: {answer}")
        posting.title, posting.possible = title, set()

    # MARK: Applications

    def change_statuses(self, account: Account, pause: float) -> None:
        """Nobody else changes this account's applications in this round."""
        chance = self.chance(account.email)
        mine = [one for one in self.books.applications if one.account is account]
        with Client(self.appliance.port, account.token) as client:
            while not self.crowd.is_over.is_set():
                one = chance.choice(mine)
                wanted = one.next(chance)
                one.steps.append((wanted, False))
                status, answer = client.request("PATCH", f"{APPLICATIONS}{one.id}/", {"status": wanted})
                if status == 503:
                    one.steps.pop()
                elif status != 200 or answer["status"] != wanted:
                    raise Failed(f"the status {wanted} of application {one.id} was answered with {status}: {answer}")
                else:
                    one.steps[-1] = (wanted, True)
                self.crowd.pause(chance.uniform(0, 2 * pause))

    # MARK: Announcements

    def announce(self, count: int) -> None:
        """Sends what is owed an answer again, and so many new ones, each under a key of its own."""
        chance = self.chance("announcements")
        owed = [one for one in self.books.announcements if one.sent and one.task is None]
        new = [Announcement(f"Announcement {self.label} {number}") for number in range(count)]
        self.books.announcements += new
        owed += new
        with Client(self.appliance.port, self.staff) as client:
            for one in owed:
                self.crowd.pause(chance.uniform(0, 0.1))
                if not self.crowd.is_over.is_set():
                    self.send(client, one)

    def send(self, client: Client, one: Announcement) -> None:
        one.sent = True
        status, answer = client.request(
            "POST", ANNOUNCE, {"title": one.title, "message": "Read on.", "all": True}, {"Idempotency-Key": f"key of {one.title}"})
        if status in (409, 503):
            return
        if status != 201 or not answer.get("task_id"):
            raise Failed(f"'{one.title}' was answered with {status}: {answer}")
        one.task = answer["task_id"]

    # MARK: Mails that somebody asks for

    def forget_a_password(self) -> None:
        chance = self.chance("passwords")
        few = [one.email for one in self.books.accounts if len(self.books.resets.get(one.email, [])) < RESETS_PER_HOUR]
        self.crowd.pause(chance.uniform(0, 0.2))
        if not few or self.crowd.is_over.is_set():
            return
        email = chance.choice(few)
        asked = self.books.resets.setdefault(email, [])
        asked.append(False)
        with Client(self.appliance.port) as client:
            status, answer = client.request("POST", FORGET, {"email": email})
        if status == 503:
            asked.pop()
        elif status != 200:
            raise Failed(f"asking for a new password was answered with {status}: {answer}")
        else:
            asked[-1] = True

    # MARK: Commands

    def operate(self, pause: float) -> None:
        chance = self.chance("commands")
        # A queue may stay paused for some rounds, so that there is something to call off.
        for queue in sorted(self.books.paused):
            if chance.random() < 0.5:
                self.turn("resume", queue)
        while not self.crowd.is_over.is_set():
            choice = chance.random()
            if choice < 0.35:
                self.run_schedule(chance.choice(SCHEDULES))
            elif choice < 0.65:
                self.cancel_something(chance)
            elif choice < 0.9:
                self.retry_something(chance)
            else:
                queue = chance.choice(QUEUES)
                self.turn("pause", queue)
                if chance.random() < 0.5:
                    self.turn("resume", queue)
            self.crowd.pause(chance.uniform(0, 2 * pause))

    def run_schedule(self, name: str) -> None:
        if answer := self.command("schedule", "run", name, "--no-wait"):
            with self.books.lock:
                self.books.ordered[answer["task_id"]] = name

    def cancel_something(self, chance: random.Random) -> None:
        kind = chance.choice(CANCELLED)
        found = self.command("queue", "list", "--kind", kind, "--limit", "20") or []
        found = [item for item in found if item["state"] in ("pending", "running", "retry")]
        if found and not self.crowd.is_over.is_set():
            self.act("cancel", chance.choice(found)["task_id"])

    def retry_something(self, chance: random.Random) -> None:
        """What was called off, or what waits in quarantine or for its next attempt."""
        kind = chance.choice([kind for kind in CANCELLED if kind not in NEVER_AGAIN])
        state = chance.choice(["cancelled", "retry", "pending"])
        found = self.command("queue", "list", "--kind", kind, "--state", state, "--limit", "20") or []
        if found and not self.crowd.is_over.is_set():
            self.act("retry", chance.choice(found)["task_id"])

    def act(self, what: str, task: str) -> None:
        answer = self.command("queue", what, task, may_be_refused=True)
        # Refused, for its state: nothing was changed. No answer: nobody knows.
        if answer is not False:
            self.books.wish(task, what, answer is not None)

    def turn(self, what: str, queue: str) -> None:
        with self.books.lock:
            self.books.paused.add(queue)
        if self.command("queue", what, queue) and what == "resume":
            with self.books.lock:
                self.books.paused.discard(queue)

    def command(self, *arguments: str, may_be_refused: bool = False) -> dict | list | bool | None:
        """What the command prints; None when it broke off with the server, and False when it was refused and may be.

        One that begins when the server is gone works on the files alone, as it should.
        """
        try:
            done = subprocess.run(
                [self.appliance.binary, *arguments, "--json", "--config", str(self.appliance.config)],
                stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=COMMAND_SECONDS)
        except subprocess.TimeoutExpired:
            raise Failed(f"jobraker {' '.join(arguments)} did not end within {COMMAND_SECONDS:.0f} s") from None
        if done.returncode == 0:
            return json.loads(done.stdout)
        if may_be_refused and "it cannot be" in done.stderr:
            return False
        if self.crowd.end_is_near.is_set():
            return None
        raise Failed(f"jobraker {' '.join(arguments)} ended with {done.returncode}: {done.stderr.strip()}")


def description(title: str) -> str:
    return f"{title}: they look after a {KEYWORD}."


def set_up(appliance: Appliance, books: Books, staff: str, accounts: int, alerts: int, applications: int) -> None:
    """Accounts with applications to jobs, and some with an alert that wants to know at once."""
    def made(client: Client, path: str, body: dict) -> dict:
        status, answer = client.request("POST", path, body)
        if status != 201:
            raise Failed(f"POST {path} was answered with {status}: {answer}")
        return answer

    with Client(appliance.port, staff) as client:
        jobs = [
            made(client, JOBS, {"title": f"Position {number}", "company": "Acme", "description": "Bread.", "location": "Ulm"})["id"]
            for number in range(applications)]
    for number in range(accounts):
        account = Account.register(appliance, f"client{number}")
        books.accounts.append(account)
        with Client(appliance.port, account.token) as client:
            for job in jobs:
                books.applications.append(Application(made(client, APPLICATIONS, {"job_id": job, "status": "pending"})["id"], account))
            if number < alerts:
                alert = {"name": "Keepers", "keywords": [KEYWORD], "frequency": "immediate"}
                books.alerts.append(made(client, ALERTS, alert)["id"])
