"""Fields of other addons: sent, compared, followed and emptied like ours."""

from dataclasses import replace
from decimal import Decimal

import pytest
from qbo_papers import STANDARD, UK, header, item, paper, tax

from qbo import document_added
from qbo.document_versions import changes, version
from qbo.documents import build, compare, holds, totals, update_of

D = Decimal
SHELVES = {"DefinitionId": "1", "Type": "StringType", "StringValue": "Shelf 9"}


def document(header_fields=None, line_fields=None):
    line = item("40", STANDARD, added=line_fields or {})
    taxes = (tax(STANDARD, "40", "8", "20"),)
    return paper(line, taxes=taxes, added=header_fields or {})


def answer(body):
    """Return what QuickBooks holds of a body, with names and a field of its own."""
    held = {**body, "TotalAmt": D(48), "TrackingNum": body.get("TrackingNum", "")}
    held["TxnTaxDetail"] = {**body.get("TxnTaxDetail", {}), "TotalTax": D(8)}
    held["CustomField"] = [
        {**one, "Name": "Shelf"} for one in body.get("CustomField", ())
    ] + [{"DefinitionId": "2", "Name": "Crew", "Type": "StringType"}]
    if "DepartmentRef" in body:
        held["DepartmentRef"] = {**body["DepartmentRef"], "name": "North"}
    return held


ADDED = {
    "DepartmentRef": {"value": "3"},
    "TrackingNum": "GB 12",
    "CustomField": [SHELVES],
}


def test_they_stand_beside_ours_and_what_is_empty_is_left_out():
    empty = {"ClassRef": {"value": ""}, "TrackingNum": "", "CustomField": []}
    body = build(document(ADDED, {"ClassRef": {"value": "7"}}), UK)
    assert {name: body[name] for name in ADDED} == ADDED
    assert body["Line"][0]["SalesItemLineDetail"]["ClassRef"] == {"value": "7"}
    assert build(document(empty, empty), UK) == build(document(), UK)


def test_ours_can_not_be_replaced():
    for added in ({"CustomerRef": {"value": "1"}}, {"Line": []}):
        with pytest.raises(ValueError, match=next(iter(added))):
            build(document(added), UK)
    with pytest.raises(ValueError, match="ItemRef"):
        build(document(None, {"ItemRef": {"value": "1"}}), UK)


def test_every_field_that_build_writes_is_known_as_ours():
    texts = {name: "x" for name in ("reference", "private_note", "customer_memo")}
    whole = replace(
        paper(item("40", STANDARD), taxes=(tax(STANDARD, "40", "8", "20"),)),
        header=header(
            currency="EUR", exchange_rate=D("0.85"), bill_email="a@b.example", **texts
        ),
    )
    body = build(whole, UK)
    assert document_added.added_to(body) == {}
    assert document_added.added_to_lines(body) == []


@pytest.mark.parametrize(
    ("there", "told"),
    [
        ({"DepartmentRef": {"value": "4"}}, ("DepartmentRef", "3", "4")),
        ({"DepartmentRef": None}, ("DepartmentRef", "3", "")),
        ({"TrackingNum": "GB 13"}, ("TrackingNum", "GB 12", "GB 13")),
    ],
)
def test_what_quickbooks_holds_otherwise_is_told(there, told):
    paper_ = document(ADDED)
    body = build(paper_, UK)
    assert compare(body, totals(paper_), answer(body)) == ()
    assert holds(body, totals(paper_), answer(body))
    [found] = compare(body, totals(paper_), {**answer(body), **there})
    assert (found.field, found.odoo, found.quickbooks) == told


def test_a_custom_field_and_a_lines_class_are_compared_too():
    paper_ = document(ADDED, {"ClassRef": {"value": "7"}})
    body = build(paper_, UK)
    held = answer(build(document(ADDED), UK))
    held["CustomField"] = [{**SHELVES, "StringValue": "Shelf 1"}]
    fields = [(one.field, one.line) for one in compare(body, totals(paper_), held)]
    assert fields == [("CustomField", None), ("ClassRef", 1)]


def test_only_what_was_added_is_followed():
    body = build(document(ADDED, {"ClassRef": {"value": "7"}}), UK)
    plain = build(document(), UK)
    edited = {**answer(body), "DepartmentRef": {"value": "4"}, "TrackingNum": "new"}
    lines = [{**body["Line"][0], "SalesItemLineDetail": {"ItemRef": {"value": "19"}}}]
    assert version(edited) == version(answer(body)), "of no concern without an addon"
    assert version(edited, plain) == version(answer(plain), plain)
    before, after = version(answer(body), body), version(edited, body)
    assert [change.field for change in changes(before, after)] == [
        "DepartmentRef",
        "TrackingNum",
    ]
    after = version({**answer(body), "Line": lines}, body)
    assert "Line 1 ClassRef" in [change.field for change in changes(before, after)]


def test_an_update_empties_what_is_no_longer_there():
    before = build(document(ADDED), UK)
    after = build(document({"TrackingNum": "GB 13"}), UK)
    body = update_of(after, "145", "2", before)
    assert body["DepartmentRef"] == {"value": ""}
    assert body["TrackingNum"] == "GB 13"
    assert "CustomField" not in body, "nobody can empty what has a shape of its own"
    assert "DepartmentRef" not in update_of(after, "145", "2")


def test_of_a_document_that_came_from_quickbooks_only_ours_is_followed():
    record = {**answer(build(document(ADDED), UK)), "Balance": D(48), "Id": "9"}
    ours = document_added.only_ours(record)
    assert document_added.added_to(ours) == {}
    assert ours["Line"] == build(document(), UK)["Line"]


def test_values_are_compared_by_what_they_say():
    told = document_added.told
    assert told({"value": "3", "name": "North"}) == told({"value": "3"}) == "3"
    assert told(D("1.50")) == told(D("1.5")) == "1.5"
    assert told(True) == "true"
    assert told(None) == told("") == told([]) == ""
    assert told([{"Name": "Shelf", "StringValue": "9"}]) == '[{"StringValue": "9"}]'


def test_a_price_and_a_text_that_were_changed_there_are_told():
    body = build(document(), UK)
    detail = {**body["Line"][0]["SalesItemLineDetail"], "UnitPrice": D("45.00")}
    line = {**body["Line"][0], "Description": "Fork", "SalesItemLineDetail": detail}
    told = {
        change.field: (change.before, change.after)
        for change in changes(version(body), version({**body, "Line": [line]}))
    }
    assert told == {
        "Line 1 Description": ("Spade", "Fork"),
        "Line 1 UnitPrice": ("40", "45"),
    }


def test_lines_of_text_are_ours_as_they_are():
    text = {"DetailType": "DescriptionOnly", "Description": "Thank you"}
    assert document_added.only_ours({"Line": [text]}) == {"Line": [text]}
