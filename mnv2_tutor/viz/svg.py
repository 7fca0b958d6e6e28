"""A matplotlib figure as SVG that stands inside a page: small, its text colour the page's own."""

import io
import re
from typing import Any

INK = "#010203"
"""The style file's text colour; in the page it becomes ``currentColor``."""

WIDEST = 1.45
"""CSS pixels for each point of a figure's width, at most. Figures are drawn some 5 inches wide: on
a phone a point is then about a pixel, and ten-point labels can be read."""


def inline_svg(figure: Any, prefix: str) -> str:
    """The figure as one ``<svg>`` element.

    Args:
        figure: a matplotlib figure; it is closed.
        prefix: put before every id, since several pictures share a page.
    """
    import matplotlib.pyplot as plt

    width = figure.get_figwidth() * 72 * WIDEST
    size = f"width:100%;max-width:{width:.0f}px;height:auto"
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    plt.close(figure)
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    text = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", text, count=1)
    text = re.sub(
        r'(<svg[^>]*?) height="[^"]*"', rf'\1 style="{size}" aria-hidden="true"', text, count=1
    )
    text = text.replace(INK, "currentColor")
    # Groups are named only for tools; what is referred to keeps its name, with the prefix.
    used = set(re.findall(r"(?:url\(#|href=\"#)([\w-]+)", text))
    text = re.sub(
        r' id="([\w.-]+)"', lambda m: f' id="{prefix}-{m[1]}"' if m[1] in used else "", text
    )
    text = re.sub(r"(url\(#|href=\"#)", rf"\g<1>{prefix}-", text)
    # Two decimals are enough for coordinates, which stand inside tags; labels stay as they are.
    text = re.sub(r"<[^>]+>", lambda tag: re.sub(r"(\d+\.\d{2})\d+", r"\1", tag[0]), text)
    return re.sub(r">\s+<", "><", text).strip()
