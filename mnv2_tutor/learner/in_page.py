"""An exercise inside a page of the book: what the page's worker calls, in Pyodide.

A reader's code runs like the first cell of a fresh notebook: a last expression is shown, errors
come back with the reader's own lines. What goes to the page is one line of JSON an answer. It needs
no TensorFlow and no NumPy, and works in any Python.
"""

import ast
import io
import json
import linecache
import sys
import traceback
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import asdict, dataclass
from types import ModuleType
from typing import Any

from mnv2_tutor.engine.files import data_folder, write_whole
from mnv2_tutor.learner import records, tutor
from mnv2_tutor.source.statements import Part, parts_of

NAME = "your answer"
"""Stands in tracebacks where a script has its file name."""
MOST_PRINTED = 10_000
"""Characters: an endless loop of prints must not fill the memory."""


@dataclass
class Shown:
    """What a page shows after Run or Check; ``record`` is what to keep of the exercise."""

    printed: str = ""
    html: str = ""
    error: str = ""
    passed: bool = False
    record: str = ""


class _Printed(io.StringIO):
    def write(self, text: str) -> int:
        room = MOST_PRINTED - self.tell()
        super().write(text[: max(0, room)])
        return len(text)


def run(source: str, earlier: Sequence[str] = ()) -> str:
    """Run ``source`` after the ``earlier`` answers, and show its last expression."""
    shown, value, _ = _executed(source, earlier)
    if value is not None:
        shown.html = _html_of(value)
        if not shown.html:
            shown.printed += f"{_text_of(value)}\n"
    return json.dumps(asdict(shown))


def check(key: str, source: str, earlier: Sequence[str] = ()) -> str:
    """Run ``source`` and check what it defines as the answer to exercise ``key``."""
    shown, _, namespace = _executed(source, earlier, key)
    if shown.error and key not in namespace:
        return json.dumps(asdict(shown))
    report = tutor.check(key)
    shown.html, shown.passed, shown.record = report._repr_html_(), report.passed, record(key)
    return json.dumps(asdict(shown))


def hint(key: str) -> str:
    """The next hint, as :func:`mnv2_tutor.hint` gives it."""
    return json.dumps(asdict(Shown(html=tutor.hint(key)._repr_html_(), record=record(key))))


def solution(key: str) -> str:
    """The solution, where it is open."""
    return json.dumps(asdict(Shown(html=tutor.solution(key)._repr_html_(), record=record(key))))


def record(key: str) -> str:
    """What is remembered of an exercise, as text for the browser to keep."""
    return json.dumps(asdict(records.read(key)))


def restore(key: str, text: str) -> None:
    """Put back what :func:`record` gave in an earlier visit."""
    path = data_folder() / "progress" / f"{key}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, text)


def _executed(
    source: str, earlier: Sequence[str], key: str = ""
) -> tuple[Shown, Any, dict[str, Any]]:
    """Run in a fresh ``__main__``; what was printed, the last expression, the names.

    Args:
        key: the function that only the source itself may give.
    """
    main = sys.modules["__main__"] = ModuleType("__main__")
    namespace = vars(main)
    for answer in earlier:
        _run_earlier(answer, namespace)
    namespace.pop(key, None)
    lines = source.splitlines(keepends=True)
    linecache.cache[NAME] = (len(source), None, lines, NAME)
    shown, value = Shown(), None
    printed = _Printed()
    with redirect_stdout(printed), redirect_stderr(printed):
        for part in parts_of(source):
            try:
                value = _value_of(part, namespace)
            except BaseException as error:  # noqa: BLE001 - whatever a reader's code raises is shown
                value = None
                shown.error = shown.error or _traceback(error)
    shown.printed = printed.getvalue()
    return shown, value, namespace


def _value_of(part: Part, namespace: dict[str, Any]) -> Any:
    """Run a statement; the value of an expression. What fails takes no other one with it."""
    if isinstance(part.node, ast.Expr):
        return eval(compile(ast.Expression(part.node.value), NAME, "eval"), namespace)  # noqa: S307
    code = ast.Module([part.node], []) if part.node else "\n" * (part.line - 1) + part.text
    exec(compile(code, NAME, "exec"), namespace)  # noqa: S102 - it is the reader's own
    return None


def _run_earlier(answer: str, namespace: dict[str, Any]) -> None:
    """An answer that passed before may be called by a later one; here it is silent."""
    try:
        with redirect_stdout(_Printed()), redirect_stderr(_Printed()):
            exec(compile(answer, "an earlier answer", "exec"), namespace)  # noqa: S102
    except BaseException:  # noqa: BLE001 - the name it would define is then missing, and said so
        return


def _traceback(error: BaseException) -> str:
    """As Python prints it, with the reader's own lines alone."""
    found = traceback.TracebackException.from_exception(error)
    own = [frame for frame in found.stack if frame.filename == NAME]
    found.stack = traceback.StackSummary.from_list(own)
    found.__cause__ = found.__context__ = None
    return "".join(found.format())[:MOST_PRINTED]


def _html_of(value: Any) -> str:
    """How a value shows itself as HTML; empty where it has no such way, or one that fails."""
    try:
        html = type(value)._repr_html_(value)
    except BaseException:  # noqa: BLE001 - it is the reader's own; then its text is shown
        return ""
    return html if isinstance(html, str) else ""


def _text_of(value: Any) -> str:
    try:
        return repr(value)[:MOST_PRINTED]
    except BaseException as error:  # noqa: BLE001
        return f"its repr raises {type(error).__name__}"
