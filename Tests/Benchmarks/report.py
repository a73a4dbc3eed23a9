"""Turns the results into tables: aligned for a terminal, and Markdown for docs/benchmarks.md."""

import pathlib

import jobsearch
from goals import judge, number, ratio
from overhttp import ROUTES
from sockets import PER_ACCOUNT, SETTLE_SECONDS

BEGIN, END = "<!-- bench:start -->", "<!-- bench:end -->"
PLOTS = {
    "writes-throughput": "Writes a second by number of callers, on this disk and on the slow one",
    "writes-latency": "Latency of a write over time, 32 callers",
    "http-latency": "Latency over HTTP over time, runs of one second",
    "memory": "Resident memory of both servers while the load runs",
    "mixed-latency": "Latency of each kind under the mixed load, by share of the requests",
    "jobs-rates": "Requests a second among the jobs, both servers",
    "deltas": "Delay of the pieces of answers, by share of the pieces",
}
MODE_NAMES = {"group": "group commit", "single-full": "one a call, FULL", "single-normal": "one a call, NORMAL"}


class Table:
    def __init__(self, title: str, header: list[str], rows: list[list[str]], note: str = "", plots: tuple[str, ...] = ()):
        self.title, self.header, self.rows, self.note, self.plots = title, header, rows, note, plots

    def text(self) -> str:
        lines = [[cell.replace("`", "") for cell in row] for row in [self.header, *self.rows]]
        widths = [max(len(row[column]) for row in lines) for column in range(len(self.header))]
        out = [self.title] + ["  " + "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths))).rstrip() for row in lines]
        return "\n".join(out)

    def markdown(self, plots: list[str]) -> str:
        out = [f"### {self.title}", ""]
        if self.note:
            out += [self.note, ""]
        out += ["| " + " | ".join(self.header) + " |", "|" + "---|" * len(self.header)]
        out += ["| " + " | ".join(row) + " |" for row in self.rows]
        for name in self.plots:
            if name in plots:
                out += ["", f"![{PLOTS[name]}](plots/{name}.svg)"]
        return "\n".join(out)


def latencies(result: dict) -> str:
    return " / ".join("–" if result[key] is None else number(result[key]) for key in ("p50_ms", "p99_ms"))


def writes_tables(writes: dict) -> list[Table]:
    """Of each disk one table of rates and one of latencies."""
    tables = []
    for disk, delay in writes["delays_us"].items():
        cases = {callers: writes["cases"][disk][callers] for callers in map(str, writes["callers"])}
        where = f"each sync {delay / 1000:g} ms slower" if delay else "this disk as it is"
        if delay:
            note = "The same with a sleep before each fsync and fdatasync (`Tests/Benchmarks/slowsync.c`): a slow VPS disk."
        else:
            note = (f"Median of {writes['rounds']} rounds of {writes['seconds']:g} s, a new database for each run. NORMAL is not "
                    "durable: a power cut undoes what it acknowledged last.")
        rates = []
        for callers, case in cases.items():
            rate = {mode: case[mode]["writes_per_second"] for mode in MODE_NAMES}
            rates.append([callers, *map(number, rate.values()), number(rate["group"] / rate["single-full"], "×"),
                          number(rate["group"] / rate["single-normal"], "×"), number(case["group"]["writes_per_commit"])])
        tables += [
            Table(f"Durable writes a second, {where}",
                  ["callers", *MODE_NAMES.values(), "group : FULL", "group : NORMAL", "writes a group commit"], rates, note),
            Table(f"Latency of a write, {where}", ["callers", *(f"{name}, p50 / p99 ms" for name in MODE_NAMES.values())],
                  [[callers, *(latencies(case[mode]) for mode in MODE_NAMES)] for callers, case in cases.items()],
                  plots=("writes-throughput", "writes-latency") if delay else ()),
        ]
    return tables


def http_table(http: dict) -> Table:
    rows = []
    for route, sides in http["routes"].items():
        ours, theirs = sides["jobraker"], sides["PocketBase"]
        rows.append([
            f"{route}: {ROUTES[route]}", number(ours["requests_per_second"]), number(theirs["requests_per_second"]),
            number(ratio(http["routes"], route), "×"), latencies(ours), latencies(theirs), f"{ours['bytes']} / {theirs['bytes']}"])
    return Table(
        f"Over HTTP, beside PocketBase {http['pocketbase']}",
        ["route", "jobraker, requests/s", "PocketBase, requests/s", "ratio", "jobraker, p50 / p99 ms", "PocketBase, p50 / p99 ms",
         "bytes an answer"],
        rows, plots=("http-latency",),
        note=f"`wrk -t1 -c32`, the two in turn, median of {http['rounds']} rounds of {http['seconds']} s. Client and server share the "
             "cores. Both check the user's token and give a user his own rows only, have the same rows and the same index, log each "
             "request as they do by default, and have no rate limits.")


def memory_table(memory: dict) -> Table:
    rows = [[text, *(number(memory[key][server]) for server in ("jobraker", "PocketBase"))] for key, text in (
        ("idle_mib", "idle, 2 s after a start on new data"), ("peak_mib", "most under the load above"), ("after_mib", "after it"))]
    return Table("Resident memory", ["MiB", "jobraker", "PocketBase"], rows, plots=("memory",),
                 note="VmRSS of the one process each, four times a second.")


def start_table(start: dict) -> Table:
    return Table(
        f"Start on a database of {number(start['database_mib'], 'MiB')}", ["what", "figure"],
        [[f"from exec to the first 200 of `/readyz`, median of {start['starts']}", number(start["median_ms"], "ms")],
         ["the slowest", number(start["slowest_ms"], "ms")],
         ["resident memory 2 s later", number(start["idle_mib"], "MiB")],
         ["stripped binary", number(start["stripped_mib"], "MiB")]],
        note=f"{start['articles']} made-up articles through `jobraker import knowledge`; the file is in the machine's cache.")


def mixed_table(mixed: dict) -> Table:
    rows, times = [], ("p50_ms", "p99_ms", "max_ms")
    for kind, rate in mixed["rates"].items():
        found = mixed["kinds"][kind]
        rows.append([kind, str(rate), number(mixed["different"][kind]), *(number(found[key]) for key in times)])
    rows.append(["all", str(sum(mixed["rates"].values())), number(sum(mixed["different"].values())),
                 *(number(mixed["all"][key]) for key in times)])
    lag = mixed["lag"]
    return Table(
        f"Mixed load on {number(mixed['jobs'])} jobs, {number(mixed['accounts'])} accounts, {number(mixed['applications'])} applications",
        ["kind", "requests/s", "different questions", "p50 ms", "p99 ms", "max ms"], rows, plots=("mixed-latency",),
        note=f"An open loop of {mixed['seconds']} s after a warm-up with other questions: latency counts from the moment at which a "
             f"request was due. The client itself was late by {number(lag['p50_ms'])} / {number(lag['p99_ms'])} / {number(lag['max_ms'])} ms "
             f"(p50 / p99 / max), which is in the figures, and took {mixed['client_cpu'] * 100:.0f} % of a core; the server took "
             f"{mixed['server_cpu'] * 100:.0f} % of one and {number(mixed['peak_mib'], 'MiB')} at most.")


def jobs_table(jobs: dict) -> Table:
    rows = []
    for route, sides in jobs["routes"].items():
        ours, theirs = sides["jobraker"], sides["PocketBase"]
        rows.append([
            f"{route}: {jobsearch.ROUTES[route]}", number(ours["requests_per_second"]), number(theirs["requests_per_second"]),
            number(ratio(jobs["routes"], route), "×"), latencies(ours), latencies(theirs)])
    return Table(
        f"Among {number(jobs['jobs'])} jobs, beside PocketBase {jobs['pocketbase']}",
        ["route", "jobraker, requests/s", "PocketBase, requests/s", "ratio", "jobraker, p50 / p99 ms", "PocketBase, p50 / p99 ms"],
        rows, plots=("jobs-rates",),
        note=f"As above, with the same {number(jobs['jobs'])} jobs, {number(jobs['accounts'])} accounts and {number(jobs['applications'])} "
             f"applications on both sides; {jobsearch.SEARCHERS} connections for the searches, 32 for the rest. Searches take turns among "
             f"{number(jobs['different'])} different ones; {jobs['same_answers']} answers of lists and filters were compared and had the "
             "same jobs in the same order and the same total. PocketBase has no full-text search: its `~` looks for each word, as a part "
             "of a text, in the same columns, and ranks nothing.")


def held_table(sockets: dict) -> Table:
    held = [sockets["held"][server] for server in ("jobraker", "PocketBase")]
    rows = [[text, *(number(figures[key]) for figures in held)] for text, key in (
        ("connections held", "connections"), ("seconds to open them", "open_s"), ("MiB before", "before_mib"),
        ("MiB with all open", "open_mib"), ("KiB a connection", "kib"), ("a push to all, s", "push_s"),
        ("the slowest push, s", "slowest_push_s"), ("the server's processor seconds a push", "push_cpu_s"),
        ("the client's", "push_client_cpu_s"), ("MiB after the pushes", "pushed_mib"))]
    reason = held[1]["failure"]
    return Table(
        f"Idle connections, beside PocketBase {sockets['pocketbase']}", ["", "jobraker, WebSockets", "PocketBase, realtime"], rows,
        note=f"VmRSS {SETTLE_SECONDS} s after a start on data that was there, and again {SETTLE_SECONDS} s after the last connection was "
             "open. A push is timed from before its request to the moment at which the last client has it, median of "
             f"{sockets['rounds']}. Ours is an announcement by the staff to all of {number(sockets['accounts'])} accounts, {PER_ACCOUNT} "
             "sockets each: a durable row for each account, told at its commit. PocketBase's is one record in a collection to which "
             "every connection has subscribed." + (f" PocketBase took no more connections: {reason}." if reason else ""))


def deltas_table(deltas: dict) -> Table:
    rows = [[name, number(figures["requests"]), *(number(figures[key]) for key in ("p50_ms", "p99_ms", "max_ms"))] for name, figures in (
        ("over a chat's socket", deltas), ("from the provider straight to the client", deltas["floor"]))]
    cpu, late = deltas["cpu"], deltas["late"]
    return Table(
        f"Delay of a piece, {deltas['streams']} answers at {deltas['rate']} pieces/s, the idle sockets still open",
        ["way", "pieces", "p50 ms", "p99 ms", "max ms"], rows, plots=("deltas",),
        note="From the moment at which the model's provider sends a piece, which is written in it, to the moment at which the client "
             f"has read it. Answers of {deltas['seconds']} s each, all under way together for {number(deltas['together_s'])} s; every "
             f"piece came once and in order. The provider sent them {number(late['p50_ms'])} / {number(late['p99_ms'])} ms (p50 / p99) "
             f"later than the rate has it, which says how busy the machine was. Of a core the server took {cpu['server'] * 100:.0f} %, "
             f"and on the same machine the provider {cpu['provider'] * 100:.0f} %, the reader {cpu['talkers'] * 100:.0f} % and the "
             f"holder of the idle sockets {cpu['holder'] * 100:.0f} %. The server held {number(deltas['memory_mib'], 'MiB')} afterwards.")


def tables(results: dict) -> list[Table]:
    found = [Table("Goals", ["what", "measured", "goal", ""], [goal.row for goal in judge(results)])]
    if writes := results.get("writes"):
        found += writes_tables(writes)
    if http := results.get("http"):
        found += [http_table(http)]
    if memory := (results.get("http") or results.get("memory") or {}).get("memory"):
        found += [memory_table(memory)]
    if start := results.get("start"):
        found += [start_table(start)]
    if mixed := results.get("mixed"):
        found += [mixed_table(mixed)]
    if jobs := results.get("jobs"):
        found += [jobs_table(jobs)]
    if sockets := results.get("sockets"):
        found += [held_table(sockets), deltas_table(sockets["deltas"])]
    return found


def block(results: dict, plots: list[str]) -> str:
    """What stands between the marks of docs/benchmarks.md."""
    machine = results["machine"]
    where = (f"Measured on {machine['date']}, all in one run: {machine['processor']}, {machine['cores']} cores, {machine['system']}; "
             f"fdatasync of one page {number(machine['sync_ms'], 'ms')}; load average before the run {machine['load_before']:.1f}.")
    return "\n\n".join([BEGIN, where, *(table.markdown(plots) for table in tables(results)), END])


def write_block(page: pathlib.Path, results: dict, plots: list[str]) -> None:
    text = page.read_text()
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"{page} has no block between {BEGIN} and {END}")
    page.write_text(before + block(results, plots) + after)
