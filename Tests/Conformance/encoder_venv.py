"""The venv in which the encoder's reference runs: onnxruntime and the model's tokenizer, from PyPI."""

import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / ".build"
sys.path.append(str(ROOT / "Tests/Tools"))
import venvs  # noqa: E402

PACKAGES = ["onnxruntime==1.32.0", "onnx==1.23.2", "tokenizers==0.23.3", "numpy==2.4.6"]
MARK = "JOBRAKER_ENCODER_VENV"


def enter() -> None:
    """Goes on in the venv: makes it where it is missing, and runs this script again with its interpreter."""
    path = BUILD / "encoder-venv"
    if os.environ.get(MARK) == str(path):
        return
    venvs.make(path.name, PACKAGES)
    subprocess.run([sys.executable, "-B", str(ROOT / "Tests/Tools/minilm.py")], check=True)
    # One thread in whatever the packages bring, so that both sides have the same.
    environment = {**os.environ, MARK: str(path), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    os.execve(path / "bin/python", [str(path / "bin/python"), "-B", *sys.argv], environment)
