"""Weights of a convolution: the reference, and what people write instead."""

# Each wrong_ function is documented by its message in words/en/count_params.toml.


def reference(kind: str, k: int, c_in: int, c_out: int) -> int:
    """Kernel height x kernel width x channels in x channels out, where there is an out."""
    if kind == "standard":
        return k * k * c_in * c_out
    if kind == "depthwise":
        return k * k * c_in
    if kind == "pointwise":
        return c_in * c_out
    return k * k * c_in + c_in * c_out


def _with(kind, k, c_in, c_out, **instead):
    """The reference, with another formula for some of the kinds."""
    return instead[kind] if kind in instead else reference(kind, k, c_in, c_out)


def wrong_bias(kind, k, c_in, c_out):
    return reference(kind, k, c_in, c_out) + (c_in if kind == "depthwise" else c_out)


def wrong_bias__both_steps(kind, k, c_in, c_out):
    more = {"depthwise": c_in, "separable": c_in + c_out}
    return reference(kind, k, c_in, c_out) + more.get(kind, c_out)


def wrong_depthwise_mixes(kind, k, c_in, c_out):
    full = k * k * c_in * c_out
    return _with(kind, k, c_in, c_out, depthwise=full, separable=full + c_in * c_out)


def wrong_depthwise_mixes__alone(kind, k, c_in, c_out):
    return _with(kind, k, c_in, c_out, depthwise=k * k * c_in * c_out)


def wrong_one_filter_for_all(kind, k, c_in, c_out):
    return _with(kind, k, c_in, c_out, depthwise=k * k, separable=k * k + c_in * c_out)


def wrong_one_filter_for_all__alone(kind, k, c_in, c_out):
    return _with(kind, k, c_in, c_out, depthwise=k * k)


def wrong_depthwise_by_output(kind, k, c_in, c_out):
    separable = k * k * c_out + c_in * c_out
    return _with(kind, k, c_in, c_out, depthwise=k * k * c_out, separable=separable)


def wrong_depthwise_by_output__alone(kind, k, c_in, c_out):
    return _with(kind, k, c_in, c_out, depthwise=k * k * c_out)


def wrong_pointwise_with_k(kind, k, c_in, c_out):
    full = k * k * c_in * c_out
    return _with(kind, k, c_in, c_out, pointwise=full, separable=k * k * c_in + full)


def wrong_pointwise_with_k__alone(kind, k, c_in, c_out):
    return _with(kind, k, c_in, c_out, pointwise=k * k * c_in * c_out)


def wrong_k_once(kind, k, c_in, c_out):
    depthwise, mix = k * c_in, c_in * c_out
    return _with(
        kind, k, c_in, c_out, standard=k * mix, depthwise=depthwise, separable=depthwise + mix
    )


def wrong_separable_multiplied(kind, k, c_in, c_out):
    return _with(kind, k, c_in, c_out, separable=k * k * c_in * c_in * c_out)


def wrong_separable_without_mixing(kind, k, c_in, c_out):
    return _with(kind, k, c_in, c_out, separable=k * k * c_in)


def wrong_separable_without_filtering(kind, k, c_in, c_out):
    return _with(kind, k, c_in, c_out, separable=c_in * c_out)


def wrong_separable_is_standard(kind, k, c_in, c_out):
    return _with(kind, k, c_in, c_out, separable=k * k * c_in * c_out)


def wrong_channels_added(kind, k, c_in, c_out):
    both = c_in + c_out
    return _with(
        kind, k, c_in, c_out, standard=k * k * both, pointwise=both, separable=k * k * c_in + both
    )


def wrong_one_input_channel(kind, k, c_in, c_out):
    separable = k * k * c_in + c_out
    return _with(kind, k, c_in, c_out, standard=k * k * c_out, pointwise=c_out, separable=separable)


def wrong_batch_norm(kind, k, c_in, c_out):
    return reference(kind, k, c_in, c_out) + 4 * (c_in if kind == "depthwise" else c_out)


def wrong_batch_norm__learned(kind, k, c_in, c_out):
    return reference(kind, k, c_in, c_out) + 2 * (c_in if kind == "depthwise" else c_out)
