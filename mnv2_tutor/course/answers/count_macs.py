"""Multiply-adds of a convolution: the reference, and what people write instead."""

# Each wrong_ function is documented by its message in words/en/count_macs.toml.

from math import ceil

from mnv2_tutor.course.answers.count_params import reference as weights


def reference(kind: str, h: int, w: int, k: int, c_in: int, c_out: int, stride: int = 1) -> int:
    """Every weight works once at every place of the output."""
    places = ceil(h / stride) * ceil(w / stride)
    return places * weights(kind, k, c_in, c_out)


def _at(places, kind, k, c_in, c_out, **instead):
    """Places times weights, with other weights for some of the kinds."""
    return places * (instead[kind] if kind in instead else weights(kind, k, c_in, c_out))


def _places(h, w, stride):
    return ceil(h / stride) * ceil(w / stride)


def wrong_weights_only(kind, h, w, k, c_in, c_out, stride=1):
    return weights(kind, k, c_in, c_out)


def wrong_stride_ignored(kind, h, w, k, c_in, c_out, stride=1):
    return reference(kind, h, w, k, c_in, c_out)


def wrong_rounds_down(kind, h, w, k, c_in, c_out, stride=1):
    return (h // stride) * (w // stride) * weights(kind, k, c_in, c_out)


def wrong_rounds_down__pixels(kind, h, w, k, c_in, c_out, stride=1):
    return (h * w) // stride**2 * weights(kind, k, c_in, c_out)


def wrong_not_rounded(kind, h, w, k, c_in, c_out, stride=1):
    return (h / stride) * (w / stride) * weights(kind, k, c_in, c_out)


def wrong_stride_once(kind, h, w, k, c_in, c_out, stride=1):
    return ceil(h / stride) * w * weights(kind, k, c_in, c_out)


def wrong_stride_once__pixels(kind, h, w, k, c_in, c_out, stride=1):
    return h * w // stride * weights(kind, k, c_in, c_out)


def wrong_valid_padding(kind, h, w, k, c_in, c_out, stride=1):
    size = 1 if kind == "pointwise" else k
    places = ceil((h - size + 1) / stride) * ceil((w - size + 1) / stride)
    return places * weights(kind, k, c_in, c_out)


def wrong_mixing_before_stride(kind, h, w, k, c_in, c_out, stride=1):
    if kind != "separable":
        return reference(kind, h, w, k, c_in, c_out, stride)
    return _places(h, w, stride) * k * k * c_in + h * w * c_in * c_out


def wrong_stride_in_mixing(kind, h, w, k, c_in, c_out, stride=1):
    if kind != "separable":
        return reference(kind, h, w, k, c_in, c_out, stride)
    return h * w * k * k * c_in + _places(h, w, stride) * c_in * c_out


def wrong_stride_twice(kind, h, w, k, c_in, c_out, stride=1):
    if kind != "separable":
        return reference(kind, h, w, k, c_in, c_out, stride)
    rows, columns = ceil(h / stride), ceil(w / stride)
    return rows * columns * k * k * c_in + _places(rows, columns, stride) * c_in * c_out


def wrong_depthwise_mixes(kind, h, w, k, c_in, c_out, stride=1):
    full = k * k * c_in * c_out
    return _at(
        _places(h, w, stride), kind, k, c_in, c_out, depthwise=full, separable=full + c_in * c_out
    )


def wrong_depthwise_mixes__alone(kind, h, w, k, c_in, c_out, stride=1):
    return _at(_places(h, w, stride), kind, k, c_in, c_out, depthwise=k * k * c_in * c_out)


def wrong_pointwise_with_k(kind, h, w, k, c_in, c_out, stride=1):
    full = k * k * c_in * c_out
    return _at(
        _places(h, w, stride), kind, k, c_in, c_out, pointwise=full, separable=k * k * c_in + full
    )


def wrong_pointwise_with_k__alone(kind, h, w, k, c_in, c_out, stride=1):
    return _at(_places(h, w, stride), kind, k, c_in, c_out, pointwise=k * k * c_in * c_out)


def wrong_flops(kind, h, w, k, c_in, c_out, stride=1):
    return 2 * reference(kind, h, w, k, c_in, c_out, stride)


def wrong_separable_multiplied(kind, h, w, k, c_in, c_out, stride=1):
    product = k * k * c_in * c_in * c_out
    return _at(_places(h, w, stride), kind, k, c_in, c_out, separable=product)


def wrong_separable_without_mixing(kind, h, w, k, c_in, c_out, stride=1):
    return _at(_places(h, w, stride), kind, k, c_in, c_out, separable=k * k * c_in)


def wrong_k_once(kind, h, w, k, c_in, c_out, stride=1):
    mix = c_in * c_out
    once = {"standard": k * mix, "depthwise": k * c_in, "separable": k * c_in + mix}
    return _at(_places(h, w, stride), kind, k, c_in, c_out, **once)


def wrong_square_pictures(kind, h, w, k, c_in, c_out, stride=1):
    return ceil(h / stride) ** 2 * weights(kind, k, c_in, c_out)


def wrong_bias(kind, h, w, k, c_in, c_out, stride=1):
    channels = c_in if kind == "depthwise" else c_out
    return _places(h, w, stride) * (weights(kind, k, c_in, c_out) + channels)
