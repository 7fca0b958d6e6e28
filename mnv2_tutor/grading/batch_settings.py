"""The settings of one batch: what is graded, how, and where its results go."""

import hashlib
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from filelock import SoftFileLock, Timeout

import mnv2_tutor
from mnv2_tutor.engine.course import KEYS
from mnv2_tutor.engine.exercise import Exercise
from mnv2_tutor.engine.files import write_whole
from mnv2_tutor.errors import Unusable
from mnv2_tutor.grading import batch_file, rubric
from mnv2_tutor.grading.batch_file import BatchFile
from mnv2_tutor.grading.observation_store import Conditions
from mnv2_tutor.grading.record import FORMAT, SandboxRecord, Status, SubmissionRecord
from mnv2_tutor.submission.conversation import Limits

if TYPE_CHECKING:
    from mnv2_tutor.sandbox.policy import Sandbox  # which exists on Linux alone

BITS_OF_SEED = 62
RUNNING = ".running"
"""Stands in the results while somebody writes there."""


@dataclass(frozen=True)
class BatchSettings:
    """One batch.

    Attributes:
        out: the folder of the results.
        keys: the exercises that have a column.
        base: the seed of the batch; that of each round is drawn from it.
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
    def max_score(self) -> int:
        return rubric.max_score(self.tasks)

    @cached_property
    def conditions(self) -> Conditions:
        """What decides what is seen of an answer in this round."""
        return Conditions.today(self.tasks, self.seed)

    @cached_property
    def _in_rounds(self) -> dict[int, "BatchSettings"]:
        return {self.round: self}

    def in_round(self, number: int) -> "BatchSettings":
        """The same settings for who is asked in that round."""
        if number not in self._in_rounds:
            self._in_rounds[number] = replace(self, round=number)
        return self._in_rounds[number]

    def begin(self, name: str) -> SubmissionRecord:
        """The record of a submission of which nothing is known yet."""
        return SubmissionRecord(
            submission=name,
            status=Status.FAILED,
            problem="",
            digest="",
            files={},
            seconds=0,
            format=FORMAT,
            course=mnv2_tutor.__version__,
            seed=self.seed,
            round=self.round,
            observing=self.conditions.observing,
            libraries=self.conditions.libraries,
            questions=self.conditions.questions,
            exercises=self.keys,
            judged={key: rubric.state(task) for key, task in self.tasks.items()},
            limits=asdict(self.limits),
            sandbox=SandboxRecord(self.sandbox.kind, self.sandbox.reason, self.sandbox.leaves_open),
            remarks=(),
            points=dict.fromkeys(self.keys),
            total=0,
            max=self.max_score,
            reports={},
        )

    def save(self, submissions: Path, names: Sequence[str]) -> None:
        """Keep with the results what a later run needs: how, and what, was graded."""
        before = batch_file.read(self.out) or BatchFile()
        batch = BatchFile(
            format=FORMAT,
            submissions=str(submissions.resolve()),
            names=tuple(names),
            seed=self.base,
            exercises=self.keys,
            rubric=self.changes,
            limits=asdict(self.limits),
            sandbox=self.sandbox.kind,
            complete=before.complete,
            asked=before.asked,
        )
        batch_file.write(self.out, batch)


def ordered(out: Path, batch: BatchFile, jobs: int, sandbox: "Sandbox") -> BatchSettings:
    """The settings that a batch was ordered with.

    Raises:
        Unusable: it was ordered with exercises that there are no more.
    """
    limits = msgspec.convert(batch.limits, Limits)
    keys, base = chosen(batch.exercises), batch.seed or 0
    return BatchSettings(out, keys, base, batch.rubric, jobs, limits, sandbox)


def seed_in(base: int, number: int) -> int:
    """The seed of the round ``number``: from that of one round nobody finds that of another."""
    digest = hashlib.sha256(f"{base}, {number}".encode()).digest()
    return int.from_bytes(digest, "big") >> (8 * len(digest) - BITS_OF_SEED)


def chosen(exercises: Sequence[str]) -> tuple[str, ...]:
    """The exercises of these names in the order of the book; all if none is named.

    Raises:
        Unusable: there is no such exercise.
    """
    for name in exercises:
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
def exclusive(out: Path) -> Iterator[None]:
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
    before = batch_file.read(out)
    if before is None:
        return
    is_the_same = before.submissions == str(submissions.resolve())
    there = f"--out {out}: it holds the results of {before.submissions}"
    lost = [name for name in before.names if name not in names]
    if lost and not is_the_same:
        raise Unusable(
            f"{there}, and {len(lost)} of them are not in {submissions} (such as {lost[0]}): "
            "name another folder for the results"
        )
    gone = [key for key in before.exercises if key not in keys]
    if gone and not is_the_same:
        raise Unusable(f"{there}, for other exercises: name another folder for the results")
    if gone:
        raise Unusable(
            f"--exercises: {', '.join(gone)} would lose the column and the points in {out}; "
            f"name all of {', '.join(before.exercises)}, or another folder for the results"
        )


def seed_of(out: Path, wanted: int | None) -> int:
    """The seed that was asked for, or that of the batch that is there, or a new one."""
    if wanted is not None:
        return wanted
    before = batch_file.read(out)
    if before is not None and before.seed is not None:
        return before.seed
    return secrets.randbits(BITS_OF_SEED)


def changes_of(out: Path, wanted: Path | None) -> rubric.Changes:
    """The points and tolerances of the file, or those of the batch that is there.

    Raises:
        Unusable: the file cannot be used.
    """
    if wanted is not None:
        return rubric.read(wanted)
    before = batch_file.read(out)
    return before.rubric if before else {}
