"""The two ways in which a client follows an answer: Server-Sent Events, and a WebSocket of its session."""

import base64
import hashlib
import http.client
import json
import os
import random
import socket
import struct
import threading

from appliance import Failed

# The server says something every quarter of a minute at least.
QUIET_SECONDS = 25.0
# How little the system holds for a client that reads slowly.
SMALL_WINDOW = 4096
WEBSOCKET_WORD = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Closed(OSError):
    """The server closed a socket, in good order and for a reason."""

    def __init__(self, code: int, reason: str):
        super().__init__(f"closed with {code}: {reason}")
        self.code = code


def connect(port: int, is_slow: bool) -> socket.socket:
    connection = socket.socket()
    if is_slow:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_WINDOW)
    connection.settimeout(QUIET_SECONDS)
    connection.connect(("127.0.0.1", port))
    return connection


def cut(connection: socket.socket, file, is_rude: bool) -> None:
    """Leaves without a word; rudely is with a reset, at which what is under way is lost."""
    if is_rude:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    file.close()
    connection.close()


class EventStream:
    """An answer in `text/event-stream`; or one in JSON, where the server gave that instead."""

    def __init__(
        self, port: int, token: str, method: str, path: str, body: dict | None = None, headers: dict[str, str] | None = None,
        is_slow: bool = False
    ):
        self.socket = connect(port, is_slow)
        http_connection = http.client.HTTPConnection("127.0.0.1", port)
        http_connection.sock = self.socket
        data = None if body is None else json.dumps(body).encode()
        http_connection.request(method, path, data, {
            "Accept": "text/event-stream", "Authorization": "Bearer " + token, "Content-Type": "application/json", **(headers or {})})
        self.response = http_connection.getresponse()
        self.status = self.response.status
        self.has_events = self.response.getheader("Content-Type", "").startswith("text/event-stream")
        self.answer = None if self.has_events else json.loads(self.response.read() or b"{}")
        self.lines: list[bytes] = []
        self.rest = b""

    def line(self) -> bytes | None:
        """The next line of the body; nil at its end. The library's own `readline` takes a broken body for one that ended."""
        while not self.lines:
            head = self.response.fp.readline()
            size = int(head, 16) if head.endswith(b"\r\n") else 0
            chunk = self.response.fp.read(size + 2)
            if len(chunk) != size + 2:
                raise ConnectionError("a stream broke off")
            if size == 0:
                return None
            *self.lines, self.rest = (self.rest + chunk[:-2]).split(b"\n")
        return self.lines.pop(0)

    def next(self) -> dict | None:
        """The next event's data; nil at an end in good order. OSError or HTTPException: it broke off."""
        fields: dict[str, str] = {}
        while (line := self.line()) is not None:
            line = line.decode()
            if not line:
                if fields:
                    return self.frame(fields)
            elif not line.startswith(":"):
                name, _, value = line.partition(": ")
                if name in fields:
                    raise Failed(f"an event has two lines of {name}: {value[:200]}")
                fields[name] = value
        if fields:
            raise Failed(f"a stream ended within an event: {fields}")
        return None

    @staticmethod
    def frame(fields: dict[str, str]) -> dict:
        frame = json.loads(fields["data"])
        if set(fields) != {"event", "id", "data"} or fields["event"] != frame["type"] or fields["id"] != str(frame["sequence"]):
            raise Failed(f"an event's fields say something else than its data: {str(fields)[:500]}")
        return frame

    def leave(self, is_rude: bool = False) -> None:
        cut(self.socket, self.response, is_rude)


class Socket:
    """A WebSocket (RFC 6455): as much of it as a client needs that sends short texts."""

    def __init__(self, port: int, token: str, path: str, is_slow: bool = False):
        self.lock = threading.Lock()
        self.socket = connect(port, is_slow)
        self.file = self.socket.makefile("rb")
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall((
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\nAuthorization: Bearer {token}\r\n\r\n").encode())
        status = self.line()
        headers = {}
        while line := self.line():
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        if " 101 " not in status:
            raise Failed(f"a WebSocket was answered with {status}")
        if headers.get("sec-websocket-accept") != base64.b64encode(hashlib.sha1((key + WEBSOCKET_WORD).encode()).digest()).decode():
            raise Failed(f"a WebSocket was accepted with {headers}")

    def line(self) -> str:
        line = self.file.readline()
        if not line.endswith(b"\r\n"):
            raise ConnectionError("the connection ended within a handshake")
        return line.decode().strip()

    def send(self, value: dict) -> None:
        self.put(0x1, json.dumps(value).encode())

    def put(self, opcode: int, data: bytes) -> None:
        mask = random.randbytes(4)
        length = bytes([0x80 | len(data)]) if len(data) < 126 else bytes([0x80 | 126]) + struct.pack(">H", len(data))
        masked = bytes(byte ^ mask[place % 4] for place, byte in enumerate(data))
        with self.lock:
            self.socket.sendall(bytes([0x80 | opcode]) + length + mask + masked)

    def next(self) -> dict:
        """The next message. Closed: the server said goodbye; OSError: it broke off."""
        message = b""
        while True:
            first, length = self.take(2)
            if first & 0x70 or length & 0x80:
                raise Failed(f"a frame of the server begins with {first:#x} {length:#x}")
            if length == 126:
                length, = struct.unpack(">H", self.take(2))
            elif length == 127:
                length, = struct.unpack(">Q", self.take(8))
            data = self.take(length)
            match first & 0x0F:
                case 0x8:
                    self.put(0x8, data[:2])
                    raise Closed(struct.unpack(">H", data[:2])[0] if data else 1005, data[2:].decode())
                case 0x9:
                    self.put(0xA, data)
                case 0x0 | 0x1:
                    message += data
                    if first & 0x80:
                        return json.loads(message)
                case 0xA:
                    pass
                case opcode:
                    raise Failed(f"the server sent a frame of the kind {opcode:#x}")

    def take(self, count: int) -> bytes:
        data = self.file.read(count)
        if len(data) < count:
            raise ConnectionError("a WebSocket broke off")
        return data

    def leave(self, is_rude: bool = False) -> None:
        cut(self.socket, self.file, is_rude)

    def hang_up(self) -> None:
        """Ends it for whoever is reading, from another thread."""
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
