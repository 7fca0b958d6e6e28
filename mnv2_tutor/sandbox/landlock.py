"""What a process may open, write and signal, taken from itself for good (``man 7 landlock``).

The kernel's own way to shut a process in that needs no rights and no namespaces, so that it also
works in a container where bubblewrap does not. Nothing here is undone; children inherit it.
"""

import ctypes
import os
import struct
from collections.abc import Iterable
from pathlib import Path

# The same numbers on every processor.
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
ASK_VERSION, RULE_PATH_BENEATH = 1, 1
EXECUTE, WRITE_FILE, READ_FILE = 1 << 0, 1 << 1, 1 << 2
TRUNCATE = 1 << 14
FILE_RIGHTS = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE
CHANGES_IN_FOLDERS = sum(1 << bit for bit in range(4, 13))
"""Making and removing files, folders, links, sockets and devices."""
REFER = 1 << 13
ALL_TCP = 0b11
ALL_SCOPES = 0b11
"""Signals to processes outside, and their abstract sockets."""

_libc = ctypes.CDLL(None, use_errno=True)


def version() -> int:
    """The kernel's version of the interface; 0 where it has none.

    Writing is held from 1 on (truncating from 3), TCP from 4, signals from 6.
    """
    return max(0, int(_libc.syscall(CREATE_RULESET, None, 0, ASK_VERSION)))


def shut_in(reads: Iterable[str], writes: Iterable[str]) -> bool:
    """Read and run only what lies below ``reads``, write only below ``writes``, no TCP, no signals.

    Paths that do not exist are left out. Needs ``PR_SET_NO_NEW_PRIVS``.

    Returns:
        Whether the kernel has this interface and took the rules.
    """
    there = version()
    if there == 0:
        return False
    files = EXECUTE | WRITE_FILE | READ_FILE | CHANGES_IN_FOLDERS
    files |= (REFER if there >= 2 else 0) | (TRUNCATE if there >= 3 else 0)
    asked = struct.pack(
        "=QQQ", files, ALL_TCP if there >= 4 else 0, ALL_SCOPES if there >= 6 else 0
    )
    # Older kernels know a shorter structure.
    size = 24 if there >= 6 else 16 if there >= 4 else 8
    rules = int(_libc.syscall(CREATE_RULESET, ctypes.create_string_buffer(asked), size, 0))
    if rules < 0:
        return False
    try:
        for path in reads:
            _allow(rules, path, READ_FILE | EXECUTE)
        for path in writes:
            _allow(rules, path, files)
        return bool(_libc.syscall(RESTRICT_SELF, rules, 0) == 0)
    finally:
        os.close(rules)


def all_but(folder: str, hidden: Iterable[str]) -> list[str]:
    """Paths that together are ``folder`` without those in ``hidden``: rules only ever allow."""
    inside = [path for path in hidden if Path(path).is_relative_to(folder)]
    if not inside:
        return [folder]
    if folder in inside:
        return []
    found: list[str] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            found += all_but(entry.path, inside)
    return found


def _allow(rules: int, path: str, rights: int) -> None:
    try:
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not Path(path).is_dir():
            rights &= FILE_RIGHTS
        rule = ctypes.create_string_buffer(struct.pack("=Qi", rights, opened))
        _libc.syscall(ADD_RULE, rules, RULE_PATH_BENEATH, rule, 0)
    finally:
        os.close(opened)
