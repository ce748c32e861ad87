"""Uploads, downloads, PDF and e-mail over HTTP (qbo-api.md 2.2, 2.7)."""

import base64
import json
import os

import pytest
import requests
from test_sim_api import Api, fault


@pytest.fixture
def api(empty_server):
    return Api(empty_server)


def sale(api, **more):
    customer = api.customer()
    account = api.engine.create(
        api.realm, "Account", {"Name": "Our sales", "AccountType": "Income"}
    )
    item = {
        "Name": "H",
        "Type": "Service",
        "IncomeAccountRef": {"value": account["Id"]},
    }
    item = api.engine.create(api.realm, "Item", item)
    line = {
        "Amount": 10,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": item["Id"]}},
    }
    body = {
        "CustomerRef": {"value": customer["Id"]},
        "Line": [line],
        "GlobalTaxCalculation": "NotApplicable",
        **more,
    }
    return api.post("invoice", body).json()["Invoice"]


def upload(api, content, name="file_{}_01", encode=False, line_end="\r\n"):
    """Post a file the way clients do: raw or base64, with either line end."""
    metadata = json.dumps({"Note": "scan", "AttachableRef": []})
    parts = [
        (name.format("metadata"), "application/json", metadata.encode(), ""),
        (name.format("content"), "image/png", content, '; filename="scan.png"'),
    ]
    body = b""
    for key, kind, payload, extra in parts:
        head = f'--b1{line_end}Content-Disposition: form-data; name="{key}"{extra}'
        head += f"{line_end}Content-Type: {kind}{line_end}"
        if encode and payload is content:
            head += f"Content-Transfer-Encoding: base64{line_end}"
            payload = base64.b64encode(content)
        body += head.encode() + line_end.encode() + payload + line_end.encode()
    body += f"--b1--{line_end}".encode()
    kind = "multipart/form-data; boundary=b1"
    return api.http.post(api.url("upload"), data=body, headers={"Content-Type": kind})


@pytest.mark.parametrize("name", ["file_{}_01", "file_{}_0"])
@pytest.mark.parametrize("encode", [False, True])
@pytest.mark.parametrize("line_end", ["\r\n", "\n"])
def test_a_file_comes_back_byte_for_byte(api, name, encode, line_end):
    content = os.urandom(3000) + b"\r\n\r\n--b\n\x00"
    answer = upload(api, content, name, encode, line_end).json()
    kept = answer["AttachableResponse"][0]["Attachable"]
    assert kept["Size"] == len(content) and kept["ContentType"] == "image/png"
    assert kept["FileName"] == "scan.png" and len(kept["Id"]) > 15
    assert kept["FileAccessUri"] == f"/v3/company/{api.realm}/download/{kept['Id']}"
    assert requests.get(kept["TempDownloadUri"]).content == content
    link = api.get(f"download/{kept['Id']}").text
    assert requests.get(link).content == content


def test_a_download_address_expires_and_cannot_be_forged(api):
    kept = upload(api, b"x").json()["AttachableResponse"][0]["Attachable"]
    link = kept["TempDownloadUri"]
    assert requests.get(link[:-1] + "0").status_code == 403 or link.endswith("0")
    api.server.simulator.clock.advance(16 * 60)
    assert requests.get(link).status_code == 403
    fresh = api.get(f"attachable/{kept['Id']}").json()["Attachable"]
    assert requests.get(fresh["TempDownloadUri"]).content == b"x"
    key = {"Id": kept["Id"], "SyncToken": kept["SyncToken"]}
    assert api.post("attachable", key, operation="delete").ok
    assert requests.get(fresh["TempDownloadUri"]).content == b""


def test_uploads_that_are_none(api):
    fault(api.post("upload", {}), 400, "1050")
    answer = api.http.post(
        api.url("upload"),
        data=b"--b1--",
        headers={"Content-Type": "multipart/form-data; boundary=b1"},
    )
    fault(answer, 400, "6041")


def test_a_note_needs_no_file(api):
    note = api.post("attachable", {"Note": "call back"}).json()["Attachable"]
    assert note["Note"] == "call back" and "FileAccessUri" not in note
    fault(api.post("attachable", {}), 400, "2020")


def test_a_document_prints_as_pdf(api):
    invoice = sale(api)
    answer = api.get(f"invoice/{invoice['Id']}/pdf")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    fault(api.get("customer/1/pdf"), 400, "500")


def test_sending_marks_the_document(api):
    invoice = sale(api)
    path = f"invoice/{invoice['Id']}/send"
    headers = {"Content-Type": "application/octet-stream"}
    fault(api.http.post(api.url(path), headers=headers), 400, "6420")
    wrong = {"sendTo": "nobody"}
    fault(api.http.post(api.url(path), headers=headers, params=wrong), 400, "2210")
    right = {"sendTo": "a@b.co"}
    sent = api.http.post(api.url(path), headers=headers, params=right).json()["Invoice"]
    assert (
        sent["EmailStatus"] == "EmailSent" and sent["BillEmail"]["Address"] == "a@b.co"
    )
    assert sent["DeliveryInfo"]["DeliveryType"] == "Email"
    assert sent["SyncToken"] == "1"


def test_the_payment_link_comes_only_when_asked_for(api):
    online = {"AllowOnlineCreditCardPayment": True, "BillEmail": {"Address": "a@b.co"}}
    invoice = sale(api, **online)
    assert "InvoiceLink" not in invoice
    path = f"invoice/{invoice['Id']}"
    shown = api.get(path, include="invoiceLink").json()["Invoice"]
    assert shown["InvoiceLink"].startswith("https://")
    assert "InvoiceLink" not in api.get(path).json()["Invoice"]
