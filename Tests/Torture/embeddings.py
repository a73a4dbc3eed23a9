"""An embeddings provider on loopback that answers late, sometimes with an error, and always refuses a certain word.

It speaks the OpenAI wire format. A vector is made from the words of its text alone, so that the same text has the same
vector after every kill.
"""

import http.server
import json
import random
import re
import threading
import time
import zlib

from provider import Server

DIMENSIONS = 32
REFUSED_WORD = "unspeakable"


def vector(text: str) -> list[float]:
    numbers = [0.01] * DIMENSIONS
    for word in re.findall(r"\w+", text.lower()):
        numbers[zlib.crc32(word.encode()) % DIMENSIONS] += 1.0
    return numbers


class Embeddings:
    LONGEST_PAUSE = 0.03
    # The server leaves a provider alone for a minute after five failures in a row. That is not what is tried here, and a
    # refused text must not look like it: so none of these follows another closely.
    FAILURES_IN_A_ROW = 1

    def __init__(self, seed: int, failing: float):
        self.failing = failing
        self.random = random.Random(seed)
        self.lock = threading.Lock()
        self.in_a_row = 0
        # By text: in which life of the server it was asked for and answered. Whoever starts it says when another one begins.
        self.life = 0
        self.asked: dict[str, list[int]] = {}
        self.server = Server(("127.0.0.1", 0), self.handler())
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def settings(self) -> str:
        """The tables of a configuration. One call an attempt, so that each failure reaches the queue."""
        return f"{self.table}\n[assistant]\nattempts = 1\n"

    @property
    def table(self) -> str:
        return (
            f'\n[embeddings]\nprovider = "openai"\nbase_url = "http://127.0.0.1:{self.server.server_port}/v1"\n'
            f'model = "torture-embedding"\ndimensions = {DIMENSIONS}\n')

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def begin(self, texts: list[str]) -> tuple[bool, float]:
        """Whether this call fails, and after how long it ends."""
        with self.lock:
            fails = self.in_a_row < self.FAILURES_IN_A_ROW and self.random.random() < self.failing
            self.in_a_row = self.in_a_row + 1 if fails else 0
            for text in texts if not fails else []:
                self.asked.setdefault(text, []).append(self.life)
            return fails, self.random.uniform(0, self.LONGEST_PAUSE)

    def handler(provider) -> type:
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self):
                try:
                    self.answer()
                except OSError:
                    # The server was killed meanwhile.
                    self.close_connection = True

            def answer(self):
                texts = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["input"]
                fails, pause = provider.begin(texts)
                time.sleep(pause)
                if fails:
                    self.send(500, {"error": {"message": "nothing comes to mind"}})
                elif any(REFUSED_WORD in text for text in texts):
                    self.send(400, {"error": {"message": "one text is refused"}})
                else:
                    self.send(200, {"data": [{"index": place, "embedding": vector(text)} for place, text in enumerate(texts)]})

            def send(self, status: int, answer: dict) -> None:
                data = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_):
                pass

        return Handler
