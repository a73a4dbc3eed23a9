"""A model provider on loopback that answers late, sometimes badly, and remembers what it was asked.

It speaks the OpenAI wire format for chat completions and gives whole answers, also to those who ask for a stream.
"""

import http.server
import json
import random
import sys
import threading
import time

MODEL = "torture-model"

# How a call ended, as the provider saw it; the last three are failures.
UNDER_WAY, ANSWERED, REFUSED, CUT, SILENT = "under way", "answered", "refused", "cut", "silent"
FAILURES = [REFUSED, CUT, SILENT]

# A question with this word in it is never answered.
HOPELESS = "hopeless"


def answer_to(question: str) -> str:
    """What it answers; whoever reads it knows which question was meant."""
    return f"You asked: {question}"


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        # A client that was killed resets its connection.
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class Provider:
    """Starts at once; `calls` has an entry for each question, in it the end of each call in order of arrival."""

    LONGEST_PAUSE = 0.03
    # The server leaves a provider alone for a minute after five failures in a row. That is not what is tried here.
    FAILURES_IN_A_ROW = 2

    def __init__(self, seed: int, failing: float):
        self.failing = failing
        self.random = random.Random(seed)
        self.lock = threading.Lock()
        self.calls: dict[str, list[str]] = {}
        self.in_a_row = 0
        self.server = Server(("127.0.0.1", 0), self.handler())
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def settings(self) -> str:
        """The table of a configuration. One call an attempt, so that each failure reaches the queue."""
        return (
            f'\n[assistant]\nbase_url = "http://127.0.0.1:{self.server.server_port}/v1"\n'
            f'model = "{MODEL}"\nattempts = 1\n')

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def failures(self, question: str) -> int:
        with self.lock:
            return sum(end in FAILURES for end in self.calls.get(question, []))

    def asked(self, question: str) -> int:
        with self.lock:
            return len(self.calls.get(question, []))

    def begin(self, question: str) -> tuple[int, str, float]:
        """Notes a call; returns its number, how it is to end, and after how long."""
        with self.lock:
            end = ANSWERED
            may_fail = self.in_a_row < self.FAILURES_IN_A_ROW and self.random.random() < self.failing
            if may_fail or HOPELESS in question:
                end = self.random.choice(FAILURES)
            self.in_a_row = self.in_a_row + 1 if end != ANSWERED else 0
            calls = self.calls.setdefault(question, [])
            calls.append(UNDER_WAY)
            return len(calls) - 1, end, self.random.uniform(0, self.LONGEST_PAUSE)

    def note(self, question: str, call: int, end: str) -> None:
        with self.lock:
            self.calls[question][call] = end

    def handler(provider) -> type:
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Header and body are two writes; without this the second waits for the first one's acknowledgement.
            disable_nagle_algorithm = True

            def do_POST(self):
                try:
                    self.answer()
                except OSError:
                    # The server was killed meanwhile; the call stays under way.
                    self.close_connection = True

            def answer(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                question = body["messages"][-1]["content"]
                call, end, pause = provider.begin(question)
                time.sleep(pause)
                if end == ANSWERED:
                    self.send(200, {
                        "model": MODEL, "usage": {"prompt_tokens": 11, "completion_tokens": 7},
                        "choices": [{
                            "index": 0, "finish_reason": "stop",
                            "message": {"role": "assistant", "content": answer_to(question)}}]})
                elif end == REFUSED:
                    self.send(500, {"error": {"message": "nothing comes to mind"}})
                elif end == CUT:
                    self.cut()
                else:
                    self.close_connection = True
                provider.note(question, call, end)

            def send(self, status: int, answer: dict) -> None:
                data = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def cut(self) -> None:
                """The head of an answer, its first bytes, and then no connection any more."""
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", "500")
                self.end_headers()
                self.wfile.write(b'{"model": "' + MODEL.encode())
                self.close_connection = True

            def log_message(self, *_):
                pass

        return Handler
