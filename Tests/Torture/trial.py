"""What a torture program is made of: its options, its rounds, and how it says at the end what came of them."""

import argparse
import random
import sqlite3
import time

from appliance import BROKEN, Appliance, Failed, Workspace


class Trial:
    """One run. A kind of trial says what a round does, how far it is, and what has to hold at the end."""

    # What it is called where it is printed, the folder that it leaves after a failure, and what it is about.
    name, folder, about = "", "", ""
    rounds, threads, minutes = 100, 8, 30
    threads_are = "concurrent clients"
    # After how many rounds it says how far it is: after this share of them, and at least so often.
    share, often = 4, 20
    # On a scale that favours early kills: the first requests after a recovery are as interesting as a full log.
    shortest, longest = 0.02, 1.0
    # How long a kill during the start lets it come.
    longest_start = 0.15

    appliance: Appliance

    def __init__(self, options: argparse.Namespace):
        self.options = options
        self.random = random.Random(options.seed)
        self.slowest_start = 0.0
        self.kills_at_start = 0

    def round(self, number: int) -> None:
        raise NotImplementedError

    def progress(self) -> str:
        raise NotImplementedError

    def finish(self) -> str:
        raise NotImplementedError

    def close(self) -> None:
        self.appliance.abandon()

    def start(self) -> None:
        self.slowest_start = max(self.slowest_start, self.appliance.start())

    def kill_at_start(self, number: int) -> bool:
        """Now and then the server is killed while it recovers the log of its previous life."""
        if number == 1 or self.random.random() >= 0.2:
            return False
        self.appliance.launch()
        time.sleep(self.random.uniform(0, self.longest_start))
        self.appliance.kill()
        self.kills_at_start += 1
        return True

    def wait_a_while(self) -> None:
        time.sleep(self.shortest * (self.longest / self.shortest) ** self.random.random())

    def check_file(self) -> None:
        """SQLite's own checks of the file that a clean stop left."""
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


def run(kind: type[Trial]) -> int:
    """The whole program, from its options to its exit code."""
    parser = argparse.ArgumentParser(description=kind.about)
    parser.add_argument("--binary", default=".build/release/jobraker")
    parser.add_argument("--rounds", type=int, default=kind.rounds, help="kills under load")
    parser.add_argument("--threads", type=int, default=kind.threads, help=kind.threads_are)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--minutes", type=float, default=kind.minutes, help="give up, as a failure, after this long")
    options = parser.parse_args()
    print(f"{kind.name} torture: {options.rounds} rounds, {options.threads} {kind.threads_are}, --seed {options.seed}", flush=True)

    workspace = Workspace(kind.folder)
    trial = kind(workspace, options)
    step = max(1, min(kind.often, options.rounds // kind.share))
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
                    f"{number:4} kills{trial.progress()}; slowest start {trial.slowest_start * 1000:.0f} ms; "
                    f"{time.monotonic() - began:.0f} s", flush=True)
        print(trial.finish())
        passed = options.rounds
    except BROKEN as error:
        failure = error
        print(f"FAILED after {passed} good rounds (--seed {options.seed}): {type(error).__name__}: {error}")
    finally:
        trial.close()
        # Kept on any other way out too: an interrupt, or a mistake in this program.
        workspace.close(keep=passed < options.rounds)
    print(f"{passed} passed, {1 if failure else 0} failed")
    return 1 if failure else 0
