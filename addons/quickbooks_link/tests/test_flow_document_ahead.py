"""What is posted is read at the end of its transaction, and sent as it is by then."""

from odoo.tests import tagged

from .document_common import DocumentCase


@tagged("post_install", "-at_install")
class TestReadAhead(DocumentCase):
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
