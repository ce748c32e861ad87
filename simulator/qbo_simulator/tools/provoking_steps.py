"""The requests and steps that the table of provocations is made of."""

from dataclasses import dataclass
from typing import Any

Body = dict[str, Any]


@dataclass(frozen=True)
class Provocation:
    """One way to bring a fault. ``before``: what has to be there, or happens first."""

    words: str
    request: Body
    before: tuple[str | Body, ...] = ()
    company: str = "empty"
    status: int = 400


def get(path: str, **query: str) -> Body:
    """Return a reading request."""
    return {"method": "GET", "path": path, "query": query}


def post(path: str, body: Any, **query: str) -> Body:
    """Return a writing request."""
    return {"method": "POST", "path": path, "query": query, "body": body}


def doing(words: str, request: Body, *before: str | Body, **more: Any) -> Provocation:
    """Return a provocation by doing, after some steps."""
    return Provocation(words, request, before, **more)


def switched(name: str, value: Any) -> Body:
    """Return the step that sets a switch."""
    return {"control": "switches", "body": {name: value}}


def line(amount: Any = 100, code: str | None = "1", **detail: Any) -> Body:
    """Return a line of a sale."""
    detail = {"ItemRef": {"value": "{item}"}, **detail}
    if code:
        detail["TaxCodeRef"] = {"value": code}
    return {
        "DetailType": "SalesItemLineDetail",
        "Amount": amount,
        "SalesItemLineDetail": detail,
    }


def customer(**body: Any) -> Body:
    """Return the request that creates a customer."""
    return post("customer", {"DisplayName": "Bob", **body})


def invoice(*lines: Body, **more: Any) -> Body:
    """Return the request that creates an invoice."""
    body = {"CustomerRef": {"value": "{customer}"}, "Line": list(lines or [line()])}
    return post("invoice", {**body, **more})


def discount(**detail: Any) -> Body:
    """Return a discount line."""
    return {
        "DetailType": "DiscountLineDetail",
        "DiscountLineDetail": {"PercentBased": True, **detail},
    }


def journal(*lines: tuple[str | None, Any], **detail: Any) -> Body:
    """Return the request that creates a journal entry of (posting, amount) lines."""
    made = []
    for posting, amount in lines:
        inner: Body = {"AccountRef": {"value": "1"}, **detail}
        if posting:
            inner["PostingType"] = posting
        made.append(
            {
                "DetailType": "JournalEntryLineDetail",
                "Amount": amount,
                "JournalEntryLineDetail": inner,
            }
        )
    return post("journalentry", {"Line": made})


def upload(metadata: str, content: str = "x") -> Body:
    """Return an upload; without content it holds no file."""
    parts = []
    for name, kind, text in (
        ("file_metadata_01", "application/json", metadata),
        ("file_content_01", "text/plain", content),
    ):
        if text:
            head = f'Content-Disposition: form-data; name="{name}"; filename="{name}"'
            parts.append(f"--cut\r\n{head}\r\nContent-Type: {kind}\r\n\r\n{text}\r\n")
    return {
        "method": "POST",
        "path": "upload",
        "headers": {"content-type": "multipart/form-data; boundary=cut"},
        "text": "".join(parts) + "--cut--\r\n",
    }


def below(number: int) -> Body:
    """Make one more level of sub-customers."""
    above = "{customer}" if number == 1 else f"{{level_{'abcde'[number - 2]}}}"
    body = {"DisplayName": f"L{number}", "Job": True, "ParentRef": {"value": above}}
    name = f"level_{'abcde'[number - 1]}"
    return {"request": post("customer", body), "keep": {name: "/Customer/Id"}}


FIRST = {"Id": "{customer}", "SyncToken": "0", "sparse": True}
CLOSED = {
    "request": post(
        "preferences",
        {
            "Id": "1",
            "SyncToken": "0",
            "sparse": True,
            "AccountingInfoPrefs": {"BookCloseDate": "2026-03-31"},
        },
    )
}
BOB = {"request": customer(), "keep": {"bob": "/Customer/Id"}}
BANKED = {
    "request": post(
        "deposit",
        {
            "DepositToAccountRef": {"value": "1"},
            "Line": [
                {
                    "Amount": 40,
                    "LinkedTxn": [
                        {"TxnId": "{payment}", "TxnType": "Payment", "TxnLineId": "0"}
                    ],
                }
            ],
        },
    )
}
PAID = {
    "request": get("payment/{payment}"),
    "keep": {"token": "/Payment/SyncToken"},
}
STOCK = {
    "request": post(
        "item",
        {
            "Name": "Pot",
            "Type": "Inventory",
            "TrackQtyOnHand": True,
            "QtyOnHand": 5,
            "InvStartDate": "2026-06-01",
            "IncomeAccountRef": {"value": "18"},
            "ExpenseAccountRef": {"value": "23"},
            "AssetAccountRef": {"value": "5"},
        },
    ),
    "keep": {"item": "/Item/Id"},
}
TEMPLATE = {
    "request": post(
        "recurringtransaction",
        {
            "Invoice": {
                "CustomerRef": {"value": "{customer}"},
                "Line": [line()],
                "RecurringInfo": {
                    "Name": "Monthly",
                    "RecurType": "Automated",
                    "ScheduleInfo": {
                        "IntervalType": "Monthly",
                        "NumInterval": 1,
                        "DayOfMonth": 1,
                        "StartDate": "2027-01-01",
                    },
                },
            }
        },
    ),
    "keep": {"template": "/RecurringTransaction/Invoice/Id"},
}
