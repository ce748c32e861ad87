"""Turns records in Intuit's shape into what a person reads. Pure functions."""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

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
    "BillAddr": "Billing address",
    "ShipAddr": "Shipping address",
    "PrimaryEmailAddr": "E-mail",
    "BillEmail": "E-mail",
    "PrimaryPhone": "Phone",
    "UnitPrice": "Price",
    "TotalAmt": "Total",
    "UnappliedAmt": "Unapplied",
    "BalanceWithJobs": "Balance with sub-customers",
}
_REPEATS = ("FullyQualifiedName", "PrintOnCheckName")
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


def cells(page: EntityPage, record: Record, today: date) -> list[dict[str, Any]]:
    """Return a row's cells: text, style and whether the cell links to the record."""
    return [_cell(column, record, today) for column in page.columns]


def _cell(column: Column, record: Record, today: date) -> dict[str, Any]:
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
    shown = {"rates": _rates, "percent": _percent}.get(column.kind, _plain)(value)
    css = "number" if column.kind in ("number", "percent") else column.kind
    return {"text": shown, "css": css, "link": False}


def _plain(value: Any) -> str:
    return "" if value is None else str(value)


def _percent(value: Any) -> str:
    return "" if value is None else f"{value}%"


def _rates(value: Any) -> str:
    details = at(value or {}, "TaxRateDetail") or []
    names = (at(detail, "TaxRateRef.name") or "" for detail in details)
    return ", ".join(filter(None, names))


def facts(record: Record, company_url: str) -> list[dict[str, str]]:
    """Return a record's simple fields as label, text and link."""
    found = []
    names = (record.get("DisplayName"), record.get("Name"))
    for key, value in record.items():
        text = "" if key in _HIDDEN else _fact(key, value, record)
        if text and not (key in _REPEATS and text in names):
            link = _link(key, value, company_url)
            found.append({"label": _label(key), "text": text, "link": link})
    times = record.get("MetaData", {})
    for label, key in (("Created", "CreateTime"), ("Changed", "LastUpdatedTime")):
        if times.get(key):
            found.append(
                {"label": label, "text": times[key].replace("T", " "), "link": ""}
            )
    return found


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


def _link(key: str, value: Any, company_url: str) -> str:
    """Return the page of the record a reference points at, if it has one."""
    if not isinstance(value, Mapping) or not key.endswith("Ref"):
        return ""
    entity = key.removesuffix("Ref")
    entity = "Term" if entity == "SalesTerm" else entity
    entity = "TaxCode" if entity.endswith("TaxCode") else entity
    entity = "Account" if entity.endswith("Account") else entity
    known = entity in ENTITY_PAGES and value.get("value")
    return f"{company_url}/{entity}/{value['value']}" if known else ""


# -- lines of a transaction ------------------------------------------------------------


def lines(record: Record) -> list[dict[str, str]]:
    """Return the sales lines of a transaction, a bundle's parts beneath it."""
    shown = []
    for line in record.get("Line", []):
        if at(line, "GroupLineDetail") is not None:
            shown.append(_group(line))
            parts = at(line, "GroupLineDetail.Line") or []
            shown += [_line(part) | {"css": "child"} for part in parts]
        elif line.get("DetailType") not in ("SubTotalLineDetail", None):
            shown.append(_line(line))
    return shown


def _group(line: Record) -> dict[str, str]:
    detail = line["GroupLineDetail"]
    name = at(detail, "GroupItemRef.name") or ""
    row = _line({"Description": line.get("Description", "")})
    return row | {"item": name, "quantity": _plain(detail.get("Quantity"))}


def _line(line: Record) -> dict[str, str]:
    detail = line.get("SalesItemLineDetail", {})
    item = at(detail, "ItemRef.name") or at(detail, "ItemRef.value") or ""
    if line.get("DetailType") == "DiscountLineDetail":
        item = "Discount"
    tax = at(detail, "TaxCodeRef.name") or at(detail, "TaxCodeRef.value") or ""
    return {
        "item": str(item),
        "description": str(line.get("Description", "")),
        "quantity": _plain(detail.get("Qty")),
        "price": _plain(detail.get("UnitPrice")),
        "tax": str(tax),
        "amount": money(line.get("Amount")),
        "css": "",
    }


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


def links(record: Record, company_url: str) -> list[dict[str, str]]:
    """Return the transactions this one is linked with."""
    shown = []
    for line in record.get("Line", []):
        amount = money(line.get("Amount"))
        shown += _linked(line.get("LinkedTxn", []), amount, company_url)
    return shown + _linked(record.get("LinkedTxn", []), "", company_url)


def _linked(
    linked: Iterable[Record], amount: str, company_url: str
) -> list[dict[str, str]]:
    return [
        {
            "text": f"{entity_words(link['TxnType'])} (No. {link['TxnId']})",
            "url": f"{company_url}/{link['TxnType']}/{link['TxnId']}",
            "amount": amount,
        }
        for link in linked
    ]


def as_json(record: Record) -> str:
    """Return a record as indented JSON."""
    return json.dumps(record, indent=2, ensure_ascii=False, default=float)


def _decimal(value: Any) -> Decimal:
    return Decimal(str(value or 0))
