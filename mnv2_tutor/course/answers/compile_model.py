"""Making a classifier ready for training: the reference, and what people write instead."""

# Each wrong_ function is documented by its message in words/en/compile_model.toml.

import keras

losses, optimizers = keras.losses, keras.optimizers
SPARSE = "sparse_categorical_crossentropy"


def reference(model: keras.Model) -> keras.Model:
    """Integer labels against probabilities; the model itself comes back."""
    model.compile(optimizer=optimizers.Adam(0.01), loss=SPARSE, metrics=["accuracy"])
    return model


def _compiled(model, **settings):
    model.compile(**{"optimizer": optimizers.Adam(0.01), "loss": SPARSE, **settings})
    return model


def wrong_second_softmax(model):
    def loss(labels, answers):
        return losses.sparse_categorical_crossentropy(labels, keras.ops.softmax(answers))

    return _compiled(model, loss=loss)


def wrong_one_hot(model):
    return _compiled(model, loss="categorical_crossentropy", metrics=["accuracy"])


def wrong_one_hot__from_logits(model):
    return _compiled(model, loss=losses.CategoricalCrossentropy(from_logits=True))


def wrong_mean_squared_error(model):
    return _compiled(model, loss="mean_squared_error", metrics=["accuracy"])


def wrong_mean_absolute_error(model):
    return _compiled(model, loss="mean_absolute_error")


def wrong_binary(model):
    return _compiled(model, loss="binary_crossentropy", metrics=["accuracy"])


def wrong_binary__from_logits(model):
    return _compiled(model, loss=losses.BinaryCrossentropy(from_logits=True))


def wrong_divergence(model):
    return _compiled(model, loss="kl_divergence")


def wrong_no_loss(model):
    model.compile(optimizer="adam", metrics=["accuracy"])
    return model


def wrong_returns_none(model):
    _compiled(model)


def wrong_returns_none__of_compile(model):
    return model.compile(optimizer="adam", loss=SPARSE)


def wrong_another_model(model):
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    return _compiled(copy)


def wrong_all_frozen(model):
    model.trainable = False
    return _compiled(model)


def wrong_all_frozen__layer_by_layer(model):
    for layer in model.layers[:100]:
        layer.trainable = False
    return _compiled(model)


def wrong_all_free(model):
    for layer in model.layers:
        layer.trainable = True
    return _compiled(model)


def wrong_base_frozen(model):
    for layer in model.layers[:-1]:
        layer.trainable = False
    return _compiled(model)


def wrong_first_frozen(model):
    for layer in model.layers[:-4]:
        layer.trainable = False
    return _compiled(model)


def wrong_first_frozen__twenty(model):
    for layer in model.layers[:20]:
        layer.trainable = False
    return _compiled(model)


def wrong_norms_frozen(model):
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = False
    return _compiled(model)


def wrong_rate_zero(model):
    return _compiled(model, optimizer=optimizers.SGD(0.0))


def wrong_uphill(model):
    def loss(labels, answers):
        return -losses.sparse_categorical_crossentropy(labels, answers)

    return _compiled(model, loss=loss)


def wrong_huge_rate(model):
    return _compiled(model, optimizer=optimizers.SGD(1000.0))


def wrong_huge_rate__rmsprop(model):
    return _compiled(model, optimizer=optimizers.RMSprop(10.0))


def wrong_summed(model):
    return _compiled(model, loss=losses.SparseCategoricalCrossentropy(reduction="sum"))


def wrong_probability_itself(model):
    def loss(labels, answers):
        chosen = keras.ops.take_along_axis(
            answers, keras.ops.cast(keras.ops.reshape(labels, (-1, 1)), "int32"), axis=1
        )
        return 1 - chosen[:, 0]

    return _compiled(model, loss=loss)


def wrong_softmax_removed(model):
    model.layers[-1].activation = keras.activations.linear
    return _compiled(model, loss=losses.SparseCategoricalCrossentropy(from_logits=True))


def wrong_metrics_in_third_place(model):
    model.compile("adam", SPARSE, ["accuracy"])
    return model


def wrong_not_compiled(model):
    return model
