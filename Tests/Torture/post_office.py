"""A mail server on loopback that is sometimes slow or wants mail later, and remembers what it was given.

It speaks as much of SMTP as a client needs that neither logs in nor encrypts, and keeps of each mail its `Message-ID`.
"""

import collections
import random
import re
import socketserver
import sys
import threading
import time

ID = re.compile(rb"^message-id:\s*<([0-9a-f]{32})@", re.IGNORECASE | re.MULTILINE)


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request, client_address):
        # A client that was killed resets its connection.
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class PostOffice:
    LONGEST_PAUSE = 0.01

    def __init__(self, seed: int, deferring: float):
        self.deferring = deferring
        self.random = random.Random(seed)
        self.lock = threading.Lock()
        # By the hexadecimal number in the Message-ID: how often a mail came whole, and how often it was wanted later.
        self.taken: collections.Counter = collections.Counter()
        self.deferred: collections.Counter = collections.Counter()
        self.strange: list[bytes] = []
        self.server = Server(("127.0.0.1", 0), self.handler())
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def settings(self) -> str:
        """The table of a configuration: as many mails as there are, and an answer soon or never."""
        return (
            f'\n[mail]\nhost = "127.0.0.1"\nport = {self.server.server_address[1]}\nsecurity = "none"\nfrom = "jobs@example.com"\n'
            'site_url = "https://app.example.com"\nper_hour = 1000000\nrecipient_per_hour = 10000\ntimeout_seconds = 10\n')

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def judge(self, mail: bytes) -> bool:
        """Notes a mail that came whole; False: it is to come again later."""
        found = ID.search(mail.split(b"\r\n\r\n", 1)[0])
        with self.lock:
            if not found:
                self.strange.append(mail[:500])
                return True
            name = found[1].decode()
            if self.random.random() < self.deferring:
                self.deferred[name] += 1
                return False
            self.taken[name] += 1
            return True

    def pause(self) -> None:
        with self.lock:
            seconds = self.random.uniform(0, self.LONGEST_PAUSE)
        time.sleep(seconds)

    def handler(office) -> type:
        class Handler(socketserver.StreamRequestHandler):
            disable_nagle_algorithm = True
            timeout = 60

            def handle(self):
                self.say("220 mail.example.com")
                while line := self.rfile.readline(4096):
                    word = line.split(None, 1)[0].upper() if line.strip() else b""
                    if word == b"EHLO":
                        self.say("250-mail.example.com", "250-8BITMIME", "250 SIZE 10000000")
                    elif word == b"DATA":
                        self.say("354 go on")
                        if not self.take():
                            return
                    elif word == b"QUIT":
                        return self.say("221 bye")
                    elif word in (b"HELO", b"MAIL", b"RCPT", b"RSET", b"NOOP"):
                        self.say("250 ok")
                    else:
                        self.say("502 no")

            def take(self) -> bool:
                """A mail, up to the dot; one that breaks off before it is none."""
                lines = []
                while (line := self.rfile.readline(65536)) != b".\r\n":
                    if not line:
                        return False
                    lines.append(line)
                office.pause()
                self.say("250 taken" if office.judge(b"".join(lines)) else "451 4.3.0 later")
                return True

            def say(self, *lines: str) -> None:
                self.wfile.write("".join(line + "\r\n" for line in lines).encode())

        return Handler
