#!/usr/bin/env python3
"""Holds the running server to the document of its API.

PyPI's openapi-spec-validator checks the document itself. PyPI's schemathesis then makes up requests from it, right
ones and wrong ones, and checks that each answer is one that the document tells of: status, type, headers and
body; that none is a 5xx; that none is a success without the token that it demands; and that other methods get 405
with those that are allowed. The server has no model provider, so that its built-in assistant answers.

Prints the seed, which decides what is tried. A failure is printed once for each operation and kind, with a
request that shows it.
"""

import argparse
import collections
import json
import os
import pathlib
import random
import secrets
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / ".build"
sys.path.insert(0, str(ROOT / "Tests/Torture"))
sys.path.append(str(ROOT / "Tests/Tools"))
import venvs  # noqa: E402
from appliance import BROKEN, Appliance, Failed, Workspace  # noqa: E402

PACKAGES = ["schemathesis==4.32.5", "openapi-spec-validator==0.9.0"]
CHECKS = [
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance", "ignored_auth", "unsupported_method", "allow_header_conformance",
]
PHASES = ["examples", "coverage", "fuzzing", "stateful"]
# A run in which more requests than this were not let in has tried too little.
MOST_UNAUTHORIZED = 0.25
# What cannot succeed here: nothing carries an automatic application out, there is no mail server, and what a mail's link
# carries is in no answer. Tests/Conformance/mail.py tries these.
UNSERVED = {
    "POST /api/v1/jobs/jobs/{id}/auto-apply/", "POST /api/v1/auth/password-reset/", "POST /api/v1/auth/password-reset/confirm/",
    "POST /api/v1/auth/verify-email/", "POST /api/v1/auth/verify-email/resend/", "POST /api/v1/notifications/unsubscribe/",
}
STAFF = ("staff@example.org", secrets.token_urlsafe(12))
# One token has to last for the whole run; and what is sent to targets stays on this machine.
SETTINGS = "\n[auth]\naccess_token_minutes = 600\n\n[notifications]\nallow_private_targets = true\n"


class Trial:
    def __init__(self, workspace: Workspace, options: argparse.Namespace):
        self.options = options
        self.folder = workspace.path
        self.tools = venvs.make("conformance-venv", PACKAGES) / "bin"
        self.appliance = Appliance(options.binary, workspace.path, settings=SETTINGS)
        self.base = f"http://127.0.0.1:{self.appliance.port}"
        self.passed = 0
        self.failures: list[str] = []

    def run(self) -> None:
        self.appliance.start()
        password = self.folder / "password"
        password.write_text(STAFF[1])
        self.appliance.command("admin", "create", "--email", STAFF[0], "--password-file", str(password))
        self.check_document()
        began = time.monotonic()
        report, record = self.run_cases()
        self.judge(report, record, time.monotonic() - began)
        self.appliance.stop()

    def check_document(self) -> None:
        script = pathlib.Path(__file__).with_name("document.py")
        done = subprocess.run(
            [str(self.tools / "python"), "-B", str(script), self.base], capture_output=True, text=True, timeout=120)
        if done.returncode != 0:
            self.failures += [f"document: {line}" for line in (done.stdout or done.stderr).strip().splitlines()]
        else:
            self.passed += 1
            print(f"the document is valid OpenAPI 3.0.3: {done.stdout.strip()}", flush=True)

    def run_cases(self) -> tuple[dict, dict]:
        """Runs schemathesis in the temporary folder, away from any configuration; returns its report and our record."""
        report, record, log = self.folder / "report.json", self.folder / "record.json", self.folder / "schemathesis.log"
        command = [
            str(self.tools / "schemathesis"), "run", f"{self.base}/api/schema/?format=json",
            "--checks", ",".join(CHECKS), "--phases", ",".join(PHASES), "--mode", "all",
            "--max-examples", str(self.options.examples), "--seed", str(self.options.seed),
            "--continue-on-failure", "--no-shrink", "--generation-database", "none", "--request-timeout", "20",
            "--generation-with-security-parameters", "false", "--warnings", "off", "--output-sanitize", "false", "--no-color",
            "--report", "json", "--report-json-path", str(report)]
        environment = dict(
            os.environ, SCHEMATHESIS_HOOKS="cases", PYTHONPATH=str(pathlib.Path(__file__).parent), PYTHONDONTWRITEBYTECODE="1",
            CONFORMANCE_PORT=str(self.appliance.port), CONFORMANCE_RECORD=str(record),
            CONFORMANCE_STAFF_EMAIL=STAFF[0], CONFORMANCE_STAFF_PASSWORD=STAFF[1])
        with log.open("wb") as output:
            try:
                subprocess.run(
                    command, cwd=self.folder, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                    timeout=self.options.minutes * 60)
            except subprocess.TimeoutExpired:
                raise Failed(f"out of time after {self.options.minutes:g} minutes") from None
        if not report.exists() or not record.exists():
            raise Failed(f"schemathesis did not come to an end:\n{log.read_text(errors='replace')[-3000:]}")
        return json.loads(report.read_text()), json.loads(record.read_text())

    # MARK: Judging

    def judge(self, report: dict, record: dict, seconds: float) -> None:
        cases = report["test_cases"]
        statuses = collections.Counter()
        for counts in record["counts"].values():
            statuses.update(counts)
        total = sum(statuses.values())
        of_class = lambda digit: sum(count for status, count in statuses.items() if status[0] == digit)
        print(
            f"{cases['generated']} cases of {report['operations']['tested']} operations in {seconds:.0f} s; of {total} requests "
            f"{of_class('2')} were answered with 2xx, {of_class('4')} with 4xx ({statuses['401']} with 401), "
            f"{of_class('5')} with 5xx", flush=True)
        if self.options.counts:
            for operation in record["operations"]:
                counts = sorted(record["counts"].get(operation, {}).items())
                print(f"  {operation}: {', '.join(f'{count} × {status}' for status, count in counts)}")
        self.passed += cases["generated"] - cases["with_failures"]
        self.failures += self.broken_promises(record["failures"])
        if cases["with_failures"] and not record["failures"]:
            titles = ", ".join(failure["title"] for failure in report["failures"])
            self.failures.append(f"{cases['with_failures']} cases failed, and none is written down: {titles}")
        self.failures += [f"schemathesis: {error['title']} ({error['count']} times)" for error in report["errors"]]
        if report["stop_reason"] != "completed":
            self.failures.append(f"schemathesis stopped early: {report['stop_reason']}")
        if report["operations"]["tested"] < report["operations"]["total"]:
            self.failures.append(f"of {report['operations']['total']} operations {report['operations']['tested']} were tried")
        if cases["generated"] < self.options.least:
            self.failures.append(f"{cases['generated']} cases are too few; {self.options.least} are wanted")
        if statuses["401"] > total * MOST_UNAUTHORIZED:
            self.failures.append(f"{statuses['401']} of {total} requests were not let in; that proves little")
        for operation in record["operations"]:
            succeeded = any(status.startswith("2") for status in record["counts"].get(operation, {}))
            if succeeded and operation in UNSERVED:
                self.failures.append(f"{operation} succeeds now: its success is to be checked like any other")
            if not succeeded and operation not in UNSERVED:
                self.failures.append(f"{operation} never succeeded, so its success was not checked")

    @staticmethod
    def broken_promises(found: list[dict]) -> list[str]:
        kinds: dict[tuple, list[dict]] = collections.defaultdict(list)
        for failure in found:
            kinds[failure["operation"], failure["status"], failure["title"]].append(failure)
        return [
            f"{operation} answered {status}, {len(alike)} times: {title}: {' '.join(alike[0]['message'].split())[:200]}\n"
            f"  answer: {alike[0]['answer']}\n  {alike[0]['curl']}"
            for (operation, status, title), alike in sorted(kinds.items())]


def main() -> int:
    parser = argparse.ArgumentParser(description="answers held against the API's own document")
    parser.add_argument("--binary", default=".build/release/jobraker")
    parser.add_argument("--examples", type=int, default=100, help="made-up cases an operation, beside those at its limits")
    parser.add_argument("--least", type=int, default=3000, help="fail if there are fewer cases in all")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--minutes", type=float, default=40, help="give up, as a failure, after this long")
    parser.add_argument("--counts", action="store_true", help="print how often each operation was answered how")
    options = parser.parse_args()
    print(f"schema conformance: {options.examples} examples an operation, --seed {options.seed}", flush=True)

    workspace = Workspace("conformance")
    trial = Trial(workspace, options)
    whole = False
    try:
        trial.run()
        whole = True
    except BROKEN as error:
        trial.failures.append(f"{type(error).__name__}: {error}")
    finally:
        trial.appliance.abandon()
        workspace.close(keep=not whole or bool(trial.failures))
    for failure in trial.failures:
        print(f"FAILED (--seed {options.seed}): {failure}")
    print(f"{trial.passed} passed, {len(trial.failures)} failed")
    return 1 if trial.failures else 0


if __name__ == "__main__":
    sys.exit(main())
