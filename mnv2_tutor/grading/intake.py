"""What was handed in: a folder or a zip, one submission a learner.

Nothing here is trusted: a name may try to leave the folder, an archive to unpack to terabytes, a
link to point at a secret. A submission is read into memory when its turn comes, up to a limit;
nothing is unpacked to disk.
"""

import hashlib
import io
import stat
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import chain, count
from pathlib import Path, PurePath, PurePosixPath

from mnv2_tutor.errors import Unusable
from mnv2_tutor.exercises import KEYS, exercise
from mnv2_tutor.submission.notebook import LARGEST

ANSWERS = (".ipynb", ".py")
ARCHIVE = ".zip"
BESIDE = {".csv", ".txt", ".md", ".toml", ".json", ".xls", ".xlsx", ".ods"}
"""What an instructor keeps beside the submissions. Any other file gets a row that says what it is,
so that nobody is left out without a word."""
LARGEST_SUBMISSION = 4 * LARGEST
MOST_FILES = 200
MOST_MEMBERS = 100_000
IGNORED = {"__pycache__", ".ipynb_checkpoints", "__MACOSX", ".DS_Store", ".git"}

COURSE_NAMES = {*KEYS, *(Path(exercise(key).notebook).stem for key in KEYS)}
"""Names of the files that a learner fills in."""

Files = Iterable[tuple[str, bytes]]
Member = tuple[PurePosixPath, Callable[[], bytes]]
"""A file in an archive: its name, and how to read it."""


@dataclass(frozen=True)
class HandedIn:
    """One submission, not read yet.

    Attributes:
        name: unique in the batch; what stands in the table.
        load: reads its files, by their path in it. May raise ``Unusable``.
    """

    name: str
    load: Callable[[], Files]

    def files(self) -> dict[str, bytes]:
        """Its notebooks and scripts, by their path in it.

        Raises:
            Unusable: there are none, they cannot be read, or they are too many or too large.
        """
        kept: dict[str, bytes] = {}
        try:
            for path, data in self.load():
                kept[_free(path, kept)] = data
                if len(kept) > MOST_FILES:
                    raise Unusable(f"more than {MOST_FILES} notebooks and scripts")
                if sum(map(len, kept.values())) > LARGEST_SUBMISSION:
                    most = LARGEST_SUBMISSION // 1_000_000
                    raise Unusable(f"larger than {most} MB unpacked: clear the outputs")
        except OSError as error:
            raise Unusable(f"it cannot be read ({error.strerror or 'error'})") from None
        if not kept:
            raise Unusable("no notebook (.ipynb) and no script (.py) in it")
        return kept


def _free(path: str, taken: Mapping[str, bytes]) -> str:
    """The path, or the first like it that no other file has: two zips may hold the same name."""
    plain = PurePosixPath(path)
    numbered = (plain.with_stem(f"{plain.stem} ({number})") for number in count(2))
    return next(str(one) for one in chain([plain], numbered) if str(one) not in taken)


def digest_of(files: Mapping[str, bytes]) -> str:
    """SHA-256 over names and contents."""
    digest = hashlib.sha256()
    for path, data in sorted(files.items()):
        name = path.encode("utf-8", "surrogateescape")
        digest.update(b"%d:%s:%d:" % (len(name), name, len(data)))
        digest.update(data)
    return digest.hexdigest()


def collect(path: Path) -> list[HandedIn]:
    """All submissions, by name.

    Raises:
        Unusable: there is no such folder or zip, or it holds no submission.
    """
    try:
        if path.is_dir():
            found = list(_in_folder(path))
        elif _ending(path) == ARCHIVE and path.is_file():
            found = list(_in_zip(list(_members(path.read_bytes()))))
        elif path.exists():
            raise Unusable(f"{path}: a folder of submissions, or a zip of one, was expected")
        else:
            raise Unusable(f"{path}: no such folder or zip")
    except OSError as error:
        raise Unusable(f"{path}: {error.strerror or 'cannot be read'}") from None
    except Unusable as error:
        raise Unusable(str(error) if str(path) in str(error) else f"{path}: {error}") from None
    if not found:
        raise Unusable(
            f"{path}: no submission in it (name.ipynb, name.py, a folder or a zip for each learner)"
        )
    return sorted(_with_own_names(found), key=lambda one: one.name.casefold())


def _in_folder(folder: Path) -> Iterator[HandedIn]:
    for path in sorted(folder.iterdir()):
        if path.name in IGNORED or path.name.startswith("."):
            continue
        if path.is_dir() and not path.is_symlink():
            yield HandedIn(path.name, partial(_below, path, folder))
        elif _is_submission(path):
            yield HandedIn(path.name, partial(_one, path, folder))


def _ending(path: PurePath) -> str:
    """``.zip`` of ``Work.ZIP``."""
    return path.suffix.lower()


def _plain(path: PurePath) -> str:
    """The path of a file in its submission, with its ending in small letters."""
    return path.with_suffix(_ending(path)).as_posix()


def _is_submission(path: PurePath) -> bool:
    """Whether a file stands for a learner: all but what an instructor keeps beside them."""
    return _ending(path) not in BESIDE or any(ending in path.name.lower() for ending in ANSWERS)


def _one(path: Path, top: Path) -> Files:
    data = _content(path, top)
    return _of_file(PurePosixPath(path.name), data)


def _of_file(name: PurePosixPath, data: bytes) -> Files:
    """The notebooks and scripts that a file is or holds.

    Raises:
        Unusable: it is something else.
    """
    if _ending(name) == ARCHIVE:
        return _of_archive(data)
    if _ending(name) in ANSWERS:
        return [(_plain(name), data)]
    raise Unusable(f"{name.name}: a notebook (.ipynb), a script (.py) or a .zip was expected")


def _below(folder: Path, top: Path) -> Files:
    paths = ((path, path.relative_to(folder)) for path in sorted(folder.rglob("*")))
    return _of_learner(
        (PurePosixPath(inner.as_posix()), partial(_content, path, top))
        for path, inner in paths
        if not _is_ignored(inner.parts) and not path.is_dir()
    )


def _of_learner(members: Iterable[Member]) -> Files:
    """The notebooks and scripts in the folder of a learner, and in the zips that lie there."""
    for name, read in members:
        if _ending(name) in ANSWERS:
            yield _plain(name), read()
        elif _ending(name) == ARCHIVE:
            yield from _of_archive(read())


def _content(path: Path, top: Path) -> bytes:
    """At most one byte more than may be: the reader then says that it is too large."""
    try:
        inside = path.resolve().is_relative_to(top.resolve())
    except (RuntimeError, ValueError):  # links in a circle
        inside = False
    if not inside:
        raise Unusable(f"{path.name} is a link that leads out of the folder")
    if not path.is_file():  # a device or a pipe would keep us reading
        raise Unusable(f"{path.name} is no ordinary file")
    with path.open("rb") as file:
        return file.read(LARGEST + 1)


def _is_ignored(parts: Iterable[str]) -> bool:
    return any(part in IGNORED or part.startswith("._") for part in parts)


def _in_zip(members: list[Member]) -> Iterator[HandedIn]:
    """The submissions in the archive of a class: what it holds at the top."""
    members = [(name, read) for name, read in members if not _is_ignored(name.parts)]
    if _is_one_folder(members):
        members = [(PurePosixPath(*name.parts[1:]), read) for name, read in members]
    groups: dict[str, list[Member]] = {}
    for name, read in members:
        if len(name.parts) > 1 or _is_submission(name):
            groups.setdefault(name.parts[0], []).append((name, read))
    for root, group in groups.items():
        yield HandedIn(root, partial(_of_group, group))


def _is_one_folder(members: list[Member]) -> bool:
    """Whether all stands in one folder that holds the class, and not one learner's notebooks."""
    names = [name for name, _ in members]
    if len({name.parts[0] for name in names}) != 1 or any(len(name.parts) < 2 for name in names):
        return False
    if any(len(name.parts) > 2 or _ending(name) == ARCHIVE for name in names):
        return True
    # Notebooks side by side: of one learner they have the names of the course.
    return not any(name.stem in COURSE_NAMES for name in names)


def _of_group(group: list[Member]) -> Files:
    """What stands under one name at the top of an archive: a file, or the files of a folder."""
    name, read = group[0]
    if len(name.parts) == 1:
        return _of_file(name, read())
    return _of_learner((PurePosixPath(*name.parts[1:]), read) for name, read in group)


def _of_archive(data: bytes) -> Files:
    """The files in the archive of one learner."""
    if len(data) > LARGEST:
        raise Unusable(f"the zip is larger than {LARGEST // 1_000_000} MB")
    for name, read in _members(data):
        if _ending(name) in ANSWERS and not _is_ignored(name.parts):
            yield _plain(name), read()


def _members(data: bytes) -> Iterator[Member]:
    """The files of an archive, not read yet.

    Raises:
        Unusable: it is no zip, or a name in it leads out of it.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        infos = archive.infolist()
    except Exception:  # noqa: BLE001 - whatever a broken archive makes zipfile raise
        raise Unusable("the zip cannot be read: make it again") from None
    if len(infos) > MOST_MEMBERS:
        raise Unusable(f"the zip holds more than {MOST_MEMBERS:,} files")
    for info in infos:
        name = PurePosixPath(info.filename.replace("\\", "/"))
        if info.is_dir() or stat.S_ISLNK(info.external_attr >> 16):
            continue
        if name.is_absolute() or ".." in name.parts or not name.parts:
            raise Unusable(f"a name in the zip leads out of it: {info.filename!r}")
        yield name, partial(_read_member, archive, info)


def _read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """No more of it than may be, whatever it says of its size."""
    try:
        with archive.open(info) as member:
            return member.read(LARGEST + 1)
    except Exception:  # noqa: BLE001 - damaged, locked, an unknown method: each has its own error
        raise Unusable(f"{info.filename!r} in the zip is damaged or locked") from None


def _with_own_names(found: list[HandedIn]) -> Iterator[HandedIn]:
    """Each with a name of its own: without its ending, where no other one has that name."""
    short = [
        Path(one.name).stem if one.name.lower().endswith((*ANSWERS, ARCHIVE)) else one.name
        for one in found
    ]
    counts = Counter(short)
    taken: set[str] = set()
    for one, name in zip(found, short, strict=True):
        own = unique = name if counts[name] == 1 else one.name
        number = 2
        while unique in taken:
            unique, number = f"{own} ({number})", number + 1
        taken.add(unique)
        yield HandedIn(unique, one.load)
