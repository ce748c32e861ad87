"""Structures that many entities share (qbo-api.md 4.1, 4.9)."""

from qbo_simulator.schema.fields import (
    Field,
    Struct,
    boolean,
    day,
    enum,
    group,
    ident,
    integer,
    moment,
    money,
    ref,
    several,
    struct,
    text,
)

NAME_VALUE = struct("NameValue", text("Name", 500), text("Value", 4000))
METADATA = struct(
    "ModificationMetaData",
    moment("CreateTime", "FS", column="created"),
    moment("LastUpdatedTime", "FS", column="updated"),
    ref("CreatedByRef"),
    ref("LastModifiedByRef"),
    moment("LastChangedInQB"),
    boolean("Synchronized"),
)
ADDRESS = struct(
    "PhysicalAddress",
    ident("Id"),
    *(text(f"Line{number}", 500) for number in range(1, 6)),
    text("City", 255),
    text("Country", 255),
    text("CountryCode", 255),
    text("County", 255),
    text("CountrySubDivisionCode", 255),
    text("PostalCode", 30),
    text("PostalCodeSuffix", 30),
    text("Lat", 50),
    text("Long", 50),
    text("Tag", 500),
    text("Note", 4000),
)
PHONE = struct(
    "TelephoneNumber",
    ident("Id"),
    text("FreeFormNumber", 30),
    text("DeviceType", 30),
    text("CountryCode", 30),
    text("AreaCode", 30),
    text("ExchangeCode", 30),
    text("Extension", 30),
    boolean("Default"),
    text("Tag", 500),
)
EMAIL = struct(
    "EmailAddress",
    ident("Id"),
    text("Address", 100),
    boolean("Default"),
    text("Tag", 500),
)
WEB = struct("WebSiteAddress", ident("Id"), text("URI", 1000), boolean("Default"))
MEMO = struct("MemoRef", text("value", 1000), ident("id"))
LINKED_TXN = struct(
    "LinkedTxn", ident("TxnId"), text("TxnType", 50), ident("TxnLineId")
)
CUSTOM_FIELD = struct(
    "CustomField",
    ident("DefinitionId"),
    text("Name", 30),
    enum("Type", "StringType|NumberType|DateType|BooleanType"),
    text("StringValue", 31),
    text("NumberValue", 31),
    day("DateValue"),
    boolean("BooleanValue"),
)
ANY = struct(
    "IntuitAnyType",
    several(
        "any",
        struct(
            "JAXBElement",
            text("name", 200),
            text("declaredType", 200),
            text("scope", 200),
            group("value", NAME_VALUE),
            boolean("nil"),
            boolean("globalScope"),
            boolean("typeSubstituted"),
        ),
    ),
)
CREDIT_CHARGE = struct(
    "CreditChargeInfo",
    text("Number", 30),
    text("Type", 30),
    text("NameOnAcct", 100),
    integer("CcExpiryMonth"),
    integer("CcExpiryYear"),
    text("BillAddrStreet", 255),
    text("PostalCode", 30),
    money("Amount"),
    boolean("ProcessPayment"),
)
CREDIT_RESPONSE = struct(
    "CreditChargeResponse",
    text("CCTransId", 200),
    text("AuthCode", 50),
    moment("TxnAuthorizationTime"),
    enum("Status", "Completed|Unknown"),
    text("CardSecurityCodeMatch", 50),
)
CARD_PAYMENT = struct(
    "CreditCardPayment",
    group("CreditChargeInfo", CREDIT_CHARGE),
    group("CreditChargeResponse", CREDIT_RESPONSE),
)
CHECK_PAYMENT = struct(
    "CheckPayment",
    text("CheckNum", 21),
    text("Status", 30),
    text("NameOnAcct", 110),
    text("AcctNum", 30),
    text("BankName", 100),
    ref("BankAccountRef", "Account"),
    enum("PrintStatus", "NotSet|NeedToPrint|PrintComplete"),
)
DELIVERY = struct(
    "TransactionDeliveryInfo",
    enum("DeliveryType", "Email|Tradeshift"),
    moment("DeliveryTime"),
    text("DeliveryErrorType", 50),
)
ATTACHABLE_REF = struct(
    "AttachableRef",
    ref("EntityRef", "*"),
    text("LineInfo", 50),
    boolean("IncludeOnSend"),
    boolean("Inactive"),
    boolean("NoRefOnly"),
    several("CustomField", CUSTOM_FIELD),
)


def entity_struct(name: str, *fields: Field) -> Struct:
    """Return an entity's structure: its own fields and those every entity has."""
    return struct(
        name,
        ident("Id", "RFS", column="id"),
        text("SyncToken", 20, "R"),
        group("MetaData", METADATA, "R"),
        text("domain", 10, "R"),
        boolean("sparse", "R"),
        text("status", 20, "R"),
        *fields,
    )


def contact_fields(email_flags: str = "") -> tuple[Field, ...]:
    """Return the fields customers, vendors and employees have in common."""
    return (
        text("Title", 16),
        text("GivenName", 100, "FS"),
        text("MiddleName", 100, "FS"),
        text("FamilyName", 100, "FS"),
        text("Suffix", 16, "F"),
        text("FullyQualifiedName", 500, "RFS", column="full_name"),
        text("CompanyName", 100, "FS"),
        text("DisplayName", 500, "FSK", column="name"),
        text("PrintOnCheckName", 110, "FSK"),
        text("UserId", 100),
        boolean("Active", "FK", column="active", default=True),
        text("V4IDPseudonym", 100, "R"),
        text("IntuitId", 100, "R"),
        boolean("Organization"),
        group("PrimaryPhone", PHONE),
        group("AlternatePhone", PHONE),
        group("Mobile", PHONE),
        group("Fax", PHONE),
        group("PrimaryEmailAddr", EMAIL, email_flags),
        group("WebAddr", WEB),
        several("OtherContactInfo", struct("ContactInfo", text("Type", 30))),
        ref("DefaultTaxCodeRef", "TaxCode", "N"),
        several("CustomField", CUSTOM_FIELD),
        text("Notes", 2000),
        several("AttachableRef", ATTACHABLE_REF),
    )
