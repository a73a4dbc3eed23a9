"""A model provider in a process of its own. Its answers are texts that both sides can tell, and it breaks off anywhere.

The text of an answer follows from the seed, the question and how often that was asked: `pieces_of`. How a call ended and
when each piece went out is what the process remembers, for a trial to hold it against what clients got.
"""

import dataclasses
import http.server
import json
import multiprocessing
import random
import re
import select
import signal
import threading
import time

from provider import MODEL, Server

class Ending:
    """How a call ends."""

    # Before anything of an answer:
    REFUSED, BUSY, SILENT, MUTE, STRANGE, EMPTY = "refused", "busy", "silent", "mute", "strange", "empty"
    # After some of its pieces, all of them, or none:
    CUT, CUT_WITHIN, STUCK, GARBLED, REPORTED, ENDLESS = "cut", "cut within a piece", "stuck", "garbled", "reported", "an endless line"
    # As it should; the second one in so much text that the server must not take it all.
    TOLD, TOO_MUCH = "told", "too much"

    EARLY, LATE = [REFUSED, BUSY, SILENT, MUTE, STRANGE, EMPTY], [CUT, CUT_WITHIN, STUCK, GARBLED, REPORTED, ENDLESS]
    # What the server counts as failures of the whole provider. After five in a row it would leave it alone for a minute.
    COUNTED = {REFUSED, SILENT, MUTE, CUT, CUT_WITHIN, STUCK}


COUNTED_IN_A_ROW = 3
FAILING = 0.35
# How long a client waits that gets nothing; in the settings. Far more than the longest pause between two pieces.
PATIENCE = 3.0
LONGEST_PAUSE = 0.35
# No model's answer is longer for the server, in bytes as they are sent.
MOST_BYTES = 4 << 20

# Texts that are easily broken where pieces are joined, cut, escaped or counted.
AWKWARD = [
    "é", "e", "\u0301", "\r", "\n", "\r\n", "\n\n", "\U0001f469", "\u200d", "\U0001f4bb", "\U0001f1e9", "\U0001f1ea", '"', "\\", "\u2028",
    "\t", "\x00", "\x7f", "data: x\n\n", "</script>", "\u202e", "漢字", "\ufeff", "{}", " ", "\\ud800", "[DONE]",
]


@dataclasses.dataclass
class Call:
    """One call as the provider saw it."""

    question: str
    number: int
    ending: str
    # How many pieces there are to be before that end.
    told: int
    # When each piece was out.
    times: list[float] = dataclasses.field(default_factory=list)
    over: bool = False

    @property
    def code(self) -> str | None:
        """What a client is told of a call that failed."""
        if self.ending == Ending.TOLD:
            return None
        return "provider_timeout" if self.ending in (Ending.MUTE, Ending.STUCK) else "provider_failed"


def shape_of(chance: random.Random) -> tuple[str, int, int]:
    """The kind of an answer, its number of pieces, and how many words these have."""
    kind = chance.choices(["short", "usual", "long", "huge", "whole"], [20, 68, 6, 1, 5])[0]
    match kind:
        case "short": return kind, chance.randint(1, 4), 3
        case "usual": return kind, chance.randint(5, 60), 5
        case "long": return kind, chance.randint(20, 50), 900
        case "huge": return kind, 90, 0
        case _: return kind, 1, 40


def pieces_of(seed: int, question: str, number: int) -> list[str]:
    """The pieces of the answer to a question that is asked for that time. The first names both."""
    chance = random.Random(f"{seed}, {question}, {number}")
    kind, count, words = shape_of(chance)
    pieces = [f"[{question} #{number}] "]
    for place in range(1, count):
        if kind == "huge":
            pieces.append(f"{place} " + "much " * 12_000)
        else:
            pieces.append("".join(chance.choice(AWKWARD) if chance.random() < 0.4 else f"w{chance.randrange(1000)} "
                                  for _ in range(chance.randint(1, words))))
    if kind == "whole":
        pieces[0] += "all at once " * chance.randint(1, words)
    return pieces


def call_of(text: str) -> tuple[str, int] | None:
    """Which question, asked for which time, a text answers."""
    found = re.match(r"\[(.*?) #(\d+)\] ", text)
    return (found[1], int(found[2])) if found else None


class Storyteller:
    """The process, seen from the trial's."""

    def __init__(self, seed: int):
        self.seed = seed
        # A new process rather than a fork of one that has threads.
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=tell_stories, args=(theirs, seed), daemon=True)
        self.process.start()
        self.port = self.pipe.recv()

    @property
    def settings(self) -> str:
        milliseconds = int(PATIENCE * 1000)
        return (
            f'\n[assistant]\nbase_url = "http://127.0.0.1:{self.port}/v1"\nmodel = "{MODEL}"\nattempts = 1\n'
            f"first_byte_timeout_ms = {milliseconds}\nidle_timeout_ms = {milliseconds}\n")

    def calls(self) -> dict[tuple[str, int], Call]:
        """All calls since the last time, once they are over: after the server that made them has gone."""
        self.pipe.send("calls")
        return {(call.question, call.number): call for call in self.pipe.recv()}

    def stop(self) -> None:
        self.process.kill()
        self.process.join()


def tell_stories(pipe, seed: int) -> None:
    """The process itself."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    teller = Teller(seed)
    pipe.send(teller.server.server_port)
    while pipe.recv() == "calls":
        pipe.send(teller.take())


class Teller:
    def __init__(self, seed: int):
        self.seed = seed
        self.random = random.Random(seed)
        self.lock = threading.Lock()
        self.asked: dict[str, int] = {}
        self.calls: list[Call] = []
        self.counted = 0
        self.server = Server(("127.0.0.1", 0), self.handler())
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def take(self) -> list[Call]:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline and not all(call.over for call in self.calls):
            time.sleep(0.02)
        with self.lock:
            calls, self.calls, self.counted = self.calls, [], 0
            return calls

    def begin(self, question: str) -> tuple[Call, random.Random, list[str]]:
        with self.lock:
            number = self.asked[question] = self.asked.get(question, 0) + 1
            chance = random.Random(self.random.random())
        pieces = pieces_of(self.seed, question, number)
        ending, told = self.choose(chance, pieces)
        call = Call(question, number, ending, told)
        with self.lock:
            if ending in Ending.COUNTED and self.counted >= COUNTED_IN_A_ROW:
                call.ending, call.told = Ending.TOLD, len(pieces)
            self.counted += call.ending in Ending.COUNTED
            self.calls.append(call)
        return call, chance, pieces

    @staticmethod
    def choose(chance: random.Random, pieces: list[str]) -> tuple[str, int]:
        if sum(map(len, pieces)) > MOST_BYTES:
            return Ending.TOO_MUCH, len(pieces)
        if chance.random() >= FAILING:
            return Ending.TOLD, len(pieces)
        if chance.random() < 0.3:
            return chance.choice(Ending.EARLY), 0
        return chance.choice(Ending.LATE), chance.choice([0, 1, len(pieces), chance.randint(0, len(pieces))])

    def end(self, call: Call) -> None:
        with self.lock:
            call.over = True
            if call.ending == Ending.TOLD:
                self.counted = 0

    def handler(teller) -> type:
        class Handler(StoryHandler):
            pass

        Handler.teller = teller
        return Handler


class StoryHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    teller: Teller

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        call, self.chance, pieces = self.teller.begin(body["messages"][-1]["content"])
        try:
            time.sleep(self.chance.uniform(0, 0.1))
            self.answer(call, pieces)
        except OSError:
            # The server wanted no more of it, or was killed.
            self.close_connection = True
        finally:
            self.teller.end(call)

    def answer(self, call: Call, pieces: list[str]) -> None:
        match call.ending:
            case Ending.REFUSED: return self.whole(500, {"error": {"message": "nothing comes to mind"}})
            case Ending.BUSY: return self.whole(429, {"error": {"message": "too much to do"}})
            case Ending.STRANGE: return self.whole(200, {"error": "not here"}, "text/html")
            case Ending.MUTE: return self.hang()
            case Ending.SILENT:
                self.close_connection = True
                return
        if len(pieces) == 1 and call.ending == Ending.TOLD and self.chance.random() < 0.5:
            message = {"role": "assistant", "content": pieces[0]}
            self.whole(200, {"model": MODEL, "choices": [{"index": 0, "finish_reason": "stop", "message": message}]})
            return call.times.append(time.monotonic())
        self.stream(call, pieces)

    # MARK: Streams

    def stream(self, call: Call, pieces: list[str]) -> None:
        # Without chunks the end of the connection is the end of the stream, also where that is no end of an answer.
        self.in_chunks = self.chance.random() < 0.8
        self.newline = self.chance.choice(["\n", "\r\n"])
        pause = self.chance.choice([(0, 0.003), (0.01, 0.06), (0.01, 0.06), (0.1, LONGEST_PAUSE)])
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header(*(("Transfer-Encoding", "chunked") if self.in_chunks else ("Connection", "close")))
        self.end_headers()
        self.event({"choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": None}]})
        for piece in pieces[:call.told]:
            self.event(self.delta(piece))
            call.times.append(time.monotonic())
            time.sleep(self.chance.uniform(*pause))
        following = pieces[call.told] if call.told < len(pieces) else "one more"
        self.conclude(call.ending, following)

    def conclude(self, ending: str, following: str) -> None:
        match ending:
            case Ending.TOLD | Ending.TOO_MUCH | Ending.EMPTY:
                usage = self.chance.choice([None, {"prompt_tokens": 11, "completion_tokens": 7}, {"prompt_tokens": 10**18}])
                self.event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}], "usage": usage})
                if self.chance.random() < 0.9:
                    self.put(b"data: [DONE]\n\n")
                return self.end_body()
            case Ending.CUT_WITHIN:
                data = self.bytes_of(self.delta(following))
                self.put(data[:self.chance.randint(1, len(data) - 3)])
            case Ending.STUCK: return self.hang()
            case Ending.GARBLED: self.put(b'data: {"choices": [{"delta": {"content": "x}]}\n\n')
            case Ending.REPORTED: self.event({"error": {"message": "the model fell over", "code": 1}})
            case Ending.ENDLESS: self.put(b"data: " + b"x" * (300 << 10) + b"\n\n")
        if ending in (Ending.GARBLED, Ending.REPORTED, Ending.ENDLESS):
            # What stands behind it must not be taken for a part of the answer.
            self.event(self.delta("never to be shown"))
            return self.hang()
        self.close_connection = True

    @staticmethod
    def delta(text: str) -> dict:
        return {"model": MODEL, "choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]}

    def bytes_of(self, value: dict) -> bytes:
        data = json.dumps(value, ensure_ascii=self.chance.random() < 0.5)
        return f"data: {data}{self.newline}{self.newline}".encode()

    def event(self, value: dict) -> None:
        data = self.bytes_of(value)
        if self.chance.random() < 0.1:
            data = f": still here{self.newline}event: message{self.newline}id: 7{self.newline}".encode() + data
        if self.chance.random() < 0.15:
            # In the middle of a line, or of a character.
            place = self.chance.randrange(1, len(data))
            self.put(data[:place])
            data = data[place:]
        self.put(data)

    def put(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n" if self.in_chunks else data)

    def end_body(self) -> None:
        if self.in_chunks:
            self.wfile.write(b"0\r\n\r\n")
        else:
            self.close_connection = True

    # MARK: Other answers

    def whole(self, status: int, answer: dict, kind: str = "application/json") -> None:
        data = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def hang(self) -> None:
        """Nothing more, until the other side has had enough."""
        self.close_connection = True
        select.select([self.connection], [], [], 4 * PATIENCE)

    def log_message(self, *_):
        pass
