"""Credit memos that are paid back: an expense, and what ties the credit to it."""

from datetime import date, timedelta
from decimal import Decimal

from qbo import refunds, statements
from qbo.client import new_requestid

D = Decimal
DAY = date(2026, 3, 2)


def account_of(client, kind):
    """Return the Id of an account of the UK company, in pounds."""
    where = statements.condition("AccountType", "=", kind)
    return next(
        row["Id"]
        for row in client.query(statements.select("Account", where))
        if row["CurrencyRef"]["value"] == "GBP"
    )


def expense_of(client, customer_id, amount, note="Odoo 1F"):
    """Return an expense as it is sent, from the bank to the customer."""
    bank = account_of(client, "Bank")
    expense = refunds.build_expense(customer_id, bank, str(DAY), amount, note)
    return refunds.on_account(expense, account_of(client, "Accounts Receivable"))


def test_a_credit_memo_is_paid_back_by_an_expense_and_what_ties_both(
    client, invoice_body
):
    memo = client.create("CreditMemo", invoice_body)
    customer_id = memo["CustomerRef"]["value"]
    body = expense_of(client, customer_id, D("800.00"))
    expense = client.create(refunds.ENTITY, body, requestid=new_requestid())
    assert expense["TotalAmt"] == 800
    credit = {memo["Id"]: D("800.00")}
    tie = client.create("Payment", refunds.build_tie(body, expense["Id"], credit))
    assert (tie["TotalAmt"], tie["TxnDate"], tie["PrivateNote"]) == (
        0,
        str(DAY),
        "Odoo 1F",
    )
    left = client.read("CreditMemo", memo["Id"])["RemainingCredit"]
    assert left == memo["TotalAmt"] - 800
    owed = client.read("Customer", customer_id)["Balance"]
    assert owed == -left


def test_what_was_paid_back_is_found_by_amount_day_and_customer(client, customer):
    amount = D("77.31")
    made = client.create(refunds.ENTITY, expense_of(client, customer["Id"], amount))

    def found(first, last):
        rows = client.query(refunds.expenses_alike(amount, first, last))
        return [one["Id"] for one in refunds.to_customer(rows, customer["Id"])]

    assert found(DAY, DAY) == [made["Id"]]
    assert found(DAY + timedelta(1), DAY + timedelta(9)) == []
    rows = client.query(refunds.expenses_alike(amount, DAY, DAY))
    assert refunds.to_customer([*rows, {"Id": "1"}], "nobody") == []


def test_a_long_note_is_cut_to_what_quickbooks_takes(client, customer):
    body = expense_of(client, customer["Id"], D(5), note="x" * 5000)
    made = client.create(refunds.ENTITY, body)
    assert len(made["PrivateNote"]) == 4000
