"""Running a submission: bytes in, observations out. The parent never runs a learner's code."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mnv2_tutor.environment import quiet_environment
from mnv2_tutor.errors import Unusable
from mnv2_tutor.exercises import KEYS
from mnv2_tutor.observation import Observation, from_json
from mnv2_tutor.submission.notebook import Submission, read_notebook

LARGEST_ANSWER = 100_000_000


@dataclass(frozen=True)
class CellError:
    """A cell that failed: its number among the code cells, and the learner's error."""

    cell: int
    type: str
    message: str


@dataclass(frozen=True)
class Observed:
    """What was seen of a submission, by seed (None is the public probe) and exercise."""

    exercises: tuple[str, ...]
    cell_errors: tuple[CellError, ...]
    observations: Mapping[int | None, Mapping[str, Observation]]


def observe_submission(
    notebooks: Sequence[bytes],
    seeds: tuple[int | None, ...],
    seconds: float,
    folders: Sequence[Path | None] | None = None,
) -> list[Observed | Unusable]:
    """Run the notebooks of one submission, each in a process of its own, and observe each.

    ``mnv2_tutor.mine`` gives each of them the functions of all, as their code stands, so it does
    not matter in which order they are. Every notebook has ``seconds`` and works in its folder, by
    default an empty one. Results come in the order of ``notebooks``; one that cannot be used has
    the reason in its place, and takes nothing from the others.
    """
    read = [_read(data) for data in notebooks]
    usable = [submission for submission in read if isinstance(submission, Submission)]
    cells = [submission.cells for submission in sorted(usable, key=_place_in_book)]
    return [
        _observed(submission, cells, seeds, seconds, folder)
        for submission, folder in zip(read, folders or [None] * len(read), strict=True)
    ]


def observe_notebook(
    data: bytes, seeds: tuple[int | None, ...], seconds: float, folder: Path | None = None
) -> Observed:
    """Run a notebook's code cells in a process of their own and observe its exercises.

    The process works in ``folder``, by default an empty one.

    Raises:
        Unusable: no notebook, no exercise in it, or nothing came back in time.
    """
    (observed,) = observe_submission([data], seeds, seconds, [folder])
    if isinstance(observed, Unusable):
        raise observed
    return observed


def _read(data: bytes) -> Submission | Unusable:
    try:
        return read_notebook(data)
    except Unusable as error:
        return error


def _place_in_book(submission: Submission) -> tuple[int, tuple[str, ...]]:
    return KEYS.index(submission.exercises[0]), submission.cells


def _observed(
    submission: Submission | Unusable,
    all_cells: Sequence[Sequence[str]],
    seeds: tuple[int | None, ...],
    seconds: float,
    folder: Path | None,
) -> Observed | Unusable:
    if isinstance(submission, Unusable):
        return submission
    request = {
        "cells": submission.cells,
        "submission": all_cells,
        "exercises": submission.exercises,
        "seeds": seeds,
    }
    try:
        with tempfile.TemporaryDirectory() as scratch:
            answer = _ask_child(Path(scratch), request, seconds, folder)
        return _parsed(answer, submission.exercises, seeds)
    except Unusable as error:
        return error


def _parsed(
    answer: Mapping[str, Any], exercises: tuple[str, ...], seeds: tuple[int | None, ...]
) -> Observed:
    try:
        errors = [
            CellError(int(e["cell"]), str(e["type"]), str(e["message"])) for e in answer["errors"]
        ]
        by_seed = {
            seed: {key: _observation(found[key], key, seed) for key in exercises}
            for seed, found in zip(seeds, answer["observations"], strict=True)
        }
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise Unusable(f"its answer cannot be read ({type(error).__name__})") from None
    return Observed(exercises, tuple(errors), by_seed)


def _observation(text: str, key: str, seed: int | None) -> Observation:
    reason = json.loads(text).get("unusable")
    if reason:
        raise Unusable(str(reason))
    seen = from_json(text)
    if (seen.exercise, seen.seed) != (key, seed):
        raise Unusable("its answer is about another exercise than the one asked for")
    return seen


def _ask_child(
    scratch: Path, request: Mapping[str, Any], seconds: float, folder: Path | None
) -> dict[str, Any]:
    question, answer = scratch / "request.json", scratch / "answer.json"
    question.write_text(json.dumps(request), encoding="utf-8")
    # -P: a file random.py in the working folder must not stand in for Python's own.
    module = ["-P", "-m", "mnv2_tutor.submission.child"]
    (scratch / "work").mkdir()
    child = subprocess.Popen(
        [sys.executable, *module, str(question), str(answer)],
        cwd=folder or scratch / "work",
        env=quiet_environment(
            MNV2_TUTOR_HOME=str(scratch / "home"),
            IPYTHONDIR=str(scratch / "ipython"),
            MPLBACKEND="agg",
        ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        status = child.wait(seconds)
    except subprocess.TimeoutExpired:
        raise Unusable(f"it did not finish in {seconds:g} s: is there an endless loop?") from None
    finally:
        _end(child)
    if not answer.is_file():
        raise Unusable(f"it ended Python itself (exit status {status})")
    if answer.stat().st_size > LARGEST_ANSWER:
        raise Unusable("its answer is too large")
    try:
        loaded = json.loads(answer.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        loaded = None
    if not isinstance(loaded, dict):
        raise Unusable("its answer cannot be read")
    return loaded


def _end(child: subprocess.Popen[bytes]) -> None:
    """End the child and everything that it started in its session."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
    child.kill()
    child.wait()
