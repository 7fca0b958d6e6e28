"""What there is to say of a notebook as a whole, beside the reports on its exercises."""

from mnv2_tutor.messages import Message
from mnv2_tutor.submission.run import Observed


def remarks(observed: Observed) -> tuple[Message, ...]:
    """What was mended, which cells ran late or were left out, and which failed."""
    places = observed.notebook.places
    late = [
        Message("notebook.late", parameters={"cell": places[cell - 1]})
        for cell in observed.late_cells
    ]
    left_out = [
        Message(
            f"notebook.cell_{stop.why}", parameters={"cell": places[cell - 1], "limit": stop.limit}
        )
        for cell, stop in observed.left_out
    ]
    failed = [
        Message(
            "notebook.cell_error",
            parameters={"cell": places[e.cell - 1], "type": e.type, "message": e.message},
        )
        for e in observed.cell_errors
    ]
    return (*observed.notebook.mended, *late, *left_out, *failed)
