#!/usr/bin/env python3
"""Kills the server with SIGKILL at random moments under concurrent writes, and counts what it promised.

Each round: start, check that every session ever acknowledged with a 201 is there exactly once, write from
many threads over keep-alive connections, kill after a random while; now and then kill during the start too,
when the log of the previous life is being recovered. At the end: a clean stop on SIGTERM, one file left, and
SQLite's own checks of it.

Prints the seed; the moments of the kills follow from it, what the threads have reached by then does not.
"""

import argparse
import sys

import trial
from appliance import Account, Appliance, Client, Failed, Workspace, Writers

# Beyond this an account is retired: its list is then compared by count each round and in full at the end,
# so that a round's work does not grow with the rounds before it.
SESSIONS_PER_ACCOUNT = 600
ACTIVE_ACCOUNTS = 2


class Trial(trial.Trial):
    name, folder, about = "kill", "torture", "SIGKILL under concurrent writes"
    rounds, threads, minutes = 200, 8, 40
    threads_are = "concurrent writers"
    shortest, longest = 0.005, 0.5
    longest_start = 0.08

    def __init__(self, workspace: Workspace, options: argparse.Namespace):
        super().__init__(options)
        self.appliance = Appliance(options.binary, workspace.path)
        self.active: list[Account] = []
        self.retired: list[Account] = []
        self.refused = 0

    @property
    def acknowledged(self) -> int:
        return sum(len(account.sessions) for account in self.active + self.retired)

    def round(self, number: int) -> None:
        self.kill_at_start(number)
        self.start()
        self.verify()
        self.renew_accounts()
        writers = Writers(self.appliance, self.active, self.options.threads, f"round {number}")
        writers.start()
        self.wait_a_while()
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

    def progress(self) -> str:
        return (
            f", {self.kills_at_start} more while starting: {self.acknowledged} writes acknowledged, none lost before this round; "
            f"{self.refused} refused with 503")

    def finish(self) -> str:
        self.start()
        self.verify(everything=True)
        self.appliance.stop()
        self.check_file()
        return (
            f"after a clean stop: one file, integrity_check and foreign_key_check clean, "
            f"{self.acknowledged} acknowledged writes present")


if __name__ == "__main__":
    sys.exit(trial.run(Trial))
