"""What notebooks, chapters and their questions must be, read from their files."""

import re
from collections.abc import Collection, Iterator, Sequence
from html.parser import HTMLParser

from nbformat import NotebookNode

from mnv2_tutor.authoring.gate import Violation

WIDEST, FEWEST_QUESTIONS = 76, 3
COMPUTED_NOWHERE = {"book/07_cost.ipynb": {"5.1"}}
"""Decimal numbers of the text that nothing has to compute: a section of the paper."""
DECIMAL = re.compile(r"(?<![\w.])\d+\.\d+(?!\w|\.\d)")
ASKED = re.compile(r"viz\.ask\(\s*\"(\w+)\",\s*\"(\w+)\"")

Cells = Sequence[NotebookNode]


def of_code(where: str, cells: Cells) -> Iterator[Violation]:
    """Code that a page shows fits its column."""
    for cell in cells:
        if cell.cell_type == "code" and not _is_hidden(cell):
            width = max(map(len, cell.source.splitlines()), default=0)
            if width > WIDEST:
                yield Violation(
                    f"{where} cell {cell.id}", f"{width} columns of code",
                    f"break it: {WIDEST} columns are shown",
                )  # fmt: skip


def of_chapter(where: str, cells: Cells, questions: Collection[str]) -> Iterator[Violation]:
    """Every decimal number of the text is computed on its page; every question is asked once."""
    computed = set(DECIMAL.findall(_outputs(cells))) | COMPUTED_NOWHERE.get(where, set())
    for number in sorted(set(DECIMAL.findall(_prose(cells))) - computed):
        yield Violation(where, f"{number} stands in the text and in no output", "compute it there")
    asked = [name for cell in cells for _, name in ASKED.findall(cell.source)]
    if len(asked) < FEWEST_QUESTIONS:
        yield Violation(where, f"{len(asked)} questions", f"ask at least {FEWEST_QUESTIONS}")
    for name in sorted(set(questions) - set(asked)):
        yield Violation(where, f"the question {name} is not asked", "ask it, or remove it")


def _is_hidden(cell: NotebookNode) -> bool:
    return "remove-input" in cell.metadata.get("tags", [])


def _prose(cells: Cells) -> str:
    """Text without formulas, code and links, and without paragraphs that cite a source."""
    text = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    own = "\n\n".join(part for part in text.split("\n\n") if "{cite}" not in part)
    return re.sub(r"\$[^$]*\$|`[^`]*`|\]\([^)]*\)", " ", own)


def _outputs(cells: Cells) -> str:
    """What the page prints and says, and the code that is shown: no styles and no drawing."""
    parts: list[str] = []
    for cell in cells:
        if cell.cell_type != "code":
            continue
        if not _is_hidden(cell):
            parts.append(cell.source)
        for output in cell.outputs:
            data = output.get("data", {})
            reader = _Text()
            reader.feed(data.get("text/html", ""))
            parts += [output.get("text", ""), data.get("text/plain", ""), *reader.parts]
    return "\n".join(parts)


class _Text(HTMLParser):
    """The text of an output and what its choices say, without styles and scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._within: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.CDATA_CONTENT_ELEMENTS:
            self._within.append(tag)
        self.parts += [value for name, value in attrs if name == "data-says" and value]

    def handle_endtag(self, tag: str) -> None:
        if self._within and self._within[-1] == tag:
            self._within.pop()

    def handle_data(self, data: str) -> None:
        if not self._within:
            self.parts.append(data)
