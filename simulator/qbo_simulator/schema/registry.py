"""Every entity by name."""

from collections.abc import Mapping
from types import MappingProxyType

from qbo_simulator.schema.account import ACCOUNT
from qbo_simulator.schema.company import COMPANY_INFO, PREFERENCES
from qbo_simulator.schema.creditmemo import CREDIT_MEMO
from qbo_simulator.schema.customer import CUSTOMER
from qbo_simulator.schema.fields import Entity
from qbo_simulator.schema.invoice import INVOICE
from qbo_simulator.schema.item import ITEM
from qbo_simulator.schema.payment import PAYMENT
from qbo_simulator.schema.people import EMPLOYEE, VENDOR
from qbo_simulator.schema.tax import TAX_AGENCY, TAX_CODE, TAX_RATE
from qbo_simulator.schema.term import TERM

ENTITIES: Mapping[str, Entity] = MappingProxyType(
    {
        entity.name: entity
        for entity in (
            ACCOUNT,
            COMPANY_INFO,
            CREDIT_MEMO,
            CUSTOMER,
            EMPLOYEE,
            INVOICE,
            ITEM,
            PAYMENT,
            PREFERENCES,
            TAX_AGENCY,
            TAX_CODE,
            TAX_RATE,
            TERM,
            VENDOR,
        )
    }
)
_SPELLINGS = {name.lower(): name for name in ENTITIES}


def spelling(lower: str) -> str | None:
    """Return Intuit's spelling of an entity named in lower case in a path."""
    return _SPELLINGS.get(lower)
