"""Make .venv and install what requirements.txt pins. Needs only Python's standard library.

Run by ``make setup`` and, on Windows, by hand: ``py tools/setup.py``. It first looks whether the
machine will do and says in one line what is wrong and what to do.
"""

import importlib.util
import platform
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
OLDEST, NEWEST = (3, 11), (3, 13)
DISK_GB = 3
PLATFORMS = {
    ("Linux", "x86_64"),
    ("Linux", "aarch64"),
    ("Darwin", "arm64"),
    ("Windows", "AMD64"),
}
"""Those for which TensorFlow 2.21 has wheels."""


def trouble() -> str:
    """One line that says what is wrong and what to do; empty if nothing is."""
    system, machine = platform.system(), platform.machine()
    if (system, machine) not in PLATFORMS:
        return (
            f"TensorFlow has no wheels for {system} on {machine}: "
            "use Linux, a Mac with Apple silicon, 64-bit Windows, or a cloud notebook."
        )
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        return f"no venv in this Python: install it (Debian and Ubuntu: apt install {package})."
    free = shutil.disk_usage(ROOT).free / 1e9
    if free < DISK_GB and not VENV.exists():
        return f"{free:.1f} GB free and {DISK_GB} GB needed: make room, or use another disk."
    return ""


def supported_python() -> str | None:
    """This Python if it will do, else another one on the path that does."""
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return sys.executable
    names = [f"python3.{minor}" for minor in range(NEWEST[1], OLDEST[1] - 1, -1)]
    return next((path for path in map(shutil.which, names) if path), None)


def main() -> None:
    python = supported_python()
    if python is None:
        found = ".".join(map(str, sys.version_info[:2]))
        sys.exit(
            f"setup: Python {found} found, 3.11 to 3.13 needed: install one, "
            "then run: make PYTHON=/path/to/python3.13"
        )
    if python != sys.executable:
        sys.exit(subprocess.run([python, __file__], check=False).returncode)
    problem = trouble()
    if problem:
        sys.exit(f"setup: {problem}")
    print("setup: making .venv and installing requirements.txt (a few minutes, once)", flush=True)
    executable = VENV / ("Scripts/python.exe" if platform.system() == "Windows" else "bin/python")
    if not executable.exists():
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
    install = [str(executable), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    done = subprocess.run([*install, "-r", "requirements.txt"], cwd=ROOT, check=False)
    if done.returncode != 0:
        sys.exit("setup: pip could not install requirements.txt; its last lines above say why.")
    (VENV / "installed").write_text("what requirements.txt says\n", encoding="utf-8")


if __name__ == "__main__":
    main()
