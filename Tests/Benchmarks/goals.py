"""What the figures must show, and whether they do."""

import dataclasses


@dataclasses.dataclass
class Goal:
    """One figure beside its bound."""

    text: str
    value: float
    bound: float
    unit: str
    at_least: bool

    @property
    def met(self) -> bool:
        return self.value >= self.bound if self.at_least else self.value <= self.bound

    @property
    def row(self) -> list[str]:
        return [self.text, number(self.value, self.unit), ("≥ " if self.at_least else "≤ ") + number(self.bound, self.unit),
                "PASS" if self.met else "MISSED"]


def number(value: float, unit: str = "") -> str:
    """Three significant digits, or the whole number: more would promise what nobody measured."""
    if isinstance(value, int) or value >= 100:
        text = f"{value:,.0f}".replace(",", " ")
    else:
        text = f"{value:.1f}" if value >= 10 else f"{value:.2f}"
    return text + (unit if unit == "×" else f" {unit}" if unit else "")


def at_least(text: str, value: float, bound: float, unit: str) -> Goal:
    return Goal(text, value, bound, unit, True)


def at_most(text: str, value: float, bound: float, unit: str) -> Goal:
    return Goal(text, value, bound, unit, False)


def ratio(routes: dict, route: str) -> float:
    sides = routes[route]
    return sides["jobraker"]["requests_per_second"] / sides["PocketBase"]["requests_per_second"]


def judge(results: dict) -> list[Goal]:
    """The goals that the measured parts speak of."""
    goals = []
    if writes := results.get("writes"):
        rate = lambda disk, callers, mode: writes["cases"][disk][callers][mode]["writes_per_second"]
        goals += [
            at_least("group commit, 32 callers: against one transaction a call, FULL",
                     rate("here", "32", "group") / rate("here", "32", "single-full"), 8, "×"),
            at_least("group commit, 128 callers, each sync 4 ms slower",
                     rate("slow", "128", "group"), 10_000, "writes/s"),
        ]
    if http := results.get("http"):
        goals += [
            at_least("`me/` against PocketBase's get-one", ratio(http["routes"], "me"), 4, "×"),
            at_least("list of 20 against PocketBase's", ratio(http["routes"], "list"), 6, "×"),
            at_least("durable create against PocketBase's create", ratio(http["routes"], "create"), 4, "×"),
        ]
    if memory := (results.get("http") or results.get("memory") or {}).get("memory"):
        goals += [
            at_most("most memory under load (the bound is PocketBase's)",
                    memory["peak_mib"]["jobraker"], memory["peak_mib"]["PocketBase"], "MiB"),
            at_most("memory when idle, 2 s after a start on new data", memory["idle_mib"]["jobraker"], 32, "MiB"),
        ]
    if start := results.get("start"):
        goals += [
            at_most("memory when idle, 2 s after a start on a grown database", start["idle_mib"], 32, "MiB"),
            at_most(f"slowest of {start['starts']} starts on a database of {number(start['database_mib'], 'MiB')}",
                    start["slowest_ms"], 150, "ms"),
            at_most("stripped binary", start["stripped_mib"], 40, "MiB"),
        ]
    if mixed := results.get("mixed"):
        where = f"{number(mixed['jobs'])} jobs, {sum(mixed['rates'].values())} requests/s of four kinds"
        goals += [
            at_most(f"{where}: p99 of all", mixed["all"]["p99_ms"], 20, "ms"),
        ]
    if jobs := results.get("jobs"):
        among = f"among {number(jobs['jobs'])} jobs"
        goals += [
            at_least(f"job list {among} against PocketBase's", ratio(jobs["routes"], "job list"), 6, "×"),
            at_least(f"filtered search {among} against PocketBase's", ratio(jobs["routes"], "filtered search"), 6, "×"),
            at_least(f"full-text search {among} against PocketBase's `~`", ratio(jobs["routes"], "full-text search"), 6, "×"),
            at_least("applying, durably, against PocketBase's", ratio(jobs["routes"], "apply"), 4, "×"),
        ]
    if sockets := results.get("sockets"):
        ours, theirs, deltas = sockets["held"]["jobraker"], sockets["held"]["PocketBase"], sockets["deltas"]
        idle = f"{number(sockets['sockets'])} idle sockets"
        goals += [
            at_most(f"{idle}: memory of each", ours["kib"], 24, "KiB"),
            at_most(f"{idle}: memory of each (the bound is PocketBase's)", ours["kib"], theirs["kib"], "KiB"),
            at_most(f"{idle}: a push to all of them", ours["push_s"], 1, "s"),
            at_most(f"{idle} and {deltas['streams']} answers at {deltas['rate']} pieces/s: p99 of a piece's delay",
                    deltas["p99_ms"], 20, "ms"),
        ]
    return goals
