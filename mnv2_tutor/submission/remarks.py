"""What there is to say of a notebook as a whole, beside the reports on its exercises."""

from mnv2_tutor.messages import Message
from mnv2_tutor.submission.run import Observed


def remarks(observed: Observed) -> tuple[Message, ...]:
    """What was mended, which cells ran late or were left out, and which failed."""
    late = [
        Message("notebook.late", parameters={"cell": str(cell)}) for cell in observed.late_cells
    ]
    left_out = [
        Message(f"notebook.cell_{stop.why}", parameters={"cell": str(cell), "limit": stop.limit})
        for cell, stop in observed.left_out
    ]
    failed = [
        Message(
            "notebook.cell_error",
            parameters={"cell": str(e.cell), "type": e.type, "message": e.message},
        )
        for e in observed.cell_errors
    ]
    return (*observed.notebook.mended, *late, *left_out, *failed)
