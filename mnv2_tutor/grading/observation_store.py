"""What was seen of one submission, kept so that it can be judged again without running it."""

import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from mnv2_tutor.engine import expected
from mnv2_tutor.engine.exercise import Exercise
from mnv2_tutor.engine.observation import Observation, from_json, to_json
from mnv2_tutor.errors import Unusable

OBSERVATIONS = "observations.zip"
CONDITIONS = "conditions.json"
"""Says, beside the observations, what was asked, by which observers, on which libraries."""
DATE = (2020, 1, 1, 0, 0, 0)
"""Of every entry, so that the same observations are the same file."""


@dataclass(frozen=True)
class AnswerObservations:
    """What was seen of the answer to one exercise: unseen inputs first, public ones if needed."""

    unseen: Observation
    public: Observation | None = None


@dataclass(frozen=True)
class Conditions:
    """What decides what is seen of an answer: the observers, the libraries, and the questions.

    Attributes:
        observing: identity of the observers.
        libraries: their versions.
        questions: identity of what each exercise asks.
    """

    observing: str = ""
    libraries: Mapping[str, str] = field(default_factory=dict)
    questions: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def today(cls, tasks: Mapping[str, Exercise], seed: int) -> "Conditions":
        """Under which answers to these exercises would be seen now."""
        return msgspec.convert(expected.conditions(tasks, seed), cls)


def store(folder: Path, seen: Mapping[str, AnswerObservations], conditions: Conditions) -> None:
    """Write what was seen, each exercise for itself, and under which conditions; whole or not."""
    beside = folder / f"{OBSERVATIONS}.new"
    with zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        _add(archive, CONDITIONS, json.dumps(msgspec.to_builtins(conditions)))
        for key, one in seen.items():
            for part, observation in (("unseen", one.unseen), ("public", one.public)):
                if observation:
                    _add(archive, f"{key}.{part}.json", to_json(observation, packed=True))
    beside.replace(folder / OBSERVATIONS)


def _add(archive: zipfile.ZipFile, name: str, text: str) -> None:
    entry = zipfile.ZipInfo(name, DATE)
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, text)


def load(folder: Path, key: str) -> AnswerObservations | None:
    """What was seen of one exercise; None where nothing usable was kept."""
    try:
        with zipfile.ZipFile(folder / OBSERVATIONS) as archive:
            names = set(archive.namelist())
            unseen, public = (
                from_json(archive.read(name).decode()) if name in names else None
                for name in (f"{key}.unseen.json", f"{key}.public.json")
            )
    except (OSError, zipfile.BadZipFile, UnicodeDecodeError, Unusable):
        return None
    return AnswerObservations(unseen, public) if unseen else None


def load_conditions(folder: Path) -> Conditions:
    """Under which conditions it was seen; empty where that was not kept."""
    try:
        with zipfile.ZipFile(folder / OBSERVATIONS) as archive:
            return msgspec.convert(json.loads(archive.read(CONDITIONS)), Conditions)
    except (KeyError, OSError, ValueError, zipfile.BadZipFile):
        return Conditions()
