#!/usr/bin/env python3
"""The house rules that swift-format does not know. One line for each breach; exit 1 if there is any.

A rule is here because breaking it costs something that no test shows soon: a binary 44 MB larger, a crash
on input nobody tried, a path that exists on one machine only.
"""

import ast
import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]

# (where it holds, what it looks for, why). A comment never breaks one of these.
SWIFT_RULES = [
    ("Sources Tests", r"^\s*(?:@\w+ |public |package |internal |private )*import Foundation\s*$",
     "import FoundationEssentials instead: the full Foundation brings ICU, 44 MB of it"),
    ("Sources Tests", r"\b(?:ISO8601DateFormatter|DateFormatter|NumberFormatter)\b|String\(format:|\.formatted\(",
     "needs ICU (44 MB); write the text by hand or use Timestamp"),
    ("Sources Tests", r"\bMutex<[^=\n]*->",
     "Mutex wraps a bare function once more at each look, without end; put it into a value"),
    ("Sources", r"\btry!|\bas! |\bfatalError\(|\.first!|\.last!",
     "traps; throw an error that tells what happened instead"),
]
SAFETY_CLAIM = re.compile(r"@unchecked Sendable|nonisolated\(unsafe\)")
UNFINISHED = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b")
LONGEST_FILE = 400
NAMED_FILE = re.compile(r"`([\w/+.-]+\.(?:swift|py|js|sh|service))`((?:(?!`[\w/+.-]+\.(?:swift|py|js|sh|service)`).)*)")
NAMED_PLACES = ["Tests", "Sources/Appliance", "."]
TOP_LEVEL = {
    "Package.swift", "Sources", "Tests", "config.example.toml", "systemd", "README.md", "Makefile", ".ci",
    ".gitignore", ".swift-format", "LICENSE", "docs",
}


def tracked_files() -> list[pathlib.Path]:
    """What is in git, and what would be after `git add`."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, stdout=subprocess.PIPE)
    names = [name for name in listing.stdout.decode().split("\0") if name]
    return [pathlib.Path(name) for name in sorted(set(names)) if (ROOT / name).is_file()]


def machine_paths() -> re.Pattern:
    """Paths that exist on this machine only: the checkout, what it lies in, the home, the compiler's place."""
    everywhere = {"", "/", "/tmp", "/var/tmp", "/home", "/srv", "/opt", "/usr/src"}
    exact = [str(ROOT)]
    inside = [path for path in (str(ROOT.parent), os.environ.get("HOME", "")) if path not in everywhere]
    compiler = shutil.which("swiftc")
    if compiler:
        toolchain = os.path.realpath(compiler).removesuffix("/usr/bin/swiftc").removesuffix("/bin/swiftc")
        if toolchain not in {"", "/usr"}:
            exact.append(toolchain)
    options = [re.escape(path) + r"(?![\w-])" for path in exact] + [re.escape(path) + "/" for path in inside]
    return re.compile(r"(?<![\w.~/-])(?:" + "|".join(options) + ")")


def swift_breaches(path: pathlib.Path, text: str):
    top = path.parts[0]
    lines = text.splitlines()
    if len(lines) > LONGEST_FILE:
        yield 1, f"{len(lines)} lines; above {LONGEST_FILE} a file wants splitting by idea"
    for number, line in enumerate(lines, 1):
        code = "" if line.lstrip().startswith("//") else line.split(" // ")[0]
        for places, pattern, reason in SWIFT_RULES:
            if top in places.split() and re.search(pattern, code):
                yield number, reason
        if SAFETY_CLAIM.search(code) and not any("Safety:" in near for near in lines[max(0, number - 7):number + 3]):
            yield number, "an unchecked claim needs a `// Safety:` line beside it that proves it"
        if UNFINISHED.search(line):
            yield number, "unfinished: finish it, or leave it out"


def security_breaches(lines: list[str]):
    """What docs/security.md names must exist: each file, and each test in the file that is named before it."""
    entry, first = [], 1
    for number, line in enumerate([*lines, ""], 1):
        if line and not line.startswith("- "):
            entry.append(line)
            continue
        for path, behind in NAMED_FILE.findall(" ".join(part.strip() for part in entry)):
            file = next((ROOT / place / path for place in NAMED_PLACES if (ROOT / place / path).is_file()), None)
            if file is None:
                yield first, f"there is no file {path}"
            elif path.startswith(("PlatformTests/", "ApplianceTests/")):
                text = file.read_text(encoding="utf-8")
                yield from ((first, f"{path} has no test {name}") for name in re.findall(r'"[^"]+"', behind) if name not in text)
        entry, first = ([line], number) if line else ([], number + 1)


def script_breach(path: pathlib.Path, text: str):
    if path.suffix == ".py":
        try:
            ast.parse(text, str(path))
        except SyntaxError as error:
            return error.lineno or 1, f"Python: {error.msg}"
    elif path.suffix == ".sh" or text.startswith("#!/usr/bin/env bash"):
        check = subprocess.run(["bash", "-n", str(ROOT / path)], capture_output=True, text=True)
        if check.returncode != 0:
            return 1, check.stderr.strip()
    return None


def main() -> int:
    foreign = machine_paths()
    breaches = []
    files = tracked_files()
    for path in files:
        if path.parts[0] not in TOP_LEVEL:
            breaches.append(f"{path}: the top level is fixed; this does not belong there")
        try:
            text = (ROOT / path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            found = foreign.search(line)
            if found:
                breaches.append(f"{path}:{number}: names a path of one machine: {found.group()}")
        if str(path) == "docs/security.md":
            breaches += [f"{path}:{number}: {reason}" for number, reason in security_breaches(text.splitlines())]
        if path.suffix == ".swift":
            breaches += [f"{path}:{number}: {reason}" for number, reason in swift_breaches(path, text)]
        broken = script_breach(path, text)
        if broken:
            breaches.append(f"{path}:{broken[0]}: {broken[1]}")
    print("\n".join(breaches) if breaches else f"house rules: {len(files)} files, nothing to mend")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
