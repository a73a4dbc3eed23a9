"""Jobs over HTTP on grown data, jobraker and PocketBase in turn: list, filtered search, full-text search, applying."""

import pathlib

import load
import questions
from dataset import Dataset, job_ids
from load import Pairs, Target
from overhttp import middle
from questions import Questions
from rival import Rival, name
from servers import Client, Failed, Jobraker, PocketBase, demand

# Route: what it is on either side.
ROUTES = {
    "job list": "the newest 20, and the total",
    "job list without total": "PocketBase with `skipTotal=true`",
    "filtered search": "1 to 4 filters, the newest 20 that match, and how many do",
    "filtered search without total": "PocketBase with `skipTotal=true`",
    "full-text search": "20 by rank with snippets, and the total / `~`, newest first, and the total",
    "full-text search without total": "PocketBase with `skipTotal=true`",
    "apply": "an application; jobraker's is durable, has a history and is counted at its job",
}
DIFFERENT = 4000
WRITERS = 8
COMPARED = 25
# Connections for the searches: with more of them PocketBase, which reads every row for each, would answer none in a round.
SEARCHERS = 4
RECORDS = "/api/collections/jobs/records"


def theirs(condition: str = "", **more: str) -> str:
    """Whole records: to leave out of the answer what our lists do not show (`fields`) takes PocketBase longer."""
    fields = {"perPage": str(questions.PAGE), "sort": "-posted_date,-created", **more}
    return f"{RECORDS}?{questions.query(fields | ({'filter': condition} if condition else {}))}"


class Comparison:
    """Both servers with the same rows, and what is asked of them."""

    def __init__(self, jobraker: Jobraker, pocketbase: PocketBase, dataset: Dataset):
        self.jobraker, self.pocketbase, self.dataset = jobraker, pocketbase, dataset
        self.targets: dict[str, list[Target]] = {}
        self.equal_counts = 0
        ours = self.jobraker.account("reader")
        their_reader = self.pocketbase.account("reader")[1]
        asking = Questions(dataset.vacancies(), seed=5)
        filters = [asking.filter_fields() for _ in range(DIFFERENT)]
        texts = [asking.text() for _ in range(DIFFERENT)]

        def pair(route: str, our_paths: list[str], their_paths: list[str]) -> None:
            connections = load.CONNECTIONS if len(our_paths) == 1 else SEARCHERS
            self.targets[route] = [
                Target(Jobraker.name, route, jobraker.port, our_paths[0], ours, paths=our_paths, connections=connections),
                Target(PocketBase.name, route, pocketbase.port, their_paths[0], their_reader, paths=their_paths, connections=connections)]

        def pairs(route: str, our_paths: list[str], conditions: list[str]) -> None:
            pair(route, our_paths, [theirs(condition) for condition in conditions])
            pair(f"{route} without total", our_paths, [theirs(condition, skipTotal="true") for condition in conditions])

        pairs("job list", [questions.LIST], [""])
        pairs("filtered search", [f"{questions.SEARCH}?{questions.query(fields)}" for fields in filters],
              [questions.their_filter(fields) for fields in filters])
        pairs("full-text search", [f"{questions.SEARCH}?{questions.query({'q': text})}" for text in texts],
              [questions.their_text(text) for text in texts])
        writers = [self.jobraker.account(f"writer{number}") for number in range(WRITERS)]
        their_writers = [self.pocketbase.account(f"writer{number}") for number in range(WRITERS)]
        self.writers = {Jobraker.name: writers, PocketBase.name: [token for _, token in their_writers]}
        self.targets["apply"] = [
            Target(Jobraker.name, "apply", jobraker.port, "/api/v1/jobs/applications/", "", pairs=Pairs(
                [(token, {"job_id": "#", "status": "submitted"}) for token in writers], job_ids(jobraker.database))),
            Target(PocketBase.name, "apply", pocketbase.port, "/api/collections/applications/records", "", pairs=Pairs(
                [(token, {"job": "#", "owner": owner, "status": "submitted"}) for owner, token in their_writers],
                [name("job", number) for number in range(dataset.jobs)]))]

    def ask(self, target: Target, path: str) -> dict:
        with Client(target.port, target.token, seconds=60) as client:
            return demand(client.request("GET", path), 200, f"{target.server} {path}")

    def check(self) -> None:
        """Demands that both find the same for the same question, as far as the questions are the same."""
        for route in ("job list", "filtered search"):
            our, their = self.targets[route]
            for our_path, their_path in list(zip(our.paths, their.paths))[:COMPARED]:
                mine, rows = self.ask(our, our_path), self.ask(their, their_path)
                titles = [[row["title"] for row in found] for found in (mine["results"], rows["items"])]
                if mine["count"] != rows["totalItems"] or titles[0] != titles[1]:
                    raise Failed(f"the servers do not find the same: {mine['count']} for {our_path}, {rows['totalItems']} for {their_path}")
                self.equal_counts += 1

    def stored(self, server: str) -> int:
        """How many applications the writers have."""
        port, path, member = {
            Jobraker.name: (self.jobraker.port, "/api/v1/jobs/applications/", "count"),
            PocketBase.name: (self.pocketbase.port, "/api/collections/applications/records?perPage=1", "totalItems"),
        }[server]
        total = 0
        for token in self.writers[server]:
            with Client(port, token, seconds=60) as client:
                total += demand(client.request("GET", path), 200, "counting the applications")[member]
        return total

    def measure(self, rounds: int, seconds: int, directory: pathlib.Path) -> dict[str, dict[str, list[dict]]]:
        """Each round takes the routes in turn and the two servers in turn."""
        for targets in self.targets.values():
            for target in targets:
                load.warm_up(target, directory)
        before = {server: self.stored(server) for server in self.writers}
        runs: dict[str, dict[str, list[dict]]] = {
            route: {target.server: [] for target in targets} for route, targets in self.targets.items()}
        for number in range(rounds):
            for route, targets in self.targets.items():
                for target in targets:
                    runs[route][target.server].append(load.run(target, seconds, directory))
            print(f"  round {number + 1} of {rounds}", flush=True)
        for server, made in runs["apply"].items():
            created = sum(run["requests"] for run in made)
            if (gained := self.stored(server) - before[server]) < created:
                raise Failed(f"{server} answered {created} applications with success and has {gained} more")
        return runs


def measure(binary: str, tools: pathlib.Path, workspace: pathlib.Path, rounds: int, seconds: int, jobs: int) -> dict:
    dataset = Dataset(jobs)
    dataset.prepare(binary, tools)
    rival = Rival(dataset, tools / "pocketbase")
    rival.prepare()
    servers: list[Jobraker | PocketBase] = []
    try:
        servers.append(dataset.open(binary, workspace)[0])
        servers.append(rival.open(workspace))
        comparison = Comparison(*servers, dataset)
        comparison.check()
        runs = comparison.measure(rounds, seconds, workspace)
        version = servers[1].version()
        for server in servers:
            server.stop()
    finally:
        for server in servers:
            server.abandon()
    return {
        "pocketbase": version, "jobs": dataset.jobs, "accounts": dataset.accounts, "applications": dataset.applications,
        "rounds": rounds, "seconds": seconds, "different": DIFFERENT, "same_answers": comparison.equal_counts,
        "routes": {route: {server: middle(made) for server, made in sides.items()} for route, sides in runs.items()},
    }
