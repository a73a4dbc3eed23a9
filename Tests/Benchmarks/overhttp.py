"""Requests a second over HTTP, jobraker and PocketBase in turn, and the memory of both meanwhile."""

import json
import pathlib
import time

import load
from load import Target
from machine import MemoryWatch, resident
from servers import Client, Failed, Jobraker, PocketBase, demand

SESSIONS = 200
PAGE = 20
QUESTION = "Which occupations repair aircraft engines, and what does one need to know for it?"

# Route: what it is on either side.
ROUTES = {
    "me": "`GET auth/me/` / get-one of `users`",
    "list": "20 of 200 sessions, and the total",
    "list without total": "PocketBase with `skipTotal=true`",
    "create": "a session; jobraker's is durable",
}


def fill(jobraker: Jobraker, token: str) -> list[dict]:
    """Gives the account its sessions, each with a question and an answer, and returns them as the server lists them."""
    with Client(jobraker.port, token) as client:
        for number in range(SESSIONS):
            demand(client.request("POST", "/api/v1/chat/send/", {"content": f"{number}: {QUESTION}"}), 200, "a question")
        rows = []
        for page in range(1, SESSIONS // 100 + 1):
            rows += demand(client.request("GET", f"/api/v1/chat/sessions/?page_size=100&page={page}"), 200, "the list")["results"]
    if len(rows) != SESSIONS:
        raise Failed(f"{SESSIONS} sessions were made and {len(rows)} are listed")
    return rows


def fill_alike(pocketbase: PocketBase, owner: str, token: str, rows: list[dict]) -> None:
    """Gives PocketBase's account the same rows, oldest first as they were made."""
    with Client(pocketbase.port, token) as client:
        for row in reversed(rows):
            demand(client.request("POST", "/api/collections/sessions/records", {
                "owner": owner, "title": row["title"], "last_message_at": row["last_message_at"],
                "last_message_preview": row["last_message_preview"], "message_count": row["message_count"],
            }), 200, "a session of PocketBase")


def check(target: Target, expect) -> int:
    """Asks once, outside wrk, and returns the size of the answer in compact form; `expect` says whether it is the one meant."""
    with Client(target.port, target.token) as client:
        body = target.body and json.loads(json.dumps(target.body).replace("#", "0"))
        status, answer = client.request("GET" if body is None else "POST", target.path, body)
    if not 200 <= status < 300 or not expect(answer):
        raise Failed(f"{target.server} {target.route} was answered with {status}: {answer}")
    return len(json.dumps(answer, separators=(",", ":"), ensure_ascii=False).encode())


def stored(server: str, port: int, token: str) -> int:
    """How many sessions the account has."""
    path, member = {
        Jobraker.name: ("/api/v1/chat/sessions/?page_size=1", "count"),
        PocketBase.name: ("/api/collections/sessions/records?perPage=1", "totalItems"),
    }[server]
    with Client(port, token, seconds=60) as client:
        return demand(client.request("GET", path), 200, "counting the sessions")[member]


class Comparison:
    """Both servers, filled alike, and what is asked of them."""

    def __init__(self, binary: str, pocketbase: pathlib.Path, workspace: pathlib.Path):
        self.workspace = workspace
        self.jobraker = Jobraker(binary, workspace)
        self.pocketbase = PocketBase(pocketbase, workspace)
        self.idle: dict[str, float] = {}
        self.targets: dict[str, list[Target]] = {}
        self.bytes: dict[str, list[int]] = {}
        self.writers: dict[str, tuple[int, str]] = {}

    def start(self) -> None:
        self.jobraker.start()
        self.pocketbase.start()
        time.sleep(2)
        self.idle = {server.name: resident(server.process.pid) for server in (self.jobraker, self.pocketbase)}
        self.pocketbase.set_up(self.pocketbase.administrator(), PocketBase.SESSIONS)
        reader, writer = self.jobraker.account("reader"), self.jobraker.account("writer")
        pb_reader_id, pb_reader = self.pocketbase.account("reader")
        pb_writer_id, pb_writer = self.pocketbase.account("writer")
        fill_alike(self.pocketbase, pb_reader_id, pb_reader, fill(self.jobraker, reader))
        self.writers = {Jobraker.name: (self.jobraker.port, writer), PocketBase.name: (self.pocketbase.port, pb_writer)}

        def pair(route: str, ours: tuple, theirs: tuple) -> None:
            self.targets[route] = [
                Target(Jobraker.name, route, self.jobraker.port, *ours), Target(PocketBase.name, route, self.pocketbase.port, *theirs)]

        ours = f"/api/v1/chat/sessions/?page_size={PAGE}"
        theirs = f"/api/collections/sessions/records?perPage={PAGE}&sort=-last_message_at"
        pair("me", ("/api/v1/auth/me/", reader), (f"/api/collections/users/records/{pb_reader_id}", pb_reader))
        pair("list", (ours, reader), (theirs, pb_reader))
        pair("list without total", (ours, reader), (theirs + "&skipTotal=true", pb_reader))
        pair("create", ("/api/v1/chat/sessions/", writer, {"title": "bench #"}),
             ("/api/collections/sessions/records", pb_writer, {"title": "bench #", "owner": pb_writer_id}))
        expected = {
            "me": (lambda a: a["email"] == "reader@example.org",) * 2,
            "list": (lambda a: len(a["results"]) == PAGE and a["count"] == SESSIONS,
                     lambda a: len(a["items"]) == PAGE and a["totalItems"] == SESSIONS),
            "list without total": (lambda a: len(a["results"]) == PAGE,
                                   lambda a: len(a["items"]) == PAGE and a["totalItems"] == -1),
            "create": (lambda a: a["title"] == "bench 0",) * 2,
        }
        for route, targets in self.targets.items():
            self.bytes[route] = [check(target, expect) for target, expect in zip(targets, expected[route])]

    def measure(self, rounds: int, seconds: int, series: int) -> dict:
        """Each round takes the routes in turn and the two servers in turn; then come runs of one second each."""
        for targets in self.targets.values():
            for target in targets:
                load.run(target, 1, self.workspace)  # Fills caches and connections; not counted.
        before = {name: stored(name, *writer) for name, writer in self.writers.items()}
        created = {name: 0 for name in self.writers}
        watch = MemoryWatch({server.name: server.process.pid for server in (self.jobraker, self.pocketbase)})
        runs: dict[str, dict[str, list[dict]]] = {
            route: {target.server: [] for target in targets} for route, targets in self.targets.items()}
        over_time: dict[str, dict[str, list[dict]]] = {
            route: {target.server: [] for target in self.targets[route]} for route in ("me", "list", "create")}

        def one(target: Target, seconds: int) -> dict:
            result = load.run(target, seconds, self.workspace)
            if target.route == "create":
                created[target.server] += result["requests"]
            return result

        for number in range(rounds):
            for route, targets in self.targets.items():
                for target in targets:
                    runs[route][target.server].append(one(target, seconds))
            print(f"  round {number + 1} of {rounds}", flush=True)
        for _ in range(series):
            for route, made in over_time.items():
                for target in self.targets[route]:
                    made[target.server].append(one(target, 1))
        memory = watch.stop()
        for name, writer in self.writers.items():
            if (gained := stored(name, *writer) - before[name]) < created[name]:
                raise Failed(f"{name} answered {created[name]} creations with success and has {gained} more sessions")
        return {"runs": runs, "over_time": over_time, "memory": memory}

    def stop(self) -> None:
        self.jobraker.stop()
        self.pocketbase.stop()

    def abandon(self) -> None:
        self.jobraker.abandon()
        self.pocketbase.abandon()


def middle(runs: list[dict]) -> dict:
    """The round with the median rate, with all its figures."""
    return sorted(runs, key=lambda run: run["requests_per_second"])[(len(runs) - 1) // 2]


def measure(binary: str, pocketbase: pathlib.Path, workspace: pathlib.Path, rounds: int, seconds: int, series: int) -> dict:
    """The results: `routes` with the median round of each server, `over_time`, and `memory`."""
    comparison = Comparison(binary, pocketbase, workspace)
    try:
        version = comparison.pocketbase.version()
        comparison.start()
        measured = comparison.measure(rounds, seconds, series)
        after = {server.name: resident(server.process.pid) for server in (comparison.jobraker, comparison.pocketbase)}
        comparison.stop()
    finally:
        comparison.abandon()
    routes = {
        route: {server: {**middle(runs), "bytes": size}
                for (server, runs), size in zip(measured["runs"][route].items(), comparison.bytes[route])}
        for route in measured["runs"]}
    samples = measured["memory"]
    return {
        "pocketbase": version, "rounds": rounds, "seconds": seconds, "routes": routes, "over_time": measured["over_time"],
        "memory": {"idle_mib": comparison.idle, "after_mib": after, "series": samples,
                   "peak_mib": {server: max(values) for server, values in samples["rss_mib"].items()}},
    }
