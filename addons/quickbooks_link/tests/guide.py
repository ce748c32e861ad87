"""Marks that say which sentences of the guide a test proves."""


def guide(*numbers):
    """Mark a test, or a class of tests, with sentences of docs/specification.yml.

    The marks are read from the source by ``python -m devtools.guide``.
    """

    def marked(test):
        test.guide_sentences = numbers
        return test

    return marked
