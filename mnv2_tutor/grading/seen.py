"""What was seen of one submission, kept so that it can be judged again without running it."""

import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mnv2_tutor.engine.observation import Observation, from_json, to_json
from mnv2_tutor.errors import Unusable

OBSERVATIONS = "observations.zip"
CONDITIONS = "conditions.json"
"""Says, beside the observations, what was asked, by which observers, on which libraries."""
DATE = (2020, 1, 1, 0, 0, 0)
"""Of every entry, so that the same observations are the same file."""


@dataclass(frozen=True)
class Seen:
    """What was seen of the answer to one exercise: unseen inputs first, public ones if needed."""

    unseen: Observation
    public: Observation | None = None


def keep(folder: Path, seen: Mapping[str, Seen], conditions: Mapping[str, Any]) -> None:
    """Write what was seen, each exercise for itself, and under which conditions; whole or not."""
    beside = folder / f"{OBSERVATIONS}.new"
    with zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        _add(archive, CONDITIONS, json.dumps(conditions))
        for key, one in seen.items():
            for part, observation in (("unseen", one.unseen), ("public", one.public)):
                if observation:
                    _add(archive, f"{key}.{part}.json", to_json(observation, packed=True))
    beside.replace(folder / OBSERVATIONS)


def _add(archive: zipfile.ZipFile, name: str, text: str) -> None:
    entry = zipfile.ZipInfo(name, DATE)
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, text)


def kept(folder: Path, key: str) -> Seen | None:
    """What was seen of one exercise; None where nothing usable was kept."""
    try:
        with zipfile.ZipFile(folder / OBSERVATIONS) as archive:
            names = set(archive.namelist())
            unseen, public = (
                from_json(archive.read(name).decode()) if name in names else None
                for name in (f"{key}.unseen.json", f"{key}.public.json")
            )
    except (OSError, zipfile.BadZipFile, UnicodeDecodeError, Unusable):
        return None
    return Seen(unseen, public) if unseen else None


def conditions(folder: Path) -> Mapping[str, Any]:
    """Under which conditions it was seen; empty where that was not kept."""
    try:
        with zipfile.ZipFile(folder / OBSERVATIONS) as archive:
            found = json.loads(archive.read(CONDITIONS))
    except (KeyError, OSError, ValueError, zipfile.BadZipFile):
        return {}
    return found if isinstance(found, dict) else {}
