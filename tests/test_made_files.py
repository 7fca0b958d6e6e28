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
    tolerance = exercise(key).tolerance
    hint = "run: mnv2-tutor author fingerprints"
    assert list(now["misconceptions"]) == list(stored.twins), hint
    for name, twin in now["misconceptions"].items():
        fresh = from_json(json.dumps(twin))
        assert same_observation(fresh, stored.twins[name], tolerance), f"{name}: {hint}"
    reference = observe(expected.reference(key), exercise(key))
    fresh = fingerprint(reference, fingerprints.REFERENCE_NUMBERS)
    assert same_observation(fresh, stored.reference, tolerance), hint


@pytest.mark.parametrize("key", KEYS)
def test_golden_transcript_is_fresh(key):
    stored = transcripts.path_of(key).read_text(encoding="utf-8")
    assert transcripts.made(key) == stored, "run: mnv2-tutor author transcripts, and read the diff"
