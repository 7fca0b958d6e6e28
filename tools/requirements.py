"""Compile requirements.txt from pyproject.toml's ranges, for every platform at once."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HEAD = """\
# Made by `make requirements` from the ranges in pyproject.toml, for Python 3.11 to 3.13 on every
# platform that TensorFlow has wheels for. Do not edit.
"""
COMPILE = [
    "uv", "pip", "compile", "pyproject.toml", "--universal", "--python-version", "3.11",
    "--all-extras", "--group", "dev", "--upgrade", "--no-header", "--no-annotate",
    "--no-emit-index-url", "--quiet",
]  # fmt: skip


def main() -> None:
    done = subprocess.run(
        [sys.executable, "-m", *COMPILE], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        sys.exit(f"requirements: {done.stderr.strip()}")
    pins = [line for line in done.stdout.splitlines() if "==" in line]
    text = HEAD + "\n".join(pins) + "\n-e .\n"
    (ROOT / "requirements.txt").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
