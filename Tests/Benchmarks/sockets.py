"""Connections that wait, and answers that are written into some: memory, how long it takes to tell everybody, delay of each piece.

Jobraker holds idle notification sockets, ten for each account as the product allows, and is told by a member of the staff
to announce something to all; then, with these still open, answers are streamed into chats. PocketBase holds as many
realtime connections, each subscribed to a collection, and a record is created in it. Clients and the model's provider are
processes of their own (`holder.py`, `talkers.py`, `deltas.py`) on the same machine, and share its cores.
"""

import pathlib
import resource
import statistics
import time

import deltas
import wire
from crowd import Crowd
from dataset import SETTINGS
from helper import Helper
from holder import Holder
from machine import cpu_seconds, resident
from servers import Client, Failed, Jobraker, PocketBase, demand
from talkers import Talkers

PER_ACCOUNT = 10
RATE = 30
# Beside the connections: databases, libraries, logs.
OTHER_FILES = 256
SETTLE_SECONDS = 2
OPEN_SECONDS = 300
PUSH_SECONDS = 60
TITLE = "Maintenance {} of the night"
MESSAGE = "The server will be away from two to three o'clock. Nothing is lost, and nothing needs to be done."
ANNOUNCEMENTS = {
    "name": "announcements", "listRule": '@request.auth.id != ""', "viewRule": '@request.auth.id != ""',
    "fields": [{"name": "title", "type": "text", "max": 200}, {"name": "message", "type": "text", "max": 5000}],
}
TOPIC = "announcements/*"


def allow_files(count: int) -> None:
    """Raises the limit of open files, which the processes made from here on have too."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < count:
        raise Failed(f"a process may open {hard} files here, and {count} are needed: raise the limit (ulimit -Hn)")
    if soft != resource.RLIM_INFINITY and soft < count:
        resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))


class Held:
    """The idle connections of one server: opened, told things, and weighed."""

    def __init__(self, server: Jobraker | PocketBase, holder: Helper):
        self.pid, self.holder = server.process.pid, holder
        time.sleep(SETTLE_SECONDS)
        self.found: dict = {"before_mib": resident(self.pid)}

    def open(self, method: str, *arguments) -> int:
        opened = self.holder.ask(method, *arguments, seconds=OPEN_SECONDS)
        time.sleep(SETTLE_SECONDS)
        count, memory = opened["open"], resident(self.pid)
        if count == 0:
            raise Failed(opened["failure"])
        self.found |= {"connections": count, "failure": opened["failure"], "open_s": opened["seconds"], "open_mib": memory,
                       "kib": (memory - self.found["before_mib"]) * 1024 / count}
        return count

    def push(self, send, rounds: int) -> None:
        """`send` is given what to call it, and returns the moment before it sent."""
        taken, cpu, client = [], cpu_seconds(self.pid), self.holder.cpu
        for number in range(rounds):
            title = TITLE.format(number)
            self.holder.ask("expect", title)
            began = send(title)
            taken.append((self.holder.ask("told_all", PUSH_SECONDS, seconds=PUSH_SECONDS + 10) - began) / 1e9)
            time.sleep(SETTLE_SECONDS)
        self.found |= {"push_s": statistics.median(taken), "slowest_push_s": max(taken), "pushed_mib": resident(self.pid),
                       "push_cpu_s": (cpu_seconds(self.pid) - cpu) / rounds, "push_client_cpu_s": (self.holder.cpu - client) / rounds}


def pusher(client: Client, path: str, status: int, body: dict):
    def send(title: str) -> int:
        began = time.monotonic_ns()
        demand(client.request("POST", path, {"title": title, "message": MESSAGE, **body}), status, "telling everybody")
        return began

    return send


def sessions(port: int, tokens: list[str]) -> list[tuple[str, str]]:
    """A chat for each of the tokens: its socket's path, and the token."""
    chats = []
    for token in tokens:
        with Client(port, token) as client:
            made = demand(client.request("POST", "/api/v1/chat/sessions/", {"title": "bench"}), 201, "a session")
        chats.append((f"/ws/chat/{made['id']}/", token))
    return chats


def stream(server: Jobraker, holder: Helper, provider: Helper, port: int, tokens: list[str], seconds: int) -> dict:
    """The delays of the pieces, of the same without a server between, and what each process took meanwhile."""
    with Helper(Talkers) as talkers:
        direct = min(seconds, 10)
        provider.ask("set_seconds", direct)
        floor = talkers.ask("ask_provider", port, len(tokens), RATE, direct, seconds=3 * direct + 60)
        provider.ask("set_seconds", seconds)
        chats = sessions(server.port, tokens)
        processes = {"server": lambda: cpu_seconds(server.process.pid), "provider": lambda: provider.cpu, "holder": lambda: holder.cpu}
        cpu = {name: used() for name, used in processes.items()}
        found = talkers.ask("ask_server", server.port, chats, RATE, seconds, seconds=3 * seconds + 90)
        cpu = {name: (used() - cpu[name]) / found["took_s"] for name, used in processes.items()}
    return {**found, "floor": floor, "cpu": {**cpu, "talkers": found["client_cpu"]}, "rate": RATE, "seconds": seconds,
            "memory_mib": resident(server.process.pid)}


def ours(binary: str, workspace: pathlib.Path, crowd: Crowd, count: int, streams: int, seconds: int, rounds: int) -> tuple[dict, dict]:
    with Helper(deltas.Provider, RATE, seconds) as provider, Helper(Holder) as holder:
        port = provider.ask("open")
        room = count + streams + OTHER_FILES
        server = Jobraker(binary, workspace, settings=SETTINGS + deltas.settings(port), server=f"max_connections = {room}\n")
        crowd.copy(server)
        try:
            server.start()
            tokens, staff = crowd.tokens(server.port), crowd.staff(server.port)
            server.stop()
            # Anew, so that memory which a login has taken and given back does not serve the sockets.
            server.start()
            held = Held(server, holder)
            if held.open("open_sockets", server.port, "/ws/notifications/", (tokens * PER_ACCOUNT)[:count]) < count:
                raise Failed(f"only {held.found['connections']} sockets could be opened: {held.found['failure']}")
            with Client(server.port, staff) as client:
                held.push(pusher(client, "/api/v1/notifications/notifications/", 201, {"all": True}), rounds)
            chats = stream(server, holder, provider, port, tokens[:streams], seconds)
            holder.ask("close")
            server.stop()
        finally:
            server.abandon()
    return held.found, chats


def theirs(binary: pathlib.Path, workspace: pathlib.Path, count: int, rounds: int) -> tuple[dict, str]:
    """As many as it holds: its figures are of those."""
    server = PocketBase(binary, workspace)
    with Helper(Holder) as holder:
        try:
            version = server.version()
            server.start()
            administrator = server.administrator()
            server.set_up(administrator, ANNOUNCEMENTS)
            _, token = server.account("reader")
            server.stop()
            server.start()
            held = Held(server, holder)
            held.open("open_events", server.port, "/api/realtime", token, TOPIC, count)
            with Client(server.port, administrator, seconds=PUSH_SECONDS) as client:
                held.push(pusher(client, "/api/collections/announcements/records", 200, {}), rounds)
            holder.ask("close")
            server.stop()
        finally:
            server.abandon()
    return held.found, version


def measure(
    binary: str, pocketbase: pathlib.Path, workspace: pathlib.Path, count: int, streams: int, seconds: int, rounds: int
) -> dict:
    allow_files(count + streams + OTHER_FILES)
    crowd = Crowd(max(streams, -(-count // PER_ACCOUNT)))
    crowd.prepare(binary)
    mine, chats = ours(binary, workspace, crowd, count, streams, seconds, rounds)
    other, version = theirs(pocketbase, workspace, count, rounds)
    return {"sockets": count, "accounts": crowd.accounts, "rounds": rounds, "pocketbase": version, "deltas": chats,
            "held": {Jobraker.name: mine, PocketBase.name: other}}
