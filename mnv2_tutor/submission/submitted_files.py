"""The files of one submission, as bytes, and what could not come along."""

from collections.abc import Mapping

from mnv2_tutor.errors import Unusable


class SubmittedFiles(dict[str, bytes]):
    """The files of a submission by their path in it.

    Attributes:
        unread: notebooks, scripts and archives that could not be read, by name, and why.
        left_behind: data that did not come along, and why.
    """

    def __init__(self, files: Mapping[str, bytes] | None = None) -> None:
        super().__init__(files or {})
        self.unread: dict[str, Unusable] = {}
        self.left_behind: list[str] = []
