"""What clients heard of streamed answers, each connection by itself, and the rules that hold for it at once.

The beginning comes once and first; a piece begins where the last one ended; there is one end, and nothing behind it. What the pieces
say is held against the provider's own words after the round.
"""

import collections
import dataclasses
import threading
import time

from appliance import Account, Failed

START, DELTA = "stream.start", "stream.delta"
# The events that end a stream, and the stored states that they stand for; an error may also be that of a server that was stopped.
ENDS = {"stream.end": "done", "stream.stopped": "stopped", "stream.error": "failed"}
# With more characters than this an answer may be too much for a socket at once; escaped, one takes six bytes.
HEAVY = 40_000


def state_of(end: dict) -> str:
    state = ENDS[end["type"]]
    return "interrupted" if state == "failed" and end["error_code"] == "interrupted" else state


@dataclasses.dataclass
class Piece:
    after: int
    number: int
    text: str
    at: float


class Watched:
    """One stream of which somebody has heard."""

    def __init__(self, id: str, session: str, question: str, account: Account):
        self.id, self.session, self.question, self.account = id, session, question, account
        self.lock = threading.Lock()
        self.witnesses: list[Witness] = []
        # Whether somebody has asked for its stop, and what that was answered with.
        self.stop_was_tried = False
        self.stop_answers: list[dict] = []
        # What its snapshots said: number and text.
        self.looks: list[tuple[int, str]] = []
        self.end: dict | None = None
        self.over = threading.Event()
        self.weight = 0

    @property
    def is_heavy(self) -> bool:
        return self.weight > HEAVY

    def witness(self, who: str, after: int | None, is_room: bool = False) -> "Witness":
        witness = Witness(self, who, after, is_room)
        with self.lock:
            self.witnesses.append(witness)
        return witness

    def note_end(self, end: dict) -> None:
        """Whoever is told of the end is told the same; only the message may be gone, since the question was answered anew."""
        with self.lock:
            first = self.end or end
            same = all(first.get(key) == end.get(key) for key in ("type", "sequence", "error_code", "detail"))
            if not same or (first["message"] and end["message"] and first["message"] != end["message"]):
                raise Failed(f"{self.describe()} ended twice: {short(first)}, then {short(end)}")
            self.end = self.end or end
        self.over.set()

    def describe(self) -> str:
        return f"stream {self.id} of session {self.session}"


class Witness:
    """One connection that follows one stream."""

    def __init__(self, watched: Watched, who: str, after: int | None, is_room: bool):
        self.watched, self.who, self.after, self.is_room = watched, who, after, is_room
        self.has_start = False
        # The number of the last piece; nil while nothing was heard.
        self.sequence: int | None = None
        self.pieces: list[Piece] = []
        # In a room, pieces that came once more because they were asked for.
        self.again: list[Piece] = []
        self.ends: list[dict] = []
        # How often a room was asked to give something again, and how often of these after the end was heard.
        self.joins = 0
        self.joins_after_end = 0
        # The server, and not the client, broke it off.
        self.was_cut = False
        self.last_frames = collections.deque(maxlen=6)

    @property
    def has_ended(self) -> bool:
        return bool(self.ends)

    @property
    def reached(self) -> int:
        """The last piece that this client has."""
        return (self.after or 0) if self.sequence is None else self.sequence

    def joined(self, after: int) -> None:
        if self.sequence is None:
            self.after = after
        self.joins += 1
        self.joins_after_end += self.has_ended

    def hear(self, frame: dict) -> None:
        self.last_frames.append(short(frame))
        if frame["stream_id"] != self.watched.id:
            self.fail(f"was told of another stream: {frame['stream_id']}")
        if frame["type"] == START:
            self.hear_start(frame)
        elif frame["type"] == DELTA:
            self.hear_piece(Piece(frame["after"], frame["sequence"], frame["delta"], time.monotonic()))
        elif frame["type"] in ENDS:
            self.hear_end(frame)
        else:
            self.fail("heard something that is no part of a stream")

    def hear_start(self, frame: dict) -> None:
        if self.sequence is not None or self.has_ended:
            self.fail("met a second beginning, or one behind something else")
        if self.after is not None and not self.is_room:
            self.fail("was given a beginning that it had")
        if frame["sequence"] != 0 or (frame["session_id"], frame["question_id"]) != (self.watched.session, self.watched.question):
            self.fail("met the beginning of something else")
        self.has_start, self.sequence = True, 0

    def hear_piece(self, piece: Piece) -> None:
        if self.sequence is None and self.after is None:
            self.fail("was given a piece before the beginning")
        if not 0 <= piece.after < piece.number or not piece.text:
            self.fail("was given a piece that is none")
        if piece.after == self.reached and not self.has_ended:
            self.sequence = piece.number
            self.pieces.append(piece)
            self.watched.weight = max(self.watched.weight, sum(len(piece.text) for piece in self.pieces))
        elif self.joins and piece.number <= self.reached:
            self.again.append(piece)
        else:
            self.fail(f"has the pieces up to {self.reached} and was given one that does not follow")

    def hear_end(self, end: dict) -> None:
        if len(self.ends) > self.joins:
            self.fail("was told a second end")
        # Whoever says that it has more than there is hears only where it ended.
        is_behind_all = self.sequence is None and 1 <= end["sequence"] <= self.reached + 1
        if end["sequence"] != self.reached + 1 and not is_behind_all:
            self.fail(f"has the pieces up to {self.reached} and was told an end with another number")
        self.ends.append(end)
        self.watched.note_end(end)

    def demand_end(self) -> None:
        if not self.has_ended:
            self.fail("came to the end of its connection in good order and was told no end of the stream")

    def fail(self, what: str) -> None:
        raise Failed(
            f"{self.who} of {self.watched.describe()} (asked behind {self.after}, {self.joins} joins) {what}; the last of what came:\n  "
            + "\n  ".join(self.last_frames))


def short(frame: dict) -> str:
    return str({key: value[:60] + "…" if isinstance(value, str) and len(value) > 60 else value for key, value in frame.items()})[:600]


class Book:
    """All streams of a round of which somebody has heard, by their ids."""

    def __init__(self):
        self.lock = threading.Lock()
        self.watched: dict[str, Watched] = {}

    def meet(self, start: dict, account: Account) -> Watched:
        """Notes the stream that begins."""
        if start["type"] != START:
            raise Failed(f"a stream begins with {short(start)}")
        with self.lock:
            if start["stream_id"] not in self.watched:
                self.watched[start["stream_id"]] = Watched(start["stream_id"], start["session_id"], start["question_id"], account)
            return self.watched[start["stream_id"]]

    def all(self) -> list[Watched]:
        with self.lock:
            return list(self.watched.values())

    def of(self, session: str) -> list[Watched]:
        return [watched for watched in self.all() if watched.session == session]

    def is_heavy(self, session: str) -> bool:
        """Whether what is told in a room may be too much for a socket, though it reads."""
        return any(watched.is_heavy for watched in self.of(session))
