"""Watching a function that compiles a classifier, and training what comes out for some steps.

Results of a case:

- ``value``: what was returned, by what it is: the ``same model``, another ``model``, or whatever
  ``tensors`` calls it. All that follows looks at the model that was returned, or at the one that
  was given where none was;
- ``losses``: what the model says is the loss of answers that are chosen here, for integer labels;
- ``own_losses``: the same of the answers that the model gives itself;
- ``one_hot``: ``losses`` for labels as rows of zeros and a one, where integers gave an error;
- ``probabilities``: what it answers after compiling, before any training;
- ``changed``: how many arrays of the given model's weights are others after the call;
- ``trainable``: how many numbers can be trained after compiling, and how many not;
- ``free``: for each array of the weights, whether it can be trained;
- ``moved``: for kernel and bias of each layer, whether training changed them;
- ``learned``: the loss of its answers before and after training, which is computed here;
- ``fell``: whether it fell.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import keras
import numpy as np

from mnv2_tutor.engine.exercise import Asked
from mnv2_tutor.engine.keras_models.inspection import counts, weights_of
from mnv2_tutor.engine.keras_models.training_behaviour import numbers, run
from mnv2_tutor.engine.keras_models.weight_values import inputs
from mnv2_tutor.engine.observation import CaseResult, Result, Signature
from mnv2_tutor.engine.observe.calls import call
from mnv2_tutor.engine.observe.cases import each_case
from mnv2_tutor.engine.observe.code import arguments
from mnv2_tutor.engine.observe.tensors import float_tensor, tensor_result, verify_tensorflow
from mnv2_tutor.families.training.cases import CompileCase

_Model, _Input, _Dense = keras.Model, keras.Input, keras.layers.Dense
_BatchNormalization, _ReLU = keras.layers.BatchNormalization, keras.layers.ReLU
_constant = keras.ops.convert_to_tensor
SAMPLES = 60
HIDDEN = 8
STEPS = 12
CALM = 0.4
"""Times the usual numbers: no probability starts near 0 or 1, so every loss has a slope."""
SMALLEST = 1e-7
"""Stands for a probability of 0 where a logarithm is taken, as in Keras."""
QUICK = True


def watch(
    function: Callable[..., Any], signature: Signature | None, asked: Asked
) -> tuple[tuple[CaseResult, ...], dict[str, str]]:
    """Call ``function`` on every case; cases seen, and the metrics of the model as a fact.

    Raises:
        Unusable: TensorFlow itself was tampered with.
    """
    verify_tensorflow()
    return each_case(asked.cases, partial(_after, function, signature))


def _after(
    function: Callable[..., Any], signature: Signature | None, case: CompileCase
) -> tuple[dict[str, Result], dict[str, str]]:
    given = _classifier(case)
    before = [(weight, np.array(weight.numpy())) for weight in weights_of(given)]
    args, kwargs = arguments(signature, (given,))
    value, error = call(function, *args, **kwargs)
    if error:
        return {"value": Result("error", error=error)}, {}
    found = {"value": _named(value, given)}
    model = value if issubclass(type(value), _Model) else given
    if not model.compiled:
        return found | {"losses": Result("not compiled")}, {}
    x, y = _data(case)
    found |= {"losses": _losses(model, case), "probabilities": run(model, x)}
    found["own_losses"] = _losses(model, case, own=True)
    if found["losses"].error:
        found["one_hot"] = _losses(model, case, one_hot=True)
    changed = sum(bool(np.any(np.asarray(weight) != old)) for weight, old in before)
    found["changed"] = numbers(np.array(float(changed)))
    found["trainable"] = counts(model)
    found["free"] = numbers(np.array([float(w.trainable) for w in weights_of(model)]))
    trained = {} if case.blocks else _trained(model, x, y)
    return found | trained, {"metrics": _metrics(model)}


def _classifier(case: CompileCase) -> Any:
    """Blocks that differ in width, a layer of features, and the answer.

    Who freezes the first layers, the last ones, or those of one kind, freezes another number of
    weights each time.
    """
    x = y = _Input((case.features,))
    for block in range(case.blocks):
        y = _Dense(HIDDEN + block, use_bias=False, name=f"block_{block}")(y)
        y = _BatchNormalization(name=f"block_{block}_bn")(y)
        y = _ReLU(name=f"block_{block}_relu")(y)
    y = _Dense(HIDDEN, activation="relu", name="features")(y)
    model = _Model(x, _Dense(case.n_classes, activation="softmax", name="predictions")(y))
    for place, weight in enumerate(model.weights):
        if "moving" not in str(weight.name):
            weight.assign(CALM * inputs(f"{case.seed} {place}", tuple(weight.shape)))
    if case.frozen:
        for layer in model.layers[1 : 4 if case.blocks else 2]:
            layer.trainable = False
    return model


def _named(value: Any, given: Any) -> Result:
    if value is given:
        return Result("same model", "model")
    if issubclass(type(value), _Model):
        return Result("model", "model")
    return tensor_result(value)


def _data(case: CompileCase) -> tuple[np.ndarray, np.ndarray]:
    """Inputs, and integer labels that follow from them."""
    x = inputs(f"{case.seed} x", (SAMPLES, case.features))
    hidden = inputs(f"{case.seed} rule", (case.features, case.n_classes))
    return x, np.argmax(x @ hidden, axis=1).astype("int32")


def _losses(model: Any, case: CompileCase, one_hot: bool = False, own: bool = False) -> Result:
    """Of one sample with the probabilities that are chosen here, for each label; then of them all.

    The answers are handed over as numbers: of a tensor that a softmax made Keras finds the logits,
    and a loss that takes probabilities for logits would not show. With ``own`` they are the model's
    answers as ``fit`` hands them over.
    """
    if model.loss is None:
        return Result("no loss")
    odds = np.exp(2 * inputs(f"{case.seed} odds", (case.n_classes, case.n_classes)))
    answers = np.asarray(odds / odds.sum(axis=1, keepdims=True), "float32")
    labels = np.arange(case.n_classes, dtype="int32")
    given = np.eye(case.n_classes, dtype="float32") if one_hot else labels
    x = np.zeros((case.n_classes, case.features), "float32")
    if own:
        x = inputs(f"{case.seed} own", x.shape)
    found = []
    for rows in (*(slice(n, n + 1) for n in labels), slice(None)):
        sample = float_tensor(x[rows])
        answer, error = call(model, sample) if own else (float_tensor(answers[rows]), None)
        if error:
            return Result("error", error=error)
        value, error = call(
            model.compute_loss,
            x=sample,
            y=_constant(given[rows]),
            y_pred=answer,
            training=False,
        )
        if error:
            return Result("error", error=error)
        result = tensor_result(value)
        if result.array is None or len(result.array.values) != 1:
            return result
        found.append(result.array.values[0])
    return numbers(np.array(found))


def _trained(model: Any, x: np.ndarray, y: np.ndarray) -> dict[str, Result]:
    weights = weights_of(model)  # held on to: a model may change its layers while it trains
    before, loss = [np.array(weight.numpy()) for weight in weights], _loss(model, x, y)
    model.run_eagerly = True  # a dozen small steps: tracing would take longer
    for _ in range(STEPS):
        _, error = call(model.train_on_batch, x, y)
        if error:
            return dict.fromkeys(("moved", "learned", "fell"), Result("error", error=error))
    moved = [
        float(np.any(np.asarray(weight) != old))
        for weight, old in zip(weights, before, strict=True)
    ]
    after = _loss(model, x, y)
    return {
        "moved": numbers(np.array(moved)),
        "learned": numbers(np.array([loss, after])),
        "fell": numbers(np.array(float(after < loss))),
    }


def _loss(model: Any, x: np.ndarray, y: np.ndarray) -> float:
    """Mean cross-entropy; infinite where the model no longer gives numbers."""
    answer = run(model, x)
    if answer.array is None or len(answer.array.shape) != 2:
        return float("inf")
    p = np.reshape(answer.array.values, answer.array.shape)[np.arange(len(y)), y]
    loss = -np.log(np.clip(p, SMALLEST, None)).mean()
    return float(loss) if np.isfinite(loss) else float("inf")


def _metrics(model: Any) -> str:
    """Their names without the loss."""
    names, _ = call(lambda: [str(metric.name) for metric in model.metrics])
    return ", ".join(name for name in names or [] if name != "loss")
