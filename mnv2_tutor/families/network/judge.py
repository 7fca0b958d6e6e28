"""Items for an exercise that builds a whole network: each tests one property of it.

What happens inside is looked at only where the numbers differ from the reference's: it explains a
difference and makes none.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import mnv2_tutor.engine.judge.models as models
from mnv2_tutor.engine.exercise import Evidence
from mnv2_tutor.engine.judge.answer_form import KINDS_WITH_WORDS, returned
from mnv2_tutor.engine.judge.model_evidence import (
    TOLERANCE,
    about,
    count_text,
    failure,
    is_unobserved,
    largest_difference,
    ran,
    ran_once,
    results,
    same,
    three_digits,
    values_of,
    weights_of,
)
from mnv2_tutor.engine.messages import Message
from mnv2_tutor.engine.observation import COUNT, Result
from mnv2_tutor.families.network.cases import NetworkCase
from mnv2_tutor.families.network.probe import BlockRow, OutsideRow

A_MODEL = "a keras.Model"
PADDING = 2
"""Rows that a layer for padding may add to a map."""
SLACK = 1e-4
"""How far outside 0 to 6 a number may lie for rounding's sake."""
Judge = Callable[[Evidence], Message | None]
Stages = tuple[tuple[int, int, int, int], ...]
"""Of each stage: expansion, output channels, repeats, stride of the first repeat."""


def built(library: str) -> Judge:
    """An item: a model of the learner's own comes back, and not the network of ``library``."""
    whose = {
        "library": ("delegated", f"the network of {library}"),
        "course": ("from_course", "layers that a function of mnv2_tutor made"),
    }

    def judge(evidence: Evidence) -> Message | None:
        return _not_built(evidence) or _not_own(evidence, whose) or _no_model(evidence)

    return judge


def _not_built(evidence: Evidence) -> Message | None:
    """About an answer that no call gets anything from."""
    found_errors = [(case, result) for case, result in results(evidence) if result.error]
    if len(found_errors) == len(evidence.cases):
        case, result = found_errors[0]
        if result.error and "incompatible shapes" in result.error.message:
            expected, found = "a model", f"{result.error.type}: {result.error.message}"
            message = _own(evidence, "unequal_sum", case, expected, found)
            return _with_block(evidence, message)
        return _failure(evidence, case, result)
    return None


def _not_own(evidence: Evidence, whose: Mapping[str, tuple[str, str]]) -> Message | None:
    origin = evidence.observation.facts.get("delegated")
    if not origin:
        return None
    key, found = whose.get(origin, whose["library"])
    return _own(evidence, key, evidence.cases[0], "layers of its own", found)


def _no_model(evidence: Evidence) -> Message | None:
    before = dict(evidence.observation.results("rebuilt"))
    for case, result in ran(evidence, "value"):
        if result.kind in ("built", "tensor"):
            continue
        if _is_count(before.get(case.name)):
            found = f"a model, and then {returned(result)}"
            return _own(evidence, "changing", case, "the same network twice", found)
        if result.kind == "keras tensor":
            return _own(evidence, "returned_tensor", case, A_MODEL, "a Keras tensor")
        kind = result.kind if result.kind in KINDS_WITH_WORDS else "other"
        key = f"common.returned_{kind.replace(' ', '_')}"
        return about(evidence, key, case, A_MODEL, returned(result), type=result.type_name)
    return None


def _own(evidence: Evidence, key: str, case: NetworkCase, expected: str, found: str) -> Message:
    """A message in the exercise's own words about one call."""
    return about(evidence, f"{evidence.observation.exercise}.{key}", case, expected, found)


def _failure(evidence: Evidence, case: NetworkCase, result: Result) -> Message:
    """About a call that raised, with what the block says of it when it is called alone."""
    if evidence.observation.facts.get("larger") == case.name:
        return _too_small(evidence, case, result)
    return _with_block(evidence, failure(evidence, case, result))


def _too_small(evidence: Evidence, case: NetworkCase, result: Result) -> Message:
    error = result.error
    found = f"{error.type}: {error.message}" if error else "an answer without numbers"
    expected = "a network for this size"
    return _own(evidence, "larger", case, expected, found)


def _with_block(evidence: Evidence, message: Message) -> Message:
    alone = evidence.observation.facts.get("block_alone")
    if not alone:
        return message
    return replace(message, found=f"{message.found}; {alone} alone stops too: the fault lies there")


def _first_failure(evidence: Evidence) -> Message | None:
    """About the first call that raised where others did not."""
    return next((_failure(evidence, case, r) for case, r in results(evidence) if r.error), None)


def _is_count(result: Result | None) -> bool:
    return bool(result and result.array and result.array.dtype == COUNT)


def observed(*names: str) -> Callable[[Judge], Judge]:
    """An item that is failed, as our fault, where the looking at one of ``names`` raised."""

    def decorated(judge: Judge) -> Judge:
        def judged(evidence: Evidence) -> Message | None:
            for name in names:
                for case, result in ran(evidence, name):
                    if is_unobserved(result):
                        expected, found = "something that can be looked at", "an error of the check"
                        return _own(evidence, "unobserved", case, expected, found)
            return judge(evidence)

        return judged

    return decorated


def depends(evidence: Evidence) -> Message | None:
    """An item: different pictures get different answers."""
    for case, result in ran(evidence, "probabilities"):
        rows = _rows(result)
        certain = any(max(row) > 1 - 1e-6 for row in rows)  # scores too large to tell apart
        are_numbers = all(value == value for row in rows for value in row)
        if len(rows) > 1 and are_numbers and not certain and all(row == rows[0] for row in rows):
            found = "the same answer for each of them"
            return _own(evidence, "constant", case, "three different answers", found)
    return None


def builds(evidence: Evidence) -> Message | None:
    """An item: there is a network for every size, number of classes and width."""
    for case, result in results(evidence, "input"):
        declared = tuple(map(int, values_of(result)))
        fits = len(declared) == 3 and all(
            own in (0, asked) for own, asked in zip(declared, case.input_shape, strict=True)
        )
        if declared and not fits:
            found = f"an input of shape {declared}"
            expected = f"an input of shape {case.input_shape}"
            return _own(evidence, "input", case, expected, found)
    return _first_failure(evidence)


@observed("probabilities")
def probabilities(evidence: Evidence) -> Message | None:
    """An item: one probability a class; they sum to 1."""
    for case, result in ran_once(evidence, "probabilities"):
        if result is None:
            return _first_failure(evidence)
        array = result.array
        if array is None:
            return _own(evidence, "output", case, "one tensor", returned(result))
        if not array.values and evidence.observation.facts.get("larger") == case.name:
            return _too_small(evidence, case, result)
        if array.shape[1:] != (case.n_classes,):
            key = "classes" if len(array.shape) == 2 else "rank"
            expected = f"{case.n_classes} numbers a picture"
            found = f"{array.shape[1]} numbers" if len(array.shape) == 2 else f"shape {array.shape}"
            return _own(evidence, key, case, expected, found)
        if any(value != value for value in array.values):
            if evidence.observation.facts.get("larger") == case.name:
                return _too_small(evidence, case, result)
            return about(evidence, "common.nan", case, "numbers", "NaN")
        for row in _rows(result):
            if min(row) < 0 or abs(sum(row) - 1) > 1e-3:
                low, high, total = map(three_digits, (min(row), max(row), sum(row)))
                found = f"numbers from {low} to {high}, with the sum {total}"
                expected = "numbers from 0 to 1, with the sum 1"
                return _own(evidence, "no_probabilities", case, expected, found)
    return None


def stages(table: Stages, blocks: str = "blocks") -> Judge:
    """An item: stem, blocks and head have the sizes and channels of ``table``.

    Args:
        blocks: what the course calls them.
    """

    def judge(evidence: Evidence) -> Message | None:
        outside = {case.name: (ours, theirs) for case, ours, theirs in _outside(evidence)}
        for case, around, right in _outside(evidence):
            if (around.stem_size, around.stem_channels) != (right.stem_size, right.stem_channels):
                return _own(evidence, "stem", case, _stem(right), _stem(around))
        for case, found, wanted in _inside(evidence):
            sizes = [side.stem_size for side in outside[case.name]]
            for index, (ours, theirs) in enumerate(zip(found, wanted, strict=False)):
                key = _difference(ours, theirs)
                if key:
                    seen, expected = (
                        _shape(_before(row, size), row)
                        for row, size in zip((ours, theirs), sizes, strict=True)
                    )
                    expected, seen = f"{_where(table, index)}: {expected}", f"in its place: {seen}"
                    return _own(evidence, key, case, expected, seen)
                sizes = [ours.size_out, theirs.size_out]
            if len(found) != len(wanted):
                expected, seen = f"{len(wanted)} {blocks}", f"{len(found)} {blocks}"
                return _own(evidence, "repeats", case, expected, seen)
        for case, around, right in _outside(evidence):
            if around.head_size != right.head_size:
                expected, seen = (f"{row.head_size:.0f} rows" for row in (right, around))
                return _own(evidence, "head_after_pooling", case, expected, seen)
            if (around.head_channels, around.features) != (right.head_channels, right.features):
                return _own(evidence, "head", case, _head(right), _head(around))
        return None

    return judge


def _before(row: BlockRow, size: float) -> float:
    """The size of the map before a block: ``size``, if nothing but padding lies in between."""
    return size if size <= row.size_in <= size + PADDING else row.size_in


def _difference(ours: BlockRow, theirs: BlockRow) -> str:
    """The key of the first thing in which two blocks differ, or nothing."""
    if ours.size_out != theirs.size_out:
        return "block_size"
    if ours.channels_in != theirs.channels_in:
        return "block_input"
    if ours.wide != theirs.wide:
        return "block_wide"
    return "" if ours.channels_out == theirs.channels_out else "block_channels"


def _where(table: Stages, index: int) -> str:
    """Block and stage in words: ``block 7, the first of stage 4``."""
    ordinals = ("first", "second", "third", "fourth")
    before = 0
    for stage, (_, _, repeats, _) in enumerate(table, start=1):
        if index < before + repeats:
            return f"block {index + 1}, the {ordinals[index - before]} of stage {stage}"
        before += repeats
    return f"block {index + 1}"


def _shape(size: float, row: BlockRow) -> str:
    """A block in words; ``size`` is that of the map before it."""
    sizes = f"{size:.0f}x{size:.0f} to {row.size_out:.0f}x{row.size_out:.0f}"
    channels = f"{row.channels_in:.0f} to {row.wide:.0f} to {row.channels_out:.0f} channels"
    return f"{sizes}, {channels}, {row.macs / 1e6:.2f} million multiply-adds"


def _stem(row: OutsideRow) -> str:
    size = f"{row.stem_size:.0f}x{row.stem_size:.0f}"
    return f"the stem gives {size}, {row.stem_channels:.0f} channels"


def _head(row: OutsideRow) -> str:
    channels = f"{row.head_channels:.0f} channels in the last convolution"
    return f"{channels}, {row.features:.0f} numbers into the classifier"


def adds(table: Stages) -> Callable[[Evidence], Message | None]:
    """An item: a block has a shortcut exactly where its shapes allow one."""

    def judge(evidence: Evidence) -> Message | None:
        for case, found, wanted in _inside(evidence):
            for index, (ours, theirs) in enumerate(zip(found, wanted, strict=False)):
                if ours.adds == theirs.adds:
                    continue
                key = "add_missing" if ours.adds < theirs.adds else "add_extra"
                total, own = (sum(row.adds for row in rows) for rows in (wanted, found))
                where = _where(table, index)
                expected = f"{where}: {theirs.adds:.0f} sums; {total:.0f} in all"
                seen = f"{ours.adds:.0f} sums there; {own:.0f} in all"
                return _own(evidence, key, case, expected, seen)
        return None

    return judge


def activations(table: Stages) -> Callable[[Evidence], Message | None]:
    """An item: everywhere but at a block's end numbers are cut at 0 and at 6."""

    def judge(evidence: Evidence) -> Message | None:
        for case, ours, _ in _outside(evidence):
            for part, low, high in (
                ("stem", ours.stem_low, ours.stem_high),
                ("head", ours.head_low, ours.head_high),
            ):
                if not _is_cut(low, high):
                    found = _range(low, high)
                    return _own(evidence, f"{part}_end", case, "from 0 to 6", found)
        for case, rows, _ in _inside(evidence):
            for index, row in enumerate(rows):
                where = _where(table, index)
                for part, low, high in (
                    ("expansion", row.depthwise_low, row.depthwise_high),
                    ("depthwise", row.projection_low, row.projection_high),
                ):
                    if not _is_cut(low, high):
                        expected, found = f"from 0 to 6, in {where}", _range(low, high)
                        key = f"{part}_end"
                        return _own(evidence, key, case, expected, found)
        return None

    return judge


def linear(table: Stages) -> Callable[[Evidence], Message | None]:
    """An item: negative numbers leave every block."""

    def judge(evidence: Evidence) -> Message | None:
        for case, rows, wanted in _inside(evidence):
            for index, (row, theirs) in enumerate(zip(rows, wanted, strict=False)):
                if theirs.end_low < -SLACK <= row.end_low:
                    where = _where(table, index)
                    expected, found = f"negative numbers too, from {where}", "none below 0"
                    return _own(evidence, "block_end", case, expected, found)
        return None

    return judge


def _is_cut(low: float, high: float) -> bool:
    return low >= -SLACK and high <= 6 + SLACK


def _range(low: float, high: float) -> str:
    return f"from {three_digits(low)} to {three_digits(high)}"


@observed("weights")
def weights(evidence: Evidence) -> Message | None:
    """An item: as many weights as the reference has, at every width."""
    expected = {
        case.name: weights_of(Evidence(evidence.cases, evidence.expected, evidence.expected), case)
        for case in evidence.cases
    }
    wrong = [
        (case, weights_of(evidence, case), expected[case.name])
        for case, _ in ran(evidence, "weights")
        if weights_of(evidence, case) != expected[case.name]
    ]
    if not wrong:
        return None
    case, found, wanted = wrong[0]
    assert wanted is not None
    if found is None:
        return _own(evidence, "weights_fewer", case, count_text(wanted), "none")
    widths = {_alpha(case) for case, _, _ in wrong}
    ran_at = {_alpha(case) for case, _ in ran(evidence, "weights")}
    key = "weights_more" if sum(found) > sum(wanted) else "weights_fewer"
    if sum(found) == sum(wanted):
        key = "frozen"
    elif found[1] == 0:
        key = "no_statistics"
    elif widths == {width for width in ran_at if width > 1}:
        key = "wide_weights"
    elif widths == {width for width in ran_at if width < 1} and 1 in ran_at:
        key = "narrow_weights"
    return _own(evidence, key, case, count_text(wanted), count_text(found))


def _alpha(case: NetworkCase) -> float:
    return 1.0 if case.alpha is None else case.alpha


@observed("drift", "constrained", "trained")
def training(evidence: Evidence) -> Message | None:
    """An item: batch norm learns its statistics in training only, and the answer keeps its form."""
    for case, result in ran(evidence, "trained"):
        if result.error:
            return failure(evidence, case, result)
    message = models.training(evidence)
    if message:
        return message
    used = dict(evidence.observation.results("probabilities"))
    for case, result in ran(evidence, "trained"):
        # Who gives no probabilities in use either is told so by another item.
        if _sums_to_1(used[case.name]) and not _sums_to_1(result):
            total = next(sum(row) for row in _rows(result) if not _is_1(sum(row)))
            found = f"numbers with the sum {three_digits(total)}"
            return _own(evidence, "trained_sum", case, "the sum 1", found)
    return None


def _sums_to_1(result: Result) -> bool:
    return all(_is_1(sum(row)) for row in _rows(result))


def _is_1(total: float) -> bool:
    return abs(total - 1) <= 1e-3


@observed("shared", "probabilities")
def twice(evidence: Evidence) -> Message | None:
    """An item: every call builds a network of its own, and the same one."""
    before = dict(evidence.observation.results("rebuilt"))
    for case, result in ran_once(evidence, "shared"):
        if result is None:
            return _first_failure(evidence)
        earlier = before.get(case.name)
        if earlier and earlier.error:
            return failure(evidence, case, earlier)
        if earlier and earlier.kind != "absent":
            both = values_of(earlier)
            if both[:2] != both[2:]:
                seen = "two networks of other numbers of weights"
                expected = "the same network twice"
                return _own(evidence, "changing", case, expected, seen)
        unsteady = dict(evidence.observation.results("unsteady")).get(case.name)
        if unsteady and max(values_of(unsteady), default=0.0) > TOLERANCE:
            expected, found_text = "the same answer twice", "two different answers"
            return _own(evidence, "unsteady", case, expected, found_text)
        common = sum(values_of(result))
        if common:
            found_text = f"{common:.0f} arrays of weights in common"
            return _own(evidence, "shared", case, "two separate networks", found_text)
    return None


@observed("probabilities", "logits", "trained")
def values(evidence: Evidence) -> Message | None:
    """An item: with the same weights the numbers are those of the reference, also in training."""
    for name, key in (("logits", "values"), ("statistics", "trained")):
        expected = dict(evidence.expected.results(name))
        for case, result in ran_once(evidence, name):
            if result is None:
                return _first_failure(evidence)
            if not same(result, expected[case.name]):
                wanted, found = largest_difference(result.array, expected[case.name].array)
                return _own(evidence, key, case, wanted, found)
    return None


def notes(wanted: tuple[str, ...]) -> Callable[[Evidence], tuple[Message, ...]]:
    """Remarks on a right network that is spelt otherwise; ``wanted`` are the course's names."""

    def remarks(evidence: Evidence) -> tuple[Message, ...]:
        found = models.layer_notes(evidence, wanted, usual=("Dense",))
        if any(sum(values_of(result)) > 0 for _, result in ran(evidence, "chance")):
            parameters = {"name": evidence.observation.exercise}
            found = (
                *found,
                Message(f"{evidence.observation.exercise}.note_dropout", parameters=parameters),
            )
        return found

    return remarks


def _rows(result: Result) -> list[tuple[float, ...]]:
    """The numbers of each picture."""
    array = result.array
    if array is None or len(array.shape) != 2 or not array.shape[1]:
        return []
    width = array.shape[1]
    return [array.values[i * width : (i + 1) * width] for i in range(array.shape[0])]


def _unequal(evidence: Evidence, name: str) -> Iterator[tuple[NetworkCase, Result, Result]]:
    """The results ``name`` and the reference's, in the cases where the numbers are not the same."""
    ours, theirs = (
        dict(side.results("logits")) for side in (evidence.observation, evidence.expected)
    )
    expected = dict(evidence.expected.results(name))
    for case, result in ran(evidence, name):
        if not same(ours[case.name], theirs[case.name]):
            yield case, result, expected[case.name]


def _inside(evidence: Evidence) -> Iterator[tuple[NetworkCase, list[BlockRow], list[BlockRow]]]:
    for case, ours, theirs in _unequal(evidence, "blocks"):
        if values_of(ours):
            yield case, _block_rows(ours), _block_rows(theirs)


def _block_rows(result: Result) -> list[BlockRow]:
    found, width = values_of(result), len(BlockRow._fields)
    return [BlockRow(*found[i : i + width]) for i in range(0, len(found), width)]


def _outside(evidence: Evidence) -> Iterator[tuple[NetworkCase, OutsideRow, OutsideRow]]:
    for case, ours, theirs in _unequal(evidence, "outside"):
        if values_of(ours):
            yield case, OutsideRow(*values_of(ours)), OutsideRow(*values_of(theirs))
