"""Questions to a function of plain Python values."""

from dataclasses import dataclass
from typing import Any

from mnv2_tutor.engine.exercise import Case


@dataclass(frozen=True)
class PlainCase(Case):
    """A call with plain Python values, by position."""

    arguments: tuple[Any, ...]
