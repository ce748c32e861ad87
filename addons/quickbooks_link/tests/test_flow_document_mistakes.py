"""Mistakes of the program, of the server's settings and of the database, while sending.

Each is told on the document it is about, keeps no other back, and loses nothing.
"""

import logging
import os
from unittest.mock import patch

import psycopg2.errors
from odoo.tests import tagged

from ..models.quickbooks_outbox import FOLLOW_TRIES
from .document_common import DocumentCase

OUTBOX = "odoo.addons.quickbooks_link.models.quickbooks_outbox"


@tagged("post_install", "-at_install")
class TestMistakes(DocumentCase):
    def breaking(self, method, error, only=None):
        """Let a method of documents raise ``error``; only for one invoice, if given."""
        model = self.env.registry["quickbooks.document"]
        works = getattr(model, method)

        def broken(rows, *arguments):
            if only is None or rows.move_id == only:
                raise error
            return works(rows, *arguments)

        return patch.object(model, method, broken)

    def state(self, move):
        return self.document(move).state

    def test_one_that_can_not_be_prepared_keeps_no_other_back(self):
        good, bad = self.invoice(), self.invoice()
        broken = self.breaking("_prepare", KeyError("a mistake"), only=bad)
        with broken, self.assertLogs(OUTBOX, "ERROR") as log:
            self.post(good | bad)
        self.assertIn("could not be prepared", log.output[0])
        self.assertEqual((self.state(good), self.state(bad)), ("sent", "attention"))
        self.assertIn("A mistake in the program", self.document(bad).error)
        self.send(bad)
        self.assertEqual(self.state(bad), "sent", "it is tried again by hand")

    def test_one_that_fails_while_it_is_sent_is_told_and_sent_once(self):
        move = self.invoice()
        broken = self.breaking("_look_and_call", ValueError("a mistake"))
        with broken, self.assertLogs(OUTBOX, "ERROR"):
            self.post(move)
        document = self.document(move)
        self.assertEqual(document.state, "attention")
        self.assertIn("the server's log has the details", document.error)
        self.send(move)
        self.assertEqual(document.state, "sent", document.error)
        self.assertEqual(len(self.held_by_quickbooks(move)), 1)

    def test_what_the_database_gives_up_is_taken_up_by_the_scheduler(self):
        move = self.invoice()
        gone = psycopg2.errors.SerializationFailure("could not serialise")
        broken = self.breaking("_look_and_call", gone)
        with broken, self.assertLogs(OUTBOX, logging.INFO) as log:
            self.post(move)
        self.assertIn("wait: could not serialise", "".join(log.output))
        document = self.document(move)
        self.assertEqual(document.state, "sending")
        self.make_due(document)
        self.run_cron()
        self.assertEqual(document.state, "sent", document.error)
        self.assertEqual(len(self.held_by_quickbooks(move)), 1)

    def test_what_it_gives_up_while_preparing_is_no_mistake_of_the_program(self):
        moves = self.invoice() | self.invoice()
        gone = psycopg2.errors.SerializationFailure("could not serialise")
        for method in ("_prepare", "_prepare_each"):
            with (
                self.subTest(method=method),
                self.breaking(method, gone),
                self.assertLogs(OUTBOX, logging.INFO) as log,
            ):
                self.post(moves) if moves[0].state == "draft" else self.send(moves)
            self.assertIn("wait: could not serialise", "".join(log.output))
            self.assertEqual({self.state(move) for move in moves}, {"waiting"})
        self.make_due(self.document(moves[0]) | self.document(moves[1]))
        self.run_cron()
        self.assertEqual({self.state(move) for move in moves}, {"sent"})

    def test_following_that_the_database_gives_up_is_tried_again_by_the_scheduler(self):
        move = self.invoice()
        gone = psycopg2.errors.SerializationFailure("could not serialise")
        self.post(move)
        document = self.document(move)
        broken = self.breaking("_follow", gone)
        with broken, self.own_cursors(), self.assertLogs(OUTBOX, logging.INFO) as log:
            document.sudo()._follow_up()
        self.assertIn("What follows", log.output[0])
        self.assertEqual(len(log.output), FOLLOW_TRIES, "then it is the scheduler's")

    def test_missing_app_keys_are_told_and_nothing_was_called(self):
        move = self.invoice()
        token = self.connection._token_of(self.manager)
        token.access_expires_at = "2020-01-01 00:00:00"
        keys = {"QUICKBOOKS_LINK_SANDBOX_CLIENT_ID": ""}
        with patch.dict(os.environ, keys):
            self.post(move)
        document = self.document(move)
        self.assertEqual((document.state, document.hold), ("waiting", "login"))
        self.assertIn("app keys", document.error)
        self.assertFalse(document.unsure, "it never left")
        self.send(move)
        self.assertEqual(document.state, "sent", document.error)

    def test_an_open_question_to_another_company_is_not_put_to_the_linked_one(self):
        move = self.invoice()
        self.fault("drop_after", "create Invoice", times=2)
        self.post(move)
        document = self.document(move)
        self.assertTrue(document.unsure)
        document.realm_id = "4620816365000000000"
        self.make_due(document)
        self.forget_calls()
        self.run_cron()
        self.assertEqual(document.state, "attention")
        self.assertIn("another QuickBooks company", document.error)
        self.assertEqual(self.calls(), {})
