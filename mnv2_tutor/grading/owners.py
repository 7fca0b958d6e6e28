"""Whose a file is, by the names that learning platforms and people give to files and folders."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath

from mnv2_tutor.engine.course import KEYS, exercise
from mnv2_tutor.errors import Unusable
from mnv2_tutor.grading.archives import ENDINGS, Member, ending_of
from mnv2_tutor.submission.content import NOTEBOOK, SCRIPT

COURSE_NAMES = {*KEYS, *(Path(exercise(key).notebook).stem for key in KEYS)}
"""Names of the files that a learner fills in."""
MOODLE = re.compile(r"(.+)_(\d+)_assignsubmission_(file|onlinetext)(?:_(.*))?", re.S)
"""A folder of Moodle's, or a file where it was told to make none."""
CANVAS = re.compile(
    r"(?:anon_(?:LATE_)?(?P<anon>[A-Z0-9]+)|(?P<who>[^_]+)_(?:LATE_)?(?P<number>\d+))"
    r"_(?P<file>\d+)_(?P<name>.+)",
    re.S | re.I,
)
"""A file of Canvas: learner, LATE, number of the learner, number of the file, its name."""
A_COPY = re.compile(r"(?: ?\(\d+\)|[-_ ]\d+|[-_ ]copy| - Copy)+$", re.I)
"""What a browser, a platform or a Mac adds to a name that is there already."""
GENERIC = re.compile(
    r"(?:src|code|sources?|notebooks?|extras?|data|datasets?|exercises?|solutions?|work|images?|"
    r"img|figures?|plots?|helpers?|libs?|utils?|tests?|docs?|scripts?|models?|weights|outputs?|"
    r"results?|assets?|misc|old|new|final|backup|copy|draft|tmp|temp|homework|submission|project|"
    r"(?:ch|chap|chapter|week|lesson|part|unit|lab|task|exercise|attempt|try|version|v|hw|day|"
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday)[ _.-]*\d*|\d{1,2}[ _-].*|\d{1,2})",
    re.I,
)
"""Folders that one learner has; no learner is called so."""

DATA_FOLDER = re.compile(r"data|datasets?|images?|img|figures?|assets?|weights|models?", re.I)
MANY = 3
"""So many notebooks under names that are not the course's are rather a class than a learner's."""
FEW = 20
"""Files of which it is looked up which imports which."""


@dataclass(frozen=True)
class Owned:
    """Whose a file is, and what it is called among this learner's files."""

    owner: str
    path: PurePosixPath


def owned(path: PurePosixPath, is_canvas: bool) -> Owned:
    """The owner of a file of a class, whose first name tells it."""
    first, rest = path.parts[0], path.parts[1:]
    if found := MOODLE.fullmatch(first):
        name, number, kind, end = found.groups()
        inside = [part for part in (*(["onlinetext"] * (kind == "onlinetext")), end, *rest) if part]
        return Owned(f"{name}_{number}", PurePosixPath(*inside))
    if is_canvas and not rest and (found := CANVAS.fullmatch(first)):
        return Owned(_of_canvas(found), PurePosixPath(found["name"]))
    return Owned(first, PurePosixPath(*rest) if rest else path)


def _of_canvas(found: re.Match[str]) -> str:
    return f"anon_{found['anon']}" if found["anon"] else f"{found['who']}_{found['number']}"


def is_of_canvas(names: Iterable[str]) -> bool:
    """Whether these files, or a good part of them, have names as Canvas makes them.

    There no two files have one number, and no two learners. A class that numbers its files, as in
    lab_01_02_ada.ipynb, has one word before all numbers.
    """
    all_names = list(names)
    fitting = [found for name in all_names if (found := CANVAS.fullmatch(name))]
    files = [found["file"] for found in fitting]
    words = {found["who"] or found["anon"] for found in fitting}
    learners = {_of_canvas(found) for found in fitting}
    numbers = {found["number"] or found["anon"] for found in fitting}
    is_numbered = len(set(files)) == len(files) and len(learners) == len(numbers)
    is_one = len(learners) == 1 and len(files[0]) > 2
    return 3 * len(fitting) >= len(all_names) and is_numbered and (len(words) > 1 or is_one)


def is_class(members: Sequence[Member]) -> bool:
    """Whether a folder or an archive that lies in a class holds several learners itself."""
    tops = {member.path.parts[0] for member in members}
    files = [member.path.name for member in members if len(member.path.parts) == 1]
    if any(MOODLE.fullmatch(top) for top in tops):
        return True
    if is_of_canvas(files):
        return len({owned(PurePosixPath(name), True).owner for name in files}) > 1
    if any(ending_of(Path(name)) in (NOTEBOOK, SCRIPT) for name in files):
        return False
    having: dict[str, set[str]] = {}
    for member in members:
        top, stem = member.path.parts[0], course_name(member.path)
        is_notebook = bool(stem) and ending_of(member.path) == NOTEBOOK
        if is_notebook and len(member.path.parts) > 1 and not GENERIC.fullmatch(top):
            having.setdefault(stem, set()).add(top)
    return any(len(owners) > 1 for owners in having.values())


def is_wrapped(members: Sequence[Member]) -> bool:
    """Whether what is alone in the folder of a class is the class: notebooks side by side."""
    loose = [member for member in members if len(member.path.parts) == 1]
    answers = [one for one in loose if ending_of(one.path) in (NOTEBOOK, SCRIPT)]
    if any(course_name(one.path) for one in answers) or len(answers) < MANY:
        return False
    return len(answers) - _helpers(answers) >= MANY


def is_folder_of_class(members: Sequence[Member]) -> bool:
    """Whether an archive holds one folder which holds the class, and not one learner's files."""
    paths = [member.path for member in members]
    if len({path.parts[0] for path in paths}) != 1 or any(len(path.parts) < 2 for path in paths):
        return False
    if MOODLE.fullmatch(paths[0].parts[0]):
        return False
    inner = [Member(PurePosixPath(*m.path.parts[1:]), m.read) for m in members]
    if any(ending_of(member.path) in ENDINGS for member in inner):
        return True
    loose = [member for member in inner if len(member.path.parts) == 1]
    # Notebooks side by side: of one learner they have the names of the course.
    if any(course_name(member.path) for member in loose):
        return False
    folders = {member.path.parts[0] for member in inner if len(member.path.parts) > 1}
    own = {folder for folder in folders if GENERIC.fullmatch(folder)}
    answers = [one for one in loose if ending_of(one.path) in (NOTEBOOK, SCRIPT)]
    helpers = _helpers(answers)
    learners = len(folders - own) + len(answers) - helpers
    return learners > 1 or not (own or helpers)


def _helpers(files: Sequence[Member]) -> int:
    """How many of these files are only there for another one of them, which imports them."""
    if not 1 < len(files) <= FEW:
        return 0
    try:
        texts = {one.path: one.read() for one in files}
    except Unusable:
        return 0
    return sum(
        any(path != other and _uses(text, path.stem) for other, text in texts.items())
        for path in texts
    )


def _uses(text: bytes, module: str) -> bool:
    name = re.escape(module.encode("utf-8", "surrogateescape"))
    return re.search(rb"\b(?:import|from|run|load)\s+" + name + rb"\b", text) is not None


def course_name(path: PurePath) -> str:
    """The course's own name of a file, also where a copy's number was added; or nothing."""
    stem = A_COPY.sub("", path.stem)
    return stem if stem in COURSE_NAMES else path.stem if path.stem in COURSE_NAMES else ""
