"""Load by wrk: one thread, 32 keep-alive connections unless told otherwise, one kind of request."""

import dataclasses
import json
import pathlib
import subprocess

from servers import Failed

CONNECTIONS = 32


class Unanswered(Failed):
    """A run was too short for a single answer."""


# Prints one line that `run` reads; wrk's own report rounds too much. A status above 399 counts as an error.
DONE = """
done = function(summary, latency, requests)
    local errors = summary.errors
    io.write(string.format("RESULT %d %.0f %.0f %.0f %.0f %d\\n", summary.requests, summary.duration,
        latency:percentile(50), latency:percentile(99), latency.max,
        errors.connect + errors.read + errors.write + errors.timeout + errors.status))
end
"""
# A number that is different in each request takes the place of #.
BODIES = """
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
local count = 0
request = function()
    count = count + 1
    return wrk.format(nil, nil, nil, (string.gsub(%s, "#", count)))
end
"""
LINES = """
local function lines(name)
    local found = {}
    for line in io.lines(name) do found[#found + 1] = line end
    return found
end
"""
# Each request takes the next path.
PATHS = LINES + """
local paths, count = lines("%s"), %d
request = function()
    count = count + 1
    return wrk.format("GET", paths[count %% #paths + 1])
end
"""
# Each request takes the next thing, and when these are through, the next writer.
PAIRS = LINES + """
local things, tokens, bodies, count = lines("%s"), lines("%s"), lines("%s"), %d
local headers = {["Content-Type"] = "application/json"}
request = function()
    local writer = math.floor(count / #things) + 1
    headers["Authorization"] = "Bearer " .. tokens[writer]
    local body = string.gsub(bodies[writer], "#", things[count %% #things + 1])
    count = count + 1
    return wrk.format("POST", nil, headers, body)
end
"""


@dataclasses.dataclass
class Pairs:
    """Writers, each with a token and a body, who each do something once to each of the things that # stands for."""

    writers: list[tuple[str, dict]]
    things: list[str]


@dataclasses.dataclass
class Target:
    """One route of one server. With a body or pairs it is a POST, else a GET."""

    server: str
    route: str
    port: int
    path: str
    token: str
    body: dict | None = None
    # Taken in turn instead of the one path, from where the run before has left off.
    paths: list[str] = dataclasses.field(default_factory=list)
    pairs: Pairs | None = None
    used: int = 0
    connections: int = CONNECTIONS

    def script(self, directory: pathlib.Path) -> pathlib.Path:
        path = directory / f"{self.server}-{self.route.replace(' ', '-')}.lua"
        text = DONE + f'wrk.headers["Authorization"] = "Bearer {self.token}"\n'
        if self.body is not None:
            # JSON's string syntax is also Lua's for what stands in these bodies.
            text += BODIES % json.dumps(json.dumps(self.body))
        elif self.paths:
            text += PATHS % (self.list(path, "paths", self.paths), self.used)
        elif self.pairs:
            tokens = self.list(path, "tokens", [token for token, _ in self.pairs.writers])
            bodies = self.list(path, "bodies", [json.dumps(body) for _, body in self.pairs.writers])
            text += PAIRS % (self.list(path, "things", self.pairs.things), tokens, bodies, self.used)
        path.write_text(text)
        return path

    @staticmethod
    def list(script: pathlib.Path, what: str, lines: list[str]) -> pathlib.Path:
        path = script.with_suffix(f".{what}")
        path.write_text("\n".join(lines) + "\n")
        return path

    def note(self, requests: int) -> None:
        """Those that were under way at the end may have been carried out too."""
        self.used += requests + 2 * self.connections
        if self.pairs and self.used >= len(self.pairs.writers) * len(self.pairs.things):
            raise Failed(f"{self.server} {self.route}: the pairs are used up; a run this long needs more writers")


def warm_up(target: Target, directory: pathlib.Path) -> None:
    """Fills caches and connections; not counted. It is over after the first answer, however long that takes."""
    for seconds in (1, 2, 4, 8, 16, 32):
        try:
            run(target, seconds, directory)
            return
        except Unanswered:
            pass
    raise Failed(f"{target.server} {target.route}: no request is answered")


def run(target: Target, seconds: int, directory: pathlib.Path) -> dict:
    """One run of wrk. An answer that is no success fails it: an error page is quick to serve."""
    name = f"{target.server} {target.route}"
    try:
        done = subprocess.run(
            ["wrk", "-t1", f"-c{target.connections}", f"-d{seconds}s", "--timeout", "60s", "-s", str(target.script(directory)),
             f"http://127.0.0.1:{target.port}{target.path}"],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=seconds + 30)
    except subprocess.TimeoutExpired:
        raise Failed(f"{name}: wrk did not end") from None
    lines = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
    if done.returncode != 0 or len(lines) != 1:
        raise Failed(f"{name}: wrk could not run: {done.stdout}{done.stderr}")
    requests, duration, p50, p99, longest, failed = (int(word) for word in lines[0].split()[1:])
    if failed:
        raise Failed(f"{name}: {failed} of {requests} requests were not answered with success")
    if requests == 0:
        raise Unanswered(f"{name}: no request was answered in {seconds} s")
    target.note(requests)
    return {"requests": requests, "requests_per_second": requests / duration * 1e6,
            "p50_ms": p50 / 1000, "p99_ms": p99 / 1000, "max_ms": longest / 1000}
