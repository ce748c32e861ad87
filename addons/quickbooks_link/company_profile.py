"""What QuickBooks says of a company, as values of ``quickbooks.connection``."""

from .qbo import payment_terms
from .qbo.errors import UnexpectedAnswerError

PROFILE_LISTS = {
    "CompanyInfo": "SELECT * FROM CompanyInfo",
    "Preferences": "SELECT * FROM Preferences",
    "Term": "SELECT * FROM Term MAXRESULTS 1000",
}


def read_profile(env, client, environment):
    """Ask QuickBooks about its company, in one call.

    :param client: a :class:`QuickBooksClient` of the company
    :return: values of ``quickbooks.connection``
    :raise QuickBooksError: QuickBooks could not be asked
    """
    return {
        "realm_id": client.realm_id,
        "environment": environment,
        **profile_of(env, client.query_batch(PROFILE_LISTS)),
    }


def profile_of(env, pages):
    """Return what the answers to :data:`PROFILE_LISTS` say of the company.

    :raise UnexpectedAnswerError: they say nothing of it
    """
    info, preferences = (_only(pages, name) for name in ("CompanyInfo", "Preferences"))
    if not info.get("CompanyName"):
        raise UnexpectedAnswerError("QuickBooks gave a company without a name.")
    return {
        "quickbooks_company_name": info["CompanyName"],
        "country_code": info.get("Country"),
        **_currency(env, preferences),
        **_sales_forms(preferences),
        "tax_model": _tax_model(info, preferences),
        "terms": [payment_terms.read(row).as_json() for row in pages["Term"].rows],
    }


def _only(pages, entity):
    if not pages[entity].rows:
        raise UnexpectedAnswerError(f"QuickBooks gave no {entity}.")
    return pages[entity].rows[0]


def _currency(env, preferences):
    prefs = preferences.get("CurrencyPrefs") or {}
    code = (prefs.get("HomeCurrency") or {}).get("value")
    currencies = env["res.currency"].with_context(active_test=False)
    return {
        "home_currency_id": currencies.search([("name", "=", code)], limit=1).id,
        "multicurrency": prefs.get("MultiCurrencyEnabled") or False,
    }


def _sales_forms(preferences):
    forms = preferences.get("SalesFormsPrefs") or {}
    books = preferences.get("AccountingInfoPrefs") or {}
    return {
        "custom_transaction_numbers": forms.get("CustomTxnNumbers") or False,
        "book_close_date": books.get("BookCloseDate"),
    }


def _tax_model(info, preferences):
    """Name how QuickBooks taxes a sale.

    Source: Intuit, "Manage sales tax for US locales": ``PartnerTaxEnabled`` is true
    where automated sales tax is on and set up, and absent in companies without it.
    """
    prefs = preferences.get("TaxPrefs") or {}
    if not prefs.get("UsingSalesTax"):
        return "none"
    if info.get("Country") not in ("US", "USA"):
        return "global"
    return "us_automated" if prefs.get("PartnerTaxEnabled") else "us_manual"
