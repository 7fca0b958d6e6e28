"""``mnv2-tutor doctor``: what this machine offers for grading, and how to get the rest."""

import importlib.metadata
import os
import platform
import sys

import psutil

MIB = 1 << 20
NEEDED = 1500
"""MiB for the fork server and one submission."""


def findings(wanted: str) -> tuple[list[str], bool]:
    """Lines to print, and whether a class can be graded here in the sandbox that is wanted."""
    lines = [
        f"system      {platform.system()} {platform.release()}, Python {sys.version.split()[0]}"
    ]
    if not sys.platform.startswith("linux"):
        return [*lines, elsewhere()], False
    # What is imported here exists on Linux alone.
    from mnv2_tutor.sandbox.policy import LIMITS, bwrap_problem, leaves_open

    lines.append(f"cores       {cores()}")
    free = psutil.virtual_memory().available // MIB
    enough = "" if free >= NEEDED else f": less than the {NEEDED} that one worker needs"
    lines.append(f"memory      {free:,} MiB available{enough}")
    version = _version("tensorflow")
    get = "" if version else "not installed (get it: pip install 'mnv2-tutor[tensorflow]')"
    lines.append(f"TensorFlow  {version or get}")
    problem = bwrap_problem()
    account = "root" if os.getuid() == 0 else "an ordinary user"
    if problem:
        lines.append(f"sandbox     none, as {account}: {problem}")
        lines.append(
            "            grade refuses; --sandbox limits grades, and does not protect from:"
        )
        lines += [f"            {what}" for what in leaves_open(LIMITS)]
    else:
        lines.append(f"sandbox     bubblewrap, as {account}: works, with namespaces inside")
    return lines, bool(version) and (wanted == LIMITS or not problem)


def elsewhere() -> str:
    return (
        "Grading runs on Linux. On Windows use WSL, on a Mac a container: the file Containerfile "
        "of the course builds one."
    )


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _version(library: str) -> str:
    try:
        return importlib.metadata.version(library)
    except importlib.metadata.PackageNotFoundError:
        return ""
