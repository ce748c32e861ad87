"""Nonsense from outside, always the same: no traceback, and nothing is spoilt."""

import pytest

from torture.fuzz import Fuzz

SEED = 1
# Some answers keep people and jobs busy for a second: script/torture fuzz has more.
NUMBERS = {"webhook": 300, "callback": 300, "answer": 64}


@pytest.mark.parametrize("kind", NUMBERS)
def test_nonsense_does_no_harm(office, kind):
    found = list(Fuzz(office).throw(NUMBERS[kind], SEED, [kind]))
    assert len(found) > NUMBERS[kind]
    assert [one for one in found if one.problems] == []
