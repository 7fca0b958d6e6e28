"""The learner's path, without make: a right notebook passes, an untouched one does not.

Run with any Python after tools/setup.py; it uses the one in .venv.
"""

import platform
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = ROOT / ".venv" / ("Scripts" if platform.system() == "Windows" else "bin")
EXPECTED = {"solutions/01_relu6.ipynb": 0, "book/exercises/01_relu6.ipynb": 1}


def main() -> None:
    python = SCRIPTS / ("python.exe" if platform.system() == "Windows" else "python")
    for notebook, status in EXPECTED.items():
        command = [str(python), "-m", "mnv2_tutor.cli", "check", notebook]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        print(f"{notebook}: exit status {done.returncode}\n{done.stdout}{done.stderr[-500:]}")
        if done.returncode != status:
            sys.exit(f"smoke: {notebook} should have ended with {status}")


if __name__ == "__main__":
    main()
