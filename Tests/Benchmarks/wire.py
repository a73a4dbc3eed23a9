"""A small asyncio HTTP client for load: keep-alive connections, no waiting between them, no more parsing than needed."""

import asyncio
import json

from servers import Failed


def get(path: str, token: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\r\n".encode()


def post(path: str, token: str | None, body: dict) -> bytes:
    data = json.dumps(body, ensure_ascii=False).encode()
    caller = f"Authorization: Bearer {token}\r\n" if token else ""
    head = (f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{caller}Content-Type: application/json\r\n"
            f"Content-Length: {len(data)}\r\n\r\n")
    return head.encode() + data


class Connection(asyncio.Protocol):
    """One connection; it carries one request at a time."""

    def __init__(self):
        self.transport: asyncio.Transport | None = None
        self.answered: asyncio.Future | None = None
        self.buffer = bytearray()
        self.body_at = self.end = -1
        self.is_open = True

    @staticmethod
    async def open(port: int) -> "Connection":
        return (await asyncio.get_running_loop().create_connection(Connection, "127.0.0.1", port))[1]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def ask(self, request: bytes) -> "asyncio.Future[tuple[int, bytes]]":
        """Sends at once; the result is the status and the body."""
        self.answered = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return self.answered

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if self.body_at < 0:
            if (mark := self.buffer.find(b"\r\n\r\n")) < 0:
                return
            head = bytes(self.buffer[:mark]).lower()
            length = head.partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0]
            if head[9:12] == b"204":
                length = b"0"
            if not length.strip().isdigit():
                return self.fail(f"an answer without a length: {head[:200]!r}")
            self.body_at = mark + 4
            self.end = self.body_at + int(length)
        if len(self.buffer) >= self.end:
            answer = int(self.buffer[9:12]), bytes(self.buffer[self.body_at:self.end])
            self.buffer.clear()
            self.body_at = self.end = -1
            answered, self.answered = self.answered, None
            if not answered.done():
                answered.set_result(answer)

    def connection_lost(self, error: Exception | None) -> None:
        self.is_open = False
        self.fail(f"a connection broke: {error}")

    def fail(self, what: str) -> None:
        if self.answered is not None and not self.answered.done():
            self.answered.set_exception(Failed(what))

    def close(self) -> None:
        self.answered = None
        self.transport.abort()


async def drive(port: int, requests, connections: int, expect: int) -> list[bytes]:
    """A closed loop: each connection asks for the next as soon as it is answered. Returns the bodies in the requests' order."""
    bodies: dict[int, bytes] = {}
    waiting = enumerate(requests)

    async def run() -> None:
        connection = await Connection.open(port)
        try:
            for place, request in waiting:
                status, bodies[place] = await asyncio.wait_for(connection.ask(request), 120)
                if status != expect:
                    raise Failed(f"a request was answered with {status}: {bodies[place][:300]!r}\n{request[:400]!r}")
        finally:
            connection.close()

    async with asyncio.TaskGroup() as group:
        for _ in range(connections):
            group.create_task(run())
    return [bodies[place] for place in sorted(bodies)]


def all_answered(port: int, requests, connections: int, expect: int) -> list[bytes]:
    try:
        return asyncio.run(drive(port, requests, connections, expect))
    except BaseExceptionGroup as group:
        raise group.exceptions[0] from None
