#!/usr/bin/env python3
"""Copies the snapshot with `cp` at random moments under load, and holds each copy to its word.

While clients write and snapshots replace one another, `<data>/backup/jobraker.db` is copied into an empty
directory. Every copy must be whole (integrity_check, foreign_key_check), carry the snapshot's mark, and hold
each session that was acknowledged before the moment the snapshot names as its own. The last copy is restored
for good: a server starts on it, and an account logs in with its password.

With --second-opinion each copy is also read by the SQLite inside PyPI's apsw, which is newer than Debian's.
"""

import argparse
import datetime
import pathlib
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
import time

from appliance import BROKEN, Account, Appliance, Client, Failed, Workspace, Writers

# What is read from a copy; these follow the schema of the server.
SNAPSHOT_MARK = 0x4A425253  # "JBRS" as the application id of the file
SNAPSHOT_TIME = "SELECT value FROM instance WHERE key = 'snapshot_taken_at'"
SESSION_IDS = "SELECT lower(hex(id)) FROM chat_sessions"

ACCOUNTS = 4
# Keeps the database small enough that a snapshot takes a fraction of a second.
WRITER_PAUSE = 0.01


def take_snapshot(appliance: Appliance) -> None:
    """Has the running server replace its snapshot now instead of within the hour."""
    appliance.command("backup", str(appliance.data.parent / "backup-command.db"))


class Snapshots(threading.Thread):
    """Takes one snapshot after another, so that copies meet the replacement in every state."""

    def __init__(self, appliance: Appliance, seed: int):
        super().__init__(daemon=True)
        self.appliance, self.random = appliance, random.Random(seed)
        self.stopping = threading.Event()
        self.taken = 0
        self.failure: Failed | None = None

    def run(self) -> None:
        while not self.stopping.is_set():
            try:
                take_snapshot(self.appliance)
            except Failed as error:
                self.failure = Failed(f"taking a snapshot: {error}")
                return
            self.taken += 1
            self.stopping.wait(self.random.uniform(0, 0.1))


def fetch_apsw(folder: pathlib.Path):
    """apsw from PyPI, installed into a folder of this run and nowhere else."""
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target", str(folder), "apsw"],
        capture_output=True, text=True)
    if done.returncode != 0:
        raise Failed(f"pip could not fetch apsw from PyPI:\n{done.stderr.strip()}")
    sys.path.insert(0, str(folder))
    import apsw
    return apsw


def check_whole(rows, reader: str) -> None:
    """`rows` runs one statement and returns its rows, with whichever SQLite."""
    integrity = [row[0] for row in rows("PRAGMA integrity_check")]
    if integrity != ["ok"]:
        raise Failed(f"{reader}: integrity_check: {integrity[:5]}")
    orphans = rows("PRAGMA foreign_key_check")
    if orphans:
        raise Failed(f"{reader}: foreign_key_check: {orphans[:5]}")


def check_copy(path: pathlib.Path, writers: Writers, apsw) -> str:
    """Returns the moment that the copy names as its own."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        rows = lambda sql: connection.execute(sql).fetchall()
        check_whole(rows, f"SQLite {sqlite3.sqlite_version}")
        if rows("PRAGMA application_id")[0][0] != SNAPSHOT_MARK:
            raise Failed("the copy does not carry the snapshot's mark")
        taken_at = rows(SNAPSHOT_TIME)[0][0]
        present = {row[0] for row in rows(SESSION_IDS)}
    finally:
        connection.close()
    moment = datetime.datetime.fromisoformat(taken_at.replace("Z", "+00:00")).timestamp()
    if moment > time.time():
        raise Failed(f"the copy says it was taken at {taken_at}, which is still to come")
    missing = {id.replace("-", "") for id in writers.acknowledged_before(moment)} - present
    if missing:
        raise Failed(f"{len(missing)} sessions acknowledged before {taken_at} are not in the snapshot of that moment")
    if apsw is not None:
        newer = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
        try:
            newer_rows = lambda sql: list(newer.execute(sql))
            check_whole(newer_rows, f"SQLite {apsw.sqlite_lib_version()}")
            if {row[0] for row in newer_rows(SESSION_IDS)} != present:
                raise Failed("the newer SQLite reads other sessions than the older one")
        finally:
            newer.close()
    return taken_at


def check_restored_server(options: argparse.Namespace, workspace: pathlib.Path, copy: pathlib.Path, account: Account) -> None:
    restored = Appliance(options.binary, workspace, "restored")
    shutil.copy(copy, restored.database)
    try:
        restored.start()
        with Client(restored.port) as client:
            status, answer = client.request(
                "POST", "/api/v1/auth/login/", {"email": account.email, "password": account.password})
        if status != 200:
            raise Failed(f"logging in on the restored server was answered with {status}: {answer}")
        with Client(restored.port, answer["access"]) as client:
            status, page = client.request("GET", "/api/v1/chat/sessions/")
        if status != 200 or not page["results"]:
            raise Failed(f"the restored server answered {status} to the list of sessions: {page}")
        restored.stop()
        print(f"a server started on the last copy: {account.email} logs in and finds {page['count']} sessions")
    finally:
        restored.abandon()


def main() -> int:
    parser = argparse.ArgumentParser(description="copies of the snapshot under load")
    parser.add_argument("--binary", default=".build/release/jobraker")
    parser.add_argument("--copies", type=int, default=200)
    parser.add_argument("--threads", type=int, default=8, help="concurrent writers")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--second-opinion", action="store_true", help="read each copy with PyPI's apsw too")
    parser.add_argument("--minutes", type=float, default=30, help="give up, as a failure, after this long")
    options = parser.parse_args()
    print(f"backup torture: {options.copies} copies, {options.threads} writers, --seed {options.seed}", flush=True)

    workspace = Workspace("backup")
    chance = random.Random(options.seed)
    appliance = Appliance(options.binary, workspace.path)
    began = time.monotonic()
    passed, failure, moments = 0, None, set()
    step = max(1, min(20, options.copies // 4))
    try:
        apsw = fetch_apsw(workspace.path / "apsw") if options.second_opinion else None
        appliance.start()
        accounts = [Account.register(appliance, f"client{number}") for number in range(1, ACCOUNTS + 1)]
        writers = Writers(appliance, accounts, options.threads, "backup", pause=WRITER_PAUSE)
        writers.start()
        take_snapshot(appliance)
        snapshots = Snapshots(appliance, options.seed)
        snapshots.start()
        copy = workspace.path / "copy" / "jobraker.db"
        for number in range(1, options.copies + 1):
            if time.monotonic() - began > options.minutes * 60:
                raise Failed(f"out of time after {options.minutes:g} minutes")
            time.sleep(chance.uniform(0, 0.2))
            shutil.rmtree(copy.parent, ignore_errors=True)
            copy.parent.mkdir()
            subprocess.run(["cp", str(appliance.snapshot), str(copy)], check=True)
            moments.add(check_copy(copy, writers, apsw))
            if snapshots.failure or writers.failures:
                raise snapshots.failure or Failed(writers.failures[0])
            if number < options.copies:
                passed = number
            if number % step == 0:
                print(
                    f"{number:4} copies of {len(moments)} snapshots, all whole; {writers.acknowledged} writes "
                    f"acknowledged; {copy.stat().st_size // 1024} KiB; {time.monotonic() - began:.0f} s", flush=True)
        snapshots.stopping.set()
        snapshots.join(60)
        writers.stop()
        if len(moments) < max(2, options.copies // 20):
            raise Failed(f"only {len(moments)} different snapshots were met; that proves little")
        appliance.stop()
        check_restored_server(options, workspace.path, copy, accounts[0])
        passed = options.copies
    except BROKEN as error:
        failure = error
        print(f"FAILED after {passed} good copies (--seed {options.seed}): {type(error).__name__}: {error}")
    finally:
        appliance.abandon()
        workspace.close(keep=passed < options.copies)
    print(f"{passed} passed, {1 if failure else 0} failed")
    return 1 if failure else 0


if __name__ == "__main__":
    sys.exit(main())
