"""Which rules belong to which entity."""

from collections.abc import Mapping

from qbo_simulator.company import Company
from qbo_simulator.entities.account import AccountRules
from qbo_simulator.entities.attachable import AttachableRules
from qbo_simulator.entities.banking import (
    CreditCardPaymentRules,
    DepositRules,
    TransferRules,
)
from qbo_simulator.entities.base import Rules
from qbo_simulator.entities.budget import BudgetRules
from qbo_simulator.entities.customer import CustomerRules
from qbo_simulator.entities.inventory import InventoryAdjustmentRules
from qbo_simulator.entities.invoice import CreditMemoRules, InvoiceRules
from qbo_simulator.entities.item import ItemRules
from qbo_simulator.entities.journal import JournalEntryRules
from qbo_simulator.entities.lists import (
    ClassRules,
    CompanyCurrencyRules,
    DepartmentRules,
    EmployeeRules,
    ExchangeRateRules,
    VendorRules,
)
from qbo_simulator.entities.naming import ListRules
from qbo_simulator.entities.payment import BillPaymentRules, PaymentRules
from qbo_simulator.entities.purchases import (
    BillRules,
    ExpenseRules,
    PurchaseOrderRules,
    VendorCreditRules,
)
from qbo_simulator.entities.receipts import (
    EstimateRules,
    RefundReceiptRules,
    SalesReceiptRules,
)
from qbo_simulator.entities.recurring import RecurringTransactionRules
from qbo_simulator.entities.setup import CompanyInfoRules, PreferencesRules
from qbo_simulator.entities.term import TermRules
from qbo_simulator.entities.timeactivity import TimeActivityRules
from qbo_simulator.errors import ServiceFault
from qbo_simulator.schema.registry import ENTITIES

RULES: Mapping[str, type[Rules]] = {
    "Account": AccountRules,
    "Attachable": AttachableRules,
    "Bill": BillRules,
    "BillPayment": BillPaymentRules,
    "Budget": BudgetRules,
    "Class": ClassRules,
    "CompanyCurrency": CompanyCurrencyRules,
    "CompanyInfo": CompanyInfoRules,
    "CreditCardPayment": CreditCardPaymentRules,
    "CreditMemo": CreditMemoRules,
    "Customer": CustomerRules,
    "CustomerType": ListRules,
    "Department": DepartmentRules,
    "Deposit": DepositRules,
    "Employee": EmployeeRules,
    "Estimate": EstimateRules,
    "ExchangeRate": ExchangeRateRules,
    "InventoryAdjustment": InventoryAdjustmentRules,
    "Invoice": InvoiceRules,
    "Item": ItemRules,
    "JournalCode": ListRules,
    "JournalEntry": JournalEntryRules,
    "Payment": PaymentRules,
    "PaymentMethod": ListRules,
    "Preferences": PreferencesRules,
    "Purchase": ExpenseRules,
    "PurchaseOrder": PurchaseOrderRules,
    "RecurringTransaction": RecurringTransactionRules,
    "RefundReceipt": RefundReceiptRules,
    "ReimburseCharge": Rules,
    "SalesReceipt": SalesReceiptRules,
    "TaxAgency": ListRules,
    "TaxClassification": ListRules,
    "TaxCode": ListRules,
    "TaxRate": ListRules,
    "Term": TermRules,
    "TimeActivity": TimeActivityRules,
    "Transfer": TransferRules,
    "Vendor": VendorRules,
    "VendorCredit": VendorCreditRules,
}


def rules_for(company: Company, entity: str) -> Rules:
    """Return the rules of an entity. Raises 2000 for an unknown one."""
    if entity not in ENTITIES:
        detail = f"Invalid or unsupported object name: {ascii(entity)[1:-1]}"
        raise ServiceFault("2000", detail=detail)
    return RULES[entity](company, ENTITIES[entity])
