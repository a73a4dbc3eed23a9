"""Makes vacancies from the O*NET occupations, as JSON lines for `jobraker import jobs`: the same ones on every machine.

Titles and tasks are those of real occupations; companies are made up. Texts have the spread that real ones have: words
that every vacancy has, words of a trade, and a reference number that is nobody else's.
"""

import json
import pathlib
import random
import sys
import time

import trades

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Tools"))
from onet import occupations  # noqa: E402

# Counts in the recipe of whatever is made with this file: another number makes everything anew.
VERSION = 3
# The moment at which the newest vacancy was posted, in seconds: 30 June 2026.
NEWEST = 1_782_777_600
DAYS = 365


def moment(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def singular(title: str) -> str:
    """`Loan Interviewers and Clerks` is whom one looks for as `Loan Interviewer and Clerk`."""
    words = []
    for word in title.split():
        core = word.rstrip(",")
        if core.endswith("ies"):
            core = core[:-3] + "y"
        elif core.endswith("s") and not core.endswith(("ss", "us", "ics")):
            core = core[:-1]
        words.append(core + word[len(word.rstrip(",")):])
    return " ".join(words)


class Vacancies:
    """A run of vacancies that its seed decides."""

    def __init__(self, package: pathlib.Path, seed: int):
        self.random = random.Random(seed)
        self.occupations = list(occupations(str(package)))
        self.tasks: dict[str, list[str]] = {}
        for code, _, description in self.occupations:
            self.tasks.setdefault(code[:2], []).extend(part.strip() + "." for part in description.rstrip(".").split(". "))
        syllables = [a + b for a in ("b", "d", "f", "g", "k", "l", "m", "n", "r", "s", "t", "v", "br", "st") for b in "aeiou"]
        names = ("".join(self.random.choices(syllables, k=3)).capitalize() for _ in range(3000))
        self.companies = [
            {"name": f"{name}{self.random.choice('nrslx')} {self.random.choice(trades.BRANCHES)}",
             "year": self.random.randint(1890, 2022), "size": self.random.choice((12, 40, 85, 150, 320, 900, 2500, 12_000))}
            for name in names]
        # The weights add up from the first to the last: random.choices would add them up anew for each pick.
        self.company_weights = self.running([1 / (place + 20) for place in range(len(self.companies))])
        self.place_weights = self.running([1 / (place + 3) for place in range(len(trades.PLACES))])

    @staticmethod
    def running(weights: list[float]) -> list[float]:
        total, sums = 0.0, []
        for weight in weights:
            total += weight
            sums.append(total)
        return sums

    def texts(self, sentences: list[str], count: int, values: dict) -> str:
        return " ".join(self.random.sample(sentences, count)).format(**values)

    def make(self, number: int, posted: float) -> dict:
        choose, chance = self.random.choice, self.random.random
        code, title, description = choose(self.occupations)
        group = code[:2]
        company = self.random.choices(self.companies, cum_weights=self.company_weights)[0]
        city, state, country = self.random.choices(trades.PLACES, cum_weights=self.place_weights)[0]
        level = self.random.choices(list(trades.LEVELS), weights=(22, 45, 22, 8, 3))[0]
        prefix, factor = trades.LEVELS[level]
        remote = self.random.choices(("no", "hybrid", "full"), weights=(70, 18, 12))[0]
        tools = trades.TOOLS[group]
        skills = self.random.sample(tools, min(len(tools), self.random.randint(2, 5)))
        soft = self.random.sample(trades.SOFT_SKILLS, 3)
        values = {"company": company["name"], "city": city, "country": country, "year": company["year"], "size": company["size"],
                  "skill": skills[0], "soft": soft[0], "years": self.random.randint(1, 8), "days": self.random.randint(20, 32),
                  "share": self.random.randint(1, 9) * 10}
        job = {
            "title": (prefix + singular(title))[:200], "company": company["name"],
            "description": "\n\n".join([
                f"{company['name']} is looking for a {prefix}{singular(title)} in {city}. {description}",
                " ".join(self.random.sample(self.tasks[group], 5)), self.texts(trades.ABOUT, 1, values),
                f"You work with {', '.join(skills)}. Reference {group}-{number:06}."]),
            "requirements": self.texts(trades.ASKS, 3, values), "benefits": self.texts(trades.OFFERS, 3, values),
            "location": ", ".join(part for part in (city, state, country) if part), "city": city, "state": state, "country": country,
            "is_remote": remote == "full", "remote_type": remote, "experience_level": level,
            "job_type": self.random.choices(
                ("full_time", "part_time", "contract", "temporary", "internship", "freelance"), weights=(68, 12, 9, 5, 4, 2))[0],
            "skills_required": skills, "skills_preferred": soft[1:], "technologies": self.random.sample(tools, 2),
            "external_id": f"{number:06}", "external_source": "bench", "external_url": f"https://jobs.example.org/vacancies/{number:06}",
            "status": self.random.choices(("active", "closed", "filled"), weights=(92, 5, 3))[0], "posted_date": moment(posted),
        }
        if chance() < 0.75:
            middle = trades.PAY[group] * factor * self.random.uniform(0.75, 1.25)
            hourly = group >= "31" and chance() < 0.5
            unit = 1 / 2.08 if hourly else 1000
            job["salary_min"], job["salary_max"] = int(middle * 0.9 * unit), int(middle * 1.15 * unit)
            job["salary_period"] = "hourly" if hourly else "yearly"
        if chance() < 0.3:
            job["application_deadline"] = moment(NEWEST + self.random.randint(30, 300) * 86_400)
        return job

    def all(self, count: int):
        """The oldest first, as a server sees them come."""
        for number in range(count):
            ago = (count - 1 - number + self.random.random()) / count * DAYS * 86_400
            yield self.make(number, NEWEST - ago)


def write(package: pathlib.Path, folder: pathlib.Path, count: int, a_file: int) -> list[pathlib.Path]:
    """Writes the vacancies into numbered files, so that no import has to hold them all."""
    files: list[pathlib.Path] = []
    lines: list[str] = []
    for number, job in enumerate(Vacancies(package, seed=1).all(count), 1):
        lines.append(json.dumps(job, ensure_ascii=False, separators=(",", ":")))
        if len(lines) == a_file or number == count:
            files.append(folder / f"jobs-{len(files):02}.jsonl")
            files[-1].write_text("\n".join(lines) + "\n", encoding="utf-8")
            lines.clear()
    return files
