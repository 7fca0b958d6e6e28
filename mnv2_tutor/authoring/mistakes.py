"""The appendix "Common mistakes": every misconception of every exercise, in the check's words."""

import re
from itertools import groupby
from pathlib import Path

from mnv2_tutor.authoring.course import ROOT
from mnv2_tutor.engine.course import KEYS, exercise
from mnv2_tutor.engine.exercise import Exercise
from mnv2_tutor.engine.expected import misconceptions
from mnv2_tutor.engine.messages import Message

PATH = ROOT / "book" / "mistakes.md"
SPECIAL = re.compile(r"([\\`*_{}\[\]<>#$|])")
HEAD = """# Common mistakes

What people write instead, and what is wrong with it. Each of these {count} mistakes is a small \
program in this course: the check runs it, knows what it does, and says so when your function does \
the same. The sentences are those of the check. They name no solution, so you may read on before \
you have done an exercise. The mistakes are folded under the function that was to be written.
"""
CHAPTER = "\n## Chapter {number}\n"
FOLD = "\n:::{{dropdown}} {signature}: {count} mistakes\n{lines}:::\n"


def made() -> str:
    """The page, in the order of the book."""
    tasks = [exercise(key) for key in KEYS]
    parts = [HEAD.format(count=sum(len(names_of(task)) for task in tasks))]
    for number, group in groupby(tasks, key=lambda task: task.chapter):
        parts.append(CHAPTER.format(number=number))
        parts += map(_fold, group)
    return "".join(parts)


def names_of(task: Exercise) -> list[str]:
    """Names of the misconceptions; the guises of one count once."""
    return list(dict.fromkeys(name.partition("__")[0] for name in misconceptions(task.key)))


def _fold(task: Exercise) -> str:
    given = {"name": task.key, "type": "float"}
    messages = [Message(f"{task.key}.{name}", parameters=given) for name in names_of(task)]
    lines = "".join(f"\n**{_plain(m.says)}** {_plain(m.why)}\n" for m in messages)
    return FOLD.format(signature=_plain(task.signature), count=len(messages), lines=lines)


def _plain(text: str) -> str:
    """Text that Markdown leaves as it is."""
    return SPECIAL.sub(r"\\\1", text)


def write() -> Path:
    PATH.write_text(made(), encoding="utf-8")
    return PATH
