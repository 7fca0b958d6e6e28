"""The environment of every test and of every kernel that nbval starts."""

import atexit
import json
import os
import shutil
import socket
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import nbval.kernel
import pytest
from traitlets import default

from mnv2_tutor import data
from mnv2_tutor.authoring.forked_kernels import ForkingKernelManager
from mnv2_tutor.engine.environment import quiet_environment
from mnv2_tutor.submission.notebook import read_notebook
from mnv2_tutor.submission.share_functions import share_functions

SOLUTIONS = sorted((Path(__file__).parent / "solutions").glob("*.ipynb"))

_home = tempfile.mkdtemp(prefix="mnv2-tutor-test-")
atexit.register(shutil.rmtree, _home, ignore_errors=True)
os.environ.update(quiet_environment(MNV2_TUTOR_HOME=_home))
# As for a learner who passed everything before.
share_functions([read_notebook(path.read_bytes()).cells for path in SOLUTIONS], Path(_home))


class KernelManagerWithoutPorts(ForkingKernelManager):
    """Forks its kernel, and speaks with it through socket files.

    A kernel is told ports that were free, and dies where another test took one of them meanwhile.
    """

    @default("transport")
    def _socket_files(self) -> str:
        return "ipc"

    @default("ip")
    def _their_common_path(self) -> str:
        return str(Path(tempfile.mkdtemp(dir=_home), "socket"))


if os.name == "posix":
    nbval.kernel.KernelManager = KernelManagerWithoutPorts


FILES = {"imagenet": (data.WEIGHTS, data.NAMES), "clothes": (data.CLOTHES,)}
"""What a notebook may name in its metadata as the data that it needs."""


@pytest.hookimpl(tryfirst=True)  # before pytest leaves out what is long
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        leave_out_without_data(item)


def leave_out_without_data(item: pytest.Item) -> None:
    """Skip a notebook or test where its data are neither in a folder nor to be downloaded.

    A notebook that trains for minutes waits for make test-all.
    """
    marker = item.get_closest_marker("needs")
    if item.path.suffix == ".ipynb":
        about = own_metadata(item.path)
    elif marker:
        about = {"data": marker.args}
    else:
        return
    if about.get("long"):
        item.add_marker(pytest.mark.long)
    missing = [name for name in about.get("data", ()) if not is_to_be_had(name)]
    if missing:
        reason = f"needs {', '.join(missing)}: no network, and no {data.FOLDER} with them"
        item.add_marker(pytest.mark.skip(reason=reason))


@cache
def own_metadata(path: Path) -> dict[str, Any]:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    return dict(notebook["metadata"].get("mnv2_tutor", {}))


@cache
def is_to_be_had(name: str) -> bool:
    return all(data.given(file) for file in FILES[name]) or has_network()


@cache
def has_network() -> bool:
    try:
        socket.create_connection(("storage.googleapis.com", 443), timeout=3).close()
    except OSError:
        return False
    return True
