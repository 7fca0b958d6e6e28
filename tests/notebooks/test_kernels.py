"""Kernels that are forked: like any other kernel, only that TensorFlow is there when they begin."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass

import nbformat
import psutil
import pytest
from jupyter_client.blocking.client import BlockingKernelClient

from mnv2_tutor.authoring.execute import executed
from mnv2_tutor.authoring.forked_kernels import (
    ForkedProcess,
    ForkingKernelManager,
    ForkServer,
    ServerEnded,
    seen_at_import,
)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux")
SECONDS = 60


@dataclass
class Kernel:
    manager: ForkingKernelManager
    client: BlockingKernelClient

    def outputs(self, code):
        messages = []
        reply = self.client.execute_interactive(
            code, output_hook=messages.append, timeout=SECONDS, store_history=False
        )
        assert reply["content"]["status"] == "ok", reply["content"]
        return [m["content"] for m in messages if m["msg_type"] in ("stream", "display_data")]

    def printed(self, code):
        return "".join(output.get("text", "") for output in self.outputs(code)).strip()

    def exit_status(self):
        until(lambda: not self.manager.is_alive())
        return asyncio.run(self.manager.provisioner.poll())


@pytest.fixture(scope="module")
def start(tmp_path_factory):
    """Begins a kernel, speaking through socket files; it ends with the block."""

    @contextmanager
    def started(**how):
        address = str(tmp_path_factory.mktemp("k") / "socket")
        manager = ForkingKernelManager(kernel_name="python3", transport="ipc", ip=address)
        manager.start_kernel(**how)
        client = manager.client()
        client.start_channels()
        try:
            client.wait_for_ready(timeout=SECONDS)
            yield Kernel(manager, client)
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)

    return started


@pytest.fixture(scope="module")
def kernel(start):
    with start() as kernel:
        yield kernel


def has_ended(process):
    """Also where nobody has asked for its exit status, as in a container without an init."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def until(holds):
    end = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_tensorflow_is_there_before_the_first_cell(kernel):
    assert kernel.printed("import sys; print('tensorflow' in sys.modules)") == "True"


def test_a_kernel_computes_with_tensorflow(kernel):
    code = (
        "import tensorflow as tf; print(float(tf.reduce_sum(tf.ones((20, 30)) @ tf.ones((30, 1)))))"
    )
    assert kernel.printed(code) == "600.0"


def test_a_kernel_trains_a_model(kernel):
    code = """
import keras, numpy as np
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
model.compile("sgd", "mse")
history = model.fit(np.ones((8, 2)), np.ones(8), epochs=2, verbose=0)
print(len(history.history["loss"]))
"""
    assert kernel.printed(code) == "2"


def test_a_figure_is_shown_without_being_asked_for(kernel):
    shown = kernel.outputs("import matplotlib.pyplot as plt; plt.plot([1, 2]);")
    assert any("image/png" in output.get("data", {}) for output in shown)


@pytest.mark.parametrize(
    "code",
    [
        "import tensorflow as tf; tf.get_logger().warning('said')",
        "from absl import logging; logging.warning('said')",
        "import tensorflow as tf; tf.print('said')",
    ],
    ids=["tensorflow", "absl", "tf.print"],
)
def test_what_a_library_says_is_in_the_output_of_the_cell(kernel, code):
    assert "said" in kernel.printed(code)


@pytest.mark.parametrize(
    "code",
    [
        "import numpy as np; print(np.random.rand())",
        "import random; print(random.random())",
        "import tensorflow as tf; print(tf.random.uniform(()).numpy())",
        "import keras; print(keras.random.uniform(()).numpy())",
    ],
    ids=["numpy", "random", "tensorflow", "keras"],
)
def test_two_kernels_draw_different_numbers(start, code):
    with start() as one, start() as other:
        assert one.printed(code) != other.printed(code)


def test_a_kernel_has_the_environment_that_was_asked_for(start):
    asked = {**os.environ, "MNV2_TUTOR_MARK": "mine"}
    del asked["PYTEST_CURRENT_TEST"]
    with start(env=asked) as kernel:
        code = "import os; print(os.environ['MNV2_TUTOR_MARK'], os.getenv('PYTEST_CURRENT_TEST'))"
        assert kernel.printed(code) == "mine None"


def test_a_kernel_does_not_see_the_environment_of_another(start, kernel):
    with start(env={**os.environ, "MNV2_TUTOR_MARK": "mine"}):
        assert kernel.printed("import os; print(os.getenv('MNV2_TUTOR_MARK'))") == "None"


def test_kernels_with_their_own_homes_come_from_one_server():
    assert seen_at_import({"MNV2_TUTOR_HOME": "a"}) == seen_at_import({"MNV2_TUTOR_HOME": "b"})


def test_kernels_that_differ_in_what_tensorflow_reads_come_from_two_servers():
    with_onednn = {"TF_ENABLE_ONEDNN_OPTS": "1"}
    assert seen_at_import(with_onednn) != seen_at_import({"TF_ENABLE_ONEDNN_OPTS": "0"})


def test_a_kernel_works_in_the_folder_that_was_asked_for(start, tmp_path):
    with start(cwd=str(tmp_path)) as kernel:
        assert kernel.printed("import os; print(os.getcwd())") == str(tmp_path)


def test_what_is_written_below_python_goes_where_it_was_asked_to(start, tmp_path):
    with (tmp_path / "out").open("w") as file, start(stdout=file) as kernel:
        kernel.outputs("import os; os.write(1, b'low');")
        assert (tmp_path / "out").read_text() == "low"


def test_an_interrupt_ends_the_cell_and_not_the_kernel(start):
    with start() as kernel:
        kernel.client.execute("print('on', flush=True); import time; time.sleep(600)")
        until(lambda: kernel.client.get_iopub_msg(timeout=SECONDS)["msg_type"] == "stream")
        kernel.manager.interrupt_kernel()
        reply = kernel.client.get_shell_msg(timeout=SECONDS)["content"]
        assert reply["ename"] == "KeyboardInterrupt"
        assert kernel.printed("print('still here')") == "still here"


def test_a_kernel_ends_when_it_is_asked_to(start):
    with start() as kernel:
        pid = kernel.manager.provisioner.pid
        kernel.manager.shutdown_kernel()
        assert not psutil.pid_exists(pid)


def test_a_kernel_that_is_killed_takes_what_it_started_with_it(start):
    with start() as kernel:
        pid = int(
            kernel.printed("import subprocess; print(subprocess.Popen(['sleep', '600']).pid)")
        )
        kernel.manager.shutdown_kernel(now=True)
        until(lambda: not psutil.pid_exists(pid))


def test_a_kernel_can_be_started_again(start):
    with start() as kernel:
        kernel.outputs("kept = 1")
        kernel.manager.restart_kernel(now=True)
        kernel.client.wait_for_ready(timeout=SECONDS)
        assert kernel.printed("print('kept' in globals())") == "False"


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", -signal.SIGSEGV),
        ("import os; os._exit(3)", 3),
    ],
    ids=["crash", "exit"],
)
def test_the_status_with_which_a_kernel_ended_is_known(start, code, status):
    with start() as kernel:
        kernel.client.execute(code)
        assert kernel.exit_status() == status


def test_kernel_and_server_end_when_who_started_them_is_killed():
    code = """
from tests.notebooks.test_kernels import ForkingKernelManager
manager = ForkingKernelManager(kernel_name="python3")
manager.start_kernel()
print(manager.provisioner.pid, flush=True)
input()
"""
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as starter:
        kernel = psutil.Process(int(starter.stdout.readline()))
        server = kernel.parent()
        starter.kill()
    until(lambda: has_ended(kernel) and has_ended(server))


def test_a_kernel_whose_server_was_ended_is_ended():
    line, servers_end = socket.socketpair()
    with subprocess.Popen(["sleep", "600"], start_new_session=True) as left_alone:
        servers_end.close()
        assert ForkedProcess(line, left_alone.pid).poll() == -signal.SIGKILL
        assert left_alone.wait(SECONDS) == -signal.SIGKILL


def test_a_kernel_is_started_as_ever_where_the_server_has_ended(start, monkeypatch):
    def fork(*_):
        raise ServerEnded

    monkeypatch.setattr(ForkServer, "fork", fork)
    with start() as kernel:
        assert kernel.printed("import os; print(os.getppid())") == str(os.getpid())


def test_a_kernel_is_started_as_ever_where_the_system_is_another(start, monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    with start() as kernel:
        assert kernel.printed("import os; print(os.getppid())") == str(os.getpid())


def test_notebooks_are_made_with_a_forked_kernel(tmp_path):
    cell = nbformat.v4.new_code_cell("import sys\n'tensorflow' in sys.modules")
    made = executed(nbformat.v4.new_notebook(cells=[cell]), tmp_path)
    assert made.cells[0].outputs[0].data["text/plain"] == "True"
