"""Files that are whole or not there at all."""

from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Write beside and rename, so that a crash leaves the old file or the new one.

    What UTF-8 has no place for, half of a surrogate pair, becomes a question mark.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.new")
    beside.write_bytes(text.encode("utf-8", "replace"))
    beside.replace(path)
