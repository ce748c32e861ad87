"""Upgrade and uninstall leave Odoo whole; neighbours that extend the same are fine."""

import pytest

from torture.lifecycle.life import living

NEIGHBOURS = "a_quickbooks_neighbour,z_quickbooks_neighbour"


@pytest.fixture(scope="module")
def life():
    with living() as one:
        yield one


def test_an_upgrade_keeps_everything(life):
    life.shell("use")
    columns = life.columns()
    before = life.data(columns)
    assert before["quickbooks_document"][0] == 1
    # In one go, to save a start of Odoo.
    life.modules("upgrade", "-u", "quickbooks_link", "-i", NEIGHBOURS)
    assert life.columns() == columns
    assert life.data(columns) == before


def test_addons_that_extend_posting_and_the_forms_work_beside_it(life):
    life.shell("use")
    with life.sql() as cursor:
        cursor.execute(
            "SELECT m.a_posted, m.z_posted FROM account_move m"
            " JOIN quickbooks_document d ON d.move_id = m.id"
            " WHERE d.state = 'sent' ORDER BY m.id"
        )
        # The first was posted before the neighbours came.
        assert cursor.fetchall() == [(None, None), (1, 1)]


def test_nothing_is_left_after_uninstalling_it(life):
    assert life.traces()
    life.shell("leave")
    assert life.traces() == []
