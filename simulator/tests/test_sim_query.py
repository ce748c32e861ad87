"""The query language (qbo-api.md 3)."""

from datetime import timedelta

import pytest
from sim_books import Books, dec, refused

from qbo_simulator.clock import stamp


@pytest.fixture(scope="module")
def books():
    books = Books()
    books.zero = books.code("Z", 0)
    for number in range(1, 13):
        books.create(
            "Customer",
            DisplayName=f"Shop {number:02}",
            CompanyName="O'Neil & Co" if number == 3 else f"Company {number}",
            FamilyName="Lee" if number % 2 else "Poe",
        )
    gone = books.rows("SELECT * FROM Customer WHERE DisplayName = 'Shop 12'")[0]
    books.update("Customer", gone, Active=False)
    for amount in (5, 50, 500):
        books.invoice(
            books.line(amount, books.zero), TxnDate=f"2026-0{len(str(amount))}-15"
        )
    return books


def names(books, rest):
    rows = books.rows(f"SELECT * FROM Customer {rest}")
    return [row["DisplayName"] for row in rows]


def test_inactive_rows_are_hidden_unless_active_is_named(books):
    assert "Shop 12 (deleted)" not in names(books, "")
    both = names(books, "WHERE Active IN (true, false) AND DisplayName LIKE 'Shop 1%'")
    assert "Shop 12 (deleted)" in both and len(both) == 3
    assert names(books, "WHERE Active = false") == ["Shop 12 (deleted)"]


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("DisplayName = 'shop 01'", ["Shop 01"]),
        ("displayname = 'Shop 01'", ["Shop 01"]),
        ("CompanyName = 'O\\'Neil & Co'", ["Shop 03"]),
        ("DisplayName LIKE '%p 0_'", []),
        ("DisplayName LIKE '%P 1%' AND FamilyName = 'Lee'", ["Shop 11"]),
        ("DisplayName IN ('Shop 01', 'Shop 07')", ["Shop 01", "Shop 07"]),
        ("Id = '4'", ["Shop 03"]),
        ("Id IN ('4','5')", ["Shop 03", "Shop 04"]),
        ("DisplayName > 'Shop 10'", ["Shop 11"]),
        ("Balance > 100", ["Adam's Candy Shop"]),
        ("Balance >= '555.00'", ["Adam's Candy Shop"]),
        ("Job = true", []),
        ("CompanyName = ''", ["Adam's Candy Shop"]),
        ("CompanyName = ' '", ["Adam's Candy Shop"]),
        ("DisplayName != 'Shop 01' AND DisplayName < 'Shop 02'", ["Adam's Candy Shop"]),
    ],
)
def test_conditions(books, condition, found):
    assert names(books, f"WHERE {condition} ORDERBY DisplayName") == found


def test_not_equal_is_a_switch(books):
    books.switches.set_many({"query_not_equal": "refuse"})
    with refused("4000"):
        names(books, "WHERE DisplayName != 'x'")
    books.switches.reset()


def test_text_can_be_compared_case_by_case(books):
    books.switches.set_many({"query_text_case": "match"})
    assert names(books, "WHERE DisplayName = 'shop 01'") == []
    assert names(books, "WHERE DisplayName = 'Shop 01'") == ["Shop 01"]
    books.switches.reset()


def test_order_and_paging(books):
    order = "ORDERBY DisplayName DESC STARTPOSITION 2 MAXRESULTS 3"
    assert names(books, order) == ["Shop 10", "Shop 09", "Shop 08"]
    assert names(books, order.replace("ORDERBY", "order by").lower())[0] == "Shop 10"
    assert names(books, "ORDERBY FamilyName ASC, DisplayName DESC MAXRESULTS 3") == [
        "Adam's Candy Shop",
        "Shop 11",
        "Shop 09",
    ]
    assert names(books, "STARTPOSITION 500") == []


def test_the_answer_tells_position_and_size(books):
    answer = books.engine.query(
        books.realm, "SELECT * FROM Customer STARTPOSITION 3 MAXRESULTS 2"
    )["QueryResponse"]
    assert (answer["startPosition"], answer["maxResults"]) == (3, 2)
    assert "totalCount" not in answer
    assert books.engine.query(books.realm, "SELECT * FROM CreditMemo") == {
        "QueryResponse": {}
    }


def test_count(books):
    assert books.count("Customer") == 12
    assert books.count("Invoice") == 3
    assert books.count("CreditMemo") == 0


def test_default_page_is_100_and_the_most_1000(books):
    with refused("4001", detail="value 1001 is too large. Max allowed value is 1000"):
        names(books, "MAXRESULTS 1001")
    books.switches.set_many({"maxresults_over_1000": "cap"})
    assert len(names(books, "MAXRESULTS 5000")) == 12
    books.switches.reset()
    many = Books()
    bodies = [{"DisplayName": f"C{number}"} for number in range(150)]
    many.engine.bulk_create(many.realm, "Customer", bodies)
    assert len(many.rows("SELECT * FROM Customer")) == 100


@pytest.mark.parametrize(
    "page", ["STARTPOSITION 0", "MAXRESULTS 0", "STARTPOSITION -1"]
)
def test_positions_start_at_one(books, page):
    with refused("4001", detail="is too small. Min allowed value is 1"):
        names(books, page)


def test_projection_returns_sparse_objects(books):
    row = books.rows("SELECT Id, displayname, MetaData.CreateTime FROM Customer")[0]
    assert set(row) == {"domain", "sparse", "Id", "DisplayName", "MetaData"}
    assert row["sparse"] is True and set(row["MetaData"]) == {"CreateTime"}
    with refused("4001", detail="Property BillAddr not found for Entity Customer"):
        books.rows("SELECT BillAddr FROM Customer")
    assert "Balance" in books.rows("SELECT *, Notes FROM Customer")[0]


def test_dates_amounts_and_references(books):
    rows = books.rows(
        "SELECT * FROM Invoice WHERE TxnDate >= '2026-02-01' AND TotalAmt < '100'"
        f" AND CustomerRef = '{books.customer['Id']}'"
    )
    assert [row["TotalAmt"] for row in rows] == [50]
    assert books.rows("SELECT * FROM Invoice WHERE Balance = 500.0") != []


def test_customers_are_found_by_their_address(books):
    address = {"Address": "Ada@Candy.example"}
    made = books.create("Customer", DisplayName="Ada", PrimaryEmailAddr=address)
    query = "SELECT * FROM Customer WHERE PrimaryEmailAddr"
    for condition in ("= 'ada@candy.example'", "LIKE '%@candy%'"):
        assert [row["Id"] for row in books.rows(f"{query} {condition}")] == [made["Id"]]
    assert books.rows(f"{query} = 'bob@candy.example'") == []


def test_times_compare_as_moments_whatever_the_offset():
    books = Books()
    books.clock.advance(3600)
    late = books.create("Customer", DisplayName="late")
    moment = books.clock.now() - timedelta(seconds=30)
    for text in (stamp(moment), moment.isoformat(timespec="seconds")):
        for name in ("MetaData.LastUpdatedTime", "Metadata.LastUpdatedTime"):
            rows = books.rows(f"SELECT * FROM Customer WHERE {name} >= '{text}'")
            assert [row["Id"] for row in rows] == [late["Id"]]
    zulu = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    rows = books.rows(
        f"SELECT * FROM Customer WHERE MetaData.CreateTime < '{zulu}'"
        " ORDER BY Metadata.LastUpdatedTime ASC STARTPOSITION 1 MAXRESULTS 10"
    )
    assert [row["Id"] for row in rows] == [books.customer["Id"]]


@pytest.mark.parametrize(
    ("statement", "code", "detail"),
    [
        ("SELECT * FORM Customer", "4000", "QueryParserError: Encountered"),
        ("SELECT * FROM Customer WHERE", "4000", "Encountered <EOF>"),
        ("DELETE FROM Customer", "4000", "QueryParserError"),
        ("SELECT * FROM Customer WHERE A = 'x' OR B = 'y'", "4000", "Encountered"),
        ("SELECT * FROM Customer WHERE DisplayName = 'it''s'", "4000", "Encountered"),
        ("SELECT * FROM customer", "4001", "entity"),
        ("SELECT * FROM Nothing", "4001", "entity"),
        ("SELECT * FROM Item WHERE Nope = '1'", "4001", "Property Nope not found for"),
        (
            "SELECT * FROM Invoice WHERE DepartmentRef = '1'",
            "4001",
            "property 'DepartmentRef' is not queryable",
        ),
        ("SELECT * FROM Invoice WHERE Line.Amount = 1", "4001", "Property Line.Amount"),
        (
            "SELECT * FROM Payment WHERE UnappliedAmt > '0'",
            "4001",
            "property 'UnappliedAmt' is not queryable",
        ),
        (
            "SELECT * FROM Vendor WHERE PrimaryEmailAddr = 'a@b.example'",
            "4001",
            "property 'PrimaryEmailAddr' is not queryable",
        ),
        ("SELECT * FROM Vendor WHERE Balance > '0'", "4001", "is not queryable"),
        ("SELECT * FROM CreditMemo WHERE RemainingCredit > '0'", "4001", "queryable"),
        ("SELECT * FROM Customer ORDERBY Notes", "4001", "'Notes' is not sortable"),
        ("SELECT * FROM Invoice WHERE TotalAmt = 'much'", "4001", "is not valid"),
        ("SELECT * FROM Invoice WHERE TxnDate > 'soon'", "4001", "is not valid"),
        ("SELECT * FROM Customer WHERE Active = 'maybe'", "4001", "is not valid"),
    ],
)
def test_what_is_wrong_is_said(books, statement, code, detail):
    with refused(code, detail=detail):
        books.rows(statement)


def test_a_page_deep_in_many_customers_is_found(books):
    many = Books()
    bodies = [{"DisplayName": f"C{number:04}"} for number in range(1200)]
    many.engine.bulk_create(many.realm, "Customer", bodies)
    page = many.rows(
        "SELECT * FROM Customer ORDERBY Id STARTPOSITION 1001 MAXRESULTS 1000"
    )
    assert [int(row["Id"]) for row in page] == list(range(1001, 1202))
    assert all(row["Balance"] == dec(0) for row in page)
