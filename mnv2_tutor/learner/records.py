"""A learner's progress, kept in the user's data folder: updating the course loses nothing.

One JSON file an exercise, written beside and renamed, behind a lock, so that two notebooks at once
lose nothing and a crash leaves no half file. ``MNV2_TUTOR_HOME`` names another folder.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from filelock import FileLock

from mnv2_tutor.engine.files import data_folder, write_whole
from mnv2_tutor.errors import Unusable

ATTEMPTS_FOR_SOLUTION = 3
SECONDS_FOR_LOCK = 10


@dataclass
class Record:
    """What is remembered of one exercise.

    Attributes:
        attempts: identities of the different attempts, in order.
        best: the most points so far.
        hints: for each hint that was shown, how many attempts there were before it.
        next_step: what the last report suggested.
    """

    attempts: list[str] = field(default_factory=list)
    passed: bool = False
    best: int = 0
    hints: list[int] = field(default_factory=list)
    next_step: str = ""

    @property
    def solution_is_open(self) -> bool:
        return self.passed or len(self.attempts) >= ATTEMPTS_FOR_SOLUTION

    @property
    def next_hint_is_open(self) -> bool:
        """The first at once, each other one after an attempt that differs from those before."""
        return not self.hints or self.passed or len(self.attempts) > self.hints[-1]


def read(key: str) -> Record:
    """What is remembered of ``key``; an empty record where there is nothing readable."""
    return _load(_path(key)) or Record()


@contextmanager
def changing(key: str) -> Iterator[Record]:
    """The record of ``key`` to change; saved at the end of the block.

    A file that cannot be read is moved aside as ``<key>.json.damaged`` and not overwritten.

    Raises:
        Unusable: the folder cannot be written.
    """
    path = _path(key)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_suffix(".lock"), timeout=SECONDS_FOR_LOCK):
            record = _load(path)
            if record is None:
                path.replace(path.with_suffix(".json.damaged"))
                record = Record()
            yield record
            write_whole(path, json.dumps(asdict(record), indent=1))
    except (OSError, TimeoutError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise Unusable(
            f"progress cannot be kept in {path.parent} ({reason}): "
            "name a folder that you may write in MNV2_TUTOR_HOME"
        ) from None


def _path(key: str) -> Path:
    return data_folder() / "progress" / f"{key}.json"


def _load(path: Path) -> Record | None:
    """The record in a file; a new one where there is no file, None where it is damaged."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return Record(
            attempts=[str(attempt) for attempt in data["attempts"]],
            passed=data["passed"] is True,
            best=int(data["best"]),
            hints=[int(count) for count in data["hints"]],
            next_step=str(data["next_step"]),
        )
    except FileNotFoundError:
        return Record()
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
