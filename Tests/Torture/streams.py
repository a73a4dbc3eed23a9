#!/usr/bin/env python3
"""Kills the server with SIGKILL at random moments while answers are streamed to many readers, and holds all that was told together.

Each round: conversations in two tabs each, over WebSockets and Server-Sent Events; others come late, are cut and come back
behind any piece, read slowly, stop answers, have them given anew, repeat questions. The model's provider, a process of its own
with known texts, fails at every point of an answer. Then the server is killed, now and then also while it starts, or asked to
stop. The file that it left is read; and after the next start everybody comes back to what they were following.

Of every stream of which anybody had heard: one beginning and one end on each connection; every piece in its place, none twice,
none lost; the same end for everybody; what is stored is the beginning of what was said, is what was delivered where it has
ended, and lacks no more than the last second where it was cut off, which then is said.

Prints the seed; the moments of the kills follow from it, what the clients have reached by then does not.
"""

import argparse
import random
import sys
import time

import trial
from appliance import Account, Appliance, Failed, Workspace
from conversing import Conversation, Question
from crowd import Crowd
from judging import Judge
from storyteller import Ending, Storyteller

# How often a round ends with a clean stop, and how long that lets answers be: two seconds less than this.
STOPS, DRAIN_SECONDS = 0.12, 4
# Where a provider seems to be down, nothing is streamed until the next kill. No more than this share of all may be so.
UNAVAILABLE = 0.1
# In a run of so many rounds the provider fails in each of its ways.
LONG_RUN = 50


class Trial(trial.Trial):
    name, folder, about = "stream", "streams", "SIGKILL while answers are streamed"
    rounds, threads, minutes = 100, 6, 40
    threads_are = "conversations"
    share, often = 4, 10
    shortest, longest = 0.2, 6.0

    def __init__(self, workspace: Workspace, options: argparse.Namespace):
        super().__init__(options)
        self.storyteller = Storyteller(options.seed)
        self.appliance = Appliance(
            options.binary, workspace.path, settings=self.storyteller.settings, server=f"drain_seconds = {DRAIN_SECONDS}\n")
        self.judge = Judge(self.appliance, self.storyteller, workspace.path / "evidence", options.seed)
        self.accounts: list[Account] = []
        # Questions that may be asked once more.
        self.asked: list[list[Question]] = [[] for _ in range(options.threads)]
        self.stops = self.too_much = self.put_off = 0

    def set_up(self) -> None:
        for number in range(self.options.threads):
            account = Account.register(self.appliance, f"client{number}")
            self.accounts.append(account)
            self.judge.accounts[account.email] = account

    def round(self, number: int) -> None:
        self.kill_at_start(number)
        self.start()
        if number == 1:
            self.set_up()
        for account in self.accounts:
            account.log_in_again_if_stale(self.appliance)
        self.judge.ask()
        crowd = Crowd(self.appliance, f"round {number}")
        conversations = [
            Conversation(crowd, account, place, random.Random(self.random.random()), self.asked[place])
            for place, account in enumerate(self.accounts)]
        for conversation in conversations:
            crowd.spawn(conversation.run)
        self.wait_a_while()
        self.judge.was_stopped = self.random.random() < STOPS
        crowd.expect_the_end()
        ended_at = time.monotonic()
        if self.judge.was_stopped:
            self.stops += 1
            self.appliance.stop()
        else:
            self.appliance.kill()
        crowd.join()
        self.too_much += crowd.too_much
        self.put_off += crowd.put_off
        self.judge.look(crowd.book, ended_at)
        if self.judge.was_stopped:
            self.check_farewell(crowd)
        # A session has room for one more; so each of these is asked again once at most.
        self.asked = [conversation.asked[-2:] for conversation in conversations]

    @staticmethod
    def check_farewell(crowd: Crowd) -> None:
        """A server that stops lets those who follow an answer hear its end."""
        for watched in crowd.book.all():
            for witness in watched.witnesses:
                if witness.was_cut and witness.who != "who reads slowly":
                    witness.fail("was left without an end by a server that was asked to stop")

    def progress(self) -> str:
        counts = self.judge.counts
        return (
            f", {self.stops} of them stops, {self.kills_at_start} more while starting: {counts['streams']} streams, {counts['done']} done, "
            f"{counts['stopped']} stopped, {counts['failed']} failed, {counts['interrupted']} interrupted, each with one end; "
            f"{counts['pieces']} pieces on {counts['connections']} connections, {counts['came back']} came back after a kill; "
            f"{counts['pieces lost']} pieces not stored at a kill, the oldest out for {self.judge.oldest_lost:.2f} s; "
            f"{self.too_much} sockets closed as too slow")

    def finish(self) -> str:
        self.start()
        self.judge.ask()
        self.appliance.stop()
        self.check_file()
        counts = self.judge.counts
        if counts["interrupted"] < self.options.rounds or counts["done"] < self.options.rounds:
            raise Failed(f"only {counts['interrupted']} streams were interrupted and {counts['done']} done; that proves little")
        if counts["provider unavailable"] > UNAVAILABLE * counts["streams"]:
            raise Failed(f"{counts['provider unavailable']} streams had no provider; that proves little")
        missed = {*Ending.EARLY, *Ending.LATE, Ending.TOLD, Ending.TOO_MUCH} - self.judge.endings.keys()
        if missed and self.options.rounds >= LONG_RUN:
            raise Failed(f"the provider never ended an answer in these ways: {missed}")
        endings = ", ".join(f"{count} {ending}" for ending, count in self.judge.endings.most_common())
        return f"after a clean stop: one file, integrity_check and foreign_key_check clean{self.progress()}; the provider: {endings}"

    def close(self) -> None:
        super().close()
        self.storyteller.stop()


if __name__ == "__main__":
    sys.exit(trial.run(Trial))
