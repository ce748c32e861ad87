"""Whatever happens in whatever order: the books balance and tell the same story."""

from decimal import Decimal

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule
from sim_books import Books, kind_of

from qbo_simulator import jsontext
from qbo_simulator.errors import ServiceFault

amounts = st.integers(1, 50_000).map(lambda number: Decimal(number) / 100)


class TradingCompany(RuleBasedStateMachine):
    """A company in which people do things at random; refusals are part of it."""

    customers = Bundle("customers")
    documents = Bundle("documents")
    payments = Bundle("payments")

    def __init__(self):
        super().__init__()
        self.books = Books()
        self.codes = [self.books.code("20%", 20), self.books.code("Z", 0)]
        self.tokens = {}

    def attempt(self, act, *args, **more):
        """Do it; a refusal must leave everything as it was."""
        before = self.snapshot()
        try:
            return act(*args, **more)
        except ServiceFault:
            assert self.snapshot() == before
            return None

    def snapshot(self):
        store = self.books.store
        tables = ("records", "postings", "balances", "links", "sequences")
        return [
            [tuple(row) for row in store.rows(f"SELECT * FROM {table}")]
            for table in tables
        ]

    @rule(target=customers, name=st.text("abc", min_size=1, max_size=3))
    def make_customer(self, name):
        made = self.attempt(self.books.create, "Customer", DisplayName=name)
        return made or self.books.customer

    @rule(target=customers, parent=customers, name=st.text("xyz", min_size=1))
    def make_job(self, parent, name):
        return self.attempt(self.books.job, name, parent) or parent

    @rule(
        target=documents,
        customer=customers,
        sums=st.lists(amounts, min_size=1, max_size=3),
        which=st.integers(0, 1),
        credit=st.booleans(),
        mode=st.sampled_from(["TaxExcluded", "TaxInclusive"]),
    )
    def sell(self, customer, sums, which, credit, mode):
        lines = [self.books.line(one, self.codes[which]) for one in sums]
        act = self.books.credit if credit else self.books.invoice
        reference = {"value": customer["Id"]}
        return self.attempt(
            act, *lines, CustomerRef=reference, GlobalTaxCalculation=mode
        )

    @rule(
        target=payments,
        customer=customers,
        total=amounts,
        applied=st.lists(st.tuples(documents, amounts), max_size=3),
    )
    def pay(self, customer, total, applied):
        applied = [(one, sum_) for one, sum_ in applied if one is not None]
        reference = {"value": customer["Id"]}
        return self.attempt(self.books.pay, total, *applied, CustomerRef=reference)

    @rule(document=documents, amount=amounts)
    def change(self, document, amount):
        if document is None:
            return
        current = self.current(kind_of(document), document)
        if current is not None and current["TotalAmt"]:
            line = self.books.line(amount, self.codes[0])
            self.attempt(self.books.update, kind_of(document), current, Line=[line])

    @rule(document=documents, void=st.booleans())
    def remove(self, document, void):
        if document is not None:
            self.remove_one(kind_of(document), document, void)

    @rule(payment=payments, void=st.booleans())
    def remove_payment(self, payment, void):
        if payment is not None:
            self.remove_one("Payment", payment, void)

    def remove_one(self, entity, record, void):
        current = self.current(entity, record)
        if current is not None:
            act = self.books.void if void else self.books.delete
            self.attempt(act, entity, current)

    @rule(customer=customers)
    def deactivate(self, customer):
        current = self.current("Customer", customer)
        if current is not None:
            self.attempt(self.books.update, "Customer", current, Active=False)

    @rule(name=st.text("pqr", min_size=1, max_size=2))
    def repeat_a_batch(self, name):
        item = {"bId": "1", "operation": "create", "Customer": {"DisplayName": name}}
        body = {"BatchItemRequest": [item]}
        first = jsontext.dumps(self.books.engine.batch(self.books.realm, body, name))
        before = self.snapshot()
        again = jsontext.dumps(self.books.engine.batch(self.books.realm, body, name))
        assert again == first and self.snapshot() == before

    def current(self, entity, record):
        try:
            return self.books.read(entity, record)
        except ServiceFault:
            return None

    # -- what is always true -----------------------------------------------------

    @invariant()
    def every_entry_balances(self):
        rows = self.books.store.rows(
            "SELECT sum(home) FROM postings GROUP BY txn_type, txn_id"
        )
        assert all(row[0] == 0 for row in rows)

    @invariant()
    def receivables_are_open_invoices_less_credits(self):
        every = self.books.engine.list
        realm = self.books.realm
        owed = sum((one["Balance"] for one in every(realm, "Invoice")), Decimal(0))
        for one in every(realm, "CreditMemo"):
            assert one["Balance"] == one["RemainingCredit"]
            owed -= one["RemainingCredit"]
        owed -= sum(
            (one["UnappliedAmt"] for one in every(realm, "Payment")), Decimal(0)
        )
        assert self.books.account("Accounts Receivable (A/R)") == owed
        customers = every(realm, "Customer")
        assert sum((one["Balance"] for one in customers), Decimal(0)) == owed
        tops = [one for one in customers if "ParentRef" not in one]
        assert sum((one["BalanceWithJobs"] for one in tops), Decimal(0)) == owed

    @invariant()
    def documents_add_up(self):
        for entity in ("Invoice", "CreditMemo"):
            for one in self.books.engine.list(self.books.realm, entity):
                lines = [line for line in one["Line"] if "Id" in line]
                net = sum((line["Amount"] for line in lines), Decimal(0))
                assert one["TotalAmt"] == net + one["TxnTaxDetail"]["TotalTax"]
                assert 0 <= one["Balance"] <= one["TotalAmt"]

    @invariant()
    def sync_tokens_only_grow(self):
        for row in self.books.store.rows("SELECT entity, id, sync_token FROM records"):
            key = (row["entity"], row["id"])
            assert row["sync_token"] >= self.tokens.get(key, 0)
            self.tokens[key] = row["sync_token"]

    @invariant()
    def a_query_finds_what_a_filter_finds(self):
        invoices = self.books.engine.list(self.books.realm, "Invoice")
        wanted = {one["Id"] for one in invoices if one["Balance"] > 10}
        found = self.books.rows(
            "SELECT * FROM Invoice WHERE Balance > '10' MAXRESULTS 1000"
        )
        assert {one["Id"] for one in found} == wanted

    def teardown(self):
        """At the end the reports tell the same story, on either basis."""
        for basis in ("Accrual", "Cash"):
            even = self.report("TrialBalance", basis)
            assert even[1] == even[2]
            sheet = self.report("BalanceSheet", basis, at=0)
            assert sheet[-1] == self.report("BalanceSheet", basis)[-1]
        owed = self.books.account("Accounts Receivable (A/R)")
        for name in ("AgedReceivables", "CustomerBalance", "AgedReceivableDetail"):
            assert Decimal(self.report(name, "Accrual")[-1]) == owed
        super().teardown()

    def report(self, name, basis, at=-1):
        wishes = {"date_macro": "All", "accounting_method": basis}
        report = self.books.engine.report(self.books.realm, name, wishes)
        rows = report["Rows"].get("Row", [])
        if not rows:
            return ["0", "0", "0"]
        return [cell["value"] for cell in rows[at]["Summary"]["ColData"]]


TestTradingCompany = TradingCompany.TestCase
TestTradingCompany.settings = settings(
    max_examples=20,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
