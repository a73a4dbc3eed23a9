"""Celery with Redis, as the benchmark of background work starts it: on loopback, in a folder of its own."""

import json
import os
import pathlib
import select
import signal
import socket
import struct
import subprocess
import time

from servers import READY_SECONDS, STOP_SECONDS, Failed, free_port

HERE = pathlib.Path(__file__).resolve().parent
# Producers are processes: one of Python's own would be the bottleneck sooner.
PRODUCERS = 2
CONCURRENCY = 2
# As `tasks.py` writes it: the item's number, and when it began.
RECORD = struct.Struct("<qd")

# What the worker is told. The results' way to Redis is there where the settings name it.
CAREFUL = {
    "task_acks_late": True, "worker_prefetch_multiplier": 1, "task_ignore_result": False, "result_expires": 3600,
}
DEFAULTS = {"task_ignore_result": True}


def ended(process: subprocess.Popen, name: str, by: int = signal.SIGTERM) -> None:
    """Ends a process and what it has started, which are a group of their own."""
    if process.poll() is None:
        process.send_signal(by)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            pass
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    if process.poll() is None:
        process.wait()
        raise Failed(f"{name} did not end within {STOP_SECONDS:.0f} s")


class Redis:
    """Debian's redis-server, which appends each command to a file and syncs that always or every second.

    It writes no snapshots beside that: they would only cost it time.
    """

    def __init__(self, workspace: pathlib.Path, fsync: str):
        self.folder = workspace / "redis"
        self.folder.mkdir(parents=True)
        self.port = free_port()
        self.log = workspace / "redis.log"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                ["redis-server", "--bind", "127.0.0.1", "--port", str(self.port), "--dir", str(self.folder), "--save", "",
                 "--appendonly", "yes", "--appendfsync", fsync, "--daemonize", "no"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        deadline = time.monotonic() + READY_SECONDS
        while True:
            if self.process.poll() is not None:
                raise Failed(f"redis-server ended with {self.process.returncode}\n{self.log.read_text(errors='replace')}")
            try:
                if self.ask("PING") == "PONG":
                    break
            except OSError:
                pass
            if time.monotonic() > deadline:
                self.stop()
                raise Failed(f"redis-server was not ready within {READY_SECONDS:.0f} s")
            time.sleep(0.02)
        found = self.ask("CONFIG", "GET", "appendfsync")
        if found != ["appendfsync", fsync]:
            self.stop()
            raise Failed(f"redis-server has other settings than asked for: {found}")

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def ask(self, *words: str) -> str | int | list | None:
        """One command of Redis's protocol, on a connection of its own."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
            connection.sendall(f"*{len(words)}\r\n".encode() + b"".join(
                f"${len(word.encode())}\r\n{word}\r\n".encode() for word in words))
            with connection.makefile("rb") as lines:
                return read(lines)

    def version(self) -> str:
        return str(self.ask("INFO", "server")).split("redis_version:")[1].split()[0]

    def left(self) -> int:
        """Items that wait, or that a worker has and has not yet acknowledged."""
        return self.ask("LLEN", "celery") + self.ask("HLEN", "unacked")

    def stop(self) -> None:
        ended(self.process, "redis-server")


def read(lines) -> str | int | list | None:
    line = lines.readline().rstrip(b"\r\n")
    kind, rest = line[:1], line[1:].decode()
    if kind == b"-" or not line:
        raise Failed(f"Redis answered: {rest or 'nothing'}")
    if kind == b":":
        return int(rest)
    if kind == b"$":
        return None if rest == "-1" else lines.read(int(rest) + 2)[:-2].decode()
    if kind == b"*":
        return [read(lines) for _ in range(int(rest))]
    return rest


class Celery:
    """A worker and its Redis, ready to take work."""

    def __init__(self, python: pathlib.Path, workspace: pathlib.Path, fsync: str, settings: dict):
        self.python = str(python)
        self.records = workspace / "records"
        self.records.mkdir(parents=True)
        self.log = workspace / "celery.log"
        self.redis = Redis(workspace, fsync)
        everything = {"broker_url": self.redis.url, "broker_connection_retry_on_startup": True, **settings}
        if not settings["task_ignore_result"]:
            everything["result_backend"] = self.redis.url
        self.environment = dict(
            os.environ, BENCH_CELERY=json.dumps(everything), BENCH_RECORDS=str(self.records), PYTHONDONTWRITEBYTECODE="1")
        self.worker: subprocess.Popen | None = None

    def __enter__(self) -> "Celery":
        try:
            with self.log.open("ab") as log:
                self.worker = subprocess.Popen(
                    [self.python, "-m", "celery", "-A", "tasks", "worker", "--concurrency", str(CONCURRENCY), "--loglevel", "WARNING"],
                    cwd=HERE, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        except BaseException:
            self.redis.stop()
            raise
        return self

    def __exit__(self, *_) -> None:
        try:
            ended(self.worker, "the Celery worker")
        finally:
            self.redis.stop()

    def version(self) -> str:
        done = subprocess.run(
            [self.python, "-c", "import celery; print(celery.__version__)"], capture_output=True, text=True, check=True, timeout=60)
        return done.stdout.strip()

    def begun(self) -> list[tuple[int, float]]:
        """What the worker's processes have noted, without the items that only tried whether it is there."""
        found = []
        for file in self.records.iterdir():
            data = file.read_bytes()
            found += RECORD.iter_unpack(data[:len(data) // RECORD.size * RECORD.size])
        return [(number, at) for number, at in found if number >= 0]

    def count(self) -> int:
        return sum(file.stat().st_size for file in self.records.iterdir()) // RECORD.size

    def order(self, items: int, rate: float, seconds: float) -> dict:
        """Orders so many items and waits until all are done: `began`, `ordered` and `ended`, `late` of each order, `begun` of each."""
        # What an order that was too much has left.
        self.wait(lambda: self.redis.left() == 0, 120, "earlier items")
        time.sleep(0.2)
        for file in self.records.iterdir():
            file.write_bytes(b"")
        with self.log.open("ab") as log:
            producers = [
                subprocess.Popen(
                    [self.python, "producer.py", str(place), str(PRODUCERS), str(items), str(rate)], cwd=HERE, env=self.environment,
                    stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True)
                for place in range(PRODUCERS)]
        try:
            for producer in producers:
                if self.line(producer, READY_SECONDS) != "ready":
                    raise Failed(f"a producer did not get ready\n{self.log_tail()}")
            self.wait(lambda: self.count() >= PRODUCERS and self.redis.left() == 0, READY_SECONDS, "the worker's first items")
            began = time.monotonic() + 0.2
            for producer in producers:
                producer.stdin.write(f"{began}\n")
                producer.stdin.flush()
            wanted = items + PRODUCERS
            self.wait(lambda: self.count() >= wanted, seconds, f"{items} items", every=0.005)
            # An item is done when the worker has told Redis so. What that takes behind the last one is small, and asked for closely.
            self.wait(lambda: self.redis.left() == 0, 30, "the last acknowledgements", every=0.002)
            ended_at = time.monotonic()
            told = [json.loads(self.line(producer, 30)) for producer in producers]
        finally:
            for producer in producers:
                producer.stdin.close()
                if producer.poll() is None:
                    try:
                        producer.wait(5)
                    except subprocess.TimeoutExpired:
                        producer.kill()
                        producer.wait()
                producer.stdout.close()
        begun = dict(self.begun())
        if len(begun) != items or self.count() != wanted:
            raise Failed(f"{items} items were ordered from Celery, and {self.count() - PRODUCERS} runs of {len(begun)} were noted")
        return {"began": began, "ordered": max(one["ended"] for one in told), "ended": ended_at, "begun": begun,
                "late": [late for one in told for late in one["late"]]}

    def wait(self, holds, seconds: float, what: str, every: float = 0.02) -> None:
        deadline = time.monotonic() + seconds
        while not holds():
            if self.worker.poll() is not None:
                raise Failed(f"the Celery worker ended with {self.worker.returncode}\n{self.log_tail()}")
            if time.monotonic() > deadline:
                raise TooSlow(f"Celery was not through with {what} within {seconds:.0f} s: {self.count()} are\n{self.log_tail()}")
            time.sleep(every)

    def line(self, producer: subprocess.Popen, seconds: float) -> str:
        if not select.select([producer.stdout], [], [], seconds)[0]:
            raise Failed(f"a producer said nothing for {seconds:.0f} s\n{self.log_tail()}")
        line = producer.stdout.readline().strip()
        if not line:
            raise Failed(f"a producer ended early\n{self.log_tail()}")
        return line

    def log_tail(self) -> str:
        return "\n".join("  | " + line for line in self.log.read_text(errors="replace").splitlines()[-15:])


class TooSlow(Failed):
    """It works, but not at this pace."""
