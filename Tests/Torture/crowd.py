"""The clients of a round as threads, until the server is gone: what they share, and what went wrong for them."""

import http.client
import threading
import time
import traceback

from appliance import Appliance, Failed
from channels import QUIET_SECONDS, EventStream
from watching import Book, Witness


class Crowd:
    def __init__(self, appliance: Appliance, label: str):
        self.appliance, self.label = appliance, label
        self.book = Book()
        self.end_is_near, self.is_over = threading.Event(), threading.Event()
        self.lock = threading.Lock()
        self.failures: list[str] = []
        self.threads: list[threading.Thread] = []
        # Sockets that were closed because the client, or the answer, was too much for them; requests that were put off.
        self.too_much = 0
        self.put_off = 0

    @property
    def port(self) -> int:
        return self.appliance.port

    def spawn(self, work, *arguments) -> None:
        with self.lock:
            if self.is_over.is_set():
                return
            thread = threading.Thread(target=self.guard, args=(work, arguments), name=work.__qualname__, daemon=True)
            self.threads.append(thread)
            thread.start()

    def guard(self, work, arguments) -> None:
        try:
            work(*arguments)
        except Failed as failure:
            self.failures.append(str(failure))
        except (OSError, http.client.HTTPException) as error:
            if not self.end_is_near.is_set():
                self.failures.append(f"a connection broke while the server was up, in {work.__qualname__}: {error!r}")
        except Exception:
            self.failures.append(traceback.format_exc())

    def pause(self, seconds: float) -> None:
        """Waits, but no longer than there is a server."""
        self.is_over.wait(seconds)

    def expect_the_end(self) -> None:
        """From now on a connection that breaks is no failure."""
        self.end_is_near.set()

    def join(self) -> None:
        with self.lock:
            self.is_over.set()
        deadline = time.monotonic() + QUIET_SECONDS + 5
        for thread in self.threads:
            thread.join(max(0, deadline - time.monotonic()))
            if thread.is_alive():
                raise Failed(f"a client got neither an answer nor an end, in {thread.name}")
        if self.failures:
            raise Failed(self.failures[0])

    # MARK: Following

    def follow(self, stream: EventStream, witness: Witness, most: int | None = None, pause: float = 0, is_rude: bool = False) -> None:
        """Reads on to the end, or leaves after so many events unless the end is among them."""
        count = 0
        try:
            while most is None or count < most or witness.has_ended:
                frame = stream.next()
                if frame is None:
                    return witness.demand_end()
                if witness.has_ended:
                    witness.fail(f"was given something behind the end: {frame}")
                witness.hear(frame)
                count += 1
                if pause:
                    self.pause(pause)
        except (OSError, http.client.HTTPException):
            if witness.has_ended:
                return
            witness.was_cut = True
            raise
        finally:
            stream.leave(is_rude)

    def is_put_off(self, stream: EventStream, expected: tuple[int, ...]) -> bool:
        """Whether a request got no stream, for a reason that may be."""
        if stream.has_events and stream.status == 200:
            return False
        stream.leave()
        if stream.status not in expected:
            raise Failed(f"a stream was asked for and answered with {stream.status}: {stream.answer}")
        self.put_off += 1
        return True
