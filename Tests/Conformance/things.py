"""Rows that exist, for the requests that name one: each kind has a way to make one and is made when it is needed."""

import collections
import itertools
import time

API = "/api/v1"
JOBS = f"{API}/jobs/jobs/"
SAVED = f"{API}/jobs/saved/"
APPLICATIONS = f"{API}/jobs/applications/"
ALERTS = f"{API}/jobs/alerts/"
RECOMMENDATIONS = f"{API}/jobs/recommendations/"
NOTIFICATIONS = f"{API}/notifications/notifications/"
SESSIONS = f"{API}/chat/sessions/"
STREAMS = f"{API}/chat/streams/"
MAILS = f"{API}/mail/outbox/"
TARGETS = f"{API}/notifications/targets/"
QUEUES = f"{API}/admin/queues/"
TASKS = f"{API}/admin/tasks/"
# Nothing that is asked for here needs this queue, so that it can be paused.
IDLE_QUEUE = "ingest"
# Nothing listens there, so that an attempt at it fails at once.
NOWHERE = "http://127.0.0.1:9/hook"

# What only the staff may do.
STAFF = {
    f"POST {JOBS}", f"PUT {JOBS}{{id}}/", f"PATCH {JOBS}{{id}}/", f"DELETE {JOBS}{{id}}/", f"POST {NOTIFICATIONS}",
    f"GET {API}/notifications/metrics/", f"GET {API}/notifications/metrics/production/", f"POST {API}/notifications/test/",
    f"POST {API}/notifications/admin/action/", f"GET {MAILS}", f"GET {MAILS}{{id}}/",
    f"GET {QUEUES}", f"POST {QUEUES}pause/", f"POST {QUEUES}resume/", f"GET {TASKS}", f"POST {TASKS}retry/", f"POST {TASKS}purge/",
    f"GET {TASKS}{{task_id}}/", f"DELETE {TASKS}{{task_id}}/", f"POST {TASKS}{{task_id}}/retry/", f"POST {TASKS}{{task_id}}/cancel/",
}
# More than any profile asks for, so that it is recommended to whoever has one.
SKILLS = ["welding", "brazing"]


def demand(answer: tuple[int, dict], status: int, what: str) -> dict:
    if answer[0] != status:
        raise RuntimeError(f"{what} was answered with {answer[0]}: {answer[1]}")
    return answer[1]


class Things:
    """Ids by the path of their collection. `account` owns what belongs to somebody, `staff` makes the rest."""

    numbers = itertools.count(1)

    def __init__(self, account, staff):
        self.account, self.staff = account, staff
        self.ids: dict[str, list[str]] = collections.defaultdict(list)

    def some(self, kind: str, number: int) -> str:
        if not self.ids[kind]:
            self.ids[kind].append(self.makers()[kind]())
        return self.ids[kind][number % len(self.ids[kind])]

    def makers(self) -> dict:
        return {
            JOBS: self.job, SAVED: self.saved, APPLICATIONS: self.application, ALERTS: self.alert,
            RECOMMENDATIONS: self.recommendation, NOTIFICATIONS: self.notification, SESSIONS: self.session,
            STREAMS: self.stream, MAILS: self.mail, TARGETS: self.target,
        }

    def learn(self, operation: str, path_id: str | None, status: int, answer) -> None:
        method, path = operation.split(" ", 1)
        collection = path.removesuffix("{id}/")
        if collection not in self.makers():
            return
        if method == "POST" and path == collection and status == 201 and "id" in answer:
            self.ids[collection].append(answer["id"])
        elif method == "DELETE" and path != collection and status == 204:
            # With a job goes what belongs to it; what was made by others was never in the list.
            gone = [JOBS, SAVED, APPLICATIONS, RECOMMENDATIONS] if collection == JOBS else [collection]
            for kind in gone:
                self.ids[kind] = [] if kind != collection else [known for known in self.ids[kind] if known != path_id]

    # MARK: One of each kind

    def job(self) -> str:
        body = {"title": f"Welder {next(self.numbers)}", "company": "Aurelia Works", "location": "Leeds",
                "description": "Joins metal.", "skills_required": SKILLS}
        return demand(self.staff.ask("POST", JOBS, body), 201, "creating a job")["id"]

    def saved(self) -> str:
        demand(self.account.ask("POST", f"{JOBS}{self.job()}/save/"), 200, "saving a job")
        return demand(self.account.ask("GET", SAVED), 200, "the saved jobs")["results"][0]["id"]

    def mail(self) -> str:
        return demand(self.staff.ask("GET", MAILS), 200, "the mails that are kept")["results"][0]["id"]

    def application(self) -> str:
        return demand(self.account.ask("POST", APPLICATIONS, {"job_id": self.job()}), 201, "applying")["id"]

    def alert(self) -> str:
        return demand(self.account.ask("POST", ALERTS, {"name": "Welding"}), 201, "creating an alert")["id"]

    def session(self) -> str:
        """With a question in it, which can be answered anew."""
        return demand(self.account.ask("POST", f"{API}/chat/send/", {"content": "Who repairs boats?"}), 200, "asking")["session_id"]

    def stream(self) -> str:
        """Of an answer that has been given; the session that it is in goes with nothing else of these."""
        return self.account.events("POST", f"{API}/chat/send/", {"content": "Who repairs aircraft engines?"})[0]["stream_id"]

    def notification(self) -> str:
        body = {"title": "Tonight", "message": "The server is down at ten.", "emails": [self.account.email]}
        demand(self.staff.ask("POST", NOTIFICATIONS, body), 201, "announcing")
        return demand(self.account.ask("GET", NOTIFICATIONS), 200, "the notifications")["notifications"][0]["id"]

    def target(self) -> str:
        body = {"kind": "webhook", "name": f"Hook {next(self.numbers)}", "url": NOWHERE}
        return demand(self.account.ask("POST", TARGETS, body), 201, "creating a target")["id"]

    def delivery(self, target: str) -> str:
        """An attempt at the target, which is switched on for it, whatever the account's settings were made to be."""
        wanted = {"push_notifications": True, "system_messages": True}
        demand(self.account.ask("PUT", f"{API}/notifications/settings/", wanted), 200, "the settings")
        demand(self.account.ask("PATCH", f"{TARGETS}{target}/", {"enabled": True, "url": NOWHERE}), 200, "switching a target on")
        found = demand(self.account.ask("GET", f"{TARGETS}{target}/deliveries/"), 200, "the deliveries")["results"]
        if not found:
            self.notification()
        for _ in range(200):
            found = demand(self.account.ask("GET", f"{TARGETS}{target}/deliveries/"), 200, "the deliveries")["results"]
            if found:
                return found[0]["id"]
            time.sleep(0.05)
        raise RuntimeError("nothing was sent to a target")

    def waiting_task(self) -> str:
        """A question whose queue is paused; `resume` lets it go."""
        demand(self.staff.ask("POST", f"{QUEUES}pause/", {"queue": "ai"}), 200, "pausing a queue")
        asked = demand(self.account.ask("POST", f"{API}/chat/chat/", {"message_text": "Who repairs boats?"}), 202, "asking for later")
        return asked["task_id"]

    def resume(self) -> None:
        demand(self.staff.ask("POST", f"{QUEUES}resume/", {"queue": "ai"}), 200, "resuming a queue")

    def cancelled_task(self) -> str:
        task = self.waiting_task()
        demand(self.staff.ask("POST", f"{TASKS}{task}/cancel/"), 200, "calling work off")
        self.resume()
        return task

    def recommendation(self) -> str:
        self.job()
        profile = demand(self.account.ask("GET", f"{API}/auth/profiles/"), 200, "the profiles")["results"]
        if profile:
            path = f"{API}/auth/profiles/{profile[0]['id']}/"
            demand(self.account.ask("PATCH", path, {"skills": SKILLS, "current_title": "Welder"}), 200, "the profile")
        else:
            demand(self.account.ask("POST", f"{API}/auth/profiles/", {"skills": SKILLS}), 201, "creating a profile")
        demand(self.account.ask("POST", f"{RECOMMENDATIONS}generate/"), 200, "recommending")
        listed = demand(self.account.ask("GET", f"{RECOMMENDATIONS}?status=pending_review,viewed,applied"), 200, "the recommendations")
        return listed["results"][0]["id"]
