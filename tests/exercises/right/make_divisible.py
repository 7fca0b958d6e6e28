"""Right ways to write make_divisible."""

import math
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import numpy as np


def published(v, divisor=8, min_value=None):
    if min_value is None:
        min_value = divisor
    new_v = max(min_value, int(v + divisor / 2) // divisor * divisor)
    if new_v < 0.9 * v:
        new_v += divisor
    return new_v


def by_floor(v, divisor=8, min_value=None):
    result = max(min_value or divisor, math.floor(v / divisor + 0.5) * divisor)
    return result if result >= v - 0.1 * v else result + divisor


def limit_first(v, divisor=8, min_value=None):
    rounded = int((v + divisor / 2) // divisor) * divisor
    if rounded < 0.9 * v:
        rounded += divisor
    return max(rounded, min_value or divisor)


def limit_instead(v, divisor=8, min_value=None):
    rounded = int(v / divisor + 0.5) * divisor
    least = min_value or divisor
    if rounded < least:
        return least
    elif rounded / v < 0.9:
        return rounded + divisor
    return rounded


def zero_as_the_least(v, divisor=8, min_value=None):
    """The 10 % rule lifts 0 to the divisor by itself."""
    result = max(min_value or 0, int(v + divisor / 2) // divisor * divisor)
    return result + divisor * (result < 0.9 * v)


def by_loss(v, divisor=8, min_value=None):
    result = max(min_value or divisor, int(v + divisor / 2) // divisor * divisor)
    while (v - result) / v > 0.1:
        result += divisor
    return result


def by_remainder(v, divisor=8, min_value=None):
    rest = v % divisor
    down = round(v - rest)
    result = down if rest < divisor / 2 else down + divisor
    result = max(result, divisor if min_value is None else min_value)
    return result + divisor if 10 * result < 9 * v else result


def by_search(v, divisor=8, min_value=None):
    least = min_value or divisor
    found = min(range(0, int(v) + 2 * divisor, divisor), key=lambda m: (abs(m - v), -m))
    found = max(found, least)
    return found + divisor if found < v * (1 - 0.1) else found


def least_before(v, divisor=8, min_value=None):
    floor = min_value if min_value is not None else divisor
    if v <= floor:
        return floor
    result = int(v + divisor / 2) // divisor * divisor
    return result if not result < 0.9 * v else result + divisor


def by_decimal(v, divisor=8, min_value=None):
    share = (Decimal(str(v)) / divisor).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    result = max(min_value or divisor, int(share) * divisor)
    return result + divisor if result < 0.9 * v else result


def by_fraction(v, divisor=8, min_value=None):
    exact = Fraction(str(v))
    result = max(min_value or divisor, math.floor(exact / divisor + Fraction(1, 2)) * divisor)
    return result + divisor if result < exact * Fraction(9, 10) else result


def by_numpy(v, divisor=8, min_value=None):
    result = np.int64(np.floor(v / divisor + 0.5)) * divisor
    result = np.maximum(result, divisor if min_value is None else min_value)
    return np.where(result < 0.9 * v, result + divisor, result)[()]


def step_by_step(v, divisor=8, min_value=None):
    result = 0
    while result + divisor / 2 <= v:
        result += divisor
    while result < (min_value or divisor):
        result += divisor
    if result < 0.9 * v:
        result = result + divisor
    return result


def int_at_the_end(v, divisor=8, min_value=None):
    result = max((v + divisor / 2) // divisor * divisor, min_value or divisor)
    if result < 0.9 * v:
        result += divisor
    return int(result)


def keyword_only(v, *, divisor=8, min_value=None):
    return published(v, divisor, min_value)


def with_other_names(channels, by=8, least=None):
    return published(channels, by, least)


def any_arguments(*args, **kwargs):
    return published(*args, **kwargs)
