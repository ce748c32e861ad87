import json
import time

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..matching_sides import SIDES
from ..qbo.matching import Evidence, Matcher, Pair, choose
from .quickbooks_suggestion import OPEN

# How long one call works, in seconds, and how many records it takes at a time.
TURN = 3
BLOCK = 250


class QuickBooksMatchingRun(models.Model):
    """One search for matches in one list of a company.

    The assistant drives it by calling :meth:`advance` again and again. Each call is
    a transaction of its own and goes on where the one before ended. What it finds
    is kept aside until all is found: who is whose best match shows at the end.
    """

    _name = "quickbooks.matching.run"
    _description = "QuickBooks Matching"
    _order = "id desc"

    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    realm_id = fields.Char(required=True)
    kind = fields.Selection(
        [(kind, kind) for kind in SIDES],
        required=True,
    )
    state = fields.Selection(
        [("running", "Running"), ("done", "Done")], required=True, default="running"
    )
    position = fields.Integer(help="Id of the last record of Odoo that was compared.")
    done = fields.Integer()
    expected = fields.Integer()
    finished_at = fields.Datetime()

    _company_kind_unique = models.Constraint(
        "UNIQUE (company_id, kind)", "A list is searched once at a time."
    )

    # === For the assistant === #

    @api.model
    def start(self, company_id, kind):
        """Begin to look for matches, anew if somebody had begun.

        :return: see :meth:`_progress`
        :raise AccessError: for anybody but ERP managers of the company
        """
        company = self._check(company_id)
        runs = self.sudo()
        runs._of(company, kind).unlink()
        connection = company._quickbooks_get_connection()
        run = runs.create(
            {
                "company_id": company.id,
                "kind": kind,
                "realm_id": connection.realm_id or "",
            }
        )
        run.expected = run._sides().lefts.search_count(run._lefts())
        return run._progress()

    @api.model
    def advance(self, company_id, kind):
        """Compare for some seconds; at the end, write the suggestions.

        :return: see :meth:`_progress`
        :raise AccessError: for anybody but ERP managers of the company
        """
        run = self.sudo()._of(self._check(company_id), kind)
        # Whoever comes second finds it locked and only looks how far it is.
        if run.try_lock_for_update() and run.state == "running":
            run._work()
        return run._progress()

    @api.model
    def overview(self, company_id):
        """Return what is linked, suggested and open in each list.

        :return: by kind: ``linked``, ``proposed``, ``odoo`` and ``quickbooks`` (the
            records that are only there), ``ignored``, and when it was ``searched``
        :raise AccessError: for anybody but ERP managers of the company
        """
        company = self._check(company_id)
        runs = self.sudo().search([("company_id", "=", company.id)])
        searched = {run.kind: run.finished_at for run in runs}
        return {
            kind: {
                **self._count_suggestions(company, kind),
                "linked": self._count_linked(company, kind),
                "searched": bool(searched.get(kind)),
            }
            for kind in SIDES
        }

    def _check(self, company_id):
        return self.env["quickbooks.suggestion"]._managed_company(company_id)

    @api.model
    def _of(self, company, kind):
        return self.search([("company_id", "=", company.id), ("kind", "=", kind)])

    def _progress(self):
        return {"state": self.state, "done": self.done, "expected": self.expected}

    @api.model
    def _count_suggestions(self, company, kind):
        suggestions = self.env["quickbooks.suggestion"].sudo()
        counts = dict.fromkeys(("proposed", "odoo", "quickbooks", "ignored"), 0)
        for state, band, count in suggestions._read_group(
            [("company_id", "=", company.id), ("kind", "=", kind)],
            ["state", "band"],
            ["__count"],
        ):
            name = band.partition("_")[2] if state == "unmatched" else state
            if name in counts:
                counts[name] += count
        return counts

    @api.model
    def _count_linked(self, company, kind):
        sides = SIDES[kind](self.env, company)
        return sides.lefts.search_count(sides.linked_lefts())

    # === Working === #

    def _sides(self):
        return SIDES[self.kind](self.env, self.company_id)

    def _by_hand(self):
        """Return the suggestions that people have made, which stay as they are."""
        return self._suggestions(Domain("by_hand", "=", True))

    def _suggestions(self, domain):
        domain &= Domain("company_id", "=", self.company_id.id)
        domain &= Domain("kind", "=", self.kind) & Domain("state", "in", OPEN)
        return self.env["quickbooks.suggestion"].search(domain)

    def _ignored(self):
        domain = Domain("company_id", "=", self.company_id.id)
        domain &= Domain("kind", "=", self.kind) & Domain("state", "=", "ignored")
        return self.env["quickbooks.suggestion"].search(domain)

    def _settled(self, name):
        """Return the ids of records that need no suggestion: chosen, or ignored."""
        sides = self._sides()
        other = {
            sides.left_field: sides.right_field,
            sides.right_field: sides.left_field,
        }[name]
        alone = self._ignored().filtered(lambda one: not one[other])
        return (self._by_hand() | alone)[name].ids

    def _lefts(self):
        sides = self._sides()
        settled = Domain("id", "in", self._settled(sides.left_field))
        return sides.open_lefts() & ~settled

    def _rights(self):
        """Return QuickBooks' records that may be proposed."""
        sides = self._sides()
        settled = Domain("id", "in", self._settled(sides.right_field))
        return sides.rights.search(sides.open_rights() & ~settled)

    def _work(self):
        """Compare for one turn; or if all is compared, write the suggestions."""
        sides = self._sides()
        lefts = self._next_lefts(sides)
        if not lefts:
            self._finish()
            return
        begun = time.monotonic()
        matcher = Matcher(sides.right_records(self._rights()), sides.rules)
        while lefts:
            self._keep(matcher, sides.left_records(lefts))
            self.position = lefts[-1].id
            self.done += len(lefts)
            lefts = time.monotonic() - begun < TURN and self._next_lefts(sides)

    def _next_lefts(self, sides):
        after = Domain("id", ">", self.position)
        return sides.lefts.search(self._lefts() & after, order="id", limit=BLOCK)

    def _keep(self, matcher, records):
        """Keep aside what was found, in a plain table: they may be many."""
        rows = [
            self._row_of(pair) for record in records for pair in matcher.pairs(record)
        ]
        if rows:
            self.env.cr.execute(
                SQL(
                    "INSERT INTO quickbooks_matching_candidate"
                    " (run_id, left_id, right_id, tax_use, score, evidence) VALUES %s",
                    SQL(", ").join(rows),
                )
            )

    def _row_of(self, pair):
        return SQL(
            "(%s, %s, %s, %s, %s, %s)",
            self.id,
            pair.left,
            *pair.right,
            pair.score,
            json.dumps([(one.kind, one.value) for one in pair.evidence]),
        )

    def _found(self):
        """Return what was kept aside, without the pairs that people refused."""
        sides = self._sides()
        refused = {
            (one[sides.left_field].id, one[sides.right_field].id)
            for one in self._ignored()
        }
        query = SQL(
            "SELECT left_id, right_id, tax_use, score, evidence"
            " FROM quickbooks_matching_candidate WHERE run_id = %s",
            self.id,
        )
        for left, right, use, score, evidence in self.env.execute_query(query):
            if (left, right) not in refused:
                reasons = tuple(Evidence(kind, value) for kind, value in evidence)
                yield Pair(left, (right, use), score, reasons)

    # === Writing the suggestions === #

    def _finish(self):
        """Put the suggestions in place of those that nobody has decided on."""
        sides = self._sides()
        lefts, rights = sides.lefts.search(self._lefts()), self._rights()
        self._suggestions(Domain("by_hand", "=", False)).unlink()
        self._forget_ended_links(lefts)
        values = self._values_of_all(sides, lefts, rights)
        self.env["quickbooks.suggestion"].create(values)
        self.write({"state": "done", "finished_at": fields.Datetime.now()})
        self.env["quickbooks.matching.candidate"]._clear(self)

    def _values_of_all(self, sides, lefts, rights):
        """Return the values of the pairs to propose, and of what has no counterpart."""
        pairs = self._chosen(lefts, rights)
        names = dict(lefts.mapped(lambda left: (left.id, left.display_name)))
        left_ids = {pair.left for pair in pairs}
        right_ids = {pair.right[0] for pair in pairs}
        unused = sides.never_used(rights)
        return [
            *(self._values_of_pair(sides, pair, names[pair.left]) for pair in pairs),
            *self._values_alone(sides.left_field, lefts, left_ids),
            *self._values_alone(sides.right_field, unused, right_ids),
        ]

    def _chosen(self, lefts, rights):
        """Return the pairs to propose, of records that are still unlinked."""
        left_ids, right_ids = set(lefts.ids), set(rights.ids)
        return choose(
            pair
            for pair in self._found()
            if pair.left in left_ids and pair.right[0] in right_ids
        )

    def _forget_ended_links(self, lefts):
        """Drop what was accepted for records that are unlinked again."""
        sides = self._sides()
        domain = Domain("company_id", "=", self.company_id.id)
        domain &= Domain("kind", "=", self.kind) & Domain("state", "=", "accepted")
        accepted = self.env["quickbooks.suggestion"].search(domain)
        accepted.filtered(lambda one: one[sides.left_field] in lefts).unlink()

    def _base_values(self):
        return {
            "company_id": self.company_id.id,
            "realm_id": self.realm_id,
            "kind": self.kind,
        }

    def _values_of_pair(self, sides, pair, name):
        return {
            **self._base_values(),
            "name": name,
            sides.left_field: pair.left,
            sides.right_field: pair.right[0],
            "certainty": round(100 * pair.score),
            "evidence": [(one.kind, one.value) for one in pair.evidence],
            "state": "proposed",
        }

    def _values_alone(self, field, records, paired):
        return [
            {
                **self._base_values(),
                "name": record.display_name,
                field: record.id,
                "state": "unmatched",
            }
            for record in records
            if record.id not in paired
        ]


class QuickBooksMatchingCandidate(models.Model):
    """A pair that was found and not chosen yet; nobody sees these."""

    _name = "quickbooks.matching.candidate"
    _description = "QuickBooks Matching Candidate"
    _log_access = False

    run_id = fields.Many2one(
        "quickbooks.matching.run", required=True, index=True, ondelete="cascade"
    )
    left_id = fields.Integer()
    right_id = fields.Integer()
    tax_use = fields.Char()
    score = fields.Float()
    evidence = fields.Json()

    @api.model
    def _clear(self, run):
        self.env.cr.execute(
            SQL("DELETE FROM quickbooks_matching_candidate WHERE run_id = %s", run.id)
        )
