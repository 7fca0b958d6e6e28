"""Still and moving figures, each with a caption that states its claim and a text alternative."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from itertools import product
from typing import Any

from mnv2_tutor.viz.svg import inline_svg

BLUE, VERMILLION, GREEN, GREY = "#0072b2", "#d55e00", "#00875f", "#7a7f87"
"""Readable on white and on dark. A figure never tells things apart by colour alone."""

Values = tuple[Any, ...]


def use_style() -> None:
    """Draw in the course's style from here on."""
    import matplotlib.pyplot as plt

    plt.style.use(str(files("mnv2_tutor.viz") / "course.mplstyle"))


@dataclass(frozen=True)
class Still:
    """A picture, what it shows in words, and its caption (may hold simple HTML)."""

    name: str
    svg: str
    alt: str
    caption: str

    def __repr__(self) -> str:
        return f"Figure: {self.alt}"

    def _repr_html_(self) -> str:
        return (
            f'<figure class="mnv2-figure" id="figure-{self.name}">'
            f"{_picture(self.svg, self.alt)}<figcaption>{self.caption}</figcaption></figure>"
        )


@dataclass(frozen=True)
class Frame:
    """One picture of a moving figure and the sentence that says what it shows."""

    svg: str
    says: str


@dataclass(frozen=True)
class Moving:
    """A figure with a picture for every combination of its controls' values.

    The control named ``stepped`` is shown as back, play and step.
    """

    name: str
    controls: Mapping[str, Sequence[Any]]
    frames: Mapping[Values, Frame]
    start: Values
    caption: str
    stepped: str = ""

    def __repr__(self) -> str:
        names = " and ".join(self.controls)
        return f"Figure: {self.frames[self.start].says} (Move: {names}.)"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        """HTML for the page, and a live widget where there is a kernel to move it."""
        bundle: dict[str, Any] = {"text/plain": repr(self), "text/html": self.html()}
        widget = self.widget()
        if widget is not None:
            bundle |= widget._repr_mimebundle_()
            bundle["text/plain"] = repr(self)
        return bundle

    def html(self) -> str:
        """Every frame, the others than the first hidden; no control without the script."""
        controls = [
            {
                "kind": "steps" if label == self.stepped else _kind(values),
                "label": label,
                "values": [str(value) for value in values],
                "start": values.index(at),
            }
            for (label, values), at in zip(self.controls.items(), self.start, strict=True)
        ]
        pictures = "".join(
            _frame(frame, hidden=values != self.start) for values, frame in self.frames.items()
        )
        return (
            f'<figure class="mnv2-figure mnv2-moving" id="figure-{self.name}" '
            f'data-controls="{escape(json.dumps(controls))}">{pictures}'
            f"<figcaption>{self.caption}</figcaption></figure>"
        )

    def widget(self) -> Any:
        """The same figure as an ipywidget; None where there is no ipywidgets."""
        try:
            import ipywidgets
        except ImportError:
            return None
        picture = ipywidgets.HTML(self._picture(self.start))
        kinds = {"slider": ipywidgets.SelectionSlider, "choice": ipywidgets.RadioButtons}
        controls = [
            kinds[_kind(values)](
                options=list(values), value=at, description=label,
                style={"description_width": "initial"}, layout={"width": "24em"},
            )
            for (label, values), at in zip(self.controls.items(), self.start, strict=True)
        ]  # fmt: skip

        def move(_: Any) -> None:
            picture.value = self._picture(tuple(control.value for control in controls))

        for control in controls:
            control.observe(move, names="value")
        return ipywidgets.VBox([*controls, picture])

    def _picture(self, values: Values) -> str:
        frame = self.frames[values]
        return f"{frame.svg}<p>{escape(frame.says)}</p>"


def _kind(values: Sequence[Any]) -> str:
    """Two values, or three words, have no way between them: all are there to be read."""
    words = not all(isinstance(value, int | float) for value in values)
    return "choice" if len(values) <= (3 if words else 2) else "slider"


def _frame(frame: Frame, *, hidden: bool) -> str:
    """One frame of a moving figure.

    A browser builds every element of a page, also of pictures that nobody may ever ask for; not of
    a template. The book's script takes a frame out of it when it is to be shown.
    """
    picture = f'{_picture(frame.svg, frame.says)}<p class="mnv2-says">{escape(frame.says)}</p>'
    if hidden:
        return f'<div class="mnv2-frame" hidden><template>{picture}</template></div>'
    return f'<div class="mnv2-frame">{picture}</div>'


def _picture(svg: str, alt: str) -> str:
    return f'<div class="mnv2-picture" role="img" aria-label="{escape(alt)}">{svg}</div>'


def still(figure: Any, name: str, alt: str, caption: str) -> Still:
    """A matplotlib figure, ready to stand at the end of a cell.

    Args:
        name: unique in the course; used for ids.
        alt: what the picture shows, for those who do not see it.
        caption: the figure's claim.
    """
    return Still(name, inline_svg(figure, name), alt, caption)


def moving(
    draw: Callable[..., tuple[Any, str]],
    name: str,
    controls: Mapping[str, Sequence[Any]],
    start: Values,
    caption: str,
    stepped: str = "",
) -> Moving:
    """A figure that the reader moves.

    Args:
        draw: gets one value of each control, in order; returns a matplotlib figure and a sentence
            that says what it shows.
        controls: label of each control to its values.
        start: the values to begin with.
        stepped: the control whose values follow one another in time; in the page it has buttons
            to go back, to play and to step.

    Raises:
        ValueError: ``start`` is not among the values, or ``stepped`` not among the controls.
    """
    combinations = list(product(*controls.values()))
    if start not in combinations:
        raise ValueError(f"start {start} is not among the values of {', '.join(controls)}")
    if stepped and stepped not in controls:
        raise ValueError(f"there is no control {stepped} to step through")
    frames = {}
    for number, values in enumerate(combinations):
        figure, says = draw(*values)
        frames[values] = Frame(inline_svg(figure, f"{name}-{number}"), says)
    return Moving(name, controls, frames, start, caption, stepped)
