"""What the tests of the mapping assistant share."""

from .sync_common import SyncCase


class SuggestionCase(SyncCase):
    """Contacts, products and taxes beside those of a small QuickBooks company."""

    def find(self, kind, company=None, user=None):
        """Press Find Matches and wait; return the suggestions of the list."""
        company = company or self.company
        runs = self.env["quickbooks.matching.run"].with_user(user or self.manager)
        runs = runs.with_context(allowed_company_ids=company.ids)
        progress = runs.start(company.id, kind)
        while progress["state"] == "running":
            progress = runs.advance(company.id, kind)
        return self.suggestions(kind, company, user)

    def suggestions(self, kind, company=None, user=None):
        company = company or self.company
        suggestions = self.env["quickbooks.suggestion"].with_user(user or self.manager)
        return suggestions.with_context(allowed_company_ids=company.ids).search(
            [("kind", "=", kind), ("company_id", "=", company.id)]
        )

    def accept_surest(self, kind, least, **options):
        suggestions = self.suggestions(kind)
        return suggestions.accept_surest(self.company.id, kind, least, **options)

    def contact(self, name, **values):
        return self.env["res.partner"].create({"name": name, **values})

    def customer(self, name, **body):
        """Add a customer in QuickBooks; return its id there."""
        return self.add("customer", DisplayName=name, **body)["Id"]

    def of(self, record, suggestions=None):
        """Return the suggestions that ``record`` is in."""
        suggestions = (
            self.suggestions("customers") if suggestions is None else suggestions
        )
        field = {
            "res.partner": "partner_id",
            "product.product": "product_id",
            "account.tax": "tax_id",
            "quickbooks.customer": "customer_id",
            "quickbooks.item": "item_id",
            "quickbooks.tax.code": "tax_code_id",
        }[record._name]
        return suggestions.filtered(lambda one: one[field].id == record.id)
