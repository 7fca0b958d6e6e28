"""Keras models as far as the observers look into them: building, weights, names.

Keras's entry points are looked up once, when this module is imported (see ``tensors``).
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from mnv2_tutor.engine.observation import COUNT, SEPARATOR, Array, Result
from mnv2_tutor.engine.observe.calls import call, name_of
from mnv2_tutor.engine.observe.tensors import tensor_result

_Model, _KerasTensor, _InputLayer = keras.Model, keras.KerasTensor, keras.layers.InputLayer
_Tape = tf.GradientTape
_Conv2D, _DepthwiseConv2D = keras.layers.Conv2D, keras.layers.DepthwiseConv2D

ROLES = (
    ("kernel", "kernel"),
    ("gamma", "gamma"),
    ("beta", "beta"),
    ("moving_mean", "mean"),
    ("moving_var", "variance"),
    ("bias", "bias"),
)
"""Part of a weight's name, and its role."""


def is_keras_tensor(value: Any) -> bool:
    return issubclass(type(value), _KerasTensor)


def model_between(x: Any, *outputs: Any) -> tuple[Any, Result | None]:
    """The model from ``x`` to what a learner's function made of it, or what is there instead."""
    for y in outputs:
        if issubclass(type(y), _Model):
            return None, Result("model", name_of(type(y)))
        if not is_keras_tensor(y):
            return None, tensor_result(y)
    model, error = call(_Model, x, outputs[0] if len(outputs) == 1 else list(outputs))
    if error is None:
        return model, None
    if "not connected" in error.message:
        return None, Result("disconnected", "KerasTensor")
    return None, Result("error", error=error)


def weights_of(model: Any) -> list[Any]:
    """The weights of all layers, each once, whatever a class says of its own.

    States of random generators are none.
    """
    unique: dict[int, Any] = {}
    for layer in all_layers(model):
        for name in ("_trainable_variables", "_non_trainable_variables"):
            unique.update((id(weight), weight) for weight in vars(layer).get(name, ()))
    return [weight for weight in unique.values() if "float" in str(weight.dtype)]


def all_layers(model: Any) -> list[Any]:
    """The model and all that Keras keeps in it, in its order, whatever ``layers`` gives."""
    found: list[Any] = []
    seen: set[int] = set()
    waiting = [model]
    while waiting:
        layer = waiting.pop()
        if id(layer) not in seen:
            seen.add(id(layer))
            found.append(layer)
            waiting += reversed(list(vars(layer).get("_layers", ())))
    return found


def counts(model: Any, read: Iterable[Any] = ()) -> Result:
    """How many numbers can be trained, and how many not, counted from the weights themselves.

    What a pass through the model ``read`` counts as well, also where no layer keeps it.
    """
    weights = weights_of(model)
    sizes = {True: 0, False: 0}
    for weight in weights:
        sizes[bool(weight.trainable)] += _size(weight)
    known = {id(weight.value) for weight in weights} if read else set()
    hidden = {id(v): v for v in read if v.dtype.is_floating and id(v) not in known}
    sizes[True] += sum(map(_size, hidden.values()))
    both = float(sizes[True]), float(sizes[False])
    return Result("tensor", array=Array((2,), COUNT, both))


def _size(weight: Any) -> int:
    return int(np.prod(tuple(weight.shape)))


@contextmanager
def reading() -> Iterator[list[Any]]:
    """The variables that learn and are read meanwhile, once it is over."""
    found: list[Any] = []
    with _Tape() as tape:
        yield found
        found += tape.watched_variables()


def constrained(model: Any) -> Result:
    """How many weights have a constraint, which shows only after an optimiser's step."""
    found = sum(weight.constraint is not None for weight in weights_of(model))
    return Result("number", array=Array((), "number", (float(found),)))


def role_of(weight: Any) -> str:
    """What a weight is for: by its name, else by its shape, else by its initial value."""
    name = str(weight.name)
    for part, role in ROLES:
        if part in name:
            return role
    if sum(size != 1 for size in weight.shape) > 1:
        return "kernel"
    ones = bool(np.all(np.asarray(weight) == 1))
    if weight.trainable:
        return "gamma" if ones else "beta"
    return "variance" if ones else "mean"


def with_roles(model: Any) -> list[tuple[Any, str]]:
    """The weights with their roles. Ask before anything is filled: the first values may decide."""
    return [(weight, role_of(weight)) for weight in weights_of(model)]


def set_weights(
    weights: list[tuple[Any, str]], values: Callable[[str, tuple[int, ...]], np.ndarray]
) -> None:
    """Give each weight the values of its role and shape."""
    for weight, role in weights:
        weight.assign(values(role, tuple(weight.shape)))


def layers_of(model: Any) -> Iterator[Any]:
    """The layers in the order of the model, nested ones after the model that holds them."""
    for layer in model.layers:
        if issubclass(type(layer), _InputLayer):
            continue
        yield layer
        if issubclass(type(layer), _Model):
            yield from layers_of(layer)


def layer_facts(model: Any) -> dict[str, str]:
    """Names and kinds of the layers, for notes on a right answer."""
    layers = list(layers_of(model))
    return {
        "layers": SEPARATOR.join(_plain(layer.name) for layer in layers),
        "kinds": SEPARATOR.join(sorted({_kind(layer) for layer in layers})),
    }


def outer_names(model: Any) -> str:
    """Names that must be unique in a network: nested models hide those inside them."""
    return SEPARATOR.join(_plain(layer.name) for layer in model.layers)


def _plain(name: object) -> str:
    return str(name).replace(SEPARATOR, " ")[:60]


def _kind(layer: Any) -> str:
    """Its class; ``custom`` before one that is not Keras's, what is unusual after one that is."""
    kind = type(layer)
    if issubclass(kind, _Model):
        return "nested model"
    if not kind.__module__.startswith("keras."):
        return f"custom {name_of(kind)}"
    if issubclass(kind, _Conv2D) and not issubclass(kind, _DepthwiseConv2D) and layer.groups > 1:
        return "Conv2D with groups"
    return name_of(kind)
