"""Items for exercises that build a block of the network: each tests one property of it.

All take their expectations from the case and from formulas, except ``values`` and ``gradient``,
which compare with the reference.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import ceil

from mnv2_tutor.engine.exercise import Evidence, Item
from mnv2_tutor.engine.judge.answer_form import KINDS_WITH_WORDS, returned
from mnv2_tutor.engine.judge.compare import close
from mnv2_tutor.engine.judge.model_evidence import (
    KERAS_TENSOR,
    TOLERANCE,
    Counts,
    about,
    count_text,
    counts_of,
    failure,
    first_failure,
    largest_difference,
    ran,
    ran_once,
    results,
    same,
    three_digits,
    values_of,
    weights_of,
)
from mnv2_tutor.engine.judge.models import layer_notes, training
from mnv2_tutor.engine.messages import Message
from mnv2_tutor.engine.observation import SEPARATOR
from mnv2_tutor.families.block.cases import BlockCase
from mnv2_tutor.families.block.paths import (
    PATH_INPUTS,
    PATHS,
    SILENT_INPUTS,
    path_output,
)

LOOSE = 0.02
"""For results that batch norm's epsilon changes a little, and that are judged without it."""
OWN_WORDS = {
    "tensor": "blocks.returned_numbers",
    "model": "blocks.returned_model",
    "disconnected": "blocks.disconnected",
}

Judge = Callable[[Evidence], Message | None]


@dataclass(frozen=True)
class LayerNames:
    """What a course calls layers, by the number of their block.

    Attributes:
        own: of the layers of one block.
        of_others: names that layers of the rest of the network carry, other steps of the same
            blocks included. A block's own are its own for its own number alone.
    """

    own: Callable[[int], tuple[str, ...]]
    of_others: Callable[[tuple[int, ...]], set[str]]


def built(evidence: Evidence) -> Message | None:
    """An item: a Keras tensor that depends on x comes back, and the model runs.

    Where some calls raise and others do not, a later item says so, and the rest is judged on those
    that ran: two mistakes give two messages.
    """
    found_errors = [(case, result) for case, result in results(evidence) if result.error]
    if len(found_errors) == len(evidence.cases):
        return failure(evidence, *found_errors[0])
    for case, result in ran(evidence, "value"):
        asked = case.asked(evidence.observation.exercise)
        parameters = {"name": evidence.observation.exercise, "type": result.type_name}
        array = result.array
        if result.kind == "tensor" and array is not None and weights_of(evidence, case) is not None:
            if array.dtype != "float32":
                parameters["dtype"] = array.dtype
                found = f"a {array.dtype} tensor"
                return Message("common.dtype", asked, "a float32 tensor", found, parameters)
            if any(value != value for value in array.values):
                return Message("common.nan", asked, "numbers", "NaN", parameters)
            continue
        known = result.kind if result.kind in KINDS_WITH_WORDS else "other"
        key = OWN_WORDS.get(result.kind, f"common.returned_{known.replace(' ', '_')}")
        found = "numbers" if result.kind == "tensor" else returned(result)
        if result.kind == "disconnected":
            found = "a Keras tensor without a way back to x"
        return Message(key, asked, KERAS_TENSOR, found, parameters)
    return None


def depends(evidence: Evidence) -> Message | None:
    """An item: the output is not one number everywhere."""
    for case, result in ran(evidence, "value"):
        assert result.array is not None
        values = result.array.values
        if values and all(close(value, values[0]) for value in values):
            found = f"{three_digits(values[0])} everywhere"
            return _message(evidence, "blocks.constant", case, "different numbers", found)
    return None


def shape(
    channels: Callable[[BlockCase], int],
    stride: Callable[[BlockCase], int],
    of_all: bool = True,
) -> Judge:
    """An item: height and width are divided by the stride, rounded up; channels as given.

    With ``of_all`` a call that raised has no shape, and fails here.
    """

    def judge(evidence: Evidence) -> Message | None:
        failure = first_failure(evidence)
        if of_all and failure:
            return failure
        for case, result in ran(evidence, "value"):
            assert result.array is not None
            h, w, _ = case.shape
            s = stride(case)
            wanted = (ceil(h / s), ceil(w / s), channels(case))
            found = result.array.shape[1:]
            if found == wanted:
                continue
            key = "blocks.size"
            if len(found) != 3:
                key = "blocks.rank"
            elif found[:2] == wanted[:2]:
                key = "blocks.channels"
            return _message(evidence, key, case, f"shape {wanted}", f"shape {found}")
        return None

    return judge


def weights(expected: Callable[[BlockCase], Counts]) -> Judge:
    """An item: as many weights as the convolutions and batch norms of the block have."""

    def judge(evidence: Evidence) -> Message | None:
        for case, _ in ran(evidence, "weights"):
            wanted, found = expected(case), weights_of(evidence, case)
            assert found is not None
            if found == wanted:
                continue
            key = "blocks.weights_more" if sum(found) > sum(wanted) else "blocks.weights_fewer"
            if sum(found) == sum(wanted):
                key = "blocks.frozen"
            elif found[1] == 0:
                key = "blocks.no_batch_norm"
            return _message(evidence, key, case, count_text(wanted), count_text(found))
        return None

    return judge


def pixelwise(evidence: Evidence) -> Message | None:
    """An item: a place of the output follows the same place of the input and no other."""
    for case, places in _places(evidence):
        middle = (case.shape[0] // 2, case.shape[1] // 2)
        if places != {middle}:
            expected = f"place {middle} of the output changes"
            return _message(
                evidence, "blocks.neighbours_meet", _at(case, middle), expected, _moved(places)
            )
    return None


def window(stride: Callable[[BlockCase], int]) -> Judge:
    """An item: a place of the output follows the 3x3 window that 'same' padding gives it."""

    def judge(evidence: Evidence) -> Message | None:
        for case, places in _places(evidence):
            middle = (case.shape[0] // 2, case.shape[1] // 2)
            rows, columns = (
                _windows_with(at, size, stride(case))
                for at, size in zip(middle, case.shape, strict=False)
            )
            wanted = {(row, column) for row in rows for column in columns}
            if places == wanted:
                continue
            key = "blocks.window_moved" if len(places) == len(wanted) else "blocks.window"
            return _message(evidence, key, _at(case, middle), _moved(wanted), _moved(places))
        return None

    return judge


def _windows_with(at: int, size: int, stride: int) -> list[int]:
    """The positions of a window of three, 'same' padding, that hold position ``at``."""
    out = ceil(size / stride)
    before = max((out - 1) * stride + 3 - size, 0) // 2
    return [i for i in range(out) if 0 <= at - (i * stride - before) <= 2]


def mixes(evidence: Evidence) -> Message | None:
    """An item: most channels of the output follow the input's first one."""
    for case, flags in _flags(evidence, "channel"):
        if 2 * sum(flags) < len(flags):
            found = f"{sum(flags)} of {len(flags)} output channels change"
            expected = "most output channels change"
            return _message(evidence, "blocks.channels_apart", _channel(case), expected, found)
    return None


def apart(evidence: Evidence) -> Message | None:
    """An item: only the first channel of the output follows the input's first one."""
    for case, flags in _flags(evidence, "channel"):
        if [i for i, flag in enumerate(flags) if flag] != [0]:
            found = f"{sum(flags)} of {len(flags)} output channels change"
            expected = "channel 0 of the output changes"
            return _message(evidence, "blocks.channels_mix", _channel(case), expected, found)
    return None


def capped(evidence: Evidence) -> Message | None:
    """An item: nothing below 0, nothing above 6."""
    for case, result in ran(evidence, "value"):
        assert result.array is not None
        low, high = min(result.array.values), max(result.array.values)
        if high > 6 + 1e-5:
            return _message(
                evidence,
                "blocks.above_six",
                case,
                "no number above 6",
                f"up to {three_digits(high)}",
            )
        if low < -1e-5:
            return _message(
                evidence,
                "blocks.below_zero",
                case,
                "no number below 0",
                f"down to {three_digits(low)}",
            )
    return None


def linear(evidence: Evidence) -> Message | None:
    """An item: after the constant part is taken off, twice the input gives twice the output."""
    doubled, zero = (dict(evidence.observation.results(name)) for name in ("doubled", "zero"))
    for case, result in ran(evidence, "value"):
        for once, twice, nothing in zip(
            *(values_of(r) for r in (result, doubled[case.name], zero[case.name])), strict=False
        ):
            if not close(twice - nothing, 2 * (once - nothing), LOOSE):
                return _message(
                    evidence,
                    "blocks.not_linear",
                    case,
                    f"f(2x) - f(0) = {three_digits(2 * (once - nothing))}",
                    f"f(2x) - f(0) = {three_digits(twice - nothing)}",
                )
    return None


def add(has_shortcut: Callable[[BlockCase], bool]) -> Judge:
    """An item: with every kernel at 0 the block returns x where it has a shortcut, else 0.

    A sum of unequal shapes raises, so a call that raised where others ran fails here.
    """

    def judge(evidence: Evidence) -> Message | None:
        failure = first_failure(evidence)
        if failure:
            return failure
        for case, result in ran(evidence, "silent"):
            values = values_of(result)
            if not values:
                return _message(evidence, "blocks.values", case, "a number at each place", "none")
            each = len(values) // len(SILENT_INPUTS)
            for index, x in enumerate(SILENT_INPUTS):
                wanted = x if has_shortcut(case) else 0.0
                found = next(
                    (v for v in values[index * each : (index + 1) * each] if not close(v, wanted)),
                    None,
                )
                if found is None:
                    continue
                key = "blocks.add_changed"
                if not has_shortcut(case):
                    key = "blocks.add_extra"
                elif found == 0 and all(value == 0 for value in values):
                    key = "blocks.add_missing"
                name = evidence.observation.exercise
                given = f"{case.asked(name)}, every kernel 0, x = {three_digits(x)} everywhere"
                return Message(
                    key,
                    given,
                    three_digits(wanted),
                    three_digits(found),
                    {"name": name},
                )
        return None

    return judge


CAPS = {0: "blocks.expansion_cap", 1: "blocks.depthwise_cap"}
"""What a number shows that leaves one of ``paths.PATHS`` too large."""
FLOORS = {2: "blocks.expansion_floor", 3: "blocks.depthwise_floor"}
"""What a number shows that leaves a path where 0 should."""
STRAIGHT, TURNED, TRIPLED = 0, 4, 5
"""Paths that differ in the projection's factor alone: 1, -1 and 3."""


def inside(has_shortcut: Callable[[BlockCase], bool]) -> Judge:
    """An item: a number that follows a path through the block is cut where it should be."""

    def judge(evidence: Evidence) -> Message | None:
        for case, rows in _followed(evidence, has_shortcut):
            if not rows:
                return first_failure(evidence) or _lost(evidence, case)
            for path in (*CAPS, *FLOORS):
                for u, row in zip(PATH_INPUTS, rows, strict=True):
                    found, wanted = row[path], path_output(path, u)
                    if close(found, wanted, LOOSE):
                        continue
                    key = CAPS.get(path) if found > wanted else None
                    key = key or FLOORS.get(path) or "blocks.path"
                    return _on_path(evidence, key, case, path, u, wanted, found)
        return None

    return judge


def linear_end(has_shortcut: Callable[[BlockCase], bool]) -> Judge:
    """An item: the end lets through what reaches it, below 0 and above 6 alike.

    What reaches it is what the same path gives with the factor 1, right or wrong.
    """

    def judge(evidence: Evidence) -> Message | None:
        for case, rows in _followed(evidence, has_shortcut):
            if not rows:
                return first_failure(evidence) or _lost(evidence, case)
            for path, key in ((TURNED, "blocks.end_floor"), (TRIPLED, "blocks.end_cap")):
                for u, row in zip(PATH_INPUTS, rows, strict=True):
                    found, wanted = row[path], PATHS[path][2] * row[STRAIGHT]
                    if not close(found, wanted, LOOSE):
                        return _on_path(evidence, key, case, path, u, wanted, found)
        return None

    return judge


def _followed(
    evidence: Evidence, has_shortcut: Callable[[BlockCase], bool]
) -> Iterator[tuple[BlockCase, list[tuple[float, ...]]]]:
    """What leaves the paths, a row for each input; no rows where none can be followed.

    Where x belongs to the output it is taken off again. A case where it is missing, or where
    something else was added, says nothing of the paths.
    """
    silent = {case.name: values_of(result) for case, result in ran(evidence, "silent")}
    followed = False
    for case, result in ran(evidence, "paths"):
        times = float(has_shortcut(case))
        if not _adds(silent[case.name], times):
            continue
        followed = True
        array = result.array
        if array is None or array.shape[0] * array.shape[-1] < len(PATH_INPUTS) * len(PATHS):
            yield case, []
            continue
        each = array.shape[1]
        rows = (array.values[row * each : (row + 1) * each] for row in range(len(PATH_INPUTS)))
        yield (
            case,
            [
                tuple(value - times * u for value in row)
                for row, u in zip(rows, PATH_INPUTS, strict=True)
            ],
        )
    if not followed:
        yield evidence.cases[0], []


def _adds(silent: tuple[float, ...], times: float) -> bool:
    """Whether a silent block gives its input so many times."""
    each = len(silent) // len(SILENT_INPUTS)
    wanted = [times * x for x in SILENT_INPUTS for _ in range(each)]
    return bool(silent) and all(close(v, x) for v, x in zip(silent, wanted, strict=False))


def _lost(evidence: Evidence, case: BlockCase) -> Message:
    wanted, found = "one number a channel", "none that can be followed"
    return _message(evidence, "blocks.path", case, wanted, found)


def _on_path(
    evidence: Evidence, key: str, case: BlockCase, path: int, u: float, wanted: float, found: float
) -> Message:
    e, s, p = PATHS[path]
    name = evidence.observation.exercise
    given = (
        f"{case.asked(name)}, x = {three_digits(u)} everywhere, one channel followed: "
        f"expansion times {e:g}, depthwise times {s:g}, projection times {p:g}"
    )
    return Message(key, given, three_digits(wanted), three_digits(found), {"name": name})


def two_blocks(expected: Callable[[BlockCase], Counts], names: LayerNames) -> Judge:
    """An item: two blocks fit into one network, each with weights and names of its own."""

    def judge(evidence: Evidence) -> Message | None:
        for case, result in ran_once(evidence, "pair"):
            if result is None:
                return first_failure(evidence)
            name = evidence.observation.exercise
            ids = (case.arguments[-1], case.arguments[-1] + 1)
            given = (
                f"{case.asked(evidence.observation.exercise)}, and the same with block_id={ids[1]}"
            )
            parameters = {"name": name}
            if result.error:
                found = f"{result.error.type}: {result.error.message}"
                clash = "unique" in result.error.message
                key = "blocks.name_clash" if clash else "blocks.second_fails"
                return Message(key, given, "a model of two blocks", found, parameters)
            wanted = total(expected(case), expected(case))
            values = counts_of(result)
            if values != wanted:
                found = count_text(values) if values else returned(result)
                return Message("blocks.shared", given, count_text(wanted), found, parameters)
            foreign = _foreign_names(evidence, names.of_others(ids))
            if foreign:
                expected_text = "names that no other block has"
                return Message("blocks.foreign", given, expected_text, foreign, parameters)
        return _steadiness(evidence)

    return judge


def _foreign_names(evidence: Evidence, of_others: set[str]) -> str:
    outer = set(evidence.observation.facts.get("pair_names", "").split(SEPARATOR))
    return ", ".join(sorted(outer & of_others))


def _steadiness(evidence: Evidence) -> Message | None:
    first = dict(evidence.observation.results("value"))
    for case, again in ran(evidence, "again"):
        if again.array is None or not same(again, first[case.name]):
            expected, found = "the same block twice", "two blocks that give different numbers"
            return _message(evidence, "blocks.changing", case, expected, found)
    return None


def values(evidence: Evidence) -> Message | None:
    """An item: with the same weights the numbers are those of the reference."""
    for case, result in ran(evidence, "chance"):
        if not max(values_of(result), default=0.0) <= TOLERANCE:
            found = "two different outputs"
            return _message(evidence, "blocks.chance", case, "the same output twice", found)
    for name, key in (
        ("value", "blocks.values"),
        ("trained", "blocks.trained"),
        ("statistics", "blocks.statistics"),
        ("gradient", "blocks.gradient"),
    ):
        expected = dict(evidence.expected.results(name))
        for case, result in ran(evidence, name):
            if not same(result, expected[case.name]):
                wanted, found = largest_difference(result.array, expected[case.name].array)
                return _message(evidence, key, case, wanted, found)
    return None


def notes(names: LayerNames) -> Callable[[Evidence], tuple[Message, ...]]:
    """Remarks on a right block that is spelt otherwise than the course does."""

    def remarks(evidence: Evidence) -> tuple[Message, ...]:
        block_id = evidence.cases[0].arguments[-1]
        return layer_notes(evidence, names.own(block_id), number=str(block_id))

    return remarks


NEEDS = ("form", "depends")
"""What must hold before any other property of a block means anything."""


def rubric(
    expected: Callable[[BlockCase], Counts], names: LayerNames, *own: Item
) -> tuple[Item, ...]:
    """The rubric of a block: what comes back, its own properties, and what every block must do.

    Its numbers are compared when everything else is right: a difference has no name by then.
    """
    item_names = tuple(item.key for item in own)
    return (
        Item("form", 0, built),
        Item("depends", 0, depends, needs=("form",)),
        *own,
        Item("training", 1, training, NEEDS),
        Item("two_blocks", 1, two_blocks(expected, names), (*NEEDS, "shape", "weights")),
        Item("values", 1, values, (*NEEDS, *item_names, "training")),
    )


def batch_norm(channels: int) -> Counts:
    """Gamma and beta are trained, mean and variance are not."""
    return 2 * channels, 2 * channels


def total(*parts: Counts) -> Counts:
    return sum(part[0] for part in parts), sum(part[1] for part in parts)


def _at(case: BlockCase, place: tuple[int, int]) -> tuple[BlockCase, str]:
    return case, f", changed at place {place}"


def _channel(case: BlockCase) -> tuple[BlockCase, str]:
    return case, ", changed in channel 0"


def _message(
    evidence: Evidence, key: str, case: BlockCase | tuple[BlockCase, str], expected: str, found: str
) -> Message:
    case, change = case if isinstance(case, tuple) else (case, "")
    return about(evidence, key, case, expected, found, change)


def _flags(evidence: Evidence, name: str) -> Iterator[tuple[BlockCase, tuple[float, ...]]]:
    for case, result in ran(evidence, name):
        yield case, tuple(map(int, values_of(result)))


def _places(evidence: Evidence) -> Iterator[tuple[BlockCase, set[tuple[int, int]]]]:
    """Which places of the output followed the input's middle pixel."""
    for case, result in ran(evidence, "pixel"):
        columns = result.array.shape[1] if result.array and len(result.array.shape) == 2 else 1
        moved = [i for i, flag in enumerate(values_of(result)) if flag]
        yield case, {divmod(i, columns) for i in moved}


def _moved(places: set[tuple[int, int]]) -> str:
    if not places:
        return "no place of the output changes"
    if len(places) == 1:
        return f"place {next(iter(places))} of the output changes"
    rows, columns = zip(*places, strict=True)
    text = f"rows {min(rows)} to {max(rows)}, columns {min(columns)} to {max(columns)}"
    return f"{len(places)} places of the output change: {text}"
