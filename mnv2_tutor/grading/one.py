"""Grading one submission: files in, result out. Where it is run, ``start`` decides."""

import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import PurePosixPath

from mnv2_tutor.engine.course import KEYS, exercise
from mnv2_tutor.engine.judge.answer_form import not_attempted
from mnv2_tutor.engine.messages import Message
from mnv2_tutor.engine.observation import STOPPED, Observation
from mnv2_tutor.engine.report import Outcome, Report
from mnv2_tutor.errors import Unusable
from mnv2_tutor.grading.intake import digest_of
from mnv2_tutor.grading.marks import Marking, passes_unseen, report_on
from mnv2_tutor.grading.order import Order
from mnv2_tutor.grading.results import Result, Status
from mnv2_tutor.grading.seen import Seen
from mnv2_tutor.submission.content import OURS, Kind, kind_of
from mnv2_tutor.submission.conversation import Beside, Start
from mnv2_tutor.submission.notebook import NoExercise, Notebook, read_answer
from mnv2_tutor.submission.remarks import remarks
from mnv2_tutor.submission.run import Asking, Observed, cells_in_order, observe_notebook

Read = Mapping[str, Notebook | Unusable]


def graded(
    name: str, files: Mapping[str, bytes], order: Order, start: Start, marking: Marking
) -> Result:
    """Run and judge the notebooks and scripts of one submission."""
    digest = digest_of(files)
    hashes = {path: digest_of({path: data}) for path, data in files.items()}
    answers = {path: data for path, data in files.items() if kind_of(path, data) is not Kind.DATA}
    read: Read = {path: _read(path, data) for path, data in answers.items()}
    read = {**read, **getattr(files, "unread", {})}
    if all(isinstance(entry, Unusable) for entry in read.values()):
        return Result(name, digest, Status.UNREADABLE, _problem(read), files=hashes)
    found = _result(name, digest, order, _observed(files, read, order, start, marking),
                    marking, hashes, read)  # fmt: skip
    return replace(found, remarks=(*found.remarks, *_left_behind(files)))


def _left_behind(files: Mapping[str, bytes]) -> list[tuple[str, Message]]:
    """That data did not come along, where a limit or a link kept it."""
    reasons = "; ".join(getattr(files, "left_behind", ()))
    return [("", Message("notebook.left_behind", parameters={"files": reasons}))] * bool(reasons)


def _read(path: str, data: bytes) -> Notebook | Unusable:
    try:
        return read_answer(path, data)
    except Unusable as error:
        is_helper = kind_of(path, data) is Kind.SCRIPT and not OURS.search(data)
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
    """What was seen of each file with exercises of this batch, all in one submission's time.

    An exercise that several files answer is asked in one of them; in another one only where
    nothing stands there.
    """
    all_cells = cells_in_order([read[path] for path in sorted(read, key=_natural)])
    until = time.monotonic() + order.limits.submission
    waiting = {key: _answering(key, read) for key in order.keys}
    observed: dict[str, Observed] = {}
    while any(waiting.values()):
        turn: dict[str, list[str]] = {}
        for key, paths in waiting.items():
            if paths:
                turn.setdefault(paths.pop(0), []).append(key)
        for path, keys in turn.items():
            asked = replace(_notebook(read[path]), exercises=tuple(keys))
            place = PurePosixPath(path)
            beside = Beside(_others(files, path), str(place.parent).strip("."), place.name)
            found = observe_notebook(
                start, asked, all_cells, order.limits, asking(order.seed, marking), beside, until
            )
            observed[path] = _joined(observed[path], found) if path in observed else found
            for key in keys:
                if stands(found.observations[order.seed][key]):
                    waiting[key] = []
    return observed


def _notebook(entry: Notebook | Unusable) -> Notebook:
    assert isinstance(entry, Notebook)
    return entry


def _others(files: Mapping[str, bytes], path: str) -> dict[str, bytes]:
    return {name: data for name, data in files.items() if name != path}


def _answering(key: str, read: Read) -> list[str]:
    """The files with an answer to ``key``, the one that counts first.

    That is the one with the name of the exercise or of its notebook, or else the last one; tests of
    it come after all others.
    """
    named = (key, PurePosixPath(exercise(key).notebook).stem)
    found = [
        path for path, one in read.items() if isinstance(one, Notebook) and key in one.exercises
    ]

    def rank(path: str) -> tuple[object, ...]:
        is_written = _notebook(read[path]).writes(key)
        stem = PurePosixPath(path).stem
        is_test = stem.startswith("test_") or stem.endswith("_test")
        is_named = re.sub(r"( \(\d+\)|-\d+)$", "", stem) in named
        folder = str(PurePosixPath(path).parent)
        return is_written, not is_test, is_named, _natural(folder), _natural(stem), path

    return sorted(found, key=rank, reverse=True)


def _natural(path: str) -> list[tuple[int, str]]:
    """So that 10 comes after 9."""
    parts = re.findall(r"\d+|\D+", path.casefold())
    return [(int(part), "") if part.isdigit() else (-1, part) for part in parts]


def stands(seen: Observation) -> bool:
    """Whether something was written that can be judged: no stub, and no name that is missing."""
    never_was = seen.kind == STOPPED and seen.facts.get("why") in ("cell", "left_out")
    return not (never_was or seen.kind == "absent" or not_attempted(seen))


def _joined(before: Observed, after: Observed) -> Observed:
    """Both of one file, which was run twice for different exercises."""
    observations = {
        seed: {**before.observations.get(seed, {}), **after.observations.get(seed, {})}
        for seed in (*before.observations, *after.observations)
    }
    keys = (*before.exercises, *after.exercises)
    notebook = replace(before.notebook, exercises=tuple(key for key in KEYS if key in keys))
    return replace(after, notebook=notebook, observations=observations)


def asking(seed: int, marking: Marking) -> Asking:
    """The unseen questions, for marks; where they are not passed the public ones, for words."""

    def wants_words(seen: Observation) -> bool:
        ran = seen.kind not in ("absent", STOPPED) and not not_attempted(seen)
        return ran and not passes_unseen(marking, seen)

    return Asking(seed, partial(passes_unseen, marking), wants_words)


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
    counts: dict[str, str] = {}
    said: list[tuple[str, Message]] = []
    for path, one in observed.items():
        said += [(path, message) for message in remarks(one)]
        for key in one.exercises:
            unseen, public = (
                one.observations.get(seed, {}).get(key) for seed in (order.seed, None)
            )
            assert unseen is not None
            if key not in seen or stands(unseen):
                seen[key], counts[key] = Seen(unseen, public), path
                reports[key] = report_on(marking, seen[key])
    said += [("", message) for message in _of_several(counts, read)]
    for path, problem in read.items():
        if isinstance(problem, Unusable) and not isinstance(problem, NoExercise):
            parameters = {"problem": str(problem)}
            said.append((path, Message("notebook.unusable", parameters=parameters)))
    kept_from = [one for s in seen.values() for one in (s.unseen, s.public) if one]
    stopped = any(one.kind == STOPPED and one.facts.get("why") != "cell" for one in kept_from)
    unread = {
        path: problem
        for path, problem in read.items()
        if isinstance(problem, Unusable) and not isinstance(problem, NoExercise)
    }
    partly = stopped or not all(one.is_whole for one in observed.values())
    # Another run can help where something stopped, and not where a file cannot be read.
    status, why = Status.PARTLY if partly or unread else Status.GRADED, ""
    if unread and not partly:
        why = f"left out: {_problems(unread)}"
    ours = [key for key, report in reports.items() if report.outcome is Outcome.CHECKER_ERROR]
    if ours:
        status, why = Status.FAILED, f"the grader itself failed on {', '.join(ours)}"
    return Result(name, digest, status, why, reports, tuple(said), seen, hashes)


def _of_several(counts: Mapping[str, str], read: Read) -> Iterator[Message]:
    """Which answer counts, where several files hold one that was written."""
    for key, path in counts.items():
        written = [p for p in _answering(key, read) if _notebook(read[p]).writes(key)]
        if len(written) > 1:
            names = ", ".join(sorted(written))
            parameters = {"name": key, "files": names, "counts": path}
            yield Message("notebook.several", parameters=parameters)
