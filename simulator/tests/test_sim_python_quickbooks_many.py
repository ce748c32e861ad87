"""Batches and changes of python-quickbooks, on the simulator."""

from datetime import datetime, timedelta

import pytest
from quickbooks.batch import batch_create, batch_delete, batch_update
from quickbooks.cdc import change_data_capture
from quickbooks.exceptions import QuickbooksException
from quickbooks.objects import Customer, Invoice, Payment, TaxCode, Vendor
from test_sim_python_quickbooks import american, client, customer, document  # noqa: F401

from qbo_simulator.clock import PACIFIC


def named(*names):
    made = []
    for name in names:
        made.append(Customer())
        made[-1].DisplayName = name
    return made


def lately():
    """Return a moment by Intuit's clock: the library sends no offset."""
    return datetime.now(PACIFIC) - timedelta(minutes=5)


def test_a_batch_parts_what_was_done_from_what_was_not(client):  # noqa: F811
    people = named("Batch one", "Batch two", "batch ONE", "Batch:three")
    results = batch_create(people, qb=client)
    assert [one.DisplayName for one in results.successes] == ["Batch one", "Batch two"]
    codes = [fault.Error[0].code for fault in results.faults]
    assert codes == ["6240", "2040"]
    assert [fault.original_object for fault in results.faults] == people[2:]


def test_a_batch_updates_and_tells_what_is_stale(client):  # noqa: F811
    one, two = batch_create(named("Update one", "Update two"), qb=client).successes
    one.Notes = two.Notes = "seen"
    two.SyncToken = "9"
    results = batch_update([one, two], qb=client)
    assert [done.Notes for done in results.successes] == ["seen"]
    assert [fault.Error[0].code for fault in results.faults] == ["5010"]


def test_a_batch_deletes_documents_and_no_names(client):  # noqa: F811
    buyer = customer(client, "Deleted buyer")
    invoice = document(Invoice, client, buyer)
    assert not batch_delete([invoice], qb=client).faults
    again = batch_delete([invoice, buyer], qb=client)
    assert [fault.Error[0].code for fault in again.faults] == ["610", "500"]


def test_changes_of_several_kinds_at_once(client):  # noqa: F811
    since = lately()
    buyer = customer(client, "Changed buyer")
    gone = document(Invoice, client, buyer)
    kept = document(Invoice, client, buyer)
    gone.delete(qb=client)
    changed = change_data_capture(
        [Customer, Invoice, Payment, Vendor], since, qb=client
    )
    assert buyer.Id in [one.Id for one in changed.Customer]
    states = {one.Id: getattr(one, "status", "") for one in changed.Invoice}
    assert states[gone.Id] == "Deleted" and not states[kept.Id]
    assert not hasattr(changed, "Payment") and not hasattr(changed, "Vendor")


def test_changes_too_old_or_of_tax_codes_are_refused(client):  # noqa: F811
    with pytest.raises(QuickbooksException) as old:
        change_data_capture([Customer], lately() - timedelta(days=40), qb=client)
    assert old.value.error_code == 500
    with pytest.raises(QuickbooksException):
        change_data_capture([TaxCode], lately(), qb=client)
