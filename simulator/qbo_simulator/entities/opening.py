"""What stands for balances: of the day a record is entered, and of its last."""

from decimal import Decimal

from qbo_simulator.books.accounts import account_for
from qbo_simulator.books.ledger import Entry, Posting, post
from qbo_simulator.books.money import cents
from qbo_simulator.company import Company, Record

STOCK_START = "InventoryStart"


def book_opening_balance(company: Company, customer: Record, owed: Decimal) -> None:
    """Make the invoice that stands for what a new customer owes already."""
    detail = {"ItemAccountRef": {"value": account_for(company, "opening")}}
    line = {
        "Amount": owed,
        "Description": "Opening Balance",
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": detail,
    }
    body = {
        "CustomerRef": {"value": customer.id},
        "TxnDate": customer.body["OpenBalanceDate"],
        "DueDate": customer.body["OpenBalanceDate"],
        "GlobalTaxCalculation": "NotApplicable",
        "PrivateNote": "Opening Balance",
        "Line": [line],
    }
    with company.as_system():
        company.rules("Invoice").create(body)
    fresh = company.get("Customer", customer.id)
    customer.row, customer.body = fresh.row, fresh.body


def balance_out(company: Company, customer: Record) -> None:
    """Write what takes a customer's balance to nothing: a credit memo, or an invoice.

    So QuickBooks does when a person makes the customer inactive (qbo-api.md 4.2).
    """
    left = Decimal(customer.body.get("Balance", 0))
    if not left:
        return
    detail = {"ItemAccountRef": {"value": account_for(company, "sales")}}
    line = {
        "Amount": abs(left),
        "Description": "Balancing transaction",
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": detail,
    }
    body = {
        "CustomerRef": {"value": customer.id},
        "GlobalTaxCalculation": "NotApplicable",
        "PrivateNote": "Balancing transaction of a customer made inactive",
        "Line": [line],
    }
    with company.as_system():
        company.rules("CreditMemo" if left > 0 else "Invoice").create(body)


def book_opening_stock(company: Company, item: Record, quantity: Decimal) -> None:
    """Post the value of what a new inventory item has on its start date."""
    value = cents(quantity * Decimal(item.body.get("PurchaseCost") or 0))
    asset = item.body["AssetAccountRef"]["value"]
    postings = (
        Posting(asset, value, value, item=item.id, quantity=str(quantity)),
        Posting(account_for(company, "opening"), -value, -value),
    )
    day = item.body["InvStartDate"]
    entry = Entry(STOCK_START, item.id, day, company.home_currency, postings)
    post(company, entry)
    fresh = company.get("Item", item.id)
    item.row, item.body = fresh.row, fresh.body
