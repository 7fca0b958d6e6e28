"""Files that are whole or not there at all, and the folder in which a learner's are kept."""

import os
from pathlib import Path

from platformdirs import user_data_path


def data_folder() -> Path:
    """Where progress, saved code and references are kept: ``MNV2_TUTOR_HOME``, or the user's."""
    named = os.environ.get("MNV2_TUTOR_HOME")
    return Path(named) if named else user_data_path("mnv2_tutor", appauthor=False)


def write_whole(path: Path, text: str) -> None:
    """Write beside and rename, so that a crash leaves the old file or the new one.

    What UTF-8 has no place for, half of a surrogate pair, becomes a question mark.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.new")
    beside.write_bytes(text.encode("utf-8", "replace"))
    beside.replace(path)
