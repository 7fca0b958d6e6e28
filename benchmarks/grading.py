"""Measure grading: seconds, processor time and memory a submission, beside other graders.

The class is made of copies of three notebooks with the six exercises about blocks and the network:
right, half right, wrong. otter-grader and nbgrader grade the same notebooks in the same run, each
installed in an environment of its own; where it cannot be had, a line says so. Last, copies of the
kept observations make a class of a thousand, which is judged again after points changed.

A class of 1000 or more leaves the whole network out, and is held against one of a tenth: what it is
to show, that time is linear and memory flat, has nothing to do with what is graded.

Usage: python -m benchmarks.grading [N ...], by default 10 and 100.
"""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import venv
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import psutil

from mnv2_tutor.authoring.course import ROOT, SOLUTIONS
from mnv2_tutor.engine.environment import quiet_environment

KEYS = (
    "expansion_block", "depthwise_block", "projection_block", "use_residual", "bottleneck",
    "mobilenet_v2",
)  # fmt: skip
REGRADED = 1000
LARGE = 1000
LIGHT = KEYS[:-1]
"""All but the whole network, of which a thousand take an hour."""
ENVIRONMENTS = ROOT / "_build" / "bench"
OUT = ROOT / "benchmarks" / "results" / "grading.json"
OTTER_TEST = """OK_FORMAT = True
test = {{"name": "{key}", "points": 10, "suites": [{{"type": "doctest", "scored": True,
    "setup": "", "teardown": "", "cases": [{{"hidden": False, "locked": False,
    "code": ">>> from mnv2_tutor import check\\n>>> check({key}).passed\\nTrue"}}]}}]}}
"""


def solution_cells() -> list[nbformat.NotebookNode]:
    """What is written in the solutions, exercise by exercise, in one notebook's namespace."""
    cells = []
    for path in sorted(SOLUTIONS.glob("0[2-6]*.ipynb")):
        for cell in nbformat.read(path, 4).cells:
            # In one notebook nothing is fetched from the others, and nothing checks itself.
            is_left_out = "play" in cell.metadata.get("tags", []) or any(
                text in cell.source for text in ("check(", "mnv2_tutor.mine")
            )
            if cell.cell_type == "code" and not is_left_out:
                cell.outputs, cell.execution_count = [], None
                cells.append(cell)
    return cells


def notebook(wrong: tuple[str, ...]) -> nbformat.NotebookNode:
    """The solutions; of the exercises in ``wrong`` one that gives back nothing of use."""
    cells = solution_cells()
    for cell in cells:
        key = cell.metadata.get("mnv2_tutor", {}).get("exercise", "")
        if key in wrong and f"def {key}(" in cell.source:
            cell.source += f"\n\n_right_{key} = {key}\n\n\n" + spoiled(key)
    made = nbformat.v4.new_notebook(cells=cells)
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    return made


def spoiled(key: str) -> str:
    """A wrong answer that still builds and runs, as most wrong answers do."""
    if key == "use_residual":
        return "def use_residual(stride, c_in, c_out):\n    return c_in == c_out"
    if key == "mobilenet_v2":
        return (
            "def mobilenet_v2(input_shape, n_classes, alpha=1.0):\n"
            "    model = _right_mobilenet_v2(input_shape, n_classes, alpha)\n"
            "    x = keras.layers.Activation('relu')(model.layers[-2].output)\n"
            "    return keras.Model(model.input, keras.layers.Dense(n_classes)(x))"
        )
    return (
        f"def {key}(x, *rest):\n    return keras.layers.ReLU()(_right_{key}(x, *rest))"
        if key != "bottleneck"
        else "def bottleneck(x, t, filters, out_channels, stride, block_id):\n"
        "    return keras.layers.ReLU()("
        "_right_bottleneck(x, t, filters, out_channels, stride, block_id))"
    )


KINDS = {"right": (), "half": KEYS[::2], "wrong": KEYS}


def write_class(folder: Path, count: int) -> None:
    folder.mkdir(parents=True)
    texts = [nbformat.writes(notebook(wrong)) for wrong in KINDS.values()]
    for number in range(count):
        (folder / f"n{number:04d}.ipynb").write_text(texts[number % len(texts)], encoding="utf-8")


def watched(command: list[str], **how: object) -> dict[str, float]:
    """Wall seconds, processor seconds and the peak of memory of a command and all below it."""
    start = time.perf_counter()
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, **how
    )  # type: ignore[call-overload]
    seen = Seen()
    watcher = threading.Thread(target=seen.watch, args=(process.pid,), daemon=True)
    watcher.start()
    _, errors = process.communicate()
    if process.returncode != 0:
        raise RuntimeError(errors.strip().splitlines()[-1] if errors.strip() else "it failed")
    seconds = time.perf_counter() - start
    return {"seconds": seconds, "cpu": sum(seen.cpu.values()), "peak_mib": seen.peak / 2**20}


@dataclass
class Seen:
    """What processes used, looked at twice a second.

    The sandbox's first process ends without handing its time on, so of each process the last time
    that was seen counts: a little less than it used.
    """

    peak: float = 0
    cpu: dict[tuple[int, float], float] = field(default_factory=dict)

    def watch(self, pid: int) -> None:
        """Look until the process ends."""
        while psutil.pid_exists(pid):
            memory = 0
            with contextlib.suppress(psutil.Error):
                top = psutil.Process(pid)
                for process in [top, *top.children(recursive=True)]:
                    with contextlib.suppress(psutil.Error):
                        memory += process.memory_full_info().pss
                        own = process.cpu_times()
                        self.cpu[process.pid, process.create_time()] = own.user + own.system
            self.peak = max(self.peak, memory)
            time.sleep(0.5)


def ours(folder: Path, jobs: int, scratch: Path, keys: tuple[str, ...] = KEYS) -> dict[str, float]:
    out = scratch / f"out-{folder.name}-{jobs}-{len(keys)}"
    command = [sys.executable, "-m", "mnv2_tutor.cli", "grade", str(folder), "--out", str(out)]
    command += ["--seed", "1", "--jobs", str(jobs), "--exercises", ",".join(keys)]
    return watched(command, env=quiet_environment(MNV2_TUTOR_HOME=str(scratch / "home")))


def regraded(out: Path, scratch: Path) -> dict[str, float]:
    """Judge a class of ``REGRADED`` copies of the submissions in ``out`` again, by other points."""
    copied = scratch / "copied"
    copied.mkdir()
    names = [f"n{number:04d}" for number in range(REGRADED)]
    batch = json.loads((out / "batch.json").read_text())
    (copied / "batch.json").write_text(json.dumps({**batch, "names": names}))
    folders = sorted(path.parent for path in out.glob("*/report.json"))
    for number, name in enumerate(names):
        shutil.copytree(folders[number % len(folders)], copied / name)
        report = json.loads((copied / name / "report.json").read_text())
        (copied / name / "report.json").write_text(json.dumps({**report, "submission": name}))
    (scratch / "points.toml").write_text("[bottleneck.points]\nlinear = 3\n")
    command = [sys.executable, "-m", "mnv2_tutor.cli", "regrade", str(copied)]
    command += ["--rubric", str(scratch / "points.toml")]
    return watched(command, env=quiet_environment(MNV2_TUTOR_HOME=str(scratch / "home")))


def environment(name: str, package: str) -> Path:
    """An environment with ``package``, which sees our libraries behind its own.

    Raises:
        RuntimeError: it cannot be installed here.
    """
    folder = ENVIRONMENTS / name
    python = folder / "bin" / "python"
    if not (folder / "installed").exists():
        shutil.rmtree(folder, ignore_errors=True)
        venv.create(folder, with_pip=True)
        done = subprocess.run(
            [python, "-m", "pip", "install", "--quiet", package], capture_output=True, text=True
        )
        if done.returncode != 0:
            raise RuntimeError(f"{package} cannot be installed here")
        site = next((folder / "lib").glob("python*/site-packages"))
        ours = [path for path in sys.path if path.endswith("site-packages")]
        (site / "zz_ours.pth").write_text("\n".join([*ours, str(ROOT)]) + "\n")
        (folder / "installed").touch()
    return python


def otter(scratch: Path) -> list[float]:
    """Seconds of ``otter run`` for each kind of notebook."""
    python = environment("otter", "otter-grader")
    folder = scratch / "otter"
    (folder / "tests").mkdir(parents=True)
    for key in KEYS:
        (folder / "tests" / f"{key}.py").write_text(OTTER_TEST.format(key=key))
    how = {"cwd": folder, "env": foreign_environment(scratch, python)}
    tool = str(python.parent / "otter")
    watched([tool, "generate", "-t", "tests", "-o", "autograder.zip", "--no-environment"], **how)
    times = []
    for kind, wrong in KINDS.items():
        nbformat.write(notebook(wrong), folder / f"{kind}.ipynb")
        (folder / f"out-{kind}").mkdir()
        command = [tool, "run", "-a", "autograder.zip", "-o", f"out-{kind}", f"{kind}.ipynb"]
        times.append(watched(command, **how)["seconds"])
        scores = json.loads((folder / f"out-{kind}" / "results.json").read_text())
        got = sum(test.get("score", 0) for test in scores["tests"] if "max_score" in test)
        print(f"  otter gives {kind}: {got:g} points")
    return times


def nbgrader(scratch: Path) -> list[float]:
    """Seconds of ``nbgrader autograde`` for each kind of notebook."""
    python = environment("nbgrader", "nbgrader")
    course = scratch / "course"
    (course / "source" / "ps1").mkdir(parents=True)
    nbformat.write(notebook(()), course / "source" / "ps1" / "ps1.ipynb")
    how = {"cwd": course, "env": foreign_environment(scratch, python)}
    tool = [str(python), "-m", "nbgrader"]
    watched(
        [*tool, "generate_assignment", "ps1", "--IncludeHeaderFooter.header=", "--force"], **how
    )
    times = []
    for kind, wrong in KINDS.items():
        folder = course / "submitted" / kind / "ps1"
        folder.mkdir(parents=True)
        nbformat.write(notebook(wrong), folder / "ps1.ipynb")
        command = [*tool, "autograde", "ps1", f"--student={kind}", "--create"]
        command += ["--ExecutePreprocessor.timeout=300"]
        times.append(watched(command, **how)["seconds"])
    return times


def foreign_environment(scratch: Path, python: Path) -> dict[str, str]:
    found = quiet_environment(
        MNV2_TUTOR_HOME=str(scratch / "foreign"),
        PATH=f"{python.parent}{os.pathsep}{os.environ['PATH']}",
        JUPYTER_PLATFORM_DIRS="1",
    )
    found.pop("JUPYTER_PATH", None)
    return found


def described(found: dict[str, float], count: int) -> str:
    return (
        f"{found['seconds'] / count:.2f} s and {found['cpu'] / count:.2f} CPU s each, "
        f"{found['peak_mib']:.0f} MiB at most"
    )


def main(counts: list[int]) -> None:
    rows: dict[str, object] = {"cores": os.cpu_count()}
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        others: dict[str, float] = {}
        for tool in (otter, nbgrader):
            try:
                times = tool(scratch)
                others[tool.__name__] = sum(times) / len(times)
                print(f"{tool.__name__}: {others[tool.__name__]:.2f} s a submission")
            except (RuntimeError, OSError) as error:
                print(f"{tool.__name__}: skipped, {error}")
        write_class(scratch / "warm", 3)
        ours(scratch / "warm", 1, scratch)  # the references are observed, and kept
        for count in (count for count in counts if count < LARGE):
            write_class(scratch / str(count), count)
            for jobs in (1, 2):
                found = ours(scratch / str(count), jobs, scratch)
                each = found["seconds"] / count
                ratios = ", ".join(f"{value / each:.1f} times {t}" for t, value in others.items())
                print(
                    f"{count} submissions, {jobs} workers: {described(found, count)}"
                    + (f"; as fast as {ratios}" if ratios else "")
                )
                rows[f"{count} x {jobs}"] = {**found, "each": each}
        for count in (count for count in counts if count >= LARGE):
            for size in (count // 10, count):
                write_class(scratch / f"light{size}", size)
                found = ours(scratch / f"light{size}", 2, scratch, LIGHT)
                print(f"{size} submissions without the network: {described(found, size)}")
                rows[f"{size} light"] = found
        rows["others"] = others
        found = regraded(scratch / f"out-warm-1-{len(KEYS)}", scratch)
        print(f"{REGRADED} judged again: {found['seconds']:.1f} s, {found['peak_mib']:.0f} MiB")
        rows["judged again"] = found
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]] or [10, 100])
