"""Accounts for submissions where root grades: one a worker, and no two graders share one.

Linux limits an account's processes over all of them. Nobody owns these ids, so who uses one locks
a file with its number.
"""

import fcntl
import os
import random
import stat
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path

from mnv2_tutor.errors import Unusable

MANY = range(2_000_000_000, 2_000_100_000)
"""Ids that nothing else uses."""
FEW = range(62_000, 65_500)
"""In a container, which often has none above 65,535."""
LOCKS = "mnv2-tutor-users"

_lock = threading.Lock()
_ours: dict[int, int] = {}
"""The id of each worker of this process. Its file stays locked until the process ends."""


def user_of(slot: int) -> int | None:
    """Whom the worker number ``slot`` becomes; None where nobody else can be become.

    Raises:
        Unusable: all ids are in use, or none exists.
    """
    if os.getuid() != 0:
        return None
    with _lock:
        if slot not in _ours:
            _ours[slot] = _taken(_ids(), _folder())
        return _ours[slot]


def take(count: int) -> None:
    """See that there is an account for so many workers, before anything runs.

    Raises:
        Unusable: there is not.
    """
    for slot in range(count):
        user_of(slot)


def _ids() -> range:
    """The ids that exist here."""
    for ids in (MANY, FEW):
        if _exists(ids):
            return ids
    raise Unusable("this container has no user ids above 62,000: start it with the usual 65,536")


def _exists(ids: range) -> bool:
    return any(
        start <= ids.start and ids.stop <= start + length
        for start, _, length in _mapped(Path("/proc/self/uid_map"))
    )


def _mapped(path: Path) -> Sequence[tuple[int, int, int]]:
    lines = (line.split() for line in path.read_text(encoding="utf-8").splitlines())
    return [(int(first), int(outside), int(length)) for first, outside, length in lines]


def _folder() -> Path:
    """A folder that root alone writes to, the same one for every grader of this system."""
    for parent in (Path("/run"), Path(tempfile.gettempdir())):
        folder = parent / LOCKS
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            found = folder.lstat()
        except OSError:
            continue
        if stat.S_ISDIR(found.st_mode) and found.st_uid == 0 and not found.st_mode & 0o022:
            return folder
    raise Unusable("no folder for locks: neither /run nor the temporary folder can be written to")


def _taken(ids: range, folder: Path) -> int:
    """A free id, from a place of chance on: where locks are not shared, two rarely meet."""
    start = random.SystemRandom().randrange(len(ids))
    for step in range(min(len(ids), 10_000)):
        user = ids[(start + step) % len(ids)]
        file = os.open(folder / str(user), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(file)
            continue
        return user
    raise Unusable("all user ids for submissions are in use by other graders: use fewer --jobs")
