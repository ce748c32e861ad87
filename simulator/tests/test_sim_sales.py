"""Sales documents: amounts, numbers, lines, due dates, closed books (4.7)."""

from datetime import date, timedelta

import pytest
from sim_books import Books, dec, refused


@pytest.fixture
def books():
    return Books()


@pytest.fixture
def zero(books):
    return books.code("0.0% Z", 0)


def test_a_new_invoice_shows_what_intuit_adds(books, zero):
    invoice = books.invoice(books.line(100, zero, 4, 25))
    assert invoice["SyncToken"] == "0" and invoice["domain"] == "QBO"
    assert invoice["sparse"] is False and invoice["LinkedTxn"] == []
    assert invoice["TotalAmt"] == invoice["Balance"] == 100
    assert invoice["TxnDate"] == invoice["DueDate"] == books.clock.today().isoformat()
    kinds = [line["DetailType"] for line in invoice["Line"]]
    assert kinds == ["SalesItemLineDetail", "SubTotalLineDetail"]
    assert invoice["Line"][0]["Id"] == "1" and "Id" not in invoice["Line"][1]
    assert invoice["CustomerRef"]["name"] == "Adam's Candy Shop"
    assert invoice["PrintStatus"] == invoice["EmailStatus"] == "NotSet"


def test_amount_must_be_quantity_times_price_rounded_half_up(books, zero):
    books.invoice(books.line("1861.08", zero, "1", "1861.075"))
    with refused("6070", "Line.Amount", "UnitPrice * Qty. Supplied value:1,861.07"):
        books.invoice(books.line("1861.07", zero, "1", "1861.075"))
    books.switches.set_many({"amount_tolerance": "cent"})
    books.invoice(books.line("1861.07", zero, "1", "1861.075"))


def test_a_line_needs_an_amount_and_a_document_needs_lines(books, zero):
    line = books.line(1, zero)
    del line["Amount"]
    with refused("2020", "Amount"):
        books.invoice(line)
    with refused("2020", "Line"):
        books.invoice()
    with refused("2020", "CustomerRef"):
        books.create("Invoice", Line=[books.line(1, zero)])


def test_totals_sent_are_overwritten(books, zero):
    invoice = books.invoice(books.line(10, zero), TotalAmt=99, Balance=5)
    assert invoice["TotalAmt"] == invoice["Balance"] == 10


def test_unknown_keys_are_refused_at_any_depth(books, zero):
    with refused("2010", "Foo", "Property Name:Foo:failed to parse json object"):
        books.invoice(books.line(1, zero), Foo=1)
    with refused("2010", "itemref"):
        books.invoice(books.line(1, zero, itemref={"value": "1"}))


def test_negative_lines_are_fine_while_the_total_is_not_negative(books, zero):
    books.invoice(books.line(10, zero), books.line(-4, zero))
    with refused("6000", detail="Transaction amount must be 0 or greater"):
        books.invoice(books.line(10, zero), books.line(-14, zero))


def test_a_discount_is_subtracted_and_only_one_is_allowed(books, zero):
    discount = {
        "DetailType": "DiscountLineDetail",
        "DiscountLineDetail": {"PercentBased": True, "DiscountPercent": 10},
    }
    invoice = books.invoice(books.line(80, zero), discount)
    assert invoice["TotalAmt"] == 72
    assert invoice["Line"][-1]["Amount"] == 8
    with refused("6000", detail="one discount line"):
        books.invoice(books.line(80, zero), dict(discount), dict(discount))


def test_inline_subtotals_count_since_the_last_one(books, zero):
    text = {"DetailType": "DescriptionOnly", "Description": "Subtotal:"}
    invoice = books.invoice(books.line(10, zero), dict(text), books.line(5, zero), text)
    shown = [line.get("Description") for line in invoice["Line"]]
    assert shown[1] == "Subtotal: 10.00" and shown[3] == "Subtotal: 5.00"


def test_due_dates_follow_terms(books, zero):
    term = books.create("Term", Name="Net 30", DueDays=30)
    invoice = books.invoice(
        books.line(1, zero), TxnDate="2026-01-31", SalesTermRef={"value": term["Id"]}
    )
    assert invoice["DueDate"] == "2026-03-02"
    sent = books.invoice(books.line(1, zero), DueDate="2026-12-24")
    assert sent["DueDate"] == "2026-12-24"


def test_addresses_come_from_the_customer_but_the_mail_address_does_not(books, zero):
    books.customer = books.update(
        "Customer",
        books.customer,
        BillAddr={"Line1": "1 High St", "City": "York"},
        PrimaryEmailAddr={"Address": "a@b.co"},
    )
    invoice = books.invoice(books.line(1, zero))
    assert invoice["BillAddr"]["City"] == "York" and "BillEmail" not in invoice
    with refused("6420", "BillEmail"):
        books.invoice(books.line(1, zero), EmailStatus="NeedToSend")


# -- numbers -----------------------------------------------------------------------


def test_quickbooks_numbers_by_itself_and_a_number_sent_does_not_move_it(books, zero):
    first = books.invoice(books.line(1, zero))
    own = books.invoice(books.line(1, zero), DocNumber="A-7")
    next_one = books.invoice(books.line(1, zero))
    assert first["DocNumber"] == "1001" and own["DocNumber"] == "A-7"
    assert next_one["DocNumber"] == "1002"


def test_custom_numbers_stay_null_when_none_is_sent(zero):
    books = Books(SalesFormsPrefs={"CustomTxnNumbers": True})
    code = books.code("Z", 0)
    assert "DocNumber" not in books.invoice(books.line(1, code))
    forced = books.invoice(books.line(1, code), DocNumber="AUTO_GENERATE")
    assert forced["DocNumber"] == "1001"


def test_a_duplicate_number_is_refused_per_type(books, zero):
    first = books.invoice(books.line(1, zero), DocNumber="D1")
    with refused("6140", "DocNumber", f"TxnType=Invoice with TxnId={first['Id']}"):
        books.invoice(books.line(1, zero), DocNumber="D1")
    books.credit(books.line(1, zero), DocNumber="D1")
    second = books.invoice(books.line(1, zero), DocNumber="D2")
    with refused("6140"):
        books.update("Invoice", second, DocNumber="d1")


def test_a_duplicate_number_passes_when_the_call_allows_it(books, zero):
    books.invoice(books.line(1, zero), DocNumber="D1")
    body = {
        "CustomerRef": {"value": books.customer["Id"]},
        "Line": [books.line(1, zero)],
        "DocNumber": "D1",
    }
    options = frozenset(["allowduplicatedocnum"])
    books.engine.create(books.realm, "Invoice", body, options=options)


def test_a_number_has_21_characters_at_most(books, zero):
    with refused("2050", "DocNumber", "Max:21 supplied:22"):
        books.invoice(books.line(1, zero), DocNumber="n" * 22)


# -- lines on update ---------------------------------------------------------------


def test_sending_lines_replaces_the_set_and_keeps_known_ids(books, zero):
    invoice = books.invoice(
        books.line(1, zero), books.line(2, zero), books.line(3, zero)
    )
    kept = invoice["Line"][1] | {"Amount": dec(20)}
    changed = books.update("Invoice", invoice, Line=[kept, books.line(7, zero)])
    sold = [line for line in changed["Line"] if "Id" in line]
    assert [(line["Id"], line["Amount"]) for line in sold] == [("2", 20), ("4", 7)]
    assert changed["TotalAmt"] == 27 and changed["SyncToken"] == "1"


def test_a_sparse_update_without_lines_leaves_them(books, zero):
    invoice = books.invoice(books.line(5, zero), DocNumber="S1")
    changed = books.update("Invoice", invoice, PrivateNote="n")
    assert changed["TotalAmt"] == 5 and changed["DocNumber"] == "S1"


# -- references, inactive things -----------------------------------------------------


def test_references_must_exist(books, zero):
    line = books.line(1, zero)
    line["SalesItemLineDetail"]["ItemRef"] = {"value": "999"}
    with refused(
        "2500", detail="Invalid Reference Id : Items element id 999 not found"
    ):
        books.invoice(line)
    with refused("2500", detail="Names element id 77 not found"):
        books.invoice(books.line(1, zero), CustomerRef={"value": "77"})


def test_inactive_items_are_refused_on_new_documents_and_kept_on_old(books, zero):
    invoice = books.invoice(books.line(5, zero))
    books.update("Item", books.item, Active=False)
    with refused("2500", detail="made inactive"):
        books.invoice(books.line(5, zero))
    changed = books.update("Invoice", invoice, Line=invoice["Line"])
    assert changed["TotalAmt"] == 5
    books.switches.set_many({"inactive_reference_code": "610"})
    with refused("610", detail="made inactive"):
        books.invoice(books.line(5, zero))


def test_inventory_cannot_be_sold_before_it_starts_and_leaves_the_shelf(books, zero):
    asset = books.create(
        "Account",
        Name="Stock",
        AccountType="Other Current Asset",
        AccountSubType="Inventory",
    )
    cost = books.create("Account", Name="Cost", AccountType="Cost of Goods Sold")
    books.item = books.create(
        "Item",
        Name="Spade",
        Type="Inventory",
        TrackQtyOnHand=True,
        QtyOnHand=10,
        PurchaseCost=3,
        InvStartDate="2026-01-10",
        IncomeAccountRef={"value": books.income["Id"]},
        ExpenseAccountRef={"value": cost["Id"]},
        AssetAccountRef={"value": asset["Id"]},
    )
    assert books.read("Item", books.item)["QtyOnHand"] == 10
    assert books.account("Stock") == 30
    with refused("6270"):
        books.invoice(books.line(10, zero, 2, 5), TxnDate="2026-01-09")
    invoice = books.invoice(books.line(10, zero, 2, 5), TxnDate="2026-02-01")
    assert books.read("Item", books.item)["QtyOnHand"] == 8
    assert books.account("Cost") == 6 and books.account("Stock") == 24
    books.delete("Invoice", invoice)
    assert books.read("Item", books.item)["QtyOnHand"] == 10
    assert books.posted() == 0


# -- life ---------------------------------------------------------------------------


def test_a_stale_token_is_refused_with_the_name_of_who_saved_last(books, zero):
    invoice = books.invoice(books.line(5, zero))
    books.update("Invoice", invoice, PrivateNote="by the API")
    with refused("5010", detail="You and API API were working on this at the same"):
        books.update("Invoice", invoice, PrivateNote="late")
    fresh = books.read("Invoice", invoice)
    body = {"Id": fresh["Id"], "SyncToken": fresh["SyncToken"], "sparse": True}
    books.engine.update(books.realm, "Invoice", body, actor="Priya Shah")
    with refused("5010", detail="Priya Shah finished before you did"):
        books.update("Invoice", fresh, PrivateNote="late")


def test_deleting_twice_says_that_it_is_gone(books, zero):
    invoice = books.invoice(books.line(5, zero))
    assert books.delete("Invoice", invoice) == {
        "status": "Deleted",
        "domain": "QBO",
        "Id": invoice["Id"],
    }
    with refused("610", detail="Another user has deleted this transaction"):
        books.delete("Invoice", invoice)
    with refused("610"):
        books.read("Invoice", invoice)
    assert books.balance() == 0 and books.posted() == 0


def test_a_void_invoice_keeps_its_lines_at_nothing(books, zero):
    invoice = books.invoice(books.line(5, zero, 1, 5), PrivateNote="hurry")
    void = books.void("Invoice", invoice)
    assert void["TotalAmt"] == void["Balance"] == 0
    assert void["PrivateNote"] == "Voided - hurry" and len(void["Line"]) == 2
    assert void["Line"][0]["Amount"] == 0 and void["DocNumber"] == invoice["DocNumber"]
    assert books.balance() == 0 and books.posted() == 0
    books.switches.set_many({"void_note": "replace"})
    other = books.void("Invoice", books.invoice(books.line(5, zero), PrivateNote="x"))
    assert other["PrivateNote"] == "Voided"


def test_a_credit_memo_cannot_be_voided_and_a_customer_cannot_be_deleted(books, zero):
    with refused("500", detail="void"):
        books.void("CreditMemo", books.credit(books.line(5, zero)))
    with refused("500"):
        books.delete("Customer", books.customer)


def test_closed_books_refuse_by_date(books, zero):
    old = books.invoice(books.line(5, zero), TxnDate="2025-12-31")
    preferences = books.read("Preferences", "1")
    books.update(
        "Preferences",
        preferences,
        AccountingInfoPrefs={"BookCloseDate": "2025-12-31"},
    )
    with refused("6200", "TxnDate"):
        books.invoice(books.line(5, zero), TxnDate="2025-12-31")
    for act in (books.delete, books.void):
        with refused("6200"):
            act("Invoice", old)
    with refused("6200"):
        books.update("Invoice", old, TxnDate="2026-01-02")
    books.invoice(books.line(5, zero), TxnDate="2026-01-01")


def test_the_default_date_is_pacific(books, zero):
    pacific = books.clock.today()
    utc = books.clock.now().date()
    assert pacific in (utc, utc - timedelta(days=1))
    assert date.fromisoformat(books.invoice(books.line(1, zero))["TxnDate"]) == pacific


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("TxnDate", "31/12/2026", "2060"),
        ("TxnDate", "2026-02-30", "2070"),
        ("PrintStatus", "Maybe", "2170"),
        ("ApplyTaxAfterDiscount", "yes", "2230"),
        ("ExchangeRate", "much", "2100"),
        ("CustomerRef", "5", "2010"),
        ("Line", {}, "2010"),
        ("Deposit", "1e400", "2140"),
        ("PrivateNote", "bell \x07", "2040"),
    ],
)
def test_values_of_the_wrong_kind_name_their_field(books, zero, field, value, code):
    body = {
        "CustomerRef": {"value": books.customer["Id"]},
        "Line": [books.line(1, zero)],
        field: value,
    }
    with refused(code, field):
        books.engine.create(books.realm, "Invoice", body)


def test_a_price_has_seven_decimals_by_default(books, zero):
    exact = books.line(1, zero, quantity=3, price="0.3333333")
    assert books.invoice(exact)["TotalAmt"] == 1
    with refused("2110", "UnitPrice"):
        books.invoice(books.line(1, zero, quantity=3, price="0.33333333"))
    books.switches.set_many({"unit_price_decimals": 8})
    assert books.invoice(books.line(1, zero, quantity=3, price="0.33333333"))


def test_the_note_of_a_voided_document_can_be_in_another_language(books, zero):
    books.switches.set_many({"void_word": "Annulé"})
    invoice = books.invoice(books.line(1, zero), PrivateNote="Thank you")
    assert books.void("Invoice", invoice)["PrivateNote"] == "Annulé - Thank you"


def test_credit_memos_are_sent_unless_switched_off(books, zero):
    credit = books.credit(books.line(1, zero))
    sent = books.engine.send(books.realm, "CreditMemo", credit["Id"], "a@b.example")
    assert sent["EmailStatus"] == "EmailSent"
    books.switches.set_many({"credit_memo_send": "off"})
    with refused("500"):
        books.engine.send(books.realm, "CreditMemo", credit["Id"], "a@b.example")
