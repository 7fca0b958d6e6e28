"""Files that a command makes are as that command would make them now."""

import json

import pytest

from mnv2_tutor import expected
from mnv2_tutor.authoring import fingerprints, transcripts
from mnv2_tutor.exercises import KEYS, exercise
from mnv2_tutor.judge.compare import same_observation
from mnv2_tutor.judge.diagnose import fingerprint
from mnv2_tutor.observation import from_json
from mnv2_tutor.observe import observe


@pytest.mark.parametrize("key", KEYS)
def test_fingerprints_are_fresh(key):
    """Within tolerance: the last digits differ between processors."""
    stored = expected.public(key)
    now = json.loads(fingerprints.made(key))
    hint = "run: mnv2-tutor author fingerprints"
    assert list(now["misconceptions"]) == list(stored.twins), hint
    for name, twin in now["misconceptions"].items():
        assert same_observation(from_json(json.dumps(twin)), stored.twins[name]), f"{name}: {hint}"
    reference = fingerprint(observe(expected.reference(key), exercise(key)))
    assert same_observation(reference, stored.reference), hint


@pytest.mark.parametrize("key", KEYS)
def test_golden_transcript_is_fresh(key):
    stored = transcripts.path_of(key).read_text(encoding="utf-8")
    assert transcripts.made(key) == stored, "run: mnv2-tutor author transcripts, and read the diff"
