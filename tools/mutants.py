"""Break the code in places drawn by chance, and see whether the quick tests of that part notice.

Cosmic Ray makes the mutants: ``make mutants`` lends it to this module for the run, since nothing
else needs it. It happens in a clone of the last commit, so that no file of the checkout is ever
broken. ``--out`` names a file for the result; without it, it is only printed.

Usage: ``make mutants``, ``make mutants N=12``, ``make mutants N="12 --parts engine --seed 3"``.
"""

import argparse
import random
import shlex
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path

from cosmic_ray.commands.init import init
from cosmic_ray.mutating import mutate_and_test
from cosmic_ray.work_db import WorkDB
from cosmic_ray.work_item import MutationSpec, WorkerOutcome

ROOT = Path(__file__).resolve().parents[1]
PYTEST = "-m pytest -n 0 -q -x -p no:cacheprovider"
NO_CHANGE = ("BitOr",)
"""In this code, ``|`` joins types, which nothing looks at when it runs."""


@dataclass(frozen=True)
class Part:
    """Modules that are mutated alike, and the quick tests that are to notice it."""

    modules: tuple[str, ...]
    tests: tuple[str, ...]
    only: str = ""
    """What the names of these tests must match, as for pytest's ``-k``."""


PARTS = {
    "engine": Part(
        ("engine/*.py", "engine/judge/*.py", "engine/observe/*.py", "engine/report/*.py",
         "source/*.py", "learner/*.py"),
        (
            "test_observation", "test_slicing", "test_marks", "test_relu6_check",
            "test_counting_check", "test_tutor", "test_conversation", "test_in_page",
        ),
    ),
    "families": Part(
        ("engine/keras_models/*.py", "families/block/*.py", "families/plain/*.py",
         "families/tensor/*.py"),
        ("test_checks", "test_block_check", "test_counting_check"),
        "(relu6 or use_residual or count or expansion or bottleneck or block) and not mobilenet_v2",
    ),
    "submission": Part(
        ("submission/*.py",),
        ("test_conversation", "test_cli", "test_handed_in"),
    ),
    "grading": Part(
        ("grading/*.py",),
        ("test_rounds", "test_marks", "test_record", "test_regrading", "test_grading"),
    ),
}  # fmt: skip
LEAST_SECONDS, TIMES_AS_LONG = 60, 5
"""A mutant has this many times the seconds of the unbroken code, and never less than the first."""


@dataclass(frozen=True)
class Outcome:
    """What became of a mutant: it was ``caught``, ``survived``, or ran into the ``timeout``."""

    part: str
    mutation: MutationSpec
    ended: str
    diff: str

    def __str__(self) -> str:
        where = f"{self.mutation.module_path}:{self.mutation.start_pos[0]}"
        return f"{self.ended:<8} {self.part:<10} {where} {self.mutation.operator_name}"


def main() -> int:
    """Run the mutants and print what became of them; 2 where the unbroken code fails."""
    given = arguments()
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        subprocess.run(["git", "clone", "-q", str(ROOT), folder], check=True)
        with chdir(folder):
            outcomes = []
            for number, name in enumerate(given.parts):
                share = len(range(number, given.count, len(given.parts)))
                drawn = sample(places(Path(folder), PARTS[name]), share, given.seed)
                command = test_command(str(given.python), Path(folder), PARTS[name])
                seconds = unbroken(command)
                if seconds is None:
                    print(f"mutants: the tests of {name} fail without a mutant", file=sys.stderr)
                    return 2
                limit = max(LEAST_SECONDS, TIMES_AS_LONG * seconds)
                print(f"{name}: {share} mutants, {seconds:.0f} s each at most if it survives")
                outcomes += [tried(name, mutation, command, limit) for mutation in drawn]
    told = report(outcomes)
    print(told)
    if given.out:
        given.out.write_text(told + "\n", encoding="utf-8")
    return 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", nargs="?", type=int, default=60, help="how many mutants")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=[*PARTS])
    parser.add_argument("--python", type=Path, default=Path(sys.executable), help="runs the tests")
    parser.add_argument("--out", type=Path, help="a file outside the checkout for the result")
    given = parser.parse_args()
    given.python = given.python.absolute()  # the clone is another folder
    if given.out and given.out.resolve().is_relative_to(ROOT):
        parser.error("what a run gives is no part of the checkout: give another --out")
    return given


def places(root: Path, part: Part) -> list[list[MutationSpec]]:
    """Every place that can be broken, each with all the ways to break it."""
    paths = []
    for pattern in part.modules:
        found_by_it = sorted((root / "mnv2_tutor").glob(pattern))
        if not found_by_it:
            raise FileNotFoundError(f"PARTS names mnv2_tutor/{pattern}, and there is nothing")
        paths += [path.relative_to(root) for path in found_by_it]
    with tempfile.NamedTemporaryFile(suffix=".sqlite") as file:
        database = WorkDB(file.name, WorkDB.Mode.create)
        init(paths, database, {})
        mutations = [mutation for item in database.work_items for mutation in item.mutations]
        database.close()
    found: dict[tuple[str, tuple[int, int]], list[MutationSpec]] = {}
    for mutation in sorted(mutations, key=in_order):
        if not any(name in mutation.operator_name for name in NO_CHANGE):
            found.setdefault((str(mutation.module_path), mutation.start_pos), []).append(mutation)
    return list(found.values())


def in_order(mutation: MutationSpec) -> tuple[str, tuple[int, int], str, int]:
    return (
        str(mutation.module_path), mutation.start_pos, mutation.operator_name, mutation.occurrence,
    )  # fmt: skip


def sample(found: list[list[MutationSpec]], count: int, seed: int) -> list[MutationSpec]:
    """Of ``count`` places one mutation each: an operator with many others counts once."""
    draw = random.Random(seed)
    return [draw.choice(ways) for ways in draw.sample(found, min(count, len(found)))]


def test_command(python: str, root: Path, part: Part) -> str:
    """The command that ends with 0 where the tests notice nothing."""
    files = [str(path) for name in part.tests for path in root.glob(f"tests/**/{name}.py")]
    command = [python, *PYTEST.split(), *files, *(("-k", part.only) if part.only else ())]
    # What is tested is the clone, wherever the package is installed from.
    return shlex.join(["env", f"PYTHONPATH={root}", *command])


def unbroken(command: str) -> float | None:
    """Seconds of the tests on the code as it is; None if they fail."""
    start = time.perf_counter()
    done = subprocess.run(shlex.split(command), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        print(done.stdout[-2000:], done.stderr[-2000:], file=sys.stderr)
        return None
    return time.perf_counter() - start


def tried(part: str, mutation: MutationSpec, command: str, limit: float) -> Outcome:
    """What became of one mutant; it is printed at once, since a run takes long.

    Raises:
        RuntimeError: Cosmic Ray could not make it, or not run the tests.
    """
    result = mutate_and_test([mutation], command, limit)
    if result.worker_outcome != WorkerOutcome.NORMAL:
        raise RuntimeError(f"{mutation}: {result.output}")
    ended = "caught" if result.is_killed else "survived"
    if result.output == "timeout":
        ended = "timeout"
    outcome = Outcome(part, mutation, ended, result.diff or "")
    print(outcome, flush=True)
    return outcome


def report(outcomes: Iterable[Outcome]) -> str:
    """The figures of each part and of all, and what the survivors changed."""
    outcomes = list(outcomes)
    counted = Counter((part, one.ended) for one in outcomes for part in (one.part, "all"))
    lines = [f"{'':<10} {'caught':>8} {'survived':>8} {'timeout':>8}"]
    for part in [*dict.fromkeys(one.part for one in outcomes), "all"]:
        figures = " ".join(f"{counted[part, e]:>8}" for e in ("caught", "survived", "timeout"))
        lines.append(f"{part:<10} {figures}")
    survivors = [f"\n{one}\n{one.diff}" for one in outcomes if one.ended == "survived"]
    return "\n".join([*lines, *survivors])


if __name__ == "__main__":
    sys.exit(main())
