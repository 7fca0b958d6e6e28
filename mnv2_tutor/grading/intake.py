"""What was handed in: a folder or a zip, one submission a learner.

Nothing here is trusted: a name may try to leave the folder, an archive to unpack to terabytes, a
link to point at a secret. A submission is read into memory when its turn comes, up to a limit;
nothing is unpacked to disk.
"""

import hashlib
import io
import re
import stat
import tarfile
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import chain, count
from pathlib import Path, PurePath, PurePosixPath

from mnv2_tutor.errors import Unusable
from mnv2_tutor.exercises import KEYS, exercise
from mnv2_tutor.submission.content import TEXTS, Kind, kind_of
from mnv2_tutor.submission.notebook import LARGEST

ANSWERS = (".ipynb", ".py")
ARCHIVE = ".zip"
TAPES = (".tar", ".tgz", ".tar.gz", ".tar.bz2", ".tar.xz")
BESIDE = {".csv", ".txt", ".md", ".toml", ".json", ".xls", ".xlsx", ".ods", ".log", ".yaml", ".yml"}
"""What an instructor keeps beside the submissions, unless it is a notebook or script by content.
Any other file gets a row that says what it is, so that nobody is left out without a word."""
LARGEST_SUBMISSION = 4 * LARGEST
LARGEST_DATA = 15_000_000
"""Bytes of a file that comes along with a notebook."""
MOST_DATA = 60_000_000
"""Bytes of all of these: they must fit into the working folder of a submission."""
MOST_FILES = 200
MOST_MEMBERS = 100_000
DEEPEST = 5
"""Archives in archives."""
IGNORED = {
    "__pycache__", ".ipynb_checkpoints", "__MACOSX", ".DS_Store", ".git", ".idea", ".vscode",
    "node_modules", "site-packages", ".venv", "Thumbs.db", "desktop.ini",
}  # fmt: skip
"""What programs leave behind; nobody hands it in."""
PARTS = {
    "src", "source", "code", "data", "extra", "notebook", "notebooks", "scripts", "images", "img",
    "figures", "helpers", "utils", "lib", "docs", "results", "old", "book", "exercises", "tests",
}  # fmt: skip
"""Names of folders in the work of one learner."""
CANVAS = re.compile(r"^(?P<who>[^_/]+)_(?:LATE_)?(?P<id>\d+)_\d+_(?P<file>[^/]+)$")
"""``lastnamefirst_[LATE_]USERID_ATTACHMENTID_filename``: how Canvas names a file."""
MOODLE = re.compile(r"^(?P<who>.+_\d+)_assignsubmission_(?:file|onlinetext)_?$")
"""``Full name_UNIQUEID_assignsubmission_file``: how Moodle names a learner's folder."""

COURSE_NAMES = {*KEYS, *(Path(exercise(key).notebook).stem for key in KEYS)}
"""Names of the files that a learner fills in."""

Files = Iterable[tuple[str, bytes]]
Member = tuple[PurePosixPath, Callable[[], bytes]]
"""A file in a folder or an archive: its name, and how to read it."""


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
        """Its notebooks and scripts, and what lies beside them, by their path in it.

        Raises:
            Unusable: there is no answer, they cannot be read, or they are too many or too large.
        """
        answers: dict[str, bytes] = {}
        data: dict[str, bytes] = {}
        seen: list[str] = []
        try:
            for path, content in self.load():
                seen.append(path)
                if kind_of(path, content) is Kind.DATA:
                    _add_data(path, content, data)
                    continue
                answers[_free(path, answers)] = content
                if len(answers) > MOST_FILES:
                    raise Unusable(f"more than {MOST_FILES} notebooks and scripts")
                if sum(map(len, answers.values())) > LARGEST_SUBMISSION:
                    most = LARGEST_SUBMISSION // 1_000_000
                    raise Unusable(f"larger than {most} MB unpacked: clear the outputs")
        except OSError as error:
            raise Unusable(f"it cannot be read ({error.strerror or 'error'})") from None
        if not answers:
            raise Unusable(_nothing_among(seen))
        return {**data, **answers}


def _add_data(path: str, content: bytes, data: dict[str, bytes]) -> None:
    """Keep a file that lies beside a notebook, as far as there is room in its working folder."""
    room = MOST_DATA - sum(map(len, data.values()))
    if len(data) < MOST_FILES and len(content) <= min(LARGEST_DATA, room):
        data[_free(path, data)] = content


def _nothing_among(paths: list[str]) -> str:
    """What is said where no file is an answer."""
    if not paths:
        return "no notebook (.ipynb) and no script (.py) in it: it is empty"
    if len(paths) == 1:
        return f"{_shown(paths[0])}: a notebook (.ipynb), a script (.py) or a .zip was expected"
    names = ", ".join(map(_shown, paths[:3])) + (" and more" if len(paths) > 3 else "")
    return f"no notebook (.ipynb) and no script (.py) in it, only {names}"


def _shown(path: str) -> str:
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in path)


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
    found = [HandedIn(name, partial(_of_group, group)) for name, group in _groups(path).items()]
    if not found:
        raise Unusable(
            f"{path}: no submission in it (name.ipynb, name.py, a folder or a zip for each learner)"
        )
    return sorted(_with_own_names(found), key=lambda one: one.name.casefold())


def beside(path: Path) -> list[str]:
    """Names of files at the top that were not taken for a submission: somebody may have meant one.

    Raises:
        Unusable: there is no such folder or zip.
    """
    members = _without_top(_top_members(path))
    return sorted(
        str(name) for name, read in members if len(name.parts) == 1 and not _is_own(name, read)
    )


def _groups(path: Path) -> dict[str, list[Member]]:
    """The files of each submission, by its name."""
    members = _without_top(_top_members(path))
    groups: dict[str, list[Member]] = {}
    for name, read in members:
        if len(name.parts) > 1 or _is_own(name, read):
            groups.setdefault(_whose(name), []).append((name, read))
    for empty in _empty_folders(path):
        groups.setdefault(empty, [])
    return groups


def _whose(name: PurePosixPath) -> str:
    """The submission to which a file belongs: its learner's, where a platform gave the name."""
    top = name.parts[0]
    if len(name.parts) == 1 and (found := CANVAS.match(top)):
        return f"{found['who']}_{found['id']}"
    if len(name.parts) > 1 and (found := MOODLE.match(top)):
        return found["who"]
    return top


def _top_members(path: Path) -> list[Member]:
    """Every file of the class, not read yet."""
    try:
        if path.is_dir():
            members = list(_in_folder(path))
        elif _ending(path) == ARCHIVE and path.is_file():
            members = list(_members(path.read_bytes()))
        elif path.exists():
            raise Unusable(f"{path}: a folder of submissions, or a zip of one, was expected")
        else:
            raise Unusable(f"{path}: no such folder or zip")
    except OSError as error:
        raise Unusable(f"{path}: {error.strerror or 'cannot be read'}") from None
    except Unusable as error:
        raise Unusable(str(error) if str(path) in str(error) else f"{path}: {error}") from None
    found = [(name, read) for name, read in members if not _is_ignored(name.parts)]
    return _in_one_folder(found) if path.is_file() else found


def _in_folder(folder: Path) -> Iterator[Member]:
    for path in sorted(folder.rglob("*")):
        if path.is_dir() and not path.is_symlink():
            continue
        yield PurePosixPath(path.relative_to(folder).as_posix()), partial(_content, path, folder)


def _empty_folders(path: Path) -> list[str]:
    """Folders at the top without any file: somebody's all the same."""
    if not path.is_dir():
        return []
    return [
        one.name
        for one in sorted(path.iterdir())
        if one.is_dir() and not one.is_symlink() and not _is_ignored([one.name])
        if not any(inner.is_symlink() or not inner.is_dir() for inner in one.rglob("*"))
        if not one.name.startswith(".")
    ]


def _without_top(members: list[Member]) -> list[Member]:
    """Without hidden files and folders at the top that hold no answer: no learner made them."""
    return [
        (name, read)
        for name, read in members
        if not name.parts[0].startswith(".") or _ending(name) in ANSWERS
    ]


def _ending(path: PurePath) -> str:
    """``.zip`` of ``Work.ZIP``."""
    return path.suffix.lower()


def _is_tape(path: PurePath) -> bool:
    return path.name.lower().endswith(TAPES)


def _plain(path: PurePosixPath) -> str:
    """The path of a file in its submission, with the ending of an answer in small letters."""
    ending = _ending(path)
    return path.with_suffix(ending).as_posix() if ending in ANSWERS else path.as_posix()


def _is_own(name: PurePosixPath, read: Callable[[], bytes]) -> bool:
    """Whether a file at the top stands for a learner: all but what an instructor keeps there."""
    if _ending(name) not in BESIDE:
        return True
    if any(ending in name.name.lower() for ending in ANSWERS):
        return True
    if _ending(name) not in TEXTS:
        return False
    try:
        return kind_of(name.name, read()) is not Kind.DATA
    except Unusable:
        return True


def _of_group(group: list[Member]) -> Files:
    """The files of one submission: a file at the top, or those of a folder."""
    if len(group) == 1 and len(group[0][0].parts) == 1:
        name, read = group[0]
        return _of_files([(_own_name(name), read)])
    return _of_files(
        (_own_name(name) if len(name.parts) == 1 else PurePosixPath(*name.parts[1:]), read)
        for name, read in group
    )


def _own_name(name: PurePosixPath) -> PurePosixPath:
    """The name that the learner gave, where Canvas put others before it."""
    found = CANVAS.match(name.name)
    return PurePosixPath(found["file"]) if found else name


def _of_files(members: Iterable[Member], depth: int = 0) -> Files:
    """The files of a learner, and those in the archives among them."""
    members = list(members)
    answers_first = sorted(members, key=lambda member: _ending(member[0]) not in ANSWERS)
    own_python = {name.parent for name, _ in members if name.name == "pyvenv.cfg"}
    for name, read in answers_first:
        if any(name.is_relative_to(folder) for folder in own_python if folder.parts):
            continue  # the learner's Python itself
        if _ending(name) == ARCHIVE or _is_tape(name):
            yield from _of_archive(read(), name, depth + 1)
        else:
            yield _plain(name), read()


def _of_archive(data: bytes, name: PurePosixPath, depth: int) -> Files:
    """The files in an archive of a learner, as if they stood in its place."""
    if len(data) > LARGEST:
        raise Unusable(f"the archive is larger than {LARGEST // 1_000_000} MB")
    if depth > DEEPEST:
        raise Unusable("archives lie in one another too deeply: hand in the files themselves")
    members = _tape_members(data) if _is_tape(name) else _members(data)
    found = [(inner, read) for inner, read in members if not _is_ignored(inner.parts)]
    yield from _of_files(_in_one_place(found), depth)


def _in_one_place(members: list[Member]) -> list[Member]:
    """Without a folder that holds all there is: whoever packed it meant what is in it."""
    while members and all(len(name.parts) > 1 for name, _ in members):
        if len({name.parts[0] for name, _ in members}) > 1:
            break
        members = [(PurePosixPath(*name.parts[1:]), read) for name, read in members]
    return members


def _content(path: Path, top: Path) -> bytes:
    """At most one byte more than may be: the reader then says that it is too large."""
    try:
        inside = path.resolve().is_relative_to(top.resolve())
    except (RuntimeError, ValueError):  # links in a circle
        inside = False
    if not inside:
        raise Unusable(f"{_shown(path.name)} is a link that leads out of the folder")
    if not path.is_file():  # a device or a pipe would keep us reading
        raise Unusable(f"{_shown(path.name)} is no ordinary file")
    with path.open("rb") as file:
        return file.read(LARGEST + 1)


def _is_ignored(parts: Iterable[str]) -> bool:
    return any(part in IGNORED or part.startswith(("._", "~$")) for part in parts)


def _in_one_folder(members: list[Member]) -> list[Member]:
    """The members of an archive of a class, without the folder in which the class stands."""
    if not _is_one_folder(members):
        return members
    return [(PurePosixPath(*name.parts[1:]), read) for name, read in members]


def _is_one_folder(members: list[Member]) -> bool:
    """Whether all stands in one folder that holds the class, and not one learner's notebooks."""
    names = [name for name, _ in members]
    if len({name.parts[0] for name in names}) != 1 or any(len(name.parts) < 2 for name in names):
        return False
    folders = {name.parts[1].lower() for name in names if len(name.parts) > 2}
    if folders and folders <= PARTS:
        return False
    if folders or any(_ending(name) == ARCHIVE for name in names):
        return True
    # Notebooks side by side: of one learner they have the names of the course.
    return not any(name.stem in COURSE_NAMES for name in names)


def _members(data: bytes) -> Iterator[Member]:
    """The files of a zip, not read yet.

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
        if info.is_dir() or stat.S_ISLNK(info.external_attr >> 16):
            continue
        yield _inside(info.filename), partial(_read_member, archive, info)


def _tape_members(data: bytes) -> Iterator[Member]:
    """The files of a tar archive, compressed or not; nothing but files in it is looked at.

    Raises:
        Unusable: it is none, it unpacks to more than may be, or a name in it leads out of it.
    """
    try:
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            left = LARGEST_SUBMISSION
            for number, info in enumerate(archive):
                if number > MOST_MEMBERS or info.size > left:
                    raise Unusable("the archive holds more than may be handed in")
                left -= info.size
                file = archive.extractfile(info) if info.isreg() else None
                if file is not None:
                    content = file.read(LARGEST + 1)
                    yield _inside(info.name), partial(bytes, content)
    except (tarfile.TarError, OSError, EOFError, ValueError):
        raise Unusable("the archive cannot be read: make it again") from None


def _inside(path: str) -> PurePosixPath:
    name = PurePosixPath(path.replace("\\", "/"))
    if name.is_absolute() or ".." in name.parts or not name.parts:
        raise Unusable(f"a name in the archive leads out of it: {path!r}")
    return name


def _read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """No more of it than may be, whatever it says of its size."""
    try:
        with archive.open(info) as member:
            return member.read(LARGEST + 1)
    except Exception:  # noqa: BLE001 - damaged, locked, an unknown method: each has its own error
        raise Unusable(f"{info.filename!r} in the zip is damaged or locked") from None


def _with_own_names(found: list[HandedIn]) -> Iterator[HandedIn]:
    """Each with a name of its own: without its ending, where no other one has that name."""
    short = [_short(one.name) for one in found]
    counts = Counter(short)
    taken: set[str] = set()
    for one, name in zip(found, short, strict=True):
        own = unique = name if counts[name] == 1 else one.name
        number = 2
        while unique in taken:
            unique, number = f"{own} ({number})", number + 1
        taken.add(unique)
        yield HandedIn(unique, one.load)


def _short(name: str) -> str:
    """The name of a file without the endings that say what it is."""
    for ending in (*TAPES, ARCHIVE, *filter(None, TEXTS), *ANSWERS):
        if name.lower().endswith(ending) and len(name) > len(ending):
            return _short(name[: -len(ending)])
    return name
