"""A cell or a script as statements: magics told from Python, and what is broken from what is whole.

A notebook is seldom all Python. Lines for IPython are written as the calls that IPython makes of
them, and a part that is no Python stays a part of its own, so that it takes nothing else with it.
Nothing is run here, and IPython is not needed.
"""

import ast
import re
import sys
import textwrap
import warnings
from dataclasses import dataclass, replace
from itertools import pairwise

NO_PYTHON = (SyntaxError, ValueError, RecursionError, MemoryError)
"""What the parser raises where a text is none, or too deep."""
MOST_STATEMENTS = 2000
"""Of a cell: each is run for itself, and what is longer is data."""
MOST_BROKEN = 20
"""Parts of a cell that are no Python; a cell with more of them is none."""
PYTHON_MAGICS = ("time", "capture", "prun", "timeit", "memit", "mprun", "lprun")
"""Magics that run the rest of the line, or of the cell, as Python."""
FOREIGN = re.compile(r"^%(sql|md|sh|scala|r|fs|html|js|bash|markdown)\b")
"""How a cell begins that is all in another language."""
LINE_MAGIC = re.compile(r"^(?P<indent>[ \t]*)(?P<mark>!!|[%!])(?P<rest>.*)$")
ASSIGNED_MAGIC = re.compile(
    r"^(?P<head>[ \t]*[\w\t ,.()\[\]'\"]*=[ \t]*)(?P<mark>[%!])(?P<rest>.*)$"
)
HELP = re.compile(r"^(?P<indent>[ \t]*)(\?{1,2}[\w.%*]+|%{0,2}[\w.*]+\?{1,2})[ \t]*$")
PROMPT = re.compile(r"^(In ?\[\d*\]: ?|\s*\.\.\.:? ?|>>> ?)", re.M)
GOES_ON = re.compile(r"(elif|else|except|finally)\b|[)\]}]")
"""How a line at the left edge begins that belongs to the lines above it."""
NEWER = tuple(f"3.{minor}" for minor in range(sys.version_info.minor + 1, 16))
"""Versions of Python after this one."""
INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u2060"), None) | {0xA0: " "}
"""Characters that nobody sees, and that are no Python outside of quotes."""


@dataclass(frozen=True)
class Part:
    """One statement at the top level, or what stands in its place and is no Python.

    Attributes:
        line: where it begins in its cell, from 1.
        text: its own lines, as Python.
        node: None where it is no Python.
        shown: its first line as it was written.
    """

    line: int
    text: str
    node: ast.stmt | None
    shown: str = ""

    @property
    def at_its_line(self) -> str:
        """The text so that its errors name the lines of the cell.

        IPython drops empty lines before a text, and keeps a comment.
        """
        return self.text if self.line == 1 else "#" + "\n" * (self.line - 1) + self.text


def parts_of(source: str) -> list[Part]:
    """The statements of a cell in their order. Lines keep their numbers."""
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    plain, lines = as_python(source), source.split("\n")
    try:
        body = _parsed(plain)
        found = _salvaged(plain) if body is None else _parts(plain, body)
    except NO_PYTHON:  # of a text that is too deep to be taken apart
        found = [Part(1, plain, None)]
    return [replace(part, shown=lines[part.line - 1].strip()) for part in found]


def unseen_characters(source: str) -> list[str]:
    """Names of the characters that nobody sees, where a cell is no Python with them."""
    if not set(source) & set(map(chr, INVISIBLE)) or _parsed(source) is not None:
        return []
    return [f"U+{ord(one):04X}" for one in dict.fromkeys(source) if ord(one) in INVISIBLE]


def problem_of(text: str) -> tuple[str, str]:
    """Why a text is no Python: the error's type and words; empty where it is Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except NO_PYTHON as error:
        message = error.msg if isinstance(error, SyntaxError) else str(error)
        return type(error).__name__, message
    return "", ""


def newer_python(text: str) -> str:
    """The version of Python from which on a text is Python; empty where there is none."""
    from parso.grammar import load_grammar  # here alone: the pages of the book do without it

    for version in NEWER:
        try:
            grammar = load_grammar(version=version)
        except NotImplementedError:
            continue
        if not list(grammar.iter_errors(grammar.parse(text))):
            return version
    return ""


def as_python(source: str) -> str:
    """The cell with magics as calls, and without what nobody sees; line by line the same."""
    if _parsed(source) is not None:
        return source
    for mended in (source.translate(INVISIBLE), _without_margin(source.translate(INVISIBLE))):
        if _parsed(mended) is not None:
            return mended
    return _with_calls(_without_margin(source.translate(INVISIBLE)))


def _without_margin(source: str) -> str:
    """Without the prompts of a session that was pasted, and without an indent of the whole."""
    if re.match(r"\s*(>>> |In \[\d*\]:)", source):
        source = PROMPT.sub("", source)
    return textwrap.dedent(source) if source.lstrip("\n")[:1] in (" ", "\t") else source


def _with_calls(source: str) -> str:
    lines = source.split("\n")
    first = next((n for n, line in enumerate(lines) if line.strip()), 0)
    if FOREIGN.match(lines[first]) and _parsed("\n".join(lines[first + 1 :])) is None:
        lines[first] = f"%{lines[first]}"  # other services write one sign where Jupyter has two
    while lines[first].startswith("%%"):
        name, _, rest = lines[first][2:].strip().partition(" ")
        if name not in PYTHON_MAGICS:
            body = "\n".join(lines[first + 1 :]) + "\n"
            call = f"get_ipython().run_cell_magic({name!r}, {rest.strip()!r}, {body!r})"
            return "\n".join([*lines[:first], call])
        lines[first] = ""
        first = next((n for n, line in enumerate(lines) if line.strip()), 0)
    number = 0
    while number < len(lines):
        last = number
        while lines[last].rstrip().endswith("\\") and last + 1 < len(lines):
            last += 1
        joined = " ".join(
            line.rstrip().removesuffix("\\").rstrip() for line in lines[number : last + 1]
        )
        called = _as_call(lines[number] if last == number else joined)
        if called is not None:
            lines[number : last + 1] = [called, *[""] * (last - number)]
        number = last + 1
    return "\n".join(lines)


def _as_call(line: str) -> str | None:
    """The line as the call that IPython makes of it; None where it is Python."""
    if found := LINE_MAGIC.match(line):
        return found["indent"] + _call(found["mark"], found["rest"])
    if found := HELP.match(line):
        return f"{found['indent']}pass"
    if found := ASSIGNED_MAGIC.match(line):
        return found["head"] + _call(found["mark"] * 2, found["rest"])
    return None


def _call(mark: str, rest: str) -> str:
    if mark == "!":
        return f"get_ipython().system({rest.strip()!r})"
    if mark == "!!":
        return f"get_ipython().getoutput({rest.strip()!r})"
    name, _, argument = rest.lstrip("%").strip().partition(" ")
    if name in PYTHON_MAGICS and _parsed(argument.strip()):
        return argument.strip()
    return f"get_ipython().run_line_magic({name!r}, {argument.strip()!r})"


def _parsed(source: str) -> list[ast.stmt] | None:
    try:
        with warnings.catch_warnings():  # of "\\d" and the like: the cell warned already
            warnings.simplefilter("ignore")
            return ast.parse(source).body
    except NO_PYTHON:
        return None


def _parts(source: str, body: list[ast.stmt]) -> list[Part]:
    """A part for each statement; what is data and no code stays whole."""
    if len(body) > MOST_STATEMENTS:
        return [Part(1, source, None)]
    lines, found = source.split("\n"), []
    for group in _sharing_lines(body):
        start = _first_line(group[0])
        if len(group) > 1:
            found += [_alone(node, source) for node in group]
        else:
            text = "\n".join(lines[start - 1 : group[0].end_lineno]).rstrip()
            found.append(Part(start, text, group[0]))
    return found


def _sharing_lines(body: list[ast.stmt]) -> list[list[ast.stmt]]:
    groups = [[node] for node in body[:1]]
    for before, node in pairwise(body):
        if _first_line(node) > (before.end_lineno or 0):
            groups.append([node])
        else:
            groups[-1].append(node)
    return groups


def _alone(node: ast.stmt, source: str) -> Part:
    """A statement that shares its line with others, in a text of its own."""
    text = "" if getattr(node, "decorator_list", None) else ast.get_source_segment(source, node)
    return Part(_first_line(node), text or ast.unparse(node), node)


def _first_line(node: ast.stmt) -> int:
    return min(int(one.lineno) for one in (node, *getattr(node, "decorator_list", ())))


def _salvaged(source: str) -> list[Part]:
    """What of a cell is Python, and each part that is not as a part of its own."""
    lines = source.split("\n")
    broken: list[Part] = []
    for _ in range(MOST_BROKEN):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                body = ast.parse("\n".join(lines)).body
        except SyntaxError as error:
            first, last = _block_around(lines, error.lineno or 1)
            text = "\n".join(lines[first:last])
            if not text.strip():
                break
            broken.append(Part(first + 1, text.rstrip(), None))
            lines[first:last] = [""] * (last - first)
        except NO_PYTHON:
            break
        else:
            whole = _parts("\n".join(lines), body)
            return sorted([*whole, *broken], key=lambda part: part.line)
    return [Part(1, source, None)]


def _block_around(lines: list[str], line: int) -> tuple[int, int]:
    """From the line at the left edge at or above ``line`` to the next such line below it."""
    at = min(max(line, 1), len(lines)) - 1
    while at > 0 and not lines[at].strip():
        at -= 1  # Python may name the line below the one that is not finished
    edges = [n for n, text in enumerate(lines) if _is_edge(text)]
    first = max((n for n in edges if n <= at), default=0)
    while first > 0 and lines[first - 1].startswith("@"):
        first -= 1
    last = next((n for n in edges if n > at and not lines[n - 1].startswith("@")), len(lines))
    return first, last


def _is_edge(text: str) -> bool:
    return bool(text[:1].strip()) and text[0] != "#" and not GOES_ON.match(text)
