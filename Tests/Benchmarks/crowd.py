"""Many accounts, and one of the staff: made over the API once, kept in .build/bench/, and used on a copy."""

import hashlib
import json
import pathlib
import shutil

import wire
from dataset import KEPT, SETTINGS, TABLES
from servers import Client, Jobraker, demand

# A password takes a good part of a second of a core: more at once would only wait.
REGISTERED_AT_ONCE = 4
CONNECTIONS = 32
STAFF, PASSWORD = "staff@example.org", "a bench with a crowd on it"


class Crowd:
    def __init__(self, accounts: int):
        self.accounts = accounts
        self.folder = KEPT / f"crowd-{accounts}"
        self.database = self.folder / "jobraker.db"
        self.logins = self.folder / "logins.json"

    def prepare(self, binary: str) -> None:
        """Makes it if it is not there, or was made by another recipe."""
        mark = self.folder / "recipe"
        recipe = hashlib.sha256(b"\0".join(path.read_bytes() for path in [pathlib.Path(__file__), *TABLES])).hexdigest()
        if mark.exists() and mark.read_text() == recipe:
            return
        print(f"  making {self.accounts} accounts; kept for later runs", flush=True)
        shutil.rmtree(self.folder, ignore_errors=True)
        workspace = self.folder / "making"
        workspace.mkdir(parents=True)
        server = Jobraker(binary, workspace, settings=SETTINGS)
        try:
            password = workspace / "password"
            password.write_text(PASSWORD)
            server.command("admin", "create", "--email", STAFF, "--password-file", str(password))
            server.start()
            bodies = [{"email": f"user{number}@example.org", "password": PASSWORD, "password_confirm": PASSWORD, "first_name": "Robin",
                       "last_name": f"Number{number}"} for number in range(self.accounts)]
            answers = wire.all_answered(
                server.port, (wire.post("/api/v1/auth/register/", None, body) for body in bodies), REGISTERED_AT_ONCE, 201)
            server.stop()
        finally:
            server.abandon()
        server.database.rename(self.database)
        self.logins.write_text(json.dumps([json.loads(answer)["refresh"] for answer in answers]))
        shutil.rmtree(workspace)
        mark.write_text(recipe)

    def copy(self, server: Jobraker) -> None:
        """Gives these accounts to a server that has not been started yet."""
        shutil.copyfile(self.database, server.database)

    def tokens(self, port: int) -> list[str]:
        """The accounts' access tokens."""
        requests = [wire.post("/api/v1/auth/refresh/", None, {"refresh": token}) for token in json.loads(self.logins.read_text())]
        return [json.loads(answer)["access"] for answer in wire.all_answered(port, requests, CONNECTIONS, 200)]

    def staff(self, port: int) -> str:
        """The token of one who may announce."""
        with Client(port) as client:
            return demand(client.request("POST", "/api/v1/auth/login/", {"email": STAFF, "password": PASSWORD}), 200, "a login")["access"]
