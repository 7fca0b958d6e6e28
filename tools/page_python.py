"""Pack what the exercises in the pages need of Python into book/_static/made/python.zip.

That is the part of mnv2_tutor that works without TensorFlow and NumPy, and the few libraries that
it imports, as they are installed here. Which these are is seen by trying: each exercise in plain
Python is checked once, and what was loaded is packed. Pyodide brings Python and its standard
library itself.
"""

import io
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from functools import cache
from importlib.metadata import distribution, packages_distributions
from pathlib import Path

from mnv2_tutor.engine.course import KEYS, exercise

ROOT = Path(__file__).resolve().parents[1]
PACKED = ROOT / "book" / "_static" / "made" / "python.zip"
EXERCISES = tuple(key for key in KEYS if exercise(key).family == "plain")
"""Those in plain Python: they can be written and checked in a page."""
TRIAL = """
import sys
before = set(sys.modules)
from mnv2_tutor.learner import in_page
for key in sys.argv[1:]:
    in_page.check(key, f"def {key}(*arguments): return 1")
    in_page.hint(key)
    in_page.solution(key)
    in_page.restore(key, in_page.record(key))
for name in sorted(set(sys.modules) - before - set(sys.stdlib_module_names)):
    if name.partition(".")[0] not in sys.stdlib_module_names:
        print(name, getattr(sys.modules[name], "__file__", None) or "")
"""
DATA = ("engine/report/*.j2", "**/words/**/*.toml")
"""Files of the package that modules read."""
FIXED_DATE = (2026, 1, 1, 0, 0, 0)
"""The same sources give the same file."""


def ensure() -> None:
    """Write the file if it is not there or differs."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in sorted(contents()):
            archive.writestr(zipfile.ZipInfo(name, FIXED_DATE), path.read_bytes(), 8, 9)
    PACKED.parent.mkdir(exist_ok=True)
    if not PACKED.is_file() or PACKED.read_bytes() != packed.getvalue():
        PACKED.write_bytes(packed.getvalue())


def contents() -> Iterator[tuple[str, Path]]:
    """Name in the file and place on this machine."""
    package = ROOT / "mnv2_tutor"
    loaded = loaded_modules()
    modules = [path for name, path in loaded.items() if name.partition(".")[0] == package.name]
    data = [path for pattern in DATA for path in package.glob(pattern)]
    answers = [package / "course" / "answers" / f"{key}.json" for key in EXERCISES]
    exercises = (package / "course" / "exercises").glob("*.py")
    for path in {*modules, *data, *answers, *exercises}:
        yield path.relative_to(ROOT).as_posix(), path
    for path in (ROOT / "solutions").glob("*.ipynb"):
        yield f"mnv2_tutor/_solutions/{path.name}", path
    for library in libraries():
        for file in distribution(library).files or ():
            if file.suffix == ".py" and ".." not in file.parts:
                yield file.as_posix(), Path(str(file.locate()))


def libraries() -> list[str]:
    """The distributions of all that is loaded beside the package and Python itself."""
    found = packages_distributions()
    tops = {name.partition(".")[0] for name in loaded_modules()} - {"mnv2_tutor"}
    return sorted({name for top in tops for name in found.get(top, ())})


@cache
def loaded_modules() -> dict[str, Path]:
    """Modules that a page loads, by name."""
    with tempfile.TemporaryDirectory() as home:
        done = subprocess.run(
            [sys.executable, "-c", TRIAL, *EXERCISES],
            env={**os.environ, "MNV2_TUTOR_HOME": home, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        )
    pairs = (line.partition(" ") for line in done.stdout.splitlines())
    return {name: Path(path) for name, _, path in pairs if path}


if __name__ == "__main__":
    ensure()
