"""What the figures depend on: the machine, its disk, and how much memory a process holds."""

import os
import pathlib
import platform
import statistics
import threading
import time


def processor() -> str:
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def distribution() -> str:
    for line in pathlib.Path("/etc/os-release").read_text().splitlines():
        if line.startswith("PRETTY_NAME="):
            return line.split("=", 1)[1].strip('"')
    return platform.system()


def sync_milliseconds(directory: pathlib.Path, times: int = 200) -> float:
    """The median time that fdatasync takes here after an append of one page: what a lonely commit waits for."""
    taken = []
    path = directory / "sync-probe"
    with path.open("wb", buffering=0) as file:
        for _ in range(times):
            file.write(bytes(4096))
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            taken.append(time.perf_counter() - began)
    path.unlink()
    return statistics.median(taken) * 1000


def facts(directory: pathlib.Path) -> dict:
    return {
        "processor": processor(),
        "cores": len(os.sched_getaffinity(0)),
        "system": f"{distribution()}, Linux {platform.release()}",
        "sync_ms": sync_milliseconds(directory),
        "load_before": os.getloadavg()[0],
        "date": time.strftime("%Y-%m-%d"),
    }


def resident(pid: int) -> float:
    """The memory that the process itself holds, in MiB; 0 once it is gone."""
    try:
        for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0.0


def cpu_seconds(pid: int) -> float:
    """The processor time that the process has used, all cores together."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class MemoryWatch:
    """Notes the resident memory of some processes every quarter of a second, until it is stopped."""

    INTERVAL = 0.25

    def __init__(self, pids: dict[str, int]):
        self.pids = pids
        self.began = time.monotonic()
        self.times: list[float] = []
        self.samples: dict[str, list[float]] = {name: [] for name in pids}
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self) -> None:
        while True:
            self.times.append(time.monotonic() - self.began)
            for name, pid in self.pids.items():
                self.samples[name].append(resident(pid))
            if self.stopping.wait(self.INTERVAL):
                return

    def stop(self) -> dict:
        self.stopping.set()
        self.thread.join()
        return {"at_s": [round(at, 2) for at in self.times],
                "rss_mib": {name: [round(value, 2) for value in values] for name, values in self.samples.items()}}
