"""The purchase side, receipts, journals, banking and the other lists (4.8, 4.10)."""

import pytest
from sim_books import Books, dec, refused

from qbo_simulator.schema.registry import ENTITIES


@pytest.fixture
def books():
    books = Books()
    books.zero = books.code("Z", 0)
    books.bank = books.create("Account", Name="Bank", AccountType="Bank")
    books.card = books.create("Account", Name="Visa", AccountType="Credit Card")
    books.rent = books.create("Account", Name="Rent", AccountType="Expense")
    books.vendor = books.create("Vendor", DisplayName="Landlord")
    return books


def ref(record):
    return {"value": record["Id"]}


def expense(books, amount, **detail):
    parts = {
        "AccountRef": ref(books.rent),
        "TaxCodeRef": {"value": books.zero},
        **detail,
    }
    return {
        "Amount": dec(amount),
        "DetailType": "AccountBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail": parts,
    }


def bill(books, amount=100, **more):
    return books.create(
        "Bill", VendorRef=ref(books.vendor), Line=[expense(books, amount)], **more
    )


def vendor_owes(books):
    return books.read("Vendor", books.vendor)["Balance"]


# -- purchases -----------------------------------------------------------------


def test_a_bill_is_owed_and_paid_by_cheque(books):
    owed = bill(books)
    assert owed["Balance"] == 100 and vendor_owes(books) == 100
    line = {"Amount": 100, "LinkedTxn": [{"TxnId": owed["Id"], "TxnType": "Bill"}]}
    body = {
        "VendorRef": ref(books.vendor),
        "PayType": "Check",
        "CheckPayment": {"BankAccountRef": ref(books.bank)},
        "TotalAmt": 100,
        "Line": [line],
    }
    paid = books.create("BillPayment", **body)
    assert books.read("Bill", owed)["Balance"] == 0 and vendor_owes(books) == 0
    assert books.read("Bill", owed)["LinkedTxn"][0]["TxnType"] == "BillPayment"
    assert books.account("Bank") == -100 and books.account("Rent") == 100
    void = books.void("BillPayment", paid)
    assert void["TotalAmt"] == 0 and "Voided" in void["PrivateNote"]
    assert books.read("Bill", owed)["Balance"] == 100 and books.posted() == 0
    with refused("6430", "BankAccountRef"):
        body["CheckPayment"] = {"BankAccountRef": ref(books.rent)}
        books.create("BillPayment", **body)


def test_a_sparse_bill_repeats_its_vendor(books):
    with refused("2020", "VendorRef"):
        books.update("Bill", bill(books), PrivateNote="x")


def test_a_vendor_credit_reduces_what_is_owed(books):
    books.create("VendorCredit", VendorRef=ref(books.vendor), Line=[expense(books, 40)])
    assert vendor_owes(books) == -40 and books.posted() == 0


def test_purchases_have_input_tax_by_their_purchase_rates(books):
    detail = {
        "TaxRateName": "In",
        "RateValue": 20,
        "TaxAgencyId": books.agency["Id"],
        "TaxApplicableOn": "Purchase",
    }
    body = {"TaxCode": "S", "TaxRateDetails": [detail]}
    code = books.engine.add_tax_code(books.realm, body)["TaxCodeId"]
    line = expense(books, 50, TaxCodeRef={"value": code})
    owed = books.create("Bill", VendorRef=ref(books.vendor), Line=[line])
    assert owed["TotalAmt"] == 60 and books.account("Sales Tax Payable") == 10
    line = expense(books, 50)
    del line["AccountBasedExpenseLineDetail"]["TaxCodeRef"]
    with refused("6000", detail="VAT rate"):
        books.create("Bill", VendorRef=ref(books.vendor), Line=[line])


def test_an_expense_is_paid_from_the_account_it_names(books):
    body = {"Line": [expense(books, 30)], "AccountRef": ref(books.card)}
    books.create("Purchase", PaymentType="CreditCard", **body)
    assert books.read("Account", books.card)["CurrentBalance"] == 30
    back = books.create("Purchase", PaymentType="CreditCard", Credit=True, **body)
    assert books.account("Visa") == 0 and back["TotalAmt"] == 30
    with refused("6430", "AccountRef"):
        books.create("Purchase", PaymentType="Cash", **body)
    with refused("2020", "PaymentType"):
        books.create("Purchase", **body)
    with refused("2020", "PaymentType"):
        books.update("Purchase", back, PrivateNote="x")


def test_an_order_posts_nothing(books):
    order = books.create(
        "PurchaseOrder", VendorRef=ref(books.vendor), Line=[expense(books, 30)]
    )
    assert order["POStatus"] == "Open" and order["TotalAmt"] == 30
    assert books.account("Rent") == 0


def test_buying_inventory_fills_the_shelf(books):
    stock = books.create(
        "Account",
        Name="Stock",
        AccountType="Other Current Asset",
        AccountSubType="Inventory",
    )
    cost = books.create("Account", Name="Cost", AccountType="Cost of Goods Sold")
    item = books.create(
        "Item",
        Name="Spade",
        Type="Inventory",
        TrackQtyOnHand=True,
        QtyOnHand=0,
        InvStartDate="2026-01-01",
        IncomeAccountRef=ref(books.income),
        ExpenseAccountRef=ref(cost),
        AssetAccountRef=ref(stock),
    )
    line = {
        "Amount": 12,
        "DetailType": "ItemBasedExpenseLineDetail",
        "ItemBasedExpenseLineDetail": {
            "ItemRef": ref(item),
            "Qty": 4,
            "UnitPrice": 3,
            "TaxCodeRef": {"value": books.zero},
        },
    }
    owed = books.create("Bill", VendorRef=ref(books.vendor), Line=[line])
    assert books.read("Item", item)["QtyOnHand"] == 4
    assert books.account("Stock") == 12
    books.delete("Bill", owed)
    assert books.read("Item", item)["QtyOnHand"] == 0
    with refused("6070"):
        books.create(
            "Bill", VendorRef=ref(books.vendor), Line=[line | {"Amount": dec(13)}]
        )


def test_names_are_shared_by_customers_vendors_and_employees(books):
    with refused("6240", detail="Another vendor"):
        books.create("Customer", DisplayName="landlord")
    with refused("6240", detail="Another customer"):
        books.create("Employee", GivenName="Adam's", FamilyName="Candy Shop")
    employee = books.create("Employee", GivenName="Jo", SSN="123-45-6789")
    assert employee["SSN"] == "XXX-XX-XXXX" and employee["DisplayName"] == "Jo"


# -- receipts and estimates ------------------------------------------------------


def test_a_sales_receipt_is_paid_at_once_and_can_be_voided(books):
    line = books.line(70, books.zero)
    sold = books.create("SalesReceipt", Line=[line])
    assert sold["Balance"] == 0 and sold["TotalAmt"] == 70
    assert books.account("Undeposited Funds") == 70
    assert books.void("SalesReceipt", sold)["TotalAmt"] == 0
    assert books.account("Undeposited Funds") == 0


def test_a_refund_says_where_it_is_paid_from(books):
    line = books.line(20, books.zero)
    with refused("2020", "DepositToAccountRef"):
        books.create("RefundReceipt", Line=[line])
    line = books.line(20, books.zero)
    books.create("RefundReceipt", Line=[line], DepositToAccountRef=ref(books.bank))
    assert books.account("Bank") == -20 and books.account("Sales") == 20


def test_an_estimate_is_a_promise(books):
    body = {"CustomerRef": ref(books.customer), "Line": [books.line(9, books.zero)]}
    made = books.create("Estimate", **body)
    assert made["TxnStatus"] == "Pending" and books.balance() == 0
    with refused("2170", "TxnStatus"):
        books.update("Estimate", made, TxnStatus="Lost")


# -- journals and banking ----------------------------------------------------------


def entry(account, amount, side, **entity):
    detail = {"PostingType": side, "AccountRef": ref(account), **entity}
    return {
        "Amount": dec(amount),
        "DetailType": "JournalEntryLineDetail",
        "JournalEntryLineDetail": detail,
    }


def test_debits_equal_credits(books):
    debit, credit = entry(books.rent, 5, "Debit"), entry(books.bank, 5, "Credit")
    books.create("JournalEntry", Line=[debit, credit])
    assert books.account("Rent") == 5
    lopsided = [entry(books.rent, 5, "Debit"), entry(books.bank, 4, "Credit")]
    with refused("6000", "Line"):
        books.create("JournalEntry", Line=lopsided)
    books.switches.set_many({"unbalanced_journal_code": "2300"})
    with refused("2300"):
        books.create("JournalEntry", Line=lopsided)


def test_a_receivables_line_needs_a_customer_and_moves_the_balance(books):
    books.invoice(books.line(10, books.zero))
    accounts = books.rows("SELECT * FROM Account")
    debtors = next(a for a in accounts if a["AccountType"] == "Accounts Receivable")
    other = entry(books.bank, 3, "Credit")
    with refused("6000", "Entity"):
        books.create("JournalEntry", Line=[entry(debtors, 3, "Debit"), other])
    who = {"Entity": {"Type": "Customer", "EntityRef": ref(books.customer)}}
    line = entry(debtors, 3, "Debit", **who)
    books.create("JournalEntry", Line=[line, entry(books.bank, 3, "Credit")])
    assert books.balance() == 13


def test_a_deposit_locks_the_payment_in_it(books):
    payment = books.pay(25)
    line = {
        "Amount": 25,
        "LinkedTxn": [{"TxnId": payment["Id"], "TxnType": "Payment"}],
    }
    into = ref(books.bank)
    deposit = books.create("Deposit", DepositToAccountRef=into, Line=[line])
    assert deposit["TotalAmt"] == 25 and books.account("Bank") == 25
    assert books.account("Undeposited Funds") == 0
    for act in (books.delete, books.void):
        with refused("6540"):
            act("Payment", payment)
    with refused("6540"):
        books.update("Payment", payment, PrivateNote="x")
    with refused("6540"):
        books.create("Deposit", DepositToAccountRef=into, Line=[line])
    books.delete("Deposit", deposit)
    books.delete("Payment", payment)
    assert books.posted() == 0 and books.account("Bank") == 0


def test_money_moves_between_accounts(books):
    accounts = {"FromAccountRef": ref(books.bank), "ToAccountRef": ref(books.rent)}
    books.create("Transfer", Amount=8, **accounts)
    assert books.account("Bank") == -8
    with refused("6000"):
        same = {"FromAccountRef": ref(books.bank), "ToAccountRef": ref(books.bank)}
        books.create("Transfer", Amount=8, **same)
    books.create(
        "CreditCardPayment",
        Amount=5,
        BankAccountRef=ref(books.bank),
        CreditCardAccountRef=ref(books.card),
    )
    answer = books.engine.query(books.realm, "SELECT * FROM CreditCardPayment")
    assert "CreditCardPaymentTxn" in answer["QueryResponse"]
    assert books.posted() == 0


# -- the rest ------------------------------------------------------------------------


def test_templates_recur_and_post_nothing(books):
    schedule = {"IntervalType": "Monthly", "NumInterval": 1, "DayOfMonth": 1}
    info = {"Name": "Rent", "RecurType": "Automated", "ScheduleInfo": schedule}
    body = {
        "CustomerRef": ref(books.customer),
        "Line": [books.line(9, books.zero)],
        "RecurringInfo": info,
    }
    made = books.create("RecurringTransaction", Invoice=body)
    assert set(made) == {"Invoice"} and made["Invoice"]["SyncToken"] == "0"
    assert made["Invoice"]["TotalAmt"] == 9 and books.balance() == 0
    own = made["Invoice"]
    rows = books.rows("SELECT * FROM RecurringTransaction WHERE Type = 'Invoice'")
    assert rows == [books.read("RecurringTransaction", own["Id"])]
    assert books.rows("SELECT * FROM RecurringTransaction WHERE Type = 'Bill'") == []
    change = {**own, "Line": [books.line(11, books.zero)]}
    changed = books.engine.update(
        books.realm, "RecurringTransaction", {"Invoice": change}
    )
    assert changed["Invoice"]["TotalAmt"] == 11
    assert changed["Invoice"]["SyncToken"] == "1"
    gone = {"Invoice": {"Id": own["Id"], "SyncToken": "1"}}
    books.engine.delete(books.realm, "RecurringTransaction", gone)
    with refused("2010"):
        books.create("RecurringTransaction", Spaceship={})
    with refused("2020", "RecurringInfo"):
        del body["RecurringInfo"]
        books.create("RecurringTransaction", Invoice=body)


def test_time_belongs_to_somebody_and_has_a_length(books):
    employee = books.create("Employee", GivenName="Jo")
    worked = books.create(
        "TimeActivity",
        NameOf="Employee",
        EmployeeRef=ref(employee),
        StartTime="2026-07-22T10:00:00-07:00",
        EndTime="2026-07-22T11:00:00-07:00",
    )
    assert worked["TxnDate"] == "2026-07-22"
    assert worked["BillableStatus"] == "NotBillable"
    with refused("2020", "EmployeeRef"):
        books.create("TimeActivity", NameOf="Employee", Hours=1)
    with refused("2020", "Hours"):
        books.create("TimeActivity", NameOf="Employee", EmployeeRef=ref(employee))
    billed = {"BillableStatus": "Billable", "CustomerRef": ref(books.customer)}
    whose = {"NameOf": "Employee", "EmployeeRef": ref(employee), "Hours": 1}
    with refused("2020", "HourlyRate"):
        books.create("TimeActivity", **whose, **billed)


def test_a_rate_is_written_again_without_an_id(books):
    rate = {"SourceCurrencyCode": "EUR", "AsOfDate": "2026-01-01"}
    first = books.create("ExchangeRate", Rate=dec("0.85"), **rate)
    assert "Id" not in first and first["TargetCurrencyCode"] == "GBP"
    books.create("ExchangeRate", Rate=dec("0.9"), **rate)
    rows = books.rows("SELECT * FROM ExchangeRate WHERE SourceCurrencyCode = 'EUR'")
    assert [row["Rate"] for row in rows] == [dec("0.9")]
    assert books.engine.rate(books.realm, "EUR", "2026-06-01")["Rate"] == dec("0.9")
    with refused("610"):
        books.engine.rate(books.realm, "EUR", "2025-06-01")
    with refused("2220"):
        books.engine.rate(books.realm, "XXX", "")


def test_currencies_take_intuits_names_once(books):
    assert books.create("CompanyCurrency", Code="CAD")["Name"] == "Canadian Dollar"
    with refused("6240", "Code"):
        books.create("CompanyCurrency", Code="CAD")


def test_classes_and_departments_stand_under_one_another(books):
    for entity, flag in (("Class", "SubClass"), ("Department", "SubDepartment")):
        top = books.create(entity, Name="Top")
        below = books.create(entity, Name="Low", ParentRef=ref(top))
        assert below["FullyQualifiedName"] == "Top:Low" and below[flag] is True
        with refused("6240"):
            books.create(entity, Name="low", ParentRef=ref(top))
        books.create(entity, Name="Low")


def test_merging_carries_everything_over(books):
    other = books.create("Customer", DisplayName="Twin")
    job = books.job("job", other)
    invoice = books.invoice(books.line(10, books.zero), CustomerRef=ref(other))
    books.invoice(books.line(5, books.zero), CustomerRef=ref(job))
    books.invoice(books.line(1, books.zero))
    kept = books.engine.merge(
        books.realm, "Customer", other["Id"], books.customer["Id"], actor="Priya"
    )
    assert (kept["Balance"], kept["BalanceWithJobs"]) == (11, 16)
    moved = books.read("Invoice", invoice)["CustomerRef"]
    assert moved == {"value": kept["Id"], "name": "Adam's Candy Shop"}
    assert books.read("Customer", job)["FullyQualifiedName"] == "Adam's Candy Shop:job"
    found = books.rows(f"SELECT * FROM Invoice WHERE CustomerRef = '{kept['Id']}'")
    assert len(found) == 2
    with refused("610"):
        books.read("Customer", other)


def test_a_merged_name_can_stay_as_inactive(books):
    books.switches.set_many({"merged_record": "inactive"})
    other = books.create("Customer", DisplayName="Twin")
    books.engine.merge(
        books.realm, "Customer", other["Id"], books.customer["Id"], actor="Priya"
    )
    assert books.read("Customer", other)["Active"] is False


def test_a_budget_plans_income_and_expenses_within_its_span(books):
    def detail(account, day):
        return {"BudgetDate": day, "Amount": 12, "AccountRef": ref(account)}

    span = {"StartDate": "2026-01-01", "EndDate": "2026-12-31"}
    made = books.create(
        "Budget", **span, BudgetDetail=[detail(books.rent, "2026-03-01")]
    )
    assert made["BudgetType"] == "ProfitAndLoss" and made["Name"].startswith("Budget_")
    assert made["BudgetDetail"][0]["AccountRef"]["name"] == "Rent"
    with refused("6240"):
        books.create("Budget", **span)
    changed = books.update("Budget", made, Name="Next year", BudgetDetail=[])
    assert changed["BudgetDetail"] == [] and changed["StartDate"] == "2026-01-01"
    assert len(books.rows("SELECT * FROM Budget WHERE Name = 'Next year'")) == 1
    books.delete("Budget", changed)
    with refused("610"):
        books.read("Budget", made)
    with refused("2190", "EndDate"):
        books.create("Budget", StartDate="2026-02-01", EndDate="2026-01-01")
    with refused("2190", "BudgetDate"):
        books.create("Budget", **span, BudgetDetail=[detail(books.rent, "2027-01-01")])
    with refused("6430", "AccountRef"):
        books.create("Budget", **span, BudgetDetail=[detail(books.bank, "2026-01-01")])
    with refused("2020", "StartDate"):
        books.create("Budget", EndDate="2026-01-01")


@pytest.mark.parametrize("name", sorted(ENTITIES))
def test_every_entity_can_be_queried_and_counted(books, name):
    if name not in ("CompanyInfo", "Preferences", "Customer", "Item", "Account"):
        assert books.rows(f"SELECT * FROM {name} MAXRESULTS 1") is not None
    assert books.count(name) >= 0


@pytest.mark.parametrize(
    "name", sorted(n for n, e in ENTITIES.items() if not e.allows("create"))
)
def test_what_cannot_be_created_is_refused(books, name):
    with refused("500"):
        books.create(name, Name="x")
