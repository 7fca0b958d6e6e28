"""The appendix of common mistakes; that it is fresh, the gate says."""

from mnv2_tutor.authoring import mistakes
from mnv2_tutor.engine.course import KEYS
from mnv2_tutor.engine.expected import misconceptions
from mnv2_tutor.engine.messages import Message


def test_every_misconception_of_an_exercise_has_its_sentence():
    page = mistakes.made()
    for key in KEYS:
        given = {"name": key, "type": "float"}
        for name in misconceptions(key):
            message = Message(f"{key}.{name.partition('__')[0]}", parameters=given)
            assert mistakes._plain(message.says) in page


def test_what_markdown_would_read_as_its_own_is_escaped():
    assert mistakes._plain("a_b * <c>") == r"a\_b \* \<c\>"
