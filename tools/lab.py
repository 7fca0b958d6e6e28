"""Open JupyterLab on the exercises, with the course's quiet kernel."""

import os
import subprocess
import sys
from pathlib import Path

from mnv2_tutor.engine.environment import quiet_environment

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    command = [sys.executable, "-m", "jupyterlab", str(ROOT / "book" / "exercises"), *sys.argv[1:]]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")  # in a container there is nobody else
    try:
        sys.exit(subprocess.run(command, env=quiet_environment(), check=False).returncode)
    except KeyboardInterrupt:
        sys.exit(0)


if __name__ == "__main__":
    main()
