"""What ``mnv2-tutor author check`` demands of all that is written and made for the course.

Each module takes texts or files and says what is wrong with them; nothing is run or observed.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Violation:
    """A demand that is not met: where, what is there, and what mends it."""

    where: str
    what: str
    mend: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}\n    {self.mend}"
