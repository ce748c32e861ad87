from datetime import datetime, timedelta, timezone

from odoo import api, fields, models

from ..qbo import statements
from .quickbooks_books import ENTITIES

# How many payments are booked in one slice of a sync.
SETTLED_AT_ONCE = 25
# Ids in one query, when records that were not seen are looked for.
CHECKED_AT_ONCE = 200
# Changes under way while QuickBooks answered may bear an earlier time.
OVERLAP = timedelta(minutes=2)
# QuickBooks tells of the changes of 30 days; a day less, for clocks that differ.
LOOK_BACK = timedelta(days=29)
ROUTES = ("PaymentMethod", "Account")


class QuickBooksBooks(models.AbstractModel):
    """The sync "Invoices and Payments": reading, a slice at a time.

    The first time the lists are read whole, page by page. Afterwards QuickBooks is
    asked for what has changed since; only if that is more than it tells at once, the
    lists are read by the time of their last change, and whatever is held here and
    was not seen is looked for by its Id.
    """

    _inherit = "quickbooks.books"

    @api.model
    def _sync_step(self, line, client):
        """Do the next piece of work on ``line``, a ``quickbooks.sync.line``."""
        steps = {
            "waiting": self._sync_begin,
            "reading": self._sync_read,
            "checking": self._sync_check,
            "writing": self._sync_settle,
        }
        steps[line.state](line, client)

    def _sync_begin(self, line, client):
        self._find_survivors(line.connection_id, client)
        since = _aware(line.connection_id.payments_watermark)
        if since and since > datetime.now(timezone.utc) - LOOK_BACK:
            answer = client.cdc((*ENTITIES, *ROUTES), since - OVERLAP)
            if not answer.capped:
                self._sync_take(line, answer.changed, answer.deleted)
                line.write({"watermark": _naive(answer.time), "state": "writing"})
                return
        else:
            since = None
        self._sync_read_first(line, client, since)

    def _sync_read_first(self, line, client, since):
        """Read the first pages of all lists in one call."""
        line.since = _naive(since and since - OVERLAP)
        queries = {one: self._sync_select(line, one, 1) for one in ENTITIES}
        pages = client.query_batch({**queries, **self._sync_select_routes()})
        self._sync_take(line, {name: page.rows for name, page in pages.items()}, {})
        longer = [one for one in ENTITIES if len(pages[one]) == statements.MAX_PAGE]
        line.write(
            {
                "watermark": _naive(pages["Payment"].time),
                "parts": ",".join(longer),
                "position": statements.MAX_PAGE,
                "state": "reading" if longer else "checking",
            }
        )

    def _sync_select_routes(self):
        """Return the statements for what payments come by, by entity."""
        deposited_to = statements.condition(
            "AccountType", "IN", ("Bank", "Other Current Asset", "Credit Card")
        )
        return {
            "PaymentMethod": statements.select("PaymentMethod"),
            "Account": statements.select("Account", deposited_to),
        }

    def _sync_select(self, line, entity, start):
        since = _aware(line.since)
        where = since and statements.condition("MetaData.LastUpdatedTime", ">=", since)
        return statements.select(entity, where or "", start=start)

    def _sync_read(self, line, client):
        """Read the next page of a list that is longer than one.

        A page begins with the last record of the page before. If that is not so,
        records were deleted meanwhile and those behind them have moved up: the
        reading steps back until it meets what it knows.
        """
        entity, *others = line.parts.split(",")
        page = client.query(self._sync_select(line, entity, line.position))
        staging = self.env["quickbooks.sync.staging"]
        first = page.rows and _key(entity, page.rows[0]["Id"])
        if line.position > 1 and not (first and staging._holds(line, first)):
            line.position = max(1, line.position - statements.MAX_PAGE + 1)
            return
        self._sync_take(line, {entity: page.rows}, {})
        if len(page) == statements.MAX_PAGE:
            line.position += len(page) - 1
            return
        line.write(
            {
                "parts": ",".join(others),
                "position": statements.MAX_PAGE,
                "state": "reading" if others else "checking",
            }
        )

    def _sync_take(self, line, changed, deleted):
        """Keep what was read, and note that it was seen."""
        connection = line.connection_id
        self.env["quickbooks.payment.route"]._learn(connection, changed)
        fresh = self._sync_unseen(line, changed)
        counts = self._store(connection, fresh, deleted)
        for name, count in counts.items():
            line[name] += count

    def _sync_unseen(self, line, changed):
        """Return the records that this run has not taken in yet, and stage them."""
        staging = self.env["quickbooks.sync.staging"]
        fresh = {}
        for entity in ENTITIES:
            keys = [_key(entity, row["Id"]) for row in changed.get(entity, ())]
            seen = staging._among(line, keys)
            rows = [
                row
                for row in changed.get(entity, ())
                if _key(entity, row["Id"]) not in seen
            ]
            keys = ",".join(f'"{_key(entity, row["Id"])}":{{}}' for row in rows)
            line.fetched += staging._put(line, f"{{{keys}}}")
            fresh[entity] = rows
        return fresh

    # === Looking for what was not seen === #

    def _sync_check(self, line, client):
        """Ask QuickBooks once more for some of the records that were not seen."""
        held = self._held_ids(line.connection_id)
        for entity, ids in held.items():
            missing = self._sync_missing(line, entity, ids)[:CHECKED_AT_ONCE]
            if missing:
                where = statements.condition("Id", "IN", missing)
                rows = client.query(statements.select(entity, where)).rows
                found = {str(row["Id"]) for row in rows}
                gone = [one for one in missing if one not in found]
                self._sync_take(line, {entity: rows}, {entity: gone})
                keys = [_key(entity, one) for one in gone]
                self.env["quickbooks.sync.staging"]._put_gone(line, keys)
                return
        line.write({"state": "writing", "position": 0})

    def _sync_missing(self, line, entity, ids):
        keys = [_key(entity, one) for one in ids]
        seen = self.env["quickbooks.sync.staging"]._among(line, keys)
        return [one for one in ids if _key(entity, one) not in seen]

    @api.model
    def _held_ids(self, connection):
        """Return the Ids that QuickBooks has, as far as is known, by entity."""
        here = [
            ("company_id", "=", connection.company_id.id),
            ("realm_id", "=", connection.realm_id),
            ("quickbooks_id", "!=", False),
        ]
        books = self._of(connection)
        documents = books.env["quickbooks.document"].search_fetch(
            [*here, ("there", "not in", ("voided", "deleted"))], ["kind"]
        )
        payments = books.env["quickbooks.payment"].search_fetch(
            [*here, ("status", "=", "present")], ["quickbooks_id"]
        )
        return self._ids_by_entity(documents, payments)

    @api.model
    def _ids_by_entity(self, documents, payments):
        """Return the Ids in QuickBooks of documents and payments, by entity."""
        by_kind, none = documents.grouped("kind"), documents.browse()
        return {
            "Invoice": by_kind.get("invoice", none).mapped("quickbooks_id"),
            "CreditMemo": by_kind.get("creditmemo", none).mapped("quickbooks_id"),
            "Payment": payments.mapped("quickbooks_id"),
        }

    # === Writing === #

    def _sync_settle(self, line, _client):
        """Let Odoo's books follow some of the payments, then end the sync."""
        connection = line.connection_id
        rows = self._settle(connection, line.position, SETTLED_AT_ONCE)
        if rows:
            line.position = rows[-1].id
            return
        self.env["quickbooks.sync.staging"]._clear(line)
        line.write({"state": "done", "expected": line.fetched})
        connection.sudo().write(
            {
                "payments_watermark": line.watermark,
                "payments_last_completed": fields.Datetime.now(),
            }
        )


def _key(entity, quickbooks_id):
    return f"{entity} {quickbooks_id}"


def _aware(moment):
    return moment and moment.replace(tzinfo=timezone.utc)


def _naive(moment):
    return moment and moment.astimezone(timezone.utc).replace(tzinfo=None)
