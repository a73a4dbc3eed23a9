"""A model provider on loopback whose answers come in pieces, each at its time, and each with the moment of its sending in it.

It speaks the OpenAI wire format. A piece is `NUMBER@NANOSECONDS ` of the monotonic clock, which is one for all processes
of a machine: whoever gets it knows how long it was under way, and whether one is missing or came twice.
"""

import asyncio
import json
import time

from servers import Failed

MODEL = "bench-model"
EVENT = b'data: {"model":"%b","object":"chat.completion.chunk","choices":[{"index":0,"delta":{%b},"finish_reason":%b}]}\n\n'
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


def settings(port: int) -> str:
    """The tables of a configuration."""
    return f'\n[assistant]\nbase_url = "http://127.0.0.1:{port}/v1"\nmodel = "{MODEL}"\nattempts = 1\nanswer_tokens = 4000\n'


def question(host: str = "127.0.0.1") -> bytes:
    """What asks the provider itself, with no server between."""
    body = json.dumps({"model": MODEL, "stream": True, "messages": [{"role": "user", "content": "Please count."}]})
    return (f"POST /v1/chat/completions HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}").encode()


class Pieces:
    """What has come of one answer: that its pieces are complete and in order, when each was sent, and how long it took."""

    def __init__(self):
        self.sent: list[int] = []
        self.taken: list[int] = []

    def add(self, text: str, at: int) -> None:
        for piece in text.split():
            number, _, sent = piece.partition("@")
            if int(number) != len(self.sent) + 1:
                raise Failed(f"piece {number} came after {len(self.sent)}: one is lost, or came twice")
            self.sent.append(int(sent))
            self.taken.append(at - int(sent))

    def late(self, rate: int) -> list[int]:
        """How much later than the rate has it each was sent, counted from the first."""
        return [max(0, sent - self.sent[0] - number * 1_000_000_000 // rate) for number, sent in enumerate(self.sent)]


class Answer(asyncio.Protocol):
    """A connection, and the answer that is being written on it."""

    def __init__(self, provider: "Provider"):
        self.provider = provider
        self.buffer = b""
        self.number = 0
        self.began = 0.0
        self.timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, mark, body = self.buffer.partition(b"\r\n\r\n")
        length = head.lower().partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0]
        if not mark or len(body) < int(length):
            return
        self.buffer = b""
        self.transport.write(HEAD)
        self.number = 0
        self.began = self.provider.loop.time() + 1 / self.provider.rate
        self.wait(self.began)

    def wait(self, until: float) -> None:
        self.timer = self.provider.loop.call_at(until, self.write_next)

    def write_next(self) -> None:
        provider = self.provider
        if self.number == provider.count:
            self.write(b"", b'"stop"')
            self.transport.write(b"e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n")
            return
        self.number += 1
        self.wait(self.began + self.number / provider.rate)
        self.write(b'"content":"%d@%d "' % (self.number, time.monotonic_ns()))

    def write(self, delta: bytes, finish_reason: bytes = b"null") -> None:
        event = EVENT % (MODEL.encode(), delta, finish_reason)
        self.transport.write(b"%x\r\n%b\r\n" % (len(event), event))

    def connection_lost(self, error: Exception | None) -> None:
        if self.timer:
            self.timer.cancel()


class Provider:
    """For `Helper`. Each answer has `rate` pieces a second, for so many seconds."""

    def __init__(self, rate: int, seconds: int):
        self.rate, self.count = rate, rate * seconds

    async def open(self) -> int:
        """Returns the port."""
        self.loop = asyncio.get_running_loop()
        self.server = await self.loop.create_server(lambda: Answer(self), "127.0.0.1", 0, backlog=1024)
        return self.server.sockets[0].getsockname()[1]

    async def set_seconds(self, seconds: int) -> None:
        """From the next question on."""
        self.count = self.rate * seconds
