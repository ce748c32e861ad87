"""Names: characters, lengths, uniqueness, hierarchy, deactivation (qbo-api.md 4.2)."""

import pytest
from sim_books import Books, refused


@pytest.fixture
def books():
    return Books()


@pytest.mark.parametrize("name", ["a:b", "a\tb", "a\nb"])
def test_separators_in_a_name_are_refused(books, name):
    with refused("2040", "DisplayName"):
        books.create("Customer", DisplayName=name)


def test_a_name_is_built_from_its_parts_and_trimmed(books):
    built = books.create("Customer", GivenName="Ann", FamilyName="Lee", Suffix="Jr")
    assert built["DisplayName"] == "Ann Lee Jr"
    assert built["PrintOnCheckName"] == "Ann Lee Jr"
    assert books.create("Customer", DisplayName="  a   b ")["DisplayName"] == "a b"


def test_a_customer_without_any_name_is_refused(books):
    with refused("6080", "DisplayName"):
        books.create("Customer", CompanyName="Only a company")


def test_lengths_are_checked_with_what_was_supplied(books):
    with refused("2050", "GivenName", "Max:100 supplied:101"):
        books.create("Customer", DisplayName="x", GivenName="g" * 101)


def test_a_display_name_is_unique_without_regard_to_case(books):
    with refused("6240", detail="Another customer is already using this name"):
        books.create("Customer", DisplayName="ADAM'S candy SHOP")
    books.switches.set_many({"duplicate_name_detail": "id"})
    with refused("6240", detail=f"Id={books.customer['Id']}"):
        books.create("Customer", DisplayName="adam's candy shop")


def test_non_ascii_names_compare_without_regard_to_case(books):
    books.create("Customer", DisplayName="Çelik Élan")
    with refused("6240"):
        books.create("Customer", DisplayName="çelik élan")


def test_deactivation_adds_the_suffix_and_returns_the_whole_record(books):
    gone = books.update("Customer", books.customer, Active=False)
    assert gone["DisplayName"] == "Adam's Candy Shop (deleted)"
    assert gone["FullyQualifiedName"] == "Adam's Candy Shop (deleted)"
    assert gone["Active"] is False and gone["SyncToken"] == "1"
    again = books.update("Customer", gone, Notes="still there")
    assert again["DisplayName"].count("(deleted)") == 1


@pytest.mark.parametrize("touches", ["time", "token"])
def test_what_a_customer_owes_whom_a_person_gives_up_is_balanced(books, touches):
    books.switches.set_many({"balance_touches_customer": touches})
    code = books.code("20%", 20)
    invoice = books.invoice(books.line(100, code))
    rich = books.create("Customer", DisplayName="Rich")
    books.create("Payment", CustomerRef={"value": rich["Id"]}, TotalAmt=30)
    for customer, entity, total in (
        (books.customer, "CreditMemo", 120),
        (rich, "Invoice", 30),
    ):
        fresh = books.read("Customer", customer)
        key = {"Id": fresh["Id"], "SyncToken": fresh["SyncToken"], "sparse": True}
        books.engine.update(
            books.realm, "Customer", {**key, "Active": False}, actor="Helen"
        )
        gone = books.read("Customer", customer)
        assert (gone["Active"], gone["Balance"]) == (False, 0)
        newest = books.rows(f"SELECT * FROM {entity} ORDERBY Id DESC")[0]
        assert (newest["TotalAmt"], newest["Balance"]) == (total, total)
        assert newest["CustomerRef"]["value"] == gone["Id"]
    assert books.read("Invoice", invoice)["Balance"] == 120
    assert books.posted() == 0


def test_an_app_leaves_a_balance_as_it_is(books):
    books.invoice(books.line(100, books.code("20%", 20)))
    fresh = books.read("Customer", books.customer)
    assert books.update("Customer", fresh, Active=False)["Balance"] == 120
    assert books.count("CreditMemo") == 0


def test_the_suffix_stays_on_reactivation_unless_switched(books):
    gone = books.update("Customer", books.customer, Active=False)
    back = books.update("Customer", gone, Active=True)
    assert back["DisplayName"].endswith(" (deleted)")
    books.switches.set_many({"reactivation_keeps_suffix": "off"})
    other = books.create("Customer", DisplayName="Bea")
    gone = books.update("Customer", other, Active=False)
    assert books.update("Customer", gone, Active=True)["DisplayName"] == "Bea"


def test_an_inactive_name_is_still_taken_unless_switched(books):
    books.update("Customer", books.customer, Active=False)
    with refused("6240"):
        books.create("Customer", DisplayName="Adam's Candy Shop")
    books.switches.set_many({"names_of_inactive_taken": "off"})
    books.create("Customer", DisplayName="Adam's Candy Shop")


def test_sub_customers_have_full_names_and_levels(books):
    parent = books.customer
    for level in range(1, 5):
        child = books.create(
            "Customer",
            DisplayName=f"L{level}",
            Job=True,
            ParentRef={"value": parent["Id"]},
        )
        assert child["Level"] == level
        assert child["FullyQualifiedName"].endswith(f"L{level}")
        parent = child
    with refused("6180"):
        books.create(
            "Customer", DisplayName="L5", Job=True, ParentRef={"value": parent["Id"]}
        )


def test_a_job_needs_a_parent_and_a_parent_cannot_be_its_child(books):
    with refused("6150", "ParentRef"):
        books.create("Customer", DisplayName="orphan", Job=True)
    child = books.create(
        "Customer", DisplayName="c", Job=True, ParentRef={"value": books.customer["Id"]}
    )
    with refused("900"):
        books.update(
            "Customer", books.customer, Job=True, ParentRef={"value": child["Id"]}
        )


def test_sub_customers_share_a_name_by_switch(books):
    above = [books.create("Customer", DisplayName=name) for name in ("North", "South")]
    books.job("Depot", above[0])
    with refused("6240"):
        books.job("Depot", above[1])
    books.switches.set_many({"subcustomer_names": "full"})
    assert books.job("Depot", above[1])["FullyQualifiedName"] == "South:Depot"
    with refused("6240"):
        books.job("depot", above[1])


def test_a_rename_reaches_children_and_references(books):
    child = books.create(
        "Customer", DisplayName="c", Job=True, ParentRef={"value": books.customer["Id"]}
    )
    invoice = books.invoice(books.line(1, books.code("Z", 0)))
    books.update("Customer", books.customer, DisplayName="Eve")
    assert books.read("Customer", child)["FullyQualifiedName"] == "Eve:c"
    assert books.read("Customer", child)["ParentRef"]["name"] == "Eve"
    assert books.read("Invoice", invoice)["CustomerRef"]["name"] == "Eve"
    books.update("Item", books.item, Name="Days")
    line = books.read("Invoice", invoice)["Line"][0]["SalesItemLineDetail"]
    assert line["ItemRef"]["name"] == "Days"


def test_names_cannot_be_cleared_but_other_fields_can(books):
    named = books.update("Customer", books.customer, Notes="n", CompanyName="c")
    cleared = books.update(
        "Customer", named, DisplayName="", PrintOnCheckName="", Notes="", CompanyName=""
    )
    assert cleared["DisplayName"] == "Adam's Candy Shop"
    assert cleared["PrintOnCheckName"] == "Adam's Candy Shop"
    assert "Notes" not in cleared and "CompanyName" not in cleared


def test_references_and_groups_are_cleared_by_empty_values(books):
    term = books.create("Term", Name="Net 30", DueDays=30)
    full = books.update(
        "Customer",
        books.customer,
        SalesTermRef={"value": term["Id"]},
        BillAddr={"Line1": "1 High St"},
    )
    assert full["SalesTermRef"]["name"] == "Net 30"
    cleared = books.update("Customer", full, SalesTermRef={"value": ""}, BillAddr={})
    assert "SalesTermRef" not in cleared and "BillAddr" not in cleared


def test_a_full_update_empties_what_it_leaves_out(books):
    full = books.update("Customer", books.customer, Notes="n", Taxable=False)
    bare = books.replace("Customer", full, DisplayName="Adam")
    assert "Notes" not in bare and bare["Taxable"] is True
    assert bare["CurrencyRef"]["value"] == "GBP"
    assert bare["DisplayName"] == "Adam"


def test_tax_identifiers_are_masked(books):
    one = books.create("Customer", DisplayName="t", PrimaryTaxIdentifier="GB214673508")
    assert one["PrimaryTaxIdentifier"] == "XXXXXX73508"
    again = books.update("Customer", one, Notes="x")
    assert again["PrimaryTaxIdentifier"] == "XXXXXX73508"


@pytest.mark.parametrize("address", ["nobody", "a@b", "a b@c.co"])
def test_malformed_mail_addresses_are_refused(books, address):
    with refused("2210", "PrimaryEmailAddr"):
        books.create("Customer", DisplayName="m", PrimaryEmailAddr={"Address": address})


def test_an_address_gets_a_new_id_when_it_changes(books):
    one = books.update("Customer", books.customer, BillAddr={"Line1": "1 High St"})
    first = one["BillAddr"]["Id"]
    same = books.update("Customer", one, BillAddr={"Line1": "1 High St"})
    assert same["BillAddr"]["Id"] == first
    moved = books.update("Customer", same, BillAddr={"Line1": "2 High St"})
    assert moved["BillAddr"]["Id"] != first


def test_items_are_unique_by_full_name_and_only_categories_are_parents(books):
    with refused("6240"):
        books.service("hours")
    category = books.create("Item", Name="Garden", Type="Category")
    inside = books.service("Hours", SubItem=True, ParentRef={"value": category["Id"]})
    assert inside["FullyQualifiedName"] == "Garden:Hours" and inside["Level"] == 1
    with refused("700", "ParentRef"):
        books.service("x", SubItem=True, ParentRef={"value": books.item["Id"]})


def test_items_need_their_accounts(books):
    with refused("2020", "IncomeAccountRef"):
        books.create("Item", Name="n", Type="Service")
    with refused("2020", "Type"):
        books.create("Item", Name="n")
    with refused("6430", "IncomeAccountRef"):
        bank = books.create("Account", Name="Bank", AccountType="Bank")
        books.create(
            "Item", Name="n", Type="Service", IncomeAccountRef={"value": bank["Id"]}
        )


def test_an_account_needs_a_type_and_repeats_name_and_type_in_sparse_updates(books):
    with refused("6010", "AccountType"):
        books.create("Account", Name="Loose")
    with refused("2020", "AccountType"):
        books.update("Account", books.income, Name="Turnover")
    renamed = books.update(
        "Account", books.income, Name="Turnover", AccountType="Income"
    )
    assert renamed["FullyQualifiedName"] == "Turnover"
    with refused("2040", "Name"):
        books.create("Account", Name='The "big" one', AccountType="Bank")


def test_terms_count_days_or_name_one(books):
    net = books.create("Term", Name="Net 30", DueDays=30)
    assert net["Type"] == "STANDARD"
    named = books.create("Term", Name="20th", DayOfMonthDue=20, DueNextMonthDays=5)
    assert named["Type"] == "DATE_DRIVEN"
    with refused("2240", "DueDays"):
        books.create("Term", Name="far", DueDays=1000)
    with refused("2050", "Name"):
        books.create("Term", Name="t" * 32, DueDays=1)
    with refused("2020", "Name"):
        books.update("Term", net, DueDays=10)
