import json
from dataclasses import asdict
from datetime import date
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL

from ..qbo import reconciliation as books
from ..qbo import statements
from ..qbo.client import in_chunks
from ..qbo.exactjson import to_decimal
from ..qbo.results import BatchItem

# Ids that one statement looks for, and statements that one call asks.
CHECKED_AT_ONCE = 200
STATEMENTS_AT_ONCE = 30
REPORT = "AgedReceivables"
DETAIL = "AgedReceivableDetail"
DECIMALS = ("total", "tax", "balance", "home_total", "home_balance")


class QuickBooksReconciliationRecord(models.Model):
    """What QuickBooks holds, until it is compared. Written with SQL alone."""

    _name = "quickbooks.reconciliation.record"
    _description = "QuickBooks Document Being Read"
    _log_access = False

    # No Many2one: its foreign key would be checked for each of 10,000 rows.
    reconciliation_id = fields.Integer(required=True)
    kind = fields.Char(required=True)
    quickbooks_id = fields.Char(required=True)
    sync_token = fields.Char()
    vals = fields.Json()

    _record_unique = models.UniqueIndex("(reconciliation_id, kind, quickbooks_id)")

    @api.model
    def _put(self, run, papers, tokens):
        """Keep papers; return how many were not there before."""
        rows = [_kept(paper, tokens[paper.kind, paper.key]) for paper in papers]
        query = SQL(
            """
            INSERT INTO quickbooks_reconciliation_record
                   (reconciliation_id, kind, quickbooks_id, sync_token, vals)
            SELECT %s, kind, quickbooks_id, sync_token, vals
              FROM jsonb_to_recordset(%s) AS given(
                   kind varchar, quickbooks_id varchar, sync_token varchar, vals jsonb)
                ON CONFLICT DO NOTHING
            """,
            run.id,
            json.dumps(rows, default=str),
        )
        self.env.cr.execute(query)
        return self.env.cr.rowcount

    @api.model
    def _papers(self, run):
        """Return what was kept, as :class:`reconciliation.Paper`."""
        query = SQL(
            "SELECT vals FROM quickbooks_reconciliation_record"
            " WHERE reconciliation_id = %s ORDER BY id",
            run.id,
        )
        return [_paper(vals) for [vals] in self.env.execute_query(query)]

    @api.model
    def _tokens(self, run):
        query = SQL(
            "SELECT kind, quickbooks_id, sync_token"
            " FROM quickbooks_reconciliation_record WHERE reconciliation_id = %s",
            run.id,
        )
        return {
            (kind, key): token for kind, key, token in self.env.execute_query(query)
        }

    @api.model
    def _clear(self, runs):
        self.env.cr.execute(
            SQL(
                "DELETE FROM quickbooks_reconciliation_record"
                " WHERE reconciliation_id = ANY(%s)",
                runs.ids,
            )
        )

    @api.autovacuum
    def _gc_orphans(self):
        """Delete what belongs to runs that were deleted."""
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM quickbooks_reconciliation_record AS kept
                 WHERE NOT EXISTS (
                       SELECT FROM quickbooks_reconciliation AS run
                        WHERE run.id = kept.reconciliation_id)
                """
            )
        )


class QuickBooksReconciliation(models.Model):
    """Reading both sides."""

    _inherit = "quickbooks.reconciliation"

    owed_in_quickbooks = fields.Json(readonly=True)

    # === QuickBooks === #

    def _step_asking(self, client):
        """Ask in one call how much there is, and for what is open elsewhere."""
        counts = [self._count_of(entity) for entity in books.KINDS]
        elsewhere = [*self._open_elsewhere(), *self._credits(client)]
        pages = self._ask(client, [*counts, *(query for query, _entity in elsewhere)])
        self.expected += sum(page.total_count or 0 for page in pages[: len(counts)])
        for page, (query, entity) in zip(pages[len(counts) :], elsewhere, strict=True):
            self._keep_all(client, query, entity, page)
        self._go_on("reading", next(iter(books.KINDS)))

    def _ask(self, client, queries):
        """Return a page for each statement, asked in as few calls as can be."""
        pages = []
        for chunk in in_chunks(queries, STATEMENTS_AT_ONCE):
            items = [BatchItem(str(n), query=query) for n, query in enumerate(chunk)]
            pages += [result.queried() for result in client.batch(items)]
        return pages

    def _count_of(self, entity):
        return statements.count(entity, self._in_period())

    def _open_elsewhere(self):
        """Yield statements, with their entities, for what belongs to what is owed."""
        for operator, day in (("<", self.date_from), (">", self.date_to)):
            for entity in books.KINDS:
                where = statements.both(
                    statements.condition("TxnDate", operator, day),
                    statements.condition("Balance", ">", Decimal(0)),
                )
                yield statements.select(entity, where), entity

    def _credits(self, client):
        """Yield statements, with their entity, for payments with something left.

        QuickBooks can't be asked for them: its report of what is open tells their
        Ids, or else the customers, all of whose payments are read then.
        """
        if not self._compares_balances():
            return
        today = fields.Date.context_today(self).isoformat()
        ids, customers = books.credits_in(client.report(DETAIL, report_date=today))
        for field, values in (("Id", ids), ("CustomerRef", customers)):
            for chunk in in_chunks(values, CHECKED_AT_ONCE):
                where = statements.condition(field, "IN", chunk)
                yield statements.select("Payment", where), "Payment"

    def _keep_all(self, client, query, entity, page):
        """Keep what is open of a page, and read on where more than it holds is."""
        self._keep(entity, _open_ones(entity, page.rows))
        start = 1
        while len(page) == statements.MAX_PAGE:
            start += len(page)
            page = client.query(query.replace("POSITION 1 ", f"POSITION {start} "))
            self._keep(entity, _open_ones(entity, page.rows))

    def _in_period(self):
        return statements.both(
            statements.condition("TxnDate", ">=", self.date_from),
            statements.condition("TxnDate", "<=", self.date_to),
        )

    def _go_on(self, step, entity=False):
        self.write({"step": step, "reading_entity": entity, "position": 1})

    def _step_reading(self, client):
        """Read one page of the period's documents."""
        entities = list(books.KINDS)
        entity = self.reading_entity
        page = client.query(
            statements.select(entity, self._in_period(), start=self.position)
        )
        self.fetched += self._keep(entity, page.rows)
        if len(page) == statements.MAX_PAGE:
            self.position += len(page)
        elif entity != entities[-1]:
            self._go_on("reading", entities[entities.index(entity) + 1])
        else:
            self._go_on("looking")

    def _keep(self, entity, rows):
        home = self.connection_id.home_currency_id.name
        papers = [books.paper_of(entity, row, home) for row in rows]
        tokens = {
            (paper.kind, paper.key): row.get("SyncToken")
            for paper, row in zip(papers, rows, strict=True)
        }
        return self.env["quickbooks.reconciliation.record"]._put(self, papers, tokens)

    def _step_looking(self, client):
        """Look by their ids for documents that Odoo knows and that were not seen.

        Some have another date in QuickBooks, and some were passed over while others
        were deleted. What is not found now is no longer there.
        """
        unseen = {entity: self._unseen(kind) for entity, kind in books.KINDS.items()}
        unseen["Payment"] = self._unseen_payments()
        queries = [
            (entity, statements.select(entity, statements.condition("Id", "IN", chunk)))
            for entity, ids in unseen.items()
            for chunk in in_chunks(ids, CHECKED_AT_ONCE)
        ]
        pages = self._ask(client, [query for _entity, query in queries])
        for (entity, _query), page in zip(queries, pages, strict=True):
            self._keep(entity, page.rows)
        self._keep_owed(client)
        self._go_on("comparing")

    def _unseen(self, kind):
        """Return ids of QuickBooks that Odoo has in question and nobody has seen."""
        query = SQL(
            """
            SELECT document.quickbooks_id
              FROM quickbooks_document AS document
              JOIN account_move AS move ON move.id = document.move_id
             WHERE document.company_id = %(company)s
               AND document.realm_id = %(realm)s
               AND document.kind = %(kind)s
               AND document.quickbooks_id IS NOT NULL
               AND (move.invoice_date BETWEEN %(first)s AND %(last)s
                    OR move.state = 'posted' AND move.amount_residual != 0)
               AND NOT EXISTS (
                   SELECT FROM quickbooks_reconciliation_record AS kept
                    WHERE kept.reconciliation_id = %(run)s
                      AND kept.kind = document.kind
                      AND kept.quickbooks_id = document.quickbooks_id)
             ORDER BY document.id
            """,
            kind=kind,
            **self._sql_arguments(),
        )
        self.env.flush_all()
        with self._bulk_plans():
            return [key for [key] in self.env.execute_query(query)]

    def _unseen_payments(self):
        """Return ids of payments that have something left in Odoo only."""
        if not self._compares_balances():
            return []
        self.env.cr.execute(SQL(ODOO_PAYMENTS, **self._sql_arguments()))
        rows = self.env.cr.dictfetchall()
        kept = self.env["quickbooks.reconciliation.record"]._tokens(self)
        linked = {row["counterpart"] for row in rows if row["counterpart"]}
        return [key for key in sorted(linked) if (books.PAYMENT, key) not in kept]

    def _keep_owed(self, client):
        """Keep what QuickBooks says that customers owe today."""
        today = fields.Date.context_today(self)
        report = client.report(REPORT, report_date=today.isoformat())
        self.owed_in_quickbooks = {
            customer: [str(amount) for amount in amounts]
            for customer, amounts in books.owed_by_customer(report).items()
        }

    # === Odoo === #

    def _bulk_plans(self):
        """Keep PostgreSQL from going row by row through what was just read."""
        return self.env["quickbooks.mirror"]._quickbooks_bulk_plans()

    def _sql_arguments(self):
        return {
            "company": self.company_id.id,
            "realm": self.realm_id,
            "first": self.date_from,
            "last": self.date_to,
            "run": self.id,
        }

    def _odoo_papers(self):
        """Return Odoo's documents in question."""
        self.env.flush_all()
        with self._bulk_plans():
            self.env.cr.execute(SQL(ODOO_PAPERS, **self._sql_arguments()))
            papers = [_odoo_paper(row) for row in self.env.cr.dictfetchall()]
        if self._compares_balances():
            self.env.cr.execute(SQL(ODOO_PAYMENTS, **self._sql_arguments()))
            papers += [_odoo_paper(row) for row in self.env.cr.dictfetchall()]
        return papers

    def _owed_in_odoo(self):
        """Return what is open in Odoo today: by QuickBooks customer, by age.

        :return: amounts of each age, by QuickBooks' id of the customer, or by
            ``odoo:`` and the contact's id where it has none
        """
        today = fields.Date.context_today(self)
        self.env.cr.execute(SQL(ODOO_OWED, today=today, **self._sql_arguments()))
        owed = {}
        for customer, partner, age, amount in self.env.cr.fetchall():
            key = customer or f"odoo:{partner or 0}"
            ages = owed.setdefault(key, [Decimal(0)] * books.AGES)
            ages[age] += Decimal(amount)
        return owed


def _open_ones(entity, rows):
    """Return the payments that have something left; documents are asked for so."""
    if entity != "Payment":
        return rows
    return [row for row in rows if to_decimal(row.get("UnappliedAmt"))]


# Cancelled ones and drafts count only where QuickBooks has them.
ODOO_PAPERS = """
    SELECT move.id, move.state, move.move_type, move.name, move.invoice_date,
           currency.name AS currency, currency.decimal_places AS digits,
           home.decimal_places AS home_digits,
           move.amount_total::text AS total, move.amount_tax::text AS tax,
           move.amount_residual::text AS balance,
           abs(move.amount_total_signed)::text AS home_total,
           abs(move.amount_residual_signed)::text AS home_balance,
           sign(move.amount_residual) AS balance_sign,
           partner.id AS partner_id, partner.name AS partner_name,
           customer.quickbooks_id AS customer,
           document.quickbooks_id AS counterpart
      FROM account_move AS move
      JOIN res_currency AS currency ON currency.id = move.currency_id
      JOIN res_company AS company ON company.id = move.company_id
      JOIN res_currency AS home ON home.id = company.currency_id
      LEFT JOIN quickbooks_document AS document
        ON document.move_id = move.id AND document.realm_id = %(realm)s
      LEFT JOIN quickbooks_reconciliation_record AS kept
        ON kept.reconciliation_id = %(run)s
       AND kept.kind = document.kind
       AND kept.quickbooks_id = document.quickbooks_id
      LEFT JOIN res_partner AS partner ON partner.id = move.commercial_partner_id
      LEFT JOIN quickbooks_customer AS customer
        ON customer.partner_id = partner.id
       AND customer.company_id = move.company_id
       AND customer.realm_id = %(realm)s
     WHERE move.company_id = %(company)s
       AND move.move_type IN ('out_invoice', 'out_refund')
       AND (move.state = 'posted'
            AND (move.invoice_date BETWEEN %(first)s AND %(last)s
                 OR move.amount_residual != 0)
            OR document.quickbooks_id IS NOT NULL
            AND (move.invoice_date BETWEEN %(first)s AND %(last)s
                 OR kept.id IS NOT NULL))
     ORDER BY move.id
"""
# Payments with something left, here or there.
ODOO_PAYMENTS = """
    SELECT payment.id, 'posted' AS state, 'payment' AS move_type,
           COALESCE(payment.payment_reference, payment.name) AS name,
           payment.date AS invoice_date,
           currency.name AS currency, currency.decimal_places AS digits,
           home.decimal_places AS home_digits,
           payment.amount::text AS total, 0::text AS tax,
           (-sum(line.amount_residual_currency))::text AS balance,
           payment.amount_company_currency_signed::text AS home_total,
           (-sum(line.amount_residual))::text AS home_balance,
           1 AS balance_sign,
           partner.id AS partner_id, partner.name AS partner_name,
           customer.quickbooks_id AS customer, theirs.quickbooks_id AS counterpart
      FROM account_payment AS payment
      JOIN account_move_line AS line ON line.move_id = payment.move_id
      JOIN account_account AS account ON account.id = line.account_id
      JOIN res_currency AS currency ON currency.id = payment.currency_id
      JOIN res_company AS company ON company.id = payment.company_id
      JOIN res_currency AS home ON home.id = company.currency_id
      LEFT JOIN res_partner AS paying ON paying.id = payment.partner_id
      LEFT JOIN res_partner AS partner ON partner.id = paying.commercial_partner_id
      LEFT JOIN quickbooks_customer AS customer
        ON customer.partner_id = partner.id
       AND customer.company_id = payment.company_id
       AND customer.realm_id = %(realm)s
      LEFT JOIN quickbooks_payment AS theirs
        ON theirs.payment_id = payment.id AND theirs.realm_id = %(realm)s
     WHERE payment.company_id = %(company)s
       AND payment.payment_type = 'inbound'
       AND line.parent_state = 'posted'
       AND account.account_type = 'asset_receivable'
     GROUP BY payment.id, currency.id, home.id, partner.id, customer.id, theirs.id
    HAVING sum(line.amount_residual) != 0
        OR EXISTS (
           SELECT FROM quickbooks_reconciliation_record AS kept
            WHERE kept.reconciliation_id = %(run)s
              AND kept.kind = 'payment'
              AND kept.quickbooks_id = theirs.quickbooks_id)
"""
ODOO_KINDS = {
    "out_invoice": "invoice",
    "out_refund": "creditmemo",
    "payment": books.PAYMENT,
}
ODOO_OWED = """
    SELECT customer.quickbooks_id, partner.commercial_partner_id,
           CASE WHEN line.date_maturity IS NULL OR line.date_maturity >= %(today)s
                THEN 0
                ELSE least(4, (%(today)s - line.date_maturity - 1) / 30 + 1) END AS age,
           sum(line.amount_residual)::text
      FROM account_move_line AS line
      JOIN account_account AS account ON account.id = line.account_id
      LEFT JOIN res_partner AS partner ON partner.id = line.partner_id
      LEFT JOIN quickbooks_customer AS customer
        ON customer.partner_id = partner.commercial_partner_id
       AND customer.company_id = line.company_id
       AND customer.realm_id = %(realm)s
     WHERE line.company_id = %(company)s
       AND line.parent_state = 'posted'
       AND line.date <= %(today)s
       AND account.account_type = 'asset_receivable'
       AND line.amount_residual != 0
     GROUP BY 1, 2, 3
"""


def _odoo_paper(row):
    figures = {
        name: _exact(row[name], row["home_digits" if "home" in name else "digits"])
        for name in DECIMALS
    }
    if row["balance_sign"] and row["balance_sign"] < 0:
        figures["home_balance"] = -figures["home_balance"]
    return books.Paper(
        key=str(row["id"]),
        kind=ODOO_KINDS[row["move_type"]],
        number=row["name"] or "",
        day=row["invoice_date"],
        customer=row["customer"] or f"odoo:{row['partner_id'] or 0}",
        customer_name=row["partner_name"] or "",
        currency=row["currency"],
        counterpart=row["counterpart"] or "",
        void=row["state"] != "posted",
        **figures,
    )


def _exact(text, digits):
    return round(Decimal(text or 0), digits)


def _kept(paper, token):
    """Return a paper as a row of ``quickbooks.reconciliation.record``."""
    return {
        "kind": paper.kind,
        "quickbooks_id": paper.key,
        "sync_token": token,
        "vals": asdict(paper),
    }


def _paper(vals):
    """Return a paper from what JSON kept of it."""
    return books.Paper(
        **{
            **vals,
            "day": date.fromisoformat(vals["day"]),
            **{name: Decimal(vals[name]) for name in DECIMALS},
        }
    )
