"""Documents as PDF: plain, but with everything that is on them."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import (
    Flowable,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
    TableStyle,
)

_STYLES = getSampleStyleSheet()
_GRID = TableStyle(
    [
        ("LINEBELOW", (0, 0), (-1, 0), 0.5, colors.grey),
        ("ALIGN", (1, 0), (-1, -1), "RIGHT"),
    ]
)


def as_pdf(entity: str, body: Mapping[str, Any], company_name: str) -> bytes:
    """Return a document as PDF bytes."""
    out = BytesIO()
    title = f"{entity} {body.get('DocNumber', body['Id'])}"
    parts: list[Flowable] = [
        Paragraph(escape(company_name), _STYLES["Heading2"]),
        Paragraph(escape(title), _STYLES["Title"]),
        *(_line(label, body.get(name)) for label, name in _HEAD if body.get(name)),
        Spacer(1, 12),
        Table(_rows(body), colWidths=[270, 60, 80, 80], style=_GRID),
    ]
    SimpleDocTemplate(out, pagesize=A4, title=title).build(parts)
    return out.getvalue()


_HEAD = (
    ("Customer", "CustomerRef"),
    ("Vendor", "VendorRef"),
    ("Date", "TxnDate"),
    ("Due", "DueDate"),
    ("Memo", "CustomerMemo"),
)


def _line(label: str, value: Any) -> Paragraph:
    if isinstance(value, Mapping):
        value = value.get("name") or value.get("value", "")
    return Paragraph(escape(f"{label}: {value}"), _STYLES["Normal"])


def _rows(body: Mapping[str, Any]) -> list[list[str]]:
    rows = [["Description", "Qty", "Price", "Amount"]]
    for line in body.get("Line", []):
        detail = line.get(line.get("DetailType", ""), {})
        item = detail.get("ItemRef", {}).get("name", "")
        text = line.get("Description") or item or line.get("DetailType", "")
        quantity, price = detail.get("Qty", ""), detail.get("UnitPrice", "")
        amount = line.get("Amount", "")
        rows.append([text[:60], str(quantity), str(price), str(amount)])
    tax = body.get("TxnTaxDetail", {}).get("TotalTax")
    if tax is not None:
        rows.append(["Tax", "", "", str(tax)])
    rows.append(["Total", "", "", str(body.get("TotalAmt", ""))])
    return rows
