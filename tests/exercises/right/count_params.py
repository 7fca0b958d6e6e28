"""Right ways to write count_params."""

from functools import partial

import numpy as np


def by_branches(kind, k, c_in, c_out):
    if kind == "standard":
        return k**2 * c_in * c_out
    if kind == "depthwise":
        return k**2 * c_in
    if kind == "pointwise":
        return c_in * c_out
    return k**2 * c_in + c_in * c_out


def by_recursion(kind, k, c_in, c_out):
    if kind == "separable":
        return by_recursion("depthwise", k, c_in, c_out) + by_recursion("pointwise", k, c_in, c_out)
    area = 1 if kind == "pointwise" else k * k
    return area * c_in * (1 if kind == "depthwise" else c_out)


def by_table(kind, k, c_in, c_out):
    return {
        "standard": k * k * c_in * c_out,
        "depthwise": k * k * c_in,
        "pointwise": c_in * c_out,
        "separable": c_in * (k * k + c_out),
    }[kind]


def by_match(kind, k, c_in, c_out):
    match kind:
        case "standard":
            return k * k * c_in * c_out
        case "depthwise":
            return k * k * c_in
        case "pointwise":
            return c_in * c_out
        case "separable":
            return k * k * c_in + c_in * c_out


def as_float(kind, k, c_in, c_out):
    return float(by_table(kind, k, c_in, c_out))


def as_numpy(kind, k, c_in, c_out):
    return np.int64(by_table(kind, k, c_in, c_out))


def by_counting(kind, k, c_in, c_out):
    shapes = {
        "standard": [(k, k, c_in, c_out)],
        "depthwise": [(k, k, c_in, 1)],
        "pointwise": [(1, 1, c_in, c_out)],
        "separable": [(k, k, c_in, 1), (1, 1, c_in, c_out)],
    }
    return sum(int(np.prod(shape)) for shape in shapes[kind])


def with_other_names(which, size, before, after):
    return by_table(which, size, before, after)


def with_a_default(kind, k, c_in, c_out=None):
    return by_table(kind, k, c_in, c_out)


OTHERS = {"a_partial": partial(by_table), "a_lambda": lambda *a: by_table(*a)}
