"""Which sandbox this machine offers, and the command that starts the fork server in it.

Bubblewrap gives the server a system of its own: no network, its own processes, the libraries
read-only, and nothing else of this machine's files. The folders with answers and solutions are
empty there.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import mnv2_tutor
from mnv2_tutor.engine import active
from mnv2_tutor.engine.environment import QUIET
from mnv2_tutor.errors import Unusable
from mnv2_tutor.sandbox import landlock
from mnv2_tutor.sandbox.confine import SCRATCH
from mnv2_tutor.sandbox.users import user_of

PACKAGE = Path(mnv2_tutor.__file__).parent
HIDDEN = ("_solutions", "authoring")
HIDDEN_OF_A_COURSE = ("answers", "experiments")
"""Folders of the package, and of a course, that a submission must not see: what gives an answer
away."""
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64")
SETTINGS = ("ld.so.cache", "localtime", "fonts", "passwd", "group", "nsswitch.conf", "alternatives")
"""What programs read in /etc; nothing in it is secret."""
TEMPORARY = "/tmp"  # noqa: S108
"""Each submission has one of its own. A checkout or an environment of Python may lie in it."""
HOW_TO_ALLOW = (
    "a container needs --security-opt unmask=ALL (podman) or seccomp=unconfined (docker), Ubuntu "
    "as an ordinary user sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"
)
BWRAP, LIMITS = "bwrap", "limits"
LEAVES_OPEN = {
    BWRAP: (
        "code that changes the observer in its own process, in what is right when it is zero "
        "(statistics that stay, weights without constraint); what was changed in the usual way is "
        "found out",
        "what the processor gives away through time",
        "faults of the Linux kernel",
    ),
    LIMITS: (
        "seeing the names of this machine's files, and its processes",
        "the network, where it is not TCP",
    ),
}
"""What each kind does not protect from."""
WITHOUT_LANDLOCK = (
    (
        1,
        "reading every file that the grader's account may read, the answers of the course and the "
        "other submissions included",
    ),
    (1, "writing to every file that this account may write"),
    (3, "emptying every file that this account may write"),
    (4, "the network"),
    (6, "signals to other processes of this account, the grader included"),
)
"""What ``limits`` leaves open too where the kernel's Landlock is older than that version."""


@dataclass(frozen=True)
class Sandbox:
    """A sandbox that was seen to work, and in words why it is not a stronger one."""

    kind: str
    reason: str = ""

    @property
    def is_strong(self) -> bool:
        return self.kind == BWRAP

    @property
    def confinement(self) -> str:
        """What confines each submission inside it, see ``confine``."""
        return "namespaces" if self.kind == BWRAP else "limits"

    @property
    def leaves_open(self) -> tuple[str, ...]:
        return leaves_open(self.kind)

    @property
    def keeps(self) -> list[str]:
        """Folders below /tmp that a submission needs nevertheless."""
        return _below_temporary() if self.kind == BWRAP else []

    @property
    def folder(self) -> str:
        """Where submissions work, empty for each; of ``limits`` the grader makes one a run."""
        return f"{SCRATCH}/work" if self.kind == BWRAP else ""

    def command(self, control: int) -> list[str]:
        """What starts the fork server, which finds its control socket under that number."""
        server = [sys.executable, "-P", "-m", "mnv2_tutor.sandbox.server", str(control)]
        server.append(self.confinement)
        return [*_bwrap(), *server] if self.kind == BWRAP else server


def leaves_open(kind: str) -> tuple[str, ...]:
    """What the sandbox of that kind does not protect from on this machine."""
    if kind == BWRAP:
        return LEAVES_OPEN[BWRAP]
    there = landlock.version()
    missing = [what for since, what in WITHOUT_LANDLOCK if there < since]
    return (*missing, *LEAVES_OPEN[LIMITS], *LEAVES_OPEN[BWRAP])


def may_read() -> list[str]:
    """What a submission under ``limits`` may read: the system, Python, no answers."""
    hidden = [str(folder) for folder in _hidden_folders()]
    folders = [*map(os.path.realpath, SYSTEM), *_python_folders()]
    return [path for folder in folders for path in landlock.all_but(folder, hidden)]


def choose(wanted: str) -> Sandbox:
    """The sandbox of that kind.

    Raises:
        Unusable: it does not work here.
    """
    if wanted == LIMITS:
        return Sandbox(LIMITS, "asked for")
    if problem := bwrap_problem():
        raise Unusable(f"nothing was run: {problem}; --sandbox limits grades without it, and says "
                       "what that leaves open")  # fmt: skip
    return Sandbox(BWRAP)


@cache
def bwrap_problem() -> str:
    """Why bubblewrap cannot be used here, or nothing. It is tried, namespaces inside included."""
    if shutil.which("bwrap") is None:
        return (
            "bubblewrap, the sandbox for submissions, is not installed (Debian, Ubuntu: apt "
            "install bubblewrap; Fedora: dnf install bubblewrap)"
        )
    for path in _python_folders():
        if path.startswith(("/dev/", "/proc/", "/sys/", f"{SCRATCH}/")):
            return f"{path} lies in a folder that the sandbox makes anew: install it elsewhere"
    try:
        user = user_of(0)
    except Unusable as error:
        return str(error)
    probe = (
        "from mnv2_tutor.sandbox.confine import Confinement, lone_process; import os; "
        f"lone_process(Confinement('namespaces', 4096, 60, {user}, '{SCRATCH}/work', (), "
        f"{tuple(_below_temporary())!r})); os._exit(0 if os.listdir('.') == [] else 1)"
    )
    command = [*_bwrap(), sys.executable, "-P", "-c", probe]
    try:
        done = subprocess.run(
            command, env=server_environment(), capture_output=True, text=True, timeout=60,
            check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"bubblewrap could not be run ({type(error).__name__})"
    if done.returncode == 0:
        return ""
    last = (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]
    return f"bubblewrap does not work here ({last}): {HOW_TO_ALLOW}"


def server_environment() -> dict[str, str]:
    """Nothing of the grader's own environment; one thread, so that a number is always the same."""
    return {
        **QUIET,
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "HOME": f"{SCRATCH}/home",
        "USER": "learner",
        "MPLBACKEND": "agg",
        "PYTHONPATH": os.pathsep.join(_library_folders()),
        "TF_NUM_INTRAOP_THREADS": "1",
        "TF_NUM_INTEROP_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MNV2_TUTOR_GRADING": "1",
        active.VARIABLE: active.PACKAGE,
        "PYTHONDONTWRITEBYTECODE": "1",
        **{n: os.environ[n] for n in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE") if n in os.environ},
    }


def _bwrap() -> list[str]:
    command = ["bwrap", "--die-with-parent", "--new-session", "--unshare-pid", "--unshare-net"]
    command += ["--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try", "--hostname", "sandbox"]
    if os.getuid() == 0:
        # Root's server stays root, without rights but these: each child becomes another user, and
        # is ended by the server.
        command += ["--cap-drop", "ALL"]
        for right in ("CAP_SETUID", "CAP_SETGID", "CAP_KILL"):
            command += ["--cap-add", right]
    else:
        command += ["--unshare-user"]
    for path in SYSTEM:
        if Path(path).is_symlink():
            command += ["--symlink", str(Path(path).readlink()), path]
        elif Path(path).exists():
            command += ["--ro-bind", path, path]
    command += ["--perms", "0755", "--dir", "/etc"]
    for name in SETTINGS:
        command += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
    command += ["--tmpfs", TEMPORARY]  # first: what lies in it comes on top
    for path in _python_folders():
        for parent in [*reversed(Path(path).parents)][1:]:
            command += ["--perms", "0755", "--dir", str(parent)]
        command += ["--ro-bind", path, path]
    for folder in _hidden_folders():
        command += ["--tmpfs", str(folder), "--remount-ro", str(folder)]
    command += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", SCRATCH]
    # An ordinary user owns what bubblewrap makes here, and so would each submission.
    return [*command, "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/"]


def _python_folders() -> list[str]:
    """Python, its libraries and the package; what lies in another one of them only once."""
    found = {sys.prefix, sys.base_prefix, str(PACKAGE)}
    found |= {path for path in _library_folders() if not _is_checkout(Path(path))}
    found |= {str(Path(path).resolve()) for path in found}
    outer = sorted(path for path in found if not path.startswith("/usr/"))
    return [p for p in outer if not any(p.startswith(f"{o}/") for o in outer if o != p)]


def _below_temporary() -> list[str]:
    return [path for path in _python_folders() if path.startswith(f"{TEMPORARY}/")]


def _hidden_folders() -> list[Path]:
    """Answers and solutions, in the package and wherever an installation put a copy of them.

    By every path that leads there: an environment may be shown by a link to it as well.
    """
    packages = [PACKAGE, *(Path(path) / PACKAGE.name for path in sys.path if path)]
    courses = [Path(str(active.in_course())), *(package / "course" for package in packages)]
    folders = {(package / name).resolve() for package in packages for name in HIDDEN}
    folders |= {(course / name).resolve() for course in courses for name in HIDDEN_OF_A_COURSE}
    shown = [(Path(path), Path(path).resolve()) for path in [*_python_folders(), "/usr"]]
    found = {
        path / folder.relative_to(real)
        for folder in folders
        for path, real in shown
        if folder.is_dir() and folder.is_relative_to(real)
    }
    return sorted(found)


def _library_folders() -> list[str]:
    """Where Python looks for modules beside its own folders: PYTHONPATH, the user's packages."""
    own = (f"{sys.prefix}/", f"{sys.base_prefix}/")
    there = [path for path in sys.path if path and Path(path).is_dir() and not _is_by_chance(path)]
    return [path for path in there if not path.startswith(own)]


def _is_by_chance(path: str) -> bool:
    """Whether it is searched because the command was given there: other submissions may lie there.

    ``python -m`` does so.
    """
    folder = Path(path).resolve()
    given = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    return folder == Path.cwd() and folder != PACKAGE.parent.resolve() and path not in given


def _is_checkout(folder: Path) -> bool:
    """Whether the package stands there beside its sources: solutions and tests are not shown.

    Of several checkouts one is used, and the others are not shown at all.
    """
    return (folder / PACKAGE.name).is_dir() and (folder / "pyproject.toml").exists()
