"""The command line ``mnv2-tutor``. Unusable input: one clear line, exit status 2."""

import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

from mnv2_tutor.errors import Unusable

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
    help="Exercises of the course MobileNetV2 from scratch.",
)  # fmt: skip


@app.callback()
def _commands() -> None:
    """Make every command a subcommand, even if there is only one."""


@app.command()
def exercises() -> None:
    """List the exercises."""
    from mnv2_tutor.exercises import KEYS, exercise

    for task in map(exercise, KEYS):
        typer.echo(
            f"{task.chapter:>2}  {task.signature:<28} {task.max_score:>3} points  {task.notebook}"
        )


@app.command()
def check(
    notebook: Annotated[
        Path, typer.Argument(help="A notebook with an exercise.", show_default=False)
    ],
    seed: Annotated[
        int | None, typer.Option(help="Ask the unseen questions of this seed as well.")
    ] = None,
    timeout: Annotated[float, typer.Option(help="Seconds for the whole notebook.", min=1)] = 120,
) -> None:
    """Run a notebook and print the report on each of its exercises.

    Exit status: 0 if everything passes, 1 if not, 2 if the file cannot be used.
    """
    from mnv2_tutor.checking import check_notebook

    if notebook.is_dir():
        raise Unusable(f"{notebook}: a folder, where a notebook was expected")
    try:
        data = notebook.read_bytes()
    except OSError as error:
        raise Unusable(f"{notebook}: {error.strerror or 'cannot be read'}") from None
    try:
        checked = check_notebook(data, seed, timeout, notebook.resolve().parent)
    except Unusable as error:
        raise Unusable(f"{notebook}: {error}") from None
    for failed in checked.cell_errors:
        typer.echo(f"code cell {failed.cell} stopped with {failed.type}: {failed.message}\n")
    typer.echo("\n\n".join(str(report) for report in checked.reports))
    raise typer.Exit(0 if checked.passed else 1)


def main() -> None:
    """Entry point of the command."""
    if sys.argv[1:2] == ["author"]:
        from mnv2_tutor.authoring.cli import author

        app.add_typer(author, name="author")
    # An end from outside must end the notebook that is being run as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        app()
    except Unusable as error:
        typer.echo(f"mnv2-tutor: {error}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
