"""The frame of a benchmark that prints tables as they come, and then a verdict on each goal."""

import pathlib
import subprocess
import sys
from collections.abc import Callable, Iterable

from goals import Goal
from report import Table
from servers import BROKEN

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Torture"))
from appliance import Workspace  # noqa: E402


def run(purpose: str, quick: bool, measure: Callable[[Workspace], Iterable[tuple[Table, list[Goal]]]]) -> int:
    """The exit code: 1 when something broke, or when a goal was missed that counts."""
    workspace, failure = Workspace(purpose), None
    goals: list[Goal] = []
    try:
        for table, found in measure(workspace):
            print(table.text(), end="\n\n", flush=True)
            goals += found
        print(Table("goals", ["", "measured", "goal", ""], [goal.row for goal in goals]).text())
    except (*BROKEN, subprocess.TimeoutExpired, ValueError, KeyError) as error:
        failure = error
        print(f"FAILED: {type(error).__name__}: {error}")
    finally:
        workspace.close(keep=failure is not None)
    missed = [goal for goal in goals if not goal.met]
    return 1 if failure or (missed and not quick) else 0
