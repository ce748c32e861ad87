import logging
from contextlib import contextmanager
from functools import partial

from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ..document_checks import checks
from ..document_reading import connection_of, read_books, read_document
from ..qbo import documents, exactjson, statements
from ..qbo.client import MAX_BATCH, new_requestid
from ..qbo.document_removal import is_voided
from ..qbo.errors import (
    DuplicateDocNumberError,
    DuplicateRequestError,
    QuickBooksError,
    StaleObjectError,
)
from ..qbo.results import BatchItem
from ..qbo.retries import RetryPolicy
from .quickbooks_document import LOGIN_ERRORS

_logger = logging.getLogger(__name__)

OPEN = ("waiting", "sending")
# A person waits for what is sent right after a commit; the scheduler has time.
PROMPT = {
    "timeout": (2, 8),
    "retries": RetryPolicy(attempts=2, backoff=0.4, max_wait=1),
}
PATIENT = {"timeout": (5, 60), "retries": RetryPolicy()}
PENDING = "quickbooks_link.documents"
# How often an invoice follows again when somebody else changes it.
FOLLOW_TRIES = 4


class QuickBooksDocument(models.Model):
    """Sending: claim and commit, call, take in the answer.

    Each of the three in transactions of its own, under a lock of the rows: a second
    worker finds them locked and leaves them alone. The lock ends with the process,
    so what a killed one leaves behind can be taken up at once.
    """

    _inherit = "quickbooks.document"

    # === When === #

    def _send_after_commit(self, user):
        """Send once this transaction is committed; a roll-back sends nothing."""
        if not self:
            return
        data = self.env.cr.postcommit.data
        pending = data.setdefault(PENDING, {})
        if not pending:
            self.env.cr.postcommit.add(partial(self._send_pending, pending))
        pending.setdefault(user.id, []).extend(self.ids)

    @api.model
    def _send_pending(self, pending):
        """Send what was committed: a batch for each user, the scheduler the rest."""
        # The hook stays in the cursor's data, and a cursor may commit again.
        chosen = dict(pending)
        pending.clear()
        for user_id, ids in chosen.items():
            user = self.env["res.users"].browse(user_id)
            first, rest = self.browse(ids[:MAX_BATCH]), self.browse(ids[MAX_BATCH:])
            first._deliver(user, PROMPT)
            rest._hand_over()

    def _hand_over(self):
        """Let the scheduler send the documents, at once."""
        if not self:
            return
        with self._own_transaction() as rows:
            now = fields.Datetime.now()
            rows.filtered(lambda row: row.state in OPEN).write({"next_try": now})
            rows._wake_cron(now)

    @api.model
    def _cron_send(self):
        """Send what waits and is due, and what a worker has left behind."""
        cron = self.env["ir.cron"]
        due = self._due()
        cron._commit_progress(remaining=len(due))
        for (_company, user), rows in due.grouped(
            lambda row: (row.company_id, row.user_id)
        ).items():
            for start in range(0, len(rows), MAX_BATCH):
                chunk = rows[start : start + MAX_BATCH]
                chunk._deliver(user, PATIENT)
                if not cron._commit_progress(len(chunk)):
                    return
        for row in self.search(self._has_to_follow()):
            row._follow_up()

    @api.model
    def _due(self):
        return self.search(
            [
                ("state", "in", OPEN),
                ("user_id", "!=", False),
                ("next_try", "<=", fields.Datetime.now()),
            ],
            order="company_id, user_id, id",
        )

    # === How === #

    def _deliver(self, user, patience):
        """Send up to a batch of documents of one company as ``user``.

        What goes wrong is written to the documents. It never raises: it runs after
        a commit that must not look failed, or among other documents.

        :param patience: options of the :class:`Transport`
        """
        # A savepoint that was rolled back has taken its rows with it.
        for rows in self.sudo().exists().grouped("company_id").values():
            rows = rows.with_context(lang=user.lang)
            try:
                rows._claim(user)._transmit(user, patience)
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY as error:
                # Somebody else has them; what is left open the scheduler takes up.
                _logger.info("QuickBooks documents %s wait: %s", rows.ids, error)
            except Exception:
                _logger.exception("QuickBooks documents %s were not sent", rows.ids)
                rows._record_mistake()
            else:
                for row in rows:
                    row._follow_up()

    @contextmanager
    def _own_transaction(self):
        """Give those of the rows that nobody else works on, in their own transaction.

        Locked and as superuser. The transaction is committed at the end.
        """
        with self.env.registry.cursor() as cr:
            rows = self.with_env(self.env(cr=cr, su=True))
            yield rows.try_lock_for_update(allow_referencing=True)
        self.env.invalidate_all()

    def _record_mistake(self):
        with self._own_transaction() as rows:
            for row in rows.filtered(lambda row: row.state in OPEN):
                row._mistake()

    # --- Claim --- #

    def _claim(self, user):
        """Write down what is about to be sent, and commit; return those documents."""
        with self._own_transaction() as rows:
            ready = rows.filtered(lambda row: row.state in OPEN)
            batch = len(ready) > 1
            ids = [row.id for row in ready if row._prepare_or_tell(user, batch)]
        return self.browse(ids)

    def _prepare_or_tell(self, user, batch):
        """Prepare; a mistake of this program must not keep the others back."""
        try:
            with self.env.cr.savepoint():
                return self._prepare(user, batch)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception:
            _logger.exception("QuickBooks document %s could not be prepared", self.id)
            self._mistake()
            return False

    def _prepare(self, user, batch):
        """Become *sending*, or say why not; return whether it may be sent."""
        if self.unsure:
            return self._prepare_again(user)
        move = self.move_id
        if move.state != "posted":
            self._hold_back("draft")
            return False
        blocking = [check.message for check in checks(move) if check.blocks]
        if blocking:
            self._need_attention("\n".join(blocking), hold="checks")
            return False
        document, books = read_document(move, self.marker), read_books(move)
        payload = documents.build(document, books)
        self._begin(user, payload, documents.totals(document), batch)
        return True

    def _prepare_again(self, user):
        """Go on with a request that QuickBooks may have had, as it was."""
        if connection_of(self.company_id).realm_id != self.realm_id:
            self._need_attention(
                self.env._(
                    "It was being sent to another QuickBooks company than the one that "
                    "is linked now. Look there whether it has arrived."
                )
            )
            return False
        if self.settles_at and self.settles_at > fields.Datetime.now():
            self._let_settle()
            return False
        self._begin_again(user)
        return True

    def _is_as_sent(self):
        """Return whether the same would be sent now as QuickBooks was sent."""
        if not self.sent_payload or any(check.blocks for check in checks(self.move_id)):
            return False
        document = read_document(self.move_id, self.marker)
        body = documents.build(document, read_books(self.move_id))
        held = exactjson.loads(self.sent_payload)
        return exactjson.loads(exactjson.dumps(body)) == held

    # --- Call --- #

    def _transmit(self, user, patience):
        """Call QuickBooks and commit its answers."""
        if not self:
            return
        with self._own_transaction() as rows:
            sending = rows.filtered(lambda row: row.state == "sending")
            if not sending:
                return
            connection = connection_of(sending.company_id)
            try:
                with connection._client(user=user, **patience) as client:
                    sending._look_and_call(client)
            except QuickBooksError as error:
                for row in sending._unanswered():
                    row._fail(error)
            except (UserError, RedirectWarning) as error:
                # The app's keys or the server's settings are not complete.
                for row in sending._unanswered():
                    row._not_called(error.args[0])

    def _unanswered(self):
        return self.filtered(lambda row: row.state == "sending")

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
                row._arrived(found[0])

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
        payload = exactjson.loads(self.payload)
        try:
            record = client.create(self._entity(), payload, requestid=self.requestid)
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
        body = documents.update_of(payload, self.quickbooks_id, self.sync_token)
        return client.update(
            self._entity(), body, sparse=True, requestid=self.requestid
        )

    def _update_stale(self, client):
        """Read what was changed: by our own update, beside what is ours, or in it."""
        record = client.read(self._entity(), self.quickbooks_id)
        if not documents.compare(exactjson.loads(self.payload), self._totals(), record):
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
        if error.retryable or isinstance(error, LOGIN_ERRORS):
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
                body=exactjson.loads(row.payload),
            )
            for number, row in enumerate(self)
        ]
        results = client.batch(items)
        for row, result in zip(self, results, strict=True):
            if result.record:
                row._arrived(result.record)
            elif result.error.retryable:
                row._fail(result.error)
            else:
                row._refuse_or_find(client, result.error)

    # --- What follows in Odoo --- #

    @api.model
    def _has_to_follow(self):
        """Return the domain of documents whose invoices have still to follow."""
        return fields.Domain("number_pending", "=", True)

    def _follow_up(self):
        """Let the invoice follow what QuickBooks has made of it.

        Where others keep changing the invoice, the scheduler goes on with it.
        """
        tries = FOLLOW_TRIES
        while tries and not self._followed():
            tries -= 1

    def _followed(self):
        try:
            with self._own_transaction() as rows:
                for row in rows:
                    row._follow()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY as error:
            _logger.info("The invoice of %s follows later: %s", self.ids, error)
            return False
        return True

    def _follow(self):
        if self.number_pending:
            self._number_taken(self._take_number())

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
