"""The life of documents under closed books, inactive references, merges and limits."""

import pytest
from sim_books import Books, refused

CLOSED, OPEN = "2025-12-31", "2026-01-01"


@pytest.fixture
def books():
    books = Books()
    books.zero = books.code("Z", 0)
    books.bank = books.create("Account", Name="Bank", AccountType="Bank")
    books.rent = books.create("Account", Name="Rent", AccountType="Expense")
    books.vendor = books.create("Vendor", DisplayName="Landlord")
    return books


def ref(record):
    return {"value": record["Id"]}


def close_books(books):
    preferences = books.read("Preferences", "1")
    closing = {"BookCloseDate": CLOSED}
    books.update("Preferences", preferences, AccountingInfoPrefs=closing)


def bodies(books):
    """Return a body of every kind of transaction, without a date."""
    expense = {
        "Amount": 9,
        "DetailType": "AccountBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail": {
            "AccountRef": ref(books.rent),
            "TaxCodeRef": {"value": books.zero},
        },
    }
    sale = {"CustomerRef": ref(books.customer), "Line": [books.line(9, books.zero)]}
    vendor = {"VendorRef": ref(books.vendor), "Line": [expense]}
    sides = [
        {
            "Amount": 9,
            "DetailType": "JournalEntryLineDetail",
            "JournalEntryLineDetail": {"PostingType": side, "AccountRef": ref(account)},
        }
        for side, account in (("Debit", books.rent), ("Credit", books.bank))
    ]
    paid = {"PaymentType": "Cash", "AccountRef": ref(books.bank), "Line": [expense]}
    return {
        "Bill": vendor,
        "CreditMemo": sale,
        "Invoice": sale,
        "JournalEntry": {"Line": sides},
        "Payment": {"CustomerRef": ref(books.customer), "TotalAmt": 9},
        "Purchase": paid,
        "RefundReceipt": {**sale, "DepositToAccountRef": ref(books.bank)},
        "SalesReceipt": sale,
        "VendorCredit": vendor,
    }


# -- closed books ----------------------------------------------------------------------


KINDS = (
    "Bill",
    "CreditMemo",
    "Invoice",
    "JournalEntry",
    "Payment",
    "Purchase",
    "RefundReceipt",
    "SalesReceipt",
    "VendorCredit",
)


@pytest.mark.parametrize("code", ["6200", "6210"])
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_dated_in_closed_books_is_made_changed_or_removed(books, kind, code):
    body = bodies(books)[kind]
    old = books.create(kind, **body, TxnDate=CLOSED)
    new = books.create(kind, **body, TxnDate=OPEN)
    close_books(books)
    books.switches.set_many({"closed_books_code": code})
    before = books.store.rows("SELECT * FROM postings")
    with refused(code, "TxnDate"):
        books.create(kind, **body, TxnDate=CLOSED)
    for change in ({"PrivateNote": "x"}, {"TxnDate": OPEN}):
        needed = {key: body[key] for key in ("VendorRef", "PaymentType") if key in body}
        with refused(code):
            books.update(kind, old, **needed, **change)
    with refused(code):
        books.delete(kind, old)
    if kind in ("Invoice", "Payment", "SalesReceipt"):
        with refused(code):
            books.void(kind, old)
    needed = {key: body[key] for key in ("VendorRef", "PaymentType") if key in body}
    with refused(code):
        books.update(kind, new, **needed, TxnDate=CLOSED)
    after = books.store.rows("SELECT * FROM postings")
    assert [tuple(row) for row in after] == [tuple(row) for row in before]
    books.delete(kind, new)


def test_an_invoice_of_closed_books_can_be_paid_today(books):
    invoice = books.invoice(books.line(9, books.zero), TxnDate=CLOSED)
    close_books(books)
    payment = books.pay(9, (invoice, 9), TxnDate=OPEN)
    assert books.read("Invoice", invoice)["Balance"] == 0
    books.delete("Payment", payment)
    assert books.read("Invoice", invoice)["Balance"] == 9


# -- inactive references ---------------------------------------------------------------


@pytest.mark.parametrize("code", ["2500", "610"])
def test_inactive_names_accounts_and_terms_are_not_used_anew(books, code):
    term = books.create("Term", Name="Net 9", DueDays=9)
    made = bodies(books)
    kept = books.create("Invoice", **made["Invoice"], SalesTermRef=ref(term))
    books.switches.set_many({"inactive_reference_code": code})
    books.update("Term", term, Name="Net 9", Active=False)
    with refused(code, detail="made inactive"):
        books.create("Invoice", **made["Invoice"], SalesTermRef=ref(term))
    assert books.update("Invoice", kept, PrivateNote="kept")["SalesTermRef"]
    rent = {"Name": "Rent", "AccountType": "Expense", "Active": False}
    books.update("Account", books.rent, **rent)
    for kind in ("Bill", "JournalEntry", "Purchase"):
        with refused(code, detail="made inactive"):
            books.create(kind, **made[kind])
    books.update("Customer", books.read("Customer", books.customer), Active=False)
    for kind in ("CreditMemo", "Invoice", "Payment", "SalesReceipt"):
        with refused(code, detail="made inactive"):
            books.create(kind, **made[kind])


# -- merges ----------------------------------------------------------------------------


def report(books, name):
    return books.engine.report(books.realm, name, {"date_macro": "All"})


def sums(books, name):
    row = report(books, name)["Rows"]["Row"][-1]
    return [cell["value"] for cell in row["Summary"]["ColData"]]


def merge(books, entity, loser, survivor):
    engine = books.engine
    engine.merge(books.realm, entity, loser["Id"], survivor["Id"], actor="Priya")
    with refused("610"):
        books.read(entity, loser)
    debit, credit = sums(books, "TrialBalance")[1:]
    assert debit == credit != "0.00"


def test_merged_accounts_hold_what_both_held(books):
    other = books.create("Account", Name="Rent 2", AccountType="Expense")
    body = bodies(books)["Bill"]
    books.create("Bill", **body)
    detail = {"AccountRef": ref(other), "TaxCodeRef": {"value": books.zero}}
    line = {**body["Line"][0], "AccountBasedExpenseLineDetail": detail}
    second = books.create("Bill", **{**body, "Line": [line]})
    merge(books, "Account", other, books.rent)
    assert books.account("Rent") == 18
    kept = books.read("Bill", second)["Line"][0]["AccountBasedExpenseLineDetail"]
    assert kept["AccountRef"] == {"value": books.rent["Id"], "name": "Rent"}


def test_merged_items_have_sold_what_both_sold(books):
    other = books.service("Hours 2")
    books.invoice(books.line(9, books.zero))
    books.invoice(books.line(9, books.zero, ItemRef=ref(other)))
    assert len(report(books, "ItemSales")["Rows"]["Row"]) == 3
    merge(books, "Item", other, books.item)
    rows = report(books, "ItemSales")["Rows"]["Row"]
    assert [row["ColData"][2]["value"] for row in rows[:-1]] == ["18.00"]


def test_merged_vendors_are_owed_what_both_were_owed(books):
    other = books.create("Vendor", DisplayName="Landlord 2")
    body = bodies(books)["Bill"]
    books.create("Bill", **body)
    second = books.create("Bill", **{**body, "VendorRef": ref(other)})
    merge(books, "Vendor", other, books.vendor)
    assert books.read("Vendor", books.vendor)["Balance"] == 18
    assert sums(books, "AgedPayables")[-1] == "18.00"
    linked = [{"TxnId": second["Id"], "TxnType": "Bill"}]
    bank = {"BankAccountRef": ref(books.bank)}
    books.create(
        "BillPayment",
        VendorRef=ref(books.vendor),
        PayType="Check",
        CheckPayment=bank,
        TotalAmt=9,
        Line=[{"Amount": 9, "LinkedTxn": linked}],
    )
    assert books.read("Vendor", books.vendor)["Balance"] == 9


# -- limits ----------------------------------------------------------------------------


def test_a_taxable_document_has_at_most_750_lines(books):
    lines = [books.line(1, books.zero) for _ in range(751)]
    with refused("2180", "Line"):
        books.invoice(*lines)
    assert books.invoice(*lines[:-1])["TotalAmt"] == 750


def test_voiding_twice_changes_nothing_more(books):
    invoice = books.invoice(books.line(9, books.zero), PrivateNote="mind the gap")
    once = books.void("Invoice", invoice)
    assert once["PrivateNote"] == "Voided - mind the gap"
    twice = books.void("Invoice", once)
    assert twice["PrivateNote"] == once["PrivateNote"] and twice["TotalAmt"] == 0
    assert books.posted() == 0
