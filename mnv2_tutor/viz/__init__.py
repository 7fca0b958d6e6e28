"""Figures, tables and questions: still pictures, pictures that move, and self-checks.

In a notebook with a kernel a moving figure is an ipywidget; in the published page the same output
is HTML that ``book/_static/course.js`` brings to life; without either the first picture stands.
"""

from mnv2_tutor.viz.figures import (
    BLUE,
    GREEN,
    GREY,
    VERMILLION,
    Moving,
    Still,
    moving,
    still,
    use_style,
)
from mnv2_tutor.viz.questions import ask
from mnv2_tutor.viz.schematic import Step, block, inverted_residual, residual, separable
from mnv2_tutor.viz.tables import Browsed, browse

__all__ = [
    "BLUE", "GREEN", "GREY", "VERMILLION", "Browsed", "Moving", "Step", "Still", "ask", "block",
    "browse", "inverted_residual", "moving", "residual", "separable", "still", "use_style",
]  # fmt: skip
