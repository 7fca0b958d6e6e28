"""When a bottleneck adds its input: the reference, and what people write instead."""

# Each wrong_ function is documented by its message in words/en/use_residual.toml.


def reference(stride: int, c_in: int, c_out: int) -> bool:
    """Whether the shapes before and after the block are equal."""
    return stride == 1 and c_in == c_out


def wrong_channels_only(stride, c_in, c_out):
    return c_in == c_out


def wrong_stride_only(stride, c_in, c_out):
    return stride == 1


def wrong_always(stride, c_in, c_out):
    return True


def wrong_never(stride, c_in, c_out):
    return False


def wrong_either(stride, c_in, c_out):
    return stride == 1 or c_in == c_out


def wrong_inverted(stride, c_in, c_out):
    return not (stride == 1 and c_in == c_out)


def wrong_stride_two(stride, c_in, c_out):
    return stride == 2 and c_in == c_out


def wrong_changed_channels(stride, c_in, c_out):
    return stride == 1 and c_in != c_out


def wrong_both_change(stride, c_in, c_out):
    return stride != 1 and c_in != c_out


def wrong_one_changes(stride, c_in, c_out):
    return (stride == 1) != (c_in == c_out)


def wrong_same_object(stride, c_in, c_out):
    return stride == 1 and c_in is c_out


def wrong_not_fewer(stride, c_in, c_out):
    return stride == 1 and c_in <= c_out


def wrong_not_fewer__at_any_stride(stride, c_in, c_out):
    return c_in <= c_out


def wrong_not_more(stride, c_in, c_out):
    return stride == 1 and c_in >= c_out


def wrong_not_more__at_any_stride(stride, c_in, c_out):
    return c_in >= c_out


def wrong_multiple(stride, c_in, c_out):
    return stride == 1 and c_out % c_in == 0


def wrong_stride_missing(stride, c_in, c_out):
    return stride != 1


def wrong_channels_differ(stride, c_in, c_out):
    return c_in != c_out


def wrong_almost_equal(stride, c_in, c_out):
    return stride == 1 and abs(c_in - c_out) < 8


def wrong_floored(stride, c_in, c_out):
    return stride == 1 and c_out // c_in == 1
