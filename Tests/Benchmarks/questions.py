"""What people ask of the vacancies: pages of lists, filters, words, and their own applications, as paths of either server.

Each question takes its values from a vacancy that is there, so that it finds something; there are thousands of
different ones, so that no answer was counted before for most of them.
"""

import itertools
import random
import urllib.parse

PAGE = 20
LIST = "/api/v1/jobs/jobs/"
SEARCH = "/api/v1/jobs/search/"
APPLICATIONS = "/api/v1/jobs/applications/"
COMMON = {"and", "for", "with", "the", "all", "other", "except"}


def query(fields: dict) -> str:
    return urllib.parse.urlencode(fields, doseq=True)


def quoted(text: str) -> str:
    """A value in PocketBase's language of filters."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


class Questions:
    """An endless supply, the same one for the same seed."""

    def __init__(self, vacancies, seed: int, every: int = 7):
        """Knows every seventh vacancy, which is enough variety."""
        self.jobs = list(itertools.islice(vacancies, None, None, every))
        self.every = every
        self.random = random.Random(seed)

    def page(self, last: int = 3) -> int:
        """Most people look at the first page only; a few look anywhere."""
        return self.random.choices((1, 2, 3, self.random.randint(1, last)), weights=(70, 15, 8, 7))[0]

    def words(self, text: str) -> list[str]:
        words = "".join(letter if letter.isalpha() else " " for letter in text).lower().split()
        return [word for word in words if len(word) > 2 and word not in COMMON] or ["work"]

    # MARK: Fields

    def list_fields(self) -> dict:
        """A page of the list: plain, or with one or two of the fields that are compared for equality.

        Two of them may find a single page, and a page behind the end is an error.
        """
        job, count = self.random.choice(self.jobs), self.random.choices((0, 1, 2), weights=(4, 4, 2))[0]
        fields = {name: str(job[name]).lower() if name == "is_remote" else job[name]
                  for name in self.random.sample(("job_type", "experience_level", "is_remote"), count)}
        page = self.page(len(self.jobs) * self.every // PAGE) if count == 0 else self.page() if count == 1 else 1
        if page > 1:
            fields["page"] = page
        return fields

    def filter_fields(self) -> dict:
        """One to four fields of one active vacancy."""
        job = self.random.choice(self.jobs)
        fields: dict = {}
        for name in self.random.sample(
                ("title", "location", "location", "company", "job_type", "experience_level", "is_remote", "min_salary", "skills"),
                self.random.randint(1, 4)):
            if name == "title":
                fields[name] = self.random.choice(self.words(job["title"]))
            elif name == "location":
                fields[name] = job["city"].lower()
            elif name == "company":
                fields[name] = job["company"].split()[0].lower()
            elif name == "min_salary":
                fields[name] = (job.get("salary_min") or 50_000) // 1000 * 1000 or 20
            elif name == "skills":
                fields[name] = [skill.lower() for skill in self.random.sample(job["skills_required"], self.random.randint(1, 2))]
            elif name == "is_remote":
                fields[name] = str(job[name]).lower()
            else:
                fields[name] = job[name]
        return fields

    def text(self) -> str:
        """One to three words, now and then a phrase."""
        job = self.random.choice(self.jobs)
        title, skill = self.words(job["title"]), self.random.choice(job["skills_required"])
        kind = self.random.random()
        if kind < 0.3:
            return " ".join(self.random.sample(title, min(2, len(title))))
        if kind < 0.5:
            return skill
        if kind < 0.7:
            return f"{self.random.choice(title)} {skill}"
        if kind < 0.85:
            return f"{self.random.choice(title)} {job['city'].lower()}"
        return f'"{" ".join(title[:2])}"'

    # MARK: Paths

    def list_path(self) -> str:
        fields = self.list_fields()
        return LIST + ("?" + query(fields) if fields else "")

    def filter_path(self) -> str:
        fields = self.filter_fields()
        if (page := self.page()) > 1:
            fields["page"] = page
        return f"{SEARCH}?{query(fields)}"

    def text_path(self) -> str:
        return f"{SEARCH}?{query({'q': self.text()})}"

    def application_path(self) -> str:
        kind = self.random.random()
        if kind < 0.6:
            fields = {}
        elif kind < 0.8:
            fields = {"status": self.random.choice(("pending", "submitted", "under_review", "rejected"))}
        elif kind < 0.9:
            fields = {"page": 2}
        else:
            fields = {"q": self.random.choice(self.words(self.random.choice(self.jobs)["title"]))}
        return APPLICATIONS + ("?" + query(fields) if fields else "")


def their_filter(fields: dict) -> str:
    """The same question in PocketBase's language. A skill is in the lists of skills or in the description."""
    parts = ["status = 'active'"]
    for name, value in fields.items():
        if name in ("title", "company", "location"):
            parts.append(f"{name} ~ {quoted(value)}")
        elif name == "min_salary":
            parts.append(f"(salary_min >= {value} || salary_max >= {value})")
        elif name == "is_remote":
            parts.append(f"is_remote = {value}")
        elif name == "skills":
            columns = ("skills_required", "skills_preferred", "description")
            parts.append("(" + " || ".join(f"{column} ~ {quoted(skill)}" for skill in value for column in columns) + ")")
        else:
            parts.append(f"{name} = {quoted(value)}")
    return " && ".join(parts)


def their_text(text: str) -> str:
    """Each word somewhere in the texts that our full-text search looks through: there is no such search in PocketBase."""
    words = [text.strip('"')] if text.startswith('"') else text.split()
    columns = ("title", "company", "description", "requirements", "skills_text")
    parts = ["(" + " || ".join(f"{column} ~ {quoted(word)}" for column in columns) + ")" for word in words]
    return " && ".join(["status = 'active'", *parts])
