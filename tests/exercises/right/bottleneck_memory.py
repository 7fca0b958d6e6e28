"""Right ways to write bottleneck_memory."""

import math
from collections import namedtuple

import numpy as np


def named_tensors(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    h2, w2 = math.ceil(h / stride), math.ceil(w / stride)
    x = h * w * c_in
    wide = h * w * t * c_in
    narrow = h2 * w2 * t * c_in
    y = h2 * w2 * c_out
    kept = x if stride == 1 and c_in == c_out else 0
    peak = max(x + wide, wide + narrow + kept, narrow + y + kept)
    return peak * bytes_per_value, (x + y) * bytes_per_value


def list_of_two(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    def size(rows, columns, channels):
        return rows * columns * channels * bytes_per_value

    rows, columns = -(-h // stride), -(-w // stride)
    tensors = [
        size(h, w, c_in), size(h, w, c_in * t), size(rows, columns, c_in * t),
        size(rows, columns, c_out),
    ]  # fmt: skip
    sums = [a + b for a, b in zip(tensors, tensors[1:])]
    if stride == 1 and c_in == c_out:
        sums[1] += tensors[0]
        sums[2] += tensors[0]
    return [max(sums), tensors[0] + tensors[-1]]


def with_sets(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    """What is alive, by name: a set counts nothing twice."""
    after = (h + stride - 1) // stride * ((w + stride - 1) // stride)
    size = {"x": h * w * c_in, "a": h * w * t * c_in, "b": after * t * c_in, "y": after * c_out}
    kept = {"x"} if (stride, c_in) == (1, c_out) else set()
    alive = [{"x", "a"} | kept, {"a", "b"} | kept, {"b", "y"} | kept, {"y"} | kept]
    peaks = [sum(size[name] for name in names) for names in alive]
    return max(peaks) * bytes_per_value, (size["x"] + size["y"]) * bytes_per_value


def two_branches(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    """With a residual the depthwise layer has the peak whatever the sizes."""
    n = h * w * c_in
    if stride == 1 and c_in == c_out:
        return n * (1 + 2 * t) * bytes_per_value, 2 * n * bytes_per_value
    places = len(range(0, h, stride)) * len(range(0, w, stride))
    peak = max(n + t * n, t * n + places * t * c_in, places * (t * c_in + c_out))
    return peak * bytes_per_value, (n + places * c_out) * bytes_per_value


def with_the_sum(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    """The residual's sum as a fourth layer, with an output of its own."""
    peak, fused = named_tensors(h, w, c_in, t, c_out, stride, bytes_per_value)
    if stride == 1 and c_in == c_out:
        peak = max(peak, 3 * h * w * c_in * bytes_per_value)
    return peak, fused


def step_by_step(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    peak = 0
    kept = h * w * c_in if stride == 1 and c_in == c_out else 0
    layers = [(1, t * c_in), (stride, t * c_in), (1, c_out)]
    rows, columns, channels = h, w, c_in
    for number, (step, filters) in enumerate(layers):
        before = rows * columns * channels
        rows, columns, channels = math.ceil(rows / step), math.ceil(columns / step), filters
        alive = before + rows * columns * channels + (kept if number else 0)
        peak = alive if alive > peak else peak
    return peak * bytes_per_value, (h * w * c_in + rows * columns * channels) * bytes_per_value


def numpy_sizes(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    rows, columns = np.ceil(h / stride), np.ceil(w / stride)
    shapes = [(h, w, c_in), (h, w, t * c_in), (rows, columns, t * c_in), (rows, columns, c_out)]
    sizes = np.array([np.prod(shape) for shape in shapes])
    alive = sizes[:-1] + sizes[1:]
    if stride == 1 and c_in == c_out:
        alive[1:] += sizes[0]
    return alive.max() * bytes_per_value, (sizes[0] + sizes[-1]) * bytes_per_value


def numpy_integers(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    pair = np.array(named_tensors(h, w, c_in, t, c_out, stride, bytes_per_value), dtype=np.int64)
    return tuple(pair)


def array_as_list(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    pair = np.array(named_tensors(h, w, c_in, t, c_out, stride, bytes_per_value))
    return pair.tolist()


def whole_floats(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    peak, fused = named_tensors(h, w, c_in, t, c_out, stride, bytes_per_value * 8)
    return peak / 8, fused / 8


def bits_to_bytes(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    bits = named_tensors(h, w, c_in, t, c_out, stride, 8 * bytes_per_value)
    return bits[0] // 8, bits[1] // 8


_Peaks = namedtuple("_Peaks", "layers fused")


def named_pair(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    peak, fused = named_tensors(h, w, c_in, t, c_out, stride, bytes_per_value)
    return _Peaks(layers=peak, fused=fused)


def with_other_names(height, width, before, factor, after, step, size=2):
    return named_tensors(height, width, before, factor, after, step, size)


def bytes_by_name(h, w, c_in, t, c_out, stride, *, bytes_per_value=2):
    return named_tensors(h, w, c_in, t, c_out, stride, bytes_per_value)


def any_arguments(*args):
    return named_tensors(*args)
