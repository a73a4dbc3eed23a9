#!/usr/bin/env python3
"""Checks the API documentation pages of a running server in a real browser.

    docs_page.py http://127.0.0.1:PORT

Loads /api/docs/ and /api/redoc/ with Debian's chromium and fails when a page shows its error message, shows fewer
operations than the OpenAPI document has, refuses something of its own (Content-Security-Policy), has a script error,
or names another host for what it loads. No host but the server itself can be reached from that browser.

Exit: 0 all is well, 1 something is wrong, 2 wrong use, 3 there is no chromium.
"""

import html.parser
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request

PAGES = ["/api/docs/", "/api/redoc/"]
DOCUMENT = "/api/schema/?format=json"
METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}
BROWSERS = ["chromium", "chromium-browser", "google-chrome"]
LOADING = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src"}
LONGEST_SECONDS = 90


class Page(html.parser.HTMLParser):
    """What a page came to: its state, its operations, what it loads and what its message says."""

    def __init__(self, text: str):
        super().__init__()
        self.state, self.operations, self.loaded, self.message = "none", [], [], ""
        self.in_message = 0
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if tag == "body":
            self.state = values.get("data-state", "none")
        if "data-operation" in values:
            self.operations.append(values["data-operation"])
        if values.get(LOADING.get(tag, "")):
            self.loaded.append(values[LOADING[tag]])
        if values.get("id") == "ui-notice":
            self.in_message = 1
        elif self.in_message:
            self.in_message += 1

    def handle_endtag(self, tag):
        self.in_message = max(self.in_message - 1, 0)

    def handle_data(self, data):
        if self.in_message:
            self.message += data


def operations_of(server: str) -> int:
    with urllib.request.urlopen(server + DOCUMENT, timeout=30) as answer:
        document = json.load(answer)
    return sum(method in METHODS for item in document["paths"].values() for method in item)


def rendered(browser: str, address: str) -> tuple[str, str]:
    """The page as the browser has it when its scripts are done, and what the browser had to say about it."""
    host = urllib.parse.urlsplit(address).hostname
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [
            browser, "--headless", "--disable-gpu", "--no-first-run", "--disable-extensions", "--disable-background-networking",
            "--disable-component-update", f"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE {host}", f"--user-data-dir={profile}",
            "--enable-logging=stderr", "--virtual-time-budget=20000", "--dump-dom", address,
        ]
        if os.geteuid() == 0:
            command.insert(1, "--no-sandbox")  # Its sandbox does not start for root; the page is our own.
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace", start_new_session=True)
        try:
            page, said = process.communicate(timeout=LONGEST_SECONDS)
            return page, said
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            return "", f"CONSOLE: no page after {LONGEST_SECONDS} seconds"


def complaints(server: str, path: str, browser: str, expected: int) -> list[str]:
    text, said = rendered(browser, server + path)
    page = Page(text)
    found = []
    if page.state == "failed":
        found.append(f"shows its error message: {page.message.strip()}")
    elif page.state != "ready":
        found.append(f"did not come to an end of loading (state: {page.state})")
    shown = len(set(page.operations))
    if shown < expected:
        found.append(f"shows {shown} operations; the document has {expected}")
    foreign = [target for target in page.loaded if not target.startswith(("/", "data:")) or target.startswith("//")]
    found += [f"loads from another host: {target}" for target in foreign]
    found += [f"the browser says: {line.strip()}" for line in said.splitlines() if "CONSOLE" in line]
    if not found:
        print(f"{path} shows {shown} operations, the document has {expected}")
    return [f"{path} {words}" for words in found]


def main() -> int:
    if len(sys.argv) != 2 or not sys.argv[1].startswith(("http://", "https://")):
        print(__doc__, file=sys.stderr)
        return 2
    server = sys.argv[1].rstrip("/")
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not browser:
        print(f"no browser: none of {', '.join(BROWSERS)} is installed (Debian: apt-get install chromium); nothing was checked",
              file=sys.stderr)
        return 3
    try:
        expected = operations_of(server)
    except (urllib.error.URLError, ValueError, KeyError, AttributeError, TimeoutError) as error:
        print(f"{server}{DOCUMENT} is no OpenAPI document: {error}", file=sys.stderr)
        return 1
    if not expected:
        print(f"{server}{DOCUMENT} has no operations", file=sys.stderr)
        return 1
    found = [words for path in PAGES for words in complaints(server, path, browser, expected)]
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
