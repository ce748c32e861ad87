"""``taxservice/taxcode``: a tax code and its rates in one call (qbo-api.md 4.4)."""

from collections.abc import Mapping
from typing import Any

from qbo_simulator.company import Company
from qbo_simulator.entities.naming import tidy_name
from qbo_simulator.entities.references import missing
from qbo_simulator.errors import ServiceFault, required
from qbo_simulator.schema.check import CLEARED, Checker
from qbo_simulator.schema.tax import TAX_SERVICE

_LISTS = {
    "Sales": "SalesTaxRateList",
    "Purchase": "PurchaseTaxRateList",
    "Adjustment": "AdjustmentTaxRateList",
    "Other": "AdjustmentTaxRateList",
}


def add_tax_code(company: Company, body: Mapping[str, Any]) -> dict[str, Any]:
    """Make a tax code; return the request with the new ids in it."""
    sent = Checker().check(TAX_SERVICE, body)
    wish = {key: value for key, value in sent.items() if value is not CLEARED}
    name = tidy_name(company, wish.get("TaxCode") or "")
    details = wish.get("TaxRateDetails") or []
    if not name:
        raise required("TaxCode")
    if not details:
        raise required("TaxRateDetails")
    _check_free(company, "TaxCode", name, "tax code")
    lists: dict[str, list[dict[str, Any]]] = {}
    for detail in details:
        _add_rate(company, detail, lists)
    code = company.rules("TaxCode").create(_code(company, name, lists))
    answer = {"TaxCode": name, "TaxCodeId": code.id, "TaxRateDetails": details}
    return answer


def _code(
    company: Company, name: str, lists: Mapping[str, list[dict[str, Any]]]
) -> dict[str, Any]:
    body: dict[str, Any] = {"Name": name, "Description": name, "Taxable": True}
    for key in ("SalesTaxRateList", "PurchaseTaxRateList"):
        body[key] = {"TaxRateDetail": lists.get(key, [])}
    if "AdjustmentTaxRateList" in lists:
        body["AdjustmentTaxRateList"] = {
            "TaxRateDetail": lists["AdjustmentTaxRateList"]
        }
    return body


def _add_rate(
    company: Company,
    detail: dict[str, Any],
    lists: dict[str, list[dict[str, Any]]],
) -> None:
    """Find or make one rate and put it on its list; note its id in the detail."""
    side = detail.get("TaxApplicableOn", "Sales")
    detail["TaxApplicableOn"] = side
    if "TaxRateId" not in detail:
        detail["TaxRateId"] = _make_rate(company, detail)
    elif company.find("TaxRate", detail["TaxRateId"]) is None:
        raise missing("TaxRate", detail["TaxRateId"])
    rates = lists.setdefault(_LISTS[side], [])
    rates.append(
        {
            "TaxRateRef": {"value": detail["TaxRateId"]},
            "TaxTypeApplicable": "TaxOnAmount",
            "TaxOrder": len(rates),
        }
    )


def _make_rate(company: Company, detail: Mapping[str, Any]) -> str:
    for name in ("TaxRateName", "RateValue", "TaxAgencyId"):
        if name not in detail:
            raise required(name)
    if detail["RateValue"] < 0 or detail["RateValue"] > 100:
        raise ServiceFault("2150", "RateValue")
    if company.find("TaxAgency", detail["TaxAgencyId"]) is None:
        raise missing("TaxAgency", detail["TaxAgencyId"])
    name = tidy_name(company, detail["TaxRateName"])
    _check_free(company, "TaxRate", name, "tax rate")
    body = {
        "Name": name,
        "Description": name,
        "RateValue": detail["RateValue"],
        "AgencyRef": {"value": detail["TaxAgencyId"]},
    }
    return company.rules("TaxRate").create(body).id


def _check_free(company: Company, entity: str, name: str, called: str) -> None:
    """Refuse a taken name in the words of a captured fault (tax_service_error_dup)."""
    if company.search(entity, "name = ?", name.casefold()):
        words = f"Another {called} is already using this name."
        raise ServiceFault("6240", "", f"{words} Please use a different name.")
