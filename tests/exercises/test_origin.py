"""A network that the library built gets no marks, however it came; one's own network does."""

import ast
import importlib.util
import inspect
import json
import types

import keras
import pytest
from keras import layers

from mnv2_tutor.course.answers.make_divisible import reference as make_divisible
from mnv2_tutor.course.answers.mobilenet_v2 import reference
from mnv2_tutor.course.exercises.mobilenet_v2 import STAGES
from mnv2_tutor.course.experiments import linear_bottleneck
from mnv2_tutor.engine.course import exercise
from mnv2_tutor.engine.keras_models.origin import noting_origins
from mnv2_tutor.engine.observe import observe
from tests.exercises.judging import judged

KEY = "mobilenet_v2"
LIBRARY = keras.applications.MobileNetV2
MODULE = inspect.getmodule(LIBRARY)


def library_itself(input_shape, n_classes, alpha=1.0):
    return keras.applications.MobileNetV2(input_shape, alpha=alpha, classes=n_classes, weights=None)


def _of(function, input_shape, n_classes, alpha):
    return function(tuple(input_shape), alpha=alpha, classes=n_classes, weights=None)


def imported_before(input_shape, n_classes, alpha=1.0):
    return _of(LIBRARY, input_shape, n_classes, alpha)


def function_copied(input_shape, n_classes, alpha=1.0):
    copied = types.FunctionType(LIBRARY.__code__, LIBRARY.__globals__, "own", LIBRARY.__defaults__)
    return _of(copied, input_shape, n_classes, alpha)


def module_loaded_again(input_shape, n_classes, alpha=1.0):
    spec = importlib.util.spec_from_file_location("mine", MODULE.__file__)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return _of(module.MobileNetV2, input_shape, n_classes, alpha)


def source_executed(input_shape, n_classes, alpha=1.0):
    text = inspect.getsource(MODULE).replace("MobileNetV2", "Own")
    names = {"__name__": "own"}
    exec(text, names)  # noqa: S102
    return _of(names["Own"], input_shape, n_classes, alpha)


def source_with_other_names(input_shape, n_classes, alpha=1.0):
    text = inspect.getsource(MODULE).replace("_make_divisible", "_rounded")
    text = text.replace("_inverted_res_block", "_block").replace("MobileNetV2", "Own")
    space = {"__name__": "own"}
    exec(compile("\n".join(_without_exports(text)), "<own>", "exec"), space)
    return _of(space["Own"], input_shape, n_classes, alpha)


def _without_exports(text):
    """The lines without the decorators that register a function of Keras under its name."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.decorator_list = []
    return ast.unparse(tree).split("\n")


def its_blocks_alone(input_shape, n_classes, alpha=1.0):
    def step(x, channels, **how):
        x = layers.Conv2D(channels, padding="same", use_bias=False, **how)(x)
        return layers.ReLU(6.0)(layers.BatchNormalization(momentum=0.999)(x))

    inputs = keras.Input(input_shape)
    x = step(inputs, make_divisible(32 * alpha), kernel_size=3, strides=2)
    block_id = 0
    for t, channels, repeats, stride in STAGES:
        for index in range(repeats):
            strides = stride if index == 0 else 1
            x = MODULE._inverted_res_block(x, t, strides, alpha, channels, block_id)
            block_id += 1
    x = step(x, make_divisible(1280 * max(alpha, 1)), kernel_size=1)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(n_classes, activation="softmax")(x))


def cloned(input_shape, n_classes, alpha=1.0):
    return keras.models.clone_model(library_itself(input_shape, n_classes, alpha))


def cloned_with_other_names(input_shape, n_classes, alpha=1.0):
    def renamed(layer):
        return type(layer).from_config({**layer.get_config(), "name": f"my_{layer.name}"})

    model = library_itself(input_shape, n_classes, alpha)
    return keras.models.clone_model(model, clone_function=renamed)


def from_its_config(input_shape, n_classes, alpha=1.0):
    config = library_itself(input_shape, n_classes, alpha).get_config()
    return keras.Model.from_config(json.loads(json.dumps(config)))


def from_its_json(input_shape, n_classes, alpha=1.0):
    text = library_itself(input_shape, n_classes, alpha).to_json()
    return keras.models.model_from_json(text)


KEPT: dict = {}


def from_json_kept_before(input_shape, n_classes, alpha=1.0):
    return keras.models.model_from_json(KEPT[(tuple(input_shape), n_classes, alpha)])


def layer_by_layer(input_shape, n_classes, alpha=1.0):
    source = library_itself(input_shape, n_classes, alpha)
    made = {id(source.input): keras.Input(input_shape)}
    for layer in source.layers[1:]:
        given = layer.input if isinstance(layer.input, list) else [layer.input]
        given = [made[id(tensor)] for tensor in given]
        again = type(layer).from_config(layer.get_config())
        made[id(layer.output)] = again(given if len(given) > 1 else given[0])
    return keras.Model(made[id(source.input)], made[id(source.output)])


def in_a_sequential(input_shape, n_classes, alpha=1.0):
    body = library_itself(input_shape, n_classes, alpha)
    return keras.Sequential([keras.Input(input_shape), body])


def in_a_functional(input_shape, n_classes, alpha=1.0):
    inputs = keras.Input(input_shape)
    return keras.Model(inputs, library_itself(input_shape, n_classes, alpha)(inputs))


class _Wrapped(keras.Model):
    def __init__(self, body):
        super().__init__()
        self.body = body

    def call(self, x, training=None):
        return self.body(x, training=training)


def in_a_class(input_shape, n_classes, alpha=1.0):
    return _Wrapped(library_itself(input_shape, n_classes, alpha))


class _Hidden(keras.Model):
    """Says that it has neither layers nor weights."""

    layers = ()
    weights = ()

    def __init__(self, body):
        super().__init__()
        self.body = body

    def call(self, x, training=None):
        return self.body(x, training=training)


def in_a_class_that_hides_it(input_shape, n_classes, alpha=1.0):
    return _Hidden(library_itself(input_shape, n_classes, alpha))


def with_an_own_head(input_shape, n_classes, alpha=1.0):
    body = LIBRARY(input_shape, alpha=alpha, include_top=False, weights=None, pooling="avg")
    output = layers.Dense(n_classes, activation="softmax")(body.output)
    return keras.Model(body.input, output)


BODIES: dict = {}


def with_a_body_kept_before(input_shape, n_classes, alpha=1.0):
    body = BODIES.setdefault((input_shape[2], alpha), None)
    inputs = keras.Input(input_shape)
    return keras.Model(inputs, layers.Dense(n_classes, activation="softmax")(body(inputs)))


THE_LIBRARYS = [
    library_itself, imported_before, function_copied, module_loaded_again, source_executed,
    its_blocks_alone, cloned, cloned_with_other_names, from_its_config, from_its_json,
    from_json_kept_before, layer_by_layer, in_a_sequential, in_a_functional, in_a_class,
    in_a_class_that_hides_it, with_an_own_head, with_a_body_kept_before,
]  # fmt: skip


def prepared(function, seed):
    """What the two that keep something from before have kept, for every case."""
    for case in exercise(KEY).probe(seed):
        shape, n_classes, alpha = case.input_shape, case.n_classes, case.alpha or 1.0
        if function is from_json_kept_before:
            KEPT[(shape, n_classes, alpha)] = library_itself(shape, n_classes, alpha).to_json()
        if function is with_a_body_kept_before:
            size = (None, None, shape[2])
            BODIES[(shape[2], alpha)] = LIBRARY(
                size, alpha=alpha, include_top=False, weights=None, pooling="avg"
            )


def lead(function, seed):
    prepared(function, seed)
    report = judged(function, KEY, seed)
    return report.score, report.lead.key if report.lead else None


QUICK = (source_executed, cloned_with_other_names, layer_by_layer, in_a_class_that_hides_it)


@pytest.mark.parametrize(
    "function",
    [
        pytest.param(f, marks=[] if f in QUICK else [pytest.mark.long], id=f.__name__)
        for f in THE_LIBRARYS
    ],
)
def test_what_the_library_built_gets_no_marks_and_one_sentence(function):
    assert lead(function, 1) == (0, "mobilenet_v2.delegated")


@pytest.mark.parametrize(
    "function",
    [
        library_itself,
        *(pytest.param(f, marks=pytest.mark.long) for f in THE_LIBRARYS[1:]),
    ],
    ids=lambda f: f.__name__,
)
def test_the_same_sentence_is_said_of_public_questions(function):
    assert lead(function, None) == (0, "mobilenet_v2.delegated")


def with_no_softmax(input_shape, n_classes, alpha=1.0):
    return LIBRARY(
        input_shape, alpha=alpha, classes=n_classes, weights=None, classifier_activation=None
    )


def test_a_changed_library_network_is_the_library_s_and_no_misconception():
    assert lead(with_no_softmax, None) == (0, "mobilenet_v2.delegated")


# Honest ones.


def own_beside_the_library(input_shape, n_classes, alpha=1.0):
    """Compares the numbers of weights, and returns a network of one's own."""
    own, other = (build(input_shape, n_classes, alpha) for build in (reference, library_itself))
    assert own.count_params() == other.count_params()
    return own


def weights_of_the_library(input_shape, n_classes, alpha=1.0):
    own, other = (build(input_shape, n_classes, alpha) for build in (reference, library_itself))
    own.set_weights(other.get_weights())
    return own


def own_cloned(input_shape, n_classes, alpha=1.0):
    return keras.models.clone_model(reference(input_shape, n_classes, alpha))


def typed_with_the_library_s_names(input_shape, n_classes, alpha=1.0):
    """Keras's names and its layers for padding, written by hand."""

    def norm(x, name, act=None):
        x = layers.BatchNormalization(epsilon=1e-3, momentum=0.999, name=name)(x)
        return layers.ReLU(6.0, name=act)(x) if act else x

    def pad(x, name):
        return layers.ZeroPadding2D(((0, 1), (0, 1)), name=name)(x)

    inputs = keras.Input(input_shape)
    channels = make_divisible(32 * alpha)
    x = layers.Conv2D(channels, 3, 2, padding="same", use_bias=False, name="Conv1")(inputs)
    x = norm(x, "bn_Conv1", "Conv1_relu")
    number = 0
    for t, channels, repeats, stride in STAGES:
        for index in range(repeats):
            name = f"block_{number}" if number else "expanded_conv"
            out, y = make_divisible(channels * alpha), x
            if number:
                y = layers.Conv2D(t * x.shape[-1], 1, use_bias=False, name=f"{name}_expand")(y)
                y = norm(y, f"{name}_expand_BN", f"{name}_expand_relu")
            padding, strides = "same", 1
            if index == 0 and stride == 2:
                y, padding, strides = pad(y, f"{name}_pad"), "valid", 2
            y = layers.DepthwiseConv2D(
                3, strides, padding=padding, use_bias=False, name=f"{name}_depthwise"
            )(y)
            y = norm(y, f"{name}_depthwise_BN", f"{name}_depthwise_relu")
            y = layers.Conv2D(out, 1, use_bias=False, name=f"{name}_project")(y)
            y = norm(y, f"{name}_project_BN")
            joins = strides == 1 and x.shape[-1] == out
            x = layers.Add(name=f"{name}_add")([x, y]) if joins else y
            number += 1
    last = make_divisible(1280 * max(alpha, 1))
    x = norm(layers.Conv2D(last, 1, use_bias=False, name="Conv_1")(x), "Conv_1_bn", "out_relu")
    x = layers.GlobalAveragePooling2D()(x)
    outputs = layers.Dense(n_classes, activation="softmax", name="predictions")(x)
    return keras.Model(inputs, outputs)


HONEST = [
    own_beside_the_library,
    pytest.param(weights_of_the_library, marks=pytest.mark.long),
    pytest.param(own_cloned, marks=pytest.mark.long),
]


@pytest.mark.parametrize("function", HONEST, ids=lambda f: f.__name__)
def test_a_network_of_one_s_own_is_nobody_else_s(function):
    assert judged(function, KEY, 1).lead is None


def test_the_library_s_source_with_other_names_is_the_library_s():
    assert lead(source_with_other_names, 7) == lead(library_itself, 7)


def test_keras_s_names_typed_by_hand_are_no_delegation():
    """At these sizes its padding is another one for odd maps only, and none is odd."""
    report = judged(typed_with_the_library_s_names, KEY, 1)
    assert report.lead is None or report.lead.key != "mobilenet_v2.delegated"


def test_who_only_looks_at_keras_before_is_not_accused():
    LIBRARY((32, 32, 3), weights=None, classes=2)
    assert "delegated" not in observe(reference, exercise(KEY), 1).facts


def of_the_course(input_shape, n_classes, alpha=1.0):
    """Built by a measurement of the course's own package."""
    return linear_bottleneck.network("linear")


def test_layers_that_the_course_s_own_package_makes_are_no_answer():
    assert lead(of_the_course, 1) == (0, "mobilenet_v2.from_course")


def test_keras_makes_variables_as_before_once_the_origins_are_noted():
    before = keras.Variable.__init__
    with noting_origins(None):
        assert keras.Variable.__init__ is not before
    assert keras.Variable.__init__ is before
    assert "__init__" not in vars(keras.Variable)
