from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..groups import MANAGER
from ..matching_sides import SIDES
from ..matching_words import describe_evidence

OPEN = ("proposed", "unmatched")
LEFT_FIELDS = ("partner_id", "product_id", "tax_id")
RIGHT_FIELDS = ("customer_id", "item_id", "tax_code_id")
SURE, LIKELY = 90, 70


class QuickBooksSuggestion(models.Model):
    """A record of Odoo and one of QuickBooks that may be the same; or one of them
    for which no counterpart was found.

    A record is in one open suggestion at most, which the database itself keeps.
    What people may write is their choice of a counterpart; links and states are
    written by the actions here.
    """

    _name = "quickbooks.suggestion"
    _description = "QuickBooks Match"
    _order = "certainty desc, name, id"
    _rec_name = "name"

    name = fields.Char(readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    realm_id = fields.Char(string="QuickBooks Company ID", required=True, readonly=True)
    kind = fields.Selection(
        [
            ("customers", "Customers"),
            ("items", "Products and Services"),
            ("tax_codes", "Taxes"),
        ],
        required=True,
        readonly=True,
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        index="btree_not_null",
        ondelete="cascade",
        help="The contact of the pair.",
    )
    product_id = fields.Many2one(
        "product.product",
        index="btree_not_null",
        ondelete="cascade",
        help="The product of the pair.",
    )
    tax_id = fields.Many2one(
        "account.tax",
        index="btree_not_null",
        ondelete="cascade",
        help="The tax of the pair.",
    )
    tax_use = fields.Selection(
        related="tax_id.type_tax_use", string="Tax Type", store=True
    )
    customer_id = fields.Many2one(
        "quickbooks.customer",
        index="btree_not_null",
        ondelete="cascade",
        help="The QuickBooks Customer of the pair.",
    )
    item_id = fields.Many2one(
        "quickbooks.item",
        index="btree_not_null",
        ondelete="cascade",
        help="The QuickBooks Item of the pair.",
    )
    tax_code_id = fields.Many2one(
        "quickbooks.tax.code",
        index="btree_not_null",
        ondelete="cascade",
        help="The QuickBooks Tax Code of the pair.",
    )
    certainty = fields.Integer(
        string="Sure (%)",
        readonly=True,
        aggregator=None,
        help="How sure it is that both are the same.",
    )
    evidence = fields.Json(readonly=True)
    reason = fields.Char(
        compute="_compute_reason", help="Why the two are thought to be the same."
    )
    by_hand = fields.Boolean(string="Chosen by Hand", readonly=True)
    state = fields.Selection(
        [
            ("proposed", "Suggested"),
            ("unmatched", "No Match"),
            ("accepted", "Linked"),
            ("ignored", "Ignored"),
        ],
        required=True,
        readonly=True,
        help="What was decided about the pair.",
    )
    # The first characters give the order of the groups.
    band = fields.Selection(
        [
            ("1_sure", "Sure: 90 % and more"),
            ("2_likely", "Likely: 70 to 89 %"),
            ("3_unsure", "To be checked: below 70 %"),
            ("4_odoo", "Only in Odoo"),
            ("5_quickbooks", "Only in QuickBooks"),
        ],
        string="Certainty",
        compute="_compute_band",
        store=True,
        help="How sure it is, or that it is in one of the books only.",
    )

    _partner_unique = models.UniqueIndex(
        "(company_id, partner_id) "
        "WHERE partner_id IS NOT NULL AND state IN ('proposed', 'unmatched')",
        "The contact is already in another line.",
    )
    _product_unique = models.UniqueIndex(
        "(company_id, product_id) "
        "WHERE product_id IS NOT NULL AND state IN ('proposed', 'unmatched')",
        "The product is already in another line.",
    )
    _tax_unique = models.UniqueIndex(
        "(company_id, tax_id) "
        "WHERE tax_id IS NOT NULL AND state IN ('proposed', 'unmatched')",
        "The tax is already in another line.",
    )
    _customer_unique = models.UniqueIndex(
        "(company_id, customer_id) "
        "WHERE customer_id IS NOT NULL AND state IN ('proposed', 'unmatched')",
        "The QuickBooks Customer is already in another line.",
    )
    # Several products may share an item, and taxes a code, where a person says so.
    _item_unique = models.UniqueIndex(
        "(company_id, item_id) WHERE item_id IS NOT NULL "
        "AND state IN ('proposed', 'unmatched') AND by_hand IS NOT TRUE",
        "The QuickBooks Item is already in another line.",
    )
    _tax_code_unique = models.UniqueIndex(
        "(company_id, tax_code_id, tax_use) WHERE tax_code_id IS NOT NULL "
        "AND state IN ('proposed', 'unmatched') AND by_hand IS NOT TRUE",
        "The QuickBooks Tax Code is already in another line.",
    )

    # === Computed === #

    @api.depends("evidence", "by_hand", "state")
    @api.depends_context("lang")
    def _compute_reason(self):
        for one in self:
            if one.by_hand:
                one.reason = self.env._("Chosen by hand")
            else:
                one.reason = describe_evidence(self.env, one.evidence or [])

    @api.depends("certainty", *LEFT_FIELDS, *RIGHT_FIELDS)
    def _compute_band(self):
        for one in self:
            if not one._right():
                one.band = "4_odoo"
            elif not one._left():
                one.band = "5_quickbooks"
            elif one.certainty >= SURE:
                one.band = "1_sure"
            else:
                one.band = "2_likely" if one.certainty >= LIKELY else "3_unsure"

    def _sides(self):
        """Return the :class:`Sides` of these suggestions, which are of one list."""
        return SIDES[self.kind](self.env, self.company_id)

    def _left(self):
        return self[SIDES[self.kind].left_field] if self.kind else self.partner_id

    def _right(self):
        return self[SIDES[self.kind].right_field] if self.kind else self.customer_id

    # === Choosing by hand === #

    def write(self, vals):
        # OVERRIDE: people write nothing but their choice of a counterpart
        if self.env.su:
            return super().write(vals)
        self._check_manager()
        if set(vals) - {*LEFT_FIELDS, *RIGHT_FIELDS}:
            raise AccessError(self.env._("Only the counterpart can be chosen here."))
        for one in self:
            one._check_choice(vals)
            one.sudo()._choose(vals)
        return True

    def _check_choice(self, vals):
        sides = self._sides()
        for field, value in vals.items():
            chosen = self.env[self._fields[field].comodel_name].browse(value or ())
            chosen.check_access("read")
            ours = field in (sides.left_field, sides.right_field)
            if not ours or self.state not in OPEN:
                raise UserError(self.env._("This line can't be changed."))
            is_theirs = field == sides.right_field and bool(chosen)
            if is_theirs and not sides.usable(chosen.sudo()):
                raise UserError(
                    self.env._(
                        "“%s” is no active record of the linked QuickBooks company.",
                        chosen.display_name,
                    )
                )

    def _choose(self, vals):
        """Put records into this suggestion and out of any other; as superuser."""
        sides = self._sides()
        freed = [
            (name, self[name])
            for name in vals
            if self[name] and vals[name] != self[name].id
        ]
        for name, value in vals.items():
            if value and not (sides.shares and name == sides.right_field):
                self._release(name, value)
        both = {
            name: vals.get(name, self[name].id)
            for name in (sides.left_field, sides.right_field)
        }
        whole = all(both.values())
        if not any(both.values()):
            self.unlink()
        else:
            self.write({**both, **self._values_of_choice(whole)})
        self._offer_again(freed)

    def _values_of_choice(self, whole):
        return {
            "by_hand": whole,
            "certainty": 100 if whole else 0,
            "evidence": False,
            "state": "proposed" if whole else "unmatched",
        }

    def _release(self, name, value):
        """Take a record out of the open suggestions that it is in."""
        domain = Domain("company_id", "=", self.company_id.id)
        domain &= Domain("state", "in", OPEN) & Domain(name, "=", value)
        for other in self.search(domain) - self:
            other.write({name: False, **self._values_of_choice(False)})
            if not (other._left() or other._right()):
                other.unlink()
        self.flush_model()

    @api.model
    def _offer_again(self, freed):
        """Give the records that lost their counterpart a line of their own.

        :param freed: names of fields of this model, with a record each
        """
        for name, record in freed:
            domain = Domain("company_id", "=", self.company_id.id)
            domain &= Domain("state", "in", OPEN) & Domain(name, "=", record.id)
            if not self.search_count(domain, limit=1):
                self.create({**self._base_values(record), name: record.id})

    def _base_values(self, record):
        return {
            "name": record.display_name,
            "company_id": self.company_id.id,
            "realm_id": self.realm_id,
            "kind": self.kind,
            "state": "unmatched",
        }

    # === Buttons === #

    def action_accept(self):
        """Link both records of each of these suggestions."""
        self._check_manager()
        for one in self.sudo():
            sides = one._sides()
            if refusal := one._refusal(sides):
                raise UserError(refusal)
            one._accept(sides)

    def action_ignore(self):
        """Never suggest this pair, or list this record, again."""
        self._check_manager()
        for one in self.sudo().filtered(lambda one: one.state in OPEN):
            sides = one._sides()
            ends = [(name, one[name]) for name in (sides.left_field, sides.right_field)]
            one.state = "ignored"
            one.flush_recordset()
            if all(record for _name, record in ends):
                one._offer_again(ends)

    def action_restore(self):
        """Take back that a suggestion was ignored."""
        self._check_manager()
        for one in self.sudo().filtered(lambda one: one.state == "ignored"):
            sides = one._sides()
            for name in (sides.left_field, sides.right_field):
                if one[name] and not (sides.shares and name == sides.right_field):
                    one._release(name, one[name].id)
            whole = one._left() and one._right()
            one.state = "proposed" if whole else "unmatched"

    def action_undo(self):
        """End the links that these suggestions made, if they still are."""
        self._check_manager()
        for one in self.sudo().filtered(lambda one: one.state == "accepted"):
            sides = one._sides()
            left = one._left().with_company(one.company_id)
            if sides.linked(left) == one._right():
                sides.set_link(left, sides.rights.browse())
            one._release(sides.left_field, left.id)
            if not sides.shares:
                one._release(sides.right_field, one._right().id)
            one.state = "proposed"

    @api.model
    def accept_surest(self, company_id, kind, least, limit=200):
        """Link some of the suggestions of a list that are sure enough.

        Those that no longer hold, because one of the two was linked meanwhile, are
        dropped.

        :param least: how sure they have to be, in per cent
        :return: how many were ``linked`` and ``dropped``, how many ``remain``
        :raise AccessError: for anybody but ERP managers of the company
        """
        company = self._managed_company(company_id)
        domain = Domain("company_id", "=", company.id) & Domain("kind", "=", kind)
        domain &= Domain("state", "=", "proposed") & Domain("certainty", ">=", least)
        some = self.sudo().search(domain, limit=limit)
        sides = SIDES[kind](self.env, company)
        stale = some.filtered(lambda one: one._refusal(sides))
        (some - stale)._accept(sides)
        counts = {"linked": len(some - stale), "dropped": len(stale)}
        stale.unlink()
        return {**counts, "remain": self.sudo().search_count(domain)}

    # === Linking === #

    def _refusal(self, sides):
        """Return why the two can't be linked, or nothing."""
        left, right = self._left().with_company(self.company_id), self._right()
        if self.state != "proposed" or not (left and right):
            return self.env._("Choose the counterpart of “%s” first.", self.name)
        if not sides.usable(right):
            return self.env._(
                "“%s” is no longer active in QuickBooks: choose another one.",
                right.display_name,
            )
        return self._refusal_of_links(sides, left, right)

    def _refusal_of_links(self, sides, left, right):
        if linked := sides.linked(left):
            return self.env._(
                "%(record)s is already linked to “%(linked)s”. Press Find Matches to "
                "bring the list up to date.",
                record=left.display_name,
                linked=linked.display_name,
            )
        if holders := sides.holders(right):
            return self.env._(
                "“%(record)s” is already linked to %(linked)s. Press Find Matches to "
                "bring the list up to date.",
                record=right.display_name,
                linked=holders[:1].display_name,
            )
        return None

    def _accept(self, sides):
        for one in self:
            sides.set_link(one._left().with_company(sides.company), one._right())
        self.write({"state": "accepted"})

    # === Access === #

    def _check_manager(self):
        if not self.env.user.has_group(MANAGER):
            raise AccessError(self.env._("Only ERP managers can map QuickBooks."))
        self.check_access("write")

    @api.model
    def _managed_company(self, company_id):
        company = self.env["res.company"].browse(company_id)
        company._quickbooks_check_manager()
        return company
