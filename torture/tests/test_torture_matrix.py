"""Exactly once, with processes that are really killed: the matrix in a minute."""

import pytest

from torture.matrix import Matrix
from torture.playing import Play, compact


@pytest.mark.parametrize("play", compact(), ids=lambda play: f"{play.how}: {play.what}")
def test_exactly_once(office, play: Play):
    result = Matrix(office, print).play(play)
    assert result.problems == []
    assert result.documents
