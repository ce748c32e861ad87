"""An independent client accepts the simulator: the public library python-quickbooks."""

import os

import pytest
from intuitlib.client import AuthClient
from quickbooks import QuickBooks
from quickbooks.batch import batch_create, batch_delete
from quickbooks.cdc import change_data_capture
from quickbooks.exceptions import ObjectNotFoundException, ValidationException
from quickbooks.objects import (
    Attachable,
    CompanyInfo,
    CreditMemo,
    Customer,
    Invoice,
    Item,
    Payment,
    Preferences,
    SalesItemLine,
    SalesItemLineDetail,
    TaxCode,
    Term,
)
from quickbooks.objects.base import AttachableRef

from qbo_simulator.server import SimulatorServer


@pytest.fixture(scope="module")
def american():
    with SimulatorServer("us") as running:
        yield running


@pytest.fixture(scope="module")
def client(american):
    os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
    keys = american.credentials()
    auth = AuthClient(
        keys["client_id"],
        keys["client_secret"],
        "http://localhost:8000/callback",
        keys["discovery_url"],
    )
    auth.environment = "sandbox"
    client = QuickBooks(
        auth_client=auth,
        refresh_token=keys["refresh_token"],
        company_id=keys["realm_id"],
        minorversion=75,
        use_decimal=True,
    )
    client.sandbox_api_url_v3 = american.url + "/v3"
    client.sandbox = True
    return client


def line(client, amount=100):
    made = SalesItemLine()
    made.Amount = amount
    made.SalesItemLineDetail = SalesItemLineDetail()
    services = Item.filter(Type="Service", max_results=1, qb=client)
    made.SalesItemLineDetail.ItemRef = services[0].to_ref()
    return made


def document(kind, client, customer):
    made = kind()
    made.CustomerRef = customer.to_ref()
    made.Line.append(line(client))
    return made.save(qb=client)


def customer(client, name):
    made = Customer()
    made.DisplayName = name
    return made.save(qb=client)


def test_company_and_preferences(client):
    companies = CompanyInfo.all(qb=client)
    assert companies[0].Country == "US"
    assert Preferences.get(qb=client).CurrencyPrefs.HomeCurrency.value == "USD"


def test_lists_are_read_by_query(client):
    assert Customer.count(qb=client) > 20
    names = [one.DisplayName for one in Customer.all(max_results=5, qb=client)]
    assert len(names) == 5
    chosen = Customer.choose(names, field="DisplayName", qb=client)
    assert {one.DisplayName for one in chosen} == set(names)
    assert TaxCode.get("TAX", qb=client).Name == "TAX"
    assert Item.all(order_by="Name", max_results=3, qb=client)


def test_a_customer_lives(client):
    made = customer(client, "O'Hara & Søn")
    found = Customer.filter(DisplayName="O'Hara & Søn", qb=client)
    assert [one.Id for one in found] == [made.Id]
    made.Notes = "new"
    assert made.save(qb=client).SyncToken == "1"
    with pytest.raises(ValidationException):
        Term().save(qb=client)


def test_documents_are_made_paid_voided_and_deleted(client):
    buyer = customer(client, "Buyer of documents")
    invoice = document(Invoice, client, buyer)
    payment = Payment()
    payment.CustomerRef = buyer.to_ref()
    payment.TotalAmt = 40
    payment = payment.save(qb=client)
    assert payment.UnappliedAmt == 40
    credit = document(CreditMemo, client, buyer)
    assert Customer.get(buyer.Id, qb=client).Balance == -40
    credit.delete(qb=client)
    with pytest.raises(ObjectNotFoundException):
        CreditMemo.get(credit.Id, qb=client)
    Invoice.get(invoice.Id, qb=client).void(qb=client)
    assert Invoice.get(invoice.Id, qb=client).TotalAmt == 0
    assert invoice.download_pdf(qb=client).startswith(b"%PDF")


def test_the_same_request_id_is_not_executed_twice(client):
    buyer = customer(client, "Twice")
    invoice = Invoice()
    invoice.CustomerRef = buyer.to_ref()
    invoice.Line.append(line(client))
    first = invoice.save(qb=client, request_id="same-one")
    invoice.Id = None
    assert invoice.save(qb=client, request_id="same-one").Id == first.Id


def test_batches_and_changes(client):
    people = []
    for number in range(31):
        one = Customer()
        one.DisplayName = f"Batch {number}"
        people.append(one)
    results = batch_create(people, qb=client)
    assert len(results.successes) == 31 and not results.faults
    buyer = results.successes[0]
    invoice = document(Invoice, client, buyer)
    gone = batch_delete([Invoice.get(invoice.Id, qb=client)], qb=client)
    assert not gone.faults
    since = buyer.MetaData["CreateTime"]
    changed = change_data_capture([Invoice, Customer], since, qb=client)
    assert len(changed.Customer) >= 31
    statuses = [getattr(one, "status", "") for one in changed.Invoice]
    assert "Deleted" in statuses


def test_files(client):
    made = Attachable()
    link = AttachableRef()
    link.EntityRef = Customer.all(max_results=1, qb=client)[0].to_ref()
    made.AttachableRef.append(link)
    made.FileName = "note.txt"
    made.ContentType = "text/plain"
    made._FileBytes = b"File contents in bytes"
    made.save(qb=client)
    kept = Attachable.get(made.Id, qb=client)
    assert kept.Size == 22 and kept.FileName == "note.txt"
