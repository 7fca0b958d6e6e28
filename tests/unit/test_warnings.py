"""What warnings of our own code become in the tests."""

import warnings

import pytest


def deprecated_in(module):
    warnings.warn_explicit("old", DeprecationWarning, f"{module}.py", 1, module)


def test_deprecation_in_a_module_of_the_course_is_an_error():
    with pytest.raises(DeprecationWarning):
        deprecated_in("mnv2_tutor.engine.keras_models.training_behaviour")


def test_deprecation_in_a_library_is_none_of_ours():
    deprecated_in("keras.src.backend")
