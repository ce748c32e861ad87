from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import formatLang

from ..document_checks import checks
from ..document_reading import Paper, Reader
from ..outbox_helpers import meets_all
from ..qbo import documents, exactjson, statements
from ..qbo.client import new_requestid
from ..qbo.document_removal import is_voided
from ..qbo.errors import (
    DuplicateDocNumberError,
    DuplicateRequestError,
    QuickBooksError,
    StaleObjectError,
)
from ..qbo.results import BatchItem


class QuickBooksDocument(models.Model):
    """Sending invoices and credit notes: what is checked, called and answered."""

    _inherit = "quickbooks.document"

    def _refused(self, error, words):
        # EXTENDS: a change was refused, and what QuickBooks had stays there
        if self.quickbooks_id and self.act == "save":
            words = self.env._(
                "%(words)s\nQuickBooks keeps what it had, with %(total)s. Mend it and "
                "press Send to QuickBooks; or reset it to draft and put it back to "
                "what it was.",
                words=words,
                total=formatLang(
                    self.env, self.quickbooks_total, currency_obj=self.currency_id
                ),
            )
        return super()._refused(error, words)

    # --- Claim --- #

    def _prepare(self, user, batch):
        # EXTENDS
        if self.unsure:
            return self._prepare_again(user)
        paper = self._paper_ahead() or self._paper_now()
        if paper:
            self._begin(paper)
        return bool(paper)

    def _paper_ahead(self):
        """Return the :class:`Paper` that was prepared before, if it still holds."""
        return None

    def _paper_now(self):
        """Return what is to be sent, as :class:`Paper`; None if nothing can be."""
        reader = self._reader()
        reader.prefetch(self.move_id)
        if self.move_id.state != "posted":
            self._hold_back("draft")
            return None
        blocking = [one.message for one in checks(self.move_id, reader) if one.blocks]
        if blocking:
            self._need_attention("\n".join(blocking), hold="checks")
            return None
        return self._paper(reader)

    def _reader(self):
        """Return the :class:`Reader` that is shared with other rows, or one's own."""
        return self.env.context.get("quickbooks_reader") or Reader(self.move_id)

    def _paper(self, reader):
        document = reader.document(self.move_id, self.marker)
        body = documents.build(document, reader.books(self.move_id))
        realm_id = reader.connection(self.company_id).realm_id
        return Paper(exactjson.dumps(body), documents.totals(document), realm_id)

    def _prepare_all(self, user):
        # EXTENDS: what they share is read once
        reader = Reader(self.move_id)
        rows = self.with_context(quickbooks_reader=reader)
        return super(QuickBooksDocument, rows)._prepare_all(user)

    def _prepare_each(self, user, batch):
        # EXTENDS: they become *sending* together, which costs a part of one by one
        ids = super()._prepare_each(user, batch)
        fresh = self.browse(ids).filtered(lambda row: not row.unsure)
        fresh._begin_all(user, batch)
        return ids

    def _prepare_again(self, user):
        # EXTENDS: a batch has to come to rest before
        if self.settles_at and self.settles_at > fields.Datetime.now():
            self._let_settle()
            return False
        return super()._prepare_again(user)

    def _is_as_sent(self):
        """Return whether the same would be sent now as QuickBooks was sent."""
        if not self.sent_payload:
            return False
        held = exactjson.loads(self.sent_payload)
        return exactjson.loads(self._paper(Reader()).payload) == held

    def _held_day(self):
        """Return the date with which QuickBooks holds the document, if it does."""
        if not self.sent_payload:
            return None
        return fields.Date.to_date(exactjson.loads(self.sent_payload)["TxnDate"])

    # --- Call --- #

    def _look_and_call(self, client):
        """Find what is there already, create the others, and update the changed."""
        changed = self.filtered("quickbooks_id")
        for row in changed:
            row._update_one(client)
        again = (self - changed).filtered(lambda row: row.tries > 1)
        again._look(client)
        for row in again._unanswered():
            # One by one: only then does the same requestid mean the same request.
            row._create_one(client)
        fresh = self - changed - again
        if len(fresh) == 1:
            fresh._create_one(client)
        elif fresh:
            fresh._create_many(client)

    def _look(self, client):
        """Take in those of the documents that QuickBooks has, from before."""
        if not self:
            return
        pages = client.query_batch({str(row.id): row._query() for row in self})
        for row in self:
            found = [one for one in pages[str(row.id)].rows if row._is_this(one)]
            if found:
                row._found_there(found[0])

    def _found_there(self, record):
        """Take in what an attempt has made whose answer was lost."""
        self._arrived(record)

    def _query(self):
        """Return the statement that finds the document by customer and date."""
        payload = exactjson.loads(self.payload)
        where = statements.both(
            statements.condition("CustomerRef", "=", payload["CustomerRef"]["value"]),
            statements.condition("TxnDate", "=", payload["TxnDate"]),
        )
        return statements.select(self._entity(), where)

    def _is_this(self, record):
        return self.marker in (record.get("PrivateNote") or "")

    def _entity(self):
        return documents.ENTITIES[self.kind]

    def _create_one(self, client):
        body = exactjson.Written(self.payload)
        try:
            record = client.create(self._entity(), body, requestid=self.requestid)
        except QuickBooksError as error:
            self._refuse_or_find(client, error)
        else:
            self._arrived(record)

    def _update_one(self, client):
        """Make the document in QuickBooks what Odoo has now."""
        try:
            record = self._update_or_ask(client)
        except QuickBooksError as error:
            self._refuse_or_find(client, error)
        else:
            if record:
                self._arrived(record)

    def _update_or_ask(self, client):
        """Update; return what QuickBooks holds then, nothing if a person is asked."""
        try:
            return self._update(client)
        except StaleObjectError:
            return self._update_stale(client)

    def _update(self, client):
        payload = exactjson.loads(self.payload)
        before = exactjson.loads(self.sent_payload) if self.sent_payload else {}
        body = documents.update_of(payload, self.quickbooks_id, self.sync_token, before)
        return client.update(
            self._entity(), body, sparse=True, requestid=self.requestid
        )

    def _update_stale(self, client):
        """Read what was changed: by our own update, beside what is ours, or in it."""
        record = client.read(self._entity(), self.quickbooks_id)
        if documents.holds(exactjson.loads(self.payload), self._totals(), record):
            return record
        if not self._is_as_left(record):
            self._changed_there(record)
            return None
        # Such as a payment: what Odoo sent is still there as it was.
        token = {"sync_token": record.get("SyncToken"), "requestid": new_requestid()}
        self.write(token)
        return self._update(client)

    def _is_as_left(self, record):
        """Return whether QuickBooks still holds what it was sent, or its void."""
        if not self.sent_payload:
            return is_voided(record)
        held = exactjson.loads(self.sent_payload)
        return not documents.compare(held, self._held_totals(), record)

    def _refuse_or_find(self, client, error):
        """Note a refusal, unless it says that the document is there already.

        :raise QuickBooksError: it is about all documents that are to be sent
        """
        if meets_all(error):
            raise error
        if isinstance(error, (DuplicateDocNumberError, DuplicateRequestError)):
            self._look(client)
        if self.state == "sending":
            self._fail(error)

    def _create_many(self, client):
        """Create several in one call; each succeeds or fails by itself.

        The batch is never repeated after its answer was lost: each of them is looked
        for, once it is sure that QuickBooks has stopped working on it, and sent alone.
        """
        items = [
            BatchItem(
                str(number),
                entity=row._entity(),
                body=exactjson.Written(row.payload),
            )
            for number, row in enumerate(self)
        ]
        self._take_in(client, dict(zip(self, client.batch(items), strict=True)))

    def _take_in(self, client, results):
        """Take in what a batch has come to; ``results`` are by row."""
        arrived = self.filtered(lambda row: results[row].record)
        # What they have alike is written at once: one by one it takes far longer.
        arrived.write(self._values_settled())
        for row in arrived:
            row._arrived(results[row].record)
        for row in self - arrived:
            error = results[row].error
            if error.retryable:
                row._fail(error)
            else:
                row._refuse_or_find(client, error)

    # --- What follows in Odoo --- #

    @api.model
    def _has_to_follow(self):
        # EXTENDS: Odoo has to take QuickBooks' number over
        pending = fields.Domain("number_pending", "=", True)
        return super()._has_to_follow() | pending

    def _follow(self):
        # EXTENDS
        if self.number_pending:
            self._number_taken(self._take_number())
        return super()._follow()

    def _take_number(self):
        """Write the number to the invoice; return what keeps it from that."""
        try:
            with self.env.cr.savepoint():
                self.move_id._quickbooks_take_number(self.doc_number)
        except UserError as error:
            return self.env._(
                "QuickBooks gave it the number %(number)s, which Odoo can't take over: "
                "%(reason)s",
                number=self.doc_number,
                reason=error,
            )
        return False
