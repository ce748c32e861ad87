"""Which rates a company's tax codes mean on a day, and which code an address means."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from qbo_simulator.books.tax import ON_AMOUNT, Rate
from qbo_simulator.company import Company

_ADDRESSES = ("ShipAddr", "BillAddr")


def rates_of(
    company: Company, code: str, day: str, side: str = "Sales"
) -> tuple[Rate, ...]:
    """Return the rates of a tax code in force on a day (``Sales`` or ``Purchase``)."""
    key = ("rates", code, day, side)
    if key not in company.notes:
        company.notes[key] = _read_rates(company, code, day, side)
    return company.notes[key]


def _read_rates(company: Company, code: str, day: str, side: str) -> tuple[Rate, ...]:
    record = company.find("TaxCode", code)
    if record is None:
        return ()
    details = record.body.get(f"{side}TaxRateList", {}).get("TaxRateDetail", [])
    return tuple(_rate(company, detail, day) for detail in details)


def _rate(company: Company, detail: Mapping[str, Any], day: str) -> Rate:
    rate_id = detail["TaxRateRef"]["value"]
    record = company.find("TaxRate", rate_id)
    percent = percent_on(record.body, day) if record else Decimal(0)
    return Rate(
        rate_id,
        percent,
        detail.get("TaxTypeApplicable", ON_AMOUNT),
        detail.get("TaxOrder", 0),
        detail.get("TaxOnTaxOrder"),
    )


def percent_on(rate: Mapping[str, Any], day: str) -> Decimal:
    """Return the percentage of a TaxRate on a day: the effective one, else its own."""
    for effective in rate.get("EffectiveTaxRate", []):
        begins = effective.get("EffectiveDate", "")[:10]
        ends = effective.get("EndDate", "9999-12-31")[:10]
        if begins <= day <= ends:
            return Decimal(effective["RateValue"])
    return Decimal(rate.get("RateValue", 0))


def code_for_address(company: Company, body: Mapping[str, Any]) -> str | None:
    """Return the tax code that automated sales tax takes for a document.

    The ship-to address decides, then the bill-to, then the company's own: the code
    named ``City, ST``, else the first of that state, else none (no nexus).
    """
    for address in _addresses(company, body):
        state = address.get("CountrySubDivisionCode", "").strip().upper()
        if not state:
            continue
        city = address.get("City", "").strip()
        return _code_named(company, f"{city}, {state}") or _code_of_state(
            company, state
        )
    return None


def _addresses(company: Company, body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = [body[name] for name in _ADDRESSES if body.get(name)]
    info = company.find("CompanyInfo", "1")
    return [*found, info.body.get("CompanyAddr", {}) if info else {}]


def _code_named(company: Company, name: str) -> str | None:
    names = [name.casefold()]
    rows = company.store.named(company.realm_id, "name", names, ["TaxCode"])
    return next((row.id for row in rows if row.active), None)


def _code_of_state(company: Company, state: str) -> str | None:
    codes = company.search(
        "TaxCode", "active = 1 AND name LIKE ? ORDER BY id", f"%, {state.casefold()}"
    )
    return codes[0].id if codes else None
