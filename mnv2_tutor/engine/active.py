"""Which course is asked about: the package named by ``MNV2_TUTOR_COURSE``, or else this one's own.

The package holds the course as data: see ``engine.course``.
"""

import os
from importlib.resources import files
from importlib.resources.abc import Traversable

VARIABLE = "MNV2_TUTOR_COURSE"
PACKAGE = os.environ.get(VARIABLE) or "mnv2_tutor.course"


def in_course(*parts: str) -> Traversable:
    """A file or folder of the course."""
    return files(PACKAGE).joinpath(*parts)


def in_package(*parts: str) -> Traversable:
    """A file or folder of what all courses share."""
    return files("mnv2_tutor").joinpath(*parts)
