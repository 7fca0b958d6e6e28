"""Who may know what: the course is in its folder alone, and data flow one way."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

import mnv2_tutor
from mnv2_tutor.engine.course import KEYS

PACKAGE = Path(mnv2_tutor.__file__).parent
FOR_ANY_COURSE = ("engine", "families", "source", "submission", "grading", "sandbox", "learner")
ALSO_WORDS_OF_OTHERS = {"preprocess"}
"""Names of exercises that mean something else as well."""
ABOUT_THE_COURSE = re.compile(
    r"mobilenet|bottleneck|inverted.residual|relu6|"
    + "|".join(rf"\b{key}\b" for key in KEYS if key not in ALSO_WORDS_OF_OTHERS),
    re.IGNORECASE,
)
LAYERS = {
    "engine": ("engine", "errors"),
    "families": ("engine", "families", "errors"),
    "source": ("engine", "source", "errors"),
    "learner": ("engine", "source", "learner", "errors", "mine"),
    "submission": ("engine", "source", "learner", "submission", "errors"),
    "sandbox": ("engine", "source", "learner", "submission", "sandbox", "errors"),
    "course": ("engine", "families", "course", "errors", "data", "viz"),
}
"""What each folder may import."""


def files_of(folder):
    paths = (PACKAGE / folder).rglob("*")
    return [path for path in paths if path.suffix in (".py", ".j2", ".toml")]


@pytest.mark.parametrize("folder", FOR_ANY_COURSE)
def test_nothing_outside_the_course_knows_what_it_is_about(folder):
    found = [
        f"{path.relative_to(PACKAGE)}:{number}: {line.strip()}"
        for path in files_of(folder)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if ABOUT_THE_COURSE.search(line)
    ]
    assert found == []


@pytest.mark.parametrize("folder", LAYERS)
def test_a_folder_imports_nothing_from_above(folder):
    found = {
        f"{path.relative_to(PACKAGE)}: {module}"
        for path in (PACKAGE / folder).rglob("*.py")
        for module in modules_imported_by(path)
        if module.split(".")[1] not in LAYERS[folder]
    }
    assert found == set()


def modules_imported_by(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module == "mnv2_tutor":
            names = [f"mnv2_tutor.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
        yield from (name for name in names if name.startswith("mnv2_tutor."))


def test_what_is_said_outside_the_course_has_words_outside_the_course():
    """Another course need not write them."""
    words = {
        f"{path.stem}.{name}"
        for folder in ("engine", "families")
        for path in (PACKAGE / folder).rglob("words/en/*.toml")
        for name in tomllib.loads(path.read_text(encoding="utf-8"))["messages"]
    }
    sources = {key.partition(".")[0] for key in words}
    said = {
        key
        for folder in FOR_ANY_COURSE
        for path in (PACKAGE / folder).rglob("*.py")
        for key in re.findall(r'"([a-z]+\.[a-z_]+)"', path.read_text(encoding="utf-8"))
        if key.partition(".")[0] in sources and not key.endswith("_")  # that begins several
    }
    assert len(said) > 50
    assert said - words == set()
