#!/usr/bin/env python3
"""Holds the server's mail to a real mail server, and to Python's reading of it.

    mail.py [--binary FILE]

PyPI's aiosmtpd takes mail on loopback with STARTTLS, with TLS from the first byte, and in the clear, each with a login.
`jobraker mail test` sends every template to each; Python's `email` parses what arrived, and its policy finds no defect.
Then a server is started on it: a registration, a new password and a confirmation by mail, mails that are refused for now
and for good, and one whose connection breaks off. A server without a certificate that holds gets nothing.
"""

import argparse
import collections
import email.policy
import email.utils
import json
import logging
import os
import pathlib
import re
import ssl
import subprocess
import sys
import time
import warnings

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / ".build"
sys.path.insert(0, str(ROOT / "Tests/Torture"))
sys.path.append(str(ROOT / "Tests/Tools"))
import venvs  # noqa: E402
from appliance import BROKEN, Appliance, Client, Failed, Workspace  # noqa: E402

PACKAGES = ["aiosmtpd==1.4.6"]
MARK = "JOBRAKER_MAIL_VENV"
TEMPLATES = [
    "welcome", "email_verification", "password_reset", "status_change", "alert", "recommendations", "follow_up", "notice",
    "digest",
]
USER, PASSWORD = "jobs", "correct-horse-7"
SECONDS = 30.0


def enter_venv() -> None:
    """Goes on in a venv with the mail server: makes it where it is missing, and runs this script again with it."""
    path = BUILD / "mail-venv"
    if os.environ.get(MARK) == str(path):
        return
    venvs.make(path.name, PACKAGES)
    os.execve(path / "bin/python", [str(path / "bin/python"), "-B", *sys.argv], {**os.environ, MARK: str(path)})


def certificates(folder: pathlib.Path) -> tuple[pathlib.Path, pathlib.Path]:
    """A certificate for 127.0.0.1 that is its own authority, and its key."""
    certificate, key = folder / "mail.pem", folder / "mail.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=mail",
         "-addext", "subjectAltName=IP:127.0.0.1", "-out", str(certificate), "-keyout", str(key)],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return certificate, key


class Box:
    """What arrived, and what the mail server is to do next: words in the order of the mails, else it takes them."""

    def __init__(self):
        self.mails: list[tuple[str, bytes]] = []
        self.orders: collections.deque[str] = collections.deque()
        self.transports: dict = {}

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if self.orders and self.orders[0] in ("later", "never"):
            return "450 4.2.0 later" if self.orders.popleft() == "later" else "550 5.1.1 nobody"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.mails.append((envelope.rcpt_tos[0], envelope.content))
        if self.orders and self.orders[0] == "cut":
            self.orders.popleft()
            server.transport.abort()
            return "451 cut"
        return "250 2.0.0 taken"

    def wait(self, count: int) -> None:
        until = time.monotonic() + SECONDS
        while len(self.mails) < count:
            if time.monotonic() > until:
                raise Failed(f"{len(self.mails)} mails came, not {count}")
            time.sleep(0.02)


def start(box: Box, folder: pathlib.Path, security: str):
    """An aiosmtpd on a free port; what it returns has `port` and `stop`."""
    from aiosmtpd.controller import Controller
    from aiosmtpd.smtp import AuthResult

    # Refused handshakes and broken connections are what is tried.
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)
    warnings.filterwarnings("ignore", module="aiosmtpd")
    certificate, key = folder / "mail.pem", folder / "mail.key"
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    def authenticate(server, session, envelope, mechanism, data):
        good = data.login == USER.encode() and data.password == PASSWORD.encode()
        return AuthResult(success=good, handled=False)

    class OnFreePort(Controller):
        def _trigger_server(self):
            # It would ask at the port that was wished for, which is none.
            self.port = self.server.sockets[0].getsockname()[1]
            super()._trigger_server()

    # Of TLS it knows only what STARTTLS began.
    options = {"authenticator": authenticate, "auth_required": True, "auth_require_tls": security == "starttls"}
    if security == "starttls":
        options |= {"tls_context": context, "require_starttls": True}
    controller = OnFreePort(
        box, hostname="127.0.0.1", port=0, ssl_context=context if security == "tls" else None, **options)
    controller.start()
    return controller


def settings(port: int, security: str, folder: pathlib.Path, authority: bool = True, password: str = PASSWORD) -> str:
    lines = [
        "", "[mail]", 'host = "127.0.0.1"', f"port = {port}", f'security = "{security}"', f'user = "{USER}"',
        f'password = "{password}"', 'from = "jobs@example.com"', 'from_name = "Bäckerjobs, „Nord“"',
        'site_url = "https://app.example.com"',
    ]
    if authority:
        lines.append(f'ca_file = "{folder / "mail.pem"}"')
    return "\n".join(lines) + "\n"


def judge(raw: bytes, recipient: str) -> list[str]:
    """What Python's `email` has to say against a mail."""
    found = []
    message = email.message_from_bytes(raw, policy=email.policy.default)
    parts = list(message.walk())
    found += [f"defect: {defect!r}" for part in parts for defect in part.defects]
    for name in ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version"):
        if len(message.get_all(name, [])) != 1:
            found.append(f"{len(message.get_all(name, []))} headers {name}")
            continue
        found += [f"{name}: {defect!r}" for defect in message[name].defects]
    if [part.get_content_type() for part in parts] != ["multipart/alternative", "text/plain", "text/html"]:
        found.append(f"parts: {[part.get_content_type() for part in parts]}")
        return found
    if message["To"].addresses[0].addr_spec != recipient:
        found.append(f"To: {message['To']}")
    if str(message["From"].addresses[0].display_name) != "Bäckerjobs, „Nord“":
        found.append(f"From: {message['From']}")
    if abs(message["Date"].datetime.timestamp() - time.time()) > 600:
        found.append(f"Date: {message['Date']}")
    if any(len(line) > 78 or not line.isascii() for line in raw.splitlines() if not line.startswith(b"List-Unsubscribe: ")):
        found.append("a line that is longer than 78 characters, or not ASCII")
    text, html = (part.get_content() for part in parts[1:])
    if not text.strip() or "<html" not in html or "{{" in text + html:
        found.append("a text that is empty or has a tag left in it")
    return found


def expected(template: str) -> list[str]:
    """Words that a template's example holds, which have to arrive in both forms."""
    return {
        "status_change": ["under review"], "alert": ["Zürich", "Pâtissière"], "recommendations": ["Boulangerie Émile"],
        "follow_up": ["Łukasiewicz"], "notice": ["Pâtissière", "パン職人"], "digest": ["パン職人"],
    }.get(template, ["Zoë Müller"])


class Trial:
    def __init__(self, binary: str, workspace: Workspace):
        self.binary = str(pathlib.Path(binary).resolve())
        self.folder = workspace.path
        self.passed = 0
        certificates(self.folder)

    def check(self, holds: bool, sentence: str) -> None:
        if not holds:
            raise Failed(sentence)
        self.passed += 1
        print(f"  ok  {sentence}", flush=True)

    def send(self, text: str, template: str) -> subprocess.CompletedProcess:
        config = self.folder / "test.toml"
        config.write_text(
            f'[storage]\ndirectory = "{self.folder / "none"}"\n[server]\npublic_url = "https://app.example.com"\n' + text)
        return subprocess.run(
            [self.binary, "mail", "test", "zoe@example.org", "--template", template, "--json", "--config", str(config)],
            capture_output=True, text=True, timeout=60)

    def templates(self, security: str) -> None:
        print(f"{security}:")
        box = Box()
        controller = start(box, self.folder, security)
        try:
            for template in TEMPLATES:
                done = self.send(settings(controller.port, security, self.folder), template)
                if done.returncode != 0:
                    raise Failed(f"{template}: {done.stderr.strip()}")
                recipient, raw = box.mails[-1]
                problems = judge(raw, "zoe@example.org")
                message = email.message_from_bytes(raw, policy=email.policy.default)
                texts = [part.get_content() for part in message.iter_parts()]
                problems += [f"{word} is missing" for word in expected(template) if not all(word in text for text in texts)]
                if message["Message-ID"] != json.loads(done.stdout)["message_id"]:
                    problems.append(f"Message-ID: {message['Message-ID']}")
                if (message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click") != (template == "digest"):
                    problems.append("List-Unsubscribe-Post is there or is not")
                self.check(not problems and recipient == "zoe@example.org", f"{template}: {'; '.join(problems) or message['Subject']}")
            count = len(box.mails)
            wrong = self.send(settings(controller.port, security, self.folder, password="wrong"), "welcome")
            self.check(wrong.returncode == 1 and "535" in wrong.stderr and len(box.mails) == count, "a wrong password sends nothing")
            if security != "none":
                stranger = self.send(settings(controller.port, security, self.folder, authority=False), "welcome")
                self.check(stranger.returncode == 1 and len(box.mails) == count, "a certificate that does not hold gets nothing")
        finally:
            controller.stop()

    def server(self) -> None:
        print("a server:")
        box = Box()
        controller = start(box, self.folder, "starttls")
        appliance = Appliance(self.binary, self.folder, settings=settings(controller.port, "starttls", self.folder))
        try:
            appliance.start()
            self.people(appliance, box)
            appliance.stop()
        finally:
            appliance.abandon()
            controller.stop()

    def people(self, appliance: Appliance, box: Box) -> None:
        with Client(appliance.port) as client:
            def post(path: str, body: dict) -> tuple[int, dict]:
                return client.request("POST", f"/api/v1/auth/{path}", body)

            person = {
                "email": "lucja@example.org", "password": "correct horse 7", "password_confirm": "correct horse 7",
                "first_name": "Łucja \"Lu\"", "last_name": "Ünal\r\nBcc: eve@example.org",
            }
            self.check(post("register/", person)[0] == 201, "a registration")
            box.wait(2)
            for recipient, raw in box.mails:
                message = email.message_from_bytes(raw, policy=email.policy.default)
                problems = judge(raw, person["email"]) + (["a header of its own"] if message["Bcc"] else [])
                name = str(message["To"].addresses[0].display_name)
                self.check(
                    not problems and name == 'Łucja "Lu" Ünal Bcc: eve@example.org',
                    f"{message['Subject']} to {name}: {'; '.join(problems) or 'whole'}")

            def code(raw: bytes) -> str:
                text = email.message_from_bytes(raw, policy=email.policy.default).get_body(("plain",)).get_content()
                found = re.search(r"this code: (\S+)", text)
                if not found or f"token={found[1]}" not in text:
                    raise Failed("a mail has no code, or another one in its link")
                return found[1]

            link = next(raw for _, raw in box.mails if b"Open this page" in raw)
            self.check(post("verify-email/", {"token": code(link)})[0] == 200, "the address is confirmed by the link")
            box.orders.append("cut")
            answers = [post("password-reset/", {"email": address}) for address in (person["email"], "nobody@example.org")]
            self.check(answers[0] == answers[1] and answers[0][0] == 200, "a new password is asked for, in the same words for a stranger")
            # The first try was cut off behind its end; the second comes a minute later.
            until = time.monotonic() + 100
            while len(box.mails) < 4 and time.monotonic() < until:
                time.sleep(0.2)
            self.check(len(box.mails) == 4 and box.mails[2] == box.mails[3], "a mail that was cut off comes once more, the same to the byte")
            new = {"token": code(box.mails[3][1]), "new_password": "another horse 8"}
            self.check(post("password-reset/confirm/", new)[0] == 200, "the link sets a new password")
            self.check(post("password-reset/confirm/", new)[0] == 400, "and does so once")
            self.check(post("login/", {"email": person["email"], "password": "another horse 8"})[0] == 200, "with which there is a login")
            box.orders.append("never")
            post("password-reset/", {"email": person["email"]})
            until = time.monotonic() + SECONDS
            while box.orders and time.monotonic() < until:
                time.sleep(0.02)
            time.sleep(1)
            post("password-reset/", {"email": person["email"]})
            time.sleep(2)
            self.check(not box.orders and len(box.mails) == 4, "an address that was refused for good gets no more")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", default=str(ROOT / ".build/release/jobraker"))
    options = parser.parse_args()
    enter_venv()
    workspace = Workspace("mail")
    failed = True
    try:
        trial = Trial(options.binary, workspace)
        for security in ("starttls", "tls", "none"):
            trial.templates(security)
        trial.server()
        print(f"PASS ({trial.passed} checks)")
        failed = False
    except BROKEN as error:
        print(f"FAILED: {error}")
    finally:
        workspace.close(keep=failed)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
