"""Every sentence of the guide has a test and a picture, and the page says so."""

from devtools import guide


def test_every_sentence_is_proven_and_shown():
    assert guide.problems() == []


def test_the_matrix_is_up_to_date():
    assert guide.MATRIX.read_text(encoding="utf-8") == guide.matrix()
