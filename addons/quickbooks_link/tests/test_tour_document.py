from odoo.tests import HttpCase, tagged

from .document_common import CommitHooks, DocumentCase


@tagged("post_install", "-at_install", "browser")
class TestTourDocument(CommitHooks, DocumentCase, HttpCase):
    use_numbers = True

    def tour(self, name, path, user=None):
        self.start_tour(path, name, login=(user or self.manager).login)
        self.env.invalidate_all()

    def path(self, move):
        return f"/odoo/customer-invoices/{move.id}"

    def test_post_and_see_the_number_arrive(self):
        move = self.invoice()
        self.tour("quickbooks_link_document_post", self.path(move))
        self.assertEqual(self.document(move).state, "sent")
        self.assertEqual(move.name, self.document(move).doc_number)

    def test_a_failed_check_is_mended_and_sent(self):
        self.product.product_tmpl_id.quickbooks_item_id = False
        move = self.invoice()
        self.post(move)
        self.assertEqual(self.document(move).state, "attention")
        self.tour("quickbooks_link_document_check", self.path(move))
        self.product.product_tmpl_id.quickbooks_item_id = self.item
        self.env.flush_all()
        self.tour("quickbooks_link_document_retry", self.path(move))
        self.assertEqual(self.document(move).state, "sent")

    def test_an_accountant_posts_and_an_erp_manager_sends(self):
        move = self.invoice()
        self.tour("quickbooks_link_document_wait", self.path(move), self.accountant)
        self.assertEqual(self.document(move).state, "waiting")
        self.assertTrue(move.quickbooks_asked and move.quickbooks_sending)
        self.tour("quickbooks_link_document_send", "/odoo/quickbooks-documents")
        self.assertEqual(self.document(move).state, "sent")
        self.assertFalse(move.quickbooks_asked or move.quickbooks_sending)
        self.assertTrue(move.sending_data, "Odoo's job sends it now")

    def test_many_are_confirmed_at_once_with_a_progress_bar(self):
        moves = self.env["account.move"].union(*(self.invoice() for _n in range(31)))
        self.tour("quickbooks_link_document_many", "/odoo/customer-invoices")
        states = {self.document(move).state for move in moves}
        self.assertEqual(states, {"sent"})

    def test_cancelled_here_it_is_voided_there(self):
        move = self.post(self.invoice())
        self.tour("quickbooks_link_document_cancel", self.path(move))
        self.assertEqual(move.state, "cancel")
        self.assertEqual(self.document(move).state, "voided")
        [record] = self.held_by_quickbooks(move)
        self.assertEqual(record["TotalAmt"], 0)
