"""The two servers that are compared: this one, and PocketBase, each on loopback and on data of its own."""

import http.client
import pathlib
import secrets
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Torture"))
from appliance import BROKEN, READY_SECONDS, STOP_SECONDS, Appliance, Client, Failed, free_port  # noqa: E402


def demand(answer: tuple[int, dict], status: int, what: str) -> dict:
    if answer[0] != status:
        raise Failed(f"{what} was answered with {answer[0]}: {answer[1]}")
    return answer[1]


class Jobraker(Appliance):
    """The release binary with the product's defaults, but without rate limits: one client makes all the load."""

    name = "jobraker"

    def __init__(self, binary: str, workspace: pathlib.Path, name: str = "jobraker", settings: str = "", server: str = ""):
        super().__init__(binary, workspace, name, settings, server)

    def account(self, name: str) -> str:
        """Registers an account and returns its access token."""
        password = secrets.token_urlsafe(12)
        with Client(self.port) as client:
            return demand(client.request("POST", "/api/v1/auth/register/", {
                "email": f"{name}@example.org", "password": password, "password_confirm": password,
                "first_name": "Robin", "last_name": name.capitalize()}), 201, "registering")["access"]


class PocketBase:
    """PocketBase as it is installed, with more collections that hold what our tables hold.

    Its rate limiter is off, as it is by default; so is nothing else. It logs each request into a second
    database of its own, and it syncs at checkpoints only (`synchronous=NORMAL`): both are its defaults.
    """

    name = "PocketBase"
    OWN_ROWS = "owner = @request.auth.id"
    CREATE_OWN = f'@request.auth.id != "" && {OWN_ROWS}'
    DATES = [
        {"name": "created", "type": "autodate", "onCreate": True},
        {"name": "updated", "type": "autodate", "onCreate": True, "onUpdate": True},
    ]
    SESSIONS = {
        "name": "sessions", "listRule": OWN_ROWS, "viewRule": OWN_ROWS, "createRule": CREATE_OWN,
        "fields": [
            {"name": "title", "type": "text", "max": 255},
            "owner",
            {"name": "last_message_at", "type": "date"},
            {"name": "last_message_preview", "type": "text"},
            {"name": "message_count", "type": "number", "onlyInt": True},
        ],
        "indexes": ["CREATE INDEX sessions_by_owner ON sessions (owner, last_message_at DESC)"],
    }

    def __init__(self, binary: pathlib.Path, workspace: pathlib.Path):
        self.binary = str(binary)
        self.directory = workspace / "pocketbase"
        self.data = self.directory / "pb_data"
        self.data.mkdir(parents=True)
        self.log = workspace / "pocketbase.log"
        self.port = free_port()
        self.process: subprocess.Popen | None = None
        self.superuser = ("root@example.org", secrets.token_urlsafe(12))

    def version(self) -> str:
        return self.run("--version").split()[-1]

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            [self.binary, *arguments], cwd=self.directory, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=60)
        if done.returncode != 0:
            raise Failed(f"pocketbase {arguments[0]} ended with {done.returncode}: {done.stderr.strip()}")
        return done.stdout

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [self.binary, "serve", "--http", f"127.0.0.1:{self.port}", "--dir", str(self.data)],
                cwd=self.directory, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        began = time.monotonic()
        while time.monotonic() - began < READY_SECONDS:
            if self.process.poll() is not None:
                raise Failed(f"PocketBase ended with {self.process.returncode}\n{self.log.read_text(errors='replace')}")
            try:
                with Client(self.port, seconds=5) as client:
                    if client.request("GET", "/api/health")[0] == 200:
                        return
            except (OSError, http.client.HTTPException):
                pass
            time.sleep(0.02)
        raise Failed(f"PocketBase was not ready within {READY_SECONDS:.0f} s")

    def administrator(self) -> str:
        """Makes a superuser and returns its token. The rate limiter is off from here on."""
        self.run("superuser", "upsert", *self.superuser, "--dir", str(self.data))
        with Client(self.port) as client:
            token = demand(client.request(
                "POST", "/api/collections/_superusers/auth-with-password",
                {"identity": self.superuser[0], "password": self.superuser[1]}), 200, "the superuser's login")["token"]
        with Client(self.port, token) as client:
            settings = demand(client.request("GET", "/api/settings"), 200, "reading the settings")
            if settings["rateLimits"]["enabled"]:
                demand(client.request("PATCH", "/api/settings", {"rateLimits": {"enabled": False}}), 200, "the settings")
        return token

    def set_up(self, token: str, collection: dict) -> dict:
        """Makes, over the API, a collection whose field `owner` names a user, with its rules and its index."""
        with Client(self.port, token) as client:
            users = demand(client.request("GET", "/api/collections/users"), 200, "reading the collection of users")
            if users["viewRule"] != "id = @request.auth.id":
                raise Failed(f"PocketBase's users have another rule than expected: {users['viewRule']}")
            owner = {"name": "owner", "type": "relation", "collectionId": users["id"], "required": True, "maxSelect": 1,
                     "cascadeDelete": True}
            fields = [owner if field == "owner" else field for field in collection["fields"]]
            return demand(client.request("POST", "/api/collections", {
                "type": "base", **collection, "fields": [*fields, *self.DATES]}), 200, f"creating the collection {collection['name']}")

    def account(self, name: str) -> tuple[str, str]:
        """Registers a user and returns its id and token."""
        password = secrets.token_urlsafe(12)
        email = f"{name}@example.org"
        with Client(self.port) as client:
            user = demand(client.request("POST", "/api/collections/users/records", {
                "email": email, "password": password, "passwordConfirm": password,
                "name": f"Robin {name.capitalize()}"}), 200, "registering with PocketBase")
            login = demand(client.request(
                "POST", "/api/collections/users/auth-with-password", {"identity": email, "password": password}),
                200, "logging in to PocketBase")
        return user["id"], login["token"]

    def stop(self) -> None:
        process, self.process = self.process, None
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise Failed(f"PocketBase did not stop within {STOP_SECONDS:.0f} s of SIGTERM") from None

    def abandon(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None
