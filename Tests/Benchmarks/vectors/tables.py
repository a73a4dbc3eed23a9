"""Tables, goals and the plot of what compare.py measured."""

import pathlib

from goals import Goal, at_least, at_most, number
from report import Table
from trials import EVERY, LARGE, OURS, USUAL, USUAL_WIDTHS

BEGIN, END = "<!-- bench-vectors:start -->", "<!-- bench-vectors:end -->"
PLOT = "vectors-recall"


def case_of(data: dict, engine: str, every: int = 1, width: str | None = None) -> dict | None:
    width = width or USUAL_WIDTHS.get(engine, USUAL if engine in OURS else "0")
    return next((case for case in data["cases"] if (case["engine"], case["every"], case["width"]) == (engine, every, width)), None)


def recall_text(value: float) -> str:
    return "1" if value == 1 else f"{value:.4f}"[1:]


def judge(results: dict) -> list[Goal]:
    goals = []
    if results["own_data"]:
        for data in results["sets"]:
            goals.append(at_least(f"{data['name']}: recall of 1-bit codes", case_of(data, "VecIndex 1-bit")["recall"], 0.999, ""))
        return goals
    for data in results["sets"]:
        size = number(data["vectors"])
        exact, bits = case_of(data, "VecIndex fp32"), case_of(data, "VecIndex 1-bit")
        if data["vectors"] >= LARGE:
            goals.append(at_most(f"{size}: 1-bit codes, p50", bits["p50_ms"], 10, "ms"))
            continue
        if data["vectors"] >= 100_000:
            rate = data["vectors"] * data["dimension"] * 4 / exact["p50_ms"] / 1e6
            goals += [
                at_least(f"{size}: fp32, of the memory's bandwidth", 100 * rate / data["bandwidth_gb_per_s"], 80, "%"),
                at_least(f"{size}: 1-bit codes, against faiss flat's p50", case_of(data, "faiss flat")["p50_ms"] / bits["p50_ms"], 10, "×"),
            ]
        goals.append(Goal(f"{size}: recall of 1-bit codes", bits["recall"], 0.999, "", True))
        least = min(case_of(data, engine, every)["recall"] for engine in OURS for every in EVERY)
        goals.append(Goal(f"{size}: least recall under a filter", least, 0.998, "", True))
    return goals


def goal_row(goal: Goal) -> list[str]:
    if goal.unit:
        return goal.row
    return [goal.text, recall_text(goal.value), "≥ " + recall_text(goal.bound), "PASS" if goal.met else "MISSED"]


def speed_table(data: dict) -> Table:
    rows = []
    for engine, opened in data["engines"].items():
        case = case_of(data, engine)
        build = opened["load_s"] + opened["codes_s"] if engine in OURS else opened["build_s"]
        version = f" {opened['version']}" if "version" in opened else ""
        rows.append([engine + version, recall_text(case["recall"]), number(case["per_second"]), number(case["p50_ms"]),
                     number(case["p99_ms"]), number(opened["resident_mib"]), number(build)])
    raw = data["vectors"] * data["dimension"] * 4 / 2**20
    return Table(
        f"{number(data['vectors'])} × {data['dimension']}",
        ["", "recall@10", "queries/s", "p50 ms", "p99 ms", "memory MiB", "build s"], rows,
        note=f"{data['text'][0].upper()}{data['text'][1:]}; {number(raw, 'MiB')} of numbers. Memory bandwidth "
             f"{number(data['bandwidth_gb_per_s'], 'GB/s')}.")


def filter_table(data: dict) -> Table:
    rows = []
    for engine in data["engines"]:
        cases = [case_of(data, engine, every) for every in EVERY]
        if any(cases):
            rows.append([engine, *("–" if case is None else f"{recall_text(case['recall'])} / {number(case['per_second'])}" for case in cases)])
    return Table(
        f"{number(data['vectors'])} × {data['dimension']}, filtered: recall@10 / queries a second",
        ["of the rows are allowed", *(f"{100 / every:g} %" for every in EVERY)], rows)


def all_of(results: dict) -> list[Table]:
    found = [Table("Goals of vector search", ["what", "measured", "goal", ""], [goal_row(goal) for goal in judge(results)])]
    for data in results["sets"]:
        found += [speed_table(data), filter_table(data)]
    return found


def draw(results: dict, directory: pathlib.Path) -> pathlib.Path:
    """Recall against speed on the largest data that all engines had."""
    import matplotlib

    matplotlib.use("svg")
    import matplotlib.pyplot as plt

    plt.rcParams.update({"svg.hashsalt": "jobraker", "svg.fonttype": "none", "font.family": "sans-serif", "font.size": 9,
                         "axes.spines.top": False, "axes.spines.right": False, "legend.frameon": False})
    data = max((data for data in results["sets"] if len(data["engines"]) > len(OURS)), key=lambda data: data["vectors"])
    figure, axes = plt.subplots(figsize=(9, 4))
    # The share that is missed, so that .99 and .999 lie apart; nothing missed is drawn at the edge.
    edge = 1e-5
    for engine in data["engines"]:
        cases = sorted((case for case in data["cases"] if case["engine"] == engine and case["every"] == 1), key=lambda case: case["recall"])
        axes.plot([max(edge, 1 - case["recall"]) for case in cases], [case["per_second"] for case in cases], marker="o",
                  markersize=6 if engine in OURS else 4, linestyle="-" if engine in OURS else ":", label=engine)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.invert_xaxis()
    ticks = [0.5, 0.1, 0.01, 0.001, 0.0001, edge]
    axes.set_xticks(ticks, [*(f"{1 - tick:g}" for tick in ticks[:-1]), "1"])
    axes.minorticks_off()
    axes.grid(color="#dddddd")
    axes.set_xlabel(f"recall@10, {number(data['vectors'])} × {data['dimension']}")
    axes.set_ylabel("queries a second, one thread")
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    figure.tight_layout()
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"{PLOT}.svg"
    figure.savefig(path, metadata={"Date": None, "Creator": None})
    return path


def block(results: dict) -> str:
    machine = results["machine"]
    where = (f"Measured on {machine['date']}, all in one run, {results['rounds']} rounds: {machine['processor']}, {machine['cores']} cores; "
             f"load average before the run {machine['load_before']:.1f}.")
    plot = f"![Recall and queries a second](plots/{PLOT}.svg)"
    return "\n\n".join([BEGIN, where, *(table.markdown([]) for table in all_of(results)), plot, END])


def write_block(page: pathlib.Path, results: dict) -> None:
    text = page.read_text()
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"{page} has no block between {BEGIN} and {END}")
    page.write_text(before + block(results) + after)
