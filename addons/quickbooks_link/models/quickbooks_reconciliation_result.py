from decimal import Decimal

from markupsafe import Markup
from odoo import api, fields, models
from odoo.tools import format_date, formatLang

from ..qbo import reconciliation as books

AT_ONCE = 1000
NO_SUMS = books.Sums()


class QuickBooksReconciliation(models.Model):
    """Comparing, and what came of it."""

    _inherit = "quickbooks.reconciliation"

    currency_id = fields.Many2one(related="company_id.currency_id")
    line_ids = fields.One2many(
        "quickbooks.reconciliation.line", "reconciliation_id", readonly=True
    )
    party_ids = fields.One2many(
        "quickbooks.reconciliation.party", "reconciliation_id", readonly=True
    )
    result = fields.Json(readonly=True)
    ageing = fields.Json(readonly=True)
    same_count = fields.Integer(
        string="The Same",
        readonly=True,
        help="How many documents are the same in both books.",
    )
    finding_count = fields.Integer(
        string="Findings",
        readonly=True,
        help="How many documents differ, or are in one book only, and are not ignored.",
    )
    ignored_count = fields.Integer(
        string="Ignored",
        readonly=True,
        help="How many differences are left out because somebody has ignored them.",
    )
    odoo_open = fields.Monetary(
        string="Owed in Odoo",
        readonly=True,
        help="What customers owe according to Odoo, in company currency.",
    )
    quickbooks_open = fields.Monetary(
        string="Owed in QuickBooks",
        readonly=True,
        help="What customers owe according to QuickBooks, likewise.",
    )
    leeway = fields.Monetary(
        readonly=True,
        help="What is owed may differ by so much, as each side rounds what is in "
        "another currency by itself: a cent a document.",
    )
    agrees = fields.Boolean(
        string="Both Agree",
        readonly=True,
        help="Nothing differs that is not ignored, and the same is owed.",
    )
    summary = fields.Html(
        compute="_compute_summary",
        sanitize=False,
        help="How many documents of each type both books hold, and what "
        "they add up to.",
    )

    def _forget_result(self):
        self.line_ids.unlink()
        self.party_ids.unlink()
        self.env["quickbooks.reconciliation.record"]._clear(self)
        self.write({"result": False, "agrees": False})

    # === Comparing === #

    def _step_comparing(self, _client):
        """Compare what was read, and write what came of it."""
        odoo = self._odoo_papers()
        kept = self.env["quickbooks.reconciliation.record"]
        theirs = self._without_discounts(kept._papers(self))
        pairs = books.match(odoo, theirs, balances=self._compares_balances())
        self.leeway = self._leeway(pairs)
        first, last = self.date_from, self.date_to
        kinds = books.sums_by_kind(pairs, first, last)
        self._write_lines([pair for pair in pairs if pair.status != books.SAME])
        self._write_parties(pairs)
        self._write_result(kinds)
        kept._clear(self)
        self._end("done")

    def _without_discounts(self, papers):
        """Leave out the credit memos that are discounts on payments in Odoo's books."""
        booked = self.env["quickbooks.payment"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("realm_id", "=", self.realm_id),
                ("status", "=", "present"),
                ("payment_id", "!=", False),
                ("discount", "!=", 0),
            ]
        )
        memos = booked._discount_memos()
        return [
            paper
            for paper in papers
            if paper.kind != "creditmemo" or memos.get(paper.key) != paper.total
        ]

    def _compares_balances(self):
        """Tell whether payments come to Odoo, so that balances have to be equal."""
        return self.company_id.quickbooks_payments == "create"

    def _leeway(self, pairs):
        """Return what rounding to the home currency may come to."""
        home = self.currency_id
        foreign = [pair for pair in pairs if pair.paper.currency != home.name]
        return home.rounding * sum(bool(pair.paper.balance) for pair in foreign)

    def _write_lines(self, pairs):
        tokens = self.env["quickbooks.reconciliation.record"]._tokens(self)
        ignored = self.env["quickbooks.reconciliation.ignored"]._by_identity(self)
        currencies = self.env["res.currency"].with_context(active_test=False)
        codes = {currency.name: currency.id for currency in currencies.search([])}
        names = self._customer_names(pairs)
        lines = self.env["quickbooks.reconciliation.line"]
        values = [self._line(pair, tokens, codes, names) for pair in pairs]
        self._advise(pairs, values)
        for start in range(0, len(values), AT_ONCE):
            lines |= lines.create(values[start : start + AT_ONCE])
        for line in lines if ignored else ():
            known = ignored.get(line._identity())
            if known and known.fingerprint == line._fingerprint():
                line.write({"ignored_id": known.id, "done": "ignored"})

    def _line(self, pair, tokens, codes, names):
        """Return the values of one finding."""
        odoo, quickbooks, paper = pair.odoo, pair.quickbooks, pair.paper
        is_payment = paper.kind == books.PAYMENT
        return {
            "reconciliation_id": self.id,
            "company_id": self.company_id.id,
            "status": pair.status,
            "kind": paper.kind,
            "number": paper.number,
            "day": paper.day,
            "outside": not pair.touches(self.date_from, self.date_to),
            "customer_name": names.get(paper.customer) or paper.customer_name,
            "customer_key": paper.customer,
            "currency_id": codes.get(paper.currency),
            "move_id": odoo and not is_payment and int(odoo.key),
            "payment_id": odoo and is_payment and int(odoo.key),
            "quickbooks_id": quickbooks.key if quickbooks else False,
            "sync_token": quickbooks and tokens.get((paper.kind, quickbooks.key)),
            "differing": ",".join(pair.differences),
            "differences": self._in_words(pair, names),
            **self._amounts(pair),
        }

    def _amounts(self, pair):
        """Return the amounts of one finding: what is void in Odoo counts nothing."""
        odoo = pair.odoo if pair.odoo and not pair.odoo.void else None
        quickbooks, today = pair.quickbooks, fields.Date.context_today(self)
        return {
            "odoo_total": float(odoo.total) if odoo else 0,
            "odoo_balance": float(odoo.balance) if odoo else 0,
            "quickbooks_total": float(quickbooks.total) if quickbooks else 0,
            "quickbooks_balance": float(quickbooks.balance) if quickbooks else 0,
            "open_difference": float(pair.open_difference(today)),
        }

    def _customer_names(self, pairs):
        """Return the names of QuickBooks' customers by their ids."""
        wanted = {
            paper.customer
            for pair in pairs
            for paper in (pair.odoo, pair.quickbooks)
            if paper
        }
        return self._names_of(wanted)

    def _names_of(self, keys):
        mirror = self.env["quickbooks.customer"].sudo().with_context(active_test=False)
        here = mirror._quickbooks_here(self.company_id)
        found = mirror.search([*here, ("quickbooks_id", "in", list(keys))])
        return {row.quickbooks_id: row.full_name for row in found}

    # === In words === #

    def _in_words(self, pair, names):
        """Say how the two differ, a line for each difference."""
        if pair.status == books.ODOO_ONLY and pair.odoo.counterpart:
            return self.env._("It was in QuickBooks and is no longer there.")
        if "void" in pair.differences:
            return self._void_in_words(pair)
        words = self._words_for_figures()
        return "\n".join(
            self.env._(
                "%(name)s: %(odoo)s in Odoo, %(quickbooks)s in QuickBooks",
                name=words[name],
                odoo=self._shown(name, pair.odoo, names),
                quickbooks=self._shown(name, pair.quickbooks, names),
            )
            for name in pair.differences
        )

    def _words_for_figures(self):
        return {
            "total": self.env._("Total"),
            "tax": self.env._("Tax"),
            "balance": self.env._("Balance"),
            "day": self.env._("Date"),
            "customer": self.env._("Customer"),
            "currency": self.env._("Currency"),
        }

    def _void_in_words(self, pair):
        if pair.quickbooks.void:
            return self.env._("Voided in QuickBooks, and not cancelled in Odoo.")
        return self.env._(
            "Cancelled or a draft in Odoo, and QuickBooks still holds it."
        )

    def _shown(self, name, paper, names):
        value = getattr(paper, name)
        if name == "day":
            return format_date(self.env, value)
        if name == "customer":
            return names.get(value) or paper.customer_name or self.env._("none")
        return value

    # === By customer === #

    def _write_parties(self, pairs):
        """Write what each customer has and owes, and what explains the difference."""
        today = fields.Date.context_today(self)
        sums = books.sums_by_customer(pairs, self.date_from, self.date_to, today)
        ours = self._owed_in_odoo()
        theirs = {
            customer: [Decimal(amount) for amount in amounts]
            for customer, amounts in (self.owed_in_quickbooks or {}).items()
        }
        keys = {*sums, *ours, *theirs}
        names = {**self._contact_names(keys), **self._names_of(keys)}
        papers = {key: (sums.get(key, NO_SUMS), ours, theirs) for key in keys}
        values = [self._party(key, names, *papers[key]) for key in keys]
        self.env["quickbooks.reconciliation.party"].create(values)
        self.write(
            {
                "odoo_open": float(sum(map(sum, ours.values()))),
                "quickbooks_open": float(sum(map(sum, theirs.values()))),
                "ageing": {"odoo": _ages(ours), "quickbooks": _ages(theirs)},
            }
        )

    def _contact_names(self, keys):
        ids = [int(key[5:]) for key in keys if key.startswith("odoo:")]
        partners = self.env["res.partner"].sudo().browse(ids).exists()
        return {f"odoo:{partner.id}": partner.display_name for partner in partners}

    def _party(self, key, names, sums, ours, theirs):
        owed, owed_there = (sum(ages.get(key, ())) for ages in (ours, theirs))
        difference = Decimal(owed_there) - Decimal(owed)
        return {
            "reconciliation_id": self.id,
            "company_id": self.company_id.id,
            "key": key,
            "name": names.get(key) or self.env._("Without a contact"),
            "odoo_count": sums.odoo_count,
            "quickbooks_count": sums.quickbooks_count,
            "odoo_total": float(sums.odoo_total),
            "quickbooks_total": float(sums.quickbooks_total),
            "odoo_open": float(owed),
            "quickbooks_open": float(owed_there),
            "open_difference": float(difference),
            "open_gap": float(abs(difference)),
            "explained": float(sums.explained),
            "other": float(difference - sums.explained),
        }

    # === All in all === #

    def _write_result(self, kinds):
        result = {
            kind: {
                "odoo": [sums.odoo_count, str(sums.odoo_total)],
                "quickbooks": [sums.quickbooks_count, str(sums.quickbooks_total)],
                "statuses": dict(sums.statuses),
            }
            for kind, sums in kinds.items()
        }
        same = sum(sums.statuses[books.SAME] for sums in kinds.values())
        self.write({"result": result, "same_count": same})
        self._recount()

    def _recount(self):
        """Count what is noticed and what is ignored, and say whether both agree."""
        for run in self.sudo():
            lines = run.line_ids
            noticed = lines.filtered(lambda line: line.done != "ignored")
            ignored = lines - noticed
            explained = sum(ignored.mapped("open_difference"))
            gap = abs(run.odoo_open + explained - run.quickbooks_open)
            more = run.currency_id.compare_amounts(gap, run.leeway) > 0
            owed = run._compares_balances() and more
            run.write(
                {
                    "finding_count": len(noticed),
                    "ignored_count": len(ignored),
                    "agrees": not noticed and not owed,
                }
            )

    @api.depends("result", "ageing")
    @api.depends_context("lang")
    def _compute_summary(self):
        for run in self:
            run.summary = run.result and self.env["ir.qweb"]._render(
                "quickbooks_link.reconciliation_summary", run._summary_values()
            )

    def _summary_values(self):
        """Return what the template of the summary shows."""
        kinds = {
            "invoice": self.env._("Invoices"),
            "creditmemo": self.env._("Credit Notes"),
        }
        return {
            "run": self,
            "statuses": [(books.SAME, self.env._("The same")), *self._status_words()],
            "rows": [self._summary_row(kinds[kind], kind) for kind in kinds],
            "ages": self._summary_ages(),
        }

    def _status_words(self):
        lines = self.env["quickbooks.reconciliation.line"]
        return lines._fields["status"]._description_selection(self.env)

    def _summary_row(self, label, kind):
        row = self.result[kind]
        ours, theirs = row["odoo"], row["quickbooks"]
        return {
            "label": label,
            "odoo_count": ours[0],
            "quickbooks_count": theirs[0],
            "odoo_total": self._money(ours[1]),
            "quickbooks_total": self._money(theirs[1]),
            "difference": self._gap(Decimal(theirs[1]) - Decimal(ours[1])),
            "statuses": row["statuses"],
        }

    def _summary_ages(self):
        """Return rows: an age in words, both sides, and the difference."""
        words = [
            self.env._("Not due"),
            self.env._("1–30 days"),
            self.env._("31–60 days"),
            self.env._("61–90 days"),
            self.env._("Over 90 days"),
        ]
        sides = [list(map(Decimal, self.ageing[one])) for one in ("odoo", "quickbooks")]
        rows = [*zip(words, *sides, strict=True)]
        rows.append((self.env._("Total"), *map(sum, sides)))
        return [
            (label, self._money(one), self._money(other), self._gap(other - one))
            for label, one, other in rows
        ]

    def _gap(self, amount):
        return self._money(amount) if amount else Markup("–")

    def _money(self, amount):
        return formatLang(self.env, float(amount), currency_obj=self.currency_id)

    # === Buttons === #

    def action_findings(self):
        """Show what differs."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "quickbooks_link.action_quickbooks_reconciliation_line"
        )
        domain = [("reconciliation_id", "=", self.id)]
        context = {"search_default_to_do": 1}
        return {**action, "domain": domain, "context": context}

    def action_customers(self):
        """Show what each customer has in both books."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "quickbooks_link.action_quickbooks_reconciliation_party"
        )
        domain = [("reconciliation_id", "=", self.id)]
        return {**action, "domain": domain, "context": {}}


def _ages(owed):
    """Return the sums of each age over all customers, as text."""
    return [str(sum(ages)) for ages in zip(*owed.values(), strict=True)] or (
        ["0"] * books.AGES
    )
