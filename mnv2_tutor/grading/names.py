"""Names and texts of others, as a terminal, a table and a page can show them."""

import re

STRANGE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
"""What moves a cursor, colours, rings, turns the direction of writing, or is no text."""
INSTEAD = "\N{REPLACEMENT CHARACTER}"


def plain_text(text: str) -> str:
    """The text with nothing in it that a terminal or a browser obeys; lines stay."""
    return STRANGE.sub(INSTEAD, text)


def one_line(text: str) -> str:
    """The text on one line, with nothing in it that is not printed."""
    return "".join(c if c.isprintable() else " " if c in "\n\t" else INSTEAD for c in text)
