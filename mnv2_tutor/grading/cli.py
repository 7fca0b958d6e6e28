"""The command ``mnv2-tutor grade``."""

import importlib.util
import os
import sys
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mnv2_tutor.errors import Unusable
from mnv2_tutor.exercises import KEYS

if TYPE_CHECKING:
    from mnv2_tutor.grading.results import Row
    from mnv2_tutor.grading.sandbox import Sandbox

INTERRUPTED = 130


class Kind(StrEnum):
    """Sandboxes to choose from."""

    AUTO = "auto"
    BWRAP = "bwrap"
    LIMITS = "limits"


def grade(
    submissions: Annotated[
        Path | None,
        typer.Argument(
            help="A folder or a zip: name.ipynb, name.py, or a folder or zip for each learner.",
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
    timeout: Annotated[float, typer.Option(min=5, help="Seconds for one submission.")] = 120,
    memory: Annotated[int, typer.Option(min=256, help="MiB for one submission.")] = 2048,
    seed: Annotated[
        int | None,
        typer.Option(
            min=0, help="Chooses the unseen inputs; by default a new one, kept in the results."
        ),
    ] = None,
    exercises: Annotated[
        list[str] | None,
        typer.Option(help="Grade only these: --exercises relu6 bottleneck.", show_default=False),
    ] = None,
    sandbox: Annotated[Kind, typer.Option(help="How submissions are shut in.")] = Kind.AUTO,
    doctor: Annotated[bool, typer.Option("--doctor", help="Look at this machine only.")] = False,
) -> None:
    """Grade a class: every submission gets a row, feedback and a report.

    Exit status: 0 if every submission has a row, 2 if what was given cannot be used.
    """
    from mnv2_tutor.grading.doctor import cores, elsewhere, findings

    if doctor:
        lines, usable = findings()
        typer.echo("\n".join(lines))
        raise typer.Exit(0 if usable else 2)
    if not sys.platform.startswith("linux"):
        raise Unusable(elsewhere())
    if submissions is None or out is None:
        raise Unusable("name the submissions and the results: grade SUBMISSIONS --out OUT")
    if importlib.util.find_spec("tensorflow") is None:
        raise Unusable("TensorFlow is not installed: pip install 'mnv2-tutor[tensorflow]'")

    from mnv2_tutor.grading import batch, intake, order, progress, results
    from mnv2_tutor.grading import sandbox as sandboxes
    from mnv2_tutor.submission.conversation import Limits

    keys = order.chosen(exercises)
    handed_in = intake.collect(submissions)
    order.prepare(out, submissions)
    asked = order.Order(
        out,
        keys,
        order.seed_of(out, seed),
        min(jobs or cores(), len(handed_in)),
        Limits(submission=timeout, memory=memory),
        sandboxes.choose(sandbox),
    )
    _say_sandbox(asked.sandbox)
    try:
        with progress.shown(len(handed_in), results.max_score(keys)) as told:
            rows = batch.grade(asked, handed_in, told)
    except KeyboardInterrupt:
        typer.echo("stopped; what is done is kept: the same command goes on from here", err=True)
        sys.stderr.flush()
        os._exit(INTERRUPTED)  # threads that wait for a submission would keep Python waiting
    typer.echo(f"{len(rows)} submissions: {_counted(rows)}. The table is {out / results.TABLE}")


def spread(arguments: Sequence[str]) -> list[str]:
    """The same arguments with ``--exercises A B`` as ``--exercises A --exercises B``."""
    found: list[str] = []
    inside = False
    for argument in arguments:
        if inside and argument in KEYS and found[-1] != "--exercises":
            found.append("--exercises")
        inside = argument == "--exercises" or (inside and argument in KEYS)
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
