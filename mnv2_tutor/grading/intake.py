"""What was handed in: a folder or an archive, one submission a learner, and what lies beside.

Nothing here is trusted: a name may try to leave the folder, an archive to unpack to terabytes, a
link to point at a secret. A submission is read when its turn comes, up to a limit; nothing is
unpacked to a folder. Whatever is no submission is listed, so that nobody is left out without a
word.
"""

import hashlib
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, count
from pathlib import Path, PurePath, PurePosixPath

from mnv2_tutor.errors import Unusable
from mnv2_tutor.grading.archives import ENDINGS, Member, Tree, ending_of, is_archive, opened
from mnv2_tutor.grading.names import one_line
from mnv2_tutor.grading.owners import (
    DATA_FOLDER,
    is_class,
    is_folder_of_class,
    is_of_canvas,
    is_wrapped,
    owned,
)
from mnv2_tutor.submission.content import NOTEBOOK, SCRIPT, TEXTS, Kind, kind_of
from mnv2_tutor.submission.damage import what_is_wrong
from mnv2_tutor.submission.notebook import LARGEST
from mnv2_tutor.submission.submitted_files import SubmittedFiles

ANSWERS = (NOTEBOOK, SCRIPT)
BESIDE = {
    ".csv", ".tsv", ".txt", ".md", ".rst", ".toml", ".ini", ".cfg", ".yaml", ".yml", ".json",
    ".log", ".xls", ".xlsx", ".ods", ".npy", ".npz", ".h5", ".hdf5", ".keras", ".tflite", ".pkl",
    ".parquet",
}  # fmt: skip
"""What lies beside the submissions of a class, unless its content is a notebook or a script. Any
other file gets a row that says what it is."""
KEPT_BACK = {".toml", ".md", ".xls", ".xlsx", ".ods", ".log"}
"""What lies beside a class and is the instructor's own: no submission gets it."""
ROSTER = re.compile(
    rb"\A(?:\xef\xbb\xbf)?[^\n]*\b(?:student|identifier|e-?mail|full name|surname|last name|"
    rb"first name|username|login)\b",
    re.I,
)
"""How the first line of a table about people reads."""
LARGEST_SUBMISSION = 4 * LARGEST
LARGEST_DATA = 15_000_000
MOST_DATA = 60_000_000
"""Bytes of all data of a submission, which must fit into its working folder."""
LARGEST_CLASS = 40 * LARGEST
"""Bytes of a class's tar, unpacked."""
MOST_FILES = 200
MOST_ARCHIVES = 50
DEEPEST = 6
"""Archives within archives."""
IGNORED = {
    "__pycache__", ".ipynb_checkpoints", "__MACOSX", ".DS_Store", ".git", ".gitignore", ".idea",
    ".gitattributes", ".gitkeep", ".vscode", ".venv", "venv", "site-packages", "node_modules",
    ".pytest_cache", ".mypy_cache", ".ruff_cache", ".Trash", ".Trashes", ".Spotlight-V100",
    ".fseventsd", ".localized", "Thumbs.db", "desktop.ini", "Icon\r", ".directory",
}  # fmt: skip
"""What programs leave behind, and nobody hands in."""
OF_A_MAC = b"\x00\x05\x16\x07"
"""How the files ``._name`` begin that a Mac puts beside others."""
COURSE = PurePosixPath("mnv2_tutor/course/answers")
OF_THE_COURSE = ("mnv2_tutor", "solutions", "tests", "tools")
"""Folders of a checkout of the course, which are nobody's answers."""


@dataclass(frozen=True)
class HandedIn:
    """One submission, not read yet.

    Attributes:
        name: unique in the batch; what stands in the table.
        load: its files, archives not opened. May raise ``Unusable``.
        beside: data that lies beside the submissions of a class.
    """

    name: str
    load: Callable[[], Iterable[Member]]
    beside: tuple[Member, ...] = ()

    def files(self) -> SubmittedFiles:
        """Its notebooks, scripts and other files, by their path in it.

        Notebooks and scripts go first: what exceeds a limit without being one is left behind.

        Raises:
            Unusable: it has none, they cannot be read, or they are too many or too large.
        """
        files = SubmittedFiles()
        members = _of_learner(self.load(), files)
        for member in sorted(members, key=_turn):
            _keep(member, files)
        found = answers(files)
        if not found:
            raise Unusable(_nothing(files))
        _keep_beside(self.beside, [files[path] for path in found], files)
        return files


@dataclass(frozen=True)
class Class:
    """All that was found.

    Attributes:
        others: what was not taken for a submission, by name.
    """

    submissions: tuple[HandedIn, ...]
    others: tuple[str, ...] = ()


def handed_in_together(paths: Sequence[Path]) -> tuple[SubmittedFiles, dict[str, Path]]:
    """The files at these paths as one submission, and where each of them lies on the disk.

    What an archive holds lies nowhere: it is read as in a class.

    Raises:
        Unusable: one cannot be read, or there is no notebook and no script.
    """
    taken: dict[str, bytes] = {}
    places: dict[str, Path] = {}
    members: list[Member] = []
    for path in sorted(paths, key=lambda path: ending_of(path) in ENDINGS):  # archives last
        data = _read_whole(path)
        name = _free(_plain(PurePath(path.name)), taken)
        taken[name], places[name] = data, path
        members.append(Member(PurePosixPath(name), partial(_same, data)))
    return HandedIn("", lambda: members).files(), places


def _read_whole(path: Path) -> bytes:
    if path.is_dir():
        raise Unusable(f"{path}: a folder, where a notebook or a script was expected")
    try:
        return path.read_bytes()
    except OSError as error:
        raise Unusable(f"{path}: {error.strerror or 'cannot be read'}") from None


def answers(files: Mapping[str, bytes]) -> list[str]:
    """The paths of notebooks and scripts; the other files are data."""
    return [path for path, data in files.items() if kind_of(path, data) is not Kind.DATA]


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
        Unusable: there is no such folder or archive, or it holds no submission.
    """
    return list(class_of(path).submissions)


def class_of(path: Path) -> Class:
    """All submissions, by name, and what lies beside them.

    Raises:
        Unusable: there is no such folder or archive, or it holds no submission.
    """
    try:
        if path.is_dir():
            tree = _without_junk(_tree_of(path))
        elif path.is_file() and ending_of(path) in ENDINGS:
            tree = _without_junk(opened(path.read_bytes(), LARGEST_CLASS))
            while is_folder_of_class(tree.members):
                tree = _inside(tree, next(iter(tree.members)).path.parts[0])
        elif path.exists():
            raise Unusable(f"{path}: a folder of submissions, or a zip of one, was expected")
        else:
            raise Unusable(f"{path}: no such folder or zip")
    except OSError as error:
        raise Unusable(f"{path}: {error.strerror or 'cannot be read'}") from None
    except Unusable as error:
        raise Unusable(str(error) if str(path) in str(error) else f"{path}: {error}") from None
    found = _class_in(tree)
    if not found.submissions:
        beside = f"; there is {', '.join(found.others[:5])}" if found.others else ""
        raise Unusable(
            f"{path}: no submission in it (name.ipynb, name.py, a folder or a zip for each "
            f"learner){beside}"
        )
    return found


def _tree_of(folder: Path) -> Tree:
    """The files below a folder, not read yet. What cannot be looked into is read as its reason."""
    members: list[Member] = []
    folders: list[PurePosixPath] = []

    def refuse(error: OSError) -> None:
        inner = _relative(Path(error.filename or folder), folder)
        reason = f"the folder cannot be read ({error.strerror or 'error'})"
        members.append(Member(inner, partial(_refuse, reason)))

    for at, below, names in os.walk(folder, onerror=refuse):
        links = [name for name in below if Path(at, name).is_symlink()]
        below[:] = sorted(name for name in below if name not in links and name not in IGNORED)
        folders += [_relative(Path(at, name), folder) for name in below]
        paths = [Path(at, name) for name in sorted([*names, *links])]
        members += [
            Member(_relative(path, folder), partial(_content, path, folder)) for path in paths
        ]
    return Tree(tuple(members), tuple(folders))


def _relative(path: Path, folder: Path) -> PurePosixPath:
    return PurePosixPath(path.relative_to(folder).as_posix())


def _content(path: Path, top: Path) -> bytes:
    """At most one byte more than may be: the reader then says that it is too large."""
    name = one_line(path.name)
    try:
        inside = path.resolve().is_relative_to(top.resolve())
    except (RuntimeError, ValueError, OSError):  # links in a circle
        inside = False
    if not inside:
        raise Unusable(f"{name} is a link that leads out of the folder")
    if not path.is_file():  # a device or a pipe would keep us reading
        raise Unusable(f"{name} is no ordinary file")
    try:
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        raise Unusable(f"{name} cannot be read ({error.strerror or 'error'})") from None


def _refuse(reason: str) -> bytes:
    raise Unusable(reason)


def _without_junk(tree: Tree) -> Tree:
    """Without what programs leave behind, and what is the course's own in a checkout of it."""
    ours = [*_checkouts(tree), *_environments(tree)]

    def counts(path: PurePosixPath) -> bool:
        if not IGNORED.isdisjoint(path.parts) or path.name.startswith("~$"):
            return False
        return not any(path.is_relative_to(folder) for folder in ours)

    members = tuple(m for m in tree.members if counts(m.path) and not _is_of_a_mac(m))
    # Where nothing else lay in a folder, the folder is still there.
    folders = [*tree.folders, *(m.path.parent for m in tree.members if len(m.path.parts) > 1)]
    return Tree(members, tuple(dict.fromkeys(folder for folder in folders if counts(folder))))


def _checkouts(tree: Tree) -> list[PurePosixPath]:
    paths = (member.path for member in tree.members)
    depth = len(COURSE.parts)
    found = {p.parents[depth] for p in paths if PurePosixPath(*p.parts[-depth - 1 : -1]) == COURSE}
    return [top / name for top in found for name in OF_THE_COURSE]


def _environments(tree: Tree) -> list[PurePosixPath]:
    """Folders that are a learner's own Python."""
    found = (member.path for member in tree.members if member.path.name == "pyvenv.cfg")
    return [path.parent for path in found if len(path.parts) > 1]


def _is_of_a_mac(member: Member) -> bool:
    """Whether it is what a Mac keeps beside a file: a learner's may begin with ``._`` too."""
    if not member.path.name.startswith("._"):
        return False
    try:
        return member.read().startswith(OF_A_MAC)
    except Unusable:
        return False


def _inside(tree: Tree, top: str) -> Tree:
    """What one of its folders holds."""
    members = tuple(
        Member(PurePosixPath(*m.path.parts[1:]), m.read)
        for m in tree.members
        if m.path.parts[0] == top and len(m.path.parts) > 1
    )
    folders = (f for f in tree.folders if f.parts[0] == top and len(f.parts) > 1)
    return Tree(members, tuple(PurePosixPath(*f.parts[1:]) for f in folders))


def _class_in(tree: Tree) -> Class:
    """The submissions in the folder or archive of a class."""
    found, beside, others = _submissions(tree)
    along = tuple(one for one in beside if _may_come_along(one))
    named = (HandedIn(name, one.load, along) for name, one in _with_own_names(found))
    ordered = sorted(named, key=lambda one: one.name.casefold())
    return Class(tuple(ordered), tuple(sorted(map(one_line, others))))


def _submissions(tree: Tree, within: str = "") -> tuple[list["_Found"], list[Member], list[str]]:
    """What stands at the top of a class, and in the sections and archives of classes there."""
    is_canvas = is_of_canvas(m.path.name for m in tree.members if len(m.path.parts) == 1)
    groups: dict[str, _Group] = {}
    for member in tree.members:
        one = owned(member.path, is_canvas)
        group = groups.setdefault(one.owner, _Group(one.owner))
        group.whole.append(member)
        group.members.append(Member(one.path, member.read))
    for folder in tree.folders:
        owner = owned(folder / "x", is_canvas).owner
        groups.setdefault(owner, _Group(owner))
    found: list[_Found] = []
    beside: list[Member] = []
    others: list[str] = []
    for owner, group in groups.items():
        section = _section(group, tree, is_alone=len(groups) == 1)
        if section is not None:
            inner = _submissions(section, f"{within}{owner}/")
            found += inner[0]
            others += [f"{owner}/{name}" for name in inner[2]]
        elif _is_beside(group):
            beside += group.whole
            others += [str(member.path) for member in group.whole]
        else:
            found.append(_Found(owner, within, group.is_file, group.load()))
    return found, beside, others


@dataclass(frozen=True)
class _Group:
    """What has one owner: its files by their paths in the class, and in the submission."""

    owner: str
    whole: list[Member] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)

    @property
    def is_file(self) -> bool:
        """Whether it is one file that has the owner's name."""
        return len(self.whole) == 1 and self.whole[0].path.parts == (self.owner,)

    @property
    def is_folder(self) -> bool:
        return all(member.path.parts[0] == self.owner for member in self.whole) and not self.is_file

    def load(self) -> Callable[[], Iterable[Member]]:
        """How its files are read."""
        return partial(_one_file, self.whole) if self.is_file else partial(tuple, self.members)


@dataclass(frozen=True)
class _Found:
    """A submission: its name, the section in which it stands, and whether it is a file."""

    name: str
    within: str
    is_file: bool
    load: Callable[[], Iterable[Member]] = field(compare=False)


def _section(group: _Group, tree: Tree, is_alone: bool) -> Tree | None:
    """What is in it, where a folder or an archive in the class is a part of the class itself."""
    if group.is_folder:
        holds = is_class(group.members) or (is_alone and is_wrapped(group.members))
        return _inside(tree, group.owner) if holds else None
    if not group.is_file or ending_of(group.whole[0].path) not in ENDINGS:
        return None
    try:
        found = _without_junk(opened(group.whole[0].read(), LARGEST_CLASS))
    except Unusable:
        return None
    if is_folder_of_class(found.members):
        found = _inside(found, found.members[0].path.parts[0])
    holds = is_class(found.members) or (is_alone and is_wrapped(found.members))
    return found if holds else None


def _one_file(members: Sequence[Member]) -> Iterator[Member]:
    """A file that stands for a learner.

    Raises:
        Unusable: it is no notebook, no script and no archive.
    """
    (member,) = members
    data = member.read()
    if not is_archive(member.path, data) and kind_of(str(member.path), data) is Kind.DATA:
        name = one_line(member.path.name)
        raise Unusable(f"{name}: not a notebook: {what_is_wrong(data)}")
    yield Member(member.path, lambda: data)


def _is_beside(group: _Group) -> bool:
    """Whether it lies beside the submissions: data, or what an instructor keeps there.

    A name that says so is not believed where the content is a notebook or a script.
    """
    if group.is_folder:
        is_named_so = group.whole and DATA_FOLDER.fullmatch(group.owner)
        return bool(is_named_so) and not any(_may_answer(one.path) for one in group.whole)
    if not group.is_file:
        return False
    (one,) = group.whole
    if ending_of(one.path) not in BESIDE or any(e in one.path.name.lower() for e in ANSWERS):
        return False
    try:
        return kind_of(str(one.path), one.read()) is Kind.DATA
    except Unusable:
        return False


def _may_answer(path: PurePath) -> bool:
    return ending_of(path) in (*ANSWERS, *ENDINGS, "", ".html", ".pdf", ".rar", ".7z")


def _may_come_along(member: Member) -> bool:
    """Whether a file beside a class is data for all, and not a list of people."""
    if ending_of(member.path) in KEPT_BACK:
        return False
    try:
        data = member.read()
    except Unusable:
        return False
    is_table = ending_of(member.path) in (".csv", ".tsv", ".txt")
    return len(data) <= LARGEST_DATA and not (is_table and ROSTER.match(data[:2000]))


def _of_learner(members: Iterable[Member], files: SubmittedFiles) -> Iterator[Member]:
    """The files of a learner, and those in the archives that lie there, however deep."""
    waiting = [(member, 0) for member in members]
    archives = 0
    while waiting:
        member, depth = waiting.pop(0)
        if ending_of(member.path) not in ENDINGS and not _could_be_archive(member.path):
            yield member
            continue
        try:
            data = member.read()
            if not is_archive(member.path, data):
                yield Member(member.path, partial(_same, data))
                continue
            archives += 1
            inner = _opened_for_learner(data, archives, depth)
        except Unusable as error:
            is_named_so = ending_of(member.path) in (*ANSWERS, *ENDINGS)
            if is_named_so:
                files.unread[str(member.path)] = error
            else:
                files.left_behind.append(str(error))
            continue
        waiting = [(one, depth + 1) for one in _in_one_place(inner).members] + waiting


def _turn(member: Member) -> tuple[int, PurePosixPath]:
    """Notebooks and scripts go first, then what may be one under another name."""
    ending = ending_of(member.path)
    may_answer = ending in ("", ".json", ".txt")
    return 0 if ending in ANSWERS else 1 if may_answer else 2, member.path


def _same(data: bytes) -> bytes:
    return data


def _could_be_archive(path: PurePath) -> bool:
    """Whether only the content tells: an archive under the name of something else."""
    return ending_of(path) in ("", NOTEBOOK, ".rar", ".7z", ".gz")


def _in_one_place(tree: Tree) -> Tree:
    """Without a folder that holds all there is: whoever packed it meant what is in it."""
    tops = {member.path.parts[0] for member in tree.members if len(member.path.parts) > 1}
    is_one = len(tops) == 1 and all(len(member.path.parts) > 1 for member in tree.members)
    return _in_one_place(_inside(tree, *tops)) if is_one else tree


def _opened_for_learner(data: bytes, archives: int, depth: int) -> Tree:
    if len(data) > LARGEST:
        raise Unusable(f"the zip is larger than {LARGEST // 1_000_000} MB")
    if archives > MOST_ARCHIVES or depth >= DEEPEST:
        raise Unusable("too many archives within archives: hand in the notebooks")
    return _without_junk(opened(data, LARGEST_SUBMISSION))


def _keep(member: Member, files: SubmittedFiles) -> None:
    """Read a file, unless it exceeds a limit.

    Raises:
        Unusable: a notebook or script does.
    """
    name, is_answer = str(member.path), ending_of(member.path) in ANSWERS
    try:
        if not is_answer and len(files) >= MOST_FILES:
            raise Unusable(f"{one_line(name)}: there are more than {MOST_FILES} files")
        data = member.read()
        if not is_answer and len(data) > LARGEST_DATA:
            raise Unusable(f"{one_line(name)}: larger than {LARGEST_DATA // 1_000_000} MB")
        size = sum(len(one) for path, one in files.items() if _is_data(path) is not is_answer)
        is_full = size + len(data) > (LARGEST_SUBMISSION if is_answer else MOST_DATA)
        if not is_answer and is_full:
            raise Unusable(f"{one_line(name)}: with it all files are too large")
    except Unusable as error:
        if is_answer:
            files.unread[name] = error
        else:
            files.left_behind.append(str(error))
        return
    files[_free(_plain(member.path), files)] = data
    if len(files) > MOST_FILES:
        raise Unusable(f"more than {MOST_FILES} notebooks and scripts")
    if is_full:
        most = LARGEST_SUBMISSION // 1_000_000
        raise Unusable(f"larger than {most} MB unpacked: clear the outputs")


def _keep_beside(beside: Iterable[Member], found: Sequence[bytes], files: SubmittedFiles) -> None:
    """What lies beside the class and is named by a notebook or script of the submission."""
    for member in beside:
        name = str(member.path)
        words = (member.path.name.encode("utf-8", "surrogateescape"),
                 f"*{member.path.suffix}".encode())  # fmt: skip
        if name not in files and any(word in data for word in words for data in found):
            _keep(member, files)


def _nothing(files: SubmittedFiles) -> str:
    """Why there is no notebook and no script."""
    nothing = "no notebook (.ipynb) and no script (.py) in it"
    if problems := [*map(str, files.unread.values()), *files.left_behind]:
        return problems[0] if not files else f"{nothing}; {problems[0]}"
    known = [f"{one_line(path)}: {what_is_wrong(data)}" for path, data in [*files.items()][:3]]
    return f"{nothing}, only {'; '.join(known)}" if known else nothing


def _plain(path: PurePath) -> str:
    """The path of a file in its submission, with its ending in small letters."""
    return path.with_suffix(path.suffix.lower()).as_posix() if path.suffix else path.as_posix()


def _is_data(path: str) -> bool:
    return ending_of(PurePosixPath(path)) not in ANSWERS


def _free(path: str, taken: Mapping[str, bytes]) -> str:
    """The path, or the first like it that no other file has: two zips may hold the same name."""
    plain = PurePosixPath(path)
    numbered = (plain.with_stem(f"{plain.stem} ({number})") for number in count(2))
    return next(str(one) for one in chain([plain], numbered) if str(one) not in taken)


def _with_own_names(found: Sequence[_Found]) -> Iterator[tuple[str, _Found]]:
    """Each with a name of its own: as short as no other one has it."""
    short = [_stem(one.name) if one.is_file else one.name for one in found]
    counts = Counter(short)
    taken: set[str] = set()
    for one, name in zip(found, short, strict=True):
        own = unique = name if counts[name] == 1 else f"{one.within}{one.name}"
        number = 2
        while unique in taken:
            unique, number = f"{own} ({number})", number + 1
        taken.add(unique)
        yield unique, one


def _stem(name: str) -> str:
    """The name of a file without the endings that say what it is."""
    name = name.rstrip()
    ending = ending_of(Path(name))
    says = ending and ending in (*ANSWERS, *ENDINGS, *TEXTS) and name != ending
    return _stem(name[: -len(ending)]) if says else name
