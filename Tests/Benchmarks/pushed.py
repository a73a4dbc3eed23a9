"""Connections on which the server speaks when it likes: a WebSocket, and the events of an HTTP answer."""

import asyncio
import base64
import os
import time
from collections.abc import Iterable

from servers import Failed

PONG = bytes([0x8A, 0x80]) + bytes(4)


class Pushed(asyncio.Protocol):
    """Sends its request, and from then on gives each whole message to `hear`, with the moment at which its last byte was read."""

    STATUS = b""

    def __init__(self, request: bytes, hear):
        self.request, self.hear = request, hear
        self.transport: asyncio.Transport | None = None
        self.buffer = b""
        self.is_granted = False
        # Why it is of no use any more.
        self.failure: str | None = None

    async def open(self, port: int) -> None:
        await asyncio.get_running_loop().create_connection(lambda: self, "127.0.0.1", port)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        at = time.monotonic_ns()
        self.buffer = self.buffer + data if self.buffer else data
        try:
            if not self.is_granted and not self.grant():
                return
            for message in self.messages():
                self.hear(self, message, at)
        except Failed as failure:
            self.fail(str(failure))

    def grant(self) -> bool:
        """Reads the head of the answer; false while it is not complete."""
        head, mark, rest = self.buffer.partition(b"\r\n\r\n")
        if not mark:
            return False
        if head.split(b" ", 2)[1:2] != [self.STATUS]:
            raise Failed(f"a connection was refused: {self.buffer[:300]!r}")
        self.buffer, self.is_granted = rest, True
        return True

    def messages(self) -> Iterable[bytes]:
        """Takes the whole ones out of the buffer."""
        raise NotImplementedError

    def connection_lost(self, error: Exception | None) -> None:
        self.fail(f"a connection broke: {error}")

    def fail(self, why: str) -> None:
        if self.failure is None:
            self.failure = why
            self.hear(self, None, time.monotonic_ns())
        self.transport.abort()

    def close(self) -> None:
        self.failure = "closed"
        if self.transport:
            self.transport.abort()


class WebSocket(Pushed):
    """It answers pings, takes text messages, and has no use for a goodbye."""

    STATUS = b"101"

    @staticmethod
    def request(path: str, token: str) -> bytes:
        key = base64.b64encode(os.urandom(16)).decode()
        return (f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\nUpgrade: websocket\r\n"
                f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n").encode()

    def messages(self) -> list[bytes]:
        buffer, at, found = self.buffer, 0, []
        while len(buffer) >= at + 2:
            start = at + {126: 4, 127: 10}.get(buffer[at + 1], 2)
            if len(buffer) < start:
                break
            size = buffer[at + 1] if start == at + 2 else int.from_bytes(buffer[at + 2:start])
            if len(buffer) < start + size:
                break
            kind, payload, at = buffer[at], buffer[start:start + size], start + size
            if kind == 0x81:
                found.append(payload)
            elif kind == 0x89 and not payload:
                self.transport.write(PONG)
            else:
                raise Failed(f"a frame of kind {kind:#x} came: {payload[:200]!r}")
        self.buffer = buffer[at:]
        return found

    def say(self, text: str) -> None:
        """One message of at most 64 KiB. A mask of zeros is one, too, and changes nothing."""
        data = text.encode()
        size = bytes([0x80 | len(data)]) if len(data) < 126 else b"\xfe" + len(data).to_bytes(2)
        self.transport.write(b"\x81" + size + bytes(4) + data)


class EventStream(Pushed):
    """Server-Sent Events in a chunked body; each event is given as the text between two empty lines."""

    STATUS = b"200"

    def __init__(self, request: bytes, hear):
        super().__init__(request, hear)
        self.text = b""

    def messages(self) -> Iterable[bytes]:
        while True:
            size, mark, rest = self.buffer.partition(b"\r\n")
            if not mark or len(rest) < (length := int(size, 16)) + 2:
                return
            if length == 0:
                raise Failed("the events ended")
            *events, self.text = (self.text + rest[:length]).split(b"\n\n")
            self.buffer = rest[length + 2:]
            yield from events
