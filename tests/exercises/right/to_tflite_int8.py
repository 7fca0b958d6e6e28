"""Right ways to write to_tflite_int8: every function must pass."""

import tempfile
from pathlib import Path

import keras
import tensorflow as tf


def _settled(converter, pictures):
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = pictures
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = tf.int8
    converter.inference_output_type = tf.int8
    return converter


def by_a_generator(model, images):
    def pictures():
        for image in images:
            yield [image[None]]

    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    return _settled(converter, pictures).convert()


def by_slices(model, images):
    def pictures():
        for place in range(len(images)):
            yield [tf.constant(images[place : place + 1])]

    return _settled(tf.lite.TFLiteConverter.from_keras_model(model), pictures).convert()


def by_batches(model, images):
    def pictures():
        for start in range(0, len(images), 2):
            yield [images[start : start + 2]]

    return _settled(tf.lite.TFLiteConverter.from_keras_model(model), pictures).convert()


def by_one_batch(model, images):
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    return _settled(converter, lambda: [[images]]).convert()


def by_a_dataset(model, images):
    def pictures():
        for batch in tf.data.Dataset.from_tensor_slices(images).batch(1):
            yield [batch]

    return _settled(tf.lite.TFLiteConverter.from_keras_model(model), pictures).convert()


def by_a_saved_model(model, images):
    with tempfile.TemporaryDirectory() as folder:
        model.export(folder, verbose=False)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        return _settled(converter, lambda: ([image[None]] for image in images)).convert()


def by_a_concrete_function(model, images):
    @tf.function(input_signature=[tf.TensorSpec((1, *model.input_shape[1:]), tf.float32)])
    def answer(x):
        return model(x, training=False)

    holder = tf.Module()
    holder.variables_of_the_model = [weight.value for weight in model.weights]
    concrete = answer.get_concrete_function()
    converter = tf.lite.TFLiteConverter.from_concrete_functions([concrete], holder)
    return _settled(converter, lambda: ([image[None]] for image in images)).convert()


def by_a_fixed_batch(model, images):
    x = keras.Input(batch_shape=(1, *model.input_shape[1:]))
    fixed = keras.Model(x, model(x))
    converter = tf.lite.TFLiteConverter.from_keras_model(fixed)
    return _settled(converter, lambda: ([image[None]] for image in images)).convert()


def by_a_file(model, images):
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter = _settled(converter, lambda: ([image[None]] for image in images))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.tflite"
        path.write_bytes(converter.convert())
        return path.read_bytes()


def by_a_part_of_the_pictures(model, images):
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    return _settled(converter, lambda: ([image[None]] for image in images[:4])).convert()


def by_representative_dataset(model, images):
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    pictures = tf.lite.RepresentativeDataset(lambda: ([image[None]] for image in images))
    return _settled(converter, pictures).convert()


def by_bytes_without_sign(model, images):
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter = _settled(converter, lambda: ([image[None]] for image in images))
    converter.inference_input_type = converter.inference_output_type = tf.uint8
    return converter.convert()


def by_a_bytearray(model, images):
    return bytearray(by_a_generator(model, images))
