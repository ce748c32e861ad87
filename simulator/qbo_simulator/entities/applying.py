"""Payments that apply to documents: reading their lines, and taking them back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from qbo_simulator.books.links import (
    Link,
    linked_entity,
    linked_type,
    links_from,
    links_to,
    open_amount,
    sign_of,
)
from qbo_simulator.books.money import amount, cents, shown
from qbo_simulator.company import Company, Record
from qbo_simulator.entities.base import Body
from qbo_simulator.errors import ServiceFault, business, required
from qbo_simulator.schema.registry import ENTITIES

_JAXB = {
    "declaredType": "com.intuit.schema.finance.v3.NameValue",
    "scope": "javax.xml.bind.JAXBElement$GlobalScope",
    "nil": False,
    "globalScope": True,
    "typeSubstituted": False,
}


@dataclass(frozen=True)
class Applied:
    """One line of a payment: hundredths applied to a document.

    ``sign`` is 1 where it pays the document, -1 where the document pays.
    """

    target: Record
    amount: int
    sign: int


def read_lines(
    company: Company, lines: list[Body], old: Record | None, signs: Mapping[str, int]
) -> list[Applied]:
    """Check the lines of a payment and complete them. Raises ServiceFault.

    ``signs`` are the types it may apply to: 1 for what is paid, -1 for what pays.
    """
    before: dict[tuple[str, str], int] = {}
    if old is not None:
        for link in links_from(company, old.entity, old.id):
            key = (link.to_type, link.to_id)
            before[key] = before.get(key, 0) + link.amount
    found: list[Applied] = []
    lefts: dict[tuple[str, str], int] = {}
    for line in lines:
        target = _target(company, line, signs)
        key = (target.entity, target.id)
        if key not in lefts:
            lefts[key] = open_amount(company, target) + before.get(key, 0)
        value = _amount(line)
        if value > lefts[key]:
            raise business(
                f"The amount applied to {target.entity} {target.id} is more than its"
                f" open balance of {amount(lefts[key])}.",
                "Line.Amount",
            )
        line["LineEx"] = line_extras(target, lefts[key])
        lefts[key] -= value
        found.append(Applied(target, value, sign_of(company, target, signs)))
    return found


def _target(company: Company, line: Body, signs: Mapping[str, int]) -> Record:
    linked = line.get("LinkedTxn", [])
    if len(linked) != 1:
        raise required("LinkedTxn")
    kind, record_id = linked[0].get("TxnType", ""), linked[0].get("TxnId", "")
    entity = linked_entity(kind)
    if entity not in signs or entity not in ENTITIES or kind == "Purchase":
        detail = f"Transactions of type {ascii(kind)[1:-1]} cannot be linked."
        raise ServiceFault("620", "LinkedTxn", detail)
    target = company.find(entity, record_id) if record_id.isdigit() else None
    if target is None or linked_type(target) != kind:
        shown_id = ascii(record_id)[1:-1][:50]
        detail = f"Invalid Reference Id : Transactions element id {shown_id} not found"
        raise ServiceFault("2500", "LinkedTxn", detail)
    line["LinkedTxn"] = [{"TxnId": target.id, "TxnType": kind}]
    return target


def _amount(line: Body) -> int:
    if "Amount" not in line:
        raise required("Amount")
    value = cents(line["Amount"])
    if value < 0:
        raise ServiceFault("2290", "Line.Amount")
    return value


def line_extras(target: Record, left: int) -> Body:
    """Return the JAXB wrappers that Intuit's payment lines carry (qbo-api.md 4.9)."""
    values = {
        "txnId": target.id,
        "txnOpenBalance": format(amount(left), ".2f"),
        "txnReferenceNumber": target.body.get("DocNumber"),
    }
    name = "{http://schema.intuit.com/finance/v3}NameValue"
    wrapped = [
        {"name": name, **_JAXB, "value": {"Name": key, "Value": value}}
        for key, value in values.items()
        if value is not None
    ]
    return {"any": wrapped}


def unapplied(total: Decimal, lines: list[Applied]) -> Decimal:
    """Return what is left of a payment. Raises 6000 when it applies more than it is."""
    used = sum(one.sign * one.amount for one in lines)
    left = cents(total) - used
    if left < 0:
        raise business("You can't apply more than the amount of the payment.")
    return shown(amount(left))


def links_of(record: Record, lines: list[Applied]) -> list[Link]:
    """Return the links of a payment's lines."""
    return [
        Link(
            record.entity,
            record.id,
            number,
            one.target.entity,
            one.target.id,
            one.amount,
        )
        for number, one in enumerate(lines, 1)
    ]


def release(company: Company, target: Record, keep: int) -> None:
    """Take back what is applied to a document beyond ``keep`` hundredths.

    The newest payment gives back first. A payment of nothing, which only ties a credit
    to a document, gives back all it ties.
    """
    links = links_to(company, target.entity, target.id)
    excess = sum(one.amount for one in links) - keep
    for link in reversed(links):
        if excess <= 0:
            return
        payer = company.get(link.from_type, link.from_id)
        excess -= _give_back(company, payer, link, min(excess, link.amount))


def _give_back(company: Company, payer: Record, link: Link, value: int) -> int:
    """Shorten or drop one line of a payment; return the hundredths given back."""
    body: dict[str, Any] = dict(payer.body)
    lines = [dict(line) for line in body["Line"]]
    if not Decimal(body.get("TotalAmt", 0)):
        body["Line"] = []
        value = link.amount
    elif value == link.amount:
        body["Line"] = [
            line for number, line in enumerate(lines, 1) if number != link.line
        ]
    else:
        lines[link.line - 1]["Amount"] = shown(amount(link.amount - value))
        body["Line"] = lines
    company.rules(payer.entity).reapply(payer, body)
    return value


def fitted(total: int, lines: list[Applied]) -> list[int]:
    """Return what lines may still apply when a credit among them has gone.

    What is too much for the payment is taken off the last that it pays.
    """
    amounts = [one.amount for one in lines]
    excess = sum(one.sign * one.amount for one in lines) - total
    for number in reversed(range(len(lines))):
        if lines[number].sign > 0 and excess > 0:
            part = min(excess, amounts[number])
            amounts[number] -= part
            excess -= part
    return amounts


def repost_payers(
    company: Company, targets: Iterable[tuple[str, str]], but: Record | None = None
) -> None:
    """Post the payments of foreign documents again: their worth hangs together."""
    payers: set[tuple[str, str]] = set()
    for entity, record_id in targets:
        target = company.find(entity, record_id)
        if target is not None and target.body.get("ExchangeRate", 1) != 1:
            links = links_to(company, entity, record_id)
            payers |= {(one.from_type, one.from_id) for one in links}
    for entity, record_id in sorted(payers):
        payer = company.find(entity, record_id)
        if payer is not None and (but is None or payer.id != but.id):
            company.rules(entity).repost(payer)
