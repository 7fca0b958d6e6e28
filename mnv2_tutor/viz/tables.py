"""A table in groups that the reader opens: plain HTML, without a script."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

Row = tuple[object, ...]


@dataclass(frozen=True)
class Browsed:
    """A table whose groups of rows open one by one; ``caption`` states its claim."""

    name: str
    headings: tuple[str, ...]
    groups: tuple[tuple[str, tuple[Row, ...]], ...]
    caption: str

    def __repr__(self) -> str:
        lines = [f"{title} ({len(rows)} rows)" for title, rows in self.groups]
        return "\n".join([f"Table: {self.caption}", *lines])

    def _repr_html_(self) -> str:
        groups = "".join(self._group(title, rows) for title, rows in self.groups)
        return (
            f'<figure class="mnv2-figure mnv2-table" id="table-{self.name}">{groups}'
            f"<figcaption>{self.caption}</figcaption></figure>"
        )

    def _group(self, title: str, rows: tuple[Row, ...]) -> str:
        head = "".join(f'<th scope="col">{escape(text)}</th>' for text in self.headings)
        body = "".join(_row(row) for row in rows)
        return (
            f"<details><summary>{escape(title)}</summary><table><thead><tr>{head}</tr></thead>"
            f"<tbody>{body}</tbody></table></details>"
        )


def _row(row: Row) -> str:
    first, *rest = (escape(str(value)) for value in row)
    return f'<tr><th scope="row">{first}</th>{"".join(f"<td>{v}</td>" for v in rest)}</tr>'


def browse(
    name: str,
    headings: Sequence[str],
    groups: Sequence[tuple[str, Sequence[Row]]],
    caption: str,
) -> Browsed:
    """A table to browse.

    Args:
        name: unique in the course; used for ids.
        headings: of the columns; the first one names the rows.
        groups: title and rows of each group.
        caption: the table's claim.

    Raises:
        ValueError: a row has not as many values as there are headings.
    """
    for title, rows in groups:
        for row in rows:
            if len(row) != len(headings):
                raise ValueError(f"a row of {title!r} has {len(row)} of {len(headings)} values")
    return Browsed(name, tuple(headings), tuple((t, tuple(rows)) for t, rows in groups), caption)
