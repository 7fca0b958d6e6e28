"""A converted network asked about pictures: the reference, and what people write instead."""

# Each wrong_ function is documented by its message in words/en/run_tflite.toml.

import numpy as np
import tensorflow as tf


def reference(tflite_bytes: bytes, x: np.ndarray) -> np.ndarray:
    """Onto the grid of the input, through the network, back from the grid of the output."""
    return np.asarray(_run(tflite_bytes, x))


def quantised(x, scale, zero):
    return np.clip(np.round(x / scale) + zero, -128, 127).astype("int8")


def dequantised(y, scale, zero):
    return (y.astype("float32") - zero) * np.float32(scale)


def _open(tflite_bytes):
    interpreter = tf.lite.Interpreter(model_content=tflite_bytes)
    interpreter.allocate_tensors()
    return interpreter, interpreter.get_input_details()[0], interpreter.get_output_details()[0]


def _run(tflite_bytes, x, onto=quantised, back=dequantised):
    interpreter, given, gives = _open(tflite_bytes)
    answers = []
    for picture in onto(x, *given["quantization"]):
        interpreter.set_tensor(given["index"], picture[None])
        interpreter.invoke()
        answers.append(interpreter.get_tensor(gives["index"])[0])
    return back(np.array(answers), *gives["quantization"])


def wrong_not_dequantised(tflite_bytes, x):
    return _run(tflite_bytes, x, back=lambda y, scale, zero: y)


def wrong_not_dequantised__as_floats(tflite_bytes, x):
    return _run(tflite_bytes, x, back=lambda y, scale, zero: y.astype("float32"))


def wrong_no_input_zero_point(tflite_bytes, x):
    return _run(tflite_bytes, x, lambda x, scale, zero: quantised(x, scale, 0))


def wrong_no_output_zero_point(tflite_bytes, x):
    return _run(tflite_bytes, x, back=lambda y, scale, zero: dequantised(y, scale, 0))


def wrong_no_zero_points(tflite_bytes, x):
    return _run(
        tflite_bytes,
        x,
        lambda x, scale, zero: quantised(x, scale, 0),
        lambda y, scale, zero: dequantised(y, scale, 0),
    )


def wrong_wraps(tflite_bytes, x):
    return _run(
        tflite_bytes,
        x,
        lambda x, scale, zero: (np.round(x / scale) + zero).astype("int32").astype("int8"),
    )


def wrong_first_only(tflite_bytes, x):
    return _run(tflite_bytes, x[:1])


def wrong_first_only__for_all(tflite_bytes, x):
    return np.repeat(_run(tflite_bytes, x[:1]), len(x), axis=0)


def wrong_last_for_all(tflite_bytes, x):
    return np.repeat(_run(tflite_bytes, x[-1:]), len(x), axis=0)


def wrong_softmax_again(tflite_bytes, x):
    powers = np.exp(_run(tflite_bytes, x))
    return powers / powers.sum(axis=1, keepdims=True)


def wrong_not_quantised(tflite_bytes, x):
    return _run(tflite_bytes, x, lambda x, scale, zero: x.astype("int8"))


def wrong_scale_multiplied(tflite_bytes, x):
    return _run(tflite_bytes, x, lambda x, scale, zero: quantised(x, 1 / scale, zero))


def wrong_input_grid_at_the_end(tflite_bytes, x):
    _, given, _ = _open(tflite_bytes)
    scale, zero = given["quantization"]
    return _run(tflite_bytes, x, back=lambda y, *_: dequantised(y, scale, zero))


def wrong_output_grid_at_the_start(tflite_bytes, x):
    _, _, gives = _open(tflite_bytes)
    scale, zero = gives["quantization"]
    return _run(tflite_bytes, x, lambda x, *_: quantised(x, scale, zero))


def wrong_fixed_range(tflite_bytes, x):
    return _run(tflite_bytes, x, lambda x, *_: quantised(x, 1 / 127.5, 0))


def wrong_own_range(tflite_bytes, x):
    return _run(tflite_bytes, x, lambda x, *_: quantised(x, np.abs(x).max() / 127, 0))


def wrong_zero_point_before_scale(tflite_bytes, x):
    return _run(tflite_bytes, x, lambda x, scale, zero: quantised(x + zero, scale, 0))


def wrong_dequantised_in_bytes(tflite_bytes, x):
    return _run(
        tflite_bytes, x, back=lambda y, scale, zero: (y + np.int8(-128)) * np.float32(scale)
    )


def wrong_percent(tflite_bytes, x):
    return 100 * _run(tflite_bytes, x)


def wrong_classes(tflite_bytes, x):
    return _run(tflite_bytes, x).argmax(axis=1)


def wrong_largest(tflite_bytes, x):
    return _run(tflite_bytes, x).max(axis=1)


def wrong_extra_axis(tflite_bytes, x):
    return _run(tflite_bytes, x)[:, None]


def wrong_overwritten(tflite_bytes, x):
    _, given, _ = _open(tflite_bytes)
    scale, zero = given["quantization"]
    kept = _run(tflite_bytes, x)
    x /= scale
    x += zero
    return kept


def wrong_zero_point_sign(tflite_bytes, x):
    return _run(
        tflite_bytes,
        x,
        back=lambda y, scale, zero: (y.astype("float32") + zero) * np.float32(scale),
    )


def wrong_zero_point_sign__at_the_start(tflite_bytes, x):
    return _run(tflite_bytes, x, lambda x, scale, zero: quantised(x, scale, -zero))


def wrong_zero_point_sign__at_both(tflite_bytes, x):
    return _run(
        tflite_bytes,
        x,
        lambda x, scale, zero: quantised(x, scale, -zero),
        lambda y, scale, zero: dequantised(y, scale, -zero),
    )


def wrong_scale_and_zero_point_swapped(tflite_bytes, x):
    return _run(
        tflite_bytes,
        x,
        lambda x, scale, zero: quantised(x, zero, scale),
        lambda y, scale, zero: dequantised(y, zero, scale),
    )
