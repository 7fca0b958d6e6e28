"""Observing one notebook: who is asked again, where, and what that says of the answer."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from mnv2_tutor.engine.observation import Observation
from mnv2_tutor.submission.conversation import (
    Beside,
    Conversation,
    Limits,
    Start,
    StepError,
    Stop,
    Walk,
)
from mnv2_tutor.submission.notebook import Notebook

Observations = Mapping[int | None, Mapping[str, Observation]]
"""What was seen, by seed (None is the public probe) and exercise."""


@dataclass(frozen=True)
class Observed:
    """What was seen of a notebook.

    Attributes:
        errors: statements that failed or were stepped over.
        late: statements that ran only after those below them.
        left_out: statements that were left out, since with them nothing came back.
        skipped: statements that were not run, since others hung that no exercise needs either.
        by_themselves: exercises that could be asked only where nothing else of the notebook ran,
            with the statements that may be why.
        stopped: statements that did not answer while it was asked.
    """

    notebook: Notebook
    observations: Observations
    errors: tuple[StepError, ...] = ()
    late: tuple[int, ...] = ()
    left_out: Mapping[int, Stop] = field(default_factory=dict)
    skipped: tuple[int, ...] = ()
    by_themselves: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    stopped: Mapping[int, Stop] = field(default_factory=dict)

    @property
    def exercises(self) -> tuple[str, ...]:
        return self.notebook.exercises

    @cached_property
    def needed(self) -> frozenset[int]:
        """The statements that its exercises need."""
        return frozenset(n for key in self.exercises for n in self.notebook.needed_by(key))

    @property
    def is_whole(self) -> bool:
        """Whether everything that an exercise needs let itself be run."""
        return not any(n in self.needed or stop.why == "all" for n, stop in self.stopped.items())


@dataclass(frozen=True)
class Asking:
    """What to ask, and who decides whether that is enough.

    Attributes:
        seed: of the first questions; None for the public ones.
        passes: whether an answer is right by what was seen of it.
        wants_words: whether the public questions are asked as well.
        stands: whether something was written that can be judged; else another file may answer.
    """

    seed: int | None
    passes: Callable[[Observation], bool]
    wants_words: Callable[[Observation], bool] = lambda _: False
    stands: Callable[[Observation], bool] = lambda _: True


@dataclass(frozen=True)
class Place:
    """Where one file is run.

    Attributes:
        start: gives it processes.
        beside: what is put beside it, and where it lies.
        until: ``time.monotonic()`` at which it must be over.
    """

    start: Start
    beside: Beside = field(default_factory=Beside)
    until: float = float("inf")


def observe_notebook(
    place: Place,
    notebook: Notebook,
    all_cells: Sequence[Sequence[str]],
    limits: Limits,
    asking: Asking,
) -> Observed:
    """Observe the exercises of one notebook, in the place that it is given.

    First the notebook runs from top to bottom, and each function is asked as soon as it stands.
    One that is not right then is asked once more where only what it needs has run: something else
    in the notebook may have changed Python or its libraries. The public questions, of which words
    and evidence are shown, go to a process that has seen no unseen one.

    Raises:
        Unusable: no process could run it.
    """
    observer = _Observer(place, notebook, all_cells, limits, asking)
    observer.run_from_top_to_bottom()
    observer.run_what_was_spared()
    observer.ask_by_themselves()
    observer.ask_what_words_are_for()
    return observer.observed()


class _Observer:
    """One notebook that is observed, and what was seen of it so far."""

    def __init__(
        self,
        place: Place,
        notebook: Notebook,
        all_cells: Sequence[Sequence[str]],
        limits: Limits,
        asking: Asking,
    ) -> None:
        self.place, self.notebook, self.all_cells = place, notebook, all_cells
        self.limits, self.asking = limits, asking
        self.talk = self._conversation()
        self.first = Walk({})
        self.seen: dict[str, Observation] = {}
        self.by_themselves: dict[str, tuple[int, ...]] = {}
        self.public: dict[str, Observation] = {}
        self.shown: Walk | None = None

    def run_from_top_to_bottom(self) -> None:
        self.first = self.talk.walk(dict.fromkeys(self.notebook.exercises, self.asking.seed))
        self.seen = dict(self.first.seen)

    def run_what_was_spared(self) -> None:
        """What was not run, since a statement hung, may have been what an answer needs."""
        if not self.first.skipped:
            return
        for key in [key for key in self._wrong() if _has_run(self.seen[key])]:
            soon = time.monotonic() + SECOND_CHANCE
            self.talk.spares, self.talk.until = False, min(self.place.until, soon)
            again = self.talk.walk({key: self.asking.seed}).seen[key]
            self.seen[key] = _better(again, self.seen[key], self.asking)

    def ask_by_themselves(self) -> None:
        """Ask once more what is not right where something else of the notebook may be why."""
        doubtful = [k for k in self._wrong() if _is_doubtful(self.first, k, self.notebook)]
        if not doubtful:
            return
        self.talk.until = self.place.until
        needed = _needed(self.notebook, doubtful)
        again = self.talk.walk(dict.fromkeys(doubtful, self.asking.seed), needed)
        for key in doubtful:
            if _better(again.seen[key], self.seen[key], self.asking) is not self.seen[key]:
                self.seen[key] = again.seen[key]
                self.by_themselves[key] = tuple(_others(self.first, key, self.notebook))

    def ask_what_words_are_for(self) -> None:
        """Ask the public questions in processes that have seen nothing unseen."""
        wanting = [key for key in self.seen if self.asking.wants_words(self.seen[key])]
        if in_all := [key for key in wanting if key not in self.by_themselves]:
            self.shown = self._conversation().walk(dict.fromkeys(in_all))
            self.public.update(self.shown.seen)
        if apart := [key for key in wanting if key in self.by_themselves]:
            walk = self._conversation().walk(dict.fromkeys(apart), _needed(self.notebook, apart))
            self.public.update(walk.seen)

    def observed(self) -> Observed:
        shown = self.shown or self._walk_to_show()
        observations: dict[int | None, dict[str, Observation]] = {self.asking.seed: self.seen}
        if self.public:
            observations[None] = {**observations.get(None, {}), **self.public}
        return Observed(
            self.notebook,
            observations,
            errors=shown.errors,
            late=shown.late,
            left_out=shown.left_out,
            skipped=shown.skipped,
            by_themselves=self.by_themselves,
            stopped=dict(self.talk.left_out),
        )

    def _walk_to_show(self) -> Walk:
        """A walk whose errors may be shown: nothing unseen was asked in it, or it has none."""
        if self.asking.seed is None or self.first.says_nothing:
            return self.first
        return self._conversation().walk({}, range(self.first.reached))

    def _conversation(self) -> Conversation:
        return Conversation(
            self.place.start,
            self.notebook,
            self.all_cells,
            self.limits,
            self.place.beside,
            self.place.until,
            self.asking.passes,
        )

    def _wrong(self) -> list[str]:
        return [key for key in self.seen if not self.asking.passes(self.seen[key])]


SECOND_CHANCE = 30
"""Seconds in which statements are run after all that were spared."""


def _better(again: Observation, first: Observation, asking: Asking) -> Observation:
    """The one that says more: it is right, or at least it ran where the first one did not."""
    is_better = asking.passes(again) or (not _has_run(first) and _has_run(again))
    return again if is_better else first


def _needed(notebook: Notebook, keys: Sequence[str]) -> list[int]:
    return sorted({n for key in keys for n in notebook.needed_by(key)})


def _is_doubtful(walk: Walk, key: str, notebook: Notebook) -> bool:
    """Whether something else in the notebook may be why an answer is not right."""
    seen = walk.seen[key]
    if not notebook.needed_by(key) or seen.empty_body or seen.facts.get("why") in ("time", "all"):
        return False
    return bool(_others(walk, key, notebook)) or (not _has_run(seen) and bool(walk.errors))


def _others(walk: Walk, key: str, notebook: Notebook) -> list[int]:
    """Statements that ``key`` does not need and that may change what it does.

    What ran and gave other numbers can only have met another setting of a library. Where nothing
    ran, everything that is more than a definition may be why.
    """
    needed = set(notebook.needed_by(key))
    failed = {error.step for error in walk.errors}
    settings = [n for n in sorted(notebook.settings) if n not in needed | failed]
    if settings or _has_run(walk.seen[key]):
        return settings
    steps = enumerate(notebook.steps)
    return [n for n, step in steps if not step.is_quiet and n not in needed | failed]


def _has_run(seen: Observation) -> bool:
    return any(not result.error for _, result in seen.results("value"))
