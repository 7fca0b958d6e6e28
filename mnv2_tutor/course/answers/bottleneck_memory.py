"""The memory of a bottleneck: the reference, and what people write instead."""

# Each wrong_ function is documented by its message in words/en/bottleneck_memory.toml.

from math import ceil


def reference(
    h: int, w: int, c_in: int, t: int, c_out: int, stride: int, bytes_per_value: int = 2
) -> tuple[int, int]:
    """The largest of the three layers, and the two ends alone.

    The residual's sum is left out: it has three tensors of the size n of the input at most (its two
    terms and a result), and the depthwise layer of the same block has n + 2tn.
    """
    x, wide, narrow, y = _tensors(h, w, c_in, t, c_out, stride)
    kept = x if stride == 1 and c_in == c_out else 0
    layers = x + wide, wide + narrow + kept, narrow + y + kept
    return max(layers) * bytes_per_value, (x + y) * bytes_per_value


def _tensors(h, w, c_in, t, c_out, stride):
    """Values in the block's input, before and after the depthwise layer, and in its output."""
    after = ceil(h / stride) * ceil(w / stride)
    return h * w * c_in, h * w * t * c_in, after * t * c_in, after * c_out


def _kept(x, c_in, c_out, stride):
    return x if stride == 1 and c_in == c_out else 0


def _layers(tensors, kept):
    x, wide, narrow, y = tensors
    return x + wide, wide + narrow + kept, narrow + y + kept


def _pair(tensors, kept, size):
    """The reference's two peaks, of other tensors or with something else kept."""
    x, _, _, y = tensors
    return max(_layers(tensors, kept)) * size, (x + y) * size


def _block(h, w, c_in, t, c_out, stride):
    tensors = _tensors(h, w, c_in, t, c_out, stride)
    return tensors, _kept(tensors[0], c_in, c_out, stride)


def _fused(h, w, c_in, t, c_out, stride, size, values):
    """The right first number, with other values in the second."""
    return reference(h, w, c_in, t, c_out, stride, size)[0], values * size


def _first(h, w, c_in, t, c_out, stride, size, values):
    """The right second number, with other values in the first."""
    return values * size, reference(h, w, c_in, t, c_out, stride, size)[1]


def wrong_input_not_kept(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    return _pair(_tensors(h, w, c_in, t, c_out, stride), 0, bytes_per_value)


def wrong_input_not_kept__before_projecting(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    tensors, kept = _block(h, w, c_in, t, c_out, stride)
    first, second, third = _layers(tensors, 0)
    values = max(first, second, third + kept)
    return _first(h, w, c_in, t, c_out, stride, bytes_per_value, values)


def wrong_input_always_kept(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    return _pair(_tensors(h, w, c_in, t, c_out, stride), h * w * c_in, bytes_per_value)


def wrong_kept_by_channels(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    kept = h * w * c_in if c_in == c_out else 0
    return _pair(_tensors(h, w, c_in, t, c_out, stride), kept, bytes_per_value)


def wrong_kept_by_stride(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    kept = h * w * c_in if stride == 1 else 0
    return _pair(_tensors(h, w, c_in, t, c_out, stride), kept, bytes_per_value)


def wrong_kept_by_either(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    kept = h * w * c_in if stride == 1 or c_in == c_out else 0
    return _pair(_tensors(h, w, c_in, t, c_out, stride), kept, bytes_per_value)


def wrong_kept_twice(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    tensors, kept = _block(h, w, c_in, t, c_out, stride)
    return _pair(tensors, 2 * kept, bytes_per_value)


def wrong_kept_in_fused(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    (x, _, _, y), kept = _block(h, w, c_in, t, c_out, stride)
    return _fused(h, w, c_in, t, c_out, stride, bytes_per_value, x + y + kept)


def wrong_all_tensors(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    values = sum(_tensors(h, w, c_in, t, c_out, stride))
    return _first(h, w, c_in, t, c_out, stride, bytes_per_value, values)


def wrong_all_tensors__and_the_kept(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    tensors, kept = _block(h, w, c_in, t, c_out, stride)
    return _first(h, w, c_in, t, c_out, stride, bytes_per_value, sum(tensors) + kept)


def wrong_layers_summed(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    values = sum(_layers(*_block(h, w, c_in, t, c_out, stride)))
    return _first(h, w, c_in, t, c_out, stride, bytes_per_value, values)


def wrong_layers_summed__nothing_kept(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    values = sum(_layers(_tensors(h, w, c_in, t, c_out, stride), 0))
    return _first(h, w, c_in, t, c_out, stride, bytes_per_value, values)


def wrong_smallest_layer(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    values = min(_layers(*_block(h, w, c_in, t, c_out, stride)))
    return _first(h, w, c_in, t, c_out, stride, bytes_per_value, values)


def wrong_largest_tensor(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    values = max(_tensors(h, w, c_in, t, c_out, stride))
    return _first(h, w, c_in, t, c_out, stride, bytes_per_value, values)


def wrong_largest_tensor__and_the_kept(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    tensors, kept = _block(h, w, c_in, t, c_out, stride)
    return _first(h, w, c_in, t, c_out, stride, bytes_per_value, max(tensors) + kept)


def wrong_largest_tensor__in_both(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    x, wide, narrow, y = _tensors(h, w, c_in, t, c_out, stride)
    return max(x, wide, narrow, y) * bytes_per_value, max(x, y) * bytes_per_value


def wrong_depthwise_pair__in_place(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    (x, wide, narrow, y), kept = _block(h, w, c_in, t, c_out, stride)
    values = max(x + wide, wide + kept, narrow + y + kept)
    return _first(h, w, c_in, t, c_out, stride, bytes_per_value, values)


def wrong_output_from_the_start(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    (x, wide, narrow, y), kept = _block(h, w, c_in, t, c_out, stride)
    values = max(x + wide + y, wide + narrow + kept + y, narrow + y + kept)
    return _first(h, w, c_in, t, c_out, stride, bytes_per_value, values)


def wrong_wide_not_freed(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    (x, wide, narrow, y), kept = _block(h, w, c_in, t, c_out, stride)
    values = max(x + wide, wide + narrow + kept, wide + narrow + y + kept)
    return _first(h, w, c_in, t, c_out, stride, bytes_per_value, values)


def wrong_layer_missing__expansion(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    _, second, third = _layers(*_block(h, w, c_in, t, c_out, stride))
    return _first(h, w, c_in, t, c_out, stride, bytes_per_value, max(second, third))


def wrong_depthwise_pair__left_out(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    first, _, third = _layers(*_block(h, w, c_in, t, c_out, stride))
    return _first(h, w, c_in, t, c_out, stride, bytes_per_value, max(first, third))


def wrong_layer_missing__projection(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    first, second, _ = _layers(*_block(h, w, c_in, t, c_out, stride))
    return _first(h, w, c_in, t, c_out, stride, bytes_per_value, max(first, second))


def wrong_layer_missing__but_the_depthwise(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    _, values, _ = _layers(*_block(h, w, c_in, t, c_out, stride))
    return _first(h, w, c_in, t, c_out, stride, bytes_per_value, values)


def wrong_layer_missing__but_the_expansion(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    values, _, _ = _layers(*_block(h, w, c_in, t, c_out, stride))
    return _first(h, w, c_in, t, c_out, stride, bytes_per_value, values)


def wrong_values(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    return reference(h, w, c_in, t, c_out, stride, 1)


def wrong_fixed_bytes(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    return reference(h, w, c_in, t, c_out, stride, 2)


def wrong_fixed_bytes__four(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    return reference(h, w, c_in, t, c_out, stride, 4)


def wrong_bytes_in_one__first(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    one, two = reference(h, w, c_in, t, c_out, stride, 1)
    return one * bytes_per_value, two


def wrong_bytes_in_one__second(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    one, two = reference(h, w, c_in, t, c_out, stride, 1)
    return one, two * bytes_per_value


def wrong_bits(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    return reference(h, w, c_in, t, c_out, stride, 8 * bytes_per_value)


def wrong_kilobytes(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    one, two = reference(h, w, c_in, t, c_out, stride, bytes_per_value)
    return one / 1024, two / 1024


def wrong_kilobytes__whole(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    one, two = reference(h, w, c_in, t, c_out, stride, bytes_per_value)
    return one // 1024, two // 1024


def wrong_kilobytes__thousands(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    one, two = reference(h, w, c_in, t, c_out, stride, bytes_per_value)
    return one / 1000, two / 1000


def _resized(h, w, c_in, t, c_out, stride, size, places):
    """The reference with ``places`` behind the depthwise layer."""
    x, wide, _, _ = _tensors(h, w, c_in, t, c_out, stride)
    kept = _kept(x, c_in, c_out, stride)
    return _pair((x, wide, places * t * c_in, places * c_out), kept, size)


def wrong_rounds_down(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    places = (h // stride) * (w // stride)
    return _resized(h, w, c_in, t, c_out, stride, bytes_per_value, places)


def wrong_rounds_down__pixels(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    return _resized(h, w, c_in, t, c_out, stride, bytes_per_value, h * w // stride**2)


def wrong_not_rounded(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    places = (h / stride) * (w / stride)
    return _resized(h, w, c_in, t, c_out, stride, bytes_per_value, places)


def wrong_pixels_rounded_up(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    return _resized(h, w, c_in, t, c_out, stride, bytes_per_value, -(-h * w // stride**2))


def wrong_valid_padding(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    places = ceil((h - 2) / stride) * ceil((w - 2) / stride)
    return _resized(h, w, c_in, t, c_out, stride, bytes_per_value, places)


def wrong_stride_ignored(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    return _resized(h, w, c_in, t, c_out, stride, bytes_per_value, h * w)


def wrong_stride_once(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    return _resized(h, w, c_in, t, c_out, stride, bytes_per_value, ceil(h / stride) * w)


def wrong_stride_once__pixels(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    return _resized(h, w, c_in, t, c_out, stride, bytes_per_value, h * w // stride)


def wrong_stride_in_expansion(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    (x, _, narrow, y), kept = _block(h, w, c_in, t, c_out, stride)
    return _pair((x, narrow, narrow, y), kept, bytes_per_value)


def wrong_stride_in_projection(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    (x, wide, _, y), kept = _block(h, w, c_in, t, c_out, stride)
    return _pair((x, wide, wide, y), kept, bytes_per_value)


def wrong_output_without_stride(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    (x, wide, narrow, _), kept = _block(h, w, c_in, t, c_out, stride)
    return _pair((x, wide, narrow, h * w * c_out), kept, bytes_per_value)


def wrong_output_without_stride__when_fused(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    values = h * w * (c_in + c_out)
    return _fused(h, w, c_in, t, c_out, stride, bytes_per_value, values)


def _widened(h, w, c_in, t, c_out, stride, size, channels):
    """The reference with ``channels`` in the wide tensors."""
    (x, wide, narrow, y), kept = _block(h, w, c_in, t, c_out, stride)
    wide, narrow = wide // (t * c_in) * channels, narrow // (t * c_in) * channels
    return _pair((x, wide, narrow, y), kept, size)


def wrong_t_as_channels(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    return _widened(h, w, c_in, t, c_out, stride, bytes_per_value, t)


def wrong_t_added(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    return _widened(h, w, c_in, t, c_out, stride, bytes_per_value, c_in + t)


def wrong_not_expanded(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    return _widened(h, w, c_in, t, c_out, stride, bytes_per_value, c_in)


def wrong_output_expanded(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    return _widened(h, w, c_in, t, c_out, stride, bytes_per_value, t * c_out)


def wrong_channels_swapped(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    return reference(h, w, c_out, t, c_in, stride, bytes_per_value)


def wrong_depthwise_projects(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    (x, wide, _, y), kept = _block(h, w, c_in, t, c_out, stride)
    return _pair((x, wide, y, y), kept, bytes_per_value)


def wrong_fused_larger(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    x, _, _, y = _tensors(h, w, c_in, t, c_out, stride)
    return _fused(h, w, c_in, t, c_out, stride, bytes_per_value, max(x, y))


def wrong_fused_one_end__input(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    return _fused(h, w, c_in, t, c_out, stride, bytes_per_value, h * w * c_in)


def wrong_fused_one_end__output(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    values = _tensors(h, w, c_in, t, c_out, stride)[-1]
    return _fused(h, w, c_in, t, c_out, stride, bytes_per_value, values)


def wrong_fused_wide(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    values = sum(_tensors(h, w, c_in, t, c_out, stride))
    return _fused(h, w, c_in, t, c_out, stride, bytes_per_value, values)


def wrong_fused_wide__one(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    x, wide, _, y = _tensors(h, w, c_in, t, c_out, stride)
    return _fused(h, w, c_in, t, c_out, stride, bytes_per_value, x + wide + y)


def wrong_fused_wide__larger(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    x, wide, _, y = _tensors(h, w, c_in, t, c_out, stride)
    return _fused(h, w, c_in, t, c_out, stride, bytes_per_value, max(x, y) + wide)


def wrong_fused_slice(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    x, wide, narrow, y = _tensors(h, w, c_in, t, c_out, stride)
    values = x + y + (wide + narrow) // t
    return _fused(h, w, c_in, t, c_out, stride, bytes_per_value, values)


def wrong_fused_slice__channel(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    x, wide, narrow, y = _tensors(h, w, c_in, t, c_out, stride)
    values = x + y + (wide + narrow) // (t * c_in)
    return _fused(h, w, c_in, t, c_out, stride, bytes_per_value, values)


def wrong_fused_slice__wide(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    x, wide, _, y = _tensors(h, w, c_in, t, c_out, stride)
    return _fused(h, w, c_in, t, c_out, stride, bytes_per_value, x + y + wide // t)


def wrong_fused_divided(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    peak = reference(h, w, c_in, t, c_out, stride, bytes_per_value)[0]
    return peak, peak // t


def wrong_fused_divided__exactly(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    peak = reference(h, w, c_in, t, c_out, stride, bytes_per_value)[0]
    return peak, peak / t


def wrong_same_twice(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    peak = reference(h, w, c_in, t, c_out, stride, bytes_per_value)[0]
    return peak, peak


def wrong_saving(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    one, two = reference(h, w, c_in, t, c_out, stride, bytes_per_value)
    return one, one - two


def wrong_swapped(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    return reference(h, w, c_in, t, c_out, stride, bytes_per_value)[::-1]


def wrong_one_number__first(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    return reference(h, w, c_in, t, c_out, stride, bytes_per_value)[0]


def wrong_one_number__second(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    return reference(h, w, c_in, t, c_out, stride, bytes_per_value)[1]


def wrong_one_number__sum(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    return sum(reference(h, w, c_in, t, c_out, stride, bytes_per_value))


def wrong_weights(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    weights = t * c_in * (c_in + 9 + c_out)
    one, two = reference(h, w, c_in, t, c_out, stride, 1)
    return (one + weights) * bytes_per_value, (two + weights) * bytes_per_value


def wrong_weights__of_the_layer(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    layers = _layers(*_block(h, w, c_in, t, c_out, stride))
    weights = c_in * t * c_in, 9 * t * c_in, t * c_in * c_out
    values = max(a + b for a, b in zip(layers, weights, strict=True))
    return _first(h, w, c_in, t, c_out, stride, bytes_per_value, values)


def wrong_square_pictures(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    return reference(h, h, c_in, t, c_out, stride, bytes_per_value)


def wrong_square_pictures__width(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    return reference(w, w, c_in, t, c_out, stride, bytes_per_value)


def wrong_weights__in_the_first(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    weights = t * c_in * (c_in + 9 + c_out)
    one, two = reference(h, w, c_in, t, c_out, stride, 1)
    return (one + weights) * bytes_per_value, two * bytes_per_value


def wrong_weights__with_batch_norm(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    weights = t * c_in * (c_in + 9 + c_out) + 8 * t * c_in + 4 * c_out
    one, two = reference(h, w, c_in, t, c_out, stride, 1)
    return (one + weights) * bytes_per_value, (two + weights) * bytes_per_value


def wrong_weights__of_the_layer_in_both(h, w, c_in, t, c_out, stride, bytes_per_value=2):
    layers = _layers(*_block(h, w, c_in, t, c_out, stride))
    weights = c_in * t * c_in, 9 * t * c_in, t * c_in * c_out
    values = max(a + b for a, b in zip(layers, weights, strict=True))
    fused = reference(h, w, c_in, t, c_out, stride, 1)[1] + sum(weights)
    return values * bytes_per_value, fused * bytes_per_value
