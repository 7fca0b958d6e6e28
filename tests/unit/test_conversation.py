"""Who pays when a notebook cannot be asked: the machine's faults are not the learner's."""

import socket

import pytest

from mnv2_tutor.engine.observation import CaseResult, Observation, Result
from mnv2_tutor.submission import run
from mnv2_tutor.submission.conversation import (
    Conversation,
    Limits,
    Line,
    NotStarted,
    Stop,
    _Stopped,
)
from mnv2_tutor.submission.notebook import read_script
from tests.grading.submissions import RIGHT_RULE


class Dead:
    """A process that ended before it was asked anything."""

    def __init__(self):
        self.channel, theirs = socket.socketpair()
        theirs.close()

    def why(self, seconds):
        return ""

    def end(self):
        self.channel.close()


def talking(source):
    notebook = read_script(source.encode())
    return Conversation(Dead, notebook, [notebook.all_cells], Limits())


def answering(monkeypatch, stops=None, sees="callable"):
    """Let every process answer, but for what ``stops`` says of a text; give what was asked."""
    asked = []

    def ask(self, message, seconds):
        text = str(message.get("parts", message["do"]))
        asked.append(text)
        if stops and (why := stops(text)):
            raise _Stopped(Stop(why))
        if message["do"] == "observe":
            raise AssertionError("replaced below")
        return {"problems": [None] * len(message.get("parts", ()))}

    def observe(self, key, after=None):
        if key in self.seen:
            return
        asked.append(f"observe {key}")
        self.seen[key] = Observation(key, self.seeds[key], sees, cases=(WHOLE,))

    monkeypatch.setattr(Line, "ask", ask)
    monkeypatch.setattr("mnv2_tutor.submission.conversation._Run._ask", observe)
    return asked


WHOLE = CaseResult("1", {"value": Result("bool")})


def test_a_machine_that_starts_no_process_is_no_fault_of_the_notebook():
    with pytest.raises(NotStarted, match="no process could be started"):
        talking(RIGHT_RULE).walk({"use_residual": 1})


def test_imports_that_take_the_process_with_them_cost_no_more_than_themselves(monkeypatch):
    asked = answering(monkeypatch, lambda text: "exit" if text == "['import math']" else "")
    talk = talking(f"math.pi\n{RIGHT_RULE}")
    assert talk.walk({"use_residual": 1}).seen["use_residual"].kind == "callable"
    assert asked[:3] == ["begin", "['import math']", "begin"]


def test_a_function_is_asked_before_what_stands_below_it_is_run(monkeypatch):
    asked = answering(monkeypatch)
    talking(f"{RIGHT_RULE}\ntrain()").walk({"use_residual": 1})
    assert asked[-1] == "observe use_residual"
    assert not [text for text in asked if "train" in text]


def test_a_function_waits_for_what_it_uses(monkeypatch):
    asked = answering(monkeypatch)
    talking(f"{RIGHT_RULE.replace('1', 'ONE')}\nplot()\nONE = int('1')").walk({"use_residual": 1})
    assert "ONE = int" in asked[-2] and asked[-1] == "observe use_residual"


def test_after_a_statement_that_hung_others_that_nothing_needs_are_not_run(monkeypatch):
    asked = answering(monkeypatch, lambda text: "time" if "first()" in text else "")
    talk = talking(f"first()\nx = len('a')\nsecond()\n{RIGHT_RULE}")
    found = talk.walk({"use_residual": 1})
    assert [*found.left_out] == [0] and found.skipped == (2,)
    assert not [text for text in asked if "second" in text]


def test_the_time_of_the_submission_leaves_what_was_seen(monkeypatch):
    answering(monkeypatch, lambda text: "all" if "slow()" in text else "")
    talk = talking(f"{RIGHT_RULE}\nslow()\ndef make_divisible(v): return slow()")
    found = talk.walk({"use_residual": 1, "make_divisible": 1})
    assert found.seen["use_residual"].kind == "callable"
    assert found.seen["make_divisible"].facts["why"] == "all"


def test_the_public_questions_go_to_a_process_that_saw_no_unseen_one(monkeypatch):
    asked = answering(monkeypatch)
    notebook = read_script(RIGHT_RULE.encode())
    asking = run.Asking(7, lambda seen: False, lambda seen: True)
    found = run.observe_notebook(run.Place(Dead), notebook, [notebook.all_cells], Limits(), asking)
    assert set(found.observations) == {7, None}
    assert asked.count("begin") == 2
    assert asked[asked.index("observe use_residual") + 1] == "begin"
