#!/usr/bin/env python3
"""Makes a few hundred vacancies from the O*NET occupation list, as JSON lines for `jobraker import jobs`.

    demo_jobs.py PACKAGE.whl FILE

Titles and tasks are those of real occupations; the companies are made up.
"""

import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Benchmarks"))
from vacancies import Vacancies  # noqa: E402

COUNT = 300


def main() -> None:
    package, file = map(pathlib.Path, sys.argv[1:])
    with file.open("w", encoding="utf-8") as output:
        for job in Vacancies(package, seed=3).all(COUNT):
            output.write(json.dumps({**job, "external_source": "demo"}, ensure_ascii=False) + "\n")
    print(f"{COUNT} vacancies of made-up companies written to {file}")


main()
