"""``mnv2-tutor author``: the commands that make what is made."""

import os
from typing import Annotated

import typer

from mnv2_tutor.engine.course import KEYS
from mnv2_tutor.engine.environment import quiet_environment
from mnv2_tutor.errors import Unusable

author = typer.Typer(
    no_args_is_help=True,
    help="Check the course's words; make notebooks, fingerprints and transcripts.",
)
Names = Annotated[list[str] | None, typer.Argument(help="Notebooks; all if none is named.")]
Keys = Annotated[list[str] | None, typer.Argument(help="Exercises; all if none is named.")]


@author.callback()
def quiet() -> None:
    """Whatever is made is made as the tests see it: before TensorFlow is imported."""
    os.environ.update(quiet_environment())


@author.command()
def check() -> None:
    """Read all that is written or made for the course; print what is wrong, and what mends it."""
    from mnv2_tutor.authoring.check import violations

    found = list(violations())
    for violation in found:
        typer.echo(str(violation))
    if found:
        typer.echo(f"{len(found)} to mend")
        raise typer.Exit(1)
    typer.echo("nothing to mend")


@author.command()
def exercises() -> None:
    """Generate book/exercises/ from solutions/."""
    from mnv2_tutor.authoring import course

    for solution in course.solutions():
        path = course.make_exercise(solution)
        typer.echo(f"generated {path.relative_to(course.ROOT)}")


@author.command()
def notebooks(names: Names = None) -> None:
    """Execute notebooks and save them in their stored form."""
    from mnv2_tutor.authoring import course

    for path in course.chosen(names or []):
        course.renew(path)
        typer.echo(f"renewed {path.relative_to(course.ROOT)}")


@author.command()
def files() -> None:
    """Convert the small networks that run_tflite is asked about."""
    from mnv2_tutor.authoring.files import write

    for name in write():
        typer.echo(f"wrote {name}.tflite")


@author.command()
def fingerprints(keys: Keys = None) -> None:
    """Observe references and misconceptions, and write their data files."""
    from mnv2_tutor.authoring.fingerprints import made, path_of

    for key in chosen_exercises(keys):
        path_of(key).write_text(made(key), encoding="utf-8")
        typer.echo(f"wrote {path_of(key).name}")


@author.command()
def transcripts(keys: Keys = None) -> None:
    """Write the golden transcripts of the reports."""
    from mnv2_tutor.authoring.transcripts import made, path_of

    for key in chosen_exercises(keys):
        path_of(key).parent.mkdir(parents=True, exist_ok=True)
        path_of(key).write_text(made(key), encoding="utf-8")
        typer.echo(f"wrote {path_of(key).name}")


@author.command()
def mistakes() -> None:
    """Write the appendix of common mistakes from the messages of the checks."""
    from mnv2_tutor.authoring.mistakes import write

    typer.echo(f"wrote {write().name}")


@author.command(name="map")
def network_map() -> None:
    """Write the map of the network: page, numbers, and pictures of real weights."""
    from mnv2_tutor.authoring.network_map import write

    typer.echo(f"wrote {len(write())} files")


def chosen_exercises(keys: list[str] | None) -> tuple[str, ...]:
    """The exercises of these names, or all.

    Raises:
        Unusable: there is no such exercise.
    """
    unknown = set(keys or ()) - set(KEYS)
    if unknown:
        raise Unusable(f"no exercise is called {', '.join(sorted(unknown))}: {', '.join(KEYS)}")
    return tuple(keys or KEYS)
