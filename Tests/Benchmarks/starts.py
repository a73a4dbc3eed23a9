"""How long a start takes on a database that has grown, how much memory it then holds, and the binary's size."""

import pathlib
import random
import shlex
import shutil
import socket
import statistics
import subprocess
import time

from machine import resident
from servers import READY_SECONDS, Failed, Jobraker

ARTICLES_AN_IMPORT = 1000


class Prose:
    """Made-up text with the spread of words that real text has: a few everywhere, most of them rare."""

    def __init__(self, seed: int):
        self.random = random.Random(seed)
        syllables = [a + b + c for a in "bdfgklmnprst" for b in "aeiou" for c in ("", "n", "r", "s")]
        self.words = ["".join(self.random.choices(syllables, k=self.random.randint(1, 4))) for _ in range(30_000)]
        self.weights = [1 / rank for rank in range(1, len(self.words) + 1)]

    def article(self) -> str:
        words = self.random.choices(self.words, self.weights, k=1300)
        return "\n\n".join(" ".join(words[start:start + 65]).capitalize() + "." for start in range(0, len(words), 65))


def grow(server: Jobraker, workspace: pathlib.Path, mebibytes: int) -> int:
    """Imports articles until the database file has that size; returns how many they are."""
    prose = Prose(seed=1)
    count = 0
    folder = workspace / "articles"
    while not server.database.exists() or server.database.stat().st_size < mebibytes << 20:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for _ in range(ARTICLES_AN_IMPORT):
            count += 1
            (folder / f"article-{count}.md").write_text(f"# Article {count}\n\n{prose.article()}\n")
        server.command("import", "knowledge", str(folder), seconds=300)
    shutil.rmtree(folder, ignore_errors=True)
    return count


def is_ready(port: int) -> bool:
    """Asks once, over a new connection, with as little around it as Python allows."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(b"GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            return connection.recv(4096).startswith(b"HTTP/1.1 200 ")
    except OSError:
        return False


def start(server: Jobraker) -> float:
    """Milliseconds from before the process is made to the first 200 of /readyz."""
    began = time.monotonic()
    server.launch()
    while time.monotonic() - began < READY_SECONDS:
        if is_ready(server.port):
            return (time.monotonic() - began) * 1000
        if server.process.poll() is not None:
            raise Failed(f"the server ended with {server.process.returncode} before it was ready\n{server.log_tail()}")
        time.sleep(0.001)
    raise Failed(f"the server was not ready within {READY_SECONDS:.0f} s\n{server.log_tail()}")


def stripped_size(binary: str, strip: str, workspace: pathlib.Path) -> float:
    """The binary's size without symbols, in MiB."""
    copy = workspace / "stripped"
    subprocess.run([*shlex.split(strip), binary, str(copy)], check=True, timeout=120)
    size = copy.stat().st_size / (1 << 20)
    copy.unlink()
    return size


def measure(binary: str, strip: str, workspace: pathlib.Path, starts: int, mebibytes: int) -> dict:
    server = Jobraker(binary, workspace, "grown")
    try:
        articles = grow(server, workspace, mebibytes)
        start(server)  # Reads the file into the machine's cache, and puts right what a first start does; not counted.
        server.stop()
        size = server.database.stat().st_size / (1 << 20)
        taken = []
        for number in range(starts):
            taken.append(start(server))
            if number == starts - 1:
                time.sleep(2)
                idle = resident(server.process.pid)
            server.stop()
    finally:
        server.abandon()
    return {
        "articles": articles, "database_mib": size, "starts": starts, "median_ms": statistics.median(taken),
        "slowest_ms": max(taken), "all_ms": taken, "idle_mib": idle,
        "stripped_mib": stripped_size(binary, strip, workspace),
    }
