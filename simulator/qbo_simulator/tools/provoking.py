"""How each fault of qbo-api.md 5.3 is provoked: by doing, or on order.

One table for two readers: the coverage page shows the words, and a test plays every
entry over HTTP. An entry is what a client does in a British company without customers
(``us``: in the American sample company), after the steps it names.
"""

from collections.abc import Mapping

from qbo_simulator.errors import MESSAGES
from qbo_simulator.tools.provoking_steps import (
    BANKED,
    BOB,
    CLOSED,
    FIRST,
    PAID,
    STOCK,
    TEMPLATE,
    Provocation,
    below,
    customer,
    discount,
    doing,
    get,
    invoice,
    journal,
    line,
    post,
    switched,
    upload,
)

PROVOCATIONS: Mapping[str, Provocation] = {
    "120": doing(
        "a person who may no longer open the company",
        get("preferences"),
        {
            "control": "access",
            "body": {"user": "helen.marsh@accounts.example", "allowed": False},
        },
        status=401,
    ),
    "400": doing("an empty batch", post("batch", {"BatchItemRequest": []})),
    "500": doing(
        "deleting a customer", post("customer", FIRST, operation="delete"), "customer"
    ),
    "600": doing(
        "a requestid with another body (switch)",
        post("customer", {"DisplayName": "Bob"}, requestid="r"),
        {"request": post("customer", {"DisplayName": "Ada"}, requestid="r")},
        switched("requestid_other_body", "600"),
    ),
    "610": doing("reading what is not there", get("customer/99999")),
    "620": doing(
        "paying another customer's invoice",
        post(
            "payment",
            {
                "CustomerRef": {"value": "{bob}"},
                "TotalAmt": 5,
                "Line": [
                    {
                        "Amount": 5,
                        "LinkedTxn": [{"TxnId": "{invoice}", "TxnType": "Invoice"}],
                    }
                ],
            },
        ),
        "customer",
        "item",
        "invoice",
        BOB,
    ),
    "700": doing(
        "an item below an item that is no category",
        post(
            "item",
            {
                "Name": "Half an hour",
                "Type": "Service",
                "IncomeAccountRef": {"value": "18"},
                "SubItem": True,
                "ParentRef": {"value": "{item}"},
            },
        ),
        "item",
    ),
    "900": doing(
        "a customer below itself",
        post("customer", {**FIRST, "Job": True, "ParentRef": {"value": "{customer}"}}),
        "customer",
    ),
    "1040": doing(
        "a batch of 31",
        post(
            "batch",
            {
                "BatchItemRequest": [
                    {"bId": str(n), "Query": "SELECT * FROM Term"} for n in range(31)
                ]
            },
        ),
    ),
    "1050": doing(
        "a body of another type",
        {**customer(), "headers": {"content-type": "application/xml"}},
    ),
    "2000": doing(
        "changes of an entity nobody knows",
        get("cdc", entities="Spaceship", changedSince="{since}"),
    ),
    "2010": doing("an unknown key", customer(Foo=1)),
    "2020": doing(
        "an update without SyncToken",
        post("customer", {"Id": "{customer}"}),
        "customer",
    ),
    "2030": doing("an Id of letters", get("customer/abc")),
    "2040": doing("a colon in a name", customer(DisplayName="A:B")),
    "2050": doing("a name over 500 letters", customer(DisplayName="A" * 501)),
    "2060": doing(
        "a date in another format", invoice(TxnDate="1/3/2026"), "customer", "item"
    ),
    "2070": doing(
        "the 30th of February", invoice(TxnDate="2026-02-30"), "customer", "item"
    ),
    "2080": doing(
        "letters for a number", post("term", {"Name": "T", "DueDays": "soon"})
    ),
    "2100": doing(
        "letters for a rate", invoice(ExchangeRate="much"), "customer", "item"
    ),
    "2110": doing(
        "an exchange rate of nothing",
        post(
            "exchangerate",
            {"SourceCurrencyCode": "EUR", "AsOfDate": "2026-03-01", "Rate": 0},
        ),
    ),
    "2130": doing(
        "a requestid over 50 characters",
        post("customer", {"DisplayName": "Bob"}, requestid="r" * 51),
    ),
    "2140": doing("letters for an amount", invoice(line("much")), "customer", "item"),
    "2150": doing(
        "a discount over 100 %",
        invoice(line(), discount(DiscountPercent=101)),
        "customer",
        "item",
    ),
    "2170": doing(
        "a word that is no choice", invoice(EmailStatus="Perhaps"), "customer", "item"
    ),
    "2180": doing(
        "a taxable document of 751 lines",
        invoice(*[line()] * 751),
        "customer",
        "item",
    ),
    "2190": doing(
        "a report that ends before it starts",
        get("reports/ProfitAndLoss", start_date="2026-03-01", end_date="2026-01-01"),
    ),
    "2200": doing("a web address that is none", customer(WebAddr={"URI": "a b"})),
    "2210": doing(
        "an e-mail address that is none", customer(PrimaryEmailAddr={"Address": "ada"})
    ),
    "2220": doing(
        "a currency that is none",
        customer(CurrencyRef={"value": "QQQ"}),
        company="uk",
    ),
    "2230": doing("a word for true or false", customer(Taxable="perhaps")),
    "2240": doing("a term of 1,000 days", post("term", {"Name": "T", "DueDays": 1000})),
    "2260": doing("a journal line without PostingType", journal((None, 5))),
    "2270": doing(
        "a journal line's tax code that applies to nothing",
        journal(("Debit", 5), TaxCodeRef={"value": "1"}),
    ),
    "2280": doing(
        "a journal line's tax code without amount",
        journal(("Debit", 5), TaxCodeRef={"value": "1"}, TaxApplicableOn="Sales"),
    ),
    "2290": doing("a negative journal line", journal(("Debit", -5), ("Credit", -5))),
    "2300": doing(
        "debits that are not credits (switch)",
        journal(("Debit", 5), ("Credit", 4)),
        switched("unbalanced_journal_code", "2300"),
    ),
    "2500": doing(
        "a reference to nothing",
        invoice(CustomerRef={"value": "99999"}),
        "customer",
        "item",
    ),
    "2600": doing(
        "a template of another kind",
        post(
            "recurringtransaction",
            {
                "Bill": {
                    "Id": "{template}",
                    "SyncToken": "0",
                    "VendorRef": {"value": "1"},
                    "Line": [],
                }
            },
        ),
        "customer",
        "item",
        TEMPLATE,
    ),
    "4000": doing("a query that is none", get("query", query="SELECT FROM Item")),
    "4001": doing(
        "a condition on an unknown field",
        get("query", query="SELECT * FROM Item WHERE Colour = 'red'"),
    ),
    "5010": doing(
        "a SyncToken that is not the present one",
        post("customer", {**FIRST, "SyncToken": "7"}),
        "customer",
    ),
    "6000": doing(
        "a line without tax code", invoice(line(code=None)), "customer", "item"
    ),
    "6010": doing("an account without type", post("account", {"Name": "A"})),
    "6030": doing(
        "a file over 100 MB (switch)",
        upload("{}", "x" * 2000),
        switched("largest_upload_megabytes", 0.001),
    ),
    "6040": doing("an upload whose metadata is no Attachable", upload("[]")),
    "6041": doing("an upload without file", upload("{}", "")),
    "6050": doing(
        "a note attached to an unknown entity",
        post(
            "attachable",
            {
                "Note": "x",
                "AttachableRef": [{"EntityRef": {"type": "Spaceship", "value": "1"}}],
            },
        ),
    ),
    "6060": doing("an opening balance without date", customer(Balance=5)),
    "6070": doing(
        "an amount that is not quantity times price",
        invoice(line(101, Qty=4, UnitPrice=25)),
        "customer",
        "item",
    ),
    "6080": doing("a customer without name", post("customer", {"Notes": "x"})),
    "6090": doing(
        "a discount without percent", invoice(line(), discount()), "customer", "item"
    ),
    "6100": doing(
        "in the US a line with another code than TAX or NON",
        invoice(line(code="1")),
        "us-customer",
        "us-item",
        company="us",
    ),
    "6130": doing(
        "a customer billed with a parent it has not", customer(BillWithParent=True)
    ),
    "6140": doing(
        "a document number twice",
        invoice(DocNumber="1001"),
        "customer",
        "item",
        "invoice",
    ),
    "6150": doing("a job without parent", customer(Job=True)),
    "6160": doing(
        "in the US a line with CustomSalesTax",
        invoice(line(code="CustomSalesTax")),
        "us-customer",
        "us-item",
        company="us",
    ),
    "6170": doing(
        "tax details where tax does not apply",
        invoice(GlobalTaxCalculation="NotApplicable", TxnTaxDetail={"TotalTax": 1}),
        "customer",
        "item",
    ),
    "6180": doing(
        "a sixth level of customers",
        below(5)["request"],
        "customer",
        *map(below, range(1, 5)),
    ),
    "6200": doing(
        "a date in closed books",
        invoice(TxnDate="2026-03-01"),
        "customer",
        "item",
        CLOSED,
    ),
    "6210": doing(
        "a date in closed books (switch)",
        invoice(TxnDate="2026-03-01"),
        "customer",
        "item",
        CLOSED,
        switched("closed_books_code", "6210"),
    ),
    "6240": doing("a name twice", customer(DisplayName="ADA LOVELACE"), "customer"),
    "6250": doing(
        "an invoice for nobody (switch)",
        post("invoice", {"Line": [line()]}),
        "item",
        switched("invoice_without_customer", "6250"),
    ),
    "6270": doing(
        "selling stock before its start",
        invoice(TxnDate="2026-05-01"),
        "customer",
        STOCK,
    ),
    "6420": doing(
        "delivery by e-mail without address",
        customer(PreferredDeliveryMethod="Email"),
    ),
    "6430": doing(
        "a deposit to an account of the wrong type",
        post(
            "salesreceipt",
            {
                "CustomerRef": {"value": "{customer}"},
                "DepositToAccountRef": {"value": "18"},
                "Line": [line()],
            },
        ),
        "customer",
        "item",
    ),
    "6440": doing(
        "a line without item (switch)",
        invoice(
            {
                "DetailType": "SalesItemLineDetail",
                "Amount": 5,
                "SalesItemLineDetail": {"TaxCodeRef": {"value": "1"}},
            }
        ),
        "customer",
        "item",
        switched("line_without_item", "refuse"),
    ),
    "6470": doing(
        "a tax code of purchases on a sale (switch)",
        invoice(line(code="{code}")),
        "customer",
        "item",
        {
            "request": post(
                "taxservice/taxcode",
                {
                    "TaxCode": "Bought",
                    "TaxRateDetails": [
                        {
                            "TaxRateName": "Bought 20",
                            "RateValue": 20,
                            "TaxAgencyId": "1",
                            "TaxApplicableOn": "Purchase",
                        }
                    ],
                },
            ),
            "keep": {"code": "/TaxCodeId"},
        },
    ),
    "6540": doing(
        "deleting a payment that is in a deposit",
        post(
            "payment", {"Id": "{payment}", "SyncToken": "{token}"}, operation="delete"
        ),
        "customer",
        "item",
        "invoice",
        "payment",
        BANKED,
        PAID,
    ),
    "3001": doing(
        "more calls than the limits let through",
        get("preferences"),
        switched("throttling", "on"),
        *[{"request": get("preferences")}] * 10,
        status=429,
    ),
    "3100": doing("another company", get("/v3/company/123/preferences"), status=403),
    "3200": doing(
        "a token that has expired",
        get("preferences"),
        {"control": "tokens/expire", "body": {"kind": "access"}},
        status=401,
    ),
    "3202": doing(
        "no token",
        {**get("preferences"), "headers": {"authorization": None}},
        status=401,
    ),
}


def on_order(code: str) -> Provocation:
    """Return how a fault that no rule brings is had from the control plane."""
    order = {"kind": "fault", "code": code}
    return doing(
        "on order",
        get("preferences"),
        {"control": "faults", "body": order},
        status=500 if code == "10000" else 400,
    )


ORDERED = tuple(code for code in MESSAGES if code not in PROVOCATIONS)
"""The codes that come on order only."""
