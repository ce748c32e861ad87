"""The HTTP surface of the API (qbo-api.md 2, 5), over a real socket."""

import json
from datetime import timedelta

import pytest
import requests

from qbo_simulator.clock import stamp


class Api:
    """An app with a token for the server's only company."""

    def __init__(self, server):
        self.server = server
        self.known = server.credentials()
        self.realm = self.known["realm_id"]
        self.http = requests.Session()
        self.http.headers["Authorization"] = f"Bearer {self.known['access_token']}"
        self.http.headers["Accept"] = "application/json"

    @property
    def engine(self):
        return self.server.simulator.engine

    def url(self, path):
        return f"{self.server.url}/v3/company/{self.realm}/{path}"

    def get(self, path, **parameters):
        return self.http.get(self.url(path), params=parameters)

    def post(self, path, body, **parameters):
        return self.http.post(self.url(path), json=body, params=parameters)

    def customer(self, name="Adam", **more):
        return self.post("customer", {"DisplayName": name, **more}).json()["Customer"]

    def count(self, entity):
        answer = self.get("query", query=f"SELECT COUNT(*) FROM {entity}")
        return answer.json()["QueryResponse"]["totalCount"]


@pytest.fixture
def api(empty_server):
    return Api(empty_server)


def fault(answer, status, code):
    assert answer.status_code == status, answer.text
    body = answer.json()
    error = body["Fault"]["Error"][0]
    assert error["code"] == code, body
    assert set(error) == {"Message", "Detail", "code", "element"} and body["time"]
    return error


def test_a_record_comes_wrapped_with_the_time(api):
    answer = api.post("customer", {"DisplayName": "Adam"}, minorversion=75)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json;charset=UTF-8"
    body = answer.json()
    assert set(body) == {"Customer", "time"}
    assert body["time"][-6:] in ("-08:00", "-07:00") and body["time"][-10] == "."
    created = body["Customer"]["MetaData"]["CreateTime"]
    assert created[-6:] in ("-08:00", "-07:00") and "." not in created
    read = api.get(f"customer/{body['Customer']['Id']}").json()["Customer"]
    assert read == body["Customer"]


def test_money_has_two_decimals_and_nothing_is_zero(api):
    text = api.post("customer", {"DisplayName": "Adam"}).text
    assert '"Balance":0,' in text
    opening = {"DisplayName": "Old", "Balance": 12.5, "OpenBalanceDate": "2026-01-01"}
    assert '"Balance":12.50,' in api.post("customer", opening).text


def test_faults_have_intuits_shape(api):
    error = fault(api.post("customer", {"Foo": 1}), 400, "2010")
    assert error["element"] == "Foo"
    assert error["Message"] == "Request has invalid or unsupported property"
    body = api.post("customer", {}).json()
    assert body["Fault"]["type"] == "ValidationFault"
    error = fault(api.get("customer/4711"), 400, "610")
    assert error["Message"] == "Object Not Found"
    fault(api.get("customer/abc"), 400, "2030")
    fault(api.get("customer"), 400, "2020")


def test_companyinfo_is_asked_for_by_realm_though_its_id_is_one(api):
    body = api.get(f"companyinfo/{api.realm}").json()["CompanyInfo"]
    assert body["Id"] == "1" and body["Country"] == "GB"
    fault(api.get("companyinfo/999"), 400, "610")
    rows = api.get("query", query="select * from CompanyInfo").json()
    assert rows["QueryResponse"]["CompanyInfo"][0]["CompanyName"] == body["CompanyName"]


def test_preferences_are_a_singleton_and_merge_group_by_group(api):
    body = api.get("preferences").json()["Preferences"]
    change = {
        "Id": body["Id"],
        "SyncToken": body["SyncToken"],
        "sparse": True,
        "SalesFormsPrefs": {"CustomTxnNumbers": True},
        "TaxPrefs": {"PartnerTaxEnabled": True},
    }
    changed = api.post("preferences", change).json()["Preferences"]
    assert changed["SalesFormsPrefs"]["CustomTxnNumbers"] is True
    assert changed["SalesFormsPrefs"]["AllowDiscount"] is True
    assert "PartnerTaxEnabled" not in changed["TaxPrefs"], "set up in QuickBooks only"


def test_queries_come_by_get_and_post(api):
    api.customer("Adam's & Co")
    statement = "SELECT * FROM Customer WHERE DisplayName = 'Adam\\'s & Co'"
    by_get = api.get("query", query=statement).json()
    by_post = api.http.post(
        api.url("query"), data=statement, headers={"Content-Type": "application/text"}
    ).json()
    assert by_get["QueryResponse"] == by_post["QueryResponse"]
    assert by_get["QueryResponse"]["maxResults"] == 1
    fault(api.get("query", query="SELECT"), 400, "4000")
    fault(api.get("query"), 400, "2020")


def test_a_body_with_an_id_is_an_update_whatever_was_meant(api):
    one = api.customer()
    fault(api.post("customer", {"Id": one["Id"], "DisplayName": "x"}), 400, "2020")
    key = {"Id": one["Id"], "SyncToken": "0"}
    done = api.post("customer", key | {"DisplayName": "x"}).json()["Customer"]
    assert done["DisplayName"] == "x" and done["SyncToken"] == "1"
    stale = api.post("customer", key | {"DisplayName": "y"}, operation="update")
    fault(stale, 400, "5010")


def test_what_is_not_there_is_said(api):
    fault(api.get("nonsense/1"), 400, "500")
    fault(api.post("customer", {"Id": "1"}, operation="explode"), 400, "500")
    fault(
        api.post("customer", {"Id": "1", "SyncToken": "0"}, operation="delete"),
        400,
        "500",
    )
    for method in ("PUT", "PATCH", "DELETE"):
        assert api.http.request(method, api.url("customer")).status_code == 405


@pytest.mark.parametrize(
    ("body", "kind", "code"),
    [
        (b"{", "application/json", "2010"),
        (b"[" * 5000, "application/json", "2010"),
        (b'{"DisplayName": NaN}', "application/json", "2010"),
        (b'["DisplayName"]', "application/json", "2010"),
        (b"<Customer/>", "application/xml", "1050"),
        (b'{"DisplayName": "\\ud800"}', "application/json", "2040"),
    ],
)
def test_bodies_nobody_can_read(api, body, kind, code):
    answer = api.http.post(
        api.url("customer"), data=body, headers={"Content-Type": kind}
    )
    fault(answer, 400, code)


def test_bytes_that_are_no_utf8_are_a_server_error(api):
    answer = api.http.post(
        api.url("customer"),
        data=b'{"DisplayName": "\xe9"}',
        headers={"Content-Type": "application/json"},
    )
    error = fault(answer, 500, "500")
    assert "MalformedByteSequenceException" in error["Detail"]


# -- representation ------------------------------------------------------------


def test_xml_is_the_default_when_nobody_asks_for_json(api):
    one = api.customer("A & B", BillAddr={"Line1": "1 High St"})
    path = api.url(f"customer/{one['Id']}")
    answer = api.http.get(path, headers={"Accept": "*/*"})
    assert answer.headers["content-type"].startswith("application/xml")
    assert '<Customer domain="QBO" sparse="false">' in answer.text
    assert "<DisplayName>A &amp; B</DisplayName>" in answer.text
    assert '<CurrencyRef name="British Pound Sterling">GBP</CurrencyRef>' in answer.text
    missing = api.http.get(api.url("customer/99"), headers={"Accept": "*/*"})
    assert '<Error code="610" element="">' in missing.text
    by_format = api.http.get(path, params={"format": "json"}, headers={"Accept": "*/*"})
    assert by_format.json()["Customer"]["Id"] == one["Id"]
    api.server.simulator.switches.set_many({"default_representation": "json"})
    assert api.http.get(path, headers={"Accept": "*/*"}).json()


def test_a_query_is_xml_too(api):
    api.customer()
    answer = api.http.get(
        api.url("query"),
        params={"query": "select * from Customer"},
        headers={"Accept": "application/xml"},
    )
    assert '<QueryResponse startPosition="1" maxResults="1"' in answer.text


# -- requestid ------------------------------------------------------------


def test_the_same_requestid_is_answered_again_without_acting(api):
    first = api.post("customer", {"DisplayName": "Once"}, requestid="r-1").json()
    again = api.post("customer", {"DisplayName": "Once"}, requestid="r-1").json()
    assert again["Customer"] == first["Customer"] and api.count("Customer") == 1
    other = api.post("customer", {"DisplayName": "Other"}, requestid="r-1").json()
    assert other["Customer"] == first["Customer"]
    api.server.simulator.switches.set_many({"requestid_other_body": "600"})
    fault(api.post("customer", {"DisplayName": "Other"}, requestid="r-1"), 400, "600")
    fault(api.post("customer", {"DisplayName": "x"}, requestid="r" * 51), 400, "2130")


def test_a_refused_call_leaves_its_requestid_free(api):
    fault(api.post("customer", {}, requestid="r-2"), 400, "6080")
    assert api.post("customer", {"DisplayName": "Now"}, requestid="r-2").ok


def test_requestids_are_forgotten_after_their_time(api):
    api.post("customer", {"DisplayName": "Once"}, requestid="r-3")
    api.server.simulator.clock.advance(31 * 86400)
    token = api.server.credentials()["access_token"]
    api.http.headers["Authorization"] = f"Bearer {token}"
    fault(api.post("customer", {"DisplayName": "Once"}, requestid="r-3"), 400, "6240")


# -- batch ------------------------------------------------------------


def test_a_batch_answers_item_by_item(api):
    items = [
        {"bId": "1", "operation": "create", "Customer": {"DisplayName": "One"}},
        {"bId": "2", "operation": "create", "Customer": {"DisplayName": "one"}},
        {"bId": "3", "Query": "SELECT * FROM Customer"},
        {"bId": "4", "operation": "create", "Spaceship": {}},
        {"bId": "5", "Customer": {"DisplayName": "Two"}},
    ]
    answer = api.post("batch", {"BatchItemRequest": items})
    assert answer.status_code == 200
    one, two, three, four, five = answer.json()["BatchItemResponse"]
    assert one["Customer"]["DisplayName"] == "One" and one["bId"] == "1"
    assert two["Fault"]["Error"][0]["code"] == "6240"
    assert two["Fault"]["type"] == "ValidationFault"
    assert len(three["QueryResponse"]["Customer"]) == 1
    assert four["Fault"]["Error"][0]["code"] == "2010"
    assert five["Customer"]["DisplayName"] == "Two", "no operation means create"


def test_a_batch_updates_deletes_voids_and_reads_changes(api):
    zero = api.post(
        "taxservice/taxcode",
        {
            "TaxCode": "New Z",
            "TaxRateDetails": [
                {
                    "TaxRateName": "New Z",
                    "RateValue": 0,
                    "TaxAgencyId": "1",
                    "TaxApplicableOn": "Sales",
                }
            ],
        },
    ).json()
    assert "time" not in zero
    one = api.customer()
    income = api.engine.create(
        api.realm, "Account", {"Name": "Our sales", "AccountType": "Income"}
    )
    item = api.engine.create(
        api.realm,
        "Item",
        {"Name": "H", "Type": "Service", "IncomeAccountRef": {"value": income["Id"]}},
    )
    line = {
        "Amount": 10,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {
            "ItemRef": {"value": item["Id"]},
            "TaxCodeRef": {"value": zero["TaxCodeId"]},
        },
    }
    invoice = {"CustomerRef": {"value": one["Id"]}, "Line": [line]}
    made = api.post("invoice", invoice).json()["Invoice"]
    payment = {
        "CustomerRef": {"value": one["Id"]},
        "TotalAmt": 4,
        "Line": [
            {"Amount": 4, "LinkedTxn": [{"TxnId": made["Id"], "TxnType": "Invoice"}]}
        ],
    }
    paid = api.post("payment", payment).json()["Payment"]
    key = {"Id": paid["Id"], "SyncToken": paid["SyncToken"], "sparse": True}
    since = stamp(api.server.simulator.clock.now() - timedelta(hours=1))
    items = [
        {"bId": "v", "operation": "update", "optionsData": "void", "Payment": key},
        {
            "bId": "d",
            "operation": "delete",
            "Invoice": {"Id": made["Id"], "SyncToken": "2"},
        },
        {
            "bId": "c",
            "CDCQuery": {"Entities": "Invoice,Payment", "ChangedSince": since},
        },
    ]
    void, deleted, changes = api.post("batch", {"BatchItemRequest": items}).json()[
        "BatchItemResponse"
    ]
    assert void["Payment"]["TotalAmt"] == 0
    assert deleted["Invoice"]["status"] == "Deleted"
    answers = changes["CDCResponse"][0]["QueryResponse"]
    assert answers[0]["Invoice"][0]["status"] == "Deleted"


def test_batches_that_are_none(api):
    error = fault(api.post("batch", {"BatchItemRequest": []}), 400, "400")
    assert (error["Message"], error["Detail"]) == (
        "MalformedRequest",
        "Batch Request is Empty",
    )
    item = {"bId": "1", "Query": "select * from Customer"}
    fault(api.post("batch", {"BatchItemRequest": [item] * 31}), 400, "1040")
    fault(api.post("batch", {"Items": []}), 400, "2010")


def test_a_repeated_batch_repeats_only_what_had_not_happened(api):
    good = {"bId": "1", "operation": "create", "Customer": {"DisplayName": "One"}}
    bad = {"bId": "2", "operation": "create", "Customer": {}}
    body = {"BatchItemRequest": [good, bad]}
    first = api.post("batch", body, requestid="b-1").json()["BatchItemResponse"]
    bad["Customer"] = {"DisplayName": "Two"}
    second = api.post("batch", body, requestid="b-1").json()["BatchItemResponse"]
    assert second[0] == first[0] and second[1]["Customer"]["DisplayName"] == "Two"
    assert api.count("Customer") == 2


# -- change data capture ------------------------------------------------------------


def changes(api, entities, since):
    return api.get("cdc", entities=entities, changedSince=since)


def test_changes_show_names_deactivated_and_transactions_deleted(api):
    since = stamp(api.server.simulator.clock.now() - timedelta(minutes=1))
    one = api.customer()
    key = {"Id": one["Id"], "SyncToken": "0", "sparse": True, "Active": False}
    api.post("customer", key)
    answer = changes(api, "Customer,Invoice", since).json()
    customers, invoices = answer["CDCResponse"][0]["QueryResponse"]
    assert customers["Customer"][0]["Active"] is False
    assert (customers["startPosition"], customers["maxResults"]) == (1, 1)
    assert invoices == {}


def test_a_purged_name_is_a_deleted_stub(api):
    since = stamp(api.server.simulator.clock.now() - timedelta(minutes=1))
    one = api.customer()
    api.engine.purge(api.realm, "Customer", one["Id"], actor="Priya Shah")
    answer = changes(api, "customer", since).json()
    stub = answer["CDCResponse"][0]["QueryResponse"][0]["Customer"][0]
    assert stub == {
        "domain": "QBO",
        "status": "Deleted",
        "Id": one["Id"],
        "MetaData": stub["MetaData"],
    }
    assert set(stub["MetaData"]) == {"LastUpdatedTime"}
    fault(api.get(f"customer/{one['Id']}"), 400, "610")


def test_changes_go_back_thirty_days_and_leave_tax_codes_out(api):
    clock = api.server.simulator.clock
    old = stamp(clock.now() - timedelta(days=31))
    fault(changes(api, "Customer", old), 400, "500")
    recent = stamp(clock.now() - timedelta(days=29))
    assert changes(api, "Customer", recent).ok
    fault(changes(api, "TaxCode", recent), 400, "500")
    fault(changes(api, "Spaceship", recent), 400, "2000")
    fault(changes(api, "", recent), 400, "2020")
    fault(changes(api, "Customer", "yesterday"), 400, "2060")


def test_a_thousand_objects_are_shared_by_all_entities(api):
    since = stamp(api.server.simulator.clock.now() - timedelta(minutes=1))
    bodies = [{"DisplayName": f"C{number}"} for number in range(999)]
    api.engine.bulk_create(api.realm, "Customer", bodies)
    for name in ("A", "B", "C"):
        api.post("term", {"Name": name, "DueDays": 1})
    answer = changes(api, "Customer,Term", since).json()
    customers, terms = answer["CDCResponse"][0]["QueryResponse"]
    assert len(customers["Customer"]) == 999 and len(terms["Term"]) == 1


def test_json_numbers_never_pass_through_a_float(api):
    body = b'{"Name": "p", "DueDays": 10, "DiscountPercent": 0.1234567891}'
    answer = api.http.post(
        api.url("term"), data=body, headers={"Content-Type": "application/json"}
    )
    assert '"DiscountPercent":0.1234567891' in answer.text
    assert json.loads(answer.text)["Term"]["Type"] == "STANDARD"
