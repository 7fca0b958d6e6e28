"""Small helpers which write notebooks as all sorts of programs write them, and what a case is."""

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mnv2_tutor.authoring.course import EXERCISES

Cell = str | dict[str, Any]

TF = "import tensorflow as tf"
RELU6 = "def relu6(x):\n    return tf.minimum(tf.maximum(x, 0.0), 6.0)"
STUB = 'def relu6(x):\n    """Cap it."""\n    raise NotImplementedError("Your code goes here.")'
RULE = "def use_residual(stride, c_in, c_out):\n    return stride == 1 and c_in == c_out"
DEPTHWISE = """def depthwise_block(x, stride, block_id):
    x = keras.layers.DepthwiseConv2D(3, strides=stride, padding="same", use_bias=False)(x)
    x = keras.layers.BatchNormalization(epsilon=1e-3, momentum=0.999)(x)
    return keras.layers.ReLU(6.0)(x)"""
EXPANSION = """def expansion_block(x, t, filters, block_id):
    x = keras.layers.Conv2D(t * filters, 1, padding="same", use_bias=False)(x)
    x = keras.layers.BatchNormalization(epsilon=1e-3, momentum=0.999)(x)
    return keras.layers.ReLU(6.0)(x)"""
BOTH = {"relu6": 10, "use_residual": 10}
ACCUSATIONS = (
    "ended Python itself",
    "functions were replaced",
    "Nothing has been written",
    "calls itself deeper",
    "The check itself failed",
    "made what the notebook sends unreadable",
)
"""True of few, and of nobody who handed in a right answer."""


@dataclass(frozen=True)
class Case:
    """One submission.

    Attributes:
        name: of the learner: a folder, or the stem of ``loose`` files.
        files: by their path in the learner's folder.
        points: what each exercise must get; None where the table stays empty.
        why: the kind, in one line.
        says: words of the feedback, in any capitals; ``a|b`` stands for one of the two.
        never: words that the feedback must not have.
        loose: the files lie at the top of the class's folder, not in a folder of the learner.
        slow: takes the grader more than seconds where it runs every cell to its limit.
        checked: ``check`` is asked too, about the only notebook of it.
    """

    name: str
    files: Mapping[str, bytes]
    points: Mapping[str, int | None]
    why: str
    says: tuple[str, ...] = ()
    never: tuple[str, ...] = ACCUSATIONS
    loose: bool = False
    slow: bool = False
    checked: bool = False


def code(source: str, **metadata: Any) -> dict[str, Any]:
    """A code cell as Jupyter writes it: the source as a list of lines."""
    lines = source.splitlines(keepends=True)
    return {"cell_type": "code", "execution_count": 1, "metadata": metadata, "outputs": [],
            "source": lines}  # fmt: skip


def text(source: str, kind: str = "markdown", **more: Any) -> dict[str, Any]:
    """A cell that is not code."""
    return {"cell_type": kind, "metadata": {}, "source": source, **more}


def notebook(*cells: Cell, minor: int = 4, **metadata: Any) -> bytes:
    """A notebook of these cells; text stands for a code cell. It may be invalid."""
    made = [code(cell) if isinstance(cell, str) else cell for cell in cells]
    whole = {"cells": made, "metadata": metadata, "nbformat": 4, "nbformat_minor": minor}
    return json.dumps(whole, indent=1, ensure_ascii=False).encode()


def one(*cells: Cell, **metadata: Any) -> dict[str, bytes]:
    """The files of a submission of one notebook."""
    return {"work.ipynb": notebook(*cells, **metadata)}


def script(*parts: str) -> dict[str, bytes]:
    """The files of a submission of one script."""
    return {"work.py": "\n\n".join(parts).encode()}


def template(stem: str, **bodies: str) -> dict[str, Any]:
    """The course's own notebook as data, with a definition in place of the stub of an exercise."""
    whole: dict[str, Any] = json.loads((EXERCISES / f"{stem}.ipynb").read_text(encoding="utf-8"))
    for cell in whole["cells"]:
        metadata = cell["metadata"]
        key = metadata.get("mnv2_tutor", {}).get("exercise", "")
        if metadata.get("nbgrader", {}).get("solution") and key in bodies:
            cell["source"] = bodies[key].splitlines(keepends=True)
    return whole


def dumped(whole: Mapping[str, Any]) -> bytes:
    return json.dumps(whole, indent=1).encode()


def zipped(files: Mapping[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()
