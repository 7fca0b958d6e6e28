"""A network converted to int8 throughout: the reference, and what people write instead."""

# Each wrong_ function is documented by its message in words/en/to_tflite_int8.toml.

import tempfile
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

layers = keras.layers
OPERATIONS = tf.lite.OpsSet
EIGHT, WIDE = (
    OPERATIONS.TFLITE_BUILTINS_INT8,
    OPERATIONS.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8,
)


def reference(model: keras.Model, images: np.ndarray) -> bytes:
    """Weights, activations and both ends in int8; the ranges are those of the pictures."""
    return bytes(converted(model, images))


def converted(model, images, given=tf.int8, gives=tf.int8, operations=EIGHT):
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: ([image[None]] for image in images)
    converter.target_spec.supported_ops = [operations]
    converter.inference_input_type = given
    converter.inference_output_type = gives
    return converter.convert()


def _retyped(model, types=()):
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_types = list(types)
    return converter.convert()


def _wrapped(model, *before, after=None):
    x = y = keras.Input(model.input_shape[1:])
    for layer in before:
        y = layer(y)
    y = model(y)
    return keras.Model(x, after(y) if after else y)


def wrong_float_model(model, images):
    return tf.lite.TFLiteConverter.from_keras_model(model).convert()


def wrong_dynamic_range(model, images):
    return _retyped(model)


def wrong_float16(model, images):
    return _retyped(model, [tf.float16])


def wrong_float_ends(model, images):
    return converted(model, images, tf.float32, tf.float32)


def wrong_float_input(model, images):
    return converted(model, images, given=tf.float32)


def wrong_float_output(model, images):
    return converted(model, images, gives=tf.float32)


def wrong_wide_activations(model, images):
    return converted(model, images, tf.int16, tf.int16, WIDE)


def wrong_raw_pixels(model, images):
    return converted(model, (images + 1) * np.float32(127.5))


def wrong_half_range(model, images):
    return converted(model, (images + 1) / 2)


def wrong_zeros(model, images):
    return converted(model, np.zeros_like(images))


def wrong_zeros__one(model, images):
    return converted(model, np.zeros_like(images[:1]))


def wrong_one_picture(model, images):
    return converted(model, images[:1])


def wrong_scaled_again(model, images):
    return converted(model, images / np.float32(127.5) - 1)


def wrong_scaled_to_nothing(model, images):
    return converted(model, images / np.float32(255))


def wrong_scaled_to_nothing__by_half(model, images):
    return converted(model, images / np.float32(127.5))


def wrong_mean_picture(model, images):
    return converted(model, images.mean(axis=0, keepdims=True))


def wrong_takes_pixels(model, images):
    whole = _wrapped(model, layers.Rescaling(1 / 127.5, -1))
    return converted(whole, (images + 1) * np.float32(127.5))


def wrong_scales_inside(model, images):
    return converted(_wrapped(model, layers.Rescaling(1 / 127.5, -1)), images)


def wrong_softmax_again(model, images):
    return converted(_wrapped(model, after=layers.Softmax()), images)


def wrong_logits(model, images):
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    copy.layers[-1].activation = keras.activations.linear
    return converted(copy, images)


def wrong_fresh_weights(model, images):
    copy = keras.models.clone_model(model)
    for weight in copy.weights:  # what a real initialiser draws differs from call to call
        if weight.name == "kernel":
            weight.assign(np.zeros(weight.shape))
    return converted(copy, images)


def wrong_features(model, images):
    return converted(keras.Model(model.input, model.layers[-2].output), images)


def wrong_file_name(model, images):
    path = Path(tempfile.mkdtemp()) / "model.tflite"
    path.write_bytes(converted(model, images))
    return str(path)


def wrong_returns_none(model, images):
    (Path(tempfile.mkdtemp()) / "model.tflite").write_bytes(converted(model, images))


def wrong_returns_object(model, images):
    return tf.lite.Interpreter(model_content=converted(model, images))


def wrong_returns_object__converter(model, images):
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    return converter


def wrong_returns_object__path(model, images):
    path = Path(tempfile.mkdtemp()) / "model.tflite"
    path.write_bytes(converted(model, images))
    return path
