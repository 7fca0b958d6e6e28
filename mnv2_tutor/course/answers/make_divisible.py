"""Channels rounded to a multiple: the reference, and what people write instead."""

# Each wrong_ function is documented by its message in words/en/make_divisible.toml.

from math import ceil, floor, log2


def reference(v: float, divisor: int = 8, min_value: int | None = None) -> int:
    """The nearest multiple, at least the smallest one allowed, and not far below v.

    Whether the 10 % are tested before or after the smallest one makes no difference as long as
    ``min_value`` is a multiple: what it lifts is above v.
    """
    result = max(_least(divisor, min_value), _nearest(v, divisor))
    return result + divisor if result < 0.9 * v else result


def _least(divisor: int, min_value: int | None) -> int:
    return divisor if min_value is None else min_value


def _nearest(v: float, divisor: int) -> int:
    return int(v + divisor / 2) // divisor * divisor


def _limited(rounded, v, divisor, min_value):
    """The rest of the reference, after another way of rounding."""
    result = max(_least(divisor, min_value), rounded)
    return result + divisor if result < 0.9 * v else result


def _start(v, divisor, min_value):
    """The reference without the 10 % rule."""
    return max(_least(divisor, min_value), _nearest(v, divisor))


def wrong_rounds_down(v, divisor=8, min_value=None):
    return _limited(int(v // divisor) * divisor, v, divisor, min_value)


def wrong_rounds_down__without_limit(v, divisor=8, min_value=None):
    return max(_least(divisor, min_value), int(v // divisor) * divisor)


def wrong_rounds_down__bare(v, divisor=8, min_value=None):
    return int(v // divisor) * divisor


def wrong_rounds_up(v, divisor=8, min_value=None):
    return max(_least(divisor, min_value), ceil(v / divisor) * divisor)


def wrong_rounds_up__bare(v, divisor=8, min_value=None):
    return ceil(v / divisor) * divisor


def wrong_always_next(v, divisor=8, min_value=None):
    return max(_least(divisor, min_value), (int(v // divisor) + 1) * divisor)


def wrong_bankers(v, divisor=8, min_value=None):
    return _limited(round(v / divisor) * divisor, v, divisor, min_value)


def wrong_bankers__without_limit(v, divisor=8, min_value=None):
    return max(_least(divisor, min_value), round(v / divisor) * divisor)


def wrong_bankers__bare(v, divisor=8, min_value=None):
    return round(v / divisor) * divisor


def wrong_half_down(v, divisor=8, min_value=None):
    return _limited(ceil(v / divisor - 0.5) * divisor, v, divisor, min_value)


def wrong_half_down__without_limit(v, divisor=8, min_value=None):
    return max(_least(divisor, min_value), ceil(v / divisor - 0.5) * divisor)


def wrong_no_limit(v, divisor=8, min_value=None):
    return _start(v, divisor, min_value)


def wrong_nearest_only(v, divisor=8, min_value=None):
    return _nearest(v, divisor)


def wrong_nearest_only__min_value_given(v, divisor=8, min_value=None):
    return max(min_value or 0, _nearest(v, divisor))


def wrong_limit_above(v, divisor=8, min_value=None):
    result = _start(v, divisor, min_value)
    return result - divisor if result > 1.1 * v else result


def wrong_limit_above__at_least_one(v, divisor=8, min_value=None):
    result = _nearest(v, divisor)
    result = result - divisor if result > 1.1 * v else result
    return max(_least(divisor, min_value), result)


def wrong_limit_both_sides(v, divisor=8, min_value=None):
    result = _start(v, divisor, min_value)
    return result + divisor if abs(result - v) > 0.1 * v else result


def wrong_limit_of_result(v, divisor=8, min_value=None):
    result = _start(v, divisor, min_value)
    return result + divisor if 1.1 * result < v else result


def wrong_limit_sides(v, divisor=8, min_value=None):
    result = _start(v, divisor, min_value)
    return result + divisor if 0.9 * result < v else result


def wrong_limit_sides__turned(v, divisor=8, min_value=None):
    result = _start(v, divisor, min_value)
    return result + divisor if v < 0.9 * result else result


def wrong_limit_reversed(v, divisor=8, min_value=None):
    result = _start(v, divisor, min_value)
    return result + divisor if result > 0.9 * v else result


def wrong_other_share(v, divisor=8, min_value=None):
    result = _start(v, divisor, min_value)
    return result + divisor if result < 0.95 * v else result


def wrong_other_share__fifth(v, divisor=8, min_value=None):
    result = _start(v, divisor, min_value)
    return result + divisor if result < 0.8 * v else result


def wrong_limit_included(v, divisor=8, min_value=None):
    result = _start(v, divisor, min_value)
    return result + divisor if result <= 0.9 * v else result


def wrong_limit_adds_eight(v, divisor=8, min_value=None):
    result = _start(v, divisor, min_value)
    return result + 8 if result < 0.9 * v else result


def wrong_limit_subtracts(v, divisor=8, min_value=None):
    result = _start(v, divisor, min_value)
    return result - divisor if result < 0.9 * v else result


def wrong_limit_doubles(v, divisor=8, min_value=None):
    result = _start(v, divisor, min_value)
    return 2 * result if result < 0.9 * v else result


def wrong_limit_leaves_v(v, divisor=8, min_value=None):
    result = _start(v, divisor, min_value)
    return int(v) if result < 0.9 * v else result


def wrong_limit_leaves_v__float(v, divisor=8, min_value=None):
    result = _start(v, divisor, min_value)
    return v if result < 0.9 * v else result


def wrong_limit_leaves_v__share(v, divisor=8, min_value=None):
    return max(_start(v, divisor, min_value), ceil(0.9 * v))


def wrong_min_ignored(v, divisor=8, min_value=None):
    return reference(v, divisor)


def wrong_min_overrides(v, divisor=8, min_value=None):
    return min_value or reference(v, divisor)


def wrong_min_as_cap(v, divisor=8, min_value=None):
    return min(min_value or 10**9, reference(v, divisor))


def wrong_min_default_eight(v, divisor=8, min_value=None):
    result = max(min_value or 8, _nearest(v, divisor))
    return result + divisor if result < 0.9 * v else result


def wrong_min_added(v, divisor=8, min_value=None):
    return reference(v, divisor) + (min_value or 0)


def wrong_divisor_fixed(v, divisor=8, min_value=None):
    return reference(v, 8, min_value)


def wrong_divisor_fixed__in_rounding(v, divisor=8, min_value=None):
    return _limited(_nearest(v, 8), v, divisor, min_value)


def wrong_half_of_odd(v, divisor=8, min_value=None):
    return _limited(int(v + divisor // 2) // divisor * divisor, v, divisor, min_value)


def wrong_adds_four(v, divisor=8, min_value=None):
    return _limited(int(v + 4) // divisor * divisor, v, divisor, min_value)


def wrong_whole_first(v, divisor=8, min_value=None):
    return reference(int(v), divisor, min_value)


def wrong_whole_first__rounded(v, divisor=8, min_value=None):
    return reference(round(v), divisor, min_value)


def wrong_whole_first__up(v, divisor=8, min_value=None):
    return reference(ceil(v), divisor, min_value)


def wrong_power_of_two(v, divisor=8, min_value=None):
    return max(_least(divisor, min_value), 2 ** ceil(log2(v)))


def wrong_power_of_two__nearest(v, divisor=8, min_value=None):
    return max(_least(divisor, min_value), 2 ** round(log2(v)))


def wrong_groups(v, divisor=8, min_value=None):
    return int(v // divisor)


def wrong_groups__nearest(v, divisor=8, min_value=None):
    return floor(v / divisor + 0.5)


def wrong_groups__limited(v, divisor=8, min_value=None):
    return reference(v, divisor, min_value) // divisor


def wrong_not_rounded(v, divisor=8, min_value=None):
    return int(v)


def wrong_not_rounded__at_least(v, divisor=8, min_value=None):
    return max(_least(divisor, min_value), int(v))


def wrong_not_rounded__float(v, divisor=8, min_value=None):
    return max(_least(divisor, min_value), v)


def wrong_remainder(v, divisor=8, min_value=None):
    return int(v % divisor)


def wrong_returns_float(v, divisor=8, min_value=None):
    return float(reference(v, divisor, min_value))
