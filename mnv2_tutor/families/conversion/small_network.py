"""A network small enough to be converted while somebody waits, with weights that are alive.

Keras's entry points are looked up once, when this module is imported (see ``tensors``).
"""

from typing import Any

import keras
import numpy as np

from mnv2_tutor.engine.keras_models.weight_values import EPSILON, inputs
from mnv2_tutor.engine.observe.tensors import float_tensor

_layers, _Input, _Model = keras.layers, keras.Input, keras.Model
NARROW, WIDE = 8, 160


def small_network(n_classes: int, seed: str, pictures: np.ndarray, apart: float = 1.0) -> Any:
    """The parts of a network for phones once each: stem, depthwise step, projection, head, softmax.

    Its weights are drawn by ``seed``, and the last layer's such that the answers to ``pictures``,
    (n, h, w, c) float32, differ: ``apart`` is the standard deviation of each class's logit.
    """
    x = _Input(pictures.shape[1:])
    y = _capped(_layers.Conv2D(NARROW, 3, strides=2, padding="same", use_bias=False)(x))
    y = _capped(_layers.DepthwiseConv2D(3, padding="same", use_bias=False)(y))
    y = _norm(_layers.Conv2D(NARROW, 1, use_bias=False)(y))
    y = _capped(_layers.Conv2D(WIDE, 1, use_bias=False)(y))
    pooled = _layers.GlobalAveragePooling2D()(y)
    features = _Model(x, pooled)
    for place, weight in enumerate(features.trainable_weights):
        weight.assign(_drawn(f"{seed} {place}", str(weight.name), tuple(weight.shape)))
    features(float_tensor(pictures), training=True)
    classifier = _layers.Dense(n_classes, activation="softmax")
    model = _Model(x, classifier(pooled))
    kernel = inputs(seed, (WIDE, n_classes))
    logits = np.asarray(features(float_tensor(pictures))) @ kernel
    factor = apart / logits.std(axis=0)
    classifier.set_weights([kernel * factor, -logits.mean(axis=0) * factor])
    return model


def _norm(x: Any) -> Any:
    """Without momentum: one pass in training mode, and the statistics are those of the pictures."""
    return _layers.BatchNormalization(momentum=0.0, epsilon=EPSILON)(x)


def _capped(x: Any) -> Any:
    return _layers.ReLU(6.0)(_norm(x))


def _drawn(seed: str, name: str, shape: tuple[int, ...]) -> np.ndarray:
    values = inputs(seed, shape)
    return values + 2 if name == "gamma" else values
