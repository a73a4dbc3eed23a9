"""Conversations: somebody asks in a session, in two tabs, and others come to each answer, leave it, stop it, ask again."""

import dataclasses
import random
import time

from appliance import Account, Client, Failed
from channels import Closed, EventStream, Socket
from crowd import Crowd
from tabs import TRY_AGAIN_LATER, Tab
from watching import START, Watched, state_of

SEND = "/api/v1/chat/send/"
# A session keeps its last eight streams. So many questions, each maybe repeated once, stay below that.
TURNS = 3
# The longest answer takes 60 pauses and a hang; the rest is for a loaded machine.
STREAM_SECONDS = 60.0
STATES = {"done", "stopped", "failed", "interrupted"}


def path_of(stream: str) -> str:
    return f"/api/v1/chat/streams/{stream}/"


@dataclasses.dataclass
class Question:
    """One that was asked with a key, so that it may be asked once more."""

    account: Account
    session: str
    text: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Idempotency-Key": f"key of {self.text}"}

    @property
    def body(self) -> dict:
        return {"content": self.text, "session_id": self.session}


class Conversation:
    """One client after another session, until the server is gone."""

    def __init__(self, crowd: Crowd, account: Account, number: int, chance: random.Random, broken: list[Question]):
        self.crowd, self.account, self.number, self.chance = crowd, account, number, chance
        # Questions of earlier rounds of whose answers not all came.
        self.broken = broken
        self.asked: list[Question] = []
        self.count = 0

    def run(self) -> None:
        while not self.crowd.is_over.is_set():
            if self.broken and self.chance.random() < 0.5:
                self.converse(self.broken.pop())
            else:
                self.converse(None)

    def converse(self, earlier: Question | None) -> None:
        session = earlier.session if earlier else self.create()
        tabs = [
            Tab(self.crowd, self.account, session, "the first tab", self.chance),
            Tab(self.crowd, self.account, session, "the second tab", random.Random(self.chance.random()),
                is_fickle=self.chance.random() < 0.5, is_slow=self.chance.random() < 0.2)]
        for tab in tabs:
            self.crowd.spawn(tab.run)
        tabs[0].await_opening()
        for _ in range(1 if earlier else TURNS):
            if self.crowd.is_over.is_set():
                break
            watched = self.ask(earlier) if earlier else self.turn(session, tabs[0])
            if watched:
                self.await_end(watched, tabs)
            self.crowd.pause(self.chance.uniform(0, 0.1))
        for tab in tabs:
            tab.close()

    def create(self) -> str:
        while True:
            with Client(self.crowd.port, self.account.token) as client:
                status, answer = client.request("POST", "/api/v1/chat/sessions/", {})
            if status == 201:
                return answer["id"]
            if status != 503:
                raise Failed(f"creating a session was answered with {status}: {answer}")
            self.crowd.pause(0.05)

    def await_end(self, watched: Watched, tabs: list[Tab]) -> None:
        deadline = time.monotonic() + STREAM_SECONDS
        while not watched.over.wait(0.05):
            if self.crowd.is_over.is_set():
                return
            if time.monotonic() > deadline:
                raise Failed(f"{watched.describe()} had no end within {STREAM_SECONDS:.0f} s")
        # Nobody who is there and listens has to wait longer than others.
        tab, visits = tabs[0], tabs[0].visits
        while not self.crowd.is_over.is_set() and tab.visits == visits and watched.id in tab.witnesses:
            if tab.witnesses[watched.id].has_ended or self.crowd.end_is_near.is_set():
                return
            if time.monotonic() > deadline:
                raise Failed(f"{tab.who} was not told of the end of {watched.describe()}, and others were")
            self.crowd.pause(0.02)

    # MARK: Asking

    def turn(self, session: str, tab: Tab) -> Watched | None:
        way = self.chance.random()
        self.count += 1
        text = f"{self.crowd.label} conversation {self.number} question {self.count}"
        if way < 0.4:
            return self.ask(Question(self.account, session, text))
        if way < 0.7:
            return self.ask_in(tab, {"type": "message", "message": text})
        if way < 0.85:
            return self.ask_in(tab, {"type": "regenerate"})
        stream = EventStream(self.crowd.port, self.account.token, "POST", f"/api/v1/chat/sessions/{session}/regenerate/", {})
        return self.begin(stream, "who asked for another answer", None, (400, 409, 429, 503))

    def ask(self, question: Question) -> Watched | None:
        self.asked.append(question)
        stream = EventStream(self.crowd.port, self.account.token, "POST", SEND, question.body, question.headers)
        return self.begin(stream, "who asked", question, (409, 429, 503))

    def begin(self, stream: EventStream, who: str, question: Question | None, expected: tuple[int, ...]) -> Watched | None:
        """Reads the beginning of an answer, and leaves the rest to others."""
        if self.crowd.is_put_off(stream, expected):
            return None
        start = stream.next()
        if start is None:
            raise Failed("a stream that was asked for has no beginning")
        watched = self.crowd.book.meet(start, self.account)
        witness = watched.witness(who, None)
        witness.hear(start)
        # Now and then it leaves early, and the answer goes on all the same.
        most = self.chance.randint(0, 10) if self.chance.random() < 0.2 else None
        self.crowd.spawn(self.crowd.follow, stream, witness, most, 0, self.chance.random() < 0.5)
        self.invite(watched, question)
        return watched

    def ask_in(self, tab: Tab, command: dict) -> Watched | None:
        visits, met, put_off = tab.visits, len(tab.met), tab.put_off
        deadline = time.monotonic() + STREAM_SECONDS
        if tab.await_opening():
            tab.send(command)
        while not self.crowd.is_over.is_set():
            if tab.visits != visits or tab.put_off > put_off:
                return None
            if len(tab.met) > met:
                watched = tab.met[-1]
                self.invite(watched, None)
                return watched
            if time.monotonic() > deadline:
                raise Failed(f"nothing began within {STREAM_SECONDS:.0f} s of {command} in session {tab.session}")
            self.crowd.pause(0.005)
        return None

    def invite(self, watched: Watched, question: Question | None) -> None:
        guests = [self.come_late, self.come_back, self.come_back, self.read_slowly, self.look, self.join_over_socket]
        for guest in self.chance.sample(guests, self.chance.randint(0, 3)):
            self.crowd.spawn(guest, watched, random.Random(self.chance.random()))
        if self.chance.random() < 0.2:
            self.crowd.spawn(self.chance.choice([self.stop, self.stop_over_socket]), watched, random.Random(self.chance.random()))
        if question and self.chance.random() < 0.2:
            self.crowd.spawn(self.repeat, question, random.Random(self.chance.random()))

    # MARK: Guests

    def events(self, watched: Watched, after: int | None, chance: random.Random, is_slow: bool = False) -> EventStream:
        path, headers = path_of(watched.id), {}
        if after is not None and chance.random() < 0.5:
            path += f"?after={after}"
        elif after is not None:
            headers["Last-Event-ID"] = str(after)
        stream = EventStream(self.crowd.port, self.account.token, "GET", path, None, headers, is_slow)
        if not stream.has_events:
            raise Failed(f"{watched.describe()} could not be joined: {stream.status} {stream.answer}")
        return stream

    def come_late(self, watched: Watched, chance: random.Random) -> None:
        self.crowd.pause(chance.uniform(0, 2))
        self.crowd.follow(self.events(watched, None, chance), watched.witness("who came late", None))

    def read_slowly(self, watched: Watched, chance: random.Random) -> None:
        stream = self.events(watched, None, chance, is_slow=True)
        self.crowd.follow(stream, watched.witness("who reads slowly", None), pause=chance.uniform(0.05, 0.5))

    def come_back(self, watched: Watched, chance: random.Random) -> None:
        """Is cut again and again, and goes on behind any piece, one that it does not have yet among them."""
        reached, most = 0, 6
        while not self.crowd.is_over.is_set():
            after = chance.choice([reached, reached, chance.randint(0, reached), reached + chance.randint(1, 30), None])
            witness = watched.witness("who came back", after)
            stream = self.events(watched, after, chance)
            most += 3
            self.crowd.follow(stream, witness, most=chance.randint(0, most), is_rude=chance.random() < 0.5)
            if witness.has_ended:
                return
            reached = max(reached, 0 if witness.sequence is None else witness.sequence)
            self.crowd.pause(chance.uniform(0, 0.3))

    def stop_over_socket(self, watched: Watched, chance: random.Random) -> None:
        self.crowd.pause(chance.uniform(0, 0.5))
        watched.stop_was_tried = True
        self.join_over_socket(watched, chance, {"type": "stream.stop", "stream_id": watched.id})

    def join_over_socket(self, watched: Watched, chance: random.Random, command: dict | None = None) -> None:
        """A third tab for one answer, which asks for parts of it that it has."""
        self.crowd.pause(chance.uniform(0, 1))
        witness = watched.witness("who joined over a socket", None, is_room=True)
        socket = Socket(self.crowd.port, self.account.token, f"/ws/chat/{watched.session}/")
        try:
            if command:
                socket.send(command)
            while not witness.has_ended or len(witness.ends) <= witness.joins_after_end:
                if chance.random() < (0.1 if witness.joins else 1):
                    after = chance.randint(0, witness.reached)
                    witness.joined(after)
                    socket.send({"type": "stream.join", "stream_id": watched.id, "after": after})
                frame = socket.next()
                if frame.get("stream_id") == watched.id:
                    witness.hear(frame)
        except Closed as closed:
            if closed.code != TRY_AGAIN_LATER or not self.crowd.book.is_heavy(watched.session):
                raise
            self.crowd.too_much += 1
        finally:
            socket.leave()

    def look(self, watched: Watched, chance: random.Random) -> None:
        with Client(self.crowd.port, self.account.token) as client:
            while not self.crowd.is_over.is_set():
                status, answer = client.request("GET", path_of(watched.id), None, {"Accept": "application/json"})
                if status == 503:
                    continue
                if status != 200 or answer["stream_id"] != watched.id:
                    raise Failed(f"a look at {watched.describe()} was answered with {status}: {answer}")
                watched.looks.append((answer["sequence"], answer["text"]))
                if answer["state"] != "streaming":
                    return
                self.crowd.pause(chance.uniform(0, 0.3))

    def stop(self, watched: Watched, chance: random.Random) -> None:
        self.crowd.pause(chance.uniform(0, 1.5))
        watched.stop_was_tried = True
        with Client(self.crowd.port, self.account.token) as client:
            status, answer = client.request("POST", path_of(watched.id) + "stop/")
        if status != 200 or answer["state"] not in STATES:
            raise Failed(f"the stop of {watched.describe()} was answered with {status}: {answer}")
        watched.stop_answers.append(answer)
        # Whoever is told that it has stopped finds that it has.
        late = watched.witness("who came after the stop", None)
        self.crowd.follow(self.events(watched, None, chance), late)
        if state_of(late.ends[0]) != answer["state"]:
            raise Failed(f"the stop of {watched.describe()} was answered with {answer}, and its end is {late.ends[0]}")

    def repeat(self, question: Question, chance: random.Random) -> None:
        """The same request once more: it finds the answer that is being written, or begins a new one where that broke off."""
        self.crowd.pause(chance.uniform(0, 1.5))
        stream = EventStream(self.crowd.port, self.account.token, "POST", SEND, question.body, question.headers)
        if self.crowd.is_put_off(stream, (409, 429, 503)):
            return
        start = stream.next()
        if start is None or start["type"] != START:
            raise Failed(f"a repeat of '{question.text}' begins with {start}")
        watched = self.crowd.book.meet(start, self.account)
        witness = watched.witness("who repeated the question", None)
        witness.hear(start)
        self.crowd.follow(stream, witness)
