"""Turns records in Intuit's shape into what a person reads. Pure functions."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from qbo_simulator.books.links import linked_entity
from qbo_simulator.pages.columns import ENTITY_PAGES, Column, EntityPage
from qbo_simulator.pages.templating import money

Record = Mapping[str, Any]
_HIDDEN = {
    "Line",
    "LinkedTxn",
    "TxnTaxDetail",
    "domain",
    "sparse",
    "MetaData",
    "CustomField",
}
_MONEY = re.compile(r"(Amt|Amount|Balance|BalanceWithJobs|Price|Cost|Credit)$")
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_LABELS = {
    "Id": "QuickBooks Id",
    "Sku": "SKU",
    "TxnDate": "Date",
    "DocNumber": "Number",
    "APAccountRef": "Accounts payable",
    "BillAddr": "Billing address",
    "VendorAddr": "Address",
    "ShipAddr": "Shipping address",
    "PrimaryEmailAddr": "E-mail",
    "BillEmail": "E-mail",
    "PrimaryPhone": "Phone",
    "UnitPrice": "Price",
    "TotalAmt": "Total",
    "UnappliedAmt": "Unapplied",
    "BalanceWithJobs": "Balance with sub-customers",
}
_MINOR = {
    "Active",
    "AllowIPNPayment",
    "AllowOnlineACHPayment",
    "AllowOnlineCreditCardPayment",
    "AllowOnlinePayment",
    "ApplyTaxAfterDiscount",
    "BillWithParent",
    "Deposit",
    "DueDays",
    "EmailStatus",
    "FullyQualifiedName",
    "GlobalTaxCalculation",
    "Hidden",
    "HomeBalance",
    "HomeTotalAmt",
    "IsProject",
    "Job",
    "Level",
    "PreferredDeliveryMethod",
    "PrintOnCheckName",
    "PrintStatus",
    "ProcessPayment",
    "SubItem",
    "SyncToken",
    "TaxGroup",
    "TrackQtyOnHand",
}
"""Fields that a person seldom asks for: shown after the rest."""
Namer = Callable[[str, str], str]
"""Gives a record's name from its entity and Id."""
_TITLES = ("FullyQualifiedName", "DisplayName", "Name", "DocNumber")


def at(record: Record, path: str) -> Any:
    """Return the value at a dotted path, or None."""
    value: Any = record
    for key in path.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def title(entity: str, record: Record) -> str:
    """Return the name of a record for headings and links."""
    for key in _TITLES:
        if record.get(key):
            prefix = f"{entity_words(entity)} " if key == "DocNumber" else ""
            return f"{prefix}{record[key]}"
    when = f" of {record['TxnDate']}" if record.get("TxnDate") else ""
    return f"{entity_words(entity)}{when} (No. {record['Id']})"


def entity_words(entity: str) -> str:
    """Return ``CreditMemo`` as ``Credit memo``."""
    return _WORDS.sub(" ", entity).capitalize()


def status(record: Record, today: date) -> str:
    """Return an invoice's state as QuickBooks' list shows it, or an empty text."""
    if "DueDate" not in record or "Balance" not in record:
        return ""
    balance, total = _decimal(record["Balance"]), _decimal(record["TotalAmt"])
    if not total and "Voided" in str(record.get("PrivateNote", "")):
        return "Voided"
    if not balance:
        return "Paid"
    if str(record["DueDate"]) < today.isoformat():
        return "Overdue"
    return "Open" if balance == total else "Partly paid"


def cells(
    page: EntityPage, record: Record, today: date, rates: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return a row's cells: text, style and whether the cell links to the record.

    ``rates`` gives the percentage of each tax rate by its Id.
    """
    return [_cell(column, record, today, rates) for column in page.columns]


def _cell(
    column: Column, record: Record, today: date, rates: Mapping[str, str]
) -> dict[str, Any]:
    if column.kind == "status":
        text = status(record, today)
        return {"text": text, "css": text.lower(), "link": False}
    value = at(record, column.path)
    if column.kind == "name":
        text = str(value) if value else f"(No. {record['Id']})"
        depth = str(record.get("FullyQualifiedName", "")).count(":")
        return {"text": text, "css": f"name depth-{depth}", "link": True}
    if column.kind == "money":
        currency = at(record, "CurrencyRef.value") or ""
        return {"text": money(value, currency), "css": "number", "link": False}
    if column.kind == "rates":
        percents = [rates.get(rate_id, "") for rate_id in rate_ids(value)]
        return {"text": " + ".join(percents), "css": "nowrap", "link": False}
    shown = _percent(value) if column.kind == "percent" else _plain(value)
    css = "number" if column.kind in ("number", "percent") else column.kind
    return {"text": shown, "css": css, "link": False}


def _plain(value: Any) -> str:
    return "" if value is None else str(value)


def _percent(value: Any) -> str:
    return "" if value is None else f"{value}%"


def rate_ids(rate_list: Any) -> list[str]:
    """Return the Ids of the rates in a tax code's list."""
    details = at(rate_list or {}, "TaxRateDetail") or []
    return [str(at(detail, "TaxRateRef.value")) for detail in details]


def facts(
    record: Record, company_url: str, named: Namer
) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Return a record's simple fields (label, text, link): the main ones, the rest."""
    main: list[dict[str, str]] = []
    minor: list[dict[str, str]] = []
    for key, value in record.items():
        if key.endswith("TaxRateList"):
            rates = [named("TaxRate", rate_id) for rate_id in rate_ids(value)]
            value = "\n".join(rates) or "none"
        entity, record_id = _target(key, value)
        text = "" if key in _HIDDEN else _fact(key, value, record)
        if entity and text == record_id:
            text = named(entity, record_id)
        link = f"{company_url}/{entity}/{record_id}" if entity else ""
        if text:
            fact = {"label": _label(key), "text": text, "link": link}
            (minor if key in _MINOR else main).append(fact)
    times = record.get("MetaData", {})
    for label, key in (("Created", "CreateTime"), ("Changed", "LastUpdatedTime")):
        if times.get(key):
            when = times[key].replace("T", " ")
            minor.append({"label": label, "text": when, "link": ""})
    return main, minor


def _fact(key: str, value: Any, record: Record) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return _wrapped(value)
    if isinstance(value, (list, tuple)):
        return ""
    if isinstance(value, (int, Decimal)) and _MONEY.search(key):
        return money(value, at(record, "CurrencyRef.value") or "")
    return str(value)


def _wrapped(value: Mapping[str, Any]) -> str:
    """Return what a wrapper holds: a reference's name, an address in lines."""
    for key in ("Address", "FreeFormNumber", "URI", "name", "value"):
        if value.get(key):
            return str(value[key])
    lines = [str(value[f"Line{n}"]) for n in range(1, 6) if value.get(f"Line{n}")]
    place = [value.get("City"), value.get("CountrySubDivisionCode")]
    lines.append(", ".join(str(part) for part in place if part))
    lines += [str(value.get("PostalCode") or ""), str(value.get("Country") or "")]
    return "\n".join(filter(None, lines))


def _label(key: str) -> str:
    if key in _LABELS:
        return _LABELS[key]
    return _WORDS.sub(" ", key.removesuffix("Ref")).capitalize()


def _target(key: str, value: Any) -> tuple[str, str]:
    """Return entity and Id of what a reference points at, if that has a page."""
    if not isinstance(value, Mapping) or not key.endswith("Ref"):
        return "", ""
    if key == "ParentRef" or not value.get("value"):
        return "", ""
    entity = key.removesuffix("Ref")
    for ending in ("Term", "TaxCode", "Account"):
        if entity.endswith(ending):
            entity = ending
    return (entity, str(value["value"])) if entity in ENTITY_PAGES else ("", "")


# -- lines of a transaction ------------------------------------------------------------


def lines(record: Record, named: Namer) -> list[dict[str, str]]:
    """Return the lines of a sale or purchase, a bundle's parts beneath it."""
    shown = []
    for line in record.get("Line", []):
        if at(line, "GroupLineDetail") is not None:
            shown.append(_group(line, named))
            parts = at(line, "GroupLineDetail.Line") or []
            shown += [_line(part, named) | {"css": "child"} for part in parts]
        elif line.get("DetailType") not in ("SubTotalLineDetail", None):
            shown.append(_line(line, named))
    return shown


def _group(line: Record, named: Namer) -> dict[str, str]:
    detail = line["GroupLineDetail"]
    name = at(detail, "GroupItemRef.name") or ""
    row = _line({"Description": line.get("Description", "")}, named)
    return row | {"item": name, "quantity": _plain(detail.get("Quantity"))}


def _line(line: Record, named: Namer) -> dict[str, str]:
    detail = line.get(str(line.get("DetailType")), {})
    names = ("ItemRef.name", "ItemRef.value", "AccountRef.name")
    item = next(filter(None, (at(detail, one) for one in names)), "")
    if line.get("DetailType") == "DiscountLineDetail":
        item = "Discount"
    tax = at(detail, "TaxCodeRef.value") or ""
    if tax and tax.isdigit():
        tax = named("TaxCode", tax)
    return {
        "item": str(item),
        "description": str(line.get("Description", "")),
        "quantity": _plain(detail.get("Qty")),
        "price": _price(detail.get("UnitPrice")),
        "tax": str(tax),
        "amount": money(line.get("Amount")),
        "css": "",
    }


def _price(value: Any) -> str:
    """Return a unit price with two decimals, or with as many as it has."""
    if value is None:
        return ""
    price = Decimal(str(value))
    return money(price) if price == round(price, 2) else str(price)


def totals(record: Record) -> list[dict[str, str]]:
    """Return subtotal, taxes, total and balance of a sale."""
    currency = at(record, "CurrencyRef.value") or ""
    tax = _decimal(at(record, "TxnTaxDetail.TotalTax"))
    total = _decimal(record.get("TotalAmt"))
    rows = [("Subtotal", total - tax)]
    for line in at(record, "TxnTaxDetail.TaxLine") or []:
        percent = at(line, "TaxLineDetail.TaxPercent")
        net = money(at(line, "TaxLineDetail.NetAmountTaxable"), currency)
        rows.append((f"Tax {percent}% of {net}", _decimal(line.get("Amount"))))
    rows.append(("Total", total))
    if "Balance" in record:
        rows.append(("Balance due", _decimal(record["Balance"])))
    return [{"label": label, "text": money(value, currency)} for label, value in rows]


def links(record: Record, company_url: str, named: Namer) -> list[dict[str, str]]:
    """Return the transactions this one is linked with."""
    shown = []
    for line in record.get("Line", []):
        amount = money(line.get("Amount"))
        shown += _linked(line.get("LinkedTxn", []), amount, company_url, named)
    return shown + _linked(record.get("LinkedTxn", []), "", company_url, named)


def _linked(
    linked: Iterable[Record], amount: str, company_url: str, named: Namer
) -> list[dict[str, str]]:
    return [
        {
            "text": named(linked_entity(link["TxnType"]), link["TxnId"]),
            "url": _linked_url(company_url, link),
            "amount": amount,
        }
        for link in linked
    ]


def _linked_url(company_url: str, link: Record) -> str:
    """Return the page of a linked transaction, "" where there is none."""
    entity = linked_entity(link["TxnType"])
    return f"{company_url}/{entity}/{link['TxnId']}" if entity in ENTITY_PAGES else ""


def as_json(record: Record) -> str:
    """Return a record as indented JSON."""
    return json.dumps(record, indent=2, ensure_ascii=False, default=float)


def _decimal(value: Any) -> Decimal:
    return Decimal(str(value or 0))
