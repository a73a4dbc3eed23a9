#!/usr/bin/env python3
"""Draws the results of bench.py as SVG. Needs matplotlib; bench.py runs it with the Python of its venv.

    plots.py RESULTS.json DIRECTORY
"""

import json
import pathlib
import sys

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt  # noqa: E402
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter  # noqa: E402

# The same figures give the same file.
plt.rcParams.update({
    "svg.hashsalt": "jobraker", "svg.fonttype": "none", "font.family": "sans-serif", "font.size": 9, "axes.grid": True,
    "grid.color": "#dddddd", "axes.axisbelow": True, "axes.spines.top": False, "axes.spines.right": False,
    "figure.facecolor": "white", "legend.frameon": False,
})
MODES = {"group": ("group commit, FULL", "#0072b2"), "single-full": ("one transaction a call, FULL", "#d55e00"),
         "single-normal": ("one a call, NORMAL (not durable)", "#999999")}
SERVERS = {"jobraker": "#0072b2", "PocketBase": "#d55e00"}


def by_ratio(axes) -> None:
    """A logarithmic upward axis with plain numbers at 1, 2 and 5: equal distances are equal ratios."""
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.6g}".replace(",", " ")))
    axes.yaxis.set_minor_formatter(NullFormatter())


def with_legend(figure, axes):
    """One legend for all panels, below them."""
    handles, names = axes.get_legend_handles_labels()
    figure.tight_layout(rect=(0, 0.08, 1, 1))
    figure.legend(handles, names, loc="lower center", ncols=len(names))
    return figure


def disk_name(writes: dict, disk: str) -> str:
    delay = writes["delays_us"][disk]
    return f"each sync {delay / 1000:g} ms slower" if delay else "this disk as it is"


def writes_throughput(writes: dict):
    figure, panels = plt.subplots(1, len(writes["delays_us"]), figsize=(9, 3.6), sharey=True)
    callers = writes["callers"]
    for axes, disk in zip(panels, writes["delays_us"]):
        for mode, (name, color) in MODES.items():
            axes.plot(callers, [writes["cases"][disk][str(count)][mode]["writes_per_second"] for count in callers],
                      marker="o", markersize=4, color=color, label=name)
        axes.set_xscale("log", base=2)
        axes.set_xticks(callers, [str(count) for count in callers])
        axes.minorticks_off()
        by_ratio(axes)
        axes.set_title(disk_name(writes, disk))
        axes.set_xlabel("concurrent callers")
    panels[0].set_ylabel("writes a second")
    return with_legend(figure, panels[0])


def writes_latency(writes: dict):
    figure, panels = plt.subplots(1, len(writes["delays_us"]), figsize=(9, 3.6), sharey=True)
    count = "32" if 32 in writes["callers"] else str(writes["callers"][-1])
    for axes, disk in zip(panels, writes["delays_us"]):
        for mode, (name, color) in MODES.items():
            points = [point for point in writes["cases"][disk][count][mode]["over_time"] if point["writes"]]
            times = [point["at_s"] for point in points]
            axes.plot(times, [point["p50_ms"] for point in points], color=color, label=name)
            axes.plot(times, [point["p99_ms"] for point in points], color=color, linestyle=":")
        by_ratio(axes)
        axes.set_title(f"{count} callers, {disk_name(writes, disk)}")
        axes.set_xlabel("seconds")
    panels[0].set_ylabel("ms a write, p99 dotted")
    return with_legend(figure, panels[0])


def http_latency(http: dict):
    routes = [route for route in ("me", "list", "create") if http["over_time"].get(route, {}).get("jobraker")]
    if not routes:
        return None
    figure, panels = plt.subplots(1, len(routes), figsize=(9, 3.4), sharey=True, squeeze=False)
    for axes, route in zip(panels[0], routes):
        for server, runs in http["over_time"][route].items():
            seconds = range(1, len(runs) + 1)
            axes.plot(seconds, [run["p50_ms"] for run in runs], color=SERVERS[server], label=server)
            axes.plot(seconds, [run["p99_ms"] for run in runs], color=SERVERS[server], linestyle=":")
        by_ratio(axes)
        axes.set_title(route)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set_xlabel("second of load, the two in turn")
    panels[0][0].set_ylabel("ms a request, p99 dotted")
    return with_legend(figure, panels[0][0])


def memory(measured: dict):
    figure, axes = plt.subplots(figsize=(9, 3))
    for server, values in measured["series"]["rss_mib"].items():
        axes.plot(measured["series"]["at_s"], values, color=SERVERS[server], label=server)
        axes.axhline(measured["idle_mib"][server], color=SERVERS[server], linestyle=":", linewidth=1)
    axes.set_ylim(bottom=0)
    axes.set_xlabel("seconds; the load goes to the two in turn")
    axes.set_ylabel("resident MiB; idle dotted")
    return with_legend(figure, axes)


def mixed_latency(mixed: dict):
    figure, axes = plt.subplots(figsize=(9, 3.6))
    colors = ("#0072b2", "#009e73", "#d55e00", "#cc79a7")
    for color, kind in zip(colors, mixed["rates"]):
        curve = mixed["kinds"][kind]["curve"]
        axes.plot(range(len(curve)), list(curve.values()), marker="o", markersize=4, color=color, label=kind)
    axes.set_xticks(range(len(curve)), [f"{share} %" if share != "100" else "all" for share in curve])
    by_ratio(axes)
    axes.axhline(20, color="#999999", linestyle=":", linewidth=1)
    axes.set_xlabel(f"share of the requests that were answered in this time or less; {mixed['jobs']} jobs; dotted: the goal for 99 %")
    axes.set_ylabel("ms from when it was due")
    return with_legend(figure, axes)


def jobs_rates(jobs: dict):
    routes = [route for route in jobs["routes"] if not route.endswith("without total")]
    figure, axes = plt.subplots(figsize=(9, 3.6))
    for place, (server, color) in enumerate(SERVERS.items()):
        axes.bar([number + (place - 0.5) * 0.36 for number in range(len(routes))],
                 [jobs["routes"][route][server]["requests_per_second"] for route in routes], width=0.34, color=color, label=server)
    axes.set_xticks(range(len(routes)), routes)
    by_ratio(axes)
    axes.set_ylabel(f"requests a second, {jobs['jobs']} jobs")
    return with_legend(figure, axes)


def deltas(measured: dict):
    figure, axes = plt.subplots(figsize=(9, 3.6))
    for figures, color, name in ((measured, SERVERS["jobraker"], "over a chat's socket"),
                                 (measured["floor"], "#999999", "from the provider straight to the client")):
        axes.plot(range(len(figures["curve"])), list(figures["curve"].values()), marker="o", markersize=4, color=color, label=name)
    axes.set_xticks(range(len(measured["curve"])), [f"{share} %" if share != "100" else "all" for share in measured["curve"]])
    by_ratio(axes)
    axes.axhline(20, color="#999999", linestyle=":", linewidth=1)
    axes.set_xlabel(f"share of the pieces that came in this time or less; {measured['streams']} answers; dotted: the goal for 99 %")
    axes.set_ylabel("ms from the provider's sending")
    return with_legend(figure, axes)


def main() -> None:
    results = json.loads(pathlib.Path(sys.argv[1]).read_text())
    directory = pathlib.Path(sys.argv[2])
    directory.mkdir(parents=True, exist_ok=True)
    figures = {}
    if writes := results.get("writes"):
        figures["writes-throughput"] = writes_throughput(writes)
        figures["writes-latency"] = writes_latency(writes)
    if http := results.get("http"):
        figures["http-latency"] = http_latency(http)
    if measured := (results.get("http") or results.get("memory") or {}).get("memory"):
        figures["memory"] = memory(measured)
    if mixed := results.get("mixed"):
        figures["mixed-latency"] = mixed_latency(mixed)
    if jobs := results.get("jobs"):
        figures["jobs-rates"] = jobs_rates(jobs)
    if sockets := results.get("sockets"):
        figures["deltas"] = deltas(sockets["deltas"])
    for name, figure in figures.items():
        if figure is not None:
            figure.savefig(directory / f"{name}.svg", metadata={"Date": None, "Creator": None})


if __name__ == "__main__":
    main()
