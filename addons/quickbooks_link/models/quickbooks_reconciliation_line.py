from odoo import api, fields, models
from odoo.exceptions import UserError

from ..client_actions import soft_reload
from ..exceptions import form_of
from ..qbo import documents
from ..qbo import reconciliation as books
from ..quickbooks_calls import calling
from .quickbooks_document import PAGES

STATUSES = [
    (books.ODOO_ONLY, "In Odoo only"),
    (books.QUICKBOOKS_ONLY, "In QuickBooks only"),
    (books.DIFFERENT, "Different"),
    (books.UNLINKED, "In both, not linked"),
]


class QuickBooksReconciliationLine(models.Model):
    """One document that is not the same in both books, and what can be done."""

    _name = "quickbooks.reconciliation.line"
    _description = "QuickBooks Reconciliation Line"
    _order = "day desc, id desc"
    _rec_name = "number"

    reconciliation_id = fields.Many2one(
        "quickbooks.reconciliation",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    status = fields.Selection(
        STATUSES,
        required=True,
        readonly=True,
        help="In which way both books differ about it.",
    )
    kind = fields.Selection(
        [
            ("invoice", "Invoice"),
            ("creditmemo", "Credit Note"),
            (books.PAYMENT, "Payment"),
        ],
        string="Type",
        required=True,
        readonly=True,
        help="What it is: an invoice, a credit note or a payment.",
    )
    number = fields.Char(
        readonly=True,
        help="The number that is printed on it.",
    )
    day = fields.Date(string="Date", readonly=True, help="The date it bears.")
    outside = fields.Boolean(
        string="Outside the Period",
        readonly=True,
        help="It is of another time, but explains what is owed.",
    )
    customer_name = fields.Char(
        string="Customer", readonly=True, help="Whom it is for."
    )
    customer_key = fields.Char(readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    currency_code = fields.Char(related="currency_id.name", string="Currency Code")
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    payment_id = fields.Many2one("account.payment", readonly=True, ondelete="set null")
    quickbooks_id = fields.Char(string="QuickBooks ID", readonly=True)
    sync_token = fields.Char(readonly=True)
    odoo_total = fields.Monetary(
        string="Total in Odoo",
        readonly=True,
        help="Its total in Odoo, with taxes.",
    )
    quickbooks_total = fields.Monetary(
        string="Total in QuickBooks",
        readonly=True,
        help="Its total in QuickBooks, with taxes.",
    )
    odoo_balance = fields.Monetary(
        string="Balance in Odoo",
        readonly=True,
        help="What is still owed for it according to Odoo.",
    )
    quickbooks_balance = fields.Monetary(
        string="Balance in QuickBooks",
        readonly=True,
        help="What is still owed for it according to QuickBooks.",
    )
    differing = fields.Char(readonly=True)
    differences = fields.Text(
        readonly=True,
        help="What differs, and what Odoo and QuickBooks each say.",
    )
    remedies = fields.Char(readonly=True)
    advice = fields.Text(
        string="What Helps",
        readonly=True,
        help="What a person can do about it, beside the buttons.",
    )
    told = fields.Text(
        string="Differences in Words",
        compute="_compute_told",
        help="What differs, and what a person can do about it.",
    )
    open_difference = fields.Monetary(
        string="Explains",
        currency_field="home_currency_id",
        readonly=True,
        help="How much more is owed for it in QuickBooks than in Odoo.",
    )
    home_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    ignored_id = fields.Many2one(
        "quickbooks.reconciliation.ignored", readonly=True, ondelete="set null"
    )
    ignored_reason = fields.Char(
        related="ignored_id.reason",
        string="Ignored Because",
        help="Why somebody decided that this difference doesn't matter.",
    )
    done = fields.Selection(
        [
            ("sent", "Sent"),
            ("pulled", "Pulled"),
            ("linked", "Linked"),
            ("taken", "Taken Over"),
            ("ignored", "Ignored"),
        ],
        readonly=True,
        help="What was done about it since. Reconcile again to see that it helped.",
    )
    can_send = fields.Boolean(compute="_compute_can")
    can_pull = fields.Boolean(compute="_compute_can")
    can_link = fields.Boolean(compute="_compute_can")
    can_take = fields.Boolean(compute="_compute_can")
    can_void = fields.Boolean(compute="_compute_can")
    can_open_payments = fields.Boolean(compute="_compute_can")
    url = fields.Char(compute="_compute_url")

    @api.depends("status", "done", "remedies", "move_id.state", "payment_id.state")
    def _compute_can(self):
        """Offer what helps, as long as it isn't done and can be done."""
        for line in self:
            open_ = line.done in (False, "ignored")
            # What came from QuickBooks never goes there.
            came = line.move_id.sudo().quickbooks_document_ids.origin == "quickbooks"
            posted = line.move_id.state == "posted" and not came
            live = posted or line.payment_id.state in ("in_process", "paid")
            line.can_send = open_ and live and line._helps("send")
            line.can_pull = open_ and line._helps("pull")
            line.can_link = open_ and line.status == books.UNLINKED
            line.can_take = open_ and line._helps("take")
            cancelled = line.move_id.state == "cancel"
            line.can_void = open_ and cancelled and line._helps("void")
            line.can_open_payments = line._helps("payments")

    @api.depends("differences", "advice")
    def _compute_told(self):
        for line in self:
            line.told = "\n".join(filter(None, [line.differences, line.advice]))

    @api.depends("quickbooks_id", "kind")
    def _compute_url(self):
        for line in self:
            environment = line.company_id.sudo().quickbooks_connection_id.environment
            page = PAGES.get(environment, PAGES["production"])
            kind = "recvpayment" if line.kind == books.PAYMENT else line.kind
            line.url = line.quickbooks_id and (
                f"{page}/{kind}?txnId={line.quickbooks_id}"
            )

    # === Buttons === #

    def action_open(self):
        """Open the invoice, or the document in QuickBooks where there is none."""
        self.ensure_one()
        if self.move_id or self.payment_id:
            return form_of(self.move_id or self.payment_id)
        return {"type": "ir.actions.act_url", "url": self.url, "target": "new"}

    def action_send(self):
        """Bring the documents to QuickBooks as Odoo has them."""
        self._check_manager()
        chosen = self.filtered("can_send")
        chosen._check_any(self.env._("There is nothing to send."))
        chosen._send_chosen().sudo().done = "sent"
        return soft_reload()

    def _send_chosen(self):
        """Send; return those of the findings that were, the others say why not."""
        self.move_id.check_access("read")
        content = self.filtered(lambda line: line._sends_content())
        passed = content._without_blocked()
        passed._send_documents()
        settled = passed | (self - content)
        settled.filtered(lambda line: line._differs_in("balance"))._send_settlements()
        if not settled:
            raise UserError("\n".join(filter(None, self.mapped("advice"))))
        return settled

    def _send_documents(self):
        for line in self:
            document = line.move_id.sudo().quickbooks_document_ids
            if line.status == books.DIFFERENT:
                document._overrule(line.sync_token)
            elif document.quickbooks_id:
                document._start_over()
        documents_of = self.env["quickbooks.document"].sudo()
        rows = documents_of._open_for(self.move_id, self.env.user)
        rows._send_after_commit(self.env.user)

    def _sends_content(self):
        """Return whether the document itself is sent, not only its payments."""
        return self.status != books.DIFFERENT or self.differing != "balance"

    def _helps(self, remedy):
        return remedy in (self.remedies or "").split(",")

    def _differs_in(self, name):
        return name in (self.differing or "").split(",")

    def action_pull(self):
        """Bring to Odoo what only QuickBooks has: drafts of documents, and payments."""
        self._check_manager()
        chosen = self.filtered("can_pull")
        chosen._check_any(self.env._("There is nothing to pull."))
        with calling(chosen.company_id) as client:
            pulled = {line: line._pull_one(client) for line in chosen}
        for line, record in pulled.items():
            # Where something is left, the finding says what.
            line.sudo().done = record is not None and "pulled"
        alone = len(chosen) == 1 and chosen.status == books.QUICKBOOKS_ONLY
        made = alone and pulled[chosen]
        return form_of(made) if made else soft_reload()

    def _pull_one(self, client):
        """Bring it to Odoo; return what it is there, None if something is left."""
        if self.status == books.DIFFERENT:
            return self._pull_settlements(client)
        record = client.read(documents.ENTITIES[self.kind], self.quickbooks_id)
        moves = self.env["account.move"]
        move = moves._quickbooks_pull(self.company_id, self.kind, record)
        self.sudo().move_id = move
        return move

    def action_link(self):
        """Tell Odoo that the two are one, without sending anything."""
        self._check_manager()
        chosen = self.filtered("can_link")
        chosen._check_any(self.env._("Only what is in both can be linked."))
        with calling(chosen.company_id) as client:
            for line in chosen:
                record = client.read(documents.ENTITIES[line.kind], line.quickbooks_id)
                line.move_id._quickbooks_adopt(record)
        chosen.sudo().done = "linked"
        return soft_reload()

    def action_take(self):
        """Show what of the invoice would change to be as QuickBooks has it."""
        self.ensure_one()
        self._check_manager()
        if not self.can_take:
            raise UserError(self.env._("Only what is in both can be taken over."))
        document = self.move_id.quickbooks_document_ids
        context = {"quickbooks_reconciliation_line": self.id}
        return document.with_context(**context).action_take_over()

    def action_ignore(self):
        """Ask why, and leave the documents out from now on."""
        self._check_manager()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Ignore"),
            "res_model": "quickbooks.reconciliation.ignore",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_line_ids": self.ids},
        }

    def action_notice(self):
        """Notice again what was ignored."""
        self._check_manager()
        self.sudo().ignored_id.unlink()
        self.sudo().filtered(lambda line: line.done == "ignored").done = False
        self.reconciliation_id._recount()
        return soft_reload()

    def _check_manager(self):
        if not self:
            raise UserError(self.env._("Choose a line first."))
        for run in self.reconciliation_id:
            run._check_manager()
        if len(self.company_id) > 1:
            raise UserError(self.env._("Choose lines of one company."))

    def _check_any(self, words):
        if not self:
            raise UserError(words)

    # === Ignoring === #

    def _ignore(self, reason):
        ignored = self.env["quickbooks.reconciliation.ignored"].sudo()
        for line in self.sudo():
            line.ignored_id = ignored.create(
                {
                    "company_id": line.company_id.id,
                    "realm_id": line.reconciliation_id.realm_id,
                    "identity": line._identity(),
                    "fingerprint": line._fingerprint(),
                    "reason": reason,
                    "user_id": self.env.uid,
                }
            )
            line.done = "ignored"

    def _identity(self):
        """Return what tells this finding from others, also the next time."""
        ours = self.move_id or self.payment_id
        parts = (self.status, self.kind, self.quickbooks_id or "", ours)
        return " ".join(map(str, parts))

    def _fingerprint(self):
        """Return what it is about: once that changes it is noticed again."""
        figures = (self.odoo_total, self.quickbooks_total, self.open_difference)
        return " ".join(map(str, (self.differences or "", self.day, *figures)))


class QuickBooksReconciliationIgnored(models.Model):
    """A finding that a person has looked at and wants to see no more."""

    _name = "quickbooks.reconciliation.ignored"
    _description = "Ignored in QuickBooks Reconciliation"
    _order = "id desc"
    _rec_name = "reason"

    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="cascade"
    )
    realm_id = fields.Char(required=True)
    identity = fields.Char(required=True, index=True)
    fingerprint = fields.Text()
    reason = fields.Char(required=True)
    user_id = fields.Many2one("res.users", string="By", ondelete="set null")

    @api.model
    def _by_identity(self, run):
        """Return what is ignored in the books of ``run``, by what identifies it."""
        domain = [
            ("company_id", "=", run.company_id.id),
            ("realm_id", "=", run.realm_id),
        ]
        return {row.identity: row for row in self.sudo().search(domain, order="id")}


class QuickBooksReconciliationParty(models.Model):
    """What one customer has in both books, and what it owes."""

    _name = "quickbooks.reconciliation.party"
    _description = "QuickBooks Reconciliation by Customer"
    _order = "open_gap desc, name, id"

    reconciliation_id = fields.Many2one(
        "quickbooks.reconciliation",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    name = fields.Char(
        string="Customer",
        readonly=True,
        help="The customer whose documents are added up.",
    )
    key = fields.Char(readonly=True)
    odoo_count = fields.Integer(
        string="Documents in Odoo",
        readonly=True,
        help="How many documents of the period Odoo has for the customer.",
    )
    quickbooks_count = fields.Integer(
        string="Documents in QuickBooks",
        readonly=True,
        help="How many documents of the period QuickBooks has for the customer.",
    )
    odoo_total = fields.Monetary(
        string="Total in Odoo",
        readonly=True,
        help="What these documents add up to in Odoo.",
    )
    quickbooks_total = fields.Monetary(
        string="Total in QuickBooks",
        readonly=True,
        help="What these documents add up to in QuickBooks.",
    )
    odoo_open = fields.Monetary(
        string="Owed in Odoo",
        readonly=True,
        help="What the customer owes according to Odoo.",
    )
    quickbooks_open = fields.Monetary(
        string="Owed in QuickBooks",
        readonly=True,
        help="What the customer owes according to QuickBooks.",
    )
    open_difference = fields.Monetary(
        string="Difference", readonly=True, help="QuickBooks less Odoo."
    )
    open_gap = fields.Monetary(readonly=True)
    explained = fields.Monetary(
        string="Explained by Documents",
        readonly=True,
        help="What the documents listed under Findings explain of it.",
    )
    other = fields.Monetary(
        string="Other Entries",
        readonly=True,
        help="Such as journal entries, and expenses in QuickBooks that pay a customer "
        "back and stand against nothing.",
    )

    def action_findings(self):
        """Show the documents that explain the difference."""
        self.ensure_one()
        action = self.reconciliation_id.action_findings()
        domain = [*action["domain"], ("customer_key", "=", self.key)]
        return {**action, "domain": domain, "context": {}}
