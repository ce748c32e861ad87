"""The tax of sales documents under the three tax models (qbo-api.md 4.7)."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from qbo_simulator.books import tax as taxes
from qbo_simulator.books.money import ZERO, plain, rounded, shown
from qbo_simulator.books.tax import Rate, Share, Tax
from qbo_simulator.books.taxcodes import code_for_address, rates_of
from qbo_simulator.company import Company
from qbo_simulator.entities.base import Body
from qbo_simulator.entities.saleslines import SalesLines
from qbo_simulator.errors import ServiceFault, business

EXCLUDED, INCLUSIVE, NOT_APPLICABLE = "TaxExcluded", "TaxInclusive", "NotApplicable"
US_CODES = ("TAX", "NON")
_WORDS = {"GB": "VAT", "IE": "VAT", "FR": "VAT", "ZA": "VAT", "CA": "GST/HST"}


@dataclass(frozen=True)
class Sale:
    """A document whose tax is to be settled."""

    company: Company
    body: Body
    lines: SalesLines
    sent_tax: bool
    taxable_party: bool
    side: str = "Sales"

    @property
    def day(self) -> str:
        """The day whose rates count."""
        return self.body["TxnDate"]

    def detail(self, line: Body) -> Body:
        """Return the detail of one of its item lines."""
        return line[line["DetailType"]]

    @property
    def by_line(self) -> bool:
        """Whether tax is rounded line by line; INFERRED that it is not."""
        return self.company.switches.get("tax_rounding") == "line"

    @property
    def discount(self) -> Decimal:
        """The discount on the whole document."""
        return Decimal(self.lines.discount["Amount"]) if self.lines.discount else ZERO


def settle_tax(sale: Sale) -> Decimal:
    """Write lines' tax codes and TxnTaxDetail; return the whole tax."""
    if not sale.company.uses_tax:
        return _settle_none(sale)
    if sale.company.is_us:
        return _settle_us(sale)
    return _settle_global(sale)


def _settle_none(sale: Sale) -> Decimal:
    for name in ("TxnTaxDetail", "GlobalTaxCalculation"):
        sale.body.pop(name, None)
    for line in sale.lines.items:
        sale.detail(line).pop("TaxCodeRef", None)
        sale.detail(line).pop("TaxInclusiveAmt", None)
    return ZERO


# -- the United States ---------------------------------------------------------


def _settle_us(sale: Sale) -> Decimal:
    sale.body.pop("GlobalTaxCalculation", None)
    if sale.side == "Purchase":
        sale.body.pop("TxnTaxDetail", None)
        return ZERO
    for line in sale.lines.items:
        _settle_us_line(sale, line)
    shares = _us_shares(sale)
    taxable = sum(shares, ZERO)
    sent = sale.body.get("TxnTaxDetail", {}) if sale.sent_tax else {}
    if not sale.sent_tax:
        sent = _kept_code(sale.body.get("TxnTaxDetail", {}))
    code = _us_code(sale, sent)
    rates = rates_of(sale.company, code, sale.day)
    found = taxes.on_top([Share(one, rates) for one in shares], sale.by_line)
    if not sale.taxable_party:
        found = taxes.prorated(found, ZERO)
    elif _overrides_total(sale, sent, found, taxable):
        found = taxes.prorated(found, Decimal(sent["TotalTax"]))
    detail = _tax_detail(found)
    if code:
        detail["TxnTaxCodeRef"] = {"value": code}
    if not code and "TotalTax" in sent and sale.taxable_party:
        detail["TotalTax"] = sent["TotalTax"]
    sale.body["TxnTaxDetail"] = detail
    return Decimal(detail["TotalTax"])


def _kept_code(detail: Mapping[str, Any]) -> Mapping[str, Any]:
    """Keep of an old tax detail its code only: the tax is computed anew."""
    return {key: detail[key] for key in ("TxnTaxCodeRef",) if key in detail}


def _settle_us_line(sale: Sale, line: Body) -> None:
    """Refuse (6100) other codes than TAX and NON; they only say what is taxable."""
    detail = sale.detail(line)
    detail.pop("TaxInclusiveAmt", None)
    code = detail.get("TaxCodeRef", {}).get("value")
    if code is None:
        code = _us_default(sale.company, detail)
    if code == "CustomSalesTax":
        raise ServiceFault("6160", "TaxCodeRef")
    if code not in US_CODES:
        detail_text = f"Line tax code must be TAX or NON. Supplied value:{code}"
        raise ServiceFault("6100", "TaxCodeRef", detail_text)
    detail["TaxCodeRef"] = {"value": code}


def _us_default(company: Company, detail: Body) -> str:
    if company.switches.get("us_line_tax_default") == "NON":
        return "NON"
    item = company.notes.get(("item", detail.get("ItemRef", {}).get("value", "")), {})
    return "TAX" if item.get("Taxable") else "NON"


def _us_shares(sale: Sale) -> list[Decimal]:
    """Return what is taxable, in one or by line, less a discount that comes first."""
    lines = [
        Decimal(line["Amount"])
        for line in sale.lines.items
        if sale.detail(line)["TaxCodeRef"]["value"] == "TAX"
    ]
    shares = lines if sale.by_line else [sum(lines, ZERO)]
    subtotal = sale.lines.subtotal
    if sale.discount and subtotal and sale.body.get("ApplyTaxAfterDiscount"):
        return [one - rounded(sale.discount * one / subtotal) for one in shares]
    return shares


def _us_code(sale: Sale, sent: Mapping[str, Any]) -> str:
    """Return the group code: the address decides with automated sales tax."""
    if sale.company.preference("TaxPrefs", "PartnerTaxEnabled"):
        return code_for_address(sale.company, sale.body) or ""
    code = sent.get("TxnTaxCodeRef", {}).get("value", "")
    if code == "CustomSalesTax":
        raise ServiceFault("6160", "TxnTaxCodeRef")
    return "" if code in US_CODES else code


def _overrides_total(
    sale: Sale, sent: Mapping[str, Any], found: list[Tax], taxable: Decimal
) -> bool:
    if "TotalTax" not in sent or sent.get("UseAutomatedSalesTax"):
        return False
    wish = Decimal(sent["TotalTax"])
    if wish == sum((tax.amount for tax in found), ZERO):
        return False
    ignores = sale.company.switches.get("zero_tax_override") == "ignore"
    return not (wish == 0 and taxable and ignores)


# -- everywhere else -----------------------------------------------------------


def _settle_global(sale: Sale) -> Decimal:
    mode = sale.body.setdefault("GlobalTaxCalculation", EXCLUDED)
    if mode == NOT_APPLICABLE:
        return _settle_not_applicable(sale)
    for line in sale.lines.items:
        if "TaxCodeRef" not in sale.detail(line):
            raise missing_code(sale.company)
        _check_sold(sale, line)
    found = _inclusive(sale) if mode == INCLUSIVE else _exclusive(sale)
    if sale.sent_tax:
        found = _overridden(sale, found)
    detail = _tax_detail(found)
    sale.body["TxnTaxDetail"] = detail
    return Decimal(detail["TotalTax"])


def _check_sold(sale: Sale, line: Body) -> None:
    """Refuse (6470) a tax code of purchases only on a sale."""
    if (
        sale.side != "Sales"
        or sale.company.switches.get("purchase_code_sold") != "refuse"
    ):
        return
    code = sale.detail(line)["TaxCodeRef"]["value"]
    bought = rates_of(sale.company, code, sale.day, "Purchase")
    if bought and not _rates(sale, line):
        detail = f"Tax code {code} has no rate for sales."
        raise ServiceFault("6470", "TaxCodeRef", detail)


def missing_code(company: Company) -> ServiceFault:
    """Return the 6000 for a line without tax code; the word depends on the country."""
    word = _WORDS.get(company.realm.country, "GST")
    return business(
        f"Make sure all your transactions have a {word} rate before you save."
    )


def _settle_not_applicable(sale: Sale) -> Decimal:
    sent = sale.body.get("TxnTaxDetail", {}) if sale.sent_tax else {}
    if sent.get("TotalTax") or sent.get("TaxLine") or sent.get("TxnTaxCodeRef"):
        raise ServiceFault("6170", "TxnTaxDetail")
    sale.body.pop("TxnTaxDetail", None)
    for line in sale.lines.items:
        sale.detail(line).pop("TaxCodeRef", None)
        sale.detail(line).pop("TaxInclusiveAmt", None)
    return ZERO


def _rates(sale: Sale, line: Body) -> tuple[Rate, ...]:
    code = sale.detail(line)["TaxCodeRef"]["value"]
    return rates_of(sale.company, code, sale.day, sale.side)


def _exclusive(sale: Sale) -> list[Tax]:
    for line in sale.lines.items:
        sale.detail(line).pop("TaxInclusiveAmt", None)
    amounts = [Decimal(line["Amount"]) for line in sale.lines.items]
    return taxes.on_top(_shares(sale, amounts), sale.by_line)


def _shares(sale: Sale, amounts: list[Decimal]) -> list[Share]:
    """Return the sums by tax code, or the lines, less their part of the discount."""
    sums: dict[str, Share] = {}
    for number, (line, amount) in enumerate(
        zip(sale.lines.items, amounts, strict=True)
    ):
        code = sale.detail(line)["TaxCodeRef"]["value"]
        key = f"{code} {number}" if sale.by_line else code
        before = sums.get(key, Share(ZERO, _rates(sale, line)))
        sums[key] = Share(before.amount + amount, before.rates)
    whole = sum(amounts, ZERO)
    if not sale.discount or not whole:
        return list(sums.values())
    left = 1 - sale.discount / sale.lines.subtotal
    return [Share(one.amount * left, one.rates) for one in sums.values()]


def _inclusive(sale: Sale) -> list[Tax]:
    """Take the tax out of gross amounts; lines keep net and gross."""
    lines = sale.lines.items
    grosses = [_gross(sale, line) for line in lines]
    found = taxes.within(_shares(sale, grosses), sale.by_line)
    whole = taxes.within(_shares_undiscounted(sale, grosses), sale.by_line)
    rates = [_rates(sale, line) for line in lines]
    nets = taxes.net_amounts(grosses, rates, whole)
    for line, gross, net in zip(lines, grosses, nets, strict=True):
        _set_net(sale, line, gross, net)
    return found


def _shares_undiscounted(sale: Sale, grosses: list[Decimal]) -> list[Share]:
    pairs = zip(sale.lines.items, grosses, strict=True)
    return [Share(gross, _rates(sale, line)) for line, gross in pairs]


def _gross(sale: Sale, line: Body) -> Decimal:
    """Return a line's amount with tax; what decides it is UNCONFIRMED: a switch."""
    wish = sale.company.switches.get("inclusive_amount")
    amount = Decimal(line["Amount"])
    given = sale.detail(line).get("TaxInclusiveAmt")
    if wish == "TaxInclusiveAmt" and given is not None:
        return Decimal(given)
    if wish == "gross":
        return amount if given is None else Decimal(given)
    return rounded(amount * (1 + taxes.combined(_rates(sale, line))))


def _set_net(sale: Sale, line: Body, gross: Decimal, net: Decimal) -> None:
    detail = sale.detail(line)
    if net != Decimal(line["Amount"]):
        line["Amount"] = shown(net)
        quantity = Decimal(detail.get("Qty", 0))
        if quantity:
            detail["UnitPrice"] = plain(round(net / quantity, 7))
    detail["TaxInclusiveAmt"] = shown(gross)


def _overridden(sale: Sale, found: list[Tax]) -> list[Tax]:
    """Take tax amounts the client sent in place of ours, noting the difference."""
    sent = sale.body.get("TxnTaxDetail", {})
    amounts = {
        line["TaxLineDetail"]["TaxRateRef"]["value"]: Decimal(line["Amount"])
        for line in sent.get("TaxLine", [])
        if "Amount" in line and "TaxRateRef" in line.get("TaxLineDetail", {})
    }
    if amounts:
        return taxes.overridden(found, amounts)
    honours = sale.company.switches.get("total_tax_outside_us") == "honour"
    if honours and "TotalTax" in sent:
        return taxes.prorated(found, Decimal(sent["TotalTax"]))
    return found


def _tax_detail(found: list[Tax]) -> Body:
    total = sum((tax.amount for tax in found), ZERO)
    detail: Body = {"TotalTax": shown(total)}
    if found:
        detail["TaxLine"] = [_tax_line(tax) for tax in found]
    return detail


def _tax_line(tax: Tax) -> Body:
    detail: Body = {
        "TaxRateRef": {"value": tax.rate.id},
        "PercentBased": True,
        "TaxPercent": plain(tax.rate.percent),
        "NetAmountTaxable": shown(tax.taxable),
    }
    if tax.delta:
        detail["OverrideDeltaAmount"] = shown(tax.delta)
    return {
        "Amount": shown(tax.amount),
        "DetailType": "TaxLineDetail",
        "TaxLineDetail": detail,
    }
