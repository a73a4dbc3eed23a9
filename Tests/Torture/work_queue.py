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
import random
import sys
import time

from appliance import BROKEN, Account, Appliance, Client, Failed, Workspace
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
# How long the queue may need at the end: the second pause is a minute and a tenth.
DRAIN_SECONDS = 100
LONG_RUN = 100


class Trial:
    def __init__(self, workspace: Workspace, options: argparse.Namespace):
        self.options = options
        self.random = random.Random(options.seed)
        self.provider = Provider(options.seed, FAILING)
        self.appliance = Appliance(options.binary, workspace.path, settings=self.provider.settings)
        self.ledger = Ledger()
        self.evidence = Evidence(self.appliance, workspace.path / "evidence")
        self.slowest_start = 0.0
        self.kills_at_start = 0
        # Of each kill under load: how many pieces of work it interrupted.
        self.interrupted: list[int] = []

    def start(self) -> None:
        self.slowest_start = max(self.slowest_start, self.appliance.start())

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
        if number > 1 and self.random.random() < 0.2:
            self.appliance.launch()
            time.sleep(self.random.uniform(0, 0.15))
            self.appliance.kill()
            self.kills_at_start += 1
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
        # On a scale that favours early kills, as in the trial of the writes.
        delay = 0.02 * (1 / 0.02) ** self.random.random()
        askers.start()
        time.sleep(delay)
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


def main() -> int:
    parser = argparse.ArgumentParser(description="SIGKILL while questions are answered in the background")
    parser.add_argument("--binary", default=".build/release/jobraker")
    parser.add_argument("--rounds", type=int, default=200, help="kills under load")
    parser.add_argument("--threads", type=int, default=6, help="concurrent clients")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--minutes", type=float, default=40, help="give up, as a failure, after this long")
    options = parser.parse_args()
    print(f"queue torture: {options.rounds} rounds, {options.threads} clients, --seed {options.seed}", flush=True)

    workspace = Workspace("queue")
    trial = Trial(workspace, options)
    step = max(1, min(20, options.rounds // 3))
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
                    f"{number:4} kills, {trial.kills_at_start} more while starting: {trial.ledger.acknowledged} questions "
                    f"acknowledged, none lost; {trial.evidence.waiting} waiting for their answer; slowest start "
                    f"{trial.slowest_start * 1000:.0f} ms; {time.monotonic() - began:.0f} s\n"
                    f"     in flight at these kills: {' '.join(map(str, trial.interrupted[-step:]))}", flush=True)
        print(trial.finish())
        passed = options.rounds
    except BROKEN as error:
        failure = error
        print(f"FAILED after {passed} good rounds (--seed {options.seed}): {type(error).__name__}: {error}")
    finally:
        trial.appliance.abandon()
        trial.provider.stop()
        # Kept on any other way out too: an interrupt, or a mistake in this program.
        workspace.close(keep=passed < options.rounds)
    print(f"{passed} passed, {1 if failure else 0} failed")
    return 1 if failure else 0


if __name__ == "__main__":
    sys.exit(main())
