"""Who was asked when: whoever is asked again is asked something else.

The questions of a submission come from the seed of a round. What is graded first is asked in round
0, and a batch that was interrupted goes on in its round. What comes after a run had come to its
end, and whatever was handed in anew, is asked in the next round: what the feedback of an earlier
one may have given away is of no use.
"""

from dataclasses import dataclass, field, replace
from pathlib import Path

from mnv2_tutor.grading import batch_file
from mnv2_tutor.grading.batch_file import BatchFile, Sitting
from mnv2_tutor.grading.record import REPORT, SubmissionRecord, read_record


@dataclass
class Ledger:
    """When each submission of a batch was asked.

    Attributes:
        is_complete: whether the last run of the batch came to its normal end.
    """

    asked: dict[str, Sitting] = field(default_factory=dict)
    is_complete: bool = False

    @property
    def round(self) -> int:
        """The last one in which anybody was asked."""
        return max((one.round for one in self.asked.values()), default=0)

    def keep(self, kept: SubmissionRecord) -> None:
        """Note a submission whose results stay: it is not asked."""
        before, asked = self.asked.get(kept.submission), kept.round or 0
        if before is None or (before.digest, before.round) != (kept.digest, asked):
            self.asked[kept.submission] = Sitting(kept.digest, asked, kept.asked_again)

    def next_of(self, name: str, digest: str, last: SubmissionRecord | None, now: int) -> Sitting:
        """When a submission is asked that has no results yet, or has to be asked once more.

        Args:
            name: of the submission.
            digest: of the files that it has today.
            last: its record of the last time that it was graded.
            now: the round of what is new.
        """
        before = self.asked.get(name)
        if before is None:
            return Sitting(digest, now)
        if before.digest == digest:
            return Sitting(digest, max(now, before.round), before.again)
        was_asked = bool(last and last.digest == before.digest and last.reports)
        return Sitting(digest, max(now, before.round + 1), before.again + was_asked)

    def now(self) -> int:
        """The round of what is new."""
        return self.round + 1 if self.is_complete and self.asked else self.round

    def write(self, out: Path) -> None:
        """Keep it with the results."""
        batch = batch_file.read(out) or BatchFile()
        batch_file.write(out, replace(batch, complete=self.is_complete, asked=self.asked))


def read(out: Path) -> Ledger:
    """Who was asked when in the batch that is there.

    Where that is not known, the records tell, and all of them may have been handed back.
    """
    kept = batch_file.read(out) or BatchFile()
    if kept.asked is None or kept.complete is None:
        return Ledger(_by_records(out), is_complete=True)
    return Ledger(dict(kept.asked), kept.complete)


def _by_records(out: Path) -> dict[str, Sitting]:
    paths = sorted(out.glob(f"*/{REPORT}"))
    found = [one for path in paths if (one := read_record(path.parent))]
    return {one.submission: Sitting(one.digest, one.round or 0, one.asked_again) for one in found}
