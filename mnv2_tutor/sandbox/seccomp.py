"""A filter for system calls that no answer needs, and that memory or rights could be had through.

Linux keeps the memory of ``memfd_create`` and of System V segments outside every process, where no
limit for processes sees it, and gives whoever makes a user namespace all rights in it. The filter
is a small program for the kernel (``man 2 seccomp``); it cannot be taken back.
"""

import ctypes
import os
import struct

PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2
LOAD, JUMP_EQUAL, JUMP_GREATER_EQUAL, JUMP_ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
ALLOW, KILL, ERROR = 0x7FFF0000, 0x80000000, 0x00050000
NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16
EPERM, ENOSYS = 1, 38
CLONE_NEWUSER = 0x10000000
X32 = 0x40000000
"""Numbers from here on are another way to name the same calls on x86_64."""

_CALLS = (
    "clone", "clone3", "unshare", "setns", "mount", "umount2", "pivot_root", "memfd_create",
    "shmget", "msgget", "semget", "ptrace", "process_vm_readv", "process_vm_writev", "bpf",
    "perf_event_open", "userfaultfd", "io_uring_setup", "keyctl", "add_key",
    "open_by_handle_at", "fsopen", "move_mount", "memfd_secret",
)  # fmt: skip
_NUMBERS = {
    "x86_64": (
        56, 435, 272, 308, 165, 166, 155, 319, 29, 68, 64, 101, 310, 311, 321, 298, 323, 425, 250,
        248, 304, 430, 429, 447,
    ),
    "aarch64": (
        220, 435, 97, 268, 40, 39, 41, 279, 194, 186, 190, 117, 270, 271, 280, 241, 282, 425, 219,
        217, 265, 430, 429, 447,
    ),
}  # fmt: skip
_AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}


def refuse_calls() -> bool:
    """Refuse them to this process and all that it starts; False on a machine that we do not know.

    Needs ``PR_SET_NO_NEW_PRIVS``.
    """
    machine = os.uname().machine
    if machine not in _NUMBERS:
        return False
    program = _program(machine)
    code = ctypes.create_string_buffer(program)
    header = ctypes.create_string_buffer(
        struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(code))
    )
    libc = ctypes.CDLL(None, use_errno=True)
    return bool(libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, header, 0, 0) == 0)


def _program(machine: str) -> bytes:
    numbers = dict(zip(_CALLS, _NUMBERS[machine], strict=True))
    steps = [
        _step(LOAD, ARCHITECTURE),
        _step(JUMP_EQUAL, _AUDIT[machine], 1, 0),
        _step(RETURN, KILL),
        _step(LOAD, NUMBER),
    ]
    if machine == "x86_64":
        steps += [_step(JUMP_GREATER_EQUAL, X32, 0, 1), _step(RETURN, ERROR | EPERM)]
    for name, number in numbers.items():
        if name == "clone":
            # Threads and children are made by it too: only new user namespaces are refused.
            steps += [
                _step(JUMP_EQUAL, number, 0, 4),
                _step(LOAD, FIRST_ARGUMENT),
                _step(JUMP_ANY_BIT, CLONE_NEWUSER, 0, 1),
                _step(RETURN, ERROR | EPERM),
                _step(RETURN, ALLOW),
            ]
        else:
            # Its flags are in memory, where the filter cannot look; the C library falls back.
            error = ENOSYS if name == "clone3" else EPERM
            steps += [_step(JUMP_EQUAL, number, 0, 1), _step(RETURN, ERROR | error)]
    return b"".join([*steps, _step(RETURN, ALLOW)])


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, value)
