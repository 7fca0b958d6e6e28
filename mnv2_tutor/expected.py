"""What the reference does: read from a file for the public probe, observed for an unseen one.

This is the judging side's door to ``answers/``. Nothing is rebuilt at check time: the public values
and the fingerprints of the misconceptions are a data file. Unseen ones come from a process of its
own, so that no answer is ever in the memory of a process that a learner's code shares.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.resources import files
from typing import Any

from mnv2_tutor.environment import quiet_environment
from mnv2_tutor.errors import Unusable
from mnv2_tutor.exercises import exercise
from mnv2_tutor.observation import Observation, from_json, to_json
from mnv2_tutor.observe import observe

SECONDS_FOR_REFERENCE = 300


@dataclass(frozen=True)
class Expected:
    """The reference's observation and the misconceptions' fingerprints, on one probe."""

    reference: Observation
    twins: Mapping[str, Observation]


@cache
def public(key: str) -> Expected:
    """What the data file of the exercise says."""
    text = (files("mnv2_tutor.answers") / f"{key}.json").read_text(encoding="utf-8")
    data = json.loads(text)
    twins = {name: from_json(json.dumps(twin)) for name, twin in data["misconceptions"].items()}
    return Expected(from_json(json.dumps(data["reference"])), twins)


@cache
def unseen(key: str, seed: int) -> Expected:
    """What the reference does on the probe of ``seed``, observed in a process of its own.

    Raises:
        Unusable: that process failed.
    """
    done = subprocess.run(
        [sys.executable, "-m", "mnv2_tutor.expected", key, str(seed)],
        env=quiet_environment(),
        capture_output=True,
        text=True,
        timeout=SECONDS_FOR_REFERENCE,
        check=False,
    )
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise Unusable(f"the reference of {key} could not be observed: {last}")
    return Expected(from_json(done.stdout), {})


def reference(key: str) -> Callable[..., Any]:
    """The reference implementation. Loads TensorFlow where the exercise needs it."""
    found: Callable[..., Any] = import_module(f"mnv2_tutor.answers.{key}").reference
    return found


def misconceptions(key: str) -> dict[str, Callable[..., Any]]:
    """The wrong implementations by key, in the order of the file."""
    module = vars(import_module(f"mnv2_tutor.answers.{key}"))
    return {n.removeprefix("wrong_"): f for n, f in module.items() if n.startswith("wrong_")}


if __name__ == "__main__":
    _key, _seed = sys.argv[1:]
    print(to_json(observe(reference(_key), exercise(_key), int(_seed))))
