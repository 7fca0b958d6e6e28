"""Pack what the exercises in the pages need of Python into book/_static/made/python.zip.

That is the part of mnv2_tutor that works without TensorFlow and NumPy, and the few libraries that
it imports, as they are installed here. Pyodide brings Python and its standard library itself.
"""

import io
import zipfile
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKED = ROOT / "book" / "_static" / "made" / "python.zip"
EXERCISES = ("count_params", "count_macs", "use_residual", "make_divisible", "bottleneck_memory")
"""Those in plain Python: they can be written and checked in a page."""
COURSE = (
    "*.py", "exercises/*.py", "judge/*.py", "report/*", "words/**/*", "observe/__init__.py",
    "observe/calls.py", "observe/code.py", "observe/each.py", "observe/plain_function.py",
    "observe/results.py", "observe/settings.py", "answers/__init__.py",
    *(f"answers/{key}.json" for key in EXERCISES),
)  # fmt: skip
LIBRARIES = ("filelock", "jinja2", "markupsafe", "platformdirs")
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
    for pattern in COURSE:
        for path in package.glob(pattern):
            if path.is_file() and path.suffix != ".pyc":
                yield path.relative_to(ROOT).as_posix(), path
    for path in (ROOT / "solutions").glob("*.ipynb"):
        yield f"mnv2_tutor/_solutions/{path.name}", path
    for library in LIBRARIES:
        for file in distribution(library).files or ():
            if file.suffix == ".py" and ".." not in file.parts:
                yield file.as_posix(), Path(str(file.locate()))


if __name__ == "__main__":
    ensure()
