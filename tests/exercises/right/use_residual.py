"""Right ways to write use_residual."""

import numpy as np


def one_line(stride, c_in, c_out):
    return stride == 1 and c_in == c_out


def other_order(stride, c_in, c_out):
    return c_out == c_in and stride == 1


def with_if(stride, c_in, c_out):
    if stride == 1 and c_in == c_out:  # noqa: SIM103 - as learners write it
        return True
    return False


def early_returns(stride, c_in, c_out):
    if stride != 1:
        return False
    if c_in != c_out:  # noqa: SIM103 - as learners write it
        return False
    return True


def tuples(stride, c_in, c_out):
    return (stride, c_in) == (1, c_out)


def negated(stride, c_in, c_out):
    return not (stride != 1 or c_in != c_out)


def by_all(stride, c_in, c_out):
    return all([stride == 1, c_in == c_out])


def difference(stride, c_in, c_out):
    return not (stride - 1) and not (c_in - c_out)


def ones_and_zeros(stride, c_in, c_out):
    return int(stride == 1) * int(c_in == c_out)


def numpy_truth(stride, c_in, c_out):
    return np.logical_and(stride == 1, c_in == c_out)


def numpy_numbers(stride, c_in, c_out):
    return np.int64(stride) == 1 and np.int64(c_in) == np.int64(c_out)


def bits(stride, c_in, c_out):
    return (stride == 1) & (c_in == c_out)


def below_two(stride, c_in, c_out):
    return stride < 2 and c_in == c_out


def renamed(s, before, after):
    return s == 1 and before == after


def not_two(stride, c_in, c_out):
    """The network has strides 1 and 2 alone."""
    return stride != 2 and c_in == c_out


def odd_stride(stride, c_in, c_out):
    return stride % 2 == 1 and c_in == c_out
