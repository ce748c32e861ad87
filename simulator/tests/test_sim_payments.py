"""Payments, credits, balances (qbo-api.md 4.9)."""

import pytest
from sim_books import Books, dec, refused


@pytest.fixture
def books():
    return Books()


@pytest.fixture
def zero(books):
    return books.code("0.0% Z", 0)


def test_a_payment_reduces_the_invoice_and_the_customer(books, zero):
    invoice = books.invoice(books.line(100, zero))
    payment = books.pay(60, (invoice, 40))
    paid = books.read("Invoice", invoice)
    assert paid["Balance"] == 60 and payment["UnappliedAmt"] == 20
    assert paid["LinkedTxn"] == [{"TxnId": payment["Id"], "TxnType": "Payment"}]
    assert books.balance() == 40
    assert books.account("Undeposited Funds") == 60
    assert books.account("Accounts Receivable (A/R)") == 40
    values = {
        one["value"]["Name"]: one["value"]["Value"]
        for one in payment["Line"][0]["LineEx"]["any"]
    }
    assert values["txnId"] == invoice["Id"] and values["txnOpenBalance"] == "100.00"
    assert values["txnReferenceNumber"] == invoice["DocNumber"]


def test_paying_raises_the_invoices_token_by_switch(books, zero):
    invoice = books.invoice(books.line(100, zero))
    books.pay(10, (invoice, 10))
    assert books.read("Invoice", invoice)["SyncToken"] == "1"
    books.switches.set_many({"linked_payment_raises_token": "off"})
    books.pay(10, (invoice, 10))
    assert books.read("Invoice", invoice)["SyncToken"] == "1"


def test_a_payment_without_lines_is_credit(books):
    payment = books.pay(25)
    assert payment["UnappliedAmt"] == 25 and books.balance() == -25


def test_a_credit_is_applied_by_a_payment_of_nothing(books, zero):
    invoice = books.invoice(books.line(300, zero))
    credit = books.credit(books.line(300, zero))
    assert credit["RemainingCredit"] == credit["Balance"] == 300
    tie = books.pay(0, (invoice, 300), (credit, 300))
    assert tie["TotalAmt"] == 0 and tie["UnappliedAmt"] == 0
    assert books.read("Invoice", invoice)["Balance"] == 0
    assert books.read("CreditMemo", credit)["RemainingCredit"] == 0
    assert books.balance() == 0 and books.posted() == 0


def test_applying_too_much_is_refused(books, zero):
    invoice = books.invoice(books.line(100, zero))
    with refused("6000", detail="open balance of 100.00"):
        books.pay(200, (invoice, 101))
    with refused("6000", detail="more than the amount of the payment"):
        books.pay(50, (invoice, 60))
    credit = books.credit(books.line(10, zero))
    with refused("6000"):
        books.pay(0, (invoice, 20), (credit, 20))
    assert books.read("Invoice", invoice)["Balance"] == 100
    assert books.count("Payment") == 0


def test_only_the_customers_own_documents_can_be_paid(books, zero):
    invoice = books.invoice(books.line(100, zero))
    other = books.create("Customer", DisplayName="Other")
    with refused("620", "LinkedTxn"):
        books.pay(10, (invoice, 10), CustomerRef={"value": other["Id"]})
    with refused("2500", detail="Transactions element id 404 not found"):
        books.pay(10, ({"Id": "404"}, 10))


def test_a_parent_may_pay_for_its_job_and_balances_go_up_the_line(books, zero):
    job = books.create(
        "Customer",
        DisplayName="job",
        Job=True,
        ParentRef={"value": books.customer["Id"]},
    )
    invoice = books.invoice(books.line(70, zero), CustomerRef={"value": job["Id"]})
    parent = books.read("Customer", books.customer)
    assert (parent["Balance"], parent["BalanceWithJobs"]) == (0, 70)
    books.pay(30, (invoice, 30))
    parent, child = books.read("Customer", books.customer), books.read("Customer", job)
    assert (parent["Balance"], parent["BalanceWithJobs"]) == (0, 40)
    assert child["Balance"] == child["BalanceWithJobs"] == 40


def test_moving_a_job_moves_its_balance(books, zero):
    job = books.create(
        "Customer",
        DisplayName="job",
        Job=True,
        ParentRef={"value": books.customer["Id"]},
    )
    books.invoice(books.line(70, zero), CustomerRef={"value": job["Id"]})
    other = books.create("Customer", DisplayName="Other")
    job = books.read("Customer", job)
    books.update("Customer", job, Job=True, ParentRef={"value": other["Id"]})
    assert books.read("Customer", books.customer)["BalanceWithJobs"] == 0
    assert books.read("Customer", other)["BalanceWithJobs"] == 70


def test_a_posting_touches_the_customers_time_but_not_its_token(books, zero):
    before = books.read("Customer", books.customer)
    books.clock.advance(90)
    books.invoice(books.line(5, zero))
    after = books.read("Customer", books.customer)
    assert after["SyncToken"] == before["SyncToken"]
    assert after["MetaData"]["LastUpdatedTime"] > before["MetaData"]["LastUpdatedTime"]
    books.switches.set_many({"balance_touches_customer": "token"})
    books.invoice(books.line(5, zero))
    assert books.read("Customer", books.customer)["SyncToken"] == "1"


def test_lines_of_a_payment_are_replaced_and_emptied(books, zero):
    one, two = books.invoice(books.line(10, zero)), books.invoice(books.line(20, zero))
    payment = books.pay(30, (one, 10), (two, 20))
    line = {
        "Amount": dec(5),
        "LinkedTxn": [{"TxnId": two["Id"], "TxnType": "Invoice"}],
    }
    changed = books.update("Payment", payment, Line=[line])
    assert changed["UnappliedAmt"] == 25
    assert books.read("Invoice", one)["Balance"] == 10
    assert books.read("Invoice", two)["Balance"] == 15
    emptied = books.update("Payment", changed, Line=[])
    assert emptied["UnappliedAmt"] == 30
    assert books.read("Invoice", two)["Balance"] == 20


def test_voiding_a_payment_reopens_the_invoice(books, zero):
    invoice = books.invoice(books.line(10, zero))
    payment = books.pay(10, (invoice, 10))
    void = books.void("Payment", payment)
    assert void["TotalAmt"] == void["UnappliedAmt"] == 0
    assert "Voided" in void["PrivateNote"] and void["Line"] == []
    opened = books.read("Invoice", invoice)
    assert opened["Balance"] == 10 and opened["LinkedTxn"] == []
    assert books.balance() == 10 and books.posted() == 0


@pytest.mark.parametrize("act", ["void", "delete"])
def test_removing_a_paid_invoice_leaves_the_payment_unapplied(books, zero, act):
    invoice = books.invoice(books.line(10, zero))
    payment = books.pay(10, (invoice, 10))
    books.switches.set_many({"paid_invoice_removal": "refuse"})
    invoice = books.read("Invoice", invoice)
    with refused("6000"):
        getattr(books, act)("Invoice", invoice)
    books.switches.set_many({"paid_invoice_removal": "unapply"})
    getattr(books, act)("Invoice", books.read("Invoice", invoice))
    left = books.read("Payment", payment)
    assert left["UnappliedAmt"] == 10 and left["Line"] == []
    assert books.balance() == -10 and books.posted() == 0


def test_a_smaller_invoice_gives_back_what_was_paid_too_much(books, zero):
    invoice = books.invoice(books.line(100, zero))
    payment = books.pay(80, (invoice, 80))
    books.update("Invoice", books.read("Invoice", invoice), Line=[books.line(50, zero)])
    assert books.read("Invoice", invoice)["Balance"] == 0
    assert books.read("Payment", payment)["UnappliedAmt"] == 30
    assert books.balance() == -30 and books.posted() == 0


def test_an_opening_balance_becomes_an_invoice(books):
    with refused("6060", "OpenBalanceDate"):
        books.create("Customer", DisplayName="Old", Balance=40)
    old = books.create(
        "Customer", DisplayName="Old", Balance=40, OpenBalanceDate="2026-01-01"
    )
    assert old["Balance"] == 40
    rows = books.rows(f"SELECT * FROM Invoice WHERE CustomerRef = '{old['Id']}'")
    assert [row["Balance"] for row in rows] == [40]
    again = books.update("Customer", old, Balance=1)
    assert again["Balance"] == 40 and books.posted() == 0


def test_a_deposit_on_an_invoice_reduces_what_is_open(books, zero):
    invoice = books.invoice(books.line(100, zero), Deposit=30)
    assert invoice["TotalAmt"] == 100 and invoice["Balance"] == 70
    assert books.balance() == 70 and books.account("Undeposited Funds") == 30
    with refused("6000", "Deposit"):
        books.invoice(books.line(10, zero), Deposit=11)


def test_foreign_documents_keep_their_currency_and_the_gain_is_booked():
    books = Books(CurrencyPrefs={"MultiCurrencyEnabled": True})
    zero = books.code("Z", 0)
    euro = {"CurrencyRef": {"value": "EUR"}}
    books.customer = books.create("Customer", DisplayName="Lyon", **euro)
    with refused("6000", "CurrencyRef"):
        books.invoice(books.line(1, zero), CurrencyRef={"value": "GBP"})
    invoice = books.invoice(books.line(100, zero), ExchangeRate=dec("0.8"), **euro)
    assert invoice["HomeTotalAmt"] == 80 and invoice["CurrencyRef"]["value"] == "EUR"
    books.pay(100, (invoice, 100), ExchangeRate=dec("0.9"), **euro)
    assert books.balance() == 0 and books.posted() == 0
    assert books.account("Exchange Gain or Loss") == -10


@pytest.mark.parametrize(
    ("wish", "refusals"),
    [("foreign", [False, True]), ("always", [True, True]), ("never", [False, False])],
)
def test_for_whom_the_currency_must_be_said_is_a_switch(wish, refusals):
    books = Books(CurrencyPrefs={"MultiCurrencyEnabled": True})
    zero, home = books.code("Z", 0), books.customer
    lyon = books.create("Customer", DisplayName="Lyon", CurrencyRef={"value": "EUR"})
    books.switches.set_many({"currency_left_out": wish})
    for books.customer, refusal in zip((home, lyon), refusals, strict=True):
        for write in (lambda: books.invoice(books.line(1, zero)), lambda: books.pay(1)):
            if refusal:
                with refused("2020", "CurrencyRef"):
                    write()
            else:
                write()


# -- QuickBooks' own application ----------------------------------------------------


def test_credits_find_their_invoices_when_the_company_wishes_it():
    wishes = {"AutoApplyCredit": True, "AutoApplyPayments": True}
    books = Books(SalesFormsPrefs=wishes)
    zero = books.code("Z", 0)
    credit = books.credit(books.line(30, zero))
    early = books.pay(20)
    invoice = books.invoice(books.line(100, zero))
    assert invoice["Balance"] == 50, "the answer shows it already"
    assert books.read("CreditMemo", credit)["RemainingCredit"] == 0
    assert books.read("Payment", early)["UnappliedAmt"] == 0
    late = books.pay(60)
    assert late["UnappliedAmt"] == 10 and late["Line"][0]["Amount"] == 50
    assert books.read("Invoice", invoice)["Balance"] == 0
    assert books.credit(books.line(5, zero))["RemainingCredit"] == 5
    assert books.balance() == -15 and books.posted() == 0
    books.switches.set_many({"linked_payment_raises_token": "off"})
    assert books.invoice(books.line(100, zero))["Balance"] == 85


def test_nothing_is_applied_by_itself_otherwise(books, zero):
    books.credit(books.line(30, zero))
    assert books.invoice(books.line(100, zero))["Balance"] == 100


def test_a_foreign_invoice_paid_in_parts_leaves_nothing_in_any_order():
    books = Books(CurrencyPrefs={"MultiCurrencyEnabled": True})
    rate = dec("0.8612")
    euro = {"CurrencyRef": {"value": "EUR"}}
    books.customer = books.create("Customer", DisplayName="Müller GmbH", **euro)
    code = books.code("No VAT", 0)
    invoice = books.invoice(
        books.line("33.37", code),
        books.line("33.38", code),
        books.line("33.35", code),
        ExchangeRate=rate,
        **euro,
    )
    account = "Accounts Receivable (A/R) - EUR"
    assert books.account(account) == dec("86.21")
    parts = ["33.33", "33.33", "33.44"]
    paid = [
        books.pay(one, (invoice, one), ExchangeRate=dec("0.9"), **euro) for one in parts
    ]
    assert books.read("Invoice", invoice)["Balance"] == 0
    assert books.account(account) == 0
    books.delete("Payment", books.read("Payment", paid[0]))
    assert books.account(account) == dec("28.71")
    books.pay("33.33", (invoice, "33.33"), **euro)
    assert books.account(account) == 0 == books.posted()
    books.update("Invoice", books.read("Invoice", invoice), ExchangeRate=dec("0.7777"))
    assert books.account(account) == 0 == books.posted()


def journal(books, amount, side, customer=None, **more):
    """Write an entry that debits or credits a customer, against the sales."""
    [receivable] = books.rows(
        "SELECT * FROM Account WHERE AccountType = 'Accounts Receivable'"
    )
    who = {"value": (customer or books.customer)["Id"]}
    other = {"Debit": "Credit", "Credit": "Debit"}[side]
    details = [
        {
            "PostingType": side,
            "AccountRef": {"value": receivable["Id"]},
            "Entity": {"Type": "Customer", "EntityRef": who},
        },
        {"PostingType": other, "AccountRef": {"value": books.income["Id"]}},
    ]
    kind = "JournalEntryLineDetail"
    lines = [{"Amount": dec(amount), "DetailType": kind, kind: one} for one in details]
    return books.create("JournalEntry", Line=lines, **more)


def test_what_is_written_off_by_a_journal_entry_pays_with_the_money(books, zero):
    invoice = books.invoice(books.line(100, zero))
    off = journal(books, 20, "Credit")
    assert books.balance() == 80
    payment = books.pay(80, (invoice, 100), (off, 20))
    assert payment["UnappliedAmt"] == 0
    assert payment["Line"][1]["LinkedTxn"][0]["TxnType"] == "JournalEntry"
    assert books.read("Invoice", invoice)["Balance"] == 0
    assert books.balance() == 0 == books.posted()
    wishes = {"report_date": "2030-01-01"}
    for name in ("AgedReceivables", "AgedReceivableDetail"):
        assert not books.engine.report(books.realm, name, wishes)["Rows"]
    with refused("6000", detail="open balance of 0"):
        books.pay(0, (invoice, 0), (off, 1))
    with refused("620", "LinkedTxn"):
        lyon = books.create("Customer", DisplayName="Lyon")
        books.pay(0, (journal(books, 5, "Credit", lyon), 5))
    # Half of it, then nothing is written off: the invoice is open again.
    books.replace("JournalEntry", off, Line=halved(off))
    assert books.read("Invoice", invoice)["Balance"] == 10
    assert books.read("Payment", payment)["UnappliedAmt"] == 0
    books.delete("JournalEntry", books.read("JournalEntry", off))
    assert books.read("Invoice", invoice)["Balance"] == 20
    assert books.balance() == 20 + 5 - 5 and books.posted() == 0


def halved(entry):
    return [{**line, "Amount": line["Amount"] / 2} for line in entry["Line"]]


def test_a_charge_by_a_journal_entry_is_paid_like_an_invoice(books, zero):
    credit = books.credit(books.line(10, zero))
    charge = journal(books, 30, "Debit")
    payment = books.pay(25, (charge, 30), (credit, 10))
    assert payment["UnappliedAmt"] == 5 and books.balance() == -5
    assert books.read("CreditMemo", credit)["RemainingCredit"] == 0
    books.delete("CreditMemo", books.read("CreditMemo", credit))
    (line,) = books.read("Payment", payment)["Line"]
    assert (line["Amount"], books.read("Payment", payment)["UnappliedAmt"]) == (25, 0)
    assert books.balance() == 5 and books.posted() == 0


def paid_back(books, amount, kind="Cash", **more):
    """Pay a customer back from the bank."""
    bank = books.create("Account", Name=f"Bank {kind} {amount}", AccountType="Bank")
    [receivable] = books.rows(
        "SELECT * FROM Account WHERE AccountType = 'Accounts Receivable'"
    )
    line = {
        "DetailType": "AccountBasedExpenseLineDetail",
        "Amount": dec(amount),
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": receivable["Id"]}},
    }
    body = {
        "PaymentType": kind,
        "AccountRef": {"value": bank["Id"]},
        "EntityRef": {"value": books.customer["Id"], "type": "Customer"},
        "GlobalTaxCalculation": "NotApplicable",
        "Line": [line],
        **more,
    }
    return books.create("Purchase", **body)


def tie(books, credit, amount, purchase, kind="Expense"):
    """Apply a credit memo to what was paid back."""
    applied = [(credit["Id"], "CreditMemo"), (purchase["Id"], kind)]
    lines = [
        {"Amount": dec(amount), "LinkedTxn": [{"TxnId": key, "TxnType": txn_type}]}
        for key, txn_type in applied
    ]
    customer = {"value": books.customer["Id"]}
    return books.create("Payment", CustomerRef=customer, TotalAmt=dec(0), Line=lines)


def test_a_credit_is_settled_by_what_was_paid_back(books, zero):
    credit = books.credit(books.line(100, zero))
    expense = paid_back(books, 60)
    assert books.balance() == -40 and books.posted() == 0
    payment = tie(books, credit, 60, expense)
    assert payment["UnappliedAmt"] == 0 and payment["Line"][1]["LinkedTxn"] == [
        {"TxnId": expense["Id"], "TxnType": "Expense"}
    ]
    assert books.read("CreditMemo", credit)["RemainingCredit"] == 40
    assert books.balance() == -40 and books.posted() == 0
    with refused("6000", detail="open balance of 0"):
        tie(books, credit, 10, expense)
    # Less is paid back, then nothing: the credit is open again.
    line = {**expense["Line"][0], "Amount": dec(25)}
    changed = books.update("Purchase", expense, PaymentType="Cash", Line=[line])
    assert books.read("CreditMemo", credit)["RemainingCredit"] == 100
    tie(books, credit, 25, changed)
    books.delete("Purchase", books.read("Purchase", changed))
    assert books.read("CreditMemo", credit)["RemainingCredit"] == 100
    assert books.balance() == -100 and books.posted() == 0


def test_only_what_was_paid_back_to_the_customer_settles_a_credit(books, zero):
    credit = books.credit(books.line(100, zero))
    vendor = books.create("Vendor", DisplayName="Gas Board")
    with refused("6000", detail="choose a customer in the name field"):
        paid_back(books, 10, EntityRef={"value": vendor["Id"], "type": "Vendor"})
    cheque = paid_back(books, 30, "Check")
    with refused("2500"):
        tie(books, credit, 10, cheque)
    with refused("620", "LinkedTxn"):
        tie(books, credit, 10, cheque, "Purchase")
    tie(books, credit, 30, cheque, "Check")
    other = books.create("Customer", DisplayName="Other")
    payee = {"value": other["Id"], "type": "Customer"}
    theirs = paid_back(books, 20, EntityRef=payee)
    with refused("620", "LinkedTxn"):
        tie(books, credit, 10, theirs)
    with refused("6000", detail="open balance of 0"):
        tie(books, credit, 1, cheque, "Check")
