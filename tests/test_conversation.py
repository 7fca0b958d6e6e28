"""Who pays when a notebook cannot be asked: the machine's faults are not the learner's."""

import socket

import pytest

from mnv2_tutor.observation import STOPPED, Observation
from mnv2_tutor.submission import run
from mnv2_tutor.submission.conversation import (
    Conversation,
    Limits,
    NotStarted,
    Question,
    Stop,
    _Stopped,
)
from mnv2_tutor.submission.notebook import read_script
from tests.grading import RIGHT_RULE


class Dead:
    """A process that ended before it was asked anything."""

    def __init__(self):
        self.channel, theirs = socket.socketpair()
        theirs.close()

    def why(self, seconds):
        return ""

    def end(self):
        self.channel.close()


def test_what_was_seen_stays_where_more_could_not_be_seen(monkeypatch):
    class Talk(Conversation):
        def observe(self, key, question):
            kind = "function" if question.first else STOPPED
            return Observation(key, question.seed, kind)

    def ask(key, seen):
        return [Question(None, 1), Question(None), None][len(seen)]

    monkeypatch.setattr(run, "Conversation", Talk)
    notebook = read_script(RIGHT_RULE.encode())
    found = run.observe_notebook(Dead, notebook, [notebook.all_cells], Limits(), ask)
    assert found.observations[None]["use_residual"].kind == "function"


def test_a_machine_that_starts_no_process_is_no_fault_of_the_notebook():
    notebook = read_script(RIGHT_RULE.encode())
    talk = Conversation(Dead, notebook, [notebook.all_cells], Limits())
    with pytest.raises(NotStarted, match="no process could be started"):
        talk.observe("use_residual", Question(1))


def test_imports_that_take_the_process_with_them_cost_no_more_than_themselves():
    class Talk(Conversation):
        def _ask(self, asked, limit):
            sources.append(asked.get("source", asked["do"]))
            if asked.get("source") == "import math":
                raise _Stopped(Stop("time"))
            return {}

    sources = []
    notebook = read_script(f"import math\nmath.pi\n{RIGHT_RULE}".encode())
    talk = Talk(Dead, notebook, [notebook.all_cells], Limits())
    talk._ready()
    assert sources[:3] == ["begin", "import math", "begin"]
    assert any("use_residual" in source for source in sources[3:])
