"""What is posted is read at the end of its transaction, and sent as it is by then."""

from odoo import sql_db
from odoo.tests import tagged

from ..models import quickbooks_outbox_batches
from .document_common import DocumentCase


class ReadingCase(DocumentCase):
    def readings(self):
        """Return a list that grows with every document that is read."""
        found = []
        model = type(self.env["quickbooks.document"])
        original = model._paper

        def paper(row, reader):
            found.append(row.id)
            return original(row, reader)

        self.patch(model, "_paper", paper)
        return found


@tagged("post_install", "-at_install")
class TestReadAhead(ReadingCase):
    def posted_with(self, change):
        """Post, end a savepoint, do something more, and commit."""
        move = self.invoice()
        with self.own_cursors():
            self.seen(move).action_post()
            # As every savepoint does.
            self.env.cr.flush()
            change(self.seen(move))
            self.commit()
        self.env.invalidate_all()
        return move

    def test_it_is_read_once(self):
        found = self.readings()
        move = self.post(self.invoice())
        self.assertEqual(found, self.document(move).ids)
        self.assertEqual(self.document(move).state, "sent", self.document(move).error)

    def test_several_are_read_once_each(self):
        found = self.readings()
        moves = self.invoice() | self.invoice() | self.invoice()
        self.post(moves)
        ids = self.env["quickbooks.document"].search([("move_id", "in", moves.ids)]).ids
        self.assertEqual(sorted(found), sorted(ids))
        self.assertEqual(self.calls(), {"batch": 1})

    def test_a_change_of_the_invoice_in_the_same_transaction_goes_along(self):
        move = self.posted_with(lambda move: move.write({"ref": "PO 7731"}))
        [held] = self.held_by_quickbooks(move)
        self.assertIn("PO 7731", held["PrivateNote"])

    def test_a_change_of_a_line_in_the_same_transaction_goes_along(self):
        words = {"name": "Two hedges"}
        move = self.posted_with(lambda move: move.invoice_line_ids.write(words))
        [held] = self.held_by_quickbooks(move)
        self.assertEqual(held["Line"][0]["Description"], "Two hedges")

    def test_reset_to_draft_in_the_same_transaction_it_stays_here(self):
        move = self.posted_with(lambda move: move.button_draft())
        self.assertEqual(move.state, "draft")
        self.assertEqual(self.document(move).hold, "draft")
        self.assertEqual(self.calls(), {})

    def test_a_mistake_of_the_program_does_not_keep_the_invoice_from_being_posted(self):
        def mistaken(rows):
            raise ValueError("a mistake")

        model = type(self.env["quickbooks.document"])
        self.patch(model, "_papers", mistaken)
        with self.assertLogs("odoo.addons.quickbooks_link", "WARNING"):
            move = self.post(self.invoice())
        self.assertEqual(move.state, "posted")
        self.assertEqual(self.document(move).state, "sent", self.document(move).error)


class ManyCase(ReadingCase):
    def waiting(self, count):
        """Return documents that wait for somebody to look on while they are sent."""
        moves = self.env["account.move"].union(*(self.invoice() for _n in range(count)))
        self.post(moves, self.accountant)
        return self.env["quickbooks.document"]._open_for(moves, self.manager)

    def send_all(self, rows):
        self.press(rows, "advance_sending")
        self.assertEqual(set(rows.mapped("state")), {"sent"}, rows.mapped("error"))


@tagged("post_install", "-at_install")
class TestReadNext(ManyCase):
    """The documents of the next batch, read while QuickBooks answers this one."""

    def setUp(self):
        super().setUp()
        self.patch(quickbooks_outbox_batches, "MAX_BATCH", 2)
        self.rows = self.waiting(4)

    def after_reading(self, act):
        """Let something happen once the next batch was read; return what was read."""
        found = []
        model = type(self.env["quickbooks.document"])
        original = model._read_next

        def read_next(rows, following):
            original(rows, following)
            found.extend(following.ids)
            act(following)

        self.patch(model, "_read_next", read_next)
        return found

    def test_it_is_read_once_and_sent_as_it_was_read(self):
        read = self.readings()
        ahead = self.after_reading(lambda following: None)
        self.send_all(self.rows)
        self.assertEqual(ahead, self.rows[2:].ids)
        self.assertEqual(sorted(read), sorted(self.rows.ids))
        self.assertEqual(self.calls(), {"batch": 2})

    def test_what_is_changed_after_that_goes_along(self):
        def change(following):
            following.move_id[:1].ref = "PO 7731"
            self.env.flush_all()

        self.after_reading(change)
        self.send_all(self.rows)
        [held] = self.held_by_quickbooks(self.rows[2].move_id)
        self.assertIn("PO 7731", held["PrivateNote"])

    def test_what_is_reset_to_draft_after_that_stays_here(self):
        def reset(following):
            following.move_id[:1].button_draft()
            self.env.flush_all()

        self.after_reading(reset)
        self.press(self.rows, "advance_sending")
        holds = self.rows.mapped("hold")
        self.assertEqual(holds, [False, False, "draft", False])

    def test_nothing_goes_to_a_company_it_was_not_read_for(self):
        def link_another(_following):
            self.connection.realm_id = "9130357766900000"
            self.env.flush_all()

        self.after_reading(link_another)
        self.press(self.rows, "advance_sending")
        self.assertEqual(self.calls(), {"batch": 1})
        self.assertEqual(self.rows.mapped("hold"), [False, False, "checks", "checks"])

    def test_a_mistake_in_reading_ahead_costs_nothing(self):
        def mistaken(rows, ahead):
            raise ValueError("a mistake")

        self.patch(type(self.env["quickbooks.document"]), "_read_into", mistaken)
        self.send_all(self.rows)
        self.assertEqual(self.calls(), {"batch": 2})


@tagged("post_install", "-at_install")
class TestStatements(ManyCase):
    """What sending costs, in statements: seconds are another machine's tomorrow."""

    def statements(self, act):
        before = sql_db.sql_counter
        act()
        return sql_db.sql_counter - before

    def test_a_batch_takes_the_same_however_many_are_in_it(self):
        self.send_all(self.waiting(1))
        few, many = self.waiting(2), self.waiting(12)
        few = self.statements(lambda: self.send_all(few))
        many = self.statements(lambda: self.send_all(many))
        self.assertLessEqual(many, few + 2)
        # Fifty, with what the tests' cursors add.
        self.assertLess(many, 60)

    def test_what_posting_one_takes_more_than_without_a_link(self):
        linked = [self.invoice() for _n in range(2)]
        counts = [self.statements(lambda move=move: self.post(move)) for move in linked]
        self.connection.realm_id = False
        alone = [self.invoice() for _n in range(2)]
        before = [self.statements(lambda move=move: self.post(move)) for move in alone]
        # About 45, and the savepoints that the tests' cursors stand for.
        self.assertLess(counts[1] - before[1], 76)
