"""Asking case after case, until somebody presses stop."""

from collections.abc import Callable, Mapping
from typing import Any

from mnv2_tutor.engine.observation import CaseResult, Result
from mnv2_tutor.engine.observe.calls import Stopped

ABSENT = Result("absent")
Found = tuple[Mapping[str, Result], Mapping[str, str]]
"""What was seen in one case, by name, and facts about it."""


def each_case(
    cases: tuple[Any, ...], look: Callable[[Any], Found]
) -> tuple[tuple[CaseResult, ...], dict[str, str]]:
    """What ``look`` sees in every case, ``ABSENT`` where it saw nothing of what was asked; facts.

    Of a fact that several cases give, the first counts.
    """
    seen: list[CaseResult] = []
    facts: dict[str, str] = {}
    try:
        for case in cases:
            found, more = look(case)
            seen.append(
                CaseResult(case.name, {name: found.get(name, ABSENT) for name in case.asks})
            )
            facts = {**more, **facts}
    except Stopped as stop:
        return (CaseResult(cases[0].name, {"value": Result("error", error=stop.error)}),), {}
    return tuple(seen), facts
