"""Packages that a submission wanted and did not find: they may be there one day."""

import hashlib
import importlib.metadata
import importlib.util
import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.machinery import PathFinder

from msgspec import UNSET

from mnv2_tutor.grading.observation_store import AnswerObservations
from mnv2_tutor.grading.record import Lacked, Remark

NOT_THERE = re.compile(r"No module named '([\w.]{1,100})'")
IMPORT_ERRORS = ("ModuleNotFoundError", "ImportError")


def wanted(remarks: Iterable[Remark], seen: Iterable[AnswerObservations]) -> Lacked:
    """What failed for want of a package.

    Where an error does not name one, a package may have been there in part: then ``installed``
    stands for all that there is now.
    """
    errors = [*_of_cells(remarks), *_of_answers(seen)]
    matches = [NOT_THERE.match(message) for message in errors]
    missing = sorted({match[1] for match in matches if match and not is_installed(match[1])})
    return Lacked(tuple(missing) or UNSET, UNSET if all(matches) else installed())


def came(lacked: Lacked) -> bool:
    """Whether a package is there now that was wanted."""
    if lacked.modules is not UNSET and any(map(is_installed, lacked.modules)):
        return True
    return lacked.installed is not UNSET and lacked.installed != installed()


def _of_cells(remarks: Iterable[Remark]) -> Iterator[str]:
    for remark in remarks:
        if remark.parameters.get("type") in IMPORT_ERRORS:
            yield remark.parameters.get("message", "")


def _of_answers(seen: Iterable[AnswerObservations]) -> Iterator[str]:
    observations = (part for one in seen for part in (one.unseen, one.public) if part)
    for observation in observations:
        for case in observation.cases:
            for result in case.results.values():
                if result.error and result.error.type in IMPORT_ERRORS:
                    yield result.error.message


def is_installed(name: str) -> bool:
    """Whether there is such a module. Nothing is imported: the name is a learner's."""
    top, *inner = name.split(".")
    try:
        spec = importlib.util.find_spec(top)
        for part in inner:
            where = spec.submodule_search_locations if spec else None
            if where is None:
                return False
            top = f"{top}.{part}"
            spec = PathFinder.find_spec(top, list(where))
    except (AttributeError, ImportError, ValueError):
        return False
    return spec is not None


@cache
def installed() -> str:
    """Identity of all packages that are installed."""
    found = sorted(f"{one.name} {one.version}" for one in importlib.metadata.distributions())
    return hashlib.sha256("\n".join(found).encode()).hexdigest()[:16]
