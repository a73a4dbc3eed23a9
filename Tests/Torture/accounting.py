"""Holds what a stopped server's file says of mixed work against what was acknowledged of it, and against what came outside."""

import collections
import json
import pathlib
import sqlite3

from appliance import Failed
from clerks import KEYWORD, RESETS_PER_HOUR, Books
from embeddings import Embeddings
from evidence import CHAT_WORK, OPEN_STATES, Evidence, text_of
from post_office import PostOffice

ITEMS = "SELECT id, kind, state, attempts, interruptions, payload, error_code FROM work_items"
NOTIFICATIONS = "SELECT rid, id, account_rid, title, data FROM notifications ORDER BY rid"
STATUSES = """
    SELECT applications.id, from_value, to_value FROM application_events
    JOIN applications ON applications.rid = application_rid WHERE field = 'status' ORDER BY application_events.rid"""
JOBS = "SELECT id, title, description FROM jobs"
SLOTS = "SELECT slot, work_id FROM schedule_runs WHERE schedule = ? AND slot IS NOT NULL ORDER BY slot"
EVERY_MINUTE = "monitor_system_health"
# Whether notifications go out by mail: an older server has no such table.
TOLD_BY_MAIL = "SELECT count(*) FROM sqlite_schema WHERE name = 'mail_notifications'"
MAILS_OF_NOTIFICATIONS = "SELECT notification_rid, count(*) FROM mail_notifications GROUP BY notification_rid"
SKIPPED = "SELECT notification_rid FROM notification_deliveries WHERE channel = 'mail' AND outcome = 'skipped'"
DELIVERY, MAIL, ANNOUNCE, EMBED = "notifications.deliver", "mail.send", "notifications.announce", "retrieval.embed"


class Item:
    def __init__(self, row: tuple):
        id, self.kind, self.state, self.attempts, self.interruptions, payload, self.code = row
        self.id, self.payload = text_of(id), json.loads(payload)

    def __str__(self) -> str:
        return f"the item {self.id} of {self.kind}"


class Accounting:
    """`lives`: of each life of the server, what was in flight when it was killed."""

    def __init__(
        self, database: pathlib.Path, books: Books, evidence: Evidence, office: PostOffice, embeddings: Embeddings,
        lives: dict[int, set[str]]
    ):
        self.books, self.evidence, self.office, self.embeddings, self.lives = books, evidence, office, embeddings, lives
        self.connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
        self.items = {item.id: item for item in map(Item, self.connection.execute(ITEMS))}
        # Outside effects that came more than once: kind to the number of those too many.
        self.again: collections.Counter = collections.Counter()
        # Slots of the schedule that has one each minute.
        self.slots = 0

    def close(self) -> None:
        self.connection.close()

    def rows(self, sql: str, *arguments) -> list[tuple]:
        return self.connection.execute(sql, arguments).fetchall()

    def check(self) -> None:
        self.check_items()
        self.check_slots()
        self.check_postings()
        self.check_alerts()
        self.check_statuses()
        self.check_announcements()
        self.check_deliveries()
        self.check_mails()
        self.check_passwords()
        self.check_embeddings()

    # MARK: The queue

    def check_items(self) -> None:
        """Each ended as it had to, and was interrupted exactly by the kills that found it in flight."""
        for item in self.items.values():
            if item.state in OPEN_STATES:
                raise Failed(f"{item} is left in the queue as {item.state}")
            killed = len(self.evidence.holders[item.id])
            was_touched = item.id in self.books.wishes
            if item.interruptions > killed or (item.interruptions < killed and not was_touched):
                raise Failed(f"{item} says it was interrupted {item.interruptions} times; it was in flight at {killed} kills")
            possible = self.books.was_cancelled(item.id)
            if (item.state == "cancelled") not in possible:
                raise Failed(f"{item} ended as {item.state}; what was asked for it: {self.books.wishes.get(item.id)}")
            if item.state == "dead" and item.kind != CHAT_WORK:
                raise Failed(f"{item} has failed for good: {item.code}")
        lost = [(task, name) for task, name in self.books.ordered.items() if task not in self.items]
        if lost:
            raise Failed(f"{len(lost)} acknowledged runs of schedules are lost, {lost[0]} among them")
        lost = [task for task in self.books.wishes if task not in self.items]
        if lost:
            raise Failed(f"{len(lost)} items are lost that a command has named, {lost[0]} among them")

    def of_kind(self, kind: str, member: str) -> dict[str, Item]:
        """By the id in their payload, which only one of them may have."""
        found: dict[str, Item] = {}
        for item in self.items.values():
            if item.kind == kind and found.setdefault(item.payload[member], item) is not item:
                raise Failed(f"there are two items for {member} {item.payload[member]}: {item.id} and {found[item.payload[member]].id}")
        return found

    def check_slots(self) -> None:
        """The schedule that has one each minute left none out; that none came twice, the table itself says."""
        minute, before = 60_000_000, None
        for slot, work in self.rows(SLOTS, EVERY_MINUTE):
            if before is not None and slot != before + minute:
                raise Failed(f"between the slots {before} and {slot} of {EVERY_MINUTE} some are missing")
            if text_of(work) not in self.items:
                raise Failed(f"the work {text_of(work)} of a slot of {EVERY_MINUTE} is lost")
            before = slot
            self.slots += 1

    # MARK: Postings

    def check_postings(self) -> None:
        stored = {text_of(id): (title, body) for id, title, body in self.rows(JOBS)}
        unsure = set(self.books.unsure_postings)
        for id, posting in self.books.postings.items():
            if id not in stored:
                raise Failed(f"the acknowledged posting {id}, '{posting.title}', is lost")
            if stored[id][0] not in {posting.title, *posting.possible}:
                raise Failed(f"posting {id} has the title '{stored[id][0]}', and was acknowledged with '{posting.title}'")
        for id, (title, body) in stored.items():
            if KEYWORD in body and id not in self.books.postings:
                if title not in unsure:
                    raise Failed(f"nobody posted '{title}', or it is there twice")
                unsure.discard(title)
        missing = self.rows("SELECT count(*) FROM passages WHERE rid NOT IN (SELECT passage_rid FROM passage_vectors)")[0][0]
        waiting = self.rows("SELECT count(*) FROM passages_waiting")[0][0]
        if missing or waiting:
            raise Failed(f"{missing} passages have no vector, and {waiting} wait for one")
        active = {row[0] for row in self.rows("SELECT rid FROM jobs WHERE status = 'active'")}
        indexed = {row[0] for row in self.rows("SELECT source_rid FROM documents WHERE source_type = 'job_listing'")}
        if active != indexed:
            raise Failed(f"{len(active - indexed)} active jobs cannot be found, {len(indexed - active)} others can")

    def check_alerts(self) -> None:
        """Every posting was told to every alert once."""
        matching = self.rows(f"SELECT count(*) FROM jobs WHERE description LIKE '%{KEYWORD}%'")[0][0]
        told: dict[str, int] = collections.Counter()
        named: dict[str, list[str]] = collections.defaultdict(list)
        for _, _, _, _, data in self.rows(NOTIFICATIONS):
            data = json.loads(data)
            if alert := data.get("alert_id"):
                told[alert] += data["count"]
                named[alert] += data["job_ids"]
        for alert in self.books.alerts:
            if told[alert] != matching:
                raise Failed(f"alert {alert} was told of {told[alert]} postings, and {matching} match it")
            if len(set(named[alert])) != len(named[alert]):
                raise Failed(f"alert {alert} was told of one posting twice")

    # MARK: What is told

    def check_statuses(self) -> None:
        """An application's history is what was acknowledged and nothing that nobody sent, and each change was told once."""
        happened: dict[str, list[tuple]] = collections.defaultdict(list)
        for id, before, after in self.rows(STATUSES):
            happened[text_of(id)].append((before, after))
        told: dict[str, list[tuple]] = collections.defaultdict(list)
        for _, _, _, _, data in self.rows(NOTIFICATIONS):
            data = json.loads(data)
            if "old_status" in data:
                told[data["application_id"]].append((data["old_status"], data["new_status"]))
        for one in self.books.applications:
            # The first is its creation.
            changes = happened[one.id][1:]
            if told[one.id] != changes:
                raise Failed(f"application {one.id} was changed {len(changes)} times, and {len(told[one.id])} of it were told")
            left = [after for _, after in changes]
            for status, is_certain in one.steps:
                if left and left[0] == status:
                    left.pop(0)
                elif is_certain:
                    raise Failed(f"the acknowledged change of application {one.id} to {status} is lost: {one.steps}, {changes}")
            if left:
                raise Failed(f"application {one.id} was changed to {left[0]}, and nobody asked for it then")

    def check_announcements(self) -> None:
        everybody = {row[0] for row in self.rows("SELECT rid FROM accounts")}
        told: dict[str, list[int]] = collections.defaultdict(list)
        for _, _, account, title, _ in self.rows(NOTIFICATIONS):
            if title.startswith("Announcement "):
                told[title].append(account)
        for one in self.books.announcements:
            found = told.pop(one.title, [])
            if (one.task or found) and (len(found) != len(everybody) or set(found) != everybody):
                raise Failed(f"'{one.title}' was told {len(found)} times to {len(set(found))} of {len(everybody)} accounts")
            if one.task and one.task not in self.items:
                raise Failed(f"the task {one.task} of '{one.title}' is lost")
        if told:
            raise Failed(f"nobody announced {list(told)[0]}")

    def check_deliveries(self) -> None:
        """Each notification has one item that spreads it, and from it one mail, or a word why not."""
        notifications = {text_of(id): rid for rid, id, _, _, _ in self.rows(NOTIFICATIONS)}
        items = self.of_kind(DELIVERY, "notification_id")
        if items.keys() != notifications.keys():
            raise Failed(
                f"{len(notifications.keys() - items.keys())} notifications have no item that spreads them, "
                f"{len(items.keys() - notifications.keys())} items have no notification")
        if not self.are_told_by_mail:
            return
        mails = dict(self.rows(MAILS_OF_NOTIFICATIONS))
        skipped = {row[0] for row in self.rows(SKIPPED)}
        for id, rid in notifications.items():
            expected = 0 if rid in skipped or items[id].state == "cancelled" else 1
            if mails.get(rid, 0) != expected:
                raise Failed(f"notification {id} has {mails.get(rid, 0)} mails, and {items[id]} ended as {items[id].state}")

    @property
    def are_told_by_mail(self) -> bool:
        return bool(self.rows(TOLD_BY_MAIL)[0][0])

    def check_mails(self) -> None:
        """Each mail has one item, and arrived once, and once more at most for each kill that found its item in flight."""
        if self.office.strange:
            raise Failed(f"a mail came that is none of the server's: {self.office.strange[0]}")
        items = self.of_kind(MAIL, "mail_id")
        mails = {text_of(id): (id.hex(), state) for id, state in self.rows("SELECT id, state FROM mails")}
        if items.keys() != mails.keys():
            raise Failed(f"{len(mails.keys() - items.keys())} mails have no item, {len(items.keys() - mails.keys())} items have no mail")
        strange = self.office.taken.keys() - {name for name, _ in mails.values()}
        if strange:
            raise Failed(f"mail came that nobody wrote: {strange}")
        for id, (name, state) in mails.items():
            item, taken, killed = items[id], self.office.taken[name], len(self.evidence.holders[items[id].id])
            # One that is called off while it is on its way is broken off, and when it is tried again it comes again.
            touches = len(self.books.wishes.get(item.id, []))
            if item.state == "succeeded" and (state != "sent" or not taken):
                raise Failed(f"{item} is done; its mail is {state} and came {taken} times")
            if taken > 1 + killed + touches:
                raise Failed(f"the mail {id} came {taken} times; {item} was in flight at {killed} kills")
            if item.state == "succeeded" and not touches and item.attempts > 1 + self.office.deferred[name]:
                raise Failed(f"{item} took {item.attempts} attempts, and its mail was wanted later {self.office.deferred[name]} times")
            self.again["mails received"] += max(0, taken - 1)

    def check_passwords(self) -> None:
        """Who asked for a new password got as many mails, up to the number that an hour has."""
        mails = dict(self.rows("SELECT recipient, count(*) FROM mails WHERE kind = 'password_reset' GROUP BY recipient"))
        for email, asked in self.books.resets.items():
            found = mails.pop(email, 0)
            if not min(RESETS_PER_HOUR, sum(asked)) <= found <= len(asked):
                raise Failed(f"{email} asked {sum(asked)} to {len(asked)} times for a new password, and {found} mails were written")
        if mails:
            raise Failed(f"nobody asked for the new passwords of {list(mails)}")

    # MARK: The provider of vectors

    def check_embeddings(self) -> None:
        """In one life it is asked for the vector of a text once; and again only after a kill that found such work in flight."""
        for text, lives in self.embeddings.asked.items():
            if "Posting " not in text:
                continue
            if len(set(lives)) != len(lives):
                raise Failed(f"the vector of '{text}' was asked for twice in one life of the server: {lives}")
            for life in lives[:-1]:
                if EMBED not in self.lives.get(life, set()):
                    raise Failed(f"the vector of '{text}' was asked for again, and no such work was in flight at the kill between")
            self.again["vectors asked for"] += len(lives) - 1

    # MARK: Telling

    def table(self) -> str:
        """Items by kind and state."""
        kinds: dict[str, collections.Counter] = collections.defaultdict(collections.Counter)
        killed: collections.Counter = collections.Counter()
        for item in self.items.values():
            kinds[item.kind][item.state] += 1
            killed[item.kind] += len(self.evidence.holders[item.id])
        states = [state for state in ("succeeded", "cancelled", "dead") if any(found[state] for found in kinds.values())]
        lines = [f"  {'kind':<28}" + "".join(f"{state:>12}" for state in states) + f"{'interrupted':>14}"]
        for kind, found in sorted(kinds.items()):
            lines.append(f"  {kind:<28}" + "".join(f"{found[state]:>12}" for state in states) + f"{killed[kind]:>14}")
        return "\n".join(lines)
