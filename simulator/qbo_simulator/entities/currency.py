"""Currencies of names and documents, and the rates between them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from qbo_simulator.books.money import plain
from qbo_simulator.company import API_ACTOR, Company, Record
from qbo_simulator.entities.base import Body
from qbo_simulator.errors import ServiceFault, business, not_found, required

CURRENCIES = {
    "AUD": "Australian Dollar",
    "CAD": "Canadian Dollar",
    "CHF": "Swiss Franc",
    "CNY": "Chinese Yuan",
    "DKK": "Danish Krone",
    "EUR": "Euro",
    "GBP": "British Pound Sterling",
    "HKD": "Hong Kong Dollar",
    "INR": "Indian Rupee",
    "JPY": "Japanese Yen",
    "MXN": "Mexican Peso",
    "NOK": "Norwegian Krone",
    "NZD": "New Zealand Dollar",
    "PLN": "Polish Zloty",
    "SEK": "Swedish Krona",
    "SGD": "Singapore Dollar",
    "USD": "United States Dollar",
    "ZAR": "South African Rand",
}


def currency_reference(code: str) -> dict[str, str]:
    """Return a CurrencyRef. Raises 2220 for a code nobody has heard of."""
    if code not in CURRENCIES:
        detail = f"Invalid Currency: {ascii(code)[1:-1]}"
        raise ServiceFault("2220", "CurrencyRef", detail)
    return {"value": code, "name": CURRENCIES[code]}


def settle_currency(company: Company, new: Body, old: Record | None) -> None:
    """Give a name or account its currency: home by default, fixed once set."""
    before = old.body.get("CurrencyRef") if old else None
    code = (new.get("CurrencyRef") or before or {}).get("value", company.home_currency)
    if before is not None and before["value"] != code:
        raise business("The currency cannot be changed once it is set.", "CurrencyRef")
    if code != company.home_currency and not company.multicurrency:
        raise business("Multicurrency is not enabled.", "CurrencyRef")
    new["CurrencyRef"] = currency_reference(code)
    if code != company.home_currency:
        _use(company, code)


def _use(company: Company, code: str) -> None:
    """Add a currency to the company's list the first time it is used."""
    known = company.search("CompanyCurrency", "json_extract(body, '$.Code') = ?", code)
    if not known:
        company.rules("CompanyCurrency").create({"Code": code})


def settle_document_currency(
    company: Company, new: Body, party: Mapping[str, Any]
) -> None:
    """Give a document its party's currency and a rate for its date."""
    own = party.get("CurrencyRef", {}).get("value", company.home_currency)
    if not new.get("CurrencyRef"):
        _check_left_out(company, own)
    code = (new.get("CurrencyRef") or {}).get("value", own)
    reference = currency_reference(code)
    if code != own:
        detail = f"The transaction's currency {code} is not that of its name, {own}."
        raise business(detail, "CurrencyRef")
    new["CurrencyRef"] = reference
    if not company.multicurrency:
        new.pop("ExchangeRate", None)
        return
    rate = new.get("ExchangeRate")
    if code == company.home_currency:
        rate = Decimal(1)
    elif not rate:
        rate = rate_on(company, code, new["TxnDate"])
    if rate <= 0:
        raise ServiceFault("2110", "ExchangeRate", "ExchangeRate must be above zero")
    new["ExchangeRate"] = plain(rate)


def _check_left_out(company: Company, own: str) -> None:
    """Refuse (2020) a document of a foreign name that does not say its currency.

    Intuit's pages ask for CurrencyRef wherever multicurrency is on; clients leave it
    out of documents in the home currency and get away with it.
    """
    wish = company.switches.get("currency_left_out")
    foreign = own != company.home_currency
    asked = wish == "always" or (wish == "foreign" and foreign)
    app = company.actor == API_ACTOR and not company.system
    if company.multicurrency and asked and app:
        raise required("CurrencyRef")


def rate_on(company: Company, code: str, day: str) -> Decimal:
    """Return home units for one unit of a currency: the newest rate up to a day."""
    if code == company.home_currency:
        return Decimal(1)
    found = _newest(company, code, day)
    return Decimal(found["Rate"]) if found else Decimal(1)


def rate_record(company: Company, code: str, day: str) -> Body:
    """Return the ExchangeRate in force on a day. Raises 2220, 610."""
    currency_reference(code)
    found = _newest(company, code, day or company.today.isoformat())
    if found is None:
        raise not_found()
    return found


def _newest(company: Company, code: str, day: str) -> Body | None:
    found = company.search(
        "ExchangeRate",
        "json_extract(body, '$.SourceCurrencyCode') = ? AND txn_date <= ?"
        " ORDER BY txn_date DESC LIMIT 1",
        code,
        day,
    )
    return found[0].body if found else None
