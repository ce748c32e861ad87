"""The rules of items (qbo-api.md 4.3)."""

from decimal import Decimal

from qbo_simulator.company import Record
from qbo_simulator.entities.base import Body
from qbo_simulator.entities.naming import HierarchyRules
from qbo_simulator.entities.opening import book_opening_stock
from qbo_simulator.errors import ServiceFault, business, required

_SOLD = ("Service", "Inventory", "NonInventory")
_NOT_MADE = ("Group", "Assembly", "Bundle")
_BARE = ("Category",)
_INVENTORY = ("AssetAccountRef", "ExpenseAccountRef", "QtyOnHand", "InvStartDate")
_INCOME = ("Income", "Other Income")


class ItemRules(HierarchyRules):
    """Products, services, categories and bundles."""

    child_flag = "SubItem"

    def before_check(self, body: Body, old: Body | None) -> None:
        """Refuse types that the API cannot make."""
        kind = body.get("Type")
        before = old.get("Type") if old else None
        made = kind in _NOT_MADE and kind != before
        if made and not self.company.system:
            raise ServiceFault("500", "Type", f"Type {kind} cannot be created.")

    def prepare(self, new: Body, old: Record | None) -> None:
        """Check accounts and quantities by type."""
        self._on_hand = Decimal(0)
        super().prepare(new, old)
        if new["Type"] in _BARE:
            self._prepare_category(new)
            return
        if new["Type"] in _SOLD:
            self._check_accounts(new)
        self._check_tracking(new, old)
        self._on_hand = Decimal(new.get("QtyOnHand", 0))
        if "QtyOnHand" in new:
            new["QtyOnHand"] = old.body["QtyOnHand"] if old else Decimal(0)

    def check_parent(self, new: Body, parent: Record) -> None:
        """Only categories can be parents."""
        if parent.body.get("Type") != "Category":
            detail = "An item can be placed under a category only."
            raise ServiceFault("700", "ParentRef", detail)

    def _prepare_category(self, new: Body) -> None:
        if not new.get("Active", True):
            raise business("A category cannot be made inactive.", "Active")
        for name in ("UnitPrice", "PurchaseCost", "Taxable", "TrackQtyOnHand"):
            new.pop(name, None)

    def _check_accounts(self, new: Body) -> None:
        kind = new["Type"]
        if "IncomeAccountRef" not in new and (
            kind != "NonInventory" or "ExpenseAccountRef" not in new
        ):
            raise required("IncomeAccountRef")
        self._check_type(new, "IncomeAccountRef", _INCOME)
        if kind == "Inventory":
            for name in _INVENTORY:
                if name not in new:
                    raise required(name)
            self._check_type(new, "AssetAccountRef", ("Other Current Asset",))
            self._check_type(new, "ExpenseAccountRef", ("Cost of Goods Sold",))

    def _check_type(self, new: Body, name: str, types: tuple[str, ...]) -> None:
        reference = new.get(name)
        if reference is None:
            return
        account = self.company.get("Account", reference["value"])
        if account.body["AccountType"] not in types:
            detail = f"{name} must be an account of type {' or '.join(types)}."
            raise ServiceFault("6430", name, detail)

    def _check_tracking(self, new: Body, old: Record | None) -> None:
        inventory = new["Type"] == "Inventory"
        was = bool(old and old.body.get("TrackQtyOnHand"))
        if inventory and not new.get("TrackQtyOnHand"):
            if was:
                raise business("Tracking of quantities cannot be switched off.")
            raise required("TrackQtyOnHand")
        if not inventory:
            if was:
                raise business("The type of a tracked item cannot be changed.", "Type")
            new["TrackQtyOnHand"] = False
            for name in ("QtyOnHand", "InvStartDate"):
                new.pop(name, None)

    def after(self, record: Record, old: Body | None) -> None:
        """Book what a new inventory item starts with."""
        super().after(record, old)
        if old is None and self._on_hand:
            book_opening_stock(self.company, record, self._on_hand)
