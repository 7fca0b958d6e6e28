"""Who was asked when: whoever is asked again is asked something else.

The questions of a submission come from the seed of a round. What is graded first is asked in round
0, and a batch that was interrupted goes on in its round. What comes after a run had come to its
end, and whatever was handed in anew, is asked in the next round: what the feedback of an earlier
one may have given away is of no use.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from mnv2_tutor.grading import order, results


@dataclass(frozen=True)
class Sitting:
    """The last time that a submission was asked, or is to be.

    Attributes:
        digest: of its files.
        round: whose questions they were.
        again: how many versions of it, with other files, were asked before this one.
    """

    digest: str
    round: int
    again: int = 0


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

    def keep(self, name: str, digest: str, report: Mapping[str, Any]) -> None:
        """Note a submission whose results stay: it is not asked."""
        before = self.asked.get(name)
        if before is None or (before.digest, before.round) != (digest, report["round"]):
            self.asked[name] = Sitting(digest, report["round"], report["asked_again"])

    def next_of(
        self, name: str, digest: str, report: Mapping[str, Any] | None, now: int
    ) -> Sitting:
        """When a submission is asked that has no results yet, or has to be asked once more.

        Args:
            name: of the submission.
            digest: of the files that it has today.
            report: of the last time that it was graded.
            now: the round of what is new.
        """
        before = self.asked.get(name)
        if before is None:
            return Sitting(digest, now)
        if before.digest == digest:
            return Sitting(digest, max(now, before.round), before.again)
        was_asked = bool(report and report["digest"] == before.digest and report["reports"])
        return Sitting(digest, max(now, before.round + 1), before.again + was_asked)

    def now(self) -> int:
        """The round of what is new."""
        return self.round + 1 if self.is_complete and self.asked else self.round

    def write(self, out: Path) -> None:
        """Keep it with the results."""
        found = {
            "round": self.round,
            "complete": self.is_complete,
            "asked": {name: asdict(one) for name, one in self.asked.items()},
        }
        order.keep(out, {**order.kept(out), **found})


def read(out: Path) -> Ledger:
    """Who was asked when in the batch that is there.

    Where that is not known, the reports tell, and all of them may have been handed back.
    """
    kept = order.kept(out)
    try:
        asked = {str(name): _asked(one) for name, one in kept["asked"].items()}
        return Ledger(asked, kept["complete"] is True)
    except (AttributeError, KeyError, TypeError, ValueError):
        return Ledger(_by_reports(out), is_complete=True)


def _asked(data: Mapping[str, Any]) -> Sitting:
    return Sitting(str(data["digest"]), int(data["round"]), int(data["again"]))


def _by_reports(out: Path) -> dict[str, Sitting]:
    found: dict[str, Sitting] = {}
    for path in sorted(out.glob(f"*/{results.REPORT}")):
        report = results.read(path.parent)
        if report:
            number, again = (report.get(part) for part in ("round", "asked_again"))
            found[str(report["submission"])] = Sitting(
                str(report["digest"]),
                number if isinstance(number, int) else 0,
                again if isinstance(again, int) else 0,
            )
    return found
