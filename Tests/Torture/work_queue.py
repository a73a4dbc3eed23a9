#!/usr/bin/env python3
"""Kills the server with SIGKILL at random moments while it answers questions in the background, and counts the answers.

Each round: start, look how far earlier questions are, ask `chat/chat/` from several clients, some requests more
than once under one Idempotency-Key, kill after a random while; now and then kill during the start too. A program-made
model provider answers late, now and then with an error, and remembers who asked it what. After each kill
the files are copied and read, so that it is known exactly which work was in flight.

At the end the queue is left to finish (what failed at the provider is tried again after half a minute), and then:
every acknowledged question is there once, and has one answer, its own; or it failed, as often as the
provider says. Nothing waits any more. The model was asked again only for what was in flight at a kill or had failed.

Prints the seed; the moments of the kills follow from it, what the clients have reached by then does not.
"""

import argparse
import sys
import time

import trial
from appliance import Account, Appliance, Client, Failed, Workspace
from asking import Askers, Ledger
from evidence import Evidence, check_answers
from provider import Provider

ACCOUNTS = 2
SESSIONS_PER_ACCOUNT = 3
# Questions that the provider never answers: asked once, at the beginning of a long run. They take a minute and a half
# to fail for good, and at five failures in a row the server would leave the provider alone.
HOPELESS_QUESTIONS = 3
# The share of calls that the provider fails, until FAILING_ROUNDS of the rounds are over.
FAILING = 0.05
FAILING_ROUNDS = 0.6
# With so many questions in the queue the clients slow down, so that it is also seen with few and none.
MANY_WAITING, SLOW_PAUSE = 200, 0.1
# How long the queue may need at the end: the second pause is a minute and a tenth, and what was in flight at several
# kills waits in quarantine, a quarter of a minute after the second, and twice as long after each further one.
DRAIN_SECONDS = 600
LONG_RUN = 100


class Trial(trial.Trial):
    name, folder, about = "queue", "queue", "SIGKILL while questions are answered in the background"
    rounds, threads, minutes = 200, 6, 40
    share = 3

    def __init__(self, workspace: Workspace, options: argparse.Namespace):
        super().__init__(options)
        self.provider = Provider(options.seed, FAILING)
        self.appliance = Appliance(options.binary, workspace.path, settings=self.provider.settings)
        self.ledger = Ledger()
        self.evidence = Evidence(self.appliance, workspace.path / "evidence")
        # Of each kill under load: how many pieces of work it interrupted.
        self.interrupted: list[int] = []

    def set_up(self) -> None:
        for number in range(1, ACCOUNTS + 1):
            account = Account.register(self.appliance, f"client{number}")
            with Client(self.appliance.port, account.token) as client:
                for _ in range(SESSIONS_PER_ACCOUNT):
                    status, answer = client.request("POST", "/api/v1/chat/sessions/", {})
                    if status != 201:
                        raise Failed(f"creating a session was answered with {status}: {answer}")
                    account.sessions[answer["id"]] = ("", time.time())
            self.ledger.accounts.append(account)
        if self.options.rounds >= LONG_RUN:
            for _ in range(HOPELESS_QUESTIONS):
                self.ledger.ask_hopelessly(self.appliance)

    def round(self, number: int) -> None:
        if self.kill_at_start(number):
            self.evidence.collect(self.ledger)
        self.start()
        if number == 1:
            self.set_up()
        if number > self.options.rounds * FAILING_ROUNDS:
            self.provider.failing = 0
        for account in self.ledger.accounts:
            account.log_in_again_if_stale(self.appliance)
        self.ledger.look(self.appliance, sample=20)
        # Some rounds let the queue run empty, others fill it.
        pause = self.random.choice([0.005, 0.02, 0.05]) if self.evidence.waiting < MANY_WAITING else SLOW_PAUSE
        askers = Askers(self.appliance, self.ledger, self.options.threads, f"round {number}", pause)
        askers.start()
        self.wait_a_while()
        askers.expect_the_end()
        self.appliance.kill()
        askers.join()
        self.interrupted.append(self.evidence.collect(self.ledger))

    def drain(self) -> None:
        """Repeats what is owed a repeat, and waits until all work has ended."""
        self.provider.failing = 0
        self.start()
        began = time.monotonic()
        for account in self.ledger.accounts:
            account.log_in_again_if_stale(self.appliance)
        self.ledger.repeat_all(self.appliance)
        while self.ledger.look(self.appliance):
            if time.monotonic() - began > DRAIN_SECONDS:
                raise Failed(
                    f"after {DRAIN_SECONDS} s {self.ledger.open} acknowledged questions are still not done, "
                    f"{self.ledger.example_of_open()} among them")
            time.sleep(0.25)
        print(f"the queue is empty {time.monotonic() - began:.0f} s after the last kill", flush=True)

    def finish(self) -> str:
        self.drain()
        self.ledger.check_over_http(self.appliance)
        self.appliance.stop()
        if sum(self.interrupted) < self.options.rounds:
            raise Failed(f"only {sum(self.interrupted)} pieces of work were in flight at a kill; that proves little")
        return check_answers(self.appliance, self.ledger, self.provider, self.evidence)

    def progress(self) -> str:
        return (
            f", {self.kills_at_start} more while starting: {self.ledger.acknowledged} questions acknowledged, none lost; "
            f"{self.evidence.waiting} waiting for their answer; {sum(self.interrupted)} in flight at the kills")

    def close(self) -> None:
        super().close()
        self.provider.stop()


if __name__ == "__main__":
    sys.exit(trial.run(Trial))
