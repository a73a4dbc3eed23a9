"""Holds many connections on which nothing happens, and notes when each of them is told something."""

import asyncio
import json
import time

import wire
from pushed import EventStream, Pushed, WebSocket
from servers import Failed

# Connections that are being opened at once: fewer than a listener lets wait.
AT_ONCE = 64
GREETING_SECONDS = 30


class Holder:
    """For `Helper`."""

    def __init__(self):
        self.connections: list[Pushed] = []
        self.greeted: dict[Pushed, asyncio.Future] = {}
        self.failure: str | None = None
        self.marker: bytes | None = None
        self.told: set[Pushed] = set()
        self.last = 0
        self.all_told = asyncio.Event()

    async def open_sockets(self, port: int, path: str, tokens: list[str]) -> dict:
        """One WebSocket for each token. `failure` says why there are not more."""
        return await self.open(port, (WebSocket(WebSocket.request(path, token), self.hear) for token in tokens), None)

    async def open_events(self, port: int, path: str, token: str, topic: str, count: int) -> dict:
        """So many of PocketBase's realtime connections, each subscribed to the topic by a second request, as its clients do."""
        request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n".encode()

        async def subscribe(greeting: bytes, side: wire.Connection) -> None:
            data = next(line for line in greeting.split(b"\n") if line.startswith(b"data:"))
            body = {"clientId": json.loads(data[5:])["clientId"], "subscriptions": [topic]}
            status, answer = await side.ask(wire.post(path, token, body))
            if status != 204:
                raise Failed(f"a subscription was answered with {status}: {answer[:300]!r}")

        return await self.open(port, (EventStream(request, self.hear) for _ in range(count)), subscribe)

    async def open(self, port: int, connections, subscribe) -> dict:
        began = time.monotonic()

        async def work() -> None:
            side = await wire.Connection.open(port) if subscribe else None
            try:
                for connection in connections:
                    if self.failure:
                        return
                    greeted = self.greeted[connection] = asyncio.get_running_loop().create_future()
                    await connection.open(port)
                    greeting = await asyncio.wait_for(greeted, GREETING_SECONDS)
                    if subscribe:
                        await asyncio.wait_for(subscribe(greeting, side), GREETING_SECONDS)
                    self.connections.append(connection)
            except (Failed, OSError, asyncio.TimeoutError) as failure:
                self.failure = self.failure or str(failure) or "nobody answered"
                connection.close()
            finally:
                if side:
                    side.close()

        await asyncio.gather(*(work() for _ in range(AT_ONCE)))
        self.greeted = {}
        if self.failure:
            # The server may have no file left to open: there must be room for whoever tells them something.
            for connection in self.connections[-AT_ONCE:]:
                connection.close()
            del self.connections[-AT_ONCE:]
        failure, self.failure = self.failure, None
        return {"open": len(self.connections), "seconds": time.monotonic() - began, "failure": failure}

    def hear(self, connection: Pushed, message: bytes | None, at: int) -> None:
        if message is None:
            self.failure = self.failure or connection.failure
            self.all_told.set()
        greeted = self.greeted.get(connection)
        if greeted and not greeted.done():
            if message is None:
                return greeted.set_exception(Failed(connection.failure))
            return greeted.set_result(message)
        if message is None or self.marker is None or self.marker not in message:
            return
        if connection in self.told:
            self.failure = "a connection was told the same thing twice"
        self.told.add(connection)
        self.last = at
        if len(self.told) == len(self.connections):
            self.all_told.set()

    async def expect(self, marker: str) -> None:
        """From now on, counts the connections that are told something with this text in it."""
        self.check()
        self.marker, self.told = marker.encode(), set()
        self.all_told.clear()

    async def told_all(self, seconds: float) -> int:
        """Waits until every connection has been told, once; returns when the last one was."""
        try:
            await asyncio.wait_for(self.all_told.wait(), seconds)
        except asyncio.TimeoutError:
            raise Failed(f"{len(self.told)} of {len(self.connections)} connections were told within {seconds:g} s") from None
        await asyncio.sleep(0.3)  # For what may come twice.
        self.check()
        return self.last

    async def close(self) -> None:
        self.check()
        for connection in self.connections:
            connection.close()
        self.connections = []

    def check(self) -> None:
        if self.failure:
            raise Failed(self.failure)
