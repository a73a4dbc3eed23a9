"""What the database file says about background work: after each kill, and at the end."""

import collections
import pathlib
import shutil
import sqlite3
import uuid

from appliance import Appliance, Failed
from asking import Ledger, Question
from provider import Provider, answer_to

# What is read here; these follow the schema of the server.
ITEMS = "SELECT id, kind, state, lease_boot FROM work_items"
ENDED_ITEMS = """
    SELECT id, kind, unique_key, state, attempts, interruptions, error_code FROM work_items"""
MESSAGES = """
    SELECT chat_messages.id, chat_messages.role, chat_messages.content, chat_messages.question_id, chat_sessions.id
    FROM chat_messages JOIN chat_sessions ON chat_sessions.rid = chat_messages.session_rid"""
MISCOUNTED_SESSIONS = """
    SELECT count(*) FROM chat_sessions WHERE message_count <> (
        SELECT count(*) FROM chat_messages WHERE chat_messages.session_rid = chat_sessions.rid)"""
CHAT_WORK = "chat.answer"
OPEN_STATES = {"pending", "running", "retry"}
MAXIMUM_ATTEMPTS = 3


def text_of(id: bytes) -> str:
    return str(uuid.UUID(bytes=id))


class Evidence:
    """Which work each killed process had in flight, read from a copy of the files that it left."""

    def __init__(self, appliance: Appliance, folder: pathlib.Path):
        self.appliance, self.folder = appliance, folder
        # Items that were not done when the last process was killed.
        self.waiting = 0
        # Items in all.
        self.items = 0
        # Items to the processes that were killed while they held them.
        self.holders: dict[str, set[bytes]] = collections.defaultdict(set)
        # What the last kill interrupted, by kind.
        self.in_flight: collections.Counter = collections.Counter()
        # Items that somebody has called off.
        self.cancelled: set[str] = set()

    def collect(self, ledger: Ledger) -> int:
        """Returns how many items the last kill interrupted. A lost one is a failure."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        # Opening the files themselves would recover their log in the server's place.
        for file in self.appliance.data.glob("jobraker.db*"):
            if not file.name.endswith("-shm"):
                shutil.copy(file, self.folder)
        connection = sqlite3.connect(self.folder / "jobraker.db")
        try:
            rows = connection.execute(ITEMS).fetchall()
        finally:
            connection.close()
        present = {text_of(id) for id, _, _, _ in rows}
        lost = [question for question in ledger.all() if question.is_acknowledged and question.task not in present]
        if lost:
            raise Failed(f"{len(lost)} acknowledged tasks are lost, {lost[0].task} of '{lost[0].text}' among them")
        self.items = len(rows)
        self.waiting = sum(state in OPEN_STATES for _, _, state, _ in rows)
        self.in_flight.clear()
        for id, kind, state, boot in rows:
            if state == "running" and boot not in self.holders[text_of(id)]:
                self.holders[text_of(id)].add(boot)
                self.in_flight[kind] += 1
        return self.in_flight.total()


class Stored:
    """All messages and work items of a stopped server's file, once it is known to be whole."""

    def __init__(self, database: pathlib.Path):
        connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
        try:
            rows = lambda sql: connection.execute(sql).fetchall()
            integrity = [row[0] for row in rows("PRAGMA integrity_check")]
            if integrity != ["ok"]:
                raise Failed(f"integrity_check: {integrity[:5]}")
            orphans = rows("PRAGMA foreign_key_check")
            if orphans:
                raise Failed(f"foreign_key_check: {orphans[:5]}")
            if rows(MISCOUNTED_SESSIONS)[0][0]:
                raise Failed("a session's count of messages is wrong")
            self.messages = rows(MESSAGES)
            items = rows(ENDED_ITEMS)
        finally:
            connection.close()
        # Each question by its text, as often as it is there: (id, session).
        self.questions: dict[str, list[tuple[str, str]]] = collections.defaultdict(list)
        # The answers by the id of their question: (content, session).
        self.answers: dict[str, list[tuple[str, str]]] = collections.defaultdict(list)
        for id, role, content, question, session in self.messages:
            if role == "user":
                self.questions[content].append((text_of(id), text_of(session)))
            elif question is None:
                raise Failed(f"the answer {text_of(id)} belongs to no question: {content}")
            else:
                self.answers[text_of(question)].append((content, text_of(session)))
        # The work items by the id of their question.
        self.items: dict[str, tuple] = {}
        for id, kind, key, state, attempts, interruptions, code in items:
            # Schedules have work of their own.
            if kind != CHAT_WORK:
                continue
            if key in self.items:
                raise Failed(f"there are two work items for the question {key}, {text_of(id)} among them")
            self.items[key] = (text_of(id), state, attempts, interruptions, code)


def check_answers(appliance: Appliance, ledger: Ledger, provider: Provider, evidence: Evidence) -> str:
    """Every question that is stored, acknowledged or not, has one item, and that one ended as it had to."""
    stored = Stored(appliance.database)
    known = {question.text: question for question in ledger.all()}
    for text, places in stored.questions.items():
        if text not in known:
            raise Failed(f"nobody asked '{text}'")
        if len(places) > known[text].at_most:
            raise Failed(f"the question '{text}' is stored {len(places)} times; {known[text].at_most} at most were asked for")
    for question in known.values():
        if question.is_acknowledged and (question.message, question.session) not in stored.questions[question.text]:
            raise Failed(f"the acknowledged question '{question.text}' is not stored as it was")
    ids = {id for places in stored.questions.values() for id, _ in places}
    for strange in (stored.items.keys() - ids) | (stored.answers.keys() - ids):
        raise Failed(f"a work item or an answer belongs to a question that is not there: {strange}")
    counts = collections.Counter()
    for text, places in stored.questions.items():
        for id, session in places:
            check_item(known[text], id, session, stored, provider, evidence, counts)
    return (
        f"after a clean stop: one file, integrity_check and foreign_key_check clean; {counts['succeeded']} questions with one "
        f"answer each, {counts['cancelled']} called off, {counts['dead']} given up after {MAXIMUM_ATTEMPTS} failures of the provider, "
        f"nothing left in the queue; "
        f"{counts['interruptions']} runs interrupted by kills, {counts['failures']} calls failed at the provider, "
        f"{counts['again']} calls made again, {ledger.acknowledged} questions acknowledged")


def check_item(
    question: Question, id: str, session: str, stored: Stored, provider: Provider, evidence: Evidence,
    counts: collections.Counter
) -> None:
    where = f"the question '{question.text}' ({id})"
    if id not in stored.items:
        raise Failed(f"{where} has no work item")
    task, state, attempts, interruptions, code = stored.items[id]
    failures, asked, killed = provider.failures(question.text), provider.asked(question.text), len(evidence.holders[task])
    answers = stored.answers.get(id, [])
    if question.message == id and question.task != task:
        raise Failed(f"{where} was acknowledged with the task {question.task} and has {task}")
    match state:
        case "succeeded":
            if answers != [(answer_to(question.text), session)]:
                raise Failed(f"{where} is done and has the answers {answers}")
            if attempts > failures + 1:
                raise Failed(f"{where} took {attempts} attempts, and the provider failed {failures} times")
        case "dead":
            if answers or attempts != MAXIMUM_ATTEMPTS or failures < MAXIMUM_ATTEMPTS or code != "provider_failed":
                raise Failed(
                    f"{where} was given up ({code}) after {attempts} attempts and {failures} failures of the provider; "
                    f"it has {len(answers)} answers")
        case "cancelled" if task in evidence.cancelled:
            if answers:
                raise Failed(f"{where} was called off, and has the answers {answers}")
        case _:
            raise Failed(f"{where} is left in the queue as {state}")
    if interruptions != killed:
        raise Failed(f"{where} says it was interrupted {interruptions} times; it was in flight at {killed} kills")
    # Several questions of one text are only there where their one request broke off, so that the sum is this one's.
    if asked > 1 + killed + failures:
        raise Failed(f"{where} was put to the model {asked} times, after {killed} kills in flight and {failures} failures")
    counts[state] += 1
    counts["interruptions"] += killed
    counts["failures"] += failures
    counts["again"] += max(0, asked - 1)
