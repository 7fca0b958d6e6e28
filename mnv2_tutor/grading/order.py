"""What was asked for: one batch, its options, and where its results go."""

import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

import mnv2_tutor
from mnv2_tutor.errors import Unusable
from mnv2_tutor.exercises import KEYS
from mnv2_tutor.files import write_whole
from mnv2_tutor.grading.sandbox import Sandbox
from mnv2_tutor.submission.conversation import Limits

BATCH = "batch.json"


@dataclass(frozen=True)
class Order:
    """One batch.

    Attributes:
        out: the folder of the results.
        keys: the exercises that have a column.
        seed: chooses the unseen inputs.
        jobs: submissions at a time.
    """

    out: Path
    keys: tuple[str, ...]
    seed: int
    jobs: int
    limits: Limits
    sandbox: Sandbox

    def stamp(self) -> dict[str, object]:
        """What a result depends on beside the submission itself."""
        return {
            "course": mnv2_tutor.__version__,
            "seed": self.seed,
            "exercises": list(self.keys),
            "sandbox": self.sandbox.kind,
            "limits": asdict(self.limits),
        }


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


def seed_of(out: Path, wanted: int | None) -> int:
    """The seed that was asked for, or that of the batch that is there, or a new one."""
    seed = wanted if wanted is not None else _seed_before(out)
    seed = secrets.randbelow(2**31) if seed is None else seed
    write_whole(out / BATCH, json.dumps({"seed": seed}) + "\n")
    return seed


def _seed_before(out: Path) -> int | None:
    try:
        return int(json.loads((out / BATCH).read_text(encoding="utf-8"))["seed"])
    except (OSError, ValueError, TypeError, KeyError):
        return None
