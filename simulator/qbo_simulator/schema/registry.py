"""Every entity by name."""

from collections.abc import Mapping
from types import MappingProxyType

from qbo_simulator.schema.account import ACCOUNT
from qbo_simulator.schema.attachable import ATTACHABLE
from qbo_simulator.schema.banking import CREDIT_CARD_PAYMENT, DEPOSIT, TRANSFER
from qbo_simulator.schema.billpayment import BILL_PAYMENT
from qbo_simulator.schema.budget import BUDGET
from qbo_simulator.schema.company import COMPANY_INFO, PREFERENCES
from qbo_simulator.schema.creditmemo import CREDIT_MEMO
from qbo_simulator.schema.customer import CUSTOMER
from qbo_simulator.schema.employee import EMPLOYEE
from qbo_simulator.schema.estimate import ESTIMATE
from qbo_simulator.schema.exchangerate import EXCHANGE_RATE
from qbo_simulator.schema.fields import Entity
from qbo_simulator.schema.inventoryadjustment import INVENTORY_ADJUSTMENT
from qbo_simulator.schema.invoice import INVOICE
from qbo_simulator.schema.item import ITEM
from qbo_simulator.schema.journalentry import JOURNAL_ENTRY
from qbo_simulator.schema.lists import (
    CLASS,
    COMPANY_CURRENCY,
    CUSTOMER_TYPE,
    DEPARTMENT,
    JOURNAL_CODE,
    PAYMENT_METHOD,
    TAX_CLASSIFICATION,
)
from qbo_simulator.schema.payment import PAYMENT
from qbo_simulator.schema.purchases import BILL, PURCHASE, PURCHASE_ORDER, VENDOR_CREDIT
from qbo_simulator.schema.recurring import RECURRING_TRANSACTION
from qbo_simulator.schema.reimbursecharge import REIMBURSE_CHARGE
from qbo_simulator.schema.salesreceipt import REFUND_RECEIPT, SALES_RECEIPT
from qbo_simulator.schema.tax import TAX_AGENCY, TAX_CODE, TAX_RATE
from qbo_simulator.schema.term import TERM
from qbo_simulator.schema.timeactivity import TIME_ACTIVITY
from qbo_simulator.schema.vendor import VENDOR

ENTITIES: Mapping[str, Entity] = MappingProxyType(
    {
        entity.name: entity
        for entity in (
            ACCOUNT,
            ATTACHABLE,
            BILL,
            BILL_PAYMENT,
            BUDGET,
            CLASS,
            COMPANY_CURRENCY,
            COMPANY_INFO,
            CREDIT_CARD_PAYMENT,
            CREDIT_MEMO,
            CUSTOMER,
            CUSTOMER_TYPE,
            DEPARTMENT,
            DEPOSIT,
            EMPLOYEE,
            ESTIMATE,
            EXCHANGE_RATE,
            INVENTORY_ADJUSTMENT,
            INVOICE,
            ITEM,
            JOURNAL_CODE,
            JOURNAL_ENTRY,
            PAYMENT,
            PAYMENT_METHOD,
            PREFERENCES,
            PURCHASE,
            PURCHASE_ORDER,
            RECURRING_TRANSACTION,
            REFUND_RECEIPT,
            REIMBURSE_CHARGE,
            SALES_RECEIPT,
            TAX_AGENCY,
            TAX_CLASSIFICATION,
            TAX_CODE,
            TAX_RATE,
            TERM,
            TIME_ACTIVITY,
            TRANSFER,
            VENDOR,
            VENDOR_CREDIT,
        )
    }
)
_SPELLINGS = {name.lower(): name for name in ENTITIES}


def spelling(lower: str) -> str | None:
    """Return Intuit's spelling of an entity named in lower case in a path."""
    return _SPELLINGS.get(lower)
