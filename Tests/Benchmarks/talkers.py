"""Those who ask many questions at once, and read each answer while it is written."""

import asyncio
import json
import time

import deltas
from deltas import Pieces
from openloop import quantiles
from pushed import EventStream, Pushed, WebSocket
from servers import Failed

DELTA = b'{"type":"stream.delta",'
# Between two questions: they do not all come in the same moment, nor do they march in step.
APART = 0.0073
GREETING_SECONDS = 30


class Reading:
    """One answer, and how it ends. What came is kept as it is and looked at afterwards, so that reading takes next to nothing."""

    def __init__(self):
        self.arrived: list[tuple[int, bytes]] = []
        self.greeted = asyncio.get_running_loop().create_future()
        self.ended = asyncio.get_running_loop().create_future()

    def fail(self, connection: Pushed) -> None:
        for future in (self.greeted, self.ended):
            if not future.done():
                future.set_exception(Failed(connection.failure))
                future.exception()  # Nobody may be waiting for it.

    def hear_socket(self, connection: Pushed, message: bytes | None, at: int) -> None:
        if message is None:
            return self.fail(connection)
        if message.startswith(DELTA):
            return self.arrived.append((at, message))
        frame = json.loads(message)
        match frame["type"]:
            case "connection_established":
                self.greeted.set_result(None)
            case "stream.end":
                self.ended.set_result(frame)
            case "stream.start" | "message":
                pass
            case _:
                self.ended.set_exception(Failed(f"a chat was told {frame}"))

    def hear_events(self, connection: Pushed, message: bytes | None, at: int) -> None:
        if message is None:
            return self.fail(connection)
        if message == b"data: [DONE]":
            return self.ended.set_result(None)
        self.arrived.append((at, message))

    def of_socket(self) -> Pieces:
        """Checks the numbers of the frames, and that the message that is kept is what its pieces were."""
        pieces, text, last = Pieces(), "", 0
        for at, message in self.arrived:
            frame = json.loads(message)
            if frame["after"] != last:
                raise Failed(f"a frame follows piece {frame['after']}, and the one before was {last}")
            last = frame["sequence"]
            text += frame["delta"]
            pieces.add(frame["delta"], at)
        kept = self.ended.result()["message"]["content"]
        if kept != text and kept != text.rstrip():
            raise Failed("the message at the end is not what its pieces were")
        return pieces

    def of_events(self) -> Pieces:
        pieces = Pieces()
        for at, message in self.arrived:
            pieces.add(json.loads(message.removeprefix(b"data: "))["choices"][0]["delta"].get("content", ""), at)
        return pieces


class Talkers:
    """For `Helper`."""

    async def ask_server(self, port: int, chats: list[tuple[str, str]], rate: int, seconds: int) -> dict:
        """A WebSocket for each chat, given by its path and token; then a question over each."""
        readings = [Reading() for _ in chats]
        sockets = [WebSocket(WebSocket.request(path, token), reading.hear_socket) for (path, token), reading in zip(chats, readings)]
        for socket, reading in zip(sockets, readings):
            await socket.open(port)
            await asyncio.wait_for(reading.greeted, GREETING_SECONDS)
        cpu, began = time.process_time(), time.monotonic()
        for socket in sockets:
            socket.say(json.dumps({"message": "Please count."}))
            await asyncio.sleep(APART)
        await self.all_ended(readings, seconds)
        cpu = (time.process_time() - cpu) / (time.monotonic() - began)
        for socket in sockets:
            socket.close()
        return {**self.figures([reading.of_socket() for reading in readings], rate, seconds), "client_cpu": cpu}

    async def ask_provider(self, port: int, count: int, rate: int, seconds: int) -> dict:
        """The same with nothing between the provider and this client: what these two take by themselves."""
        readings = [Reading() for _ in range(count)]
        streams = [EventStream(deltas.question(), reading.hear_events) for reading in readings]
        for stream in streams:
            await stream.open(port)
            await asyncio.sleep(APART)
        await self.all_ended(readings, seconds)
        for stream in streams:
            stream.close()
        return self.figures([reading.of_events() for reading in readings], rate, seconds)

    @staticmethod
    async def all_ended(readings: list[Reading], seconds: int) -> None:
        """Raises the first failure at once."""
        await asyncio.wait_for(asyncio.gather(*(reading.ended for reading in readings)), 2 * seconds + 30)

    @staticmethod
    def figures(answers: list[Pieces], rate: int, seconds: int) -> dict:
        for pieces in answers:
            if len(pieces.sent) != rate * seconds:
                raise Failed(f"an answer of {rate * seconds} pieces ended after {len(pieces.sent)}")
        every = lambda of: quantiles([value / 1e9 for pieces in answers for value in of(pieces)])
        first, last = min(pieces.sent[0] for pieces in answers), max(pieces.sent[-1] for pieces in answers)
        return {**every(lambda pieces: pieces.taken), "late": every(lambda pieces: pieces.late(rate)), "streams": len(answers),
                "together_s": (min(pieces.sent[-1] for pieces in answers) - max(pieces.sent[0] for pieces in answers)) / 1e9,
                "took_s": (last - first) / 1e9}
