"""Which rules belong to which entity."""

from collections.abc import Mapping

from qbo_simulator.company import Company
from qbo_simulator.entities.account import AccountRules
from qbo_simulator.entities.base import Rules
from qbo_simulator.entities.customer import CustomerRules
from qbo_simulator.entities.invoice import CreditMemoRules, InvoiceRules
from qbo_simulator.entities.item import ItemRules
from qbo_simulator.entities.naming import ListRules
from qbo_simulator.entities.payment import PaymentRules
from qbo_simulator.entities.setup import CompanyInfoRules, PreferencesRules
from qbo_simulator.entities.term import TermRules
from qbo_simulator.entities.vendor import EmployeeRules, VendorRules
from qbo_simulator.errors import ServiceFault
from qbo_simulator.schema.registry import ENTITIES

RULES: Mapping[str, type[Rules]] = {
    "Account": AccountRules,
    "CompanyInfo": CompanyInfoRules,
    "CreditMemo": CreditMemoRules,
    "Customer": CustomerRules,
    "Employee": EmployeeRules,
    "Invoice": InvoiceRules,
    "Item": ItemRules,
    "Payment": PaymentRules,
    "Preferences": PreferencesRules,
    "TaxAgency": ListRules,
    "TaxCode": ListRules,
    "TaxRate": ListRules,
    "Term": TermRules,
    "Vendor": VendorRules,
}


def rules_for(company: Company, entity: str) -> Rules:
    """Return the rules of an entity. Raises 2000 for an unknown one."""
    if entity not in ENTITIES:
        detail = f"Invalid or unsupported object name: {ascii(entity)[1:-1]}"
        raise ServiceFault("2000", detail=detail)
    return RULES[entity](company, ENTITIES[entity])
