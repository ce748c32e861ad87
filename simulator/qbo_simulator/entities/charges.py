"""ReimburseCharges: what billable expenses are to the customers who bear them."""

from collections.abc import Iterator
from typing import Any

from qbo_simulator.company import Company, Record
from qbo_simulator.entities.base import Body
from qbo_simulator.errors import ServiceFault


def follow_expense(company: Company, expense: Record) -> None:
    """Make, change or drop the charges of a bill or expense as its lines have it."""
    known = {
        one.body["LinkedTxn"][0].get("TxnLineId"): one
        for one in charges_of(company, expense)
    }
    for line, detail in _billable(expense.body):
        charge = known.pop(line["Id"], None)
        body = _charge(expense, line, detail)
        if charge is None:
            company.insert("ReimburseCharge", body)
        elif charge.body["Amount"] != body["Amount"]:
            company.save(charge, {**charge.body, **body})
    for charge in known.values():
        if not charge.body.get("HasBeenInvoiced"):
            company.remove(charge)


def drop_charges(company: Company, expense: Record) -> None:
    """Drop an expense's charges. Raises 6280 when one has been invoiced."""
    charges = charges_of(company, expense)
    if any(one.body.get("HasBeenInvoiced") for one in charges):
        detail = "The expense has been billed to a customer and cannot be deleted."
        raise ServiceFault("6280", detail=detail)
    for one in charges:
        company.remove(one)


def charges_of(company: Company, expense: Record) -> list[Record]:
    """Return the charges that came from a bill or expense."""
    return company.search(
        "ReimburseCharge",
        "json_extract(body, '$.LinkedTxn[0].TxnType') = ?"
        " AND json_extract(body, '$.LinkedTxn[0].TxnId') = ?",
        expense.entity,
        expense.id,
    )


def _billable(body: Body) -> Iterator[tuple[Body, dict[str, Any]]]:
    for line in body["Line"]:
        detail = line.get(line["DetailType"], {})
        if detail.get("BillableStatus") in ("Billable", "HasBeenBilled"):
            yield line, detail


def _charge(expense: Record, line: Body, detail: dict[str, Any]) -> Body:
    link = {"TxnId": expense.id, "TxnType": expense.entity, "TxnLineId": line["Id"]}
    kept = {"Amount": line["Amount"], "DetailType": "ReimburseLineDetail"}
    if line.get("Description"):
        kept["Description"] = line["Description"]
    inner = {
        key: detail[key] for key in ("ItemRef", "Qty", "UnitPrice") if key in detail
    }
    return {
        "CustomerRef": detail["CustomerRef"],
        "HasBeenInvoiced": detail["BillableStatus"] == "HasBeenBilled",
        "Amount": line["Amount"],
        "TxnDate": expense.body["TxnDate"],
        "CurrencyRef": expense.body["CurrencyRef"],
        "LinkedTxn": [link],
        "Line": [{"Id": "1", "LineNum": 1, **kept, "ReimburseLineDetail": inner}],
    }
