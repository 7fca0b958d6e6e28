"""The ten rules for what a check says, over every message, hint and explanation of the course."""

import io
import re
import string
import tokenize

import pytest

from mnv2_tutor.engine.course import KEYS, exercise
from mnv2_tutor.engine.expected import misconceptions
from mnv2_tutor.engine.messages import words
from mnv2_tutor.learner.solutions import solution_of

LONGEST_MESSAGE, LONGEST_HINT = 40, 160
BANNED = re.compile(
    r"\b(just|simply|obvious(ly)?|illegal|easy|easily|trivial(ly)?|of course|clearly|wrong answer|"
    r"your code is|you should have|failed to|bad|stupid|merely|basically)\b",
    re.IGNORECASE,
)
IMPERATIVE = re.compile(
    r"(^|[.:] )(Use|Try|Change|Add|Remove|Replace|Check|Write|Call|Put|Make|Fix|Return)\b"
)
SAY_INSTEAD = {"activation map": "feature map", "filter size": "kernel size", "array": "tensor"}
ABOUT_ARRAYS = {"preprocess", "transfer_weights", "run_tflite"}
"""Exercises whose matter is NumPy's arrays themselves."""
SHARED = "common"


def shared(source, key):
    """Whether the message comes from the file that this one shares, and is tested there."""
    return words(source)["messages"][key] == words("blocks")["messages"].get(key)


NOTES = {
    ("common", "checker_error"),
    ("common", "renamed"),
    ("common", "keyword_only"),
    ("common", "reordered"),
    ("common", "settings"),
    ("common", "array_of_numbers"),
    ("common", "replaced_builtins"),
    ("common", "other_number_type"),
    ("common", "other_truth_type"),
    ("relu6", "eager_only"),
}
"""Remarks that ask for nothing, beside those called note_."""
SOURCES = (SHARED, "blocks", *KEYS)
MESSAGES = [
    (s, key) for s in SOURCES for key in words(s)["messages"] if s == "blocks" or not shared(s, key)
]
HINTS = [(key, n) for key in KEYS for n in range(len(words(key)["hints"]))]


def entry(source, key):
    return words(source)["messages"][key]


def said(source, key):
    return f"{entry(source, key)['says']} {entry(source, key)['why']}"


def test_what_exercises_share_is_tested_once():
    assert ("blocks", "window_moved") in MESSAGES
    assert not any(key == "window_moved" for source, key in MESSAGES if source != "blocks")


@pytest.mark.parametrize(("source", "key"), MESSAGES)
def test_message_is_short(source, key):
    assert len(said(source, key).split()) <= LONGEST_MESSAGE


@pytest.mark.parametrize(("source", "key"), MESSAGES)
def test_message_is_neutral_about_the_person(source, key):
    text = said(source, key) + entry(source, key).get("next", "")
    assert not BANNED.search(text), BANNED.search(text)


@pytest.mark.parametrize(("source", "key"), MESSAGES)
def test_message_states_a_fact_and_orders_nothing(source, key):
    assert not IMPERATIVE.search(said(source, key))


@pytest.mark.parametrize(("source", "key"), MESSAGES)
def test_message_gives_a_reason(source, key):
    assert entry(source, key)["why"] or key == "not_attempted"


@pytest.mark.parametrize(("source", "key"), MESSAGES)
def test_next_step_is_a_question(source, key):
    if (source, key) not in NOTES and not key.startswith("note_"):
        assert entry(source, key)["next"].endswith("?")


@pytest.mark.parametrize(("source", "key"), MESSAGES)
def test_message_uses_only_known_placeholders(source, key):
    known = {"name", "other", "type", "wanted", "names", "error", "dtype", "limit"}
    known |= {"cause", "missing", "module"}
    text = " ".join(entry(source, key).values())
    assert {field for _, field, _, _ in string.Formatter().parse(text) if field} <= known


@pytest.mark.parametrize("source", SOURCES)
def test_words_keep_to_the_courses_terms(source):
    text = str(words(source))
    for term, better in SAY_INSTEAD.items():
        if term == "array" and source in ABOUT_ARRAYS:
            continue
        assert not re.search(rf"\b{term}s?\b", text.replace("NumPy array", "")), f"say {better}"


@pytest.mark.parametrize(("key", "number"), HINTS)
def test_hint_is_short_and_ends_with_a_question(key, number):
    hint = words(key)["hints"][number]
    assert len(hint.split()) <= LONGEST_HINT
    assert hint.endswith("?")
    assert not BANNED.search(hint)


@pytest.mark.parametrize("key", KEYS)
def test_every_exercise_has_hints_misconceptions_and_an_explanation(key):
    found = words(key)
    message = "add it to mnv2_tutor/course/words/en/{}.toml or mnv2_tutor/course/answers/{}.py"
    assert len(found["hints"]) >= 3, message.format(key, key)
    assert found["explanation"]["why"], message.format(key, key)
    assert found["explanation"]["notice"], message.format(key, key)
    assert misconceptions(key), message.format(key, key)


@pytest.mark.parametrize("key", KEYS)
def test_every_misconception_has_words_and_a_message_of_its_own(key):
    names = {name.partition("__")[0] for name in misconceptions(key)}
    messages = {name: words(key)["messages"][name]["says"] for name in names}
    assert len(set(messages.values())) == len(names)


@pytest.mark.parametrize("key", KEYS)
def test_every_rubric_item_has_a_title(key):
    assert set(words(key)["rubric"]) == {item.key for item in exercise(key).rubric}


@pytest.mark.parametrize("key", KEYS)
def test_the_solution_is_given_away_by_the_last_hint_alone(key):
    found = words(key)
    earlier = [*found["hints"][:-1], *(said(key, m) for m in found["messages"])]
    runs = five_token_runs(body_of(solution_of(exercise(key))))
    assert runs, "the solution is too short for this test to see anything"
    for text in earlier:
        assert not runs & five_token_runs(text), text
    assert runs & five_token_runs(found["hints"][-1])


def body_of(solution):
    return solution.split('"""')[-1]


def five_token_runs(text):
    try:
        tokens = [
            token.string
            for token in tokenize.generate_tokens(io.StringIO(" ".join(text.split())).readline)
            if token.string.strip()
        ]
    except (tokenize.TokenError, IndentationError):
        tokens = re.findall(r"\w+(?:\.\d+)?|[^\w\s]", text)
    return {tuple(tokens[n : n + 5]) for n in range(len(tokens) - 4)}
