"""Reading and writing records, over HTTP against the simulator."""

from decimal import Decimal

import pytest
from qbo_sim import display_name_is
from qbo_wire import http

from qbo import statements, uploads
from qbo.client import (
    new_requestid,
)
from qbo.errors import (
    DuplicateDocNumberError,
    DuplicateNameError,
    FaultError,
    ObjectNotFoundError,
    QueryFaultError,
    StaleObjectError,
    TransportError,
    UnexpectedAnswerError,
    ValidationFaultError,
)
from qbo.results import BatchItem

# === READING === #


def test_company_and_preferences(client, credentials):
    # By the realm: its own Id is another.
    company = client.read("CompanyInfo", client.realm_id)
    assert company["CompanyName"] == credentials["company_name"]
    [preferences] = client.query("SELECT * FROM Preferences")
    assert preferences["CurrencyPrefs"]["HomeCurrency"]["value"] == "GBP"


def test_every_call_asks_for_json_and_minor_version_75(sim, client, customer):
    client.read("Customer", customer["Id"])
    client.batch([BatchItem("1", query="SELECT * FROM Item MAXRESULTS 1")])
    asked = [r for r in sim.get("/stats")["requests"] if r["realm"]]
    assert len(asked) == 3
    assert all("minorversion=75" in request["query"] for request in asked)


def test_headers_of_reads_and_writes(wire, wire_client):
    wire.play(http(body=b'{"Item":{"Id":"2"}}'), http(body=b'{"Item":{"Id":"2"}}'))
    wire_client.read("Item", "1/../2")
    wire_client.create("Item", {"Name": "Söhne"}, requestid="r-1", include="x")
    read, written = wire.requests
    assert read.line == "GET /v3/company/9130/item/1%2F..%2F2?minorversion=75 HTTP/1.1"
    assert read.headers["accept"] == "application/json"
    assert "content-type" not in read.headers
    assert written.headers["content-type"] == "application/json"
    assert written.headers["authorization"] == "Bearer old"
    assert "requestid=r-1" in written.line
    assert "include=x" in written.line
    assert written.body == b'{"Name":"S\\u00f6hne"}'


def test_all_pages_of_2500_customers_are_read_once_each(sim, large, records):
    pages = list(large.pages("Customer", "Active IN (true, false)"))
    ids = [int(row["Id"]) for page in pages for row in page]
    assert [(page.start, len(page)) for page in pages] == [
        (1, 1000),
        (1001, 1000),
        (2001, 500),
    ]
    assert ids == sorted(set(ids))
    assert large.count("Customer", "Active IN (true, false)") == 2500
    assert sim.get("/stats")["calls"] == {"query Customer": 4}
    assert sim.get("/stats")["metered"] == sum(record.metered for record in records)


def test_reading_goes_on_where_it_ended(large):
    pages = list(large.pages("Customer", start=2001, page_size=250))
    assert [page.start for page in pages] == [2001, 2251, 2501]
    assert [len(page) for page in pages] == [250, 250, 0]


def test_page_tells_the_services_own_time(client):
    page = client.query("SELECT * FROM Item MAXRESULTS 1")
    assert page.time.tzinfo is not None
    assert len(page.rows) == 1


def test_nothing_found_is_an_empty_page(client):
    page = client.query("SELECT * FROM Customer WHERE DisplayName = 'nobody'")
    assert (list(page), page.start) == ([], 1)


@pytest.mark.parametrize(
    "name", ["O'Neil & Söhne", "100% + more #1", "Back\\slash", "It's \\'quoted\\'"]
)
def test_any_name_is_found_again(client, name):
    created = client.create("Customer", {"DisplayName": name})
    assert created["DisplayName"] == name
    (found,) = client.query(statements.select("Customer", display_name_is(name)))
    assert found["Id"] == created["Id"]
    (found,) = client.query_batch(
        {"x": statements.select("Customer", display_name_is(name))}
    )["x"]
    assert found["Id"] == created["Id"]


def test_long_statement_goes_in_the_body(sim, client, customer):
    names = [f"nobody & {n} Söhne" for n in range(200)]
    where = statements.condition("DisplayName", "IN", [*names, customer["DisplayName"]])
    (found,) = client.query(statements.select("Customer", where))
    assert found["Id"] == customer["Id"]
    last = sim.get("/stats")["requests"][-1]
    assert (last["method"], last["label"]) == ("POST", "query Customer")


def test_mistake_in_a_statement_is_a_query_fault(client):
    with pytest.raises(QueryFaultError) as caught:
        client.query("SELECT * FROM Customer WHERE Nonsense = '1'")
    assert caught.value.code == "4001"


def test_several_queries_in_one_call(sim, client):
    answers = client.query_batch(
        {
            "items": "SELECT * FROM Item MAXRESULTS 5",
            "codes": "SELECT * FROM TaxCode",
            "none": "SELECT * FROM Customer WHERE DisplayName = 'nobody'",
            "count": "SELECT COUNT(*) FROM Customer",
        }
    )
    assert len(answers["items"]) == 5
    assert len(answers["codes"]) > 3
    assert answers["none"].rows == []
    assert answers["count"].total_count > 10
    assert answers["items"].time is not None
    assert sim.get("/stats")["calls"] == {"batch": 1}


def test_one_bad_query_of_several_is_an_error(client):
    with pytest.raises(QueryFaultError):
        client.query_batch({"a": "SELECT * FROM Item", "b": "SELECT * FROM Nothing"})


# === WRITING === #


def test_amounts_come_back_to_the_last_digit(client, invoice_body):
    created = client.create("Invoice", invoice_body)
    read = client.read("Invoice", created["Id"])
    assert read["Line"][0]["Amount"] == Decimal("1861.08")
    assert read["Line"][0]["SalesItemLineDetail"]["UnitPrice"] == Decimal("1861.08")
    # 20 % of 1861.08 is 372.216.
    assert read["TxnTaxDetail"]["TotalTax"] == Decimal("372.22")
    assert read["TotalAmt"] == Decimal("2233.30")


def test_amount_half_a_cent_off_is_refused(client, invoice_body):
    line = invoice_body["Line"][0]
    line["SalesItemLineDetail"]["UnitPrice"] = Decimal("1861.075")
    client.create("Invoice", invoice_body)
    line["Amount"] = Decimal("1861.07")
    with pytest.raises(FaultError) as caught:
        client.create("Invoice", invoice_body)
    assert caught.value.code == "6070"


def test_sparse_update_leaves_the_rest(client, customer):
    key = {"Id": customer["Id"], "SyncToken": customer["SyncToken"]}
    first = client.update("Customer", {**key, "Notes": "kept"}, sparse=True)
    key["SyncToken"] = first["SyncToken"]
    second = client.update("Customer", {**key, "CompanyName": "Söhne"}, sparse=True)
    assert (second["Notes"], second["CompanyName"]) == ("kept", "Söhne")


def test_full_update_empties_what_is_not_sent(client, customer):
    key = {"Id": customer["Id"], "SyncToken": customer["SyncToken"]}
    first = client.update("Customer", {**key, "Notes": "gone"}, sparse=True)
    body = {
        "Id": customer["Id"],
        "SyncToken": first["SyncToken"],
        "DisplayName": customer["DisplayName"],
    }
    assert "Notes" not in client.update("Customer", body)


def test_old_sync_token_is_stale(client, customer):
    body = {"Id": customer["Id"], "SyncToken": customer["SyncToken"], "Notes": "a"}
    client.update("Customer", body, sparse=True)
    with pytest.raises(StaleObjectError):
        client.update("Customer", body, sparse=True)


def test_name_that_is_taken(client, customer):
    with pytest.raises(DuplicateNameError):
        client.create("Customer", {"DisplayName": customer["DisplayName"]})


def test_document_number_that_is_taken(client, invoice_body):
    body = {**invoice_body, "DocNumber": f"D{new_requestid()[:18]}"}
    client.create("Invoice", body)
    with pytest.raises(DuplicateDocNumberError):
        client.create("Invoice", body)
    again = client.create("Invoice", body, include="allowduplicatedocnum")
    assert again["DocNumber"] == body["DocNumber"]


def test_unknown_field_is_refused(client):
    with pytest.raises(ValidationFaultError) as caught:
        client.create("Customer", {"DisplayName": "x", "displayname": "y"})
    assert caught.value.code == "2010"


def test_voided_invoice_and_payment_stay_with_zero(client, customer, invoice_body):
    invoice = client.create("Invoice", invoice_body)
    voided = client.void("Invoice", invoice["Id"], invoice["SyncToken"])
    assert (voided["TotalAmt"], voided["Balance"]) == (0, 0)
    body = {"CustomerRef": {"value": customer["Id"]}, "TotalAmt": Decimal("10.10")}
    payment = client.create("Payment", body)
    voided = client.void("Payment", payment["Id"], payment["SyncToken"])
    assert (voided["Id"], voided["TotalAmt"]) == (payment["Id"], 0)


def test_deleted_invoice_is_gone_and_deleting_it_again_says_so(client, invoice_body):
    invoice = client.create("Invoice", invoice_body)
    gone = client.delete("Invoice", invoice["Id"], invoice["SyncToken"])
    assert (gone["Id"], gone["status"]) == (invoice["Id"], "Deleted")
    with pytest.raises(ObjectNotFoundError):
        client.read("Invoice", invoice["Id"])
    with pytest.raises(ObjectNotFoundError):
        client.delete("Invoice", invoice["Id"], invoice["SyncToken"])


def test_float_is_refused_before_anything_is_sent(sim, client):
    with pytest.raises(TypeError):
        client.create("Payment", {"TotalAmt": 0.1})
    assert sim.get("/stats")["total"] == 0


@pytest.mark.parametrize("entity", ["Invoice/1", "../Customer", ""])
def test_entity_that_is_no_name_is_refused(client, entity):
    with pytest.raises(ValueError):
        client.read(entity, "1")


def test_a_count_that_is_none_and_a_report_that_has_no_name(wire, wire_client):
    wire.play(http(body=b'{"QueryResponse":{}}'))
    with pytest.raises(UnexpectedAnswerError, match="no count"):
        wire_client.count("Customer")
    with pytest.raises(ValueError, match="Not the name of a report"):
        wire_client.report("../company")
    assert len(wire.requests) == 1


def test_a_report_comes_as_quickbooks_lays_it_out(client):
    report = client.report("AgedReceivables", report_date="2026-11-20")
    assert report["Header"]["ReportName"] == "AgedReceivables"
    assert report["Columns"]["Column"]


def test_a_file_is_attached_and_never_sent_twice(sim, client, customer):
    metadata = uploads.metadata(
        "Customer", customer["Id"], "terms.pdf", "application/pdf", "T 1"
    )
    kept = client.upload(metadata, b"%PDF-1.7 terms", requestid="up-1")
    assert kept["FileName"] == "terms.pdf"
    sim.fault("drop_after", "upload")
    with pytest.raises(TransportError):
        client.upload(metadata, b"%PDF-1.7 terms", requestid="up-2")
    assert sim.get("/stats")["calls"]["upload"] == 2


def test_an_answer_that_is_no_object_is_told(wire, wire_client):
    wire.play(http(body=b"[1]"))
    with pytest.raises(UnexpectedAnswerError, match="no object"):
        wire_client.read("Item", "1")
