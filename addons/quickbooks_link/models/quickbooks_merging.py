import json

from odoo import api, fields, models

from ..qbo import statements

# How many merged records are looked for in one sync.
LOOKED_FOR = 50
# Fields of documents that name records which QuickBooks can merge.
REFERENCES = {
    "CustomerRef": "quickbooks.customer",
    "ItemRef": "quickbooks.item",
    "TaxCodeRef": "quickbooks.tax.code",
}
ENTITIES = {
    "Customer": "quickbooks.customer",
    "Item": "quickbooks.item",
    "TaxCode": "quickbooks.tax.code",
}


class QuickBooksMirror(models.AbstractModel):
    """Records that were merged into others in QuickBooks.

    The one that is left takes over all transactions, and the other is gone. QuickBooks
    tells of it in a webhook; and the documents that Odoo has sent tell of it, for they
    name the survivor now.
    """

    _inherit = "quickbooks.mirror"

    merged_into = fields.Char(
        readonly=True,
        help="QuickBooks' Id of the record that took over all of this one's.",
    )

    sought = fields.Char(
        readonly=True, help="As what it was looked for, when it was gone."
    )

    def _sought_as(self):
        return f"{self.status} {self.sync_token or ''}"

    def _merge_into(self, survivor):
        """Let everything that is linked to this record be linked to ``survivor``."""
        self.ensure_one()
        if self.merged_into == survivor.quickbooks_id:
            return
        self.write(
            {
                "merged_into": survivor.quickbooks_id,
                "active": False,
                "status": "gone",
            }
        )
        self._move_links(survivor)
        self.env["quickbooks.document"]._recheck_merged(self)

    def _move_links(self, survivor):
        """Move the links of Odoo's records; to be extended by each mirror."""


class QuickBooksCustomer(models.Model):
    _inherit = "quickbooks.customer"

    def _move_links(self, survivor):
        # EXTENDS quickbooks.mirror
        res = super()._move_links(survivor)
        partner, other = self.partner_id, survivor.partner_id
        if partner and not other:
            # In two statements: PostgreSQL checks the unique index row by row.
            self.partner_id = False
            self.flush_recordset(["partner_id"])
            survivor.partner_id = partner
        elif partner and partner != other:
            words = self.env._(
                "Its QuickBooks Customer “%(gone)s” was merged into “%(survivor)s”, "
                "which is linked to %(other)s. Merge the two contacts in Odoo too, or "
                "let this one take its place: on its page QuickBooks Link.",
                gone=self.display_name,
                survivor=survivor.display_name,
                other=other.display_name,
            )
            partner._quickbooks_note(words, self.company_id)
        return res


class QuickBooksItem(models.Model):
    _inherit = "quickbooks.item"

    def _move_links(self, survivor):
        # EXTENDS quickbooks.mirror
        res = super()._move_links(survivor)
        for name in ("product.template", "product.product"):
            products = self.env[name].sudo().with_context(active_test=False)
            products = products.with_company(self.company_id)
            products.search([("quickbooks_item_id", "=", self.id)]).write(
                {"quickbooks_item_id": survivor.id}
            )
        return res


class QuickBooksTaxCode(models.Model):
    _inherit = "quickbooks.tax.code"

    def _move_links(self, survivor):
        # EXTENDS quickbooks.mirror
        res = super()._move_links(survivor)
        taxes = self.tax_ids.sudo()
        if taxes:
            # It was put aside because nobody needed it.
            survivor.deactivated = False
            taxes.quickbooks_tax_code_id = survivor
        return res


class QuickBooksDocument(models.Model):
    _inherit = "quickbooks.document"

    def _seen_today(self):
        """Return the version both sides agreed on, with survivors for the merged."""
        seen = json.loads(self.seen)
        return {name: self._survivor_of(name, value) for name, value in seen.items()}

    def _survivor_of(self, name, value):
        model = REFERENCES.get(name.split()[-1])
        if not model:
            return value
        row = self._mirrored(model, value)
        return row.merged_into or value

    def _mirrored(self, model, quickbooks_id):
        rows = self.env[model].sudo().with_context(active_test=False)
        return rows.search(
            [
                ("company_id", "=", self.company_id.id),
                ("realm_id", "=", self.realm_id),
                ("quickbooks_id", "=", quickbooks_id),
            ]
        )

    @api.model
    def _naming(self, row, limit=None):
        """Return documents that name a mirrored record, as far as both sides agreed."""
        [field] = [name for name, model in REFERENCES.items() if model == row._name]
        return self.search(
            [
                ("company_id", "=", row.company_id.id),
                ("realm_id", "=", row.realm_id),
                ("quickbooks_id", "!=", False),
                ("seen", "like", f'{field}": "{row.quickbooks_id}"'),
            ],
            limit=limit,
        )

    @api.model
    def _recheck_merged(self, row):
        """Take back what was taken for a change and is the merge of ``row``."""
        for document in self._naming(row).filtered(lambda d: d.there == "changed"):
            now = json.loads(document.changed_to)
            if document._seen_today() == now:
                document.write(
                    {
                        "there": "present",
                        "state": "sent",
                        "error": False,
                        "seen": document.changed_to,
                        "changed_to": False,
                        "sync_token": document.token_there,
                    }
                )


class QuickBooksBooks(models.AbstractModel):
    _inherit = "quickbooks.books"

    @api.model
    def _merged(self, connection, entity, survivor_id, merged_id):
        """Follow a merge that QuickBooks tells of.

        :param entity: ``Customer``, ``Item`` or ``TaxCode``; others are not followed
        :return: whether both records are known here
        """
        model = ENTITIES.get(entity)
        if not model:
            return False
        mirror = self._of(connection).env[model].with_context(active_test=False)
        here = mirror._quickbooks_here(connection.company_id)
        both = ("quickbooks_id", "in", (survivor_id, merged_id))
        rows = {row.quickbooks_id: row for row in mirror.search([*here, both])}
        if len(rows) < 2:
            return False
        rows[merged_id]._merge_into(rows[survivor_id])
        return True

    @api.model
    def _find_survivors(self, connection, client):
        """Look what became of records that are gone and still linked in Odoo.

        The documents that named them are read again: they name the survivors. Each
        record is looked for once, as long as it does not change again.
        """
        books = self._of(connection)
        witnesses = {}
        for row in books._gone_and_linked(connection):
            row.sought = row._sought_as()
            document = books.env["quickbooks.document"]._naming(row, limit=1)
            if document:
                witnesses[row] = document
        if not witnesses:
            return
        records = books._read_documents(client, set(witnesses.values()))
        for row, document in witnesses.items():
            record = records.get((document._entity(), document.quickbooks_id))
            survivor = record and books._survivor_in(row, document, record)
            if survivor:
                entity = row._quickbooks_entity
                books._merged(connection, entity, survivor, row.quickbooks_id)

    @api.model
    def _gone_and_linked(self, connection):
        """Return customers, items and tax codes that nobody has looked for yet.

        Tax codes only where QuickBooks has them no more: it merges none of them, and
        an inactive one may be replaced in a document without having become another.
        """
        company = connection.company_id
        customers = self.env["quickbooks.customer"].with_context(active_test=False)
        lost = [("status", "!=", "active"), ("partner_id", "!=", False)]
        codes = self.env["quickbooks.tax.code"].with_context(active_test=False)
        gone = [("status", "=", "gone"), ("tax_ids", "!=", False)]
        found = [
            *customers.search([*customers._quickbooks_here(company), *lost]),
            *self._lost_items(company),
            *codes.search([*codes._quickbooks_here(company), *gone]),
        ]
        fresh = [row for row in found if row.sought != row._sought_as()]
        return fresh[:LOOKED_FOR]

    @api.model
    def _lost_items(self, company):
        """Return the items of products that are no longer active in QuickBooks."""
        items = self.env["quickbooks.item"]
        for name in ("product.template", "product.product"):
            products = self.env[name].with_context(active_test=False)
            linked = products.search([("quickbooks_item_id.status", "!=", "active")])
            items |= linked.quickbooks_item_id
        here = items.filtered_domain(items._quickbooks_here(company))
        return here.filtered(lambda item: item.status != "active")

    @api.model
    def _read_documents(self, client, documents):
        """Return the records of documents in QuickBooks, in one call."""
        queries = {}
        for entity in {document._entity() for document in documents}:
            ids = [d.quickbooks_id for d in documents if d._entity() == entity]
            where = statements.condition("Id", "IN", sorted(ids))
            queries[entity] = statements.select(entity, where)
        pages = client.query_batch(queries) if queries else {}
        return {
            (entity, str(record["Id"])): record
            for entity, page in pages.items()
            for record in page.rows
        }

    @api.model
    def _survivor_in(self, row, document, record):
        """Return the Id that stands in a document where ``row`` stood, if another."""
        seen = json.loads(document.seen)
        now = document._version_of(record)
        for name, value in seen.items():
            kind = REFERENCES.get(name.split()[-1])
            if kind == row._name and value == row.quickbooks_id:
                other = now.get(name)
                return other if other and other != value else None
        return None
