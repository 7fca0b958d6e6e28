"""From what was seen to a report: a pure function, standard library alone."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from mnv2_tutor.engine.exercise import Evidence, Exercise, Expected, Item
from mnv2_tutor.engine.judge.answer_form import could_not_run, not_attempted, unusable
from mnv2_tutor.engine.judge.compare import same_result, steadiness
from mnv2_tutor.engine.judge.diagnose import diagnosis
from mnv2_tutor.engine.messages import Message
from mnv2_tutor.engine.observation import Observation
from mnv2_tutor.engine.report import ItemReport, Outcome, Report


def judge(exercise: Exercise, observation: Observation, expected: Expected) -> Report:
    """The report on one observation, held against what is expected on the same probe."""
    evidence = Evidence(exercise.probe(observation.seed), observation, expected.reference)
    blocked = unusable(exercise, observation)
    if blocked:
        is_own = "imported_from" not in observation.facts
        outcome = Outcome.COULD_NOT_RUN if is_own else Outcome.NOT_ATTEMPTED
        return _nothing_judged(exercise, outcome, blocked)
    if not_attempted(observation):
        lead = Message("common.not_attempted", parameters={"name": exercise.signature})
        return _nothing_judged(exercise, Outcome.NOT_ATTEMPTED, lead)
    error = could_not_run(exercise, evidence)
    if error:
        blank = _nothing_judged(exercise, Outcome.COULD_NOT_RUN, error)
        return replace(blank, notes=_notes(exercise, evidence, passed=False))

    if not is_complete(exercise, observation):
        return checker_error(exercise, "the observation is incomplete")

    items = _judge_items(exercise, evidence)
    messages = _each_once(item.message for item in items)
    named, shown = diagnosis(exercise, evidence, expected.misconceptions, messages) or (None, None)
    first = named or (messages[0] if messages else None)
    beside = shown if named else first
    return Report(
        exercise=exercise,
        outcome=Outcome.FAILED if messages else Outcome.PASSED,
        items=items,
        diagnosis=named,
        lead=first,
        more=tuple(message for message in messages if message is not beside),
        notes=_notes(exercise, evidence, passed=not messages),
    )


def _each_once(messages: Iterable[Message | None]) -> list[Message]:
    """One mistake may fail several items in the same words, each on an input of its own."""
    found: dict[object, Message] = {}
    for message in filter(None, messages):
        found.setdefault((message.key, tuple(sorted(message.parameters.items()))), message)
    return list(found.values())


def is_complete(exercise: Exercise, observation: Observation) -> bool:
    """Whether all that is asked was seen, with all its numbers: what is missing earns nothing."""
    cases, seen = exercise.probe(observation.seed), observation.cases
    return [case.name for case in cases] == [case.case for case in seen] and all(
        set(asked.asks) <= case.results.keys()
        and all(result.array is None or result.array.every == 1 for result in case.results.values())
        for asked, case in zip(cases, seen, strict=True)
    )


def with_unseen(public: Report, unseen: Report) -> Report:
    """Points need both probes; the diagnosis is the public one's.

    An answer that knows the public inputs by heart fails here.
    """
    if not public.items or unseen.outcome is Outcome.PASSED:
        return public
    worse = {item.key: item for item in unseen.items if item.outcome is not Outcome.PASSED}
    items = tuple(worse.pop(item.key, item) for item in public.items) + tuple(worse.values())
    if public.outcome is not Outcome.PASSED:
        return replace(public, items=items)
    return replace(unseen, items=items, notes=public.notes)


def checker_error(exercise: Exercise, description: str) -> Report:
    """Our own failure, never the learner's."""
    lead = Message("common.checker_error", parameters={"error": description})
    return _nothing_judged(exercise, Outcome.CHECKER_ERROR, lead)


def _nothing_judged(exercise: Exercise, outcome: Outcome, lead: Message) -> Report:
    items = tuple(
        ItemReport(item.key, 0, item.points, Outcome.NOT_JUDGED, None) for item in exercise.rubric
    )
    return Report(exercise, outcome, items, None, lead, (), ())


def _judge_items(exercise: Exercise, evidence: Evidence) -> tuple[ItemReport, ...]:
    done: dict[str, ItemReport] = {}
    for item in exercise.rubric:
        done[item.key] = _judge_item(item, evidence, done)
    if all(report.outcome is Outcome.PASSED for report in done.values()):
        message = steadiness(evidence) or _differs_from_reference(exercise, evidence)
        if message:  # the rubric has a gap, and the numbers decide
            pointless = tuple(replace(report, score=0) for report in done.values())
            return (*pointless, ItemReport("agrees", 0, 0, Outcome.FAILED, message))
    return tuple(done.values())


def _judge_item(item: Item, evidence: Evidence, done: Mapping[str, ItemReport]) -> ItemReport:
    if any(done[key].outcome is not Outcome.PASSED for key in item.needs):
        return ItemReport(item.key, 0, item.points, Outcome.NOT_JUDGED, None)
    message = item.judge(evidence)
    if message:
        return ItemReport(item.key, 0, item.points, Outcome.FAILED, message)
    return ItemReport(item.key, item.points, item.points, Outcome.PASSED, None)


def _differs_from_reference(exercise: Exercise, evidence: Evidence) -> Message | None:
    """The net under the rubric: whatever it does not ask for must equal the reference too."""
    expected = dict(evidence.expected.results("value"))
    for case, result in evidence.observation.results("value"):
        if case not in expected or not same_result(result, expected[case], exercise.tolerance):
            return Message(
                "common.differs",
                input=f"the case called {case}",
                expected="the values of the reference",
                found="other values",
                parameters={"name": exercise.key},
            )
    return None


def _notes(exercise: Exercise, evidence: Evidence, passed: bool) -> tuple[Message, ...]:
    """Remarks that cost nothing; those of the exercise are about right answers only."""
    notes: list[Message] = []
    signature = evidence.observation.signature
    if signature and signature.needs_names(len(exercise.parameters)):
        notes.append(_parameter_note("common.keyword_only", exercise, signature.keyword_only))
    elif signature and not signature.takes_any:
        names = signature.parameters[: len(exercise.parameters)]
        if names != exercise.parameters:
            moved = any(name in exercise.parameters for name in _elsewhere(names, exercise))
            key = "common.reordered" if moved else "common.renamed"
            notes.append(_parameter_note(key, exercise, names))
    settings = evidence.observation.facts.get("settings")
    if settings:
        notes.append(Message("common.settings", parameters={"names": settings}))
    replaced = evidence.observation.facts.get("replaced_builtins")
    if replaced:
        notes.append(Message("common.replaced_builtins", parameters={"names": replaced}))
    return (*notes, *(exercise.notes(evidence) if passed else ()))


def _elsewhere(names: tuple[str, ...], exercise: Exercise) -> list[str]:
    """The parameters that do not stand where the course has one of that name."""
    pairs = zip(names, exercise.parameters, strict=False)
    return [name for name, wanted in pairs if name != wanted]


def _parameter_note(key: str, exercise: Exercise, names: tuple[str, ...]) -> Message:
    shown = ", ".join(names)
    parameters = {"name": exercise.key, "wanted": exercise.signature, "names": shown}
    return Message(key, parameters=parameters)
