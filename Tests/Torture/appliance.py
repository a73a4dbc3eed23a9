"""What the torture programs share: one server process, a keep-alive client, writers, and their ledger.

Only the standard library. Every process that is signalled is one that this module started, by its pid.
"""

import dataclasses
import http.client
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import threading
import time
import urllib.parse

# How long the server may take to become ready, to stop, and to answer one request.
READY_SECONDS = 30.0
STOP_SECONDS = 30.0
ANSWER_SECONDS = 15.0


class Failed(Exception):
    """Something that the server promised did not hold."""


# What ends a trial as a failed one: a broken promise, a request without an answer, a file that SQLite cannot read.
BROKEN = (Failed, OSError, http.client.HTTPException, sqlite3.Error)


def free_port() -> int:
    """A loopback port below the range that outgoing connections are given.

    The server comes back on the same port after every kill; a client's own end of a connection must not
    have taken it meanwhile.
    """
    for _ in range(100):
        port = random.SystemRandom().randrange(20000, 30000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise Failed("no free loopback port was found")


class Workspace:
    """A temporary folder; kept when the run failed, so that somebody can look at it."""

    def __init__(self, purpose: str):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix=f"jobraker-{purpose}."))

    def close(self, keep: bool) -> None:
        if keep:
            print(f"kept for inspection: {self.path}")
        else:
            shutil.rmtree(self.path, ignore_errors=True)


class Appliance:
    """One data directory, and the server process on it while there is one.

    It has the product's defaults, but no rate limits: a few clients make all the load. `settings` is more TOML, and
    `server` more of the table [server].
    """

    def __init__(self, binary: str, workspace: pathlib.Path, name: str = "data", settings: str = "", server: str = ""):
        self.binary = str(pathlib.Path(binary).resolve())
        if not os.access(self.binary, os.X_OK):
            raise SystemExit(f"There is no binary at {binary}: run `make build` first.")
        self.data = workspace / name
        self.data.mkdir(mode=0o700)
        self.config = workspace / f"{name}.toml"
        self.log = workspace / f"{name}.log"
        self.port = free_port()
        self.config.write_text(
            f'[server]\nlisten = ["127.0.0.1:{self.port}"]\n{server}\n[storage]\ndirectory = "{self.data}"\n\n'
            f'[limits]\nenabled = false\n{settings}')
        self.process: subprocess.Popen | None = None

    @property
    def database(self) -> pathlib.Path:
        return self.data / "jobraker.db"

    @property
    def snapshot(self) -> pathlib.Path:
        return self.data / "backup" / "jobraker.db"

    def launch(self) -> None:
        environment = dict(os.environ, SWIFT_BACKTRACE="enable=no")
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [self.binary, "serve", "--config", str(self.config)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment)

    def start(self, seconds: float = READY_SECONDS) -> float:
        """Starts the server, waits until it is ready, and returns how many seconds that took."""
        began = time.monotonic()
        self.launch()
        while time.monotonic() - began < seconds:
            if self.process.poll() is not None:
                raise Failed(f"the server ended with {self.process.returncode} before it was ready\n{self.log_tail()}")
            try:
                with Client(self.port, seconds=5) as client:
                    if client.request("GET", "/readyz")[0] == 200:
                        return time.monotonic() - began
            except (OSError, http.client.HTTPException):
                pass
            time.sleep(0.01)
        raise Failed(f"the server was not ready within {seconds:.0f} s\n{self.log_tail()}")

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(STOP_SECONDS)
        self.process = None

    def stop(self) -> None:
        """Asks the server to stop and demands what a clean stop promises: exit code 0, one file."""
        process, self.process = self.process, None
        process.send_signal(signal.SIGTERM)
        try:
            code = process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise Failed(f"the server did not stop within {STOP_SECONDS:.0f} s of SIGTERM") from None
        if code != 0:
            raise Failed(f"the server ended with {code} after SIGTERM\n{self.log_tail()}")
        left = [file.name for file in self.data.glob("jobraker.db-*")]
        if left:
            raise Failed(f"a clean stop left {', '.join(left)} beside the database")

    def abandon(self) -> None:
        """The way out after a failure."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def command(self, *arguments: str, seconds: float = 60) -> str:
        try:
            done = subprocess.run(
                [self.binary, *arguments, "--config", str(self.config)],
                stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=seconds)
        except subprocess.TimeoutExpired:
            raise Failed(f"jobraker {' '.join(arguments)} did not end within {seconds:g} s") from None
        if done.returncode != 0:
            raise Failed(f"jobraker {' '.join(arguments)} ended with {done.returncode}: {done.stderr.strip()}")
        return done.stdout

    def log_tail(self) -> str:
        return "\n".join("  | " + line for line in self.log.read_text(errors="replace").splitlines()[-15:])


class Client:
    """One keep-alive connection. An OSError or HTTPException means that no answer came."""

    def __init__(self, port: int, token: str | None = None, seconds: float = ANSWER_SECONDS):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
        self.headers = {"Content-Type": "application/json"}
        if token:
            self.headers["Authorization"] = "Bearer " + token

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def request(
        self, method: str, path: str, body: dict | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, dict]:
        data = None if body is None else json.dumps(body).encode()
        self.connection.request(method, path, data, {**self.headers, **(headers or {})})
        answer = self.connection.getresponse()
        raw = answer.read()
        try:
            value = json.loads(raw) if raw else {}
        except ValueError:
            value = {"not JSON": raw[:200].decode(errors="replace")}
        return answer.status, value


@dataclasses.dataclass
class Account:
    """An account and the sessions whose creation the server acknowledged to it: id to (title, when)."""

    email: str
    password: str
    token: str
    token_since: float
    sessions: dict[str, tuple[str, float]] = dataclasses.field(default_factory=dict)
    asked: int = 0

    @staticmethod
    def register(appliance: Appliance, name: str) -> "Account":
        email, password = f"{name}@example.org", f"torture of {name} 7392"
        with Client(appliance.port) as client:
            status, answer = client.request("POST", "/api/v1/auth/register/", {
                "email": email, "password": password, "password_confirm": password})
        if status != 201:
            raise Failed(f"registering {email} was answered with {status}: {answer}")
        return Account(email, password, answer["access"], time.monotonic())

    def log_in_again_if_stale(self, appliance: Appliance) -> None:
        """An access token lives an hour by default; a long run lives longer."""
        if time.monotonic() - self.token_since < 1800:
            return
        with Client(appliance.port) as client:
            status, answer = client.request(
                "POST", "/api/v1/auth/login/", {"email": self.email, "password": self.password})
        if status != 200:
            raise Failed(f"logging in as {self.email} was answered with {status}: {answer}")
        self.token, self.token_since = answer["access"], time.monotonic()

    def listed(self, appliance: Appliance) -> dict[str, str]:
        """Every session the server lists, id to title, page by page; a session listed twice is a failure."""
        found: dict[str, str] = {}
        with Client(appliance.port, self.token) as client:
            path = "/api/v1/chat/sessions/?page_size=100"
            while path:
                status, page = client.request("GET", path)
                if status == 503:
                    time.sleep(0.05)
                    continue
                if status != 200:
                    raise Failed(f"GET {path} was answered with {status}: {page}")
                for row in page["results"]:
                    if row["id"] in found:
                        raise Failed(f"session {row['id']} is listed twice")
                    found[row["id"]] = row["title"]
                following = urllib.parse.urlsplit(page["next"] or "")
                path = following.path and f"{following.path}?{following.query}"
        if len(found) != page["count"]:
            raise Failed(f"the list says {page['count']} sessions and has {len(found)}")
        return found

    def verify(self, appliance: Appliance) -> None:
        """Everything acknowledged is there as it was acknowledged, nothing twice, nothing that nobody asked for."""
        found = self.listed(appliance)
        lost = [id for id in self.sessions if id not in found]
        if lost:
            raise Failed(f"{len(lost)} acknowledged sessions of {self.email} are lost, {lost[0]} among them")
        changed = [id for id, (title, _) in self.sessions.items() if found[id] != title]
        if changed:
            raise Failed(f"session {changed[0]} does not have the title that was acknowledged")
        if len(set(found.values())) != len(found):
            raise Failed(f"{self.email} has one title twice: a request was carried out twice")
        if len(found) > self.asked:
            raise Failed(f"{self.email} has {len(found)} sessions and asked for {self.asked}")


class Writers:
    """Threads that create sessions as fast as they are answered, until they are stopped or the server is gone."""

    def __init__(self, appliance: Appliance, accounts: list[Account], threads: int, label: str, pause: float = 0.0):
        self.appliance, self.accounts, self.label, self.pause = appliance, accounts, label, pause
        self.stopping = threading.Event()
        self.end_is_near = threading.Event()
        self.lock = threading.Lock()
        self.acknowledged = 0
        self.refused = 0
        self.failures: list[str] = []
        self.threads = [threading.Thread(target=self.run, args=(number,), daemon=True) for number in range(threads)]

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    def expect_the_end(self) -> None:
        """From now on a connection that breaks is no failure: the server is about to be killed.

        The threads go on asking, so that the kill meets requests in every state.
        """
        self.end_is_near.set()

    def stop(self) -> None:
        self.stopping.set()
        self.join()

    def join(self) -> None:
        for thread in self.threads:
            thread.join(ANSWER_SECONDS + 5)
            if thread.is_alive():
                raise Failed("a request got neither an answer nor an end")
        if self.failures:
            raise Failed(self.failures[0])

    def acknowledged_before(self, moment: float) -> set[str]:
        with self.lock:
            return {
                id for account in self.accounts for id, (_, when) in account.sessions.items() if when < moment
            }

    def run(self, number: int) -> None:
        account = self.accounts[number % len(self.accounts)]
        count = 0
        with Client(self.appliance.port, account.token) as client:
            while not self.stopping.is_set():
                title = f"{self.label} {number} {count}"
                count += 1
                with self.lock:
                    account.asked += 1
                try:
                    status, answer = client.request("POST", "/api/v1/chat/sessions/", {"title": title})
                except (OSError, http.client.HTTPException) as error:
                    if not self.end_is_near.is_set():
                        self.failures.append(f"a request broke while the server was up: {error!r}")
                    return
                now = time.time()
                if status == 201 and answer.get("title") == title and "id" in answer:
                    with self.lock:
                        account.sessions[answer["id"]] = (title, now)
                        self.acknowledged += 1
                elif status == 503:
                    # The writer's queue is full: the server says so, and the session must not count as stored.
                    self.refused += 1
                    time.sleep(0.01)
                else:
                    self.failures.append(f"POST sessions/ was answered with {status}: {answer}")
                    return
                if self.pause:
                    time.sleep(random.uniform(0, 2 * self.pause))
