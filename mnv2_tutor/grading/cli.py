"""The commands ``mnv2-tutor grade``, ``mnv2-tutor regrade`` and ``mnv2-tutor doctor``."""

import importlib.util
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mnv2_tutor.engine.course import KEYS
from mnv2_tutor.errors import Unusable
from mnv2_tutor.grading.names import one_line

if TYPE_CHECKING:
    from mnv2_tutor.grading.batch_settings import BatchSettings
    from mnv2_tutor.grading.intake import Class
    from mnv2_tutor.grading.record import SubmissionRecord
    from mnv2_tutor.grading.regrade import Difference, MustRun, Regraded
    from mnv2_tutor.sandbox.policy import Sandbox

INTERRUPTED = 130
ATTEMPTED = "attempted"
"""Stands for the exercises that somebody attempted."""
STOPPED = "stopped; what is done is kept: the same command goes on from here"
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


KindOfSandbox = Annotated[
    Kind, typer.Option(help="How submissions are shut in: 'limits' does without bubblewrap.")
]


def grade(
    submissions: Annotated[
        Path,
        typer.Argument(
            help="A folder, zip or tar: name.ipynb, name.py, or a folder or zip for each learner.",
            show_default=False,
        ),
    ],
    out: Annotated[Path, typer.Option(help="The folder of the results.", show_default=False)],
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
            help=f"Grade only these: --exercises {KEYS[0]},{KEYS[-1]}, or one at a time. With "
            "'attempted', those that somebody in the class attempted.",
            show_default=False,
        ),
    ] = None,
    rubric: Rubric = None,
    sandbox: KindOfSandbox = Kind.BWRAP,
    anonymous: Anonymous = False,
) -> None:
    """Grade a class: every submission gets a row, feedback and a report.

    Exit status: 0 if every submission has a row, 2 if what was given cannot be used.
    """
    from mnv2_tutor.grading.doctor import cores

    _refuse_elsewhere()
    if importlib.util.find_spec("tensorflow") is None:
        raise Unusable("TensorFlow is not installed: pip install 'mnv2-tutor[tensorflow]'")

    from mnv2_tutor.grading import batch_settings, intake
    from mnv2_tutor.grading.attempted import attempted
    from mnv2_tutor.grading.batch_file import can_write
    from mnv2_tutor.sandbox import policy
    from mnv2_tutor.submission.conversation import Limits

    shut_in = policy.choose(sandbox)
    wanted = one_by_one(exercises or [])
    keys = batch_settings.chosen([] if ATTEMPTED in wanted else wanted)
    found = intake.class_of(submissions)
    names = [one.name for one in found.submissions]
    if ATTEMPTED in wanted:
        keys = attempted(found.submissions)
        typer.echo(f"attempted by somebody: {', '.join(keys)}", err=True)
    batch_settings.prepare(out, submissions)
    with _ends_at_once(), batch_settings.exclusive(out):
        batch_settings.refuse_another_class(out, submissions, names, keys)
        settings = batch_settings.BatchSettings(
            out,
            keys,
            batch_settings.seed_of(out, seed),
            batch_settings.changes_of(out, rubric),
            min(jobs or cores(), len(names)),
            Limits(submission=timeout, memory=memory),
            shut_in,
        )
        with can_write(out):
            settings.save(submissions, names)
        _grade_and_say(settings, found, anonymous)


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
    from mnv2_tutor.grading import batch_file, batch_settings, regrade
    from mnv2_tutor.grading.doctor import cores

    batch = batch_file.of_this_version(out)
    changes = batch_settings.changes_of(out, rubric)
    jobs = jobs or cores()
    ran: list[Difference] = []
    with _ends_at_once(), batch_settings.exclusive(out):
        with _can_stop():
            done = regrade.regrade(out, batch, changes, jobs, anonymous)
        _say_regraded(done)
        if done.left and run:
            _refuse_elsewhere()
            ran = regrade.run_what_is_left(out, done, jobs, anonymous, _grade_and_say)
            _say_differences(ran)
        elif done.left:
            _say_left(done.left)
        if done.differences or ran:
            typer.echo(f"all of them: {out / regrade.CHANGES}")
    is_all = run if done.left else not done.open
    raise typer.Exit(0 if is_all else 1)


def doctor(sandbox: KindOfSandbox = Kind.BWRAP) -> None:
    """Look at this machine: what it offers for grading, and how to get the rest.

    Exit status: 0 if a class can be graded here in that sandbox, 2 if not.
    """
    from mnv2_tutor.grading.doctor import findings

    lines, usable = findings(sandbox)
    typer.echo("\n".join(lines))
    raise typer.Exit(0 if usable else 2)


def one_by_one(names: Sequence[str]) -> list[str]:
    """The names, where several may stand in one with commas between them."""
    return [name.strip() for several in names for name in several.split(",") if name.strip()]


def _refuse_elsewhere() -> None:
    from mnv2_tutor.grading.doctor import elsewhere

    if not sys.platform.startswith("linux"):
        raise Unusable(elsewhere())


def _grade_and_say(
    settings: "BatchSettings", found: "Class", anonymous: bool
) -> "list[SubmissionRecord]":
    """Grade a class, and say how it went."""
    from mnv2_tutor.grading import batch, classpage, progress_bar, results

    _say_sandbox(settings.sandbox)
    try:
        with progress_bar.shown(len(found.submissions), settings.max_score) as on_done:
            records = batch.grade_class(settings, found, anonymous, on_done)
    except KeyboardInterrupt:
        typer.echo(STOPPED, err=True)
        raise _Interrupted from None
    _say_problems(records)
    if found.others:
        typer.echo(f"not taken for a submission: {', '.join(found.others)}", err=True)
    _say_not_attempted(settings, records)
    table, page = settings.out / results.TABLE, settings.out / classpage.CLASS
    typer.echo(f"{len(records)} submission{'s' * (len(records) != 1)}: {_counted(records)}")
    typer.echo(f"the table: {table}; the class at a glance: {page}")
    if gone := results.without_a_row(settings.out, records):
        typer.echo(f"no longer handed in, and still there: {one_line(', '.join(gone))}", err=True)
    return records


def _say_regraded(done: "Regraded") -> None:
    _say_differences(done.differences)
    who = len({difference.name for difference in done.differences})
    count = f"{len(done.judged)} of {len(done.verdicts)}"
    typer.echo(f"{count} judged again: {who} with other points")
    if done.open:
        typer.echo(f"{done.open} more were not graded yet: go on with grade", err=True)


def _say_differences(differences: "Sequence[Difference]") -> None:
    for one in differences[:SHOWN]:
        change = one.change
        before, after = ("none" if m is None else m for m in (change.before, change.after))
        typer.echo(f"{one_line(one.name)}: {change.key} {before} -> {after} ({change.why})")


def _say_left(left: "Sequence[MustRun]") -> None:
    for one in left[:SHOWN]:
        name = one_line(one.record.submission)
        typer.echo(f"{name}: {one.why} {', '.join(one.missing)}", err=True)
    typer.echo(f"{len(left)} have to be run again, and keep their points: add --run", err=True)


def _say_problems(records: "Sequence[SubmissionRecord]") -> None:
    """Why a submission was not graded, or not whole, where it is known."""
    for one in records:
        if one.status != "graded" and one.problem:
            name, problem = one_line(one.submission), one_line(one.problem)
            typer.echo(f"{name}: {one.status}: {problem}", err=True)


def _say_not_attempted(settings: "BatchSettings", records: "Sequence[SubmissionRecord]") -> None:
    """That the maximum holds points of exercises which nobody attempted: perhaps none was set."""
    tried = [key for key in settings.keys if any(one.points[key] is not None for one in records)]
    missing = [key for key in settings.keys if key not in tried]
    if tried and missing:
        set_ones = ",".join(tried) if len(tried) < MANY else ATTEMPTED
        typer.echo(
            f"nobody attempted {', '.join(missing)}: the maximum of {settings.max_score} includes "
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
def _can_stop() -> Iterator[None]:
    """Say what holds after Ctrl-C."""
    try:
        yield
    except KeyboardInterrupt:
        typer.echo(STOPPED, err=True)
        raise typer.Exit(INTERRUPTED) from None


def _say_sandbox(sandbox: "Sandbox") -> None:
    if sandbox.is_strong:
        typer.echo("sandbox: bubblewrap", err=True)
        return
    typer.echo(f"sandbox: limits only ({sandbox.reason}). It does not protect from:", err=True)
    for what in sandbox.leaves_open:
        typer.echo(f"  {what}", err=True)


def _counted(records: "Sequence[SubmissionRecord]") -> str:
    counts = Counter(record.status for record in records)
    return ", ".join(f"{count} {status}" for status, count in counts.items())
