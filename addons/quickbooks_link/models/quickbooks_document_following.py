import json
from collections import Counter

from odoo import api, fields, models
from odoo.tools import format_date

from ..document_reading import connection_of
from ..qbo import amounts, document_versions, exactjson
from ..qbo.client import new_requestid
from ..qbo.document_removal import is_voided

KINDS = {"Invoice": "invoice", "CreditMemo": "creditmemo"}
# What is told with the decimals of its currency.
MONEY = {"TotalTax", "TotalAmt", "UnitPrice", "Amount"}


class QuickBooksDocument(models.Model):
    """Following what happens in QuickBooks to a document that Odoo has sent.

    Payments change its balance, which is shown. What a person has changed in it there
    is shown too, beside what Odoo has, and waits for a decision.
    """

    _inherit = "quickbooks.document"

    there = fields.Selection(
        [
            ("present", "As Odoo sent it"),
            ("changed", "Changed in QuickBooks"),
            ("voided", "Voided in QuickBooks"),
            ("deleted", "Deleted in QuickBooks"),
        ],
        string="In QuickBooks",
        default="present",
        required=True,
        readonly=True,
        help="What has become of the document in QuickBooks.",
    )
    balance = fields.Monetary(
        string="Balance in QuickBooks",
        readonly=True,
        help="What is open of it in QuickBooks; of a credit memo, what is left of it.",
    )
    paid_there = fields.Selection(
        [("open", "Open"), ("partial", "Partly Paid"), ("paid", "Paid")],
        string="Paid in QuickBooks",
        compute="_compute_paid_there",
        store=True,
    )
    seen = fields.Text(
        readonly=True,
        groups=fields.NO_ACCESS,
        help="The content that QuickBooks had when both sides agreed.",
    )
    changed_to = fields.Text(
        readonly=True,
        groups=fields.NO_ACCESS,
        help="The content that QuickBooks has now, if it is another.",
    )

    @api.depends("balance", "quickbooks_total", "quickbooks_id", "there", "changed_to")
    def _compute_paid_there(self):
        for document in self:
            document.paid_there = document._find_paid_there()

    def _find_paid_there(self):
        if not self.quickbooks_id or self.there in ("voided", "deleted"):
            return False
        if self.currency_id.is_zero(self.balance):
            return "paid"
        same = self.currency_id.compare_amounts(self.balance, self._total_there())
        return "open" if same >= 0 else "partial"

    def _total_there(self):
        """Return the total that QuickBooks has now, also of what was changed there."""
        if self.there == "changed" and self.changed_to:
            return float(json.loads(self.changed_to).get("TotalAmt", 0))
        return self.quickbooks_total

    # === Taking in what QuickBooks says === #

    @api.model
    def _learn(self, connection, entity, records, deleted):
        """Take in what QuickBooks says of documents; of those that Odoo has.

        :param entity: ``Invoice`` or ``CreditMemo``
        :param records: in QuickBooks' words
        :param deleted: Ids of documents that are gone
        :return: how many there were of each kind
        """
        by_id = {str(record["Id"]): record for record in records}
        held = self._known(connection, entity, [*by_id, *deleted])
        counts = Counter()
        for quickbooks_id, record in by_id.items():
            document = held.get(quickbooks_id)
            kind = document._learn_record(record) if document else None
            counts[kind or "unchanged"] += 1
        for quickbooks_id in deleted:
            document = held.get(quickbooks_id)
            kind = document._learn_deleted() if document else None
            counts[kind or "unchanged"] += 1
        return counts

    @api.model
    def _known(self, connection, entity, quickbooks_ids):
        found = self.search(
            [
                ("company_id", "=", connection.company_id.id),
                ("realm_id", "=", connection.realm_id),
                ("kind", "=", KINDS[entity]),
                ("quickbooks_id", "in", quickbooks_ids),
            ]
        )
        return {document.quickbooks_id: document for document in found}

    def _learn_record(self, record):
        """Take in one record; return what became of the row, if anything."""
        balance = float(_open_amount(record))
        moved = self.currency_id.compare_amounts(self.balance, balance) != 0
        if moved:
            self.balance = balance
        if self.unsure:
            # What is being sent is about to change it; the answer tells.
            return moved and "updated"
        return self._learn_content(record) or (moved and "updated")

    def _learn_deleted(self):
        """Take in that it is gone; return what became of the row, if anything."""
        if self.act == "remove":
            return self._gone_as_wished()
        return self._deleted_there()

    def _version_of(self, record):
        """Return what counts of ``record``: also what other addons have added to it."""
        sent = exactjson.loads(self.sent_payload) if self.sent_payload else {}
        return document_versions.version(record, sent)

    def _is_agreed(self, now):
        """Return whether both sides have agreed on the version ``now``.

        Only what looks changed is worth looking up what was merged meanwhile.
        """
        return now == json.loads(self.seen) or now == self._seen_today()

    def _learn_content(self, record):
        if is_voided(record) and self.act == "remove":
            return self._gone_as_wished(record)
        if is_voided(record):
            return self._voided_there(record)
        now = self._version_of(record)
        if not self.seen or self._is_agreed(now):
            return self._as_seen(record, now)
        return self._edited_there(record, now)

    # === States: written here and nowhere else === #

    def _as_seen(self, record, now):
        """Note that QuickBooks has what both sides agree on."""
        token = str(record.get("SyncToken") or "")
        values = {"sync_token": token, "seen": json_of(now)}
        if self.there != "present":
            values.update(there="present", changed_to=False)
            values.update(state="sent", error=False)
        return self._write_if_new(values)

    def _edited_there(self, record, now):
        """Show what a person has changed in QuickBooks, and let one decide.

        The held SyncToken stays: what Odoo sends meanwhile is to be refused.
        """
        token = str(record.get("SyncToken") or "")
        if self.changed_to == json_of(now) and self.there == "changed":
            return self._write_if_new({"token_there": token})
        self.write(
            {"there": "changed", "changed_to": json_of(now), "token_there": token}
        )
        if self.act == "save":
            self._need_attention(self._words_changes())
        # Else it is about to go: who takes it out looks at it first, and tells.
        return "updated"

    def _voided_there(self, record):
        values = {"sync_token": str(record.get("SyncToken") or "")}
        if self.there == "voided" or self.state == "voided":
            return self._write_if_new({**values, "there": "voided"})
        self._gone_there(self.env._("It was voided in QuickBooks."), "voided", values)
        return "deactivated"

    def _gone_as_wished(self, record=None):
        """Note that it is out of QuickBooks' books, as Odoo wants it to be.

        Nothing of a call that was not answered: its next attempt looks and finds out.
        """
        if self.unsure:
            return None
        self._removed(record)
        # Odoo's own invoice has still to be cancelled.
        self._wake_cron(fields.Datetime.now())
        return "deactivated"

    def _deleted_there(self):
        if self.there == "deleted":
            return None
        words = self.env._("It was deleted in QuickBooks.")
        # What was asked of it, and not answered, was asked of what is no more.
        moot = {"unsure": False, "requestid": new_requestid()}
        self._gone_there(words, "deleted", {"quickbooks_id": False, **moot})
        return "deactivated"

    def _gone_there(self, words, there, values):
        """Mark what QuickBooks' books count no more.

        Where Odoo has cancelled it as well, there is nothing left to do.
        """
        todo = self.env._("Cancel it in Odoo too, or make a credit note for it.")
        self.write(
            {
                "there": there,
                "state": "voided",
                "hold": False,
                "next_try": False,
                "error": f"{words} {todo}" if self.move_id.state == "posted" else False,
                "balance": 0,
                "sent_payload": False,
                "quickbooks_total": 0,
                "quickbooks_tax": 0,
                "differences": False,
                "changed_to": False,
                "seen": False,
                **values,
            }
        )

    def _is_as_left(self, record):
        # EXTENDS quickbooks_link: what people see of it beside figures counts too
        same = super()._is_as_left(record)
        if not same or not self.seen:
            return same
        return self._is_agreed(self._version_of(record))

    def _removed(self, record=None):
        # EXTENDS quickbooks_link: Odoo itself has taken it out
        res = super()._removed(record)
        self.write(
            {
                "there": "voided" if record else "deleted",
                "balance": 0,
                "changed_to": False,
                "seen": False,
            }
        )
        return res

    def _values_there(self, record, payload):
        # EXTENDS quickbooks_link: what both sides agree on from now on
        return {
            **super()._values_there(record, payload),
            "there": "present",
            "balance": float(_open_amount(record)),
            "seen": json_of(document_versions.version(record, payload)),
            "changed_to": False,
        }

    # === Words === #

    def _error_in_banner(self):
        """Return the error as an invoice's banner tells it: it is about QuickBooks."""
        if "QuickBooks" in self.error:
            return self.error
        return self.env._("QuickBooks: %s", self.error)

    def _waiting_payments(self):
        """Return the payments in QuickBooks that wait to be applied to the document."""
        rows = self.env["quickbooks.payment"].search(
            [
                ("allocation_ids.document_id", "in", self.ids),
                ("state", "in", ("waiting", "ask", "attention")),
            ]
        )
        return rows.filtered("error")

    def _changes_there(self):
        """Return what was changed in QuickBooks, as :class:`Change`."""
        if self.there != "changed" or not self.changed_to:
            return []
        return document_versions.changes(
            json.loads(self.seen), json.loads(self.changed_to)
        )

    def _words_changes(self):
        head = self.env._("It was changed in QuickBooks:")
        todo = self.env._("Compare the two versions and choose one.")
        return "\n".join([head, *self._lines_of_changes(), todo])

    def _lines_of_changes(self):
        return [
            self.env._(
                "%(field)s: %(before)s → %(after)s",
                field=self._label_of(change.field),
                before=self._value_of(change.field, change.before),
                after=self._value_of(change.field, change.after),
            )
            for change in self._changes_there()
        ]

    def _label_of(self, name):
        """Return QuickBooks' name of a field in words."""
        if not name.startswith("Line "):
            return self._label_of_field(name)
        _line, number, part = name.split()
        field = self._label_of_field(part)
        return self.env._("Line %(number)s, %(field)s", number=number, field=field)

    def _label_of_field(self, name):
        labels = {
            "CustomerRef": self.env._("Customer"),
            "CurrencyRef": self.env._("Currency"),
            "SalesTermRef": self.env._("Terms"),
            "DocNumber": self.env._("Number"),
            "TxnDate": self.env._("Date"),
            "DueDate": self.env._("Due Date"),
            "ExchangeRate": self.env._("Exchange Rate"),
            "TotalTax": self.env._("Tax"),
            "TotalAmt": self.env._("Total"),
            "CustomerMemo": self.env._("Message"),
            "Description": self.env._("Description"),
            "ItemRef": self.env._("Product or Service"),
            "TaxCodeRef": self.env._("Tax Code"),
            "Qty": self.env._("Quantity"),
            "UnitPrice": self.env._("Price"),
            "Amount": self.env._("Amount"),
        }
        return labels.get(name) or self._label_of_added(name)

    def _label_of_added(self, name):
        """Return the name of a field that another addon has added."""
        mirror = self._mirror_of(name)
        if mirror is None:
            return name
        return self.env["ir.model"]._get(mirror._name).name

    def _mirror_of(self, name):
        """Return the mirror whose records a field in QuickBooks' words names."""
        mirrors = self.env["quickbooks.mirror"]._quickbooks_mirrors().values()
        entity = name.split()[-1].removesuffix("Ref")
        return next((one for one in mirrors if one._quickbooks_entity == entity), None)

    def _value_of(self, name, value):
        """Return a value for a person: names instead of Ids, and a dash for none."""
        if value is None or value is False or value == "":
            return "–"
        if name.split()[-1] in MONEY:
            return self._figure(value)
        if name.endswith("Date"):
            return self._day(value)
        if name == "SalesTermRef":
            return self._term(value)
        mirror = self._mirror_of(name) if name.endswith("Ref") else None
        return value if mirror is None else self._mirrored_name(mirror, value)

    def _mirrored_name(self, mirror, value):
        """Return the name of a record in QuickBooks, its Id if it is not held."""
        return self._mirrored(mirror._name, value).display_name or value

    def _day(self, value):
        """Return a date as its reader writes dates.

        What is written down for nobody in particular stays as it is: everybody reads
        that in the same way.
        """
        lang = self.env.context.get("lang")
        return format_date(self.env, value) if lang else value

    def _term(self, quickbooks_id):
        """Return the name of terms in QuickBooks, as they were read."""
        held = connection_of(self.company_id).terms or []
        names = {row["id"]: row.get("name") for row in held}
        return names.get(quickbooks_id) or quickbooks_id

    def _figure(self, value):
        """Return an amount or price in words, with its currency's decimals or more."""
        places = self.currency_id.decimal_places
        return amounts.written(exactjson.to_decimal(value), places)


def _open_amount(record):
    found = record.get("RemainingCredit", record.get("Balance"))
    return exactjson.to_decimal(found)


def json_of(version):
    """Return a version of a document as it is stored."""
    return json.dumps(version)
