"""What must hold of streams when the server was killed, and when it is back: files, delivered texts and answers side by side."""

import collections
import dataclasses
import pathlib
import random
import shutil
import sqlite3
import uuid

from appliance import Account, Appliance, Client, Failed
from asking import messages
from channels import Closed, EventStream, Socket
from conversing import path_of
from evidence import text_of
from storyteller import Call, Ending, Storyteller, call_of, pieces_of
from tabs import TRY_AGAIN_LATER
from watching import ENDS, Book, Watched, Witness, state_of

# What is generated is stored at least once a second; the rest is for a machine that is busy with everything else.
STORED_SECONDS, MARGIN_SECONDS = 1.0, 1.0
# Of so many streams of a round, and of so many of earlier ones, it is asked over HTTP how they ended.
ASKED, ASKED_AGAIN = 60, 8

# The streams of all sessions that have new ones, or of which somebody heard; this follows the schema of the server.
ROWS = """
    SELECT chat_streams.rid, chat_streams.id, chat_sessions.id, accounts.email, chat_streams.question_id, chat_messages.content,
        chat_streams.state, chat_streams.error_code, chat_streams.text, chat_streams.delta_lengths, chat_streams.updated_at
    FROM chat_streams JOIN chat_sessions ON chat_sessions.rid = chat_streams.session_rid
    JOIN accounts ON accounts.rid = chat_sessions.account_rid LEFT JOIN chat_messages ON chat_messages.id = chat_streams.question_id
    WHERE chat_streams.session_rid IN (
        SELECT session_rid FROM chat_streams WHERE rid > ? UNION SELECT rid FROM chat_sessions WHERE id IN ({}))
    ORDER BY chat_streams.rid"""
LEFT_OPEN = "SELECT count(*) FROM chat_streams WHERE state = 'streaming' AND rid <= ?"


def lengths_of(data: bytes) -> list[int]:
    """Groups of seven bits, the lowest first; all but the last of a number have the highest bit."""
    lengths, length, shift = [], 0, 0
    for byte in data:
        length |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            lengths.append(length)
            length, shift = 0, 0
    return lengths


@dataclasses.dataclass
class Row:
    """A stream as a file had it when its server was gone."""

    rid: int
    id: str
    session: str
    account: Account
    question: str
    asked: str
    state: str
    code: str | None
    text: str
    lengths: list[int]
    # When it was last written; of one that has ended, when it did.
    written: int
    # What the provider had to say, where that is known.
    pieces: list[str] | None = None
    # Whether the session kept what there was of it, and still does.
    was_kept: bool = False
    is_kept: bool = False
    # The stream whose answer it only repeats: the question was asked once more, and a good answer was there.
    origin: "Row | None" = None

    @property
    def count(self) -> int:
        return len(self.lengths)

    @property
    def final_state(self) -> str:
        return "interrupted" if self.state == "streaming" else self.state

    @property
    def mark(self) -> str | None:
        """What the message says that it is only a part for."""
        state = (self.origin or self).final_state
        return None if state == "done" else state

    @property
    def is_accepted(self) -> bool:
        return self.final_state in ("done", "stopped")

    def fail(self, what: str) -> None:
        raise Failed(
            f"stream {self.id} of '{self.asked}' in session {self.session} ({self.state} {self.code or ''}, {self.count} pieces stored: "
            f"{self.text[-200:]!r}) {what}")


class Judge:
    def __init__(self, appliance: Appliance, storyteller: Storyteller, folder: pathlib.Path, seed: int):
        self.appliance, self.storyteller, self.folder = appliance, storyteller, folder
        self.random = random.Random(seed)
        self.accounts: dict[str, Account] = {}
        self.last_rid = 0
        # Of the round that has ended: its streams, new and old ones of the same sessions, and who had heard of them.
        self.rows: list[Row] = []
        self.new: list[Row] = []
        self.watched: dict[str, Watched] = {}
        # Streams of earlier rounds, with their ends.
        self.settled: list[tuple[Row, dict]] = []
        self.counts = collections.Counter()
        # How the provider's calls ended.
        self.endings = collections.Counter()
        # Whether the round ended with a clean stop, which interrupts what it cannot wait for.
        self.was_stopped = False
        # The longest that a piece, which a kill found not stored, had been out.
        self.oldest_lost = 0.0

    # MARK: When the server is gone

    def look(self, book: Book, killed_at: float) -> None:
        calls = self.storyteller.calls()
        self.endings.update(call.ending for call in calls.values())
        self.watched = {watched.id: watched for watched in book.all()}
        self.rows = self.read()
        self.new = [row for row in self.rows if row.rid > self.last_rid]
        self.last_rid = max([self.last_rid] + [row.rid for row in self.new])
        lost = self.watched.keys() - {row.id for row in self.rows}
        if lost:
            raise Failed(f"{len(lost)} streams that had begun are lost, {lost.pop()} among them")
        keep(self.rows)
        told = set()
        for row in self.new:
            self.check_row(row, calls, told, killed_at)
        for row in self.rows:
            if row.id in self.watched:
                self.check_witnesses(row, self.watched[row.id])
        self.counts["streams"] += len(self.new)
        for row in self.new:
            self.counts[row.final_state] += 1

    def read(self) -> list[Row]:
        """From a copy: opening the files themselves would recover their log in the server's place."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        for file in self.appliance.data.glob("jobraker.db*"):
            if not file.name.endswith("-shm"):
                shutil.copy(file, self.folder)
        connection = sqlite3.connect(self.folder / "jobraker.db")
        try:
            sessions = [uuid.UUID(watched.session).bytes for watched in self.watched.values()]
            query = ROWS.format(", ".join("?" * len(sessions)))
            found = connection.execute(query, [self.last_rid, *sessions]).fetchall()
            left_open = connection.execute(LEFT_OPEN, [self.last_rid]).fetchone()[0]
        finally:
            connection.close()
        if left_open:
            raise Failed(f"{left_open} streams of earlier rounds are still open, although the server was started since")
        return [
            Row(rid, text_of(id), text_of(session), self.accounts[email], text_of(question), asked, state, code, text, lengths_of(lengths),
                written)
            for rid, id, session, email, question, asked, state, code, text, lengths, written in found]

    def check_row(self, row: Row, calls: dict[tuple[str, int], Call], told: set, killed_at: float) -> None:
        if row.origin:
            row.pieces = [row.text]
            return self.check_text(row)
        call = self.call_behind(row, self.watched.get(row.id), calls)
        if call:
            if (call.question, call.number) in told:
                row.fail(f"is the second one with the words of {call}")
            told.add((call.question, call.number))
            row.pieces = pieces_of(self.storyteller.seed, call.question, call.number)
            self.check_text(row)
        if row.state == "streaming":
            self.check_freshness(row, call, calls, told, killed_at)
        else:
            self.check_ending(row, call, calls)

    def call_behind(self, row: Row, watched: Watched | None, calls: dict[tuple[str, int], Call]) -> Call | None:
        """The call of the provider that a stream passes on, as its own words say; nil where it has none."""
        texts = [row.text]
        if watched:
            texts += [piece.text for witness in watched.witnesses for piece in witness.pieces if piece.after == 0]
        keys = {call_of(text) for text in texts if text}
        if not keys:
            return None
        key = keys.pop()
        if keys or key not in calls or key[0] != row.asked:
            row.fail(f"has words that nobody said, or of several answers: {key}, {keys}")
        return calls[key]

    def check_text(self, row: Row) -> None:
        """What is stored is the beginning of what was said, piece by piece."""
        if row.text != "".join(row.pieces[:row.count]) or row.lengths != [len(piece.encode()) for piece in row.pieces[:row.count]]:
            row.fail(f"is stored with another text than was said: {''.join(row.pieces[:row.count])[-200:]!r}")

    def check_freshness(
        self, row: Row, call: Call | None, calls: dict[tuple[str, int], Call], told: set, killed_at: float
    ) -> None:
        """A kill costs no more than what came within the last second."""
        if call is None:
            # Nothing is stored. Then nothing may have been said for long, in the call that nobody else has the words of.
            rest = [call for key, call in calls.items() if key[0] == row.asked and key not in told]
            call = max(rest, key=lambda call: call.number, default=None)
        if call is None:
            return
        gone = [killed_at - at for at in call.times[row.count:] if at < killed_at]
        self.counts["pieces lost"] += len(gone)
        if gone:
            self.oldest_lost = max(self.oldest_lost, gone[0])
            if gone[0] > STORED_SECONDS + MARGIN_SECONDS:
                row.fail(f"has lost {len(gone)} pieces, of which the oldest had been out for {gone[0]:.3f} s at the kill")

    def check_ending(self, row: Row, call: Call | None, calls: dict[tuple[str, int], Call]) -> None:
        """How it ended is how the provider did, unless somebody stopped it or the server."""
        watched = self.watched.get(row.id)
        if row.state == "stopped":
            if not (watched and watched.stop_was_tried):
                row.fail("was stopped, and nobody had asked for that")
        elif row.state == "done":
            if call is None or call.ending != Ending.TOLD or row.count != len(row.pieces):
                row.fail(f"is done, and the provider's call is {call}")
        elif row.state == "failed" and row.code == "provider_unavailable":
            self.counts["provider unavailable"] += 1
        elif row.state == "failed":
            possible = [call] if call else [call for call in calls.values() if call.question == row.asked]
            if row.code not in {call.code for call in possible}:
                row.fail(f"has failed so, and the provider's calls are {possible}")
            if call and call.ending != Ending.TOO_MUCH and row.count != call.told:
                row.fail(f"has {row.count} pieces of the {call.told} that came before the failure")
        elif not self.was_stopped:
            row.fail("was interrupted without a stop of the server")

    def check_witnesses(self, row: Row, watched: Watched) -> None:
        """Everything that anybody was told is what was said, in its place; an end is told once it is stored."""
        if row.pieces is None and row.text:
            # It was answered in an earlier round, and asked for again.
            row.pieces = [row.text] if row.origin else pieces_of(self.storyteller.seed, *call_of(row.text))
        for witness in watched.witnesses:
            for piece in witness.pieces + witness.again:
                if row.pieces is None or piece.text != "".join(row.pieces[piece.after:piece.number]) or piece.number > len(row.pieces):
                    witness.fail(f"was told as the pieces behind {piece.after} up to {piece.number}: {piece.text[:300]!r}")
            for end in witness.ends:
                self.check_end(row, end)
            self.counts["connections"] += 1
            self.counts["pieces"] += len(witness.pieces)
        for number, text in watched.looks:
            if text != "".join((row.pieces or [])[:number]):
                row.fail(f"was seen with {number} pieces as {text[-300:]!r}")
        for answer in watched.stop_answers:
            if answer["state"] != row.final_state:
                row.fail(f"was told to have another state at its stop: {answer}")

    @staticmethod
    def check_end(row: Row, end: dict, is_now: bool = False) -> None:
        if row.state == "streaming" and not is_now:
            row.fail(f"had an end for somebody that is not stored: {end}")
        expected = row.code or ("interrupted" if row.final_state == "interrupted" else None)
        if state_of(end) != row.final_state or end["sequence"] != row.count + 1 or end.get("error_code") != expected:
            row.fail(f"has another end than somebody was told: {end}")
        message = end["message"]
        if message is None and (row.is_kept if is_now else row.was_kept and row.is_kept) or message and not row.was_kept:
            row.fail(f"was told to be kept as {message}, and is {'' if row.is_kept else 'not '}kept")
        if message:
            if (message["content"], message["metadata"].get("incomplete"), message["session"]) != (row.text, row.mark, row.session):
                row.fail(f"has another message than somebody was told: {str(message)[:600]}")

    # MARK: When the server is back

    def ask(self) -> None:
        """Every stream has one end now, for those who were cut and for those who come new; and every session its answers."""
        # Whoever comes new; those who were cut are all asked for.
        for row in self.random.sample(self.new, min(ASKED, len(self.new))):
            end = self.join(row, None)
            self.join(row, self.random.randint(0, row.count + 5))
            self.check_snapshot(row, end)
            self.settled.append((row, end))
        for row in self.new:
            if watched := self.watched.get(row.id):
                cut = [witness for witness in watched.witnesses if not witness.has_ended and (witness.was_cut or witness.is_room)]
                for witness in self.random.sample(cut, min(2, len(cut))):
                    self.come_back(row, witness)
        for session in {row.session for row in self.new}:
            self.check_session([row for row in self.rows if row.session == session])
        touched = {row.session for row in self.rows}
        earlier = [(row, end) for row, end in self.settled if row.session not in touched]
        for row, end in self.random.sample(earlier, min(ASKED_AGAIN, len(earlier))):
            if self.join(row, None) != end:
                row.fail(f"has another end than before: {end}")
        self.settled = [(row, end) for row, end in self.settled if row.session not in touched or row in self.new]

    def join(self, row: Row, after: int | None, witness: Witness | None = None) -> dict:
        """Follows it as somebody who has the pieces up to there, and returns the end."""
        headers = {} if after is None else {"Last-Event-ID": str(after)}
        stream = EventStream(self.appliance.port, row.account.token, "GET", path_of(row.id), None, headers)
        if not stream.has_events:
            row.fail(f"could not be joined: {stream.status} {stream.answer}")
        witness = Watched(row.id, row.session, row.question, row.account).witness(f"who came behind {after} after the kill", after)
        while frame := stream.next():
            witness.hear(frame)
        witness.demand_end()
        stream.leave()
        self.check_return(row, witness)
        return witness.ends[0]

    def check_return(self, row: Row, witness: Witness) -> None:
        if "".join(piece.text for piece in witness.pieces) != "".join((row.pieces or [])[witness.after or 0:row.count]):
            witness.fail(f"was given another text than what is stored: {row.text[-300:]!r}")
        self.check_end(row, witness.ends[0], is_now=True)

    def come_back(self, row: Row, cut: Witness) -> None:
        """Somebody who was following when the server was killed, in the way in which she did."""
        self.counts["came back"] += 1
        if not cut.is_room or cut.watched.is_heavy:
            self.join(row, cut.reached)
            return
        witness = Watched(row.id, row.session, row.question, row.account).witness("who came back to the room", None, is_room=True)
        socket = Socket(self.appliance.port, row.account.token, f"/ws/chat/{row.session}/")
        try:
            witness.joined(cut.reached)
            socket.send({"type": "stream.join", "stream_id": row.id, "after": cut.reached})
            while not witness.has_ended:
                frame = socket.next()
                if frame["type"] != "connection_established":
                    witness.hear(frame)
        except Closed as closed:
            if closed.code != TRY_AGAIN_LATER:
                raise
            self.counts["too much for a socket"] += 1
            return
        finally:
            socket.leave()
        self.check_return(row, witness)

    def check_snapshot(self, row: Row, end: dict) -> None:
        with Client(self.appliance.port, row.account.token) as client:
            status, answer = client.request("GET", path_of(row.id), None, {"Accept": "application/json"})
        expected = {
            "stream_id": row.id, "session_id": row.session, "question_id": row.question, "state": row.final_state,
            "error_code": end.get("error_code"), "sequence": row.count, "text": row.text, "message": end["message"]}
        if status != 200 or answer != expected:
            row.fail(f"is shown as {str(answer)[:1000]}")

    def check_session(self, rows: list[Row]) -> None:
        """Each question is there once, and of its answers the one that has to be."""
        session = rows[0].session
        found = messages(self.appliance, rows[0].account, session)
        questions = [message["id"] for message in found if message["role"] == "user"]
        strange = set(questions) ^ {row.question for row in rows}
        if strange or len({message["content"] for message in found if message["role"] == "user"}) != len(questions):
            raise Failed(f"session {session} has questions twice or without a stream: {strange}")
        answers = sorted(
            ((message["content"], message["metadata"].get("incomplete")) for message in found if message["role"] == "assistant"), key=str)
        kept = sorted(((row.text, row.mark) for row in rows if row.is_kept and not row.origin), key=str)
        if answers != kept:
            raise Failed(f"session {session} has the answers {str(answers)[:800]}, and has to have {str(kept)[:800]}")


def keep(rows: list[Row]) -> None:
    """Which of the streams of each question a session keeps: a good answer replaces all, a broken one only broken ones."""
    holders: dict[str, Row] = {}
    # In the order in which they ended; those that are open get their end at the next start.
    for row in sorted(rows, key=lambda row: (row.state == "streaming", row.rid if row.state == "streaming" else row.written)):
        holder = holders.get(row.question)
        if holder and holder.is_accepted and row.text == holder.text:
            row.was_kept, row.origin = True, holder
            continue
        row.was_kept = row.text != "" and (row.is_accepted or holder is None or not holder.is_accepted)
        if row.was_kept:
            if holder:
                holder.is_kept = False
            row.is_kept, holders[row.question] = True, row
    for row in rows:
        if row.origin:
            row.is_kept = row.origin.is_kept
