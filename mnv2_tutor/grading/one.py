"""Grading one submission: files in, result out. Where it is run, ``start`` decides."""

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from mnv2_tutor.errors import Unusable
from mnv2_tutor.exercises import KEYS
from mnv2_tutor.grading.intake import digest_of
from mnv2_tutor.grading.marks import (
    Marking,
    passes_unseen,
    points,
    report_on,
)
from mnv2_tutor.grading.order import Order
from mnv2_tutor.grading.results import Result, Status
from mnv2_tutor.grading.seen import Seen
from mnv2_tutor.messages import Message
from mnv2_tutor.observation import STOPPED, Observation
from mnv2_tutor.report import Outcome, Report
from mnv2_tutor.submission.conversation import Question, Start
from mnv2_tutor.submission.notebook import NoExercise, Notebook, read_notebook, read_script
from mnv2_tutor.submission.remarks import remarks
from mnv2_tutor.submission.run import Ask, Observed, cells_in_order, observe_notebook

Read = Mapping[str, Notebook | Unusable]
OURS = re.compile(rb"\b(" + "|".join(KEYS).encode() + rb")\b")
"""In a script that cannot be read: whether it has to do with the course."""


def graded(
    name: str, files: Mapping[str, bytes], order: Order, start: Start, marking: Marking
) -> Result:
    """Run and judge the notebooks and scripts of one submission."""
    digest = digest_of(files)
    hashes = {path: digest_of({path: data}) for path, data in files.items()}
    read = {path: _read(path, data) for path, data in files.items()}
    if all(isinstance(entry, Unusable) for entry in read.values()):
        return Result(name, digest, Status.UNREADABLE, _problem(read), files=hashes)
    return _result(name, digest, order, _observed(files, read, order, start, marking),
                   marking, hashes, read)  # fmt: skip


def _read(path: str, data: bytes) -> Notebook | Unusable:
    is_script = path.endswith(".py")
    try:
        return read_script(data) if is_script else read_notebook(data)
    except Unusable as error:
        is_helper = is_script and not OURS.search(data)
        return NoExercise(str(error)) if is_helper else error


def _problem(read: Read) -> str:
    if len(read) == 1:
        return str(next(iter(read.values())))
    return _problems(read)


def _problems(read: Read) -> str:
    return "; ".join(f"{path}: {problem}" for path, problem in [*read.items()][:5])


def _observed(
    files: Mapping[str, bytes], read: Read, order: Order, start: Start, marking: Marking
) -> dict[str, Observed]:
    """What was seen of each file with exercises of this batch, all in one submission's time."""
    all_cells = cells_in_order(list(read.values()))
    scripts = {path: _text(data) for path, data in files.items() if path.endswith(".py")}
    until = time.monotonic() + order.limits.submission
    observed = {}
    for path, notebook in read.items():
        if isinstance(notebook, Unusable):
            continue
        asked = replace(
            notebook, exercises=tuple(key for key in notebook.exercises if key in order.keys)
        )
        if asked.exercises:
            observed[path] = observe_notebook(
                start, asked, all_cells, order.limits, questions(order.seed, marking),
                files=_beside(path, scripts), until=until,
            )  # fmt: skip
    return observed


def _text(data: bytes) -> str:
    return data.decode("utf-8-sig", "replace")


def _beside(path: str, helpers: Mapping[str, str]) -> dict[str, str]:
    """The scripts in the folder of a notebook and below, as seen from there."""
    folder = PurePosixPath(path).parent
    return {
        str(PurePosixPath(name).relative_to(folder)): text
        for name, text in helpers.items()
        if name != path and PurePosixPath(name).is_relative_to(folder)
    }


def questions(seed: int, marking: Marking) -> Ask:
    """The unseen questions, for marks; where they are not passed the public ones, for words."""

    def ask(_: str, seen: Sequence[Observation]) -> Question | None:
        if not seen:
            return Question(seed)
        is_enough = len(seen) > 1 or not _wants_words(seen[0], marking)
        return None if is_enough else Question(None)

    return ask


def _wants_words(seen: Observation, marking: Marking) -> bool:
    """Whether the public questions are asked too: the diagnosis is read off their answers."""
    ran = seen.kind not in ("absent", STOPPED) and not seen.empty_body
    return ran and not passes_unseen(marking, seen)


def _result(
    name: str,
    digest: str,
    order: Order,
    observed: Mapping[str, Observed],
    marking: Marking,
    hashes: Mapping[str, str],
    read: Read,
) -> Result:
    reports: dict[str, Report] = {}
    seen: dict[str, Seen] = {}
    where: dict[str, list[str]] = {}
    said: list[tuple[str, Message]] = []
    for path, one in observed.items():
        said += [(path, message) for message in remarks(one)]
        for key in one.exercises:
            unseen, public = (
                one.observations.get(seed, {}).get(key) for seed in (order.seed, None)
            )
            assert unseen is not None
            found = Seen(unseen, public)
            report = report_on(marking, found)
            if unseen.kind != "absent":
                where.setdefault(key, []).append(path)
            if key not in reports or _rank(report) > _rank(reports[key]):
                reports[key], seen[key] = report, found
    for key, paths in where.items():
        if len(paths) > 1:
            parameters = {"name": key, "files": ", ".join(paths)}
            said.append(("", Message("notebook.several", parameters=parameters)))
    for path, problem in read.items():
        is_helper = isinstance(problem, NoExercise) and path.endswith(".py")
        if isinstance(problem, Unusable) and not is_helper:
            parameters = {"problem": str(problem)}
            said.append((path, Message("notebook.unusable", parameters=parameters)))
    kept_from = [one for s in seen.values() for one in (s.unseen, s.public) if one]
    stopped = any(one.kind == STOPPED and one.facts.get("why") != "cell" for one in kept_from)
    unread = {
        path: problem
        for path, problem in read.items()
        if isinstance(problem, Unusable) and not isinstance(problem, NoExercise)
    }
    partly = stopped or any(one.left_out for one in observed.values())
    # Another run can help where something stopped, and not where a file cannot be read.
    status, why = Status.PARTLY if partly or unread else Status.GRADED, ""
    if unread and not partly:
        why = f"left out: {_problems(unread)}"
    ours = [key for key, report in reports.items() if report.outcome is Outcome.CHECKER_ERROR]
    if ours:
        status, why = Status.FAILED, f"the grader itself failed on {', '.join(ours)}"
    return Result(name, digest, status, why, reports, tuple(said), seen, hashes)


def _rank(report: Report) -> tuple[bool, int]:
    """What was tried goes before what was not, then the points decide."""
    return points(report) is not None, report.score
