"""Questions to `chat/chat/`: what was asked, what the server acknowledged, and the clients that ask."""

import dataclasses
import http.client
import random
import threading
import time

from appliance import ANSWER_SECONDS, Account, Appliance, Client, Failed
from provider import HOPELESS, answer_to

ASK = "/api/v1/chat/chat/"
FINAL = {"SUCCESS", "FAILURE", "REVOKED"}


@dataclasses.dataclass
class Question:
    """One question. Its text is found nowhere else, so it names the question wherever it turns up."""

    text: str
    account: Account
    # The session that the request names; none begins one.
    named_session: str | None
    # The Idempotency-Key, under which the request may be repeated.
    key: str | None
    # Requests that stored it, or may have: acknowledged, or broken off.
    sent: int = 0
    # What the first acknowledgement said; every other one must say the same.
    task: str | None = None
    message: str | None = None
    session: str | None = None
    # The task as it was when it was final.
    outcome: dict | None = None

    @property
    def is_acknowledged(self) -> bool:
        return self.task is not None

    @property
    def at_most(self) -> int:
        """How often it may be stored."""
        return min(self.sent, 1) if self.key else self.sent


class Ledger:
    """All questions by their text, and those that are owed a repeat. The clients' threads share it."""

    def __init__(self):
        self.lock = threading.Lock()
        self.accounts: list[Account] = []
        self.questions: dict[str, Question] = {}
        self.repeats: list[Question] = []

    @property
    def acknowledged(self) -> int:
        return sum(question.is_acknowledged for question in self.all())

    @property
    def open(self) -> int:
        """Acknowledged questions whose end was not seen yet."""
        return len(self.open_questions())

    def all(self) -> list[Question]:
        with self.lock:
            return list(self.questions.values())

    def open_questions(self) -> list[Question]:
        return [question for question in self.all() if question.is_acknowledged and question.outcome is None]

    def example_of_open(self) -> str:
        question = self.open_questions()[0]
        return f"'{question.text}', task {question.task}"

    def new(self, text: str, account: Account, session: str | None, key: str | None) -> Question:
        question = Question(text, account, session, key)
        with self.lock:
            self.questions[text] = question
        return question

    def owe_repeat(self, question: Question) -> None:
        with self.lock:
            self.repeats.append(question)

    def take_repeat(self, account: Account) -> Question | None:
        with self.lock:
            for place, question in enumerate(self.repeats):
                if question.account is account:
                    return self.repeats.pop(place)
        return None

    # MARK: Asking

    def send(self, client: Client, question: Question) -> bool:
        """Asks, and notes what was acknowledged. False: not now. Raises OSError or HTTPException when no answer came."""
        headers = {"Idempotency-Key": question.key} if question.key else None
        body = {"message_text": question.text, "session_id": question.named_session}
        try:
            status, answer = client.request("POST", ASK, body, headers)
        except (OSError, http.client.HTTPException):
            with self.lock:
                question.sent += 1
            raise
        if status == 503 or (status == 409 and question.key):
            # The writer's queue is full, or another client's request with this key is under way.
            return False
        if status != 202:
            raise Failed(f"the question '{question.text}' was answered with {status}: {answer}")
        message = answer["user_message"]
        if message["content"] != question.text or message["session"] != answer["session_id"]:
            raise Failed(f"the question '{question.text}' was acknowledged as another one: {answer}")
        with self.lock:
            question.sent += 1
            given = (answer["task_id"], message["id"], answer["session_id"])
            if question.is_acknowledged and given != (question.task, question.message, question.session):
                raise Failed(f"a repeat of '{question.text}' was taken for another question: {answer}")
            question.task, question.message, question.session = given
        return True

    def ask_hopelessly(self, appliance: Appliance) -> None:
        number = len(self.questions) + 1
        account = self.accounts[0]
        with Client(appliance.port, account.token) as client:
            self.send(client, self.new(f"{HOPELESS} question {number}", account, None, None))

    def repeat_all(self, appliance: Appliance) -> None:
        """Every question with a key gets its acknowledgement in the end, and every repeat that is owed is made."""
        for account in self.accounts:
            with Client(appliance.port, account.token) as client:
                while question := self.take_repeat(account):
                    deadline = time.monotonic() + ANSWER_SECONDS
                    while not self.send(client, question):
                        if time.monotonic() > deadline:
                            raise Failed(f"a repeat of '{question.text}' is refused for ever")
                        time.sleep(0.05)
        unanswered = [question.text for question in self.all() if question.key and not question.is_acknowledged]
        if unanswered:
            raise Failed(f"{len(unanswered)} repeated questions were never acknowledged, '{unanswered[0]}' among them")

    # MARK: Looking

    def look(self, appliance: Appliance, sample: int | None = None) -> int:
        """Asks how far the open questions are and returns how many still are open.

        With `sample` it asks for so many of them only, and for as many of those that are done: what was final must
        still be as it was.
        """
        chosen = self.open_questions()
        if sample is not None:
            done = [question for question in self.all() if question.outcome is not None]
            chosen = random.sample(chosen, min(sample, len(chosen))) + random.sample(done, min(sample, len(done)))
        for account in self.accounts:
            with Client(appliance.port, account.token) as client:
                for question in chosen:
                    if question.account is account:
                        self.look_at(client, question)
        return self.open

    @staticmethod
    def look_at(client: Client, question: Question) -> None:
        status, task = client.request("GET", f"/api/v1/tasks/{question.task}/")
        if status == 503:
            return
        if status != 200 or task["task_id"] != question.task:
            raise Failed(f"the acknowledged task {question.task} of '{question.text}' was answered with {status}: {task}")
        if question.outcome is not None and task != question.outcome:
            raise Failed(f"the task {question.task} was final and has changed: {question.outcome}, then {task}")
        if task["status"] in FINAL:
            question.outcome = task

    def check_over_http(self, appliance: Appliance) -> None:
        """What the clients can see: every done question in its session, and one answer to it, its own."""
        for account in self.accounts:
            seen: dict[str, dict] = {}
            answers: dict[str, list[dict]] = {}
            for session in account.listed(appliance):
                for message in messages(appliance, account, session):
                    if message["role"] == "assistant":
                        answers.setdefault(message["content"], []).append(message)
                    elif message["content"] in seen and self.questions[message["content"]].key:
                        raise Failed(f"the question '{message['content']}' is there twice")
                    else:
                        seen[message["content"]] = message
            for question in self.all():
                if question.account is account and question.is_acknowledged:
                    check_question(question, seen.get(question.text), answers.get(answer_to(question.text), []))


def check_question(question: Question, stored: dict | None, answers: list[dict]) -> None:
    if stored is None or stored["id"] != question.message or stored["session"] != question.session:
        raise Failed(f"the acknowledged question '{question.text}' is not there as it was: {stored}")
    if question.outcome["status"] != "SUCCESS":
        if answers:
            raise Failed(f"the task of '{question.text}' has the status {question.outcome['status']}, yet it is answered")
        return
    if len(answers) != 1:
        raise Failed(f"the question '{question.text}' has {len(answers)} answers")
    told = {"status": "success", "session_id": question.session, "message_id": answers[0]["id"]}
    if question.outcome["result"] != told or answers[0]["session"] != question.session:
        raise Failed(f"the answer to '{question.text}' is not the one that its task names: {question.outcome}, {answers[0]}")


def messages(appliance: Appliance, account: Account, session: str) -> list[dict]:
    """All messages of a session, page by page."""
    found: list[dict] = []
    with Client(appliance.port, account.token) as client:
        page = 1
        while True:
            path = f"/api/v1/chat/sessions/{session}/messages/?page_size=100&page={page}"
            status, answer = client.request("GET", path)
            if status == 503:
                time.sleep(0.05)
                continue
            if status != 200:
                raise Failed(f"GET {path} was answered with {status}: {answer}")
            found += answer["results"]
            if answer["next"] is None:
                break
            page += 1
    if len(found) != answer["count"] or len({message["id"] for message in found}) != len(found):
        raise Failed(f"session {session} says that it has {answer['count']} messages and lists {len(found)}")
    return found


class Askers:
    """Threads that ask, each with a pause between two questions, until the server is gone."""

    # Of the questions, how many carry a key; of these, how many are repeated though nothing went wrong. A repeat that
    # is owed from before its first request may meet it under way.
    WITH_KEY = 0.6
    REPEATED_BEFORE = 0.1
    REPEATED_AFTER = 0.15
    IN_NEW_SESSION = 0.05

    def __init__(self, appliance: Appliance, ledger: Ledger, threads: int, label: str, pause: float):
        self.appliance, self.ledger, self.label, self.pause = appliance, ledger, label, pause
        self.end_is_near = threading.Event()
        self.failures: list[BaseException] = []
        self.threads = [threading.Thread(target=self.run, args=(number,), daemon=True) for number in range(threads)]

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    def expect_the_end(self) -> None:
        """From now on a connection that breaks is no failure: the server is about to be killed."""
        self.end_is_near.set()

    def join(self) -> None:
        for thread in self.threads:
            thread.join(ANSWER_SECONDS + 5)
            if thread.is_alive():
                raise Failed("a question got neither an answer nor an end")
        if self.failures:
            raise Failed(str(self.failures[0])) from self.failures[0]

    def run(self, number: int) -> None:
        try:
            self.ask_on(number)
        except Exception as failure:
            self.failures.append(failure)

    def ask_on(self, number: int) -> None:
        account = self.ledger.accounts[number % len(self.ledger.accounts)]
        count = 0
        with Client(self.appliance.port, account.token) as client:
            while True:
                question = self.ledger.take_repeat(account) if random.random() < 0.5 else None
                if question is None:
                    question = self.next(account, f"{self.label} client {number} question {count}: what next?")
                    count += 1
                try:
                    done = self.ledger.send(client, question)
                except (OSError, http.client.HTTPException) as error:
                    if question.key:
                        self.ledger.owe_repeat(question)
                    if not self.end_is_near.is_set():
                        raise Failed(f"a question broke off while the server was up: {error!r}") from error
                    return
                if question.key and (not done or random.random() < self.REPEATED_AFTER):
                    self.ledger.owe_repeat(question)
                time.sleep(random.uniform(0, 2 * self.pause))

    def next(self, account: Account, text: str) -> Question:
        session = random.choice(list(account.sessions)) if random.random() >= self.IN_NEW_SESSION else None
        key = f"key of {text}" if random.random() < self.WITH_KEY else None
        question = self.ledger.new(text, account, session, key)
        if key and random.random() < self.REPEATED_BEFORE:
            self.ledger.owe_repeat(question)
        return question
