"""What the reference does: read from a file for the public probe, observed for an unseen one.

This is the judging side's door to ``answers/``. Nothing is rebuilt at check time: the public values
and the fingerprints of the misconceptions are a data file. Unseen ones come from a process of its
own, so that no answer is ever in the memory of a process that a learner's code shares.
"""

import contextlib
import hashlib
import importlib.metadata
import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from mnv2_tutor.engine.active import PACKAGE, in_course
from mnv2_tutor.engine.course import exercise
from mnv2_tutor.engine.environment import quiet_environment
from mnv2_tutor.engine.exercise import Asked, Exercise, Expected
from mnv2_tutor.engine.files import data_folder, write_whole
from mnv2_tutor.engine.observation import Observation, from_json, to_json
from mnv2_tutor.engine.observe import observe
from mnv2_tutor.errors import Unusable

SECONDS_FOR_REFERENCE = 300
LIBRARIES = ("keras", "numpy", "tensorflow")
"""What is seen of an answer may differ from one version of these to another."""
FOLDERS_OF_SEEING = ("engine", "families", "source", "learner", "submission")
"""Whose modules decide what is seen of an answer, but for those that judge it or show a report."""
JUDGING = ("judge", "report", "expected", "messages", "cards")
"""Names of these, be it a module or a folder."""
OTHER_NAMES = ("tensorflow-cpu", "tensorflow-intel", "tensorflow-macos", "tf-nightly")
"""Under which TensorFlow may be installed."""


@cache
def public(key: str) -> Expected:
    """What the data file of the exercise says."""
    text = in_course("answers", f"{key}.json").read_text(encoding="utf-8")
    data = json.loads(text)
    known = {name: from_json(json.dumps(one)) for name, one in data["misconceptions"].items()}
    return Expected(from_json(json.dumps(data["reference"])), known)


def unseen(keys: Sequence[str], seed: int) -> dict[str, Observation]:
    """What the references do on the probes of ``seed``, observed in a process of its own.

    What was observed once is kept on disk, for as long as course and libraries stay the same.

    Raises:
        Unusable: that process failed.
    """
    paths = {key: _kept_path(key, seed) for key in keys}
    found = {key: seen for key, path in paths.items() if (seen := _kept(path))}
    missing = [key for key in keys if key not in found]
    fresh = dict(zip(missing, _observed_elsewhere(missing, seed), strict=True)) if missing else {}
    for key, text in fresh.items():
        with contextlib.suppress(OSError):  # it is a convenience
            write_whole(paths[key], text)
        found[key] = from_json(text)
    return {key: found[key] for key in keys}


def _kept(path: Path) -> Observation | None:
    """What was observed before; None where there is nothing, or nothing whole."""
    try:
        return from_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, Unusable):
        return None


def _observed_elsewhere(keys: Sequence[str], seed: int) -> list[str]:
    try:
        done = subprocess.run(
            [sys.executable, "-m", "mnv2_tutor.engine.expected", *keys],
            input=str(seed),  # whoever lists the processes sees arguments
            env=quiet_environment(),
            capture_output=True,
            text=True,
            timeout=SECONDS_FOR_REFERENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Unusable(
            f"the references were not observed in {SECONDS_FOR_REFERENCE} s: is the machine at "
            "work on something else? Run the same command again"
        ) from None
    lines = done.stdout.splitlines()
    if done.returncode != 0 or len(lines) != len(keys):
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise Unusable(f"the references of {', '.join(keys)} could not be observed: {last}")
    return lines


def _kept_path(key: str, seed: int) -> Path:
    name = f"{key}-{seed}-{_identity(exercise(key).asked(seed))[:8]}.json"
    return data_folder() / "references" / _state_of_references() / name


def conditions(tasks: Mapping[str, Exercise], seed: int) -> dict[str, Any]:
    """All that decides what is seen of answers to these exercises: questions, observers, libraries.

    Two observations of one answer under the same conditions are the same. Rubrics, words, points
    and tolerances are none of it: after a change of these a class is judged again in seconds.
    """
    return {
        "observing": state_of_observing(),
        "libraries": libraries(),
        "questions": {key: questions(task, seed) for key, task in tasks.items()},
    }


def questions(task: Exercise, seed: int) -> str:
    """Identity of what the exercise asks, its unseen questions and its public ones, as data."""
    return _identity(task.asked(seed), task.asked(None))


def _identity(*asked: Asked) -> str:
    text = json.dumps([one.to_data() for one in asked])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@cache
def libraries() -> dict[str, str]:
    """The versions of what computes here."""
    return {name: _version(name) for name in LIBRARIES}


@cache
def state_of_observing() -> str:
    """Identity of the code that decides, beside the questions, what is seen of an answer."""
    return state_of(Path(__file__).parents[1])


def state_of(package: Path) -> str:
    """The same of the package in that folder."""
    folders = (path for folder in FOLDERS_OF_SEEING for path in (package / folder).rglob("*"))
    files = (*folders, package / "mine.py", *(package / "course").glob("*.py"))
    return _digest(
        path
        for path in files
        if path.suffix in (".py", ".tflite")
        and not {*path.relative_to(package).parts, path.stem} & {*JUDGING}
    )


@cache
def _state_of_references() -> str:
    """Identity of what decides, beside the questions, what a reference does here."""
    answers = Path(str(in_course("answers"))).glob("*.py")
    return _digest(answers, state_of_observing(), repr(libraries()))


def _digest(paths: Iterable[Path], *texts: str) -> str:
    """Identity of the files' contents, whatever their line ends, and of the texts."""
    digest = hashlib.sha256("\n".join(texts).encode())
    for path in sorted(paths):
        content = path.read_bytes()
        digest.update(content.replace(b"\r\n", b"\n") if path.suffix == ".py" else content)
    return digest.hexdigest()[:16]


def _version(library: str) -> str:
    for name in (library, *(OTHER_NAMES if library == "tensorflow" else ())):
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            return importlib.metadata.version(name)
    return "none"


def reference(key: str) -> Callable[..., Any]:
    """The reference implementation. Loads TensorFlow where the exercise needs it."""
    found: Callable[..., Any] = import_module(f"{PACKAGE}.answers.{key}").reference
    return found


def misconceptions(key: str) -> dict[str, Callable[..., Any]]:
    """The wrong implementations by key, in the order of the file."""
    module = vars(import_module(f"{PACKAGE}.answers.{key}"))
    return {n.removeprefix("wrong_"): f for n, f in module.items() if n.startswith("wrong_")}


if __name__ == "__main__":
    _seed = int(sys.stdin.readline())
    for _key in sys.argv[1:]:
        print(to_json(observe(reference(_key), exercise(_key), _seed)))
