"""Who pays when a notebook cannot be asked: the machine's faults are not the learner's."""

import socket

import pytest

from mnv2_tutor.submission.conversation import Conversation, Limits, NotStarted, Question
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


def test_a_machine_that_starts_no_process_is_no_fault_of_the_notebook():
    notebook = read_script(RIGHT_RULE.encode())
    talk = Conversation(Dead, notebook, [notebook.all_cells], Limits())
    with pytest.raises(NotStarted, match="no process could be started"):
        talk.observe("use_residual", Question(1))
