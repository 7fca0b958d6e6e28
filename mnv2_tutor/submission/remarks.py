"""What there is to say of a notebook as a whole, beside the reports on its exercises."""

import ast
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from mnv2_tutor.engine.messages import Message
from mnv2_tutor.source.statements import newer_python, problem_of
from mnv2_tutor.submission.conversation import StepError, Stop
from mnv2_tutor.submission.notebook import Step
from mnv2_tutor.submission.run import Observed

SERVICES = ("google", "kaggle", "kaggle_secrets", "kaggle_datasets", "kaggle_web_client",
            "dbruntime", "pyspark", "deepnote_toolkit", "sagemaker", "azureml", "piplite",
            "pyodide", "js", "condacolab")  # fmt: skip
"""Modules that exist on another service alone."""
GIVEN_THERE = ("dbutils", "spark", "sc", "sqlContext", "displayHTML", "deepnote")
"""Names that other services give to every notebook."""
MARKS_OF_A_MERGE = ("<<<<<<<", "=======", ">>>>>>>", "|||||||")
MOST = 12
"""Lines that a remark names, and remarks of one kind."""


def remarks(observed: Observed) -> tuple[Message, ...]:
    """What was mended, which statements ran late, were stepped over or left out, which failed."""
    steps = observed.notebook.steps
    left_out = [
        Message(_key_of(n, stop, observed), parameters={**_place(steps[n]), "limit": stop.limit})
        for n, stop in sorted(observed.left_out.items())
    ]
    stepped_over, failed = _sorted_out(observed)
    above = {error.step for error in failed if _stands_above(error, steps)}
    late = [
        Message("notebook.late", parameters=_place(steps[n]))
        for n in sorted({*observed.late, *above})
    ]
    failed = [error for error in failed if error.step not in above]
    return (
        *observed.notebook.mended,
        *_broken(steps),
        *_by_themselves(observed),
        *_removed(observed),
        *_listed("notebook.stepped_over", [_shown_over(steps, error) for error in stepped_over]),
        *late,
        *left_out,
        *_listed("notebook.skipped", [steps[n] for n in observed.skipped]),
        *(_failure(steps[error.step], error) for error in failed[:MOST]),
    )


def _place(step: Step) -> dict[str, str]:
    return {"where": step.where, "text": step.shown}


def _key_of(n: int, stop: Stop, observed: Observed) -> str:
    is_slow = stop.why == "time" and n not in observed.needed
    return "notebook.cell_slow" if is_slow else f"notebook.cell_{stop.why}"


def _listed(key: str, steps: list[Step]) -> Iterator[Message]:
    """One remark on all of these lines."""
    if steps:
        lines = [_lower(f"{step.where} (`{step.shown}`)") for step in steps[:MOST]]
        more = f" and {len(steps) - MOST} more" if len(steps) > MOST else ""
        yield Message(key, parameters={"lines": f"{', '.join(lines)}{more}"})


def _lower(text: str) -> str:
    return text[0].lower() + text[1:]


def _by_themselves(observed: Observed) -> Iterator[Message]:
    """Which exercises were asked by themselves, and the lines that may be why."""
    steps = observed.notebook.steps
    by_cause: dict[tuple[int, ...], list[str]] = {}
    for key, others in observed.by_themselves.items():
        by_cause.setdefault(others, []).append(key)
    for others, keys in by_cause.items():
        names = ", ".join(keys)
        for message in _listed("notebook.alone", [steps[n] for n in others]):
            yield Message(message.key, parameters={**message.parameters, "name": names})


def _broken(steps: Sequence[Step]) -> Iterator[Message]:
    """A remark on each part that is no Python, and one on all marks of a merge."""
    broken = [step for step in steps if step.statement is None]
    marks = [step for step in broken if step.part.text.startswith(MARKS_OF_A_MERGE)]
    yield from _listed("notebook.unmerged", marks)
    for step in [step for step in broken if step not in marks][:MOST]:
        version = newer_python(step.part.text)
        kind, message = problem_of(step.part.text)
        told = f"{kind}: {message.rstrip(' .')}" if message else kind
        here = f"{sys.version_info.major}.{sys.version_info.minor}"
        parameters = {**_place(step), "version": version, "here": here}
        parameters |= {"type": kind, "message": message, "error": told}
        key = "notebook.newer_python" if version else "notebook.cell_error"
        yield Message(key, parameters=parameters)


def _removed(observed: Observed) -> Iterator[Message]:
    """A remark on each statement that takes answers away which stood above it."""
    steps = observed.notebook.steps
    stands = {k: max(n) for k in observed.exercises if (n := observed.notebook.needed_by(k))}
    for number, step in enumerate(steps):
        gone = [key for key, last in stands.items() if number > last and step.removes(key)]
        if gone:
            yield Message("notebook.removed", parameters={**_place(step), "names": ", ".join(gone)})


def _failure(step: Step, error: StepError) -> Message:
    told = f"{error.type}: {error.message.rstrip(' .')}" if error.message else error.type
    parameters = {**_place(step), "type": error.type, "message": error.message, "error": told}
    return Message("notebook.cell_error", parameters=parameters)


def _shown_over(steps: Sequence[Step], error: StepError) -> Step:
    """The statement as it is shown: of a longer one, the line in it that was stepped over."""
    step = steps[error.step]
    own = error.message.lstrip("!%")
    is_there = own in step.part.shown or "get_ipython" in step.part.shown
    if error.type or is_there or own not in step.part.text:
        return step
    return replace(step, part=replace(step.part, shown=error.message))


def _sorted_out(observed: Observed) -> tuple[list[StepError], list[StepError]]:
    """Statements that belong to another service, and errors that have no earlier one as cause."""
    steps = observed.notebook.steps
    foreign: list[StepError] = []
    failed: list[StepError] = []
    lost: dict[str, bool] = {}
    for n in (*observed.left_out, *observed.skipped):
        lost |= dict.fromkeys(steps[n].binds, False)
    for error in sorted(observed.errors, key=lambda error: error.step):
        step = steps[error.step]
        missing = _missing_name(error, lost)
        is_foreign = not error.type or lost.get(missing, False) or _is_of_a_service(step, error)
        lost |= dict.fromkeys(step.binds, is_foreign)
        if is_foreign:
            foreign.append(error)
        elif not missing:
            failed.append(error)
    return foreign, failed


def _missing_name(error: StepError, lost: Iterable[str]) -> str:
    """The name without which a statement failed, where an earlier one was to bind it."""
    name = _name_in(error)
    return name if name in lost else ""


def _name_in(error: StepError) -> str:
    found = re.match(r"name '(\w+)' is not defined", error.message)
    return found[1] if error.type == "NameError" and found else ""


def _stands_above(error: StepError, steps: Sequence[Step]) -> bool:
    """Whether a statement failed for want of a name that one below it binds."""
    name = _name_in(error)
    return bool(name) and any(name in step.binds for step in steps[error.step + 1 :])


def _is_of_a_service(step: Step, error: StepError) -> bool:
    if _name_in(error) in GIVEN_THERE:
        return True
    node = step.statement.node if step.statement else None
    if isinstance(node, ast.ImportFrom):
        return (node.module or "").partition(".")[0] in SERVICES
    if isinstance(node, ast.Import):
        return any(name.name.partition(".")[0] in SERVICES for name in node.names)
    return False
