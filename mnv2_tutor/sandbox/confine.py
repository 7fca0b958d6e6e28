"""Confining the process of one submission, from inside, before any of its code runs.

Linux only. Two ways:

- ``namespaces``: a user, process, mount, network and IPC namespace of its own inside the sandbox of
  the fork server. It sees no other submission's processes and files, cannot trace or signal the
  server, and everything that it started ends with it.
- ``limits``: a session of its own and resource limits. Its orphans are found and ended. Where the
  kernel has Landlock it reads Python and its libraries alone, writes in its folder alone, and
  signals nobody else; without it, it sees what the account that runs the grader sees.
"""

import contextlib
import ctypes
import os
import resource
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from mnv2_tutor.sandbox import landlock
from mnv2_tutor.sandbox.seccomp import refuse_calls

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
ALL_NAMESPACES = (
    CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNET
)
MS_NOSUID, MS_NODEV, MS_BIND, MS_REC, MS_PRIVATE, MNT_DETACH = 2, 4, 0x1000, 0x4000, 0x40000, 2
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 1, 4, 36, 38
CAPABILITY_VERSION_3 = 0x20080522
SYS_CAPSET = {"x86_64": 126, "aarch64": 91}

MIB = 1 << 20
HOME_FOLDERS = ("home", "ipython", "tmp", "work")
PROCESSES = 128
"""Processes and threads of one submission; TensorFlow with one thread has some twenty."""
OPEN_FILES = 256
SCRATCH = "/scratch.mnv2"
"""The working folder of a submission inside the sandbox. Computers have a /scratch of their own."""
BY_SIGNAL = 128
"""Added to the number of a signal where the exit status of a guard says that it ended its child."""
SCRATCH_SIZE = "size=128m"
PROGRAMS_READ = ("/etc", "/proc", "/sys", "/dev")
PROGRAMS_WRITE = ("/dev/null", "/dev/full", "/dev/zero", "/dev/tty")

_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Confinement:
    """How to confine a submission.

    Attributes:
        kind: ``namespaces`` or ``limits``.
        memory: MiB that one process may ask for beyond what the server had.
        seconds: of processor time for one process.
        user: an unprivileged user's id to become first, where we are root; None to stay.
        folder: where it works; beside it, its home and temporary files.
        reads: with ``limits``, all that it may read beside that.
        keeps: with ``namespaces``, folders below /tmp that it sees there.
    """

    kind: str
    memory: int
    seconds: int
    user: int | None
    folder: str
    reads: tuple[str, ...] = ()
    keeps: tuple[str, ...] = ()


def lone_process(how: Confinement) -> None:
    """Go on in a new, confined process; the calling one waits here for its end and exits.

    Whatever the new process leaves behind is ended with it.
    """
    os.setsid()
    if how.user is not None:
        os.setgroups([])
        os.setresgid(how.user, how.user, how.user)
        os.setresuid(how.user, how.user, how.user)
    _die_with_parent()
    # Changing user made the process's own files in /proc root's; the maps below are among them.
    _libc.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)
    if how.kind == "namespaces":
        _enter_namespaces(how.user if how.user is not None else os.getuid())
        _guard()  # the first process of the new namespace: the kernel ends all others with it
        _mount_scratch(how.keeps)
    _libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    _guard()
    os.chdir(how.folder)
    _limit(how)
    _drop_capabilities()
    if how.kind == "limits":
        reads, writes = [*how.reads, *PROGRAMS_READ], [str(Path(how.folder).parent)]
        # The report says that this holds: where it does not, nothing runs.
        if landlock.version() and not landlock.shut_in(reads, [*writes, *PROGRAMS_WRITE]):
            raise OSError("Landlock is there and does not take its rules")
    refuse_calls()


def become_subreaper() -> None:
    """Let orphans of our children become our children."""
    _libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def hide_memory() -> None:
    """Let no other process of this account read or trace this one."""
    _libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)


def _guard() -> None:
    """Fork: the child goes on, the parent waits for it, ends its orphans and exits as it did."""
    child = os.fork()
    if child == 0:
        _die_with_parent()
        return
    os.closerange(0, 4 * OPEN_FILES)
    status: int | None = None
    while True:
        try:
            pid, ended = os.waitpid(-1, 0)
        except ChildProcessError:
            break
        status = ended if pid == child else status
        if status is not None:
            end_with_all_below(children_of(os.getpid()))
    code = os.waitstatus_to_exitcode(status or 0)
    os._exit(code if code >= 0 else BY_SIGNAL - code)


def children_of(pid: int) -> list[psutil.Process]:
    try:
        return list(psutil.Process(pid).children())
    except psutil.Error:
        return []


def end_with_all_below(processes: list[psutil.Process]) -> None:
    """End these and everything that they started, also where that goes on forking.

    All are stopped before one is killed: a stopped process does not fork, and keeps its place
    among the processes that a submission may have.
    """
    stopped: set[psutil.Process] = set()
    while new := set(_with_all_below(processes)) - stopped:
        for process in new:
            with contextlib.suppress(psutil.Error):
                process.suspend()
        stopped |= new
    for process in stopped:
        with contextlib.suppress(psutil.Error):
            process.kill()


def _with_all_below(processes: list[psutil.Process]) -> list[psutil.Process]:
    found = list(processes)
    for process in processes:
        with contextlib.suppress(psutil.Error):
            found += process.children(recursive=True)
    return found


def _die_with_parent() -> None:
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _enter_namespaces(user: int) -> None:
    group = os.getgid()
    _checked(_libc.unshare(ALL_NAMESPACES), "unshare")
    _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"{user} {user} 1")
    _write("/proc/self/gid_map", f"{group} {group} 1")


def _mount_scratch(keeps: Sequence[str]) -> None:
    """Empty folders of its own over those that submissions share; a fresh /proc where allowed.

    What it needs below /tmp, Python or the course, is held elsewhere while /tmp is emptied.
    """
    _mount(None, "/", None, MS_REC | MS_PRIVATE, None)
    for folder in (SCRATCH, "/dev/shm"):  # noqa: S108
        _mount("tmpfs", folder, "tmpfs", MS_NOSUID | MS_NODEV, SCRATCH_SIZE)
    held = {f"{SCRATCH}/held{number}": folder for number, folder in enumerate(keeps)}
    for place, folder in held.items():
        os.mkdir(place)  # noqa: PTH102
        _mount(folder, place, None, MS_BIND | MS_REC, None)
    _mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, SCRATCH_SIZE)  # noqa: S108
    for place, folder in held.items():
        os.makedirs(folder)  # noqa: PTH103
        _mount(place, folder, None, MS_BIND | MS_REC, None)
        _checked(_libc.umount2(place.encode(), MNT_DETACH), f"umount {place}")
        os.rmdir(place)  # noqa: PTH106
    # Root's sandbox covers parts of /proc, and then the kernel refuses a new one. The old one shows
    # the numbers of other processes, and nothing that could be read or signalled.
    _libc.mount(b"proc", b"/proc", b"proc", MS_NOSUID | MS_NODEV, None)
    for name in HOME_FOLDERS:
        os.mkdir(f"{SCRATCH}/{name}")  # noqa: PTH102


def _limit(how: Confinement) -> None:
    there_already = psutil.Process().memory_info().vms
    for what, most in (
        (resource.RLIMIT_AS, there_already + how.memory * MIB),
        (resource.RLIMIT_CPU, how.seconds),
        (resource.RLIMIT_FSIZE, 128 * MIB),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_NPROC, PROCESSES),
        (resource.RLIMIT_CORE, 0),
    ):
        if what == resource.RLIMIT_NPROC and how.kind == "limits" and how.user is None:
            # Without a namespace it counts all that the account runs.
            most += _threads_of_this_account()
        _, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))


def _threads_of_this_account() -> int:
    mine, count = os.getuid(), 0
    for process in psutil.process_iter(["uids", "num_threads"]):
        uids = process.info["uids"]
        count += (process.info["num_threads"] or 0) if uids and uids.real == mine else 0
    return count


def _drop_capabilities() -> None:
    """Those of its own namespace, for good: no program that it starts can have more."""
    _libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    number = SYS_CAPSET.get(os.uname().machine)
    if number:
        _libc.syscall(number, header, (ctypes.c_uint32 * 6)())


def _write(path: str, text: str) -> None:
    with open(path, "w") as file:  # noqa: PTH123
        file.write(text)


def _mount(source: str | None, target: str, kind: str | None, flags: int, data: str | None) -> None:
    raw = [part.encode() if part else None for part in (source, target, kind)]
    status = _libc.mount(*raw, flags, data.encode() if data else None)
    _checked(status, f"mount {target}")


def _checked(status: int, what: str) -> None:
    if status != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
