"""A Sphinx extension: what the page "Reference" says beyond docstrings.

The directive ``own-functions`` lists what the exercises ask for, ``command`` describes one command
of ``mnv2-tutor`` as its ``--help`` does.
"""

import re
from inspect import cleandoc
from pathlib import Path

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from typer.main import get_group

from mnv2_tutor.cli import app as command_line
from mnv2_tutor.engine.course import KEYS, exercise
from mnv2_tutor.engine.exercise import Exercise

PROGRAM = "mnv2-tutor"
OPTION = re.compile(r"(?<=[a-z:] )(--[a-z]+)")
TASK = re.compile(r"Write (\w+\(.*?\)): (.+)")


class OwnFunctions(SphinxDirective):
    """A function for each exercise: its call, what it does, and where it is asked for."""

    def run(self) -> list[nodes.Node]:
        return parsed(self, "\n\n".join(entry(exercise(key)) for key in KEYS))


class Command(SphinxDirective):
    """A command of the command line: its usage, its help, its arguments and options."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        return parsed(self, described(self.arguments[0]))


def parsed(directive: SphinxDirective, text: str) -> list[nodes.Node]:
    """The nodes of a reStructuredText."""
    holder = nodes.container()
    lines = StringList(text.splitlines(), directive.name)
    directive.state.nested_parse(lines, directive.content_offset, holder)
    return list(holder.children)


def entry(task: Exercise) -> str:
    """The description of the function that an exercise asks for.

    Raises:
        ValueError: its task does not begin with "Write", the call and a colon.
    """
    found = TASK.fullmatch(str(task.words["task"]))
    if not found:
        raise ValueError(f"the task of {task.key} has no call to begin with")
    name = Path(task.notebook).stem  # chapter and exercise share it
    says = found[2][:1].upper() + found[2][1:]
    return (
        f".. py:function:: {found[1]}\n   :no-index:\n\n   {says} "
        f":doc:`Chapter {task.chapter} </book/{name}>`, "
        f":doc:`exercise </book/exercises/{name}>`, {task.max_score} points."
    )


def described(name: str) -> str:
    """The description of a command.

    Raises:
        KeyError: there is no such command.
    """
    command = get_group(command_line).commands[name]
    context = command.make_context(f"{PROGRAM} {name}", [], resilient_parsing=True)
    usage = command.get_usage(context).removeprefix("Usage: ")
    head = f".. program:: {PROGRAM} {name}\n\n.. code-block:: text\n\n   {usage}\n"
    records = filter(None, (one.get_help_record(context) for one in command.params))
    options = [f".. option:: {called}\n\n   {in_words(says)}" for called, says in records]
    return "\n\n".join([head, in_words(cleandoc(command.help or "")), *options])


def in_words(text: str) -> str:
    """A text with its options as code: as they stand, their two dashes would be joined."""
    return OPTION.sub(r"``\1``", text)


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("own-functions", OwnFunctions)
    app.add_directive("command", Command)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
