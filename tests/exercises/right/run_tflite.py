"""Right ways to write run_tflite: every function must pass."""

import numpy as np
import tensorflow as tf


def _opened(tflite_bytes):
    interpreter = tf.lite.Interpreter(model_content=tflite_bytes)
    interpreter.allocate_tensors()
    return interpreter, interpreter.get_input_details()[0], interpreter.get_output_details()[0]


def _steps(x, details):
    scale, zero = details["quantization"]
    return np.clip(np.round(x / scale) + zero, -128, 127).astype(np.int8)


def _numbers(y, details):
    scale, zero = details["quantization"]
    return (y.astype(np.float32) - zero) * scale


def picture_by_picture(tflite_bytes, x):
    interpreter, given, gives = _opened(tflite_bytes)
    answers = []
    for picture in x:
        interpreter.set_tensor(given["index"], _steps(picture, given)[None])
        interpreter.invoke()
        answers.append(_numbers(interpreter.get_tensor(gives["index"])[0], gives))
    return np.stack(answers)


def by_a_larger_batch(tflite_bytes, x):
    interpreter, given, gives = _opened(tflite_bytes)
    interpreter.resize_tensor_input(given["index"], x.shape)
    interpreter.allocate_tensors()
    interpreter.set_tensor(given["index"], _steps(x, given))
    interpreter.invoke()
    return _numbers(interpreter.get_tensor(gives["index"]), gives)


def by_the_signature(tflite_bytes, x):
    interpreter, given, gives = _opened(tflite_bytes)
    run = interpreter.get_signature_runner()
    (name,) = run.get_input_details()
    answers = [next(iter(run(**{name: step[None]}).values()))[0] for step in _steps(x, given)]
    return _numbers(np.array(answers), gives)


def by_tensorflow(tflite_bytes, x):
    interpreter, given, gives = _opened(tflite_bytes)
    scale, zero = given["quantization"]
    steps = tf.cast(tf.clip_by_value(tf.round(x / scale) + zero, -128, 127), tf.int8)
    rows = []
    for picture in steps:
        interpreter.set_tensor(given["index"], picture[tf.newaxis])
        interpreter.invoke()
        rows.append(tf.constant(interpreter.get_tensor(gives["index"])))
    scale, zero = gives["quantization"]
    return scale * (tf.cast(tf.concat(rows, axis=0), tf.float32) - float(zero))


def in_double_precision(tflite_bytes, x):
    interpreter, given, gives = _opened(tflite_bytes)
    answers = []
    for picture in x:
        interpreter.set_tensor(given["index"], _steps(picture, given)[None])
        interpreter.invoke()
        scale, zero = gives["quantization"]
        answers.append((interpreter.get_tensor(gives["index"])[0].astype(float) - zero) * scale)
    return np.array(answers)


def rounded_down(tflite_bytes, x):
    interpreter, given, gives = _opened(tflite_bytes)
    scale, zero = given["quantization"]
    steps = np.clip(x / scale + zero, -128, 127).astype(np.int8)
    answers = []
    for step in steps:
        interpreter.set_tensor(given["index"], step[None])
        interpreter.invoke()
        answers.append(_numbers(interpreter.get_tensor(gives["index"])[0], gives))
    return np.array(answers)


def clipped_before(tflite_bytes, x):
    interpreter, given, gives = _opened(tflite_bytes)
    scale, zero = given["quantization"]
    inside = np.clip(x, (-128 - zero) * scale, (127 - zero) * scale)
    answers = []
    for picture in np.round(inside / scale + zero).astype(np.int8):
        interpreter.set_tensor(given["index"], picture[None])
        interpreter.invoke()
        answers.append(_numbers(interpreter.get_tensor(gives["index"])[0], gives))
    return np.array(answers)


def by_quantization_parameters(tflite_bytes, x):
    interpreter, given, gives = _opened(tflite_bytes)
    scale, zero = (given["quantization_parameters"][name][0] for name in ("scales", "zero_points"))
    limits = np.iinfo(given["dtype"])
    steps = np.clip(np.rint(x / scale) + zero, limits.min, limits.max).astype(given["dtype"])
    answers = []
    for step in steps:
        interpreter.set_tensor(given["index"], step[None])
        interpreter.invoke()
        answers.append(_numbers(interpreter.get_tensor(gives["index"])[0].copy(), gives))
    return np.array(answers)


def by_the_buffers_themselves(tflite_bytes, x):
    interpreter, given, gives = _opened(tflite_bytes)
    answers = np.empty((len(x), gives["shape"][-1]), np.float32)
    for place, picture in enumerate(x):
        interpreter.tensor(given["index"])()[:] = _steps(picture, given)
        interpreter.invoke()
        answers[place] = _numbers(interpreter.tensor(gives["index"])()[0], gives)
    return answers


def a_new_interpreter_each(tflite_bytes, x):
    return np.concatenate([picture_by_picture(tflite_bytes, picture[None]) for picture in x])


def with_one_thread(tflite_bytes, x):
    interpreter = tf.lite.Interpreter(model_content=tflite_bytes, num_threads=1)
    interpreter.allocate_tensors()
    (given,), (gives,) = interpreter.get_input_details(), interpreter.get_output_details()
    answers = []
    for picture in x:
        interpreter.set_tensor(given["index"], _steps(picture, given)[None])
        interpreter.invoke()
        answers.append(_numbers(interpreter.get_tensor(gives["index"])[0], gives))
    return np.array(answers)


def also_for_floats(tflite_bytes, x):
    interpreter, given, gives = _opened(tflite_bytes)
    answers = []
    for picture in x:
        step = picture if given["dtype"] == np.float32 else _steps(picture, given)
        interpreter.set_tensor(given["index"], step[None])
        interpreter.invoke()
        y = interpreter.get_tensor(gives["index"])[0]
        answers.append(y if gives["dtype"] == np.float32 else _numbers(y, gives))
    return np.array(answers)
