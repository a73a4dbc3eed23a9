"""A load at a constant rate: requests go out at their times, whether or not the ones before have been answered.

A client that waits for each answer before it asks again stops asking while the server stands still, and so leaves out
just those requests that would have waited the longest. Here each latency counts from the moment at which its request
was due, to the last byte of the answer: what this client itself is late by is in it, and is told beside it.
"""

import asyncio
import dataclasses
import gc
import random
import time

from servers import Failed
from wire import Connection

# More requests than this under way at once mean that the server does not keep up.
CONNECTIONS = 256
ANSWER_SECONDS = 15


@dataclasses.dataclass(slots=True)
class Shot:
    """One request: when it is due in seconds from the start, and afterwards how late it went out and was answered."""

    at: float
    kind: str
    request: bytes
    sent: float = -1.0
    done: float = -1.0


def schedule(rates: dict[str, int], seconds: int, seed: int, request) -> list[Shot]:
    """Each kind at its rate: one request at a random moment of each 1/rate of a second, so that kinds do not march in step."""
    chance = random.Random(seed)
    shots = [Shot((number + chance.random()) / rate, kind, request(kind))
             for kind, rate in rates.items() for number in range(rate * seconds)]
    return sorted(shots, key=lambda shot: shot.at)


async def shoot(port: int, shots: list[Shot]) -> None:
    loop = asyncio.get_running_loop()
    everyone: list[Connection] = []
    idle: list[Connection] = []
    under_way: set[asyncio.Task] = set()
    failures: list[Exception] = []

    async def carry(shot: Shot, began: float) -> None:
        try:
            # The one that was used last: the fewer connections, the less there is to do for both sides. The server closes
            # those that are not used.
            while idle and not idle[-1].is_open:
                idle.pop()
            if idle:
                connection = idle.pop()
            elif len(under_way) > CONNECTIONS:
                raise Failed(f"{CONNECTIONS} requests are under way at once: the server does not keep up with this rate")
            else:
                connection = await Connection.open(port)
                everyone.append(connection)
            shot.sent = loop.time() - began
            status, body = await connection.ask(shot.request)
            shot.done = loop.time() - began
            idle.append(connection)
            if status != 200:
                raise Failed(f"{shot.kind}: {shot.request.split(b' ', 2)[1].decode()} was answered with {status}: {body[:300]!r}")
        except (Failed, OSError) as failure:
            failures.append(failure)

    began = loop.time() + 0.1
    for shot in shots:
        if (wait := began + shot.at - loop.time()) > 0:
            await asyncio.sleep(wait)
        if failures:
            break
        task = asyncio.create_task(carry(shot, began))
        under_way.add(task)
        task.add_done_callback(under_way.discard)
    if under_way and not failures:
        _, late = await asyncio.wait(under_way, timeout=ANSWER_SECONDS)
        if late:
            failures.append(Failed(f"{len(late)} requests had no answer after {ANSWER_SECONDS} s"))
    for connection in everyone:
        connection.close()
    if failures:
        raise failures[0]


def quantiles(values: list[float]) -> dict:
    """Milliseconds; `curve` is for the plot, from the middle to the slowest."""
    ordered = sorted(values)
    at = lambda share: round(1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))], 3)
    return {"requests": len(ordered), "p50_ms": at(0.5), "p99_ms": at(0.99), "max_ms": at(1),
            "curve": {f"{share:g}": at(share / 100) for share in (50, 75, 90, 95, 98, 99, 99.5, 99.9, 100)}}


def run(port: int, shots: list[Shot]) -> dict:
    """`kinds` and `all`: the latencies; `lag`: how late the requests went out; `client_cpu`: the share of a core it took."""
    gc.collect()
    gc.disable()
    cpu, began = time.process_time(), time.monotonic()
    try:
        asyncio.run(shoot(port, shots))
    finally:
        gc.enable()
    spent = (time.process_time() - cpu) / (time.monotonic() - began)
    kinds: dict[str, list[float]] = {}
    for shot in shots:
        kinds.setdefault(shot.kind, []).append(shot.done - shot.at)
    return {"kinds": {kind: quantiles(values) for kind, values in kinds.items()},
            "all": quantiles([shot.done - shot.at for shot in shots]),
            "lag": quantiles([shot.sent - shot.at for shot in shots]), "client_cpu": spent}
