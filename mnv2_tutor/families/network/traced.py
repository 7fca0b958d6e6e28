"""What a network does inside, block by block, read from the operations that TensorFlow traces.

The operations are the same whatever layers, nested models or classes they come from. What is read
here explains a difference; it decides nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from math import prod
from typing import Any

import numpy as np
import tensorflow as tf

from mnv2_tutor.engine.observe.calls import call
from mnv2_tutor.engine.observe.tensors import float_tensor
from mnv2_tutor.families.network.probe import BlockRow, OutsideRow

_function, _graph = tf.function, tf.compat.v1.get_default_graph
_min, _max, _stack = tf.reduce_min, tf.reduce_max, tf.stack
POOLING = ("Mean", "Max", "AvgPool", "MaxPool")
ADDITIONS = ("AddV2", "Add", "AddN")


@dataclass
class _Part:
    """One convolution, and what happens until the next one."""

    operation: Any
    kind: str
    adds: int = 0
    pooled: list[Any] = field(default_factory=list)

    @property
    def entering(self) -> Any:
        return self.operation.inputs[0]

    @property
    def size_in(self) -> int:
        return _height(self.operation.inputs[0])

    @property
    def size_out(self) -> int:
        return _height(self.operation.outputs[0])

    @property
    def channels_in(self) -> int:
        return int(self.operation.inputs[0].shape[-1])

    @property
    def channels_out(self) -> int:
        return int(self.operation.outputs[0].shape[-1])

    @property
    def macs(self) -> int:
        """Of one picture: every weight works once at every place of the output."""
        kernel = prod(self.operation.inputs[1].shape)
        return int(kernel * prod(self.operation.outputs[0].shape[1:-1]))


def inside(model: Any, x: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """A ``BlockRow`` for each block, and the ``OutsideRow``; None where they cannot be read."""
    parts: list[_Part] = []

    def extremes(picture: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """The smallest and the largest number of every tensor that is looked at."""
        model(picture)
        parts.clear()  # should it be traced twice
        parts.extend(_parts(_graph().get_operations()))
        seen = _looked_at(parts)
        return _stack([_min(t) for t in seen]), _stack([_max(t) for t in seen])

    found, error = call(_function(extremes, autograph=False), float_tensor(x))
    starts = [i for i, part in enumerate(parts) if part.kind == "depthwise"]
    if error or not starts or not starts[0] or not _readable(starts):
        return None
    lows, highs = (np.asarray(values, "float64") for values in found)
    if not np.isfinite([*lows, *highs]).all():  # of an empty map, or of no numbers
        return None
    ranges = {
        id(tensor): (low, high)
        for tensor, low, high in zip(_looked_at(parts), lows, highs, strict=True)
    }
    rows = [
        _block(parts, start, end, ranges)
        for start, end in zip(starts, [*starts[1:], len(parts)], strict=True)
    ]
    return np.array(rows, "float64"), np.array(_outside(parts, ranges), "float64")


def _readable(starts: list[int]) -> bool:
    """Whether at most a projection and an expansion stand between two depthwise convolutions.

    Of more of them, nothing says which one is which.
    """
    gaps = [after - before - 1 for before, after in pairwise(starts)]
    return starts[0] <= 2 and all(1 <= gap <= 2 for gap in gaps)


def _looked_at(parts: list[_Part]) -> list[Any]:
    """What enters each convolution, and each pooling."""
    return [part.entering for part in parts] + [t for part in parts for t in part.pooled]


def _parts(operations: list[Any]) -> Iterator[_Part]:
    """The convolutions in order. A dense layer on a map is a 1x1 convolution."""
    part: _Part | None = None
    for operation in operations:
        kind = _kind(operation)
        if kind:
            if part:
                yield part
            part = _Part(operation, kind)
        elif part and operation.type in ADDITIONS and _joins(operation):
            part.adds += 1
        elif part and operation.type in POOLING and operation.inputs[0].shape.rank == 4:
            part.pooled.append(operation.inputs[0])
    if part:
        yield part


def _kind(operation: Any) -> str:
    if operation.type == "DepthwiseConv2dNative":
        return "depthwise"
    if operation.type == "Conv2D":
        *window, channels, out = operation.inputs[1].shape
        if channels == 1 and out == operation.inputs[0].shape[-1] and out > 1:
            return "depthwise"
        return "pointwise" if prod(window) == 1 else "standard"
    return "dense" if operation.type == "MatMul" else ""


def _joins(operation: Any) -> bool:
    """Whether it adds two maps. A bias or a batch norm's shift has another shape than the map."""
    shapes = {tuple(tensor.shape) for tensor in operation.inputs}
    return len(operation.inputs) > 1 and len(shapes) == 1 and len(next(iter(shapes))) == 4


def _block(
    parts: list[_Part], start: int, end: int, ranges: dict[int, tuple[float, float]]
) -> BlockRow:
    """The block around the depthwise convolution ``start``; the next one is at ``end``."""
    filtering = parts[start]
    before = parts[start - 1]
    # The convolution before it belongs to this block unless it is the last block's projection or
    # the stem: two stand between two depthwise ones where there is an expansion.
    since = next((i for i in range(start - 1, -1, -1) if parts[i].kind == "depthwise"), None)
    between = start - 1 - since if since is not None else start
    expansion = before if between > 1 else None
    projection = parts[start + 1] if start + 1 < end else None
    after = parts[min(start + 2, len(parts) - 1)]
    own = [part for part in (expansion, filtering, projection) if part]
    low, high = ranges[id(after.entering)]
    return BlockRow(
        filtering.size_in,
        filtering.size_out,
        (expansion or filtering).channels_in,
        filtering.channels_out,
        projection.channels_out if projection else 0,
        sum(part.adds for part in parts[start : min(start + 2, end)]),
        sum(part.macs for part in own),
        *ranges[id(filtering.entering)],
        *(ranges[id(projection.entering)] if projection else (0.0, 0.0)),
        low,
        high,
    )


def _outside(parts: list[_Part], ranges: dict[int, tuple[float, float]]) -> OutsideRow:
    """Stem, head and classifier."""
    stem = parts[0]
    maps = [part for part in parts if part.kind != "dense"]
    pooled = [tensor for part in parts for tensor in part.pooled]
    low, high = ranges[id(pooled[-1])] if pooled else (0.0, 0.0)
    return OutsideRow(
        stem.size_out,
        stem.channels_out,
        *ranges[id(parts[1].entering)],
        maps[-1].channels_out,
        maps[-1].size_out,
        low,
        high,
        parts[-1].channels_in,
    )


def _height(tensor: Any) -> int:
    return int(tensor.shape[1]) if tensor.shape.rank == 4 else 0
