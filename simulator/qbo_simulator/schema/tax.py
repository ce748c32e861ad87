"""TaxCode, TaxRate and TaxAgency (qbo-api.md 4.4)."""

from qbo_simulator.schema.common import entity_struct
from qbo_simulator.schema.fields import (
    LISTED,
    Entity,
    boolean,
    day,
    enum,
    group,
    integer,
    percent,
    ref,
    several,
    struct,
    text,
)

_RATES = struct(
    "TaxRateList",
    several(
        "TaxRateDetail",
        struct(
            "TaxRateDetail",
            ref("TaxRateRef", "TaxRate"),
            enum("TaxTypeApplicable", "TaxOnAmount|TaxOnAmountPlusTax|TaxOnTax"),
            integer("TaxOrder"),
            integer("TaxOnTaxOrder"),
        ),
    ),
)
TAX_CODE = Entity(
    "TaxCode",
    LISTED,
    entity_struct(
        "TaxCode",
        text("Name", 100, "!FS", column="name"),
        text("Description", 100, "FS"),
        boolean("Active", "F", column="active", default=True),
        boolean("Hidden", "F", default=False),
        boolean("Taxable", "F", default=True),
        boolean("TaxGroup", "F", default=True),
        group("SalesTaxRateList", _RATES),
        group("PurchaseTaxRateList", _RATES),
        group("AdjustmentTaxRateList", _RATES),
        enum("TaxCodeConfigType", "USER_DEFINED|SYSTEM_GENERATED"),
    ),
    frozenset(("read", "query")),
    numbered="taxcode",
    called="TaxCodes",
    name_field="Name",
    hides_inactive=True,
    in_cdc=False,
)
TAX_RATE = Entity(
    "TaxRate",
    LISTED,
    entity_struct(
        "TaxRate",
        text("Name", 100, "!FS", column="name"),
        text("Description", 100, "FS"),
        boolean("Active", "F", column="active", default=True),
        percent("RateValue", "!F"),
        ref("AgencyRef", "TaxAgency"),
        ref("TaxReturnLineRef"),
        several(
            "EffectiveTaxRate",
            struct(
                "EffectiveTaxRate",
                percent("RateValue"),
                day("EffectiveDate"),
                day("EndDate"),
            ),
        ),
        enum(
            "SpecialTaxType",
            "NONE|ZERO_RATE|FOREIGN_TAX|REVERSE_CHARGE|ADJUSTMENT_RATE",
            default="NONE",
        ),
        enum(
            "DisplayType",
            "ReadOnly|HideInTransactionForms|HideInPrintedForms|HideInAll",
            default="ReadOnly",
        ),
        ref("OriginalTaxRate", "TaxRate"),
    ),
    frozenset(("read", "query")),
    numbered="taxrate",
    called="TaxRates",
    name_field="Name",
    hides_inactive=True,
    in_cdc=False,
)
TAX_AGENCY = Entity(
    "TaxAgency",
    LISTED,
    entity_struct(
        "TaxAgency",
        text("DisplayName", 100, "!FS", column="name"),
        text("TaxRegistrationNumber", 50),
        boolean("TaxTrackedOnSales", default=True),
        boolean("TaxTrackedOnPurchases", default=False),
        boolean("TaxOnTax"),
        day("LastFileDate", "R"),
        text("TaxAgencyConfig", 30, "R"),
    ),
    frozenset(("create", "read", "query")),
    numbered="taxagency",
    called="TaxAgencies",
    name_field="DisplayName",
    in_cdc=False,
)
TAX_SERVICE = struct(
    "TaxService",
    text("TaxCode", 100, "!"),
    text("TaxCodeId", 20, "R"),
    text("Id", 20, "R"),
    text("SyncToken", 20, "R"),
    text("domain", 10, "R"),
    boolean("sparse", "R"),
    several(
        "TaxRateDetails",
        struct(
            "TaxRateDetails",
            text("TaxRateName", 100),
            text("TaxRateId", 20),
            percent("RateValue"),
            text("TaxAgencyId", 20),
            enum("TaxApplicableOn", "Sales|Purchase|Adjustment|Other"),
        ),
    ),
)
