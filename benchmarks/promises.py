"""Measure what the course promises to be fast at; print it, and keep it in ``benchmarks/results/``.

Times of one machine mean little, so each stands beside its goal or as a ratio within this run.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from mnv2_tutor.authoring.course import notebooks
from mnv2_tutor.engine.environment import quiet_environment

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "benchmarks" / "results" / "promises.json"
KERNEL = (
    "import sys, jupyter_client; m, c = jupyter_client.manager.start_new_kernel(); "
    "c.execute_interactive('import tensorflow', timeout=120); m.shutdown_kernel(now=True)"
)
CHECK = """
import statistics, time
from mnv2_tutor import check
from mnv2_tutor.course.answers.relu6 import wrong_no_cap
check(wrong_no_cap, "relu6")
times = []
for _ in range(20):
    start = time.perf_counter()
    str(check(wrong_no_cap, "relu6"))
    times.append(time.perf_counter() - start)
print(statistics.median(times))
"""
NETWORK = """
import statistics, sys, time
import keras, numpy as np
from mnv2_tutor.engine.course import exercise
from mnv2_tutor.engine.expected import reference
from mnv2_tutor import check

def seconds(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start

def library():
    return keras.applications.MobileNetV2(weights=None)

own = reference("mobilenet_v2")
check(own, "mobilenet_v2"), library()
turns = [
    (seconds(lambda: check(own, "mobilenet_v2")), seconds(library)) for _ in range(7)
]
checked, built = (statistics.median(times) for times in zip(*turns))
models = own((224, 224, 3), 1000), library()
picture = np.zeros((1, 224, 224, 3), "float32")
for model in models:
    model.predict(picture, verbose=0)
runs = [[seconds(lambda: m.predict(picture, verbose=0)) for m in models] for _ in range(41)]
ours, theirs = (statistics.median(times) for times in zip(*runs))
print((checked, checked / built, ours / theirs)[int(sys.argv[1])])
"""
BLOCKS = """
import statistics, sys, time
import keras, numpy as np
from mnv2_tutor import check
from mnv2_tutor.engine.course import exercise
from mnv2_tutor.engine.expected import reference

def median(work):
    work()
    times = []
    for _ in range(7):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)

def build_and_run(key, block):
    for case in exercise(key).probe(None):
        x = keras.Input(case.shape)
        keras.Model(x, block(x, *case.arguments))(np.zeros((2, *case.shape), "float32"))

worst = [0.0, 0.0]
for key in ("expansion_block", "depthwise_block", "projection_block", "bottleneck"):
    block = reference(key)
    checked = median(lambda: str(check(block, key)))
    ratio = checked / median(lambda: build_and_run(key, block))
    worst = [max(worst[0], checked), max(worst[1], ratio)]
print(worst[int(sys.argv[1])])
"""
IMPORT = "import time; s = time.perf_counter(); import mnv2_tutor; print(time.perf_counter() - s)"


def python(code: str, *arguments: str) -> float:
    """The number that a fresh Python prints."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True,
        env=quiet_environment(MNV2_TUTOR_HOME=str(ROOT / "_build" / "bench-home")), cwd=ROOT,
    )  # fmt: skip
    return float(done.stdout or "nan")


def seconds(command: list[str]) -> float:
    """Wall time of a command that must succeed."""
    start = time.perf_counter()
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, env=quiet_environment())
    return time.perf_counter() - start


def median(measure: Callable[[], float], runs: int = 5) -> float:
    return statistics.median(measure() for _ in range(runs))


def notebook_tests_ratio() -> tuple[float, float]:
    """Wall time of the notebook tests, and the sum of their kernels' start and imports."""
    pytest = [sys.executable, "-m", "pytest", "-q", "--nbval", "book", "solutions"]
    wall = seconds(pytest)
    one = median(lambda: seconds([sys.executable, "-c", KERNEL]), runs=3)
    return wall, one * len(notebooks())


def main() -> None:
    book = [sys.executable, "-m", "tools.book"]
    shutil.rmtree(ROOT / "_build" / "html", ignore_errors=True)
    shutil.rmtree(ROOT / "_build" / ".doctrees", ignore_errors=True)
    clean = seconds(book)
    wall, kernels = notebook_tests_ratio()
    rows = [
        ("import mnv2_tutor, seconds", median(lambda: python(IMPORT)), 0.05),
        ("one check after the first, seconds", python(CHECK), 0.3),
        ("the slowest check of a block, seconds", python(BLOCKS, "0"), 0.3),
        ("a block's check against building and running it, ratio", python(BLOCKS, "1"), 4.0),
        ("the check of the whole network, seconds", python(NETWORK, "0"), 5.0),
        ("the same as a multiple of building Keras's MobileNetV2", python(NETWORK, "1"), 8.0),
        ("a picture through the network against Keras's, ratio", python(NETWORK, "2"), 1.05),
        ("the book from nothing, seconds", clean, None),
        ("the book unchanged, seconds", median(lambda: seconds(book), runs=3), 5.0),
        ("notebook tests, seconds", wall, None),
        ("notebook tests against their kernels' start and imports", wall / kernels, None),
    ]
    for name, value, goal in rows:
        print(f"{name:<58} {value:8.3f}" + (f"   goal {goal}" if goal else ""))
    OUT.parent.mkdir(parents=True, exist_ok=True)
    data = {"cores": os.cpu_count(), "rows": {name: round(value, 4) for name, value, _ in rows}}
    OUT.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
