"""A browser's tab in a session: a WebSocket that hears all its streams, sometimes slowly, and comes back after a cut."""

import random
import threading

from appliance import Account, Failed
from channels import Closed, Socket
from crowd import Crowd
from watching import DELTA, ENDS, START, Watched, Witness, short, state_of

# The server says this to a client for which more waits than may, and when it stops.
TRY_AGAIN_LATER, GOING_AWAY = 1013, 1001
# What somebody may be told who asks for an answer, and what after the question it is of.
PUT_OFF = {
    "Too many answers are being written at the moment. Please wait for one to end.",
    "The last message of this session is being answered.", "There is no message in this session to answer.",
    "The server is stopping. Please try again in a moment.",
}


class Tab:
    def __init__(self, crowd: Crowd, account: Account, session: str, who: str, chance: random.Random, is_fickle=False, is_slow=False):
        self.crowd, self.account, self.session, self.who, self.chance = crowd, account, session, who, chance
        self.is_fickle, self.is_slow = is_fickle, is_slow
        self.socket: Socket | None = None
        self.opened = threading.Event()
        self.is_closing = False
        # How often it was connected; the streams that it met since the last time, the newest last.
        self.visits = 0
        self.met: list[Watched] = []
        self.put_off = 0
        # Of every stream it ever met the piece that it has, or nil once it knows the end.
        self.reached: dict[str, int | None] = {}
        self.witnesses: dict[str, Witness] = {}
        self.owed: tuple[str, str] | None = None

    def run(self) -> None:
        while not (self.is_closing or self.crowd.is_over.is_set()):
            try:
                self.visit()
            except Closed as closed:
                if closed.code == TRY_AGAIN_LATER and (self.is_slow or self.crowd.book.is_heavy(self.session)):
                    self.crowd.too_much += 1
                    self.crowd.pause(0.05)
                elif closed.code == GOING_AWAY and self.crowd.end_is_near.is_set():
                    return
                elif not self.is_closing:
                    raise Failed(f"{self.who} of session {self.session} was {closed}") from None
            except OSError:
                if not self.is_closing:
                    raise
            finally:
                self.end_visit()

    def await_opening(self) -> bool:
        while not (self.opened.wait(0.05) or self.crowd.is_over.is_set()):
            pass
        return self.opened.is_set()

    def close(self) -> None:
        self.is_closing = True
        if self.socket:
            self.socket.hang_up()

    def end_visit(self) -> None:
        self.opened.clear()
        if self.socket:
            self.socket.leave(is_rude=self.chance.random() < 0.5)
        for id, witness in self.witnesses.items():
            self.reached[id] = None if witness.has_ended else witness.reached

    def visit(self) -> None:
        self.socket = Socket(self.crowd.port, self.account.token, f"/ws/chat/{self.session}/", self.is_slow)
        self.witnesses, self.met, self.owed = {}, [], None
        self.visits += 1
        if self.is_closing:
            return
        greeting = self.socket.next()
        if greeting != {"type": "connection_established", "message": "Connected to chat session"}:
            raise Failed(f"a room greets with {greeting}")
        for watched in self.crowd.book.of(self.session):
            after = self.reached.get(watched.id, 0)
            # What is heavy comes in one piece, which a socket may not take; such a stream is joined over events.
            if after is not None and not watched.is_heavy:
                self.join(watched, after)
        self.opened.set()
        left = self.chance.randint(1, 40) if self.is_fickle else None
        while left is None or left > 0:
            self.take(self.socket.next())
            if left is not None:
                left -= 1
            if self.is_slow:
                self.crowd.pause(self.chance.uniform(0, 0.2))

    def join(self, watched: Watched, after: int) -> None:
        witness = self.witnesses.get(watched.id) or watched.witness(self.who, None, is_room=True)
        witness.joined(after)
        self.witnesses[watched.id] = witness
        self.send({"type": "stream.join", "stream_id": watched.id, "after": after})

    def send(self, command: dict) -> None:
        self.socket.send(command)

    # MARK: What comes

    def take(self, frame: dict) -> None:
        match frame["type"]:
            case kind if kind == START or kind == DELTA or kind in ENDS:
                self.take_event(frame)
            case "message" if frame["sender_type"] == "ai":
                self.settle("message", frame["message"])
            case "error":
                if frame["message"] in PUT_OFF:
                    self.put_off += 1
                else:
                    self.settle("error", frame["message"])
            case "message":
                pass
            case _:
                raise Failed(f"{self.who} of session {self.session} heard {short(frame)}")

    def take_event(self, frame: dict) -> None:
        id = frame["stream_id"]
        if frame["type"] == START:
            if self.owed:
                raise Failed(f"{self.who} of session {self.session} was owed {self.owed} and heard {short(frame)}")
            watched = self.crowd.book.meet(frame, self.account)
            if id not in self.witnesses:
                self.witnesses[id] = watched.witness(self.who, None, is_room=True)
        if id not in self.witnesses:
            raise Failed(f"{self.who} of session {self.session} heard of a stream that did not begin: {short(frame)}")
        witness = self.witnesses[id]
        witness.hear(frame)
        if frame["type"] == START:
            self.met.append(witness.watched)
        # Those who know nothing of streams are told too, but not once more because somebody joins.
        if frame["type"] in ENDS and len(witness.ends) == 1 and witness.has_start:
            if state_of(frame) in ("failed", "interrupted"):
                self.owed = ("error", frame["detail"])
            elif frame["message"]:
                self.owed = ("message", frame["message"]["content"])

    def settle(self, kind: str, text: str) -> None:
        if self.owed != (kind, text):
            raise Failed(f"{self.who} of session {self.session} was owed {str(self.owed)[:300]} and got {kind} {text[:300]!r}")
        self.owed = None
