"""The learner's functions beside the progress, one readable Python file each.

``mine/<key>.py`` is the code of a function that passed, with everything it needs. Where there is
none, ``mine/<key>.txt`` may say why, in the words of the error that an import then raises. In a
folder that was made from the notebooks of a submission, an empty file ``SUBMISSION`` says so.
"""

from pathlib import Path

from mnv2_tutor.engine.course import exercise
from mnv2_tutor.engine.files import data_folder, write_whole
from mnv2_tutor.source.slicing import MINE, Slice

SUBMISSION = "SUBMISSION"


def code(key: str) -> str | None:
    """The kept code, or None."""
    return _read(_path(key))


def why_not(key: str) -> str:
    """Why no code of ``key`` is kept, and what to do, as one sentence."""
    told = _read(_path(key).with_suffix(".txt"))
    if told:
        return told.strip()
    task = exercise(key)
    if (_folder() / SUBMISSION).exists():
        return (
            f"{key} is the exercise of chapter {task.chapter}, and no notebook of this submission "
            f"defines it: add {task.notebook}."
        )
    return (
        f"{key} is the exercise of chapter {task.chapter} ({task.notebook}) and has not passed "
        "its check yet: do that one first, then run this cell again."
    )


def keep(key: str, made: Slice) -> None:
    """Keep what passed. Where it is not whole, an earlier version stays.

    Call it inside ``records.changing(key)``, whose lock guards these files as well.
    """
    if not made.lacks:
        put_code(data_folder(), key, made.code)
    elif code(key) is None:
        put_reason(
            data_folder(),
            key,
            f"{key} passed, but its code could not be kept because {made.lacks}: run the cells "
            f"of {exercise(key).notebook} from top to bottom and check again.",
        )


def put_code(home: Path, key: str, text: str) -> None:
    """Offer ``text`` as the function of ``key`` to who has ``home`` as MNV2_TUTOR_HOME."""
    title = f"# {key}, with what it needs. Use it with: from {MINE} import {key}"
    path = _path(key, home)
    write_whole(path, f"{title}\n\n{text}")
    path.with_suffix(".txt").unlink(missing_ok=True)


def put_reason(home: Path, key: str, sentence: str) -> None:
    """Say why there is no function of ``key``."""
    write_whole(_path(key, home).with_suffix(".txt"), f"{sentence}\n")


def mark_as_submission(home: Path) -> None:
    """From here on, what is missing is missing in a submission."""
    write_whole(_folder(home) / SUBMISSION, "")


def _folder(home: Path | None = None) -> Path:
    return (home or data_folder()) / "mine"


def _path(key: str, home: Path | None = None) -> Path:
    return _folder(home) / f"{key}.py"


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return None
