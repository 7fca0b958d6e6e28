"""Packages that a submission wanted and did not find: they may be there one day."""

import hashlib
import importlib.metadata
import importlib.util
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.machinery import PathFinder
from typing import Any

from mnv2_tutor.engine.messages import Message
from mnv2_tutor.grading.seen import Seen

NOT_THERE = re.compile(r"No module named '([\w.]{1,100})'")
IMPORT_ERRORS = ("ModuleNotFoundError", "ImportError")


def wanted(remarks: Iterable[Message], seen: Iterable[Seen]) -> dict[str, Any]:
    """What failed for want of a package, ready for JSON; empty where nothing did.

    ``modules`` are those that are not installed. Where an error does not name one, a package may
    have been there in part: then ``installed`` stands for all that there is now.
    """
    errors = [*_of_cells(remarks), *_of_answers(seen)]
    matches = [NOT_THERE.match(message) for message in errors]
    missing = sorted({match[1] for match in matches if match and not is_installed(match[1])})
    lacked: dict[str, Any] = {"modules": missing} if missing else {}
    return lacked if all(matches) else {**lacked, "installed": installed()}


def came(lacked: Mapping[str, Any]) -> bool:
    """Whether a package is there now that was wanted."""
    other = lacked.get("installed", "")
    return any(map(is_installed, lacked.get("modules", ()))) or bool(other and other != installed())


def _of_cells(remarks: Iterable[Message]) -> Iterator[str]:
    for remark in remarks:
        if remark.parameters.get("type") in IMPORT_ERRORS:
            yield remark.parameters.get("message", "")


def _of_answers(seen: Iterable[Seen]) -> Iterator[str]:
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
