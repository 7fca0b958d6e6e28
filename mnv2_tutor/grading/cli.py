"""The commands ``mnv2-tutor grade`` and ``mnv2-tutor regrade``."""

import importlib.util
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mnv2_tutor.engine.course import KEYS
from mnv2_tutor.errors import Unusable
from mnv2_tutor.grading.names import one_line

if TYPE_CHECKING:
    from mnv2_tutor.grading.intake import Class
    from mnv2_tutor.grading.order import Order
    from mnv2_tutor.grading.regrade import Again, Difference
    from mnv2_tutor.grading.results import Row
    from mnv2_tutor.grading.rubric import Changes
    from mnv2_tutor.grading.sandbox import Sandbox

INTERRUPTED = 130
ATTEMPTED = "attempted"
"""Stands for the exercises that somebody attempted."""
STOPPED = "stopped; what is done is kept: the same command goes on from here"
UNFINISHED = "regrading"
"""Stands in the order while a batch is judged again."""
MANY = 4
"""So many names are not repeated where one word says the same."""
SHOWN = 30
"""Differences that are printed; all of them are in a file."""
Rubric = Annotated[
    Path | None,
    typer.Option(
        help="A TOML file with points and tolerances of your own; kept in the results.",
        show_default=False,
    ),
]
Anonymous = Annotated[bool, typer.Option("--anonymous", help="No names in class.html.")]


class Kind(StrEnum):
    """Sandboxes to choose from."""

    BWRAP = "bwrap"
    LIMITS = "limits"


def grade(
    submissions: Annotated[
        Path | None,
        typer.Argument(
            help="A folder, zip or tar: name.ipynb, name.py, or a folder or zip for each learner.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="The folder of the results.", show_default=False)
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(min=1, help="Submissions at a time; as many as cores.", show_default=False),
    ] = None,
    timeout: Annotated[
        float, typer.Option(min=5, max=86_400, help="Seconds for one submission.")
    ] = 120,
    memory: Annotated[
        int, typer.Option(min=256, max=1 << 20, help="MiB for one submission.")
    ] = 2048,
    seed: Annotated[
        int | None,
        typer.Option(
            min=0, help="Chooses the unseen inputs; by default a new one, kept in the results."
        ),
    ] = None,
    exercises: Annotated[
        list[str] | None,
        typer.Option(
            help=f"Grade only these: --exercises {KEYS[0]} {KEYS[-1]}. With 'attempted', those "
            "that somebody in the class attempted.",
            show_default=False,
        ),
    ] = None,
    rubric: Rubric = None,
    sandbox: Annotated[
        Kind, typer.Option(help="How submissions are shut in: 'limits' does without bubblewrap.")
    ] = Kind.BWRAP,
    anonymous: Anonymous = False,
    doctor: Annotated[bool, typer.Option("--doctor", help="Look at this machine only.")] = False,
) -> None:
    """Grade a class: every submission gets a row, feedback and a report.

    Exit status: 0 if every submission has a row, 2 if what was given cannot be used.
    """
    from mnv2_tutor.grading.doctor import cores, elsewhere, findings

    if doctor:
        lines, usable = findings(sandbox)
        typer.echo("\n".join(lines))
        raise typer.Exit(0 if usable else 2)
    if not sys.platform.startswith("linux"):
        raise Unusable(elsewhere())
    if submissions is None or out is None:
        raise Unusable("name the submissions and the results: grade SUBMISSIONS --out OUT")
    if importlib.util.find_spec("tensorflow") is None:
        raise Unusable("TensorFlow is not installed: pip install 'mnv2-tutor[tensorflow]'")

    from mnv2_tutor.grading import intake, order
    from mnv2_tutor.grading import sandbox as sandboxes
    from mnv2_tutor.grading.attempted import attempted
    from mnv2_tutor.submission.conversation import Limits

    shut_in = sandboxes.choose(sandbox)
    wants_attempted = ATTEMPTED in (exercises or [])
    keys = order.chosen(None if wants_attempted else exercises)
    found = intake.class_of(submissions)
    handed_in = found.submissions
    if wants_attempted:
        keys = attempted(handed_in)
        typer.echo(f"attempted by somebody: {', '.join(keys)}", err=True)
    order.prepare(out, submissions)
    with _ends_at_once(), order.alone(out):
        order.refuse_another_class(out, submissions, [one.name for one in handed_in], keys)
        asked = order.Order(
            out,
            keys,
            order.seed_of(out, seed),
            order.changes_of(out, rubric),
            min(jobs or cores(), len(handed_in)),
            Limits(submission=timeout, memory=memory),
            shut_in,
        )
        with _can_write(out):
            asked.save(submissions, [one.name for one in handed_in])
        _grade_all(asked, found, anonymous)


def regrade(
    out: Annotated[Path, typer.Argument(help="A folder that grade wrote.", show_default=False)],
    rubric: Rubric = None,
    run: Annotated[
        bool, typer.Option("--run", help="Run the submissions again of which too little was kept.")
    ] = False,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Processes; as many as cores.", show_default=False)
    ] = None,
    anonymous: Anonymous = False,
) -> None:
    """Judge a class again from what was kept, after points, a tolerance or a rubric changed.

    Nothing is run again, and the differences are listed. Exit status: 0 if all was judged, 1 if
    submissions are left that have to be run first, 2 if what was given cannot be used.
    """
    from mnv2_tutor.grading import order
    from mnv2_tutor.grading.doctor import cores

    kept = order.kept(out)
    if not {"names", "seed", "exercises", "limits", "submissions", "sandbox"} <= kept.keys():
        raise Unusable(f"{out}: grade wrote no {order.BATCH} there; name the folder of its results")
    if kept.get("format") != order.FORMAT:
        raise Unusable(f"{out}: {order.ANOTHER_VERSION}: grade the submissions again")
    changes = order.changes_of(out, rubric)
    with _ends_at_once(), order.alone(out):
        is_all = _regrade(out, kept, changes, run, jobs or cores(), anonymous)
    raise typer.Exit(0 if is_all else 1)


def _regrade(
    out: Path, kept: dict[str, Any], changes: "Changes", run: bool, jobs: int, anonymous: bool
) -> bool:
    """Judge again, run what ``run`` allows, and say what changed. Whether nothing is left."""
    from mnv2_tutor.grading import classpage, order
    from mnv2_tutor.grading.regrade import CHANGES, Ruling, differences_of, write_changes
    from mnv2_tutor.grading.regrade import regrade as judge_again

    goes_on = bool(kept.pop(UNFINISHED, False))
    ruling = Ruling(order.chosen(kept["exercises"]), changes, kept["seed"], goes_on)
    with _can_write(out), _can_stop():
        order.keep(out, {**kept, "rubric": changes, UNFINISHED: True})
        again = judge_again(out, kept["names"], ruling, jobs)
        judged = [difference for one in again for difference in one.differences]
        if judged or any(one.judged for one in again):
            write_changes(out, judged)
        order.keep(out, {**kept, "rubric": changes})
        classpage.write_class(out, ruling.tasks, [one.row for one in again], anonymous)
    _say_differences(judged)
    who = len({difference.name for difference in judged})
    count = sum(one.judged for one in again)
    typer.echo(f"{count} of {len(again)} judged again: {who} with other points")
    open_ones = len(kept["names"]) - len(again)
    if open_ones:
        typer.echo(f"{open_ones} more were not graded yet: go on with grade", err=True)
    left = [one for one in again if one.missing]
    ran: list[Difference] = []
    if left and run:
        rows = _run_again(out, {**kept, "rubric": changes}, jobs, anonymous)
        ran = differences_of([one.row for one in again], rows)
        _say_differences(ran)
        if ran:
            with _can_write(out):
                write_changes(out, ran, add=True)
    elif left:
        _say_left(left)
    if judged or ran:
        typer.echo(f"all of them: {out / CHANGES}")
    return bool(left and run) or not (left or open_ones)


def _run_again(out: Path, kept: dict[str, Any], jobs: int, anonymous: bool) -> "Sequence[Row]":
    """Grade the batch as it was ordered: what was judged again is kept, the rest is run."""
    from mnv2_tutor.grading.doctor import elsewhere

    if not sys.platform.startswith("linux"):
        raise Unusable(elsewhere())
    from mnv2_tutor.grading import intake, order
    from mnv2_tutor.grading import sandbox as sandboxes
    from mnv2_tutor.submission.conversation import Limits

    found = intake.class_of(Path(kept["submissions"]))
    keys = order.chosen(kept["exercises"])
    limits, sandbox = Limits(**kept["limits"]), sandboxes.choose(kept["sandbox"])
    asked = order.Order(out, keys, kept["seed"], kept["rubric"], jobs, limits, sandbox)
    with _can_write(out):  # who handed in since then belongs to the class from now on
        asked.save(Path(kept["submissions"]), [one.name for one in found.submissions])
    return _grade_all(asked, found, anonymous)


def _say_differences(differences: "Sequence[Difference]") -> None:
    for one in differences[:SHOWN]:
        before, after = ("none" if m is None else m for m in (one.before, one.after))
        typer.echo(f"{_shown(one.name)}: {one.key} {before} -> {after} ({one.why})")


def _shown(name: str) -> str:
    """A name as a terminal can show it: a file's may hold what moves the cursor."""
    return one_line(name)


def _say_left(left: "Sequence[Again]") -> None:
    for one in left[:SHOWN]:
        name = _shown(one.row.name)
        typer.echo(f"{name}: {one.why} {', '.join(one.missing)}", err=True)
    typer.echo(f"{len(left)} have to be run again, and keep their points: add --run", err=True)


def _grade_all(asked: "Order", found: "Class", anonymous: bool) -> "Sequence[Row]":
    from mnv2_tutor.grading import alike, batch, classpage, order, progress, results, users

    handed_in = found.submissions
    users.take(asked.jobs)
    _say_sandbox(asked.sandbox)
    try:
        with progress.shown(len(handed_in), results.max_score(asked.tasks)) as told:
            rows = batch.grade(asked, handed_in, told)
    except KeyboardInterrupt:
        typer.echo(STOPPED, err=True)
        raise _Interrupted from None
    with _can_write(asked.out):
        about = {"others": list(found.others), "alike": alike.groups(handed_in, asked.keys)}
        order.keep(asked.out, {**order.kept(asked.out), **about})
        classpage.write_class(asked.out, asked.tasks, rows, anonymous)
    _say_problems(asked.out, rows)
    if found.others:
        typer.echo(f"not taken for a submission: {', '.join(found.others)}", err=True)
    _say_not_attempted(asked, rows)
    table, page = asked.out / results.TABLE, asked.out / classpage.CLASS
    typer.echo(f"{len(rows)} submission{'s' * (len(rows) != 1)}: {_counted(rows)}")
    typer.echo(f"the table: {table}; the class at a glance: {page}")
    if gone := results.without_a_row(asked.out, rows):
        typer.echo(f"no longer handed in, and still there: {_shown(', '.join(gone))}", err=True)
    return rows


def _say_problems(out: Path, rows: "Sequence[Row]") -> None:
    """Why a submission was not graded, or not whole, where it is known."""
    from mnv2_tutor.grading import results

    for row in rows:
        report = None if row.status == "graded" else results.read(out / results.folder_of(row.name))
        if report and report["problem"]:
            typer.echo(f"{_shown(row.name)}: {row.status}: {_shown(report['problem'])}", err=True)


def _say_not_attempted(asked: "Order", rows: "Sequence[Row]") -> None:
    """That the maximum holds points of exercises which nobody attempted: perhaps none was set."""
    from mnv2_tutor.grading import results

    tried = [key for key in asked.keys if any(row.points.get(key) is not None for row in rows)]
    missing = [key for key in asked.keys if key not in tried]
    if tried and missing:
        most = results.max_score(asked.tasks)
        set_ones = " ".join(tried) if len(tried) < MANY else ATTEMPTED
        typer.echo(
            f"nobody attempted {', '.join(missing)}: the maximum of {most} includes "
            f"{'it' if len(missing) == 1 else 'them'}; --exercises {set_ones} grades what was set",
            err=True,
        )


class _Interrupted(BaseException):
    """Ctrl-C was pressed while submissions ran."""


@contextmanager
def _ends_at_once() -> Iterator[None]:
    """After Ctrl-C: threads that wait for a submission would keep Python waiting."""
    try:
        yield
    except _Interrupted:
        sys.stderr.flush()
        os._exit(INTERRUPTED)


@contextmanager
def _can_write(out: Path) -> Iterator[None]:
    """Say in one line where the results cannot be written."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or "it cannot be written"
        raise Unusable(f"{out}: {reason}; make room and run the same command again") from None


@contextmanager
def _can_stop() -> Iterator[None]:
    """Say what holds after Ctrl-C."""
    try:
        yield
    except KeyboardInterrupt:
        typer.echo(STOPPED, err=True)
        raise typer.Exit(INTERRUPTED) from None


def spread(arguments: Sequence[str]) -> list[str]:
    """The same arguments with ``--exercises A B`` as ``--exercises A --exercises B``."""
    found: list[str] = []
    inside = False
    for argument in arguments:
        if inside and argument in KEYS and found[-1] != "--exercises":
            found.append("--exercises")
        begins = argument.partition("=")[0] == "--exercises"
        inside = begins or (inside and argument in (*KEYS, ATTEMPTED))
        found.append(argument)
    return found


def _say_sandbox(sandbox: "Sandbox") -> None:
    if sandbox.is_strong:
        typer.echo("sandbox: bubblewrap", err=True)
        return
    typer.echo(f"sandbox: limits only ({sandbox.reason}). It does not protect from:", err=True)
    for what in sandbox.leaves_open:
        typer.echo(f"  {what}", err=True)


def _counted(rows: "Sequence[Row]") -> str:
    counts = Counter(row.status for row in rows)
    return ", ".join(f"{count} {status}" for status, count in counts.items())
