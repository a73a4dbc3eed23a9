"""Venvs below `.build` with what scripts need from PyPI."""

import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def make(name: str, packages: list[str]) -> pathlib.Path:
    """The directory of the venv of that name; made once, and added to when other packages are wanted."""
    path = ROOT / ".build" / name
    mark = path / "installed"
    if not mark.exists() or mark.read_text() != "\n".join(packages):
        print(f"Installing {', '.join(packages)} into {path.relative_to(ROOT)}", flush=True)
        subprocess.run([sys.executable, "-m", "venv", str(path)], check=True)
        subprocess.run([str(path / "bin/pip"), "install", "--quiet", "--disable-pip-version-check", *packages], check=True)
        mark.write_text("\n".join(packages))
    return path
