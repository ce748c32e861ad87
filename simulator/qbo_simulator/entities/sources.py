"""What an invoice is made from: estimates, hours, and expenses charged on.

An invoice names its sources in LinkedTxn, its own or its lines'. A source knows that it
has been invoiced, and is free again when the invoice goes (qbo-api.md 4.7).
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from qbo_simulator.company import Company, Record
from qbo_simulator.entities.base import Body
from qbo_simulator.entities.references import missing
from qbo_simulator.errors import ServiceFault

SOURCES = ("Estimate", "ReimburseCharge", "TimeActivity")
Source = tuple[str, str]


def named_sources(body: Mapping[str, Any]) -> set[Source]:
    """Return the sources that a sale's body names."""
    links = [*body.get("LinkedTxn", []), *_line_links(body)]
    return {
        (one["TxnType"], str(one.get("TxnId", "")))
        for one in links
        if one.get("TxnType") in SOURCES
    }


def _line_links(body: Mapping[str, Any]) -> Iterator[Body]:
    for line in body.get("Line", []):
        yield from line.get("LinkedTxn", [])


def check_sources(company: Company, new: Body, old: Mapping[str, Any] | None) -> None:
    """Refuse sources that are not there (2500), taken, or another customer's (620)."""
    before = named_sources(old) if old else set()
    for kind, record_id in sorted(named_sources(new) - before):
        source = company.find(kind, record_id) if record_id.isdigit() else None
        if source is None:
            raise missing(kind, record_id)
        owner = source.body.get("CustomerRef", {}).get("value")
        if owner != new.get("CustomerRef", {}).get("value"):
            detail = f"{kind} {record_id} belongs to another customer."
            raise ServiceFault("620", "LinkedTxn", detail)
        if _is_taken(source):
            detail = f"{kind} {record_id} has been invoiced already."
            raise ServiceFault("620", "LinkedTxn", detail)


def _is_taken(source: Record) -> bool:
    if source.entity == "TimeActivity":
        return source.body.get("BillableStatus") != "Billable"
    if source.entity == "ReimburseCharge":
        return bool(source.body.get("HasBeenInvoiced"))
    return source.body.get("TxnStatus") in ("Closed", "Rejected")


def take_sources(
    company: Company, record: Record, old: Mapping[str, Any] | None
) -> None:
    """Let sources know that they have been invoiced, or no longer are."""
    before, now = named_sources(old) if old else set(), named_sources(record.body)
    for source in sorted(before - now):
        _mark(company, source, record, taken=False)
    for source in sorted(now - before):
        _mark(company, source, record, taken=True)


def free_sources(company: Company, record: Record) -> None:
    """Let every source of a sale be invoiced again."""
    for source in sorted(named_sources(record.body)):
        _mark(company, source, record, taken=False)


def forget_sources(body: Body) -> None:
    """Take the names of all sources out of a sale's body."""
    for part in (body, *body.get("Line", [])):
        links = part.get("LinkedTxn")
        if links:
            part["LinkedTxn"] = [one for one in links if one["TxnType"] not in SOURCES]


def _mark(company: Company, source: Source, sale: Record, taken: bool) -> None:
    record = company.find(*source)
    if record is None:
        return
    body = deepcopy(record.body)
    if record.entity == "TimeActivity":
        body["BillableStatus"] = "HasBeenBilled" if taken else "Billable"
    elif record.entity == "ReimburseCharge":
        body["HasBeenInvoiced"] = taken
    else:
        body["TxnStatus"] = "Closed" if taken else "Accepted"
    if record.entity != "TimeActivity":
        link = {"TxnId": sale.id, "TxnType": sale.entity}
        others = [one for one in body.get("LinkedTxn", []) if one != link]
        body["LinkedTxn"] = [*others, link] if taken else others
    company.save(record, body)
    if record.entity == "ReimburseCharge":
        _mark_expense(company, record, taken)


def _mark_expense(company: Company, charge: Record, taken: bool) -> None:
    """Write on the line that a charge came from whether it has been billed."""
    link = charge.body["LinkedTxn"][0]
    expense = company.find(link["TxnType"], link["TxnId"])
    if expense is None:
        return
    body = deepcopy(expense.body)
    for line in body["Line"]:
        if line.get("Id") == link.get("TxnLineId"):
            detail = line[line["DetailType"]]
            detail["BillableStatus"] = "HasBeenBilled" if taken else "Billable"
    company.save(expense, body)
