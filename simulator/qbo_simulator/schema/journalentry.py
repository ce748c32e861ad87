"""JournalEntry (qbo-api.md 4.10)."""

from qbo_simulator.schema.common import entity_struct
from qbo_simulator.schema.fields import TRANSACTION, Entity, boolean, enum, money
from qbo_simulator.schema.lines import line_struct
from qbo_simulator.schema.transactions import TAX_MODES, transaction_fields

JOURNAL_ENTRY = Entity(
    "JournalEntry",
    TRANSACTION,
    entity_struct(
        "JournalEntry",
        *transaction_fields(line_struct("JournalEntryLineDetail", "DescriptionOnly")),
        boolean("Adjustment", "F", default=False),
        boolean("HomeCurrencyAdjustment"),
        boolean("EnteredInHomeCurrency"),
        enum("GlobalTaxCalculation", TAX_MODES),
        money("TotalAmt", "RFS"),
        money("HomeTotalAmt", "R"),
    ),
    frozenset(("create", "read", "update", "delete", "query", "pdf")),
    numbered="txn",
    called="JournalEntry",
)
