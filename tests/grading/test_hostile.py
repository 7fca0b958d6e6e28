"""Submissions that attack the grader, or break in its hands: a row for each, and no mark forged.

Each batch holds a right submission too, whose marks must not change.
"""

import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
import uuid
import zipfile
from pathlib import Path

import psutil
import pytest

from mnv2_tutor.authoring.course import ROOT
from mnv2_tutor.errors import Unusable
from tests.grading.submissions import (
    RIGHT,
    RIGHT_RULE,
    WRONG,
    Graded,
    begin,
    command,
    doctor,
    grade,
    has_to_do_without,
    run,
    write_notebook,
)

if not sys.platform.startswith("linux"):
    pytest.skip("grades on Linux", allow_module_level=True)

from mnv2_tutor.grading.batch_settings import RUNNING
from mnv2_tutor.sandbox import landlock, policy, users

IDENTITY = "def relu6(x):\n    return x"
MARK = f"mnv2_evil_{uuid.uuid4().hex}"  # another run's file must not be taken for this one's
# Cells that break something, beside a right answer that must keep its points.
BREAKS = {
    "exits": "import os\nos._exit(0)",
    "leaves": "import sys\nsys.exit(0)",
    "reads_stdin": "import sys\nsys.stdin.read()\ninput('?')",
    "forty_gb": "x = bytearray(40_000_000_000)",
    "prints": "for _ in range(1000): print('x' * 1_000_000)",
    "closes_stdout": "import os, sys\nsys.stdout.close()\nfor fd in (0, 1, 2): os.close(fd)",
    "threads": "import threading, time\nthreading.Thread(target=time.sleep, args=(1e5,)).start()",
    "daemon": (
        "import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
        "        time.sleep(100_000)\n    os._exit(0)"
    ),
    "at_exit": "import atexit, time\natexit.register(time.sleep, 100_000)",
    "writes": (
        "import os\nfor folder in ('/', '/usr', '/tmp', '/etc', os.path.expanduser('~')):\n"
        "    try: open(folder + '/MARK', 'w').write('x')\n    except OSError: pass".replace(
            "MARK", MARK
        )
    ),
}
BREAKS_SLOWLY = {
    "loops": "while True: pass",
    "loops_and_swallows": (
        "import signal\nfor number in range(1, 64):\n"
        "    try: signal.signal(number, signal.SIG_IGN)\n    except Exception: pass\n"
        "while True:\n    try:\n        while True: pass\n    except BaseException: pass"
    ),
    "sleeps": "import time\ntime.sleep(1e6)",
    "creeps": "kept = []\nwhile True: kept.append(bytearray(b'x' * 10_000_000))",
    "creeps_together": (
        "import os, time\nfor _ in range(20):\n    if os.fork() == 0:\n"
        "        kept = bytearray(b'x' * 300_000_000)\n        time.sleep(1000)\ntime.sleep(1000)"
    ),
    "forks": "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass",
}
# What tries to earn points without a right answer.
FORGES = {
    "patches": (
        "import builtins, keras, numpy, random, time\nnumpy.allclose = lambda *a, **k: True\n"
        "numpy.asarray = lambda x, *a, **k: x\nbuiltins.abs = builtins.max = lambda *a, **k: 0\n"
        "random.Random.uniform = lambda *a: 0.0\nkeras.Model.count_params = lambda self: 0\n"
        "time.time = time.monotonic = lambda: 0"
    ),
    "writes_frames": (
        "import json, os, struct\n"
        "seen = json.dumps({'exercise': 'relu6', 'kind': 'callable', 'seed': 5})\n"
        "for fd in range(3, 20):\n    for number in range(12):\n"
        "        text = json.dumps({'id': number, 'observation': seen}).encode()\n"
        "        try: os.write(fd, struct.pack('>I', len(text)) + text)\n"
        "        except OSError: pass"
    ),
    "writes_garbage": (
        "import os\nfor fd in range(3, 20):\n    try: os.write(fd, b'\\xff' * 5000)\n"
        "    except OSError: pass"
    ),
    "prints_verdict": "import atexit\nprint('10 of 10')\natexit.register(print, '10 of 10')",
}
ODD = {
    "equal": (
        "class Equal:\n    def __eq__(self, other): return True\n"
        "    def __getattr__(self, name): return self\n"
        "    def __call__(self, *a, **k): return self\n"
        "    def __float__(self): return 0.0\nrelu6 = Equal()\ndef use_residual(*a): return Equal()"
    ),
    "nan": (
        "def relu6(x): return x * float('nan')\n"
        "def use_residual(stride, c_in, c_out): return float('nan')"
    ),
    "empty": "import tensorflow as tf\ndef relu6(x): return tf.zeros((0,))",
    "long_error": "def relu6(x): raise ValueError('x' * 10_000_000)",
    "recursion": "def relu6(x): return relu6(x)",
    "function_exits": f"import os\ndef relu6(x): os._exit(0)\n{RIGHT_RULE}",
    "function_aborts": f"import os\ndef relu6(x): os.abort()\n{RIGHT_RULE}",
}
# What would stop the batch, or the parent: none of it may.
STRANGE = {
    "surrogate": (
        "import dataclasses, mnv2_tutor.submission.child as c\nold = c.to_json\n"
        "c.to_json = lambda seen, **how: old(dataclasses.replace(seen, facts={'x': '\\ud800'}))"
    ),
    "patched_observer": (
        "import mnv2_tutor.families.plain.observe as p\np._result = lambda *a: None"
    ),
}
REFUSED = """
import os, subprocess
for call in (lambda: os.memfd_create('x'), lambda: os.unshare(0x10000000)):
    try:
        call()
    except (OSError, AttributeError):
        continue
    raise RuntimeError('not refused')
assert subprocess.run(['unshare', '-Ur', 'true'], stderr=subprocess.DEVNULL).returncode
assert not [f for f in ('/', '/etc', '/dev', '/usr') if os.access(f, os.W_OK)]
import threading
threading.Thread(target=print).start()
assert subprocess.run(['true']).returncode == 0
"""
REACHES_OUT = f"""
import os, pathlib, socket, tempfile
import mnv2_tutor
answers = pathlib.Path(mnv2_tutor.__file__).parent / 'course' / 'answers'
def opens(path): path.open().read()
refused = [
    lambda: opens(answers / 'relu6.json'),
    lambda: opens(answers.parents[2] / 'README.md'),
    lambda: pathlib.Path('/tmp/{MARK}').write_text('x'),
    lambda: os.kill(os.getppid(), 9),
    lambda: socket.create_connection(('127.0.0.1', 9), 2),
]
for number, reach in enumerate(refused):
    try:
        reach()
    except PermissionError:
        continue
    raise RuntimeError(f'not refused: {{number}}')
pathlib.Path(tempfile.mkstemp()[1]).write_text('x')
pathlib.Path('mine').write_text('x')
"""
SEARCHES = """
import gc, os, sys
found = []
for top in ('/work', '/home', '/root', '/opt', '/srv', '/usr', '/tmp', '/check', '/scratch.mnv2'):
    for folder, _, names in os.walk(top):
        found += [n for n in names if n in ('relu6.json', '01_relu6.ipynb', 'right.ipynb')]
        found += [folder for n in names if 'answers' in folder and 'mnv2_tutor' in folder]
found += [name for name in sys.modules if 'mnv2_tutor' in name and 'answers' in name]
found += [1 for thing in gc.get_objects() if type(thing).__name__ == 'Expected']
try:
    import mnv2_tutor.course.answers.relu6
    found.append('imported')
except ImportError:
    pass
def relu6(x):
    frame, names = sys._getframe(), []
    while frame:
        names += [n for n in frame.f_locals if 'expected' in n or 'reference' in n]
        frame = frame.f_back
    if found or names:
        raise RuntimeError(f'found {found[:5]} {names}')
    return tf.nn.relu6(x)
import tensorflow as tf
"""


def left_running():
    """Processes of a grader's server that no grader waits for any more."""
    return [
        process.pid
        for process in psutil.process_iter(["cmdline"])
        if "mnv2_tutor.sandbox.server" in (process.info["cmdline"] or [])
        and not any("grade" in parent.cmdline() for parent in process.parents())
    ]


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    folder, out = tmp_path_factory.mktemp("class"), tmp_path_factory.mktemp("out")
    for name, cell in BREAKS.items():
        write_notebook(folder, name, RIGHT, cell, RIGHT_RULE)
    for name, cell in FORGES.items():
        write_notebook(folder, name, IDENTITY, cell)
    for name, cell in ODD.items():
        write_notebook(folder, name, cell)
    write_notebook(folder, "searches", SEARCHES)
    write_notebook(folder, "refused", REFUSED, RIGHT)
    for name, cell in STRANGE.items():
        write_notebook(folder, name, cell, "def use_residual(*all): return True")
    for name in ("grades.csv.new", "O'Brien", "O_Brien-e6e62496", "\U0001d482" * 62, " =1+1"):
        write_notebook(folder, name, RIGHT)
    (folder / "circle.py").symlink_to("circle.py")
    (folder / "bytes").mkdir()
    Path(os.fsdecode(os.fsencode(folder / "bytes") + b"/\xff.py")).write_text(RIGHT)
    (folder / "data_in_code.py").write_text("a = 1\n" * 500_000 + RIGHT)
    write_notebook(folder, "right", RIGHT, RIGHT_RULE)
    return folder, grade(folder, out), left_running()


def test_each_has_a_row_and_the_right_one_its_points(quick):
    folder, graded, _ = quick
    assert len(graded.table) == len(list(folder.iterdir()))
    assert graded.rows["right"]["total"] == "20"


@pytest.mark.parametrize("name", BREAKS)
def test_what_breaks_in_a_cell_costs_that_cell_alone(quick, name):
    row = quick[1].rows[name]
    assert (row["relu6"], row["use_residual"]) == ("10", "10")


@pytest.mark.parametrize("name", FORGES)
def test_nobody_forges_full_marks(quick, name):
    assert int(quick[1].rows[name]["relu6"]) < 10


@pytest.mark.parametrize("name", [name for name in ODD if name != "function_exits"])
def test_odd_answers_earn_nothing(quick, name):
    assert quick[1].rows[name]["relu6"] == "0"


def test_a_function_that_ends_python_costs_one_exercise(quick):
    row = quick[1].rows["function_exits"]
    assert (row["relu6"], row["use_residual"], row["status"]) == ("0", "10", "partly")


def test_a_library_that_ends_python_is_not_blamed_on_the_function(quick):
    lead = quick[1].report("function_aborts")["reports"]["relu6"]["lead"]
    assert lead["key"] == "common.stop_crash"
    assert quick[1].rows["function_aborts"]["use_residual"] == "10"
    lead = quick[1].report("function_exits")["reports"]["relu6"]["lead"]
    assert lead["key"] == "common.stop_exit"


@pytest.mark.parametrize("name", STRANGE)
def test_a_forged_observation_earns_nothing_and_stops_nothing(quick, name):
    assert int(quick[1].rows[name]["use_residual"]) < 5


def test_no_name_stops_the_batch_or_takes_the_folder_of_another(quick):
    graded = quick[1]
    for name in ("grades.csv.new", "O'Brien", "O_Brien-e6e62496", "\U0001d482" * 62, "bytes"):
        assert graded.rows[name]["relu6"] == "10"
    assert graded.rows["' =1+1"]["relu6"] == "10"
    folders = [path for path in graded.out.iterdir() if path.is_dir()]
    assert len(folders) == len(graded.table)


@pytest.mark.parametrize("name", ["circle", "data_in_code"])
def test_what_would_take_the_reader_too_long_is_refused(quick, name):
    assert quick[1].rows[name]["status"] == "unreadable"


def test_calls_that_lead_out_of_the_limits_are_refused(quick):
    graded = quick[1]
    if sandbox_of(graded, "refused") != "bwrap":
        pytest.skip("no bubblewrap on this machine: see mnv2-tutor doctor")
    assert graded.remarks("refused") == [], graded.report("refused")["remarks"]


def test_a_long_error_is_cut(quick):
    assert len(quick[1].feedback("long_error")) < 50_000


def test_nothing_is_left_running(quick):
    assert quick[2] == []


def test_nothing_is_written_outside(quick):
    assert not [f for f in ("/", "/usr", "/tmp", "/etc") if os.path.exists(f"{f}/{MARK}")]


def sandbox_of(graded, name):
    return graded.report(name)["sandbox"]["kind"]


def test_answers_and_other_submissions_are_not_to_be_found(quick):
    graded = quick[1]
    if sandbox_of(graded, "searches") != "bwrap":
        pytest.skip("no bubblewrap on this machine: see mnv2-tutor doctor")
    assert graded.rows["searches"]["relu6"] == "10", graded.report("searches")["reports"]


def test_killing_all_that_can_be_killed_harms_nobody_else(tmp_path):
    kills = (
        "import os\nos.kill(os.getppid(), 9)\nfor pid in range(2, 400):\n"
        "    try: os.kill(pid, 9)\n    except OSError: pass"
    )
    graded = None
    for name in ("kills", "kills_too"):
        write_notebook(tmp_path / "class", name, RIGHT, kills)
    write_notebook(tmp_path / "class", "right", RIGHT)
    if has_to_do_without():
        pytest.skip("no bubblewrap on this machine: these would kill what runs beside the tests")
    graded = grade(tmp_path / "class", tmp_path / "out")
    assert [graded.rows[n]["relu6"] for n in ("right", "kills", "kills_too")] == ["10"] * 3


def test_without_a_sandbox_the_limits_hold_too_and_what_is_open_is_said(tmp_path):
    for name in ("exits", "forty_gb", "threads", "daemon", "closes_stdout"):
        write_notebook(tmp_path / "class", name, RIGHT, BREAKS[name])
    write_notebook(tmp_path / "class", "wrong", WRONG, FORGES["writes_frames"])
    graded = grade(tmp_path / "class", tmp_path / "out", "--sandbox", "limits")
    assert {graded.rows[n]["relu6"] for n in graded.rows if n != "wrong"} == {"10"}
    assert int(graded.rows["wrong"]["relu6"]) < 10
    assert "does not protect from" in graded.done.stderr
    assert graded.report("exits")["sandbox"]["does_not_protect_from"]
    assert left_running() == []


def test_the_kernel_keeps_a_submission_to_its_folder_without_a_sandbox_too(tmp_path):
    if landlock.version() < 6:
        pytest.skip("this kernel's Landlock is too old: see mnv2-tutor doctor")
    write_notebook(tmp_path / "class", "reaches", REACHES_OUT, RIGHT)
    graded = grade(tmp_path / "class", tmp_path / "out", "--sandbox", "limits")
    assert graded.remarks("reaches") == [], graded.report("reaches")["remarks"]
    assert graded.rows["reaches"]["relu6"] == "10"
    assert not os.path.exists(f"/tmp/{MARK}")


def test_without_landlock_more_is_said_to_be_open(monkeypatch):
    with_it = policy.leaves_open("limits")
    monkeypatch.setattr(landlock, "version", lambda: 0)
    assert len(policy.leaves_open("limits")) > len(with_it)
    assert any("answers" in what for what in policy.leaves_open("limits"))


def test_where_bubblewrap_is_absent_nothing_is_run_and_one_line_says_how_to_get_it(tmp_path):
    write_notebook(tmp_path / "class", "right", RIGHT)
    asked = [*command(tmp_path / "class", "--out", tmp_path / "out"), "--sandbox", "bwrap"]
    done = subprocess.run(asked, capture_output=True, text=True, env=os.environ | {"PATH": "/none"})
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.strip().splitlines()
    assert "apt install bubblewrap" in line and "--sandbox limits" in line
    assert not (tmp_path / "out").exists()


def test_the_doctor_asks_for_no_bubblewrap_where_limits_are_chosen():
    away = os.environ | {"PATH": "/none"}
    ends = [doctor("--sandbox", kind, env=away).returncode for kind in ("bwrap", "limits")]
    assert ends == [2, 0]


LOOKS_AROUND = """
import os, pathlib, tempfile
import mnv2_tutor
here = pathlib.Path(mnv2_tutor.__file__).parents[1]
assert here.name == 'checkout', here
assert not (here / 'secret').exists() and not (here.parent / 'beside').exists()
assert not os.path.exists(here / 'mnv2_tutor' / 'course' / 'answers' / 'relu6.py')
assert not os.access(here / 'mnv2_tutor', os.W_OK)
pathlib.Path('/tmp/mine').write_text('x')
pathlib.Path(tempfile.mkstemp()[1]).write_text('x')
"""


@pytest.fixture(scope="module")
def below_tmp():
    """A checkout with an environment of its own, both below /tmp, and files that are secret."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        checkout = Path(folder, "checkout")
        shutil.copytree(ROOT / "mnv2_tutor", checkout / "mnv2_tutor")
        shutil.copy(ROOT / "pyproject.toml", checkout)
        for secret in (checkout / "secret", Path(folder, "beside")):
            secret.write_text("x")
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", checkout / ".venv"])
        python = checkout / ".venv" / "bin" / "python"
        (site,) = (checkout / ".venv" / "lib").glob("*/site-packages")
        (site / "shared.pth").write_text(sysconfig.get_path("purelib"))
        yield python, {**os.environ, "PYTHONPATH": str(checkout)}


def test_a_checkout_below_tmp_is_shut_in_as_well(below_tmp):
    if has_to_do_without():
        pytest.skip("no bubblewrap on this machine: see mnv2-tutor doctor")
    python, environment = below_tmp
    asked = [python, "-m", "mnv2_tutor.cli", "doctor"]
    done = subprocess.run(asked, capture_output=True, text=True, env=environment, cwd="/")
    assert (done.returncode, "bubblewrap, as" in done.stdout) == (0, True), done.stdout


@pytest.mark.long
def test_of_tmp_a_submission_sees_python_and_the_course_alone(below_tmp, tmp_path):
    if has_to_do_without():
        pytest.skip("no bubblewrap on this machine: see mnv2-tutor doctor")
    python, environment = below_tmp
    write_notebook(tmp_path / "class", "looks", LOOKS_AROUND, RIGHT)
    asked = [python, *command(tmp_path / "class", "--out", tmp_path / "out")[1:]]
    done = subprocess.run(
        [*asked, "--exercises", "relu6"], capture_output=True, text=True, env=environment, cwd="/"
    )
    assert done.returncode == 0, done.stderr
    graded = Graded(done, tmp_path / "out")
    assert graded.remarks("looks") == [], graded.report("looks")["remarks"]
    assert graded.rows["looks"]["relu6"] == "10"


def test_the_folder_in_which_the_command_is_given_is_not_shown(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    monkeypatch.syspath_prepend(str(tmp_path))
    assert str(tmp_path) not in policy._library_folders()
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert str(tmp_path) in policy._library_folders()


def test_answers_are_hidden_by_every_path_that_leads_to_them(monkeypatch, tmp_path):
    real, link = tmp_path / "real", tmp_path / "link"
    (real / "mnv2_tutor" / "course" / "answers").mkdir(parents=True)
    link.symlink_to(real)
    monkeypatch.syspath_prepend(str(real))
    monkeypatch.setattr(policy, "_python_folders", lambda: [str(real), str(link)])
    ways = {path / "mnv2_tutor" / "course" / "answers" for path in (real, link)}
    assert ways <= set(policy._hidden_folders())


def test_another_checkout_of_the_course_is_not_shown(monkeypatch, tmp_path):
    (tmp_path / "mnv2_tutor").mkdir()
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    assert str(tmp_path) not in policy._python_folders()


def test_no_two_workers_and_no_two_graders_are_one_user(monkeypatch, tmp_path):
    if os.getuid() != 0:
        pytest.skip("an ordinary user is nobody else")
    monkeypatch.setattr(users, "_folder", lambda: tmp_path)
    monkeypatch.setattr(users, "_ids", lambda: range(70_000, 70_050))
    found = []
    for _ in range(2):  # a grader each
        monkeypatch.setattr(users, "_ours", {})
        found += [users.user_of(slot) for slot in range(20)]
    assert len(set(found)) == 40
    monkeypatch.setattr(users, "_ours", {})
    with pytest.raises(Unusable, match="use fewer --jobs"):
        users.take(20)


def test_a_container_with_few_user_ids_has_them_too(monkeypatch):
    monkeypatch.setattr(users, "_mapped", lambda _: [(0, 100_000, 65_536)])
    assert users._ids() == users.FEW
    monkeypatch.setattr(users, "_mapped", lambda _: [(0, 0, 1)])
    with pytest.raises(Unusable, match="user ids"):
        users._ids()


def test_a_full_disk_ends_with_one_line_and_keeps_what_is_done(tmp_path):
    write_notebook(tmp_path / "class", "a", RIGHT)
    write_notebook(tmp_path / "class", "b", RIGHT)
    out = tmp_path / "out"
    out.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", out], capture_output=True
    )
    if mounted.returncode != 0:
        pytest.skip("only root can mount the small disk that this test fills")
    try:
        done = run(tmp_path / "class", "--out", out, "--seed", 5, "--exercises", "relu6")
        assert done.returncode == 2
        assert "No space left" in done.stderr.strip().splitlines()[-1]
        assert "Traceback" not in done.stderr
    finally:
        subprocess.run(["umount", out], check=True)


# What waits for limits.


@pytest.mark.long
@pytest.mark.parametrize("kind", ["bwrap", "limits"])
def test_what_hangs_or_grows_is_ended_and_costs_that_cell_alone(tmp_path, kind):
    for name, cell in BREAKS_SLOWLY.items():
        write_notebook(tmp_path / "class", name, RIGHT, cell, RIGHT_RULE)
    write_notebook(tmp_path / "class", "right", RIGHT, RIGHT_RULE)
    options = ("--sandbox", kind, "--timeout", 90)
    graded = grade(tmp_path / "class", tmp_path / "out", *options, seconds=900)
    assert {name: row["total"] for name, row in graded.rows.items()} == dict.fromkeys(
        [*BREAKS_SLOWLY, "right"], "20"
    )
    assert graded.rows["loops"]["status"] == "graded"  # no exercise needs the loop
    assert "notebook.cell_slow" in graded.remarks("loops")
    assert "notebook.cell_memory" in graded.remarks("creeps_together")
    assert left_running() == []


@pytest.mark.long
def test_a_function_counts_though_its_cell_ran_out_of_memory_below_it(tmp_path):
    write_notebook(tmp_path / "class", "greedy", f"{RIGHT}\nx = bytearray(40_000_000_000)")
    graded = grade(tmp_path / "class", tmp_path / "out")
    assert graded.rows["greedy"]["relu6"] == "10"
    assert graded.remarks("greedy") == []  # what stands below all answers is not run


@pytest.mark.long
def test_an_endless_loop_in_a_function_costs_one_exercise_and_is_named(tmp_path):
    loop = (
        "def relu6(x):\n    while True:\n        try:\n            while True: pass\n"
        "        except BaseException: pass"
    )
    write_notebook(tmp_path / "class", "loops", loop, RIGHT_RULE)
    graded = grade(tmp_path / "class", tmp_path / "out")
    row = graded.rows["loops"]
    assert (row["relu6"], row["use_residual"], row["status"]) == ("0", "10", "partly")
    says = graded.report("loops")["reports"]["relu6"]["lead"]["message"]
    assert says.startswith("relu6 did not finish in 10 s. ")


@pytest.mark.long
def test_a_bomb_and_a_giant_file_are_rows(tmp_path):
    folder = tmp_path / "class"
    write_notebook(folder, "right", RIGHT)
    with zipfile.ZipFile(folder / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(30):
            archive.writestr(f"{number}.ipynb", b" " * 100_000_000)
    (folder / "giant.ipynb").write_bytes(b'{"cells": [' + b" " * 200_000_000)
    graded = grade(folder, tmp_path / "out")
    assert {n: r["status"] for n, r in graded.rows.items()} == {
        "right": "graded", "bomb": "unreadable", "giant": "unreadable",
    }  # fmt: skip


def begun(tmp_path):
    """A batch of six slow submissions, two of them done: its process, arguments and folder."""
    for number in range(6):
        write_notebook(tmp_path / "class", f"n{number}", RIGHT, "import time\ntime.sleep(2)")
    out = tmp_path / "out"
    arguments = (tmp_path / "class", "--out", out, "--seed", 5, "--exercises", "relu6")
    process = begin(command(*arguments, "--jobs", 1))
    while len(list(out.glob("*/report.json"))) < 2:
        time.sleep(0.1)
    return process, arguments, out


@pytest.mark.long
def test_ctrl_c_ends_at_once_with_a_whole_table_and_nothing_running(tmp_path):
    process, _, out = begun(tmp_path)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors.strip().splitlines()[-1].startswith("stopped; what is done is kept")
    assert len((out / "grades.csv").read_text().splitlines()) >= 3
    assert left_running() == []
    assert not (out / RUNNING).exists()


@pytest.mark.long
def test_an_interrupted_batch_goes_on_where_it_stopped(tmp_path):
    process, arguments, out = begun(tmp_path)
    process.kill()
    process.wait()
    done = run(*arguments)
    assert done.returncode == 0
    assert 2 <= done.stderr.count("graded, kept") < 6
    assert len((out / "grades.csv").read_text().splitlines()) == 7
