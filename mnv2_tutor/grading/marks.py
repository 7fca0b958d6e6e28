"""From what was seen of a submission to its marks: pure, and fed with observations alone."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from mnv2_tutor.engine import expected
from mnv2_tutor.engine.exercise import Exercise, Expected
from mnv2_tutor.engine.judge import checker_error, is_complete, judge, with_unseen
from mnv2_tutor.engine.judge.answer_form import not_attempted
from mnv2_tutor.engine.messages import Message
from mnv2_tutor.engine.observation import STOPPED, Observation
from mnv2_tutor.engine.report import Outcome, Report
from mnv2_tutor.grading.observation_store import AnswerObservations
from mnv2_tutor.submission.run import Asking


@dataclass(frozen=True)
class Marking:
    """What answers are held against.

    Attributes:
        tasks: the exercises of the batch, with the points and tolerances that count in it.
        references: what the reference of each does on the unseen inputs of the batch.
    """

    tasks: Mapping[str, Exercise]
    references: Mapping[str, Observation]


def passes_unseen(marking: Marking, seen: Observation) -> bool:
    """Whether it is right on inputs that nobody knew: then nothing needs to be explained."""
    return _on_unseen(marking, seen).passed


def report_on(marking: Marking, seen: AnswerObservations) -> Report:
    """The report on one exercise: points by the unseen inputs, words by the public ones."""
    unseen = _on_unseen(marking, seen.unseen)
    if seen.public is None or seen.public.kind == STOPPED:
        # What ran was asked on unseen inputs, and they are shown to nobody.
        return _without_inputs(unseen, None) if seen.unseen.cases else unseen
    public = _on_public(marking, seen.public)
    return _without_inputs(with_unseen(public, unseen), public)


def stands(seen: Observation) -> bool:
    """Whether something was written that can be judged: no stub, and no name that is missing."""
    never_was = seen.kind == STOPPED and seen.facts.get("why") in ("cell", "left_out")
    return not (never_was or seen.kind == "absent" or not_attempted(seen))


def asking(seed: int, marking: Marking) -> Asking:
    """The unseen questions, for marks; where they are not passed the public ones, for words."""

    def wants_words(seen: Observation) -> bool:
        ran = seen.kind not in ("absent", STOPPED) and not not_attempted(seen)
        return ran and not passes_unseen(marking, seen)

    return Asking(seed, partial(passes_unseen, marking), wants_words, stands)


def suffices(task: Exercise, seen: AnswerObservations) -> bool:
    """Whether all that the exercise asks today was seen; where nothing ran, nothing is missing."""
    return all(
        not one.cases or is_complete(task, one)
        for one in (seen.unseen, seen.public)
        if one is not None
    )


def _on_unseen(marking: Marking, seen: Observation) -> Report:
    return _judged(
        marking.tasks[seen.exercise], seen, Expected(marking.references[seen.exercise], {})
    )


def _on_public(marking: Marking, seen: Observation) -> Report:
    return _judged(marking.tasks[seen.exercise], seen, expected.public(seen.exercise))


def _judged(task: Exercise, seen: Observation, answers: Expected) -> Report:
    try:
        return judge(task, seen, answers)
    except Exception as error:  # noqa: BLE001 - an observation may hold anything
        return checker_error(task, f"{type(error).__name__} while it was judged")


def _without_inputs(report: Report, public: Report | None) -> Report:
    """The same report; what was found on unseen inputs alone is said without showing them."""
    shown = [public.lead, *public.more, *(i.message for i in public.items)] if public else []
    covered = Message(
        "common.unseen" if public else "common.unfinished",
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
    """Points as they stand in the table; None where nothing was attempted, or nothing judged."""
    if report.outcome in (Outcome.NOT_ATTEMPTED, Outcome.CHECKER_ERROR):
        return None
    is_absent = report.lead and report.lead.key == "common.not_defined"
    return None if is_absent else report.score
