"""The two sides of each list that is matched: which records, and how they link."""

from odoo.fields import Domain
from odoo.tools import html2plaintext

from .qbo.document_lines import NOT_POSTED
from .qbo.likeness import (
    code_marks,
    email_marks,
    phone_marks,
    vat_marks,
    whole_vat_marks,
)
from .qbo.matching import (
    CUSTOMERS,
    PRODUCTS,
    TAXES,
    Record,
    price_marks,
    product_code_marks,
    rate_mark,
)

# The two uses of a tax code, with the columns of its mirror that tell of each.
TAX_USES = {
    "sale": ("has_sales_rate", "sales_rate"),
    "purchase": ("has_purchase_rate", "purchase_rate"),
}


class Sides:
    """One list on both sides, for one company and as superuser.

    ``left`` is a record in Odoo, ``right`` its counterpart among the mirrors; both
    fields are those of ``quickbooks.suggestion``. The keys of rights are ids, with
    what they are used for.
    """

    left_model = left_field = right_model = right_field = rules = None
    # Whether several records of Odoo may link to one of QuickBooks.
    shares = False

    def __init__(self, env, company):
        self.company = company
        self.lefts = env[self.left_model].sudo().with_company(company)
        self.rights = env[self.right_model].sudo()
        self.here = Domain(self.rights._quickbooks_here(company))

    # --- Reading --- #

    def open_lefts(self):
        """Return the domain of Odoo's records that should be linked and are not."""
        raise NotImplementedError

    def open_rights(self):
        """Return the domain of QuickBooks' records that are linked to nothing."""
        raise NotImplementedError

    def linked_lefts(self):
        """Return the domain of Odoo's records that are linked."""
        raise NotImplementedError

    def never_used(self, rights):
        """Return those of ``rights`` that nothing at all is linked to."""
        return rights

    def left_records(self, lefts):
        """Return ``lefts`` as :class:`Record` for the matching."""
        raise NotImplementedError

    def right_records(self, rights):
        """Return ``rights`` as :class:`Record` for the matching."""
        raise NotImplementedError

    # --- Linking --- #

    def usable(self, right):
        """Return ``right`` if records of the company may be linked to it."""
        return right.filtered_domain(self.here & Domain("active", "=", True))

    def linked(self, left):
        """Return what ``left`` is linked to now."""
        raise NotImplementedError

    def holders(self, right):
        """Return what is linked to ``right`` and keeps others from it."""
        return self.lefts.browse()

    def set_link(self, left, right):
        """Link ``left``, which is linked to nothing, to ``right``; or end its link."""
        raise NotImplementedError


class CustomerSides(Sides):
    left_model, left_field = "res.partner", "partner_id"
    right_model, right_field = "quickbooks.customer", "customer_id"
    rules = CUSTOMERS

    def open_lefts(self):
        """Top-level contacts, without colleagues, pure vendors and Odoo's companies."""
        top = Domain("parent_id", "=", False) | Domain("is_company", "=", True)
        ours = Domain("company_id", "in", (False, self.company.id))
        customer = Domain("customer_rank", ">", 0)
        colleague = Domain("user_ids", "any", [("share", "=", False)])
        other = ~colleague & Domain("supplier_rank", "=", 0)
        own = Domain("ref_company_ids", "!=", False)
        return top & ours & ~own & (customer | other) & ~self.linked_lefts()

    def linked_lefts(self):
        return Domain("quickbooks_customer_ids", "any", self.here)

    def open_rights(self):
        return self.here & Domain("partner_id", "=", False)

    def left_records(self, lefts):
        people = self.lefts.search_fetch(
            [("commercial_partner_id", "in", lefts.ids)],
            ["commercial_partner_id", "email", "phone"],
        ).grouped("commercial_partner_id")
        for partner in lefts:
            yield Record(
                partner.id,
                tuple(filter(None, (partner.name, partner.company_name))),
                frozenset().union(
                    whole_vat_marks(partner.vat),
                    code_marks("zip", partner.zip),
                    *(email_marks(person.email) for person in people.get(partner, ())),
                    *(phone_marks(person.phone) for person in people.get(partner, ())),
                ),
            )

    def right_records(self, rights):
        for customer in rights:
            part = bool(customer.parent_quickbooks_id)
            # Of a sub-customer, the company's name is that of its customer.
            other = customer.full_name if part else customer.company_name
            yield Record(
                (customer.id, ""),
                tuple(filter(None, (customer.name, other))),
                frozenset().union(
                    vat_marks(customer.tax_identifier),
                    code_marks("zip", customer.zip),
                    email_marks(customer.email),
                    phone_marks(customer.phone),
                ),
                dependent=part,
            )

    def linked(self, left):
        return left.quickbooks_customer_ids.filtered_domain(self.here)

    def holders(self, right):
        return right.partner_id

    def set_link(self, left, right):
        if right:
            right.partner_id = left
        else:
            self.linked(left).partner_id = False


class ProductSides(Sides):
    left_model, left_field = "product.product", "product_id"
    right_model, right_field = "quickbooks.item", "item_id"
    rules = PRODUCTS
    shares = True

    def open_lefts(self):
        ours = Domain("company_id", "in", (False, self.company.id))
        return Domain("sale_ok", "=", True) & ours & ~self.linked_lefts()

    def linked_lefts(self):
        linked = Domain("quickbooks_item_id", "any", self.here)
        return linked | Domain("product_tmpl_id", "any", linked)

    def open_rights(self):
        used = self._used("product.product") | self._used("product.template")
        return (
            self.here
            & Domain("item_type", "not in", NOT_POSTED)
            & Domain("id", "not in", used.ids)
        )

    def _used(self, model):
        products = self.lefts.env[model].with_context(active_test=False)
        return products.search([("quickbooks_item_id", "any", self.here)]).mapped(
            "quickbooks_item_id"
        )

    def left_records(self, lefts):
        for product in lefts:
            values = product.product_template_variant_value_ids
            name = " ".join([product.name or "", *values.mapped("name")])
            yield Record(
                product.id,
                (name,),
                frozenset(
                    product_code_marks(product.default_code, product.barcode)
                    | price_marks(product.lst_price)
                ),
            )

    def right_records(self, rights):
        for item in rights:
            yield Record(
                (item.id, ""),
                tuple(filter(None, (item.name,))),
                frozenset(
                    product_code_marks(item.sku, item.sku)
                    | price_marks(item.unit_price)
                ),
            )

    def linked(self, left):
        own = left.quickbooks_item_id.filtered_domain(self.here)
        template = left.product_tmpl_id
        return own or template.quickbooks_item_id.filtered_domain(self.here)

    def set_link(self, left, right):
        """Link the template of a product that has no other variants."""
        template = left.product_tmpl_id
        alone = template.with_context(active_test=False).product_variant_count == 1
        (template if alone else left).quickbooks_item_id = right


class TaxSides(Sides):
    left_model, left_field = "account.tax", "tax_id"
    right_model, right_field = "quickbooks.tax.code", "tax_code_id"
    rules = TAXES
    shares = True

    def open_lefts(self):
        return (
            Domain("company_id", "=", self.company.id)
            & Domain("type_tax_use", "in", list(TAX_USES))
            & ~Domain("quickbooks_tax_code_id", "any", self.here)
        )

    def linked_lefts(self):
        linked = Domain("quickbooks_tax_code_id", "any", self.here)
        return linked & Domain("company_id", "=", self.company.id)

    def never_used(self, rights):
        used = {code for code, _use in self._uses()}
        return rights.filtered(lambda code: code.id not in used)

    def open_rights(self):
        """All that are active: a code may be used for sales and for purchases."""
        return self.here & Domain("deactivated", "=", False)

    def left_records(self, lefts):
        for tax in lefts:
            names = (tax.name, tax.invoice_label, html2plaintext(tax.description or ""))
            yield Record(
                tax.id,
                tuple(filter(None, names)),
                frozenset(_tax_marks(tax.type_tax_use, _effective_rate(tax))),
            )

    def right_records(self, rights):
        """Give each code once for each use that no tax makes of it yet."""
        used = self._uses()
        for code in rights:
            for use, (has_rate, rate) in TAX_USES.items():
                if (code.id, use) not in used:
                    yield Record(
                        (code.id, use),
                        tuple(filter(None, (code.name, code.description))),
                        frozenset(_code_marks(code, use, has_rate, rate)),
                    )

    def _uses(self):
        taxes = self.lefts.with_context(active_test=False).search(
            [("quickbooks_tax_code_id", "any", self.here)]
        )
        return {(tax.quickbooks_tax_code_id.id, tax.type_tax_use) for tax in taxes}

    def linked(self, left):
        return left.quickbooks_tax_code_id.filtered_domain(self.here)

    def set_link(self, left, right):
        left.quickbooks_tax_code_id = right


SIDES = {"customers": CustomerSides, "items": ProductSides, "tax_codes": TaxSides}


def _effective_rate(tax):
    """Return what a tax comes to in per cent; a reverse charge comes to nothing."""
    rate = tax._quickbooks_rate()
    if rate is None or tax.amount_type == "group":
        return rate
    lines = tax.invoice_repartition_line_ids
    parts = lines.filtered(lambda line: line.repartition_type == "tax")
    return rate * sum(parts.mapped("factor_percent")) / 100


def _tax_marks(use, rate):
    if rate is None:
        return set()
    return {rate_mark(use, rate), ("rate", _taxability(use, rate > 0))}


def _code_marks(code, use, has_rate, rate):
    """Return the mark of the code's rate.

    The codes of US companies have none of their own: only taxable or not.
    """
    if code[has_rate]:
        return {rate_mark(use, code[rate])}
    if any(code[name] for name, _rate in TAX_USES.values()):
        return set()
    return {("rate", _taxability(use, code.taxable))}


def _taxability(use, taxable):
    return f"{use} {'taxable' if taxable else 'untaxed'}"
