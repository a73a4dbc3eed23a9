#!/usr/bin/env python3
"""Kills the server with SIGKILL at random moments under concurrent writes, and counts what it promised.

Each round: start, check that every session ever acknowledged with a 201 is there exactly once, write from
many threads over keep-alive connections, kill after a random while; now and then kill during the start too,
when the log of the previous life is being recovered. At the end: a clean stop on SIGTERM, one file left, and
SQLite's own checks of it.

Prints the seed; the moments of the kills follow from it, what the threads have reached by then does not.
"""

import argparse
import random
import sqlite3
import sys
import time

from appliance import BROKEN, Account, Appliance, Client, Failed, Workspace, Writers

# Beyond this an account is retired: its list is then compared by count each round and in full at the end,
# so that a round's work does not grow with the rounds before it.
SESSIONS_PER_ACCOUNT = 600
ACTIVE_ACCOUNTS = 2


class Trial:
    def __init__(self, appliance: Appliance, options: argparse.Namespace):
        self.appliance = appliance
        self.threads = options.threads
        self.random = random.Random(options.seed)
        self.active: list[Account] = []
        self.retired: list[Account] = []
        self.slowest_start = 0.0
        self.kills_at_start = 0
        self.refused = 0

    @property
    def acknowledged(self) -> int:
        return sum(len(account.sessions) for account in self.active + self.retired)

    def start(self) -> None:
        self.slowest_start = max(self.slowest_start, self.appliance.start())

    def round(self, number: int) -> None:
        if number > 1 and self.random.random() < 0.2:
            self.appliance.launch()
            time.sleep(self.random.uniform(0, 0.08))
            self.appliance.kill()
            self.kills_at_start += 1
        self.start()
        self.verify()
        self.renew_accounts()
        writers = Writers(self.appliance, self.active, self.threads, f"round {number}")
        # The moment is drawn on a scale that favours early kills: the first writes after a recovery are
        # as interesting as a full log.
        delay = 0.005 * (0.5 / 0.005) ** self.random.random()
        writers.start()
        time.sleep(delay)
        writers.expect_the_end()
        self.appliance.kill()
        writers.join()
        self.refused += writers.refused

    def renew_accounts(self) -> None:
        full = [account for account in self.active if len(account.sessions) >= SESSIONS_PER_ACCOUNT]
        self.retired += full
        self.active = [account for account in self.active if account not in full]
        while len(self.active) < ACTIVE_ACCOUNTS:
            name = f"client{len(self.active) + len(self.retired) + 1}"
            self.active.append(Account.register(self.appliance, name))
        for account in self.active:
            account.log_in_again_if_stale(self.appliance)

    def verify(self, everything: bool = False) -> None:
        for account in self.active:
            account.verify(self.appliance)
        for account in self.retired:
            account.log_in_again_if_stale(self.appliance)
            if everything:
                account.verify(self.appliance)
            else:
                self.verify_count(account)

    def verify_count(self, account: Account) -> None:
        """A retired account writes no more, so its number of sessions may no longer change."""
        with Client(self.appliance.port, account.token) as client:
            status, page = client.request("GET", "/api/v1/chat/sessions/?page_size=1")
        if status != 200:
            raise Failed(f"the list of {account.email} was answered with {status}: {page}")
        if not len(account.sessions) <= page["count"] <= account.asked:
            raise Failed(
                f"{account.email} has {page['count']} sessions; {len(account.sessions)} were acknowledged, "
                f"{account.asked} asked for")

    def finish(self) -> None:
        self.start()
        self.verify(everything=True)
        self.appliance.stop()
        connection = sqlite3.connect(f"file:{self.appliance.database}?mode=ro", uri=True)
        try:
            integrity = [row[0] for row in connection.execute("PRAGMA integrity_check")]
            orphans = connection.execute("PRAGMA foreign_key_check").fetchall()
        finally:
            connection.close()
        if integrity != ["ok"]:
            raise Failed(f"integrity_check: {integrity[:5]}")
        if orphans:
            raise Failed(f"foreign_key_check: {orphans[:5]}")


def main() -> int:
    parser = argparse.ArgumentParser(description="SIGKILL under concurrent writes")
    parser.add_argument("--binary", default=".build/release/jobraker")
    parser.add_argument("--rounds", type=int, default=200, help="kills under load")
    parser.add_argument("--threads", type=int, default=8, help="concurrent writers")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--minutes", type=float, default=40, help="give up, as a failure, after this long")
    options = parser.parse_args()
    print(f"kill torture: {options.rounds} rounds, {options.threads} writers, --seed {options.seed}", flush=True)

    workspace = Workspace("torture")
    trial = Trial(Appliance(options.binary, workspace.path), options)
    step = max(1, min(20, options.rounds // 4))
    began = time.monotonic()
    passed, failure = 0, None
    try:
        for number in range(1, options.rounds + 1):
            if time.monotonic() - began > options.minutes * 60:
                raise Failed(f"out of time after {options.minutes:g} minutes")
            trial.round(number)
            # A round is judged by the start of the next one.
            passed = number - 1
            if number % step == 0:
                print(
                    f"{number:4} kills, {trial.kills_at_start} more while starting: {trial.acknowledged} writes "
                    f"acknowledged, none lost before this round; slowest start {trial.slowest_start * 1000:.0f} ms; "
                    f"{trial.refused} refused with 503; {time.monotonic() - began:.0f} s", flush=True)
        trial.finish()
        passed = options.rounds
        print(
            f"after a clean stop: one file, integrity_check and foreign_key_check clean, "
            f"{trial.acknowledged} acknowledged writes present")
    except BROKEN as error:
        failure = error
        print(f"FAILED after {passed} good rounds (--seed {options.seed}): {type(error).__name__}: {error}")
    finally:
        trial.appliance.abandon()
        # Kept on any other way out too: an interrupt, or a mistake in this program.
        workspace.close(keep=passed < options.rounds)
    print(f"{passed} passed, {1 if failure else 0} failed")
    return 1 if failure else 0


if __name__ == "__main__":
    sys.exit(main())
