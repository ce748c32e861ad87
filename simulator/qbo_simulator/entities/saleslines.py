"""The lines of sales documents: what is checked, what is added (qbo-api.md 4.7)."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from qbo_simulator.books.money import ZERO, plain, rounded, shown
from qbo_simulator.company import Company
from qbo_simulator.entities.base import Body
from qbo_simulator.entities.references import SPECIAL_ITEMS
from qbo_simulator.errors import ServiceFault, business, required

SALES = "SalesItemLineDetail"
GROUP = "GroupLineDetail"
DISCOUNT = "DiscountLineDetail"
DESCRIPTION = "DescriptionOnly"
SUBTOTAL = "SubTotalLineDetail"
_INLINE_SUBTOTAL = "Subtotal:"
_CENT = Decimal("0.01")
# Bundles go as group lines; what Intuit says of one on an item line is UNCONFIRMED.
_NOT_SOLD = {"Category": "Categories", "Group": "Bundles"}


@dataclass
class SalesLines:
    """The lines of a document, sorted by what they do."""

    shown: list[Body] = field(default_factory=list)
    items: list[Body] = field(default_factory=list)
    discount: Body | None = None

    @property
    def subtotal(self) -> Decimal:
        """The sum of the item lines, net."""
        return sum((Decimal(line["Amount"]) for line in self.items), ZERO)

    def closed(self, with_discount: bool = True) -> list[Body]:
        """Return all lines as QuickBooks shows them: subtotal, then discount."""
        lines = [*self.shown, {"Amount": shown(self.subtotal), "DetailType": SUBTOTAL}]
        lines[-1][SUBTOTAL] = {}
        if self.discount is not None and with_discount:
            lines.append(self.discount)
        return lines


class LineReader:
    """Reads the lines of one sales document."""

    def __init__(self, company: Company, day: str) -> None:
        self._company = company
        self._day = day
        self._since_subtotal = ZERO

    def read(self, lines: list[Body]) -> SalesLines:
        """Check and complete the lines. Raises ServiceFault."""
        found = SalesLines()
        for line in lines:
            kind = _kind(line)
            if kind == SUBTOTAL:
                continue
            if kind == DISCOUNT:
                self._take_discount(found, line)
                continue
            if kind == SALES:
                self._item_line(line)
                found.items.append(line)
            elif kind == GROUP:
                found.items.extend(self._group_line(line))
            else:
                self._description_line(line)
            self._since_subtotal += Decimal(line.get("Amount", 0))
            found.shown.append(line)
        if not found.shown:
            raise required("Line")
        self._settle_discount(found)
        return found

    # -- item lines ------------------------------------------------------------

    def _item_line(self, line: Body) -> None:
        detail = line.setdefault(SALES, {})
        self._check_amount(line, detail)
        item = self._item(detail)
        if item is not None:
            self._check_item(item)
            account = item.get("IncomeAccountRef")
            if account is not None:
                detail["ItemAccountRef"] = dict(account)

    def _check_amount(self, line: Body, detail: Body) -> None:
        """Refuse (6070) an amount that is not Qty x UnitPrice, rounded half-up.

        A quantity and a price of zero count as not sent: python-quickbooks sends them
        so, and Intuit takes it.
        """
        if "Amount" not in line:
            raise required("Amount")
        amount = Decimal(line["Amount"])
        if not detail.get("Qty") and not detail.get("UnitPrice"):
            detail.pop("Qty", None)
            detail.pop("UnitPrice", None)
        quantity, price = detail.get("Qty"), detail.get("UnitPrice")
        self._check_decimals(price)
        if quantity is not None and price is None and quantity:
            detail["UnitPrice"] = plain(round(amount / Decimal(quantity), 7))
        elif quantity is not None and price is not None:
            check_product(self._company, amount, Decimal(quantity), Decimal(price))

    def _item(self, detail: Body) -> Body | None:
        reference = detail.get("ItemRef")
        if reference is None:
            if self._company.system and "ItemAccountRef" in detail:
                return None
            reference = detail["ItemRef"] = self._default_item()
        if reference["value"] in SPECIAL_ITEMS:
            return {}
        key = ("item", reference["value"])
        if key not in self._company.notes:
            item = self._company.get("Item", reference["value"])
            self._company.notes[key] = item.body
        return self._company.notes[key]

    def _default_item(self) -> dict[str, str]:
        """Return the item a line without one gets (UNCONFIRMED: or it is refused)."""
        items = []
        if self._company.switches.get("line_without_item") == "default":
            items = self._company.search(
                "Item",
                "active = 1 AND json_extract(body, '$.Type') = 'Service'"
                " ORDER BY id LIMIT 1",
            )
        if not items:
            raise ServiceFault("6440", "ItemRef")
        name = items[0].body["FullyQualifiedName"]
        return {"value": items[0].id, "name": name}

    def _check_decimals(self, price: Any) -> None:
        """Refuse (2110) a price of more decimals than QuickBooks keeps."""
        most = int(self._company.switches.get("unit_price_decimals"))
        decimals = -int(Decimal(price or 0).normalize().as_tuple().exponent)
        if decimals > most:
            detail = f"UnitPrice has at most {most} decimals. Supplied value:{price}"
            raise ServiceFault("2110", "UnitPrice", detail)

    def _check_item(self, item: Body) -> None:
        several = _NOT_SOLD.get(item.get("Type", ""))
        if several:
            detail = f"Invalid Reference Id : {several} cannot be used in transactions."
            raise ServiceFault("2500", "Line.SalesItemLineDetail.ItemRef", detail)
        begins = item.get("InvStartDate")
        if item.get("Type") == "Inventory" and begins and self._day < begins:
            detail = f"The item's inventory starts on {begins}."
            raise ServiceFault("6270", "TxnDate", detail)

    # -- other lines -----------------------------------------------------------

    def _group_line(self, line: Body) -> list[Body]:
        """Complete a bundle; its inner lines are what is sold."""
        detail = line.setdefault(GROUP, {})
        reference = detail.get("GroupItemRef")
        if reference is None:
            raise required("GroupItemRef")
        group = self._company.get("Item", reference["value"])
        if group.body.get("Type") != "Group":
            raise business("GroupItemRef must be a bundle.", "GroupItemRef")
        detail.setdefault("Quantity", Decimal(1))
        inner = detail.get("Line") or self._components(group.body, detail["Quantity"])
        sold = [one for one in inner if _kind(one) == SALES]
        for one in sold:
            self._item_line(one)
        detail["Line"] = inner
        for number, one in enumerate(inner, 1):
            one["Id"], one["LineNum"] = str(1000 + number), number
        line["Amount"] = shown(sum((Decimal(one["Amount"]) for one in sold), ZERO))
        return sold

    def _components(self, group: Body, times: Any) -> list[Body]:
        lines = group.get("ItemGroupDetail", {}).get("ItemGroupLine", [])
        return [self._component(line, Decimal(times)) for line in lines]

    def _component(self, line: Body, times: Decimal) -> Body:
        item = self._company.get("Item", line["ItemRef"]["value"]).body
        quantity = Decimal(line.get("Qty", 1)) * times
        price = Decimal(item.get("UnitPrice", 0))
        detail: Body = {"ItemRef": dict(line["ItemRef"]), "UnitPrice": plain(price)}
        detail["Qty"] = plain(quantity)
        code = item.get("SalesTaxCodeRef")
        if code is not None:
            detail["TaxCodeRef"] = dict(code)
        return {
            "Description": item.get("Description", item["Name"]),
            "Amount": shown(quantity * price),
            "DetailType": SALES,
            SALES: detail,
        }

    def _description_line(self, line: Body) -> None:
        line.pop("Amount", None)
        line.setdefault("DescriptionLineDetail", {})
        if line.get("Description") == _INLINE_SUBTOTAL:
            line["Description"] = f"Subtotal: {rounded(self._since_subtotal)}"
            self._since_subtotal = ZERO

    # -- the discount ----------------------------------------------------------

    def _take_discount(self, found: SalesLines, line: Body) -> None:
        allowed = self._company.preference("SalesFormsPrefs", "AllowDiscount", True)
        if not allowed:
            raise business("Discounts are not enabled for this company.")
        if found.discount is not None:
            raise business("A transaction can have one discount line only.")
        found.discount = line

    def _settle_discount(self, found: SalesLines) -> None:
        line = found.discount
        if line is None:
            return
        detail = line.setdefault(DISCOUNT, {})
        if detail.setdefault("PercentBased", False):
            percent = detail.get("DiscountPercent")
            if percent is None:
                raise ServiceFault("6090", "DiscountPercent")
            if not 0 <= percent <= 100:
                raise ServiceFault("2150", "DiscountPercent")
            line["Amount"] = shown(found.subtotal * Decimal(percent) / 100)
        elif "Amount" not in line:
            raise ServiceFault("6090", "Amount")
        line.pop("Id", None)
        line.pop("LineNum", None)


def check_product(
    company: Company, amount: Decimal, quantity: Decimal, price: Decimal
) -> None:
    """Refuse (6070) an amount that is not quantity times price, rounded half-up."""
    product = rounded(quantity * price)
    tolerance = _CENT if company.switches.get("amount_tolerance") == "cent" else ZERO
    if abs(product - amount) > tolerance:
        detail = (
            "Amount calculation incorrect in the request. Amount is not equal to"
            f" UnitPrice * Qty. Supplied value:{amount:,.2f}"
        )
        raise ServiceFault("6070", "Line.Amount", detail)


def _kind(line: Body) -> str:
    """Return a line's detail type, from its detail if it is not said."""
    kind = line.get("DetailType")
    if kind is None:
        details = (SALES, GROUP, DISCOUNT, SUBTOTAL, "DescriptionLineDetail")
        kind = next((name for name in details if name in line), None)
        if kind is None:
            raise required("DetailType")
        kind = DESCRIPTION if kind == "DescriptionLineDetail" else kind
        line["DetailType"] = kind
    return kind
