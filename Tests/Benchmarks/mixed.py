"""The load of a busy instance on grown data: lists, filtered searches, full-text searches and applications at fixed rates."""

import pathlib

import openloop
import wire
from dataset import Dataset
from machine import MemoryWatch, cpu_seconds
from questions import Questions
from servers import demand, Client

# Requests a second.
RATES = {"job list": 100, "filtered search": 40, "full-text search": 20, "application list": 40}
# Seconds: an instance that has been running for a while knows the skills that people ask for.
WARM_UP = 20


def requests(dataset: Dataset, tokens: list[str], seed: int):
    """Makes requests of a kind, each with other values and for some account."""
    questions = Questions(dataset.vacancies(), seed)
    paths = {"job list": questions.list_path, "filtered search": questions.filter_path, "full-text search": questions.text_path,
             "application list": questions.application_path}
    return lambda kind: wire.get(paths[kind](), questions.random.choice(tokens))


def different(shots: list[openloop.Shot]) -> dict[str, int]:
    """How many different questions there are of each kind, whoever asks them."""
    return {kind: len({shot.request.split(b" ", 2)[1] for shot in shots if shot.kind == kind}) for kind in RATES}


def measure(binary: str, tools: pathlib.Path, workspace: pathlib.Path, seconds: int, jobs: int) -> dict:
    dataset = Dataset(jobs)
    dataset.prepare(binary, tools)
    server, tokens = dataset.open(binary, workspace)
    try:
        with Client(server.port, tokens[0]) as client:
            found = demand(client.request("GET", "/api/v1/jobs/jobs/"), 200, "the list")["count"]
        # Other questions than those that count; many of the skills are the same.
        openloop.run(server.port, openloop.schedule(RATES, WARM_UP, 1, requests(dataset, tokens, 1)))
        shots = openloop.schedule(RATES, seconds, 2, requests(dataset, tokens, 2))
        watch = MemoryWatch({server.name: server.process.pid})
        cpu = cpu_seconds(server.process.pid)
        result = openloop.run(server.port, shots)
        cpu = cpu_seconds(server.process.pid) - cpu
        memory = watch.stop()
        server.stop()
    finally:
        server.abandon()
    return {
        **result, "jobs": found, "accounts": dataset.accounts, "applications": dataset.applications, "seconds": seconds,
        "warm_up": WARM_UP, "rates": RATES, "different": different(shots), "server_cpu": cpu / seconds,
        "peak_mib": max(memory["rss_mib"][server.name]),
    }
