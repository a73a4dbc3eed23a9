#!/usr/bin/env python3
"""Kills the server with SIGKILL at random moments while background work of many kinds flows, and closes the books at the end.

Each round: questions to the assistant, some more than once under one key; postings that are indexed, embedded and looked through
for alerts; changes of applications and announcements to everybody, which become notifications and mails; runs of schedules by
command, work that is called off or made to run again, queues that are paused and resumed. Then a kill, now and then also during
the start. A model, an embedder and a mail server are made by this program and remember what they were asked. After each kill the
files are copied and read, so that it is known exactly which work was in flight.

At the end the queue is left to finish, and then: nothing waits or runs; every acknowledged cause has had its effect in the database
once, and no effect is without a cause; each item was interrupted by exactly the kills that found it in flight. Outside, a mail
came, or the model and the embedder were asked, once more at most for each such kill.

Prints the seed; the moments of the kills follow from it, what the clients have reached by then does not.
"""

import argparse
import collections
import json
import sys
import time

import trial
from accounting import EVERY_MINUTE, Accounting
from appliance import Account, Appliance, Client, Failed, Workspace
from asking import Askers, Ledger
from clerks import Books, Clerks, set_up
from crowd import Crowd
from embeddings import Embeddings
from evidence import Evidence, check_answers
from post_office import PostOffice
from provider import Provider

STAFF, PASSWORD = "staff@example.org", "torture of staff 7392"
ACCOUNTS, ASKING, ALERTS, APPLICATIONS = 24, 2, 3, 2
# What a run is to come to.
ITEMS_PER_ROUND = 40
# In a run of so many rounds model and mail server fail now and then, until a share of the rounds is over; what failed waits for
# up to some minutes.
LONG_RUN, FAILING, FAILING_ROUNDS = 100, 0.03, 0.6
# One schedule has a slot each minute, which no kill may take away or double.
SCHEDULE = f'\n[schedule]\n{EVERY_MINUTE} = "* * * * *"\n'
# The share of rounds in which somebody has forgotten a password.
FORGETTING = 0.3
# With so many items waiting the clients slow down.
MANY_WAITING = 150
DRAIN_SECONDS = 900


class Trial(trial.Trial):
    name, folder, about = "work", "mixed-work", "SIGKILL while background work of many kinds flows"
    rounds, threads, minutes = 500, 3, 60
    threads_are = "changers of applications"
    share, often = 4, 20
    shortest, longest = 0.03, 1.2

    def __init__(self, workspace: Workspace, options: argparse.Namespace):
        super().__init__(options)
        self.workspace = workspace
        failing = FAILING if options.rounds >= LONG_RUN else 0
        self.provider, self.office = Provider(options.seed, failing), PostOffice(options.seed, failing)
        self.embeddings = Embeddings(options.seed, 0)
        self.appliance = Appliance(
            options.binary, workspace.path,
            settings=self.provider.settings + self.embeddings.table + self.office.settings + SCHEDULE)
        self.ledger, self.books = Ledger(), Books()
        self.evidence = Evidence(self.appliance, workspace.path / "evidence")
        self.staff = Account(STAFF, PASSWORD, "", float("-inf"))
        # Of each kill, also those at a start: how many pieces of work it interrupted; and of which kinds.
        self.interrupted: list[int] = []
        self.lives: dict[int, set[str]] = {}
        self.told = 0

    # MARK: Rounds

    def set_up(self) -> None:
        password = self.workspace.path / "password"
        password.write_text(PASSWORD)
        self.appliance.command("admin", "create", "--email", STAFF, "--password-file", str(password))
        self.staff.log_in_again_if_stale(self.appliance)
        set_up(self.appliance, self.books, self.staff.token, ACCOUNTS, ALERTS, APPLICATIONS)
        self.ledger.accounts = self.books.accounts[:ASKING]
        for account in self.ledger.accounts:
            with Client(self.appliance.port, account.token) as client:
                for _ in range(3):
                    status, answer = client.request("POST", "/api/v1/chat/sessions/", {})
                    if status != 201:
                        raise Failed(f"creating a session was answered with {status}: {answer}")
                    account.sessions[answer["id"]] = ("", time.time())

    def start(self) -> None:
        self.embeddings.life += 1
        super().start()

    def look(self) -> None:
        """After a kill: what it found in flight."""
        self.interrupted.append(self.evidence.collect(self.ledger))
        self.lives[self.embeddings.life] = set(self.evidence.in_flight)

    def round(self, number: int) -> None:
        # A process that is killed while it starts may have worked already.
        self.embeddings.life += 1
        if self.kill_at_start(number):
            self.look()
        self.start()
        if number == 1:
            self.set_up()
        if number > self.options.rounds * FAILING_ROUNDS:
            self.provider.failing = self.office.deferring = 0
        for account in (self.staff, *self.books.accounts):
            account.log_in_again_if_stale(self.appliance)
        self.ledger.look(self.appliance, sample=5)
        label = f"round {number}"
        crowd = Crowd(self.appliance, label)
        askers = Askers(self.appliance, self.ledger, ASKING, label, self.pause(0.05))
        askers.start()
        self.send_clerks(crowd, label, number)
        self.wait_a_while()
        crowd.expect_the_end()
        askers.expect_the_end()
        self.appliance.kill()
        askers.join()
        crowd.join()
        self.look()

    def pause(self, seconds: float) -> float:
        """Some rounds let the queue run empty, others fill it."""
        slow = 4 if self.evidence.waiting >= MANY_WAITING else 1
        return seconds * slow * self.random.choice([0.5, 1, 2])

    def send_clerks(self, crowd: Crowd, label: str, number: int) -> None:
        clerks = Clerks(crowd, self.books, self.staff.token, label, self.options.seed)
        crowd.spawn(clerks.post_jobs, self.pause(0.05))
        for account in self.random.sample(self.books.accounts, self.options.threads):
            crowd.spawn(clerks.change_statuses, account, self.pause(0.05))
        # As many as the run needs to come to its number of items, each of which makes two or three for each account.
        behind = (ITEMS_PER_ROUND * number - self.evidence.items) / (2 * ACCOUNTS)
        count = 0 if self.evidence.waiting >= MANY_WAITING else max(self.random.random() < 0.1, min(3, int(behind) + 1))
        crowd.spawn(clerks.announce, count)
        crowd.spawn(clerks.operate, self.pause(0.1))
        if self.random.random() < FORGETTING:
            crowd.spawn(clerks.forget_a_password)

    # MARK: The end

    def finish(self) -> str:
        self.provider.failing = self.office.deferring = 0
        # So that no slot comes while the books are closed.
        config = self.appliance.config
        config.write_text(config.read_text().replace("[schedule]", "[schedule]\nenabled = false"))
        self.start()
        for account in (self.staff, *self.books.accounts):
            account.log_in_again_if_stale(self.appliance)
        began = time.monotonic()
        self.settle_debts()
        self.drain(began)
        # What came in since the alerts ran last.
        self.appliance.command("schedule", "run", "process_daily_job_alerts")
        self.drain(began)
        print(f"the queue is empty {time.monotonic() - began:.0f} s after the last kill", flush=True)
        self.ledger.check_over_http(self.appliance)
        self.appliance.command("index", "verify")
        self.appliance.stop()
        self.check_file()
        if sum(self.interrupted) < self.options.rounds:
            raise Failed(f"only {sum(self.interrupted)} pieces of work were in flight at a kill; that proves little")
        return self.close_the_books()

    def settle_debts(self) -> None:
        """Queues that were left paused, announcements and questions without an answer, work that was called off in doubt."""
        for queue in sorted(self.books.paused):
            self.appliance.command("queue", "resume", queue)
        self.ledger.repeat_all(self.appliance)
        crowd = Crowd(self.appliance, "the end")
        clerks = Clerks(crowd, self.books, self.staff.token, "the end", self.options.seed)
        for _ in range(100):
            if all(one.task for one in self.books.announcements if one.sent):
                return
            clerks.announce(0)
            time.sleep(0.05)
        raise Failed("an announcement was repeated again and again, and not acknowledged")

    def drain(self, began: float) -> None:
        while True:
            self.ledger.look(self.appliance)
            queues = json.loads(self.appliance.command("queue", "status", "--json"))
            left = {queue["queue"]: queue["waiting"] + queue["running"] for queue in queues if queue["waiting"] + queue["running"]}
            if not left and not self.ledger.open:
                return
            if time.monotonic() - began > DRAIN_SECONDS:
                raise Failed(f"after {DRAIN_SECONDS} s there is work left: {left}; {self.ledger.open} questions without an end")
            time.sleep(0.25)

    def close_the_books(self) -> str:
        self.evidence.cancelled = {task for task in self.books.wishes if True in self.books.was_cancelled(task)}
        answers = check_answers(self.appliance, self.ledger, self.provider, self.evidence)
        accounting = Accounting(
            self.appliance.database, self.books, self.evidence, self.office, self.embeddings, self.lives)
        try:
            accounting.check()
            items, wanted = len(accounting.items), ITEMS_PER_ROUND * self.options.rounds
            if items < wanted and self.options.rounds >= LONG_RUN:
                raise Failed(f"only {items} items flowed, of {wanted}; that proves little")
            print(accounting.table())
            histogram = collections.Counter(self.interrupted)
            acknowledged = ", ".join(f"{count} {what}" for what, count in self.books.acknowledged.items())
            again = ", ".join(f"{count} {what}" for what, count in accounting.again.items())
            by_mail = "" if accounting.are_told_by_mail else "; this server does not tell notifications by mail"
            return (
                f"{answers}\n"
                f"{items} items at {len(self.interrupted)} kills, {sum(self.interrupted)} of them in flight at one (kills by that number: "
                f"{', '.join(f'{many} × {number}' for number, many in sorted(histogram.items()))}); acknowledged: {acknowledged}; "
                f"{accounting.slots} slots of a schedule, each once; "
                f"{sum(self.office.taken.values())} mails received{by_mail}; too many outside, all of them for work that was in flight at a "
                f"kill: {again}")
        finally:
            accounting.close()

    def progress(self) -> str:
        counts, self.told = self.interrupted[self.told:], len(self.interrupted)
        return (
            f", {self.kills_at_start} more while starting: {self.evidence.items} items, {self.evidence.waiting} waiting; in flight at each "
            f"kill since: {' '.join(map(str, counts))}")

    def close(self) -> None:
        super().close()
        for server in (self.provider, self.embeddings, self.office):
            server.stop()


if __name__ == "__main__":
    sys.exit(trial.run(Trial))
