"""Tables and goals of what work_items.py measured."""

import pathlib

from goals import Goal, at_least, at_most, number
from report import Table

BEGIN, END = "<!-- bench-queue:start -->", "<!-- bench-queue:end -->"
OURS = "jobraker"


def median(runs: list[dict], key: str) -> dict | None:
    """The run whose figure is the median of all; of an even number the lower one."""
    ordered = sorted((run for run in runs if run), key=lambda run: run[key])
    return ordered[(len(ordered) - 1) // 2] if ordered else None


def case(results: dict, name: str) -> dict:
    return median([run["rates"][name] for run in results["runs"][OURS]], "items_per_second")


def delay(results: dict, name: str) -> dict | None:
    """Of the rounds at the lowest rate that any of them came down to."""
    found = [run["delay"] for run in results["runs"][name] if run["delay"]]
    lowest = min((one["rate"] for one in found), default=None)
    return median([one for one in found if one["rate"] == lowest], "p99_ms")


def rivals(results: dict) -> list[str]:
    return [name for name in results["runs"] if name != OURS]


def judge(results: dict) -> list[Goal]:
    if OURS not in results["runs"]:
        return []
    soon = delay(results, OURS)
    names = list(results["runs"][OURS][0]["rates"])
    return [
        *(at_least(f"durable items a second, {name}", case(results, name)["items_per_second"], 5000, "items/s") for name in names[:2]),
        at_most(f"from the order to the start at {soon['rate']} items/s, p50", soon["p50_ms"], 10, "ms"),
        at_most(f"from the order to the start at {soon['rate']} items/s, p99", soon["p99_ms"], 100, "ms"),
    ]


def rate_table(results: dict) -> Table:
    rows, best = [], None
    if OURS in results["runs"]:
        for name in results["runs"][OURS][0]["rates"]:
            found = case(results, name)
            best = best or found["items_per_second"]
            rows.append([f"jobraker: {name}; {found['places']} at once", number(found["items"]), number(found["items_per_second"]),
                         number(found["items"] / found["commits"]), "", ])
    for name in rivals(results):
        found = median(results["runs"][name], "items_per_second")
        rows.append([f"Celery: {name}", number(found["items"]), number(found["items_per_second"]), "",
                     number(best / found["items_per_second"], "×") if best else ""])
    first = rivals(results) and results["runs"][rivals(results)[0]][0]
    versions = f"Celery {first['celery']}, Redis {first['redis']}. " if first else ""
    return Table(
        "Items a second, from the first order to the last end", ["", "items", "items/s", "items a commit", "jobraker's first row is"], rows,
        note=f"{versions}Median of {results['rounds']} rounds, in turn. *An order* is one transaction here, and each is on the disk before "
             f"its caller goes on; 64 callers order one item each, or 4 a hundred each. {results['producers']} processes order from "
             "Celery, one item a call. An end is committed with what the work stored here, and an acknowledgement in Redis there.")


def delay_table(results: dict) -> Table:
    rows = []
    ours = delay(results, OURS) if OURS in results["runs"] else None
    for name in results["runs"]:
        found = delay(results, name)
        who = "jobraker: six queues, one an order" if name == OURS else f"Celery: {name}"
        if found is None:
            rows.append([who, "none that it keeps up with", "", "", "", "", ""])
            continue
        times = [number(found[key]) for key in ("p50_ms", "p99_ms", "max_ms")]
        ratios = ["", ""] if name == OURS or ours is None else [number(found[key] / ours[key], "×") for key in ("p50_ms", "p99_ms")]
        rows.append([who, str(found["rate"]), *times, number(found["late"]["p99_ms"]), " / ".join(ratios) if ratios[0] else ""])
    slow = [name for name in rivals(results) if (found := delay(results, name)) is None or found["rate"] < results["rate"]]
    return Table(
        f"From the order to the start at {results['rate']} items/s",
        ["", "items/s", "p50 ms", "p99 ms", "max ms", "orders late by, p99 ms", "of jobraker's, p50 / p99"], rows,
        note=f"An open loop of {results['seconds']} s: the time runs from the moment at which an order was due, so that the order's own way "
             "to the disk, or to Redis, is in it."
             + (f" {results['rate']} a second are too many for Celery in {len(slow)} of {len(rivals(results))} forms: there items pile up, and "
                "the highest rate of 400, 300, 200, 100, 50 that it keeps up with is measured." if slow else ""))


def all_of(results: dict) -> list[Table]:
    goals = Table("Goals of background work", ["what", "measured", "goal", ""], [goal.row for goal in judge(results)])
    return [goals, rate_table(results), delay_table(results)]


def block(results: dict) -> str:
    facts = results["machine"]
    head = (
        f"Measured on {facts['date']}, all in one run: {facts['processor']}, {facts['cores']} cores, {facts['system']}; fdatasync of one "
        f"page {number(facts['sync_ms'], 'ms')}; load average before the run {facts['load_before']:.1f}.")
    return "\n\n".join([BEGIN, head, *(table.markdown([]) for table in all_of(results)), END])


def write_block(page: pathlib.Path, results: dict) -> None:
    text = page.read_text()
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"{page} has no block between {BEGIN} and {END}")
    page.write_text(before + block(results) + after)
