"""``batch.json``: what a batch keeps with its results, so that a later run can go on from there."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from mnv2_tutor.engine.files import write_whole
from mnv2_tutor.errors import Unusable
from mnv2_tutor.grading.equal_code import EqualCode
from mnv2_tutor.grading.record import FORMAT, Number
from mnv2_tutor.grading.rubric import Changes

BATCH = "batch.json"
ANOTHER_VERSION = "another version of the course wrote the results there"


@dataclass(frozen=True)
class Sitting:
    """The last time that a submission was asked, or is to be.

    Attributes:
        digest: of its files.
        round: whose questions they were.
        again: how many versions of it, with other files, were asked before this one.
    """

    digest: str
    round: int
    again: int = 0


@dataclass(frozen=True, kw_only=True)
class BatchFile:
    """How, and what, was graded; what is not known is empty.

    Attributes:
        submissions: where the class lies.
        names: of all submissions.
        seed: of the batch, from which that of each round is drawn.
        exercises: that have a column.
        rubric: points and tolerances of the instructor's own.
        sandbox: its kind.
        complete: whether the last run came to its normal end.
        asked: when each submission was asked; None where that is not known.
        others: what was not taken for a submission.
        alike: whose code is the same.
        regrading: whether it is being judged again: a stop leaves it so.
    """

    format: int = 1
    submissions: str = ""
    names: tuple[str, ...] = ()
    seed: int | None = None
    exercises: tuple[str, ...] = ()
    rubric: Changes = field(default_factory=dict)
    limits: Mapping[str, Number] = field(default_factory=dict)
    sandbox: str = ""
    complete: bool | None = None
    asked: Mapping[str, Sitting] | None = None
    others: tuple[str, ...] = ()
    alike: tuple[EqualCode, ...] = ()
    regrading: bool = False


def read(out: Path) -> BatchFile | None:
    """What an earlier batch kept there; None where there was none.

    Raises:
        Unusable: a later version of the course wrote it, or somebody damaged it.
    """
    try:
        found = json.loads((out / BATCH).read_text(encoding="utf-8"))
    except OSError:
        return None
    except ValueError:
        raise _damaged(out, "it is no JSON") from None
    if _format_of(found) > FORMAT:
        raise Unusable(f"{out}: {ANOTHER_VERSION}: name another folder for the results")
    try:
        return msgspec.convert(found, BatchFile)
    except msgspec.ValidationError as error:
        raise _damaged(out, str(error)) from None


def of_this_version(out: Path) -> BatchFile:
    """What grade kept there, whole.

    Raises:
        Unusable: it kept nothing, or another version of the course did.
    """
    found = read(out)
    if found is None or not (found.exercises and found.limits and found.submissions):
        raise Unusable(f"{out}: grade wrote no {BATCH} there; name the folder of its results")
    if found.format != FORMAT or found.seed is None:
        raise Unusable(f"{out}: {ANOTHER_VERSION}: grade the submissions again")
    return found


def write(out: Path, batch: BatchFile) -> None:
    write_whole(out / BATCH, json.dumps(msgspec.to_builtins(batch), indent=1) + "\n")


@contextmanager
def can_write(out: Path) -> Iterator[None]:
    """Say in one line where the results cannot be written.

    Raises:
        Unusable: they cannot.
    """
    try:
        yield
    except OSError as error:
        reason = error.strerror or "it cannot be written"
        raise Unusable(f"{out}: {reason}; make room and run the same command again") from None


def _format_of(found: Any) -> int:
    version = found.get("format", 1) if isinstance(found, dict) else 1
    return version if isinstance(version, int) else FORMAT + 1


def _damaged(out: Path, reason: str) -> Unusable:
    return Unusable(
        f"{out / BATCH}: it is damaged ({reason}): delete it, or name another folder for the "
        "results"
    )
