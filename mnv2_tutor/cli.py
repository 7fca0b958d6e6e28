"""The command line ``mnv2-tutor``. Unusable input: one clear line, exit status 2."""

import io
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

from mnv2_tutor.engine.course import TITLE
from mnv2_tutor.errors import Unusable
from mnv2_tutor.grading.cli import grade, regrade, spread
from mnv2_tutor.grading.names import one_line, plain_text

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
    help=f"Exercises of the course {TITLE}.",
)  # fmt: skip


app.command()(grade)
app.command()(regrade)


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
    notebooks: Annotated[
        list[Path],
        typer.Argument(
            help="A notebook or script with an exercise, or several that build on one another.",
            show_default=False,
        ),
    ],
    seed: Annotated[
        int | None, typer.Option(help="Ask the unseen questions of this seed as well.")
    ] = None,
    timeout: Annotated[float, typer.Option(help="Seconds for each notebook.", min=1)] = 120,
) -> None:
    """Run notebooks and scripts, and print the report on each of their exercises.

    Several are one submission: mnv2_tutor.mine gives each the functions of all.

    Exit status: 0 if everything that was attempted passes, 1 if not, or if nothing was, 2 if a
    file cannot be used.
    """
    from mnv2_tutor.checking import Checked, check_submission
    from mnv2_tutor.engine.report import Outcome
    from mnv2_tutor.engine.report.text import as_text

    data = [_content(path) for path in notebooks]
    folders = [path.resolve().parent for path in notebooks]
    checked: list[tuple[Path, Checked]] = []
    unusable: list[str] = []
    for path, result in zip(notebooks, check_submission(data, seed, timeout, folders), strict=True):
        if isinstance(result, Unusable):
            unusable.append(f"{path}: {result}")
        else:
            checked.append((path, result))
    checked.sort(key=lambda pair: pair[1].place_in_book)
    for path, result in checked:
        where = f"{one_line(path.name)}: " if len(notebooks) > 1 else ""
        for remark in result.remarks:
            typer.echo(plain_text(f"{where}{remark.message}\n"))
        for report in result.reports:
            typer.echo(plain_text(f"{where}{as_text(report, whole=True)}\n"))
    if unusable:
        raise Unusable("; ".join(unusable))
    reports = [report for _, result in checked for report in result.reports]
    open_ones = [one.exercise.key for one in reports if one.outcome is Outcome.NOT_ATTEMPTED]
    attempted = [one for one in reports if one.outcome is not Outcome.NOT_ATTEMPTED]
    if open_ones and attempted:
        typer.echo(f"not attempted: {', '.join(open_ones)}")
    raise typer.Exit(0 if attempted and all(report.passed for report in attempted) else 1)


def _content(notebook: Path) -> bytes:
    if notebook.is_dir():
        raise Unusable(f"{notebook}: a folder, where a notebook or a script was expected")
    try:
        return notebook.read_bytes()
    except OSError as error:
        raise Unusable(f"{notebook}: {error.strerror or 'cannot be read'}") from None


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
        app(spread(sys.argv[1:]))
    except Unusable as error:
        typer.echo(f"mnv2-tutor: {one_line(str(error))}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
