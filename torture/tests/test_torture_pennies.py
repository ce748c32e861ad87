"""To the penny, in a real Odoo: 100 random documents, always the same."""

from torture.pennies import FEW, UK_TAXES, US_TAXES, Pennies, drawn

SEED = 1


def check(office, number, taxes):
    pennies = Pennies(office, print)
    pennies.send(drawn(number, SEED, taxes, FEW))
    assert pennies.figures.problems == []
    # Odoo's figures can always be given to QuickBooks: nothing has to be marked.
    assert pennies.figures.marked == 0
    assert pennies.figures.documents == number


def test_british_documents_in_three_currencies(office):
    check(office, 60, UK_TAXES)


def test_american_documents_keep_odoos_tax(branch):
    check(branch, 40, US_TAXES)
