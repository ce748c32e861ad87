"""What is sent of a document: header, texts, addresses and lines."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from qbo_papers import NO_VAT, STANDARD, UK, US, header, item, paper, tax

from qbo import exactjson
from qbo.document_lines import MAX_DESCRIPTION
from qbo.documents import Address, Line, build, sent_lines, update_of

D = Decimal
HOME = Address(("12 Station Road",), "Tadcaster", "", "LS24 9JF", "United Kingdom")


def lines_of(*lines: Line, books=UK):
    return build(paper(*lines), books)["Line"]


def detail(line):
    return line["SalesItemLineDetail"]


# --- the whole --- #


def test_a_plain_invoice():
    document = paper(
        item("100.00", STANDARD),
        taxes=(tax(STANDARD, "100", "20.00"),),
        due_date=date(2026, 4, 1),
        term_id="3",
        reference="PO 4711",
        private_note="Order S00012",
        customer_memo="Thank you",
        bill_email="office@ainsty.example",
    )
    assert build(document, UK) == {
        "CustomerRef": {"value": "58"},
        "TxnDate": "2026-03-02",
        "DocNumber": "INV/2026/00042",
        "SalesTermRef": {"value": "3"},
        "DueDate": "2026-04-01",
        "CurrencyRef": {"value": "GBP"},
        "PrivateNote": "PO 4711\nOrder S00012",
        "CustomerMemo": {"value": "Thank you"},
        "BillEmail": {"Address": "office@ainsty.example"},
        "Line": [
            {
                "LineNum": 1,
                "DetailType": "SalesItemLineDetail",
                "Description": "Spade",
                "Amount": D("100.00"),
                "SalesItemLineDetail": {
                    "ItemRef": {"value": "19"},
                    "Qty": D(1),
                    "UnitPrice": D(100),
                    "TaxCodeRef": {"value": STANDARD},
                },
            }
        ],
        "GlobalTaxCalculation": "TaxExcluded",
    }


def test_a_credit_memo_is_never_due():
    document = paper(
        item("5", STANDARD), kind="creditmemo", due_date=date(2026, 4, 1), term_id="3"
    )
    assert not {"DueDate", "SalesTermRef"} & set(build(document, UK))


def test_a_foreign_document_goes_with_its_own_rate():
    rate = D(1) / D("1.1612")
    body = build(paper(item("5", NO_VAT), currency="EUR", exchange_rate=rate), UK)
    assert body["CurrencyRef"] == {"value": "EUR"}
    assert body["ExchangeRate"] == D("0.8611780916")


def test_a_company_with_one_currency_is_told_of_none():
    body = build(paper(item("5", "NON"), currency="USD"), US)
    assert not {"CurrencyRef", "ExchangeRate"} & set(body)


def test_quickbooks_numbers_where_that_is_wished():
    books = replace(UK, quickbooks_numbers=True)
    assert "DocNumber" not in build(paper(item("5", NO_VAT)), books)


def test_the_body_can_be_written_to_the_digit():
    body = build(
        paper(item("0.07", NO_VAT, quantity=D("0.7"), unit_price=D("0.1"))), UK
    )
    assert '"Amount":0.07,' in exactjson.dumps(body)


# --- addresses --- #


def address(books, **changes):
    return build(paper(item("5", NO_VAT), **changes), books).get("BillAddr")


def test_the_company_name_stands_above_the_address_where_that_is_wished():
    books = replace(UK, include_customer_name=True)
    assert address(books, bill_address=HOME, customer_name="Ainsty Ltd") == {
        "Line1": "Ainsty Ltd",
        "Line2": "12 Station Road",
        "City": "Tadcaster",
        "PostalCode": "LS24 9JF",
        "Country": "United Kingdom",
    }


def test_the_company_name_is_not_repeated():
    books = replace(UK, include_customer_name=True)
    named = replace(HOME, lines=("Ainsty Ltd", "12 Station Road"))
    found = address(books, bill_address=named, customer_name="Ainsty Ltd")
    assert (found["Line1"], found["Line2"]) == named.lines


def test_the_company_name_is_left_out_otherwise():
    found = address(UK, bill_address=HOME, customer_name="Ainsty Ltd")
    assert found["Line1"] == "12 Station Road"
    assert address(UK, customer_name="Ainsty Ltd") is None


def test_an_empty_line_leaves_no_gap_in_an_address():
    found = address(UK, bill_address=Address(("12 Station Road", " ", "Tadcaster")))
    assert found == {"Line1": "12 Station Road", "Line2": "Tadcaster"}


def test_an_address_of_many_lines_fits_five():
    found = address(UK, bill_address=Address(tuple("abcdefg")))
    assert found["Line5"] == "e, f, g" and "Line6" not in found


# --- lines --- #


def test_sections_and_notes_stand_in_their_places():
    lines = lines_of(
        Line("note", "Garden"),
        item("5.00", NO_VAT),
        Line("note", "Deliver to the gate\nRing first"),
        Line("subtotal"),
        item("7.00", NO_VAT),
    )
    texts = [line["Description"] for line in lines]
    spoken = "Deliver to the gate\nRing first"
    assert texts == ["Garden", "Spade", spoken, "Subtotal:", "Spade"]
    assert [line["LineNum"] for line in lines] == [1, 2, 3, 4, 5]
    assert lines[0]["DetailType"] == "DescriptionOnly" and "Amount" not in lines[0]


def test_a_note_never_becomes_a_sum_nor_an_empty_line():
    assert [line["Description"] for line in lines_of(Line("note", "Subtotal:"))] == [
        "Subtotal"
    ]
    assert lines_of(Line("note", "  \n ")) == []


def test_a_description_that_is_too_long_goes_on_below():
    text = "x" * (MAX_DESCRIPTION + 7)
    first, second = lines_of(item("5", NO_VAT, description=text))
    assert first["Description"] + second["Description"] == text
    assert second["DetailType"] == "DescriptionOnly"


def test_a_discount_is_in_the_price_and_told():
    line = item(
        "45.00", NO_VAT, quantity=D(4), unit_price=D("12.50"), discount=D("10.00")
    )
    (sent,) = lines_of(line)
    assert sent["Description"] == "Spade\n(12.5 - 10 %)"
    assert (detail(sent)["Qty"], detail(sent)["UnitPrice"]) == (4, D("11.25"))
    (silent,) = lines_of(line, books=replace(UK, tell_discounts=False))
    assert silent["Description"] == "Spade"


def test_a_quantity_that_cannot_be_sent_is_told():
    line = item("617.28", NO_VAT, quantity=D("1.2345678"), unit_price=D("500.00"))
    (sent,) = lines_of(line)
    assert sent["Description"] == "Spade\n(1.2345678 × 500)"
    assert (detail(sent)["Qty"], detail(sent)["UnitPrice"]) == (1, D("617.28"))


def test_lines_below_and_of_nothing_go_as_they_are():
    down, free = lines_of(
        item("-30.00", NO_VAT, quantity=D(-1), unit_price=D(30)),
        item("0.00", NO_VAT, quantity=D(2), unit_price=D(9), discount=D(100)),
    )
    assert (down["Amount"], detail(down)["Qty"]) == (D("-30.00"), -1)
    assert (free["Amount"], detail(free)["UnitPrice"]) == (0, 0)


def test_a_service_date_goes_along():
    (sent,) = lines_of(item("5", NO_VAT, service_date=date(2026, 2, 27)))
    assert detail(sent)["ServiceDate"] == "2026-02-27"


def test_what_is_sent_of_a_line_is_known_by_its_key():
    lines = (
        item("10.00", STANDARD, odoo_key="1", description="x" * 5000),
        Line("note", "", odoo_key="2"),
        item("5.00", STANDARD, odoo_key="3"),
        Line("rounding", "Rounding", odoo_key="4", amount=D("0.02")),
    )
    sent = dict(sent_lines(lines, UK))
    assert {key: len(parts) for key, parts in sent.items()} == {"1": 2, "2": 0, "3": 1}
    long = [part["Description"] for part in sent["1"]]
    assert [len(text) for text in long] == [4000, 1000]
    assert sent["1"][1]["DetailType"] == "DescriptionOnly"
    assert sent["3"][0]["Amount"] == D("5.00")


def test_cash_rounding_has_an_item_of_its_own_and_no_tax():
    books = replace(UK, rounding_item_id="77")
    _first, rounding = lines_of(
        item("5.03", NO_VAT),
        Line("rounding", "Rounding", amount=D("0.02")),
        books=books,
    )
    assert detail(rounding)["ItemRef"] == {"value": "77"}
    assert detail(rounding)["TaxCodeRef"] == {"value": NO_VAT}
    assert rounding["Amount"] == D("0.02") and rounding["Description"] == "Rounding"


def test_a_line_without_an_item_takes_the_default_one():
    (sent,) = lines_of(
        item("5", NO_VAT, item_id=""), books=replace(UK, default_item_id="1")
    )
    assert detail(sent)["ItemRef"] == {"value": "1"}


def test_a_us_company_is_sent_letters_that_it_can_hold():
    (sent,) = lines_of(item("5", description="Łopata “duża”"), books=US)
    assert sent["Description"] == 'Lopata "duza"'


# --- updates --- #


def test_an_update_empties_what_is_no_longer_said():
    body = build(paper(item("5", NO_VAT)), UK)
    update = update_of(body, "145", "3")
    assert (update["Id"], update["SyncToken"], update["sparse"]) == ("145", "3", True)
    assert update["PrivateNote"] == "" and update["CustomerMemo"] == {"value": ""}
    assert "TxnTaxDetail" not in update
    assert update["Line"] == body["Line"]


def test_texts_are_cut_to_their_lengths():
    texts = header(private_note="n" * 5000, customer_memo="m" * 1001)
    document = replace(paper(item("5", NO_VAT)), header=texts)
    body = build(document, UK)
    assert len(body["PrivateNote"]) == 4000 and body["PrivateNote"].endswith(" ...")
    assert len(body["CustomerMemo"]["value"]) == 1000
