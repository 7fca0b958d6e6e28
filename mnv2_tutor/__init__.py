"""Helper library of the course *MobileNetV2 from scratch*.

The four names below are all that a notebook needs. They are looked up on first use, so that
``import mnv2_tutor`` loads neither TensorFlow nor NumPy and stays under 50 ms. Where to find
what: ``README.md`` in this folder is a map of the package.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mnv2_tutor.learner.tutor import check, hint, progress, solution

__all__ = ["check", "hint", "progress", "solution"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(import_module("mnv2_tutor.learner.tutor"), name)
    raise AttributeError(f"module 'mnv2_tutor' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
