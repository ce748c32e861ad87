"""ExchangeRate: home units for one foreign unit on a day; it has no Id of use."""

from qbo_simulator.schema.common import entity_struct
from qbo_simulator.schema.fields import LISTED, NONE, Entity, day, decimal, text

EXCHANGE_RATE = Entity(
    "ExchangeRate",
    LISTED,
    entity_struct(
        "ExchangeRate",
        text("SourceCurrencyCode", 3, "!FK"),
        text("TargetCurrencyCode", 3, "FK"),
        decimal("Rate", "!F"),
        day("AsOfDate", "FSK", column="txn_date"),
    ),
    frozenset(("create", "read", "update", "query")),
    numbered="exchangerate",
    called="ExchangeRates",
    in_cdc=False,
    identity=NONE,
)
