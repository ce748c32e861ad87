"""Whether a record is made as QuickBooks makes them, before anybody relies on it.

What is not, comes from a proxy, a fault or a change of the service. It is refused as
a whole, with the name of the field: nothing of it is kept, and nobody stumbles over
it further in. Only fields that are read somewhere are looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timezone
from decimal import Decimal
from typing import Any

from .errors import UnexpectedAnswerError
from .exactjson import parse_time
from .taxes import ON_AMOUNT, ON_AMOUNT_PLUS_TAX, ON_TAX

# No ledger has such an amount, and more digits than this are none of QuickBooks'.
LARGEST = 10**15
_MOST_DECIMALS = 50
# QuickBooks allows 100 characters of a SKU and 21 of a number.
_LONGEST_CODE = 250
_ID = re.compile(r"[!-~]{1,50}").fullmatch
_TOKEN = re.compile(r"[0-9]{1,20}").fullmatch
_EARLIEST, _LATEST = 1, 9999
_BASES = ("", ON_AMOUNT, ON_AMOUNT_PLUS_TAX, ON_TAX)


class _ShapeError(ValueError):
    """A field is not what it should be; the text says which, and what it should be."""


def checked(entity: str, record: Any, tid: str | None = None) -> dict[str, Any]:
    """Return *record* if it is one.

    :param entity: what it is said to be, for the words of the error.
    :raise UnexpectedAnswerError: it is no object, has no Id, or one of its fields is
        of another kind than QuickBooks' fields of this name.
    """
    try:
        if not isinstance(record, dict):
            raise _ShapeError("is no object")
        _id("Id", record.get("Id"))
        _walk(record)
    except _ShapeError as error:
        message = f"QuickBooks gave a {entity} that can't be read: it {error}."
        raise UnexpectedAnswerError(message, tid=tid) from error
    return record


def _walk(record: Mapping[str, Any]) -> None:
    kind_of = _KINDS.get
    for name, value in record.items():
        check = kind_of(name)
        # Most fields are texts, and are: no call for those.
        if check is None or value is None or (check is _text and type(value) is str):
            continue
        check(name, value)


# === KINDS === #


def _text(name: str, value: Any) -> None:
    if not isinstance(value, str):
        raise _ShapeError(f"has a {name} that is no text")


def _code(name: str, value: Any) -> None:
    _text(name, value)
    if len(value) > _LONGEST_CODE:
        raise _ShapeError(f"has a {name} of {len(value)} characters")


def _basis(name: str, value: Any) -> None:
    if value not in _BASES:
        raise _ShapeError(f"has a {name} that is not known")


def _id(name: str, value: Any) -> None:
    if not isinstance(value, str) or not _ID(value):
        raise _ShapeError(f"has a {name} that is no Id")


def _token(name: str, value: Any) -> None:
    if not isinstance(value, str) or not _TOKEN(value):
        raise _ShapeError(f"has a {name} that is no count")


def _number(name: str, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        raise _ShapeError(f"has a {name} that is no number")
    if not -LARGEST < value < LARGEST or _decimals(value) > _MOST_DECIMALS:
        raise _ShapeError(f"has a {name} that is beyond all measure")


def _decimals(value: int | Decimal) -> int:
    if isinstance(value, int):
        return 0
    return -int(value.as_tuple().exponent)


def _whole(name: str, value: Any) -> None:
    _number(name, value)
    if value != int(value) or abs(value) > 1_000_000:
        raise _ShapeError(f"has a {name} that is no count")


def _yes_or_no(name: str, value: Any) -> None:
    if not isinstance(value, bool):
        raise _ShapeError(f"has a {name} that is neither true nor false")


def _day(name: str, value: Any) -> None:
    """Check a day, which may be empty; of a time stamp the first ten characters."""
    _text(name, value)
    try:
        if value:
            date.fromisoformat(value[:10])
    except ValueError as error:
        raise _ShapeError(f"has a {name} that is no date") from error


def _moment(name: str, value: Any) -> None:
    _text(name, value)
    try:
        if value:
            moment = parse_time(value)
            if not _EARLIEST < moment.year < _LATEST:
                # It may be none in universal time.
                moment.astimezone(timezone.utc)
    except (ValueError, OverflowError) as error:
        raise _ShapeError(f"has a {name} that is no time") from error


def _object(name: str, value: Any) -> None:
    if not isinstance(value, dict):
        raise _ShapeError(f"has a {name} that is no object")
    _walk(value)


def _list(name: str, value: Any) -> None:
    if not isinstance(value, list):
        raise _ShapeError(f"has a {name} that is no list")
    for part in value:
        _object(name, part)


def _rates(name: str, value: Any) -> None:
    _list(name, value)
    for part in value:
        if not (part.get("TaxRateRef") or {}).get("value"):
            raise _ShapeError("has a tax rate without Id")


def _reference(name: str, value: Any) -> None:
    """Check what points at another record. An empty one is as good as none."""
    if not isinstance(value, dict):
        raise _ShapeError(f"has a {name} that is no reference")
    if value.get("value") not in (None, ""):
        _id(name, value["value"])
    if value.get("name") is not None:
        _text(name, value["name"])


def _memo(name: str, value: Any) -> None:
    if not isinstance(value, dict):
        raise _ShapeError(f"has a {name} that is no object")
    if value.get("value") is not None:
        _text(name, value["value"])


def _kinds(**names: str) -> dict[str, Callable[[str, Any], None]]:
    checks = {
        "ids": _id,
        "tokens": _token,
        "texts": _text,
        "codes": _code,
        "bases": _basis,
        "numbers": _number,
        "counts": _whole,
        "switches": _yes_or_no,
        "days": _day,
        "moments": _moment,
        "objects": _object,
        "lists": _list,
        "rates": _rates,
        "references": _reference,
        "memos": _memo,
    }
    return {name: checks[kind] for kind, all_ in names.items() for name in all_.split()}


_KINDS = _kinds(
    ids="Id TxnId TaxRateId",
    tokens="SyncToken",
    texts="AccountSubType AccountType Address City CompanyName Country"
    " CountrySubDivisionCode Description DetailType DisplayName FileName"
    " FreeFormNumber FullyQualifiedName GlobalTaxCalculation Line1 Line2 Line3 Line4"
    " Line5 Name Notes PaymentRefNum PostalCode PrimaryTaxIdentifier PrivateNote"
    " TrackingNum TxnType Type status",
    codes="DocNumber Sku",
    bases="TaxTypeApplicable",
    numbers="Amount Balance BalanceWithJobs DiscountPercent ExchangeRate HomeBalance"
    " HomeTotalAmt NetAmountTaxable Qty RateValue RemainingCredit TaxPercent TotalAmt"
    " TotalTax UnappliedAmt UnitPrice",
    counts="DayOfMonthDue DiscountDays DueDays TaxOnTaxOrder TaxOrder",
    switches="Active CustomTxnNumbers MultiCurrencyEnabled PartnerTaxEnabled TaxGroup"
    " Taxable UsingSalesTax",
    days="BookCloseDate DueDate EffectiveDate EndDate ServiceDate ShipDate TxnDate",
    moments="CreateTime LastUpdatedTime",
    objects="AccountingInfoPrefs BillAddr BillEmail BillEmailCc CurrencyPrefs"
    " GroupLineDetail MetaData PrimaryEmailAddr PrimaryPhone PurchaseTaxRateList"
    " SalesFormsPrefs SalesItemLineDetail SalesTaxRateList ShipAddr TaxLineDetail"
    " TaxPrefs TxnTaxDetail",
    lists="EffectiveTaxRate Line LinkedTxn TaxLine",
    rates="TaxRateDetail",
    references="CurrencyRef CustomerRef DepositToAccountRef EntityRef HomeCurrency"
    " ItemRef ParentRef PaymentMethodRef SalesTermRef TaxCodeRef TaxRateRef"
    " TxnTaxCodeRef",
    memos="CustomerMemo",
)
