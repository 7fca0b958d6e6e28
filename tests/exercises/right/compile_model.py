"""Right ways to write compile_model: every function must pass."""

import keras
import tensorflow as tf


def by_names(model):
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def by_objects(model):
    model.compile(
        optimizer=keras.optimizers.Adam(1e-3),
        loss=keras.losses.SparseCategoricalCrossentropy(),
        metrics=[keras.metrics.SparseCategoricalAccuracy()],
    )
    return model


def by_rmsprop_as_in_the_paper(model):
    optimizer = keras.optimizers.RMSprop(0.045, rho=0.9, momentum=0.9)
    model.compile(optimizer, keras.losses.SparseCategoricalCrossentropy(), metrics=["accuracy"])
    return model


def by_a_small_rate(model):
    model.compile(keras.optimizers.SGD(1e-5), "sparse_categorical_crossentropy")
    return model


def by_descent_with_momentum(model):
    optimizer = keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True)
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def by_a_schedule(model):
    rate = keras.optimizers.schedules.CosineDecay(0.01, 1000)
    model.compile(keras.optimizers.AdamW(rate), "sparse_categorical_crossentropy")
    return model


def by_a_loss_function(model):
    model.compile("rmsprop", keras.losses.sparse_categorical_crossentropy, metrics=["accuracy"])
    return model


def by_an_own_loss(model):
    def loss(labels, answers):
        labels = keras.ops.cast(keras.ops.reshape(labels, (-1,)), "int32")
        chosen = keras.ops.sum(answers * keras.ops.one_hot(labels, answers.shape[-1]), axis=-1)
        return -keras.ops.log(chosen + 1e-7)

    model.compile("adam", loss, metrics=["accuracy"])
    return model


def by_tensorflow_functions(model):
    def loss(labels, answers):
        labels = tf.one_hot(tf.cast(tf.reshape(labels, [-1]), tf.int32), answers.shape[-1])
        return tf.reduce_mean(-tf.reduce_sum(labels * tf.math.log(answers + 1e-7), axis=-1))

    model.compile("adam", loss)
    return model


def by_many_metrics(model):
    model.compile(
        "adam",
        "sparse_categorical_crossentropy",
        metrics=["accuracy", keras.metrics.SparseTopKCategoricalAccuracy(k=2, name="top2")],
    )
    return model


def by_eager_steps(model):
    model.compile("adam", "sparse_categorical_crossentropy", run_eagerly=True)
    return model


def by_one_label_a_row(model):
    loss = keras.losses.SparseCategoricalCrossentropy(reduction="sum_over_batch_size")
    model.compile(keras.optimizers.Adagrad(0.1), [loss], metrics=[["accuracy"]])
    return model


def by_logits_that_keras_finds(model):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss, metrics=["accuracy"])
    return model
