"""From what was seen of a submission to its marks: pure, and fed with observations alone."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from mnv2_tutor import expected
from mnv2_tutor.exercise import Exercise
from mnv2_tutor.exercises import exercise
from mnv2_tutor.judge import checker_error, judge, with_unseen
from mnv2_tutor.messages import Message
from mnv2_tutor.observation import Observation
from mnv2_tutor.report import Outcome, Report

References = Mapping[str, Observation]
"""What the reference of each exercise does on the unseen inputs of this batch."""


@dataclass(frozen=True)
class Seen:
    """What was seen of the answer to one exercise: unseen inputs first, public ones if needed."""

    unseen: Observation
    public: Observation | None = None


def passes_unseen(seen: Observation, references: References) -> bool:
    """Whether it is right on inputs that nobody knew: then nothing needs to be explained."""
    return _judged(exercise(seen.exercise), seen, references[seen.exercise], {}).passed


def report_on(seen: Seen, references: References) -> Report:
    """The report on one exercise: points by the unseen inputs, words by the public ones."""
    task = exercise(seen.unseen.exercise)
    unseen = _judged(task, seen.unseen, references[task.key], {})
    if seen.public is None:
        return unseen
    public = _judged_public(seen.public)
    return _without_inputs(with_unseen(public, unseen), public)


def is_public_passed(seen: Observation) -> bool:
    """Whether it is right in as many of the public cases as were asked."""
    return _judged_public(seen).passed


def _judged_public(seen: Observation) -> Report:
    task, answers = exercise(seen.exercise), expected.public(seen.exercise)
    count = len(seen.cases)
    if task.telling is None or count != task.telling:
        return _judged(task, seen, answers.reference, answers.twins)
    twins = {name: twin.begun(count) for name, twin in answers.twins.items()}
    return _judged(task.begun(count), seen, answers.reference.begun(count), twins)


def _judged(
    task: Exercise,
    seen: Observation,
    reference: Observation,
    twins: Mapping[str, Observation],
) -> Report:
    try:
        return judge(task, seen, reference, twins)
    except Exception as error:  # noqa: BLE001 - an observation may hold anything
        return checker_error(task, f"{type(error).__name__} while it was judged")


def _without_inputs(report: Report, public: Report) -> Report:
    """The same report; what was found on unseen inputs alone is said without showing them."""
    shown = [public.lead, *public.more, *(item.message for item in public.items)]
    covered = Message(
        "common.unseen",
        input="inputs that are not shown",
        expected="the results of the reference",
        found="other results",
        parameters={"name": report.exercise.key},
    )

    def cover(message: Message | None) -> Message | None:
        return message if message is None or message in shown else covered

    lead = cover(report.lead)
    more: list[Message] = []
    for message in map(cover, report.more):
        if message and message != lead and message not in more:
            more.append(message)
    items = tuple(replace(item, message=cover(item.message)) for item in report.items)
    return replace(report, items=items, lead=lead, more=tuple(more))


def points(report: Report) -> int | None:
    """Points as they stand in the table; None where nothing was attempted."""
    if report.outcome is Outcome.NOT_ATTEMPTED:
        return None
    is_absent = report.lead and report.lead.key == "common.not_defined"
    return None if is_absent else report.score
