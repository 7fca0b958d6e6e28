"""The environment of every test and of every kernel that nbval starts."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import pytest

from mnv2_tutor.environment import quiet_environment
from mnv2_tutor.submission.notebook import read_notebook
from mnv2_tutor.submission.offer import offer

SOLUTIONS = sorted((Path(__file__).parent / "solutions").glob("*.ipynb"))

_home = tempfile.mkdtemp(prefix="mnv2-tutor-test-")
atexit.register(shutil.rmtree, _home, ignore_errors=True)
os.environ.update(quiet_environment(MNV2_TUTOR_HOME=_home))
# As for a learner who passed everything before.
offer([read_notebook(path.read_bytes()).cells for path in SOLUTIONS], Path(_home))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of one group go to one worker.

    The cells of a notebook share a kernel, and the tests of a file their fixtures. The checks of
    one exercise share what they observed, and all of them in one worker would take too long.
    """
    for item in items:
        key = getattr(item, "callspec", None) and item.callspec.params.get("key")
        group = f"{item.path} {key}" if key and item.path.name == "test_checks.py" else item.path
        item.add_marker(pytest.mark.xdist_group(str(group)))
