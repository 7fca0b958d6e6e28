"""The command line ``mnv2-tutor``. Unusable input: one clear line, exit status 2."""

import io
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mnv2_tutor.engine.course import TITLE
from mnv2_tutor.errors import Unusable
from mnv2_tutor.grading.cli import doctor, grade, regrade
from mnv2_tutor.grading.names import one_line, plain_text

if TYPE_CHECKING:
    from mnv2_tutor.engine.report import Report
    from mnv2_tutor.grading.check_command import Checked

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
    help=f"Exercises of the course {TITLE}.",
)  # fmt: skip


app.command()(grade)
app.command()(regrade)
app.command()(doctor)


@app.callback()
def _commands() -> None:
    """Make every command a subcommand, even if there is only one."""


@app.command()
def exercises() -> None:
    """List the exercises."""
    from mnv2_tutor.engine.course import KEYS, exercise

    for task in map(exercise, KEYS):
        typer.echo(
            f"{task.chapter:>2}  {task.signature:<28} {task.max_score:>3} points  {task.notebook}"
        )


@app.command()
def check(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="A notebook or script with an exercise, or several that build on one another; "
            "also as a zip or tar.",
            show_default=False,
        ),
    ],
    seed: Annotated[
        int | None, typer.Option(help="Ask the unseen questions of this seed as well.")
    ] = None,
    timeout: Annotated[float, typer.Option(help="Seconds for each notebook.", min=1)] = 120,
) -> None:
    """Run notebooks and scripts, and print the report on each of their exercises.

    Several are one submission: mnv2_tutor.mine gives each the functions of all, and one answer
    counts for each exercise.

    Exit status: 0 if everything that was attempted passes, 1 if not, or if nothing was, 2 if a
    file cannot be used.
    """
    from mnv2_tutor.grading.check_command import check_files
    from mnv2_tutor.grading.intake import handed_in_together

    handed_in, on_disk = handed_in_together(files)
    checked = check_files(handed_in, seed, timeout, on_disk)
    _say_checked(checked, names_files=len(handed_in) > 1)
    if checked.unusable:
        raise Unusable(
            "; ".join(f"{on_disk.get(path, path)}: {why}" for path, why in checked.unusable.items())
        )
    raise typer.Exit(0 if _is_right(checked) else 1)


def _say_checked(checked: "Checked", names_files: bool) -> None:
    """What there is to say of each file, in the order of the book, and of all."""
    from mnv2_tutor.engine.report.text import as_text

    for path in [*checked.files, ""]:
        where = f"{one_line(path)}: " if path and names_files else ""
        said = [message.message for file, message in checked.remarks if file == path]
        said += [as_text(report, whole=True) for file, report in checked.reports if file == path]
        for text in said:
            typer.echo(plain_text(f"{where}{text}\n"))
    open_ones = [one.exercise.key for one in _by_attempt(checked, is_attempted=False)]
    if open_ones and _by_attempt(checked, is_attempted=True):
        typer.echo(f"not attempted: {', '.join(open_ones)}")


def _is_right(checked: "Checked") -> bool:
    attempted = _by_attempt(checked, is_attempted=True)
    return bool(attempted) and all(report.passed for report in attempted)


def _by_attempt(checked: "Checked", is_attempted: bool) -> "list[Report]":
    from mnv2_tutor.engine.report import Outcome

    reports = [report for _, report in checked.reports]
    return [one for one in reports if (one.outcome is not Outcome.NOT_ATTEMPTED) is is_attempted]


def main() -> None:
    """Entry point of the command."""
    if sys.argv[1:2] == ["author"]:
        from mnv2_tutor.authoring.cli import author

        app.add_typer(author, name="author")
    for stream in (sys.stdout, sys.stderr):  # some consoles cannot show all that a learner wrote
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    # An end from outside must end the notebook that is being run as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        app()
    except Unusable as error:
        typer.echo(f"mnv2-tutor: {one_line(str(error))}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
