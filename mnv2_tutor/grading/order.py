"""What was asked for: one batch, its options, and where its results go."""

import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import SoftFileLock, Timeout

import mnv2_tutor
from mnv2_tutor.engine import expected
from mnv2_tutor.engine.course import KEYS
from mnv2_tutor.engine.exercise import Exercise
from mnv2_tutor.engine.files import write_whole
from mnv2_tutor.errors import Unusable
from mnv2_tutor.grading import rubric
from mnv2_tutor.submission.conversation import Limits

if TYPE_CHECKING:
    from mnv2_tutor.grading.sandbox import Sandbox

BATCH = "batch.json"
FORMAT = 2
"""Of the files that a batch keeps. Version 1 knew no rounds, and not what was asked."""
BITS_OF_SEED = 62
RUNNING = ".running"
"""Stands in the results while somebody writes there."""
ANOTHER_VERSION = "another version of the course wrote the results there"
OF_ROUNDS = ("round", "complete", "asked")
"""What ``rounds`` keeps of a batch."""


@dataclass(frozen=True)
class Order:
    """One batch.

    Attributes:
        out: the folder of the results.
        keys: the exercises that have a column.
        base: of the batch; the seed of each round is drawn from it.
        changes: points and tolerances of the instructor's own.
        jobs: submissions at a time.
        round: who is asked again is asked something else, in a later round.
    """

    out: Path
    keys: tuple[str, ...]
    base: int
    changes: rubric.Changes
    jobs: int
    limits: Limits
    sandbox: "Sandbox"
    round: int = 0

    @cached_property
    def seed(self) -> int:
        """Chooses the unseen inputs of this round."""
        return seed_in(self.base, self.round)

    @cached_property
    def tasks(self) -> Mapping[str, Exercise]:
        return rubric.tasks(self.keys, self.changes)

    @cached_property
    def conditions(self) -> Mapping[str, Any]:
        """What decides what is seen of an answer in this round."""
        return expected.conditions(self.tasks, self.seed)

    @cached_property
    def _in_rounds(self) -> dict[int, "Order"]:
        return {self.round: self}

    def in_round(self, number: int) -> "Order":
        """The same order for who is asked in that round."""
        if number not in self._in_rounds:
            self._in_rounds[number] = replace(self, round=number)
        return self._in_rounds[number]

    def stamp(self) -> dict[str, object]:
        """What a result depends on beside the submission itself."""
        return {
            "format": FORMAT,
            "course": mnv2_tutor.__version__,
            "seed": self.seed,
            "round": self.round,
            **self.conditions,
            "exercises": list(self.keys),
            "judged": {key: rubric.state(task) for key, task in self.tasks.items()},
            "limits": asdict(self.limits),
        }

    def save(self, submissions: Path, names: Sequence[str]) -> None:
        """Keep with the results what a later run needs: how, and what, was graded."""
        before = kept(self.out)
        found = {
            **{part: before[part] for part in OF_ROUNDS if part in before},
            "format": FORMAT,
            "submissions": str(submissions.resolve()),
            "names": list(names),
            "seed": self.base,
            "exercises": list(self.keys),
            "rubric": self.changes,
            "limits": asdict(self.limits),
            "sandbox": self.sandbox.kind,
        }
        keep(self.out, found)


def seed_in(base: int, number: int) -> int:
    """The seed of the round ``number``: from that of one round nobody finds that of another."""
    digest = hashlib.sha256(f"{base}, {number}".encode()).digest()
    return int.from_bytes(digest, "big") >> (8 * len(digest) - BITS_OF_SEED)


def keep(out: Path, found: Mapping[str, Any]) -> None:
    write_whole(out / BATCH, json.dumps(found, indent=1) + "\n")


def kept(out: Path) -> dict[str, Any]:
    """What an earlier batch kept there; empty where there was none."""
    try:
        found = json.loads((out / BATCH).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def chosen(exercises: list[str] | None) -> tuple[str, ...]:
    """The exercises of these names in the order of the book; all if none is named.

    Raises:
        Unusable: there is no such exercise.
    """
    for name in exercises or []:
        if name not in KEYS:
            raise Unusable(f"--exercises {name}: there is no such exercise; there are {listed()}")
    return tuple(key for key in KEYS if not exercises or key in exercises)


def listed() -> str:
    return ", ".join(KEYS)


def prepare(out: Path, submissions: Path) -> None:
    """Make the folder of the results and see that it can be written.

    Raises:
        Unusable: it cannot, or it lies among the submissions.
    """
    if submissions.is_dir() and out.resolve().is_relative_to(submissions.resolve()):
        raise Unusable(f"--out {out}: it lies among the submissions; name a folder beside them")
    try:
        out.mkdir(parents=True, exist_ok=True)
        write_whole(out / ".written", "")
        (out / ".written").unlink()
    except OSError as error:
        reason = error.strerror or "it cannot be written"
        raise Unusable(f"--out {out}: {reason}; name a folder that you may write") from None


@contextmanager
def alone(out: Path) -> Iterator[None]:
    """Keep others from writing to the results meanwhile. A run that was killed keeps nobody out.

    Raises:
        Unusable: another run writes there, or nobody can.
    """
    lock = SoftFileLock(out / RUNNING, timeout=1)
    try:
        lock.acquire()
    except Timeout:
        raise Unusable(
            f"{out}: another run writes its results there; wait for its end (if it ran on another "
            f"computer and is no more, delete {out / RUNNING})"
        ) from None
    except OSError as error:
        raise Unusable(f"{out}: {error.strerror or 'it cannot be written'}") from None
    try:
        yield
    finally:
        lock.release()


def refuse_another_class(
    out: Path, submissions: Path, names: Sequence[str], keys: Sequence[str]
) -> None:
    """See that nobody who was graded into the folder loses a row, and nothing its column.

    Raises:
        Unusable: the results there are those of other submissions, of which some are not among
            ``names``; they have exercises that are not among ``keys``; or a later version of the
            course wrote them.
    """
    before = kept(out)
    if not before:
        return
    version = before.get("format", 1)
    if not isinstance(version, int) or version > FORMAT:
        raise Unusable(f"{out}: {ANOTHER_VERSION}: name another folder for the results")
    is_the_same = before.get("submissions") == str(submissions.resolve())
    there = f"--out {out}: it holds the results of {before.get('submissions')}"
    lost = [str(name) for name in before.get("names", []) if name not in names]
    if lost and not is_the_same:
        raise Unusable(
            f"{there}, and {len(lost)} of them are not in {submissions} (such as {lost[0]}): "
            "name another folder for the results"
        )
    gone = [str(key) for key in before.get("exercises", []) if key not in keys]
    if gone and not is_the_same:
        raise Unusable(f"{there}, for other exercises: name another folder for the results")
    if gone:
        raise Unusable(
            f"--exercises: {', '.join(gone)} would lose the column and the points in {out}; "
            f"name all of {', '.join(before['exercises'])}, or another folder for the results"
        )


def seed_of(out: Path, wanted: int | None) -> int:
    """The seed that was asked for, or that of the batch that is there, or a new one."""
    before = kept(out).get("seed")
    if wanted is None and isinstance(before, int):
        return before
    return secrets.randbits(BITS_OF_SEED) if wanted is None else wanted


def changes_of(out: Path, wanted: Path | None) -> rubric.Changes:
    """The points and tolerances of the file, or those of the batch that is there.

    Raises:
        Unusable: the file cannot be used.
    """
    if wanted is not None:
        return rubric.read(wanted)
    before = kept(out).get("rubric")
    return before if isinstance(before, dict) else {}
