"""The accounts that Intuit's forms post to by themselves, found or made."""

from dataclasses import dataclass
from typing import Any

from qbo_simulator.company import Company


@dataclass(frozen=True)
class Role:
    """What an account is for: its type, its detail types by preference, its name."""

    kind: str
    subtypes: tuple[str, ...]
    name: str


ROLES = {
    "receivable": Role(
        "Accounts Receivable", ("AccountsReceivable",), "Accounts Receivable (A/R)"
    ),
    "payable": Role("Accounts Payable", ("AccountsPayable",), "Accounts Payable (A/P)"),
    "undeposited": Role(
        "Other Current Asset", ("UndepositedFunds",), "Undeposited Funds"
    ),
    "tax": Role(
        "Other Current Liability",
        ("GlobalTaxPayable", "SalesTaxPayable"),
        "Sales Tax Payable",
    ),
    "discount": Role("Income", ("DiscountsRefundsGiven",), "Discounts given"),
    "sales": Role("Income", ("SalesOfProductIncome", "ServiceFeeIncome"), "Sales"),
    "shipping": Role("Income", ("ShippingIncome",), "Shipping Income"),
    "gratuity": Role("Other Current Liability", ("Gratuities",), "Gratuities"),
    "opening": Role("Equity", ("OpeningBalanceEquity",), "Opening Balance Equity"),
    "exchange": Role("Other Expense", ("ExchangeGainOrLoss",), "Exchange Gain or Loss"),
    "retained": Role("Equity", ("RetainedEarnings",), "Retained Earnings"),
    "shrinkage": Role(
        "Cost of Goods Sold", ("SuppliesMaterialsCogs",), "Inventory Shrinkage"
    ),
    "purchases": Role("Expense", ("SuppliesMaterials",), "Purchases"),
}
_BY_CURRENCY = ("receivable", "payable")


def account_for(company: Company, role: str, currency: str = "") -> str:
    """Return the Id of the account for a role, made if the company has none.

    Receivables and payables have one account for each currency.
    """
    wanted = currency if role in _BY_CURRENCY else ""
    key = ("role", role, wanted)
    if key not in company.notes:
        found = _find(company, ROLES[role], wanted)
        company.notes[key] = found or _make(company, role, wanted)
    return company.notes[key]


def _find(company: Company, role: Role, currency: str) -> str | None:
    condition, values = "", []
    if currency:
        condition = " AND json_extract(body, '$.CurrencyRef.value') = ?"
        values = [currency]
    for subtype in role.subtypes:
        rows = company.store.rows(
            "SELECT id FROM records WHERE realm = ? AND entity = 'Account'"
            " AND deleted = 0 AND active = 1"
            " AND json_extract(body, '$.AccountType') = ?"
            f" AND json_extract(body, '$.AccountSubType') = ?{condition}"
            " ORDER BY id LIMIT 1",
            (company.realm_id, role.kind, subtype, *values),
        )
        if rows:
            return str(rows[0]["id"])
    return None


def _make(company: Company, role: str, currency: str) -> str:
    wanted = ROLES[role]
    body: dict[str, Any] = {
        "Name": wanted.name,
        "AccountType": wanted.kind,
        "AccountSubType": wanted.subtypes[0],
    }
    if currency and currency != company.home_currency:
        body["Name"] = f"{wanted.name} - {currency}"
        body["CurrencyRef"] = {"value": currency}
    with company.as_system():
        return company.rules("Account").create(body).id
