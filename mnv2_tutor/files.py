"""Files that are whole or not there at all."""

from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Write beside and rename, so that a crash leaves the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)
