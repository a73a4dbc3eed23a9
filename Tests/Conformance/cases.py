"""Hooks for schemathesis: tokens for its requests, and some data that exists.

Left to itself it sends ids that nobody has and passwords that nobody set, and hardly gets past the first check.
So a part of the cases is brought near to what a client does: the id of a real session, the right password. What ends
a login or an account is asked by an account of its own, which is replaced when that has happened.

Loaded by schemathesis (SCHEMATHESIS_HOOKS); schema.py sets the environment and reads the record.
"""

import atexit
import collections
import http.client
import itertools
import json
import os
import pathlib
import re
import sys
import zlib

import schemathesis

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Torture"))
from appliance import Client  # noqa: E402
from things import (  # noqa: E402
    API, APPLICATIONS, IDLE_QUEUE, JOBS, NOTIFICATIONS, NOWHERE, QUEUES, RECOMMENDATIONS, SESSIONS, STAFF, TARGETS, TASKS, Things, demand,
)

PORT = int(os.environ["CONFORMANCE_PORT"])
RECORD = pathlib.Path(os.environ["CONFORMANCE_RECORD"])
# The staff's e-mail and password.
EMPLOYEE = (os.environ["CONFORMANCE_STAFF_EMAIL"], os.environ["CONFORMANCE_STAFF_PASSWORD"])
PASSWORD = "conforming to a schema 4183"

PROFILES = f"{API}/auth/profiles/"
# What ends the caller's login or account.
ENDING = {
    f"DELETE {API}/auth/me/", f"POST {API}/auth/change-password/", f"POST {API}/auth/logout/",
    f"DELETE {API}/auth/logins/{{id}}/", f"POST {API}/auth/refresh/",
}
# Of ten cases, in how many a value that exists takes the place of one that was made up.
REAL_IDS, REAL_SECRETS, NEW_KEYS = 9, 2, 7


class Account:
    """An ordinary account that is registered, or one that is there and logs in."""

    numbers = itertools.count(1)

    def __init__(self, known: tuple[str, str] | None = None):
        self.email, password = known or (new_email(), PASSWORD)
        with Client(PORT) as client:
            if known:
                answer = demand(client.request("POST", f"{API}/auth/login/", {
                    "email": self.email, "password": password}), 200, "logging in")
            else:
                answer = demand(client.request("POST", f"{API}/auth/register/", {
                    "email": self.email, "password": password, "password_confirm": password}), 201, "registering")
        self.access, self.refresh = answer["access"], answer["refresh"]
        self.login = demand(self.ask("GET", f"{API}/auth/logins/"), 200, "the logins")["results"][0]["id"]

    def ask(self, method: str, path: str, body: dict | None = None) -> tuple[int, dict]:
        with Client(PORT, self.access) as client:
            return client.request(method, path, body)

    def events(self, method: str, path: str, body: dict) -> list[dict]:
        """The data of the Server-Sent Events of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=15)
        try:
            connection.request(method, path, json.dumps(body), {
                "Authorization": f"Bearer {self.access}", "Accept": "text/event-stream", "Content-Type": "application/json"})
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        if answer.status != 200:
            raise RuntimeError(f"{method} {path} was answered with {answer.status}: {text}")
        return [json.loads(line.removeprefix("data: ")) for line in text.splitlines() if line.startswith("data: ")]


def new_email() -> str:
    return f"client{next(Account.numbers)}@example.org"


class Known:
    """The accounts, and what the shared one has."""

    def __init__(self):
        self.account = Account()
        self.staff = Account(EMPLOYEE)
        self.things = Things(self.account, self.staff)
        self.own: dict[str, Account] = {}
        # Every token that was handed out. Cases are made long before they are sent, and so carry old ones.
        self.tokens: set[str] = set()
        self.tasks: list[str] = []
        # Every account has one from the beginning.
        self.profile: int | None = demand(self.account.ask("GET", PROFILES), 200, "the profiles")["results"][0]["id"]

    def account_for(self, operation: str) -> Account:
        if operation in STAFF:
            return self.staff
        if operation not in ENDING:
            return self.account
        if operation not in self.own:
            self.own[operation] = Account()
        return self.own[operation]

    def token_for(self, operation: str) -> str:
        token = self.account_for(operation).access
        self.tokens.add(token)
        return token

    def some_profile(self) -> int:
        self.look_for_profile()
        if self.profile is None:
            self.profile = demand(self.account.ask("POST", PROFILES, {}), 201, "creating a profile")["id"]
        return self.profile

    def no_profile(self) -> None:
        self.look_for_profile()
        if self.profile is not None:
            demand(self.account.ask("DELETE", f"{PROFILES}{self.profile}/"), 204, "deleting a profile")
            self.profile = None

    def look_for_profile(self) -> None:
        """What is made for a recommendation makes one too."""
        found = demand(self.account.ask("GET", PROFILES), 200, "the profiles")["results"]
        self.profile = found[0]["id"] if found else None

    def learn(self, case, status: int, answer) -> None:
        if case.operation.label in ENDING and 200 <= status < 300:
            self.own.pop(case.operation.label, None)
        self.things.learn(operation(case), (case.path_parameters or {}).get("id"), status, answer)
        if operation(case) == f"POST {PROFILES}" and status == 201:
            self.profile = answer["id"]
        elif operation(case) == f"DELETE {PROFILES}{{id}}/" and status == 204:
            self.profile = None
        elif operation(case) == f"POST {API}/chat/chat/" and status == 202:
            self.tasks.append(answer["task_id"])


def operation(case) -> str:
    """What a case really asks; also the methods that are tried though the document does not know them."""
    return f"{case.method} {case.operation.path}"


known = Known()


@schemathesis.auth(refresh_interval=None)
class Tokens:
    def get(self, case, context):
        return known.token_for(case.operation.label)

    def set(self, case, token, context):
        case.headers["Authorization"] = f"Bearer {token}"


# MARK: Real data


@schemathesis.hook
def before_call(context, case, kwargs):
    # The same whenever the case is, so that a repeat of it is mostly one.
    number = zlib.crc32(repr((operation(case), case.path_parameters, case.query, case.body, case.media_type)).encode())
    if number % 10 < REAL_IDS:
        put_ids(case, number // 10)
    # Each operation shall succeed at least once, so until it has, every case gets what is right.
    wants_success = not any(200 <= status < 300 for status in counts[operation(case)])
    if isinstance(case.body, dict) and (wants_success or number // 100 % 10 < REAL_SECRETS):
        put_secrets(case, case.body)
    if number // 1000 % 10 < NEW_KEYS and "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = f"key-{number}"
    if case.headers.get("Authorization", "").removeprefix("Bearer ") in known.tokens:
        case.headers["Authorization"] = f"Bearer {known.token_for(case.operation.label)}"


def put_ids(case, number: int) -> None:
    path = case.operation.path
    kind = next((kind for kind in known.things.makers() if path.startswith(f"{kind}{{id}}/")), None)
    if kind:
        # Those that others have made have no question in them.
        is_asked_anew = path == f"{SESSIONS}{{id}}/regenerate/"
        case.path_parameters["id"] = known.things.session() if is_asked_anew else known.things.some(kind, number)
        if "{delivery_id}" in path:
            case.path_parameters["delivery_id"] = known.things.delivery(case.path_parameters["id"])
        if path == f"{JOBS}{{id}}/unsave/":
            known.account.ask("POST", f"{JOBS}{case.path_parameters['id']}/save/")
    elif operation(case) == f"POST {RECOMMENDATIONS}generate/":
        known.some_profile()
    elif path == f"{PROFILES}{{id}}/":
        case.path_parameters["id"] = known.some_profile()
    elif operation(case) == f"POST {PROFILES}":
        known.no_profile()
    elif path == f"{API}/tasks/{{task_id}}/" and known.tasks:
        case.path_parameters["task_id"] = known.tasks[number % len(known.tasks)]
    elif path.startswith(f"{TASKS}{{task_id}}/"):
        is_called_off = path.endswith("/cancel/")
        case.path_parameters["task_id"] = known.things.waiting_task() if is_called_off else known.things.cancelled_task()
    elif path == f"{API}/auth/logins/{{id}}/":
        case.path_parameters["id"] = known.account_for(case.operation.label).login
    if not isinstance(case.body, dict):
        return
    if path.startswith(QUEUES) and "queue" in case.body:
        # Whatever it is: another one that stays paused would keep work that other cases wait for.
        case.body["queue"] = IDLE_QUEUE
    if path_of_target(case) and isinstance(case.body.get("url"), str) and isinstance(case.body.get("kind", ""), str):
        # The server shall not ask an address that was made up, and only webhooks have all that there is of a target.
        case.body |= {"kind": "webhook", "url": NOWHERE}
    if isinstance(case.body.get("session_id"), str):
        case.body["session_id"] = known.things.some(SESSIONS, number)
    if isinstance(case.body.get("job_id"), str):
        # Nobody applies to a job twice.
        case.body["job_id"] = known.things.job() if operation(case) == f"POST {APPLICATIONS}" else known.things.some(JOBS, number)
    if isinstance(case.body.get("job_ids"), list) and case.body["job_ids"]:
        case.body["job_ids"][0] = known.things.some(JOBS, number)


def path_of_target(case) -> bool:
    return case.operation.path in (TARGETS, f"{TARGETS}{{id}}/")


def put_secrets(case, body: dict) -> None:
    account = known.account_for(case.operation.label)
    match operation(case).replace(f"{API}/auth/", ""):
        case "POST register/":
            body |= {"email": new_email(), "password": PASSWORD, "password_confirm": PASSWORD}
        case "POST login/":
            body |= {"email": account.email, "password": PASSWORD}
        case "POST refresh/" | "POST logout/":
            body["refresh"] = account.refresh
        case "POST verify/":
            body["token"] = account.access
        case "POST change-password/":
            body |= {"old_password": PASSWORD, "new_password": PASSWORD + " again"}
        case "DELETE me/":
            body["password"] = PASSWORD
    if path_of_target(case):
        body.pop("token", None)
    if operation(case) == f"POST {NOTIFICATIONS}":
        body.pop("user_ids", None)
        body |= {"emails": [known.account.email], "all": False}
    if operation(case) == f"POST {API}/notifications/admin/action/":
        body["action"] = "clear_cache"


# MARK: The record

# Operations to statuses to how often they were answered so.
counts: dict[str, collections.Counter] = collections.defaultdict(collections.Counter)
failures: list[dict] = []
TOKEN = re.compile(r"'Authorization: Bearer [\w.-]+'")
operations: list[str] = []


@schemathesis.hook
def before_init_operation(context, operation):
    operations.append(operation.label)


@schemathesis.hook
def after_call(context, case, response):
    counts[operation(case)][response.status_code] += 1
    if case.operation.path == f"{TASKS}{{task_id}}/cancel/":
        known.things.resume()
    try:
        answer = response.json()
    except ValueError:
        answer = None
    # A replayed answer tells of what was, not of what is.
    if "idempotency-replayed" not in response.headers:
        known.learn(case, response.status_code, answer)


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """Is asked of every failure whether it counts. All do; this is where they are written down."""
    failures.append({
        "operation": case.operation.label, "status": response.status_code, "title": failure.title,
        "message": failure.message, "answer": response.content[:300].decode(errors="replace"),
        "curl": TOKEN.sub('"Authorization: Bearer $TOKEN"', case.as_curl_command())})
    return True


@atexit.register
def write_record():
    RECORD.write_text(json.dumps({"operations": sorted(set(operations)), "counts": counts, "failures": failures}))
