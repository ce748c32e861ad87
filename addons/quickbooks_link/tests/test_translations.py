import ast
from pathlib import Path

import polib
from babel.messages.extract import extract
from lxml import etree
from odoo.exceptions import UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools.babel.python_extractor import extract_python
from odoo.tools.translate import code_translations

from .common import QuickBooksLinkCase

ADDON = Path(__file__).parent.parent
LANGUAGES = {
    code: ADDON / "i18n" / f"{code[:2]}.po" for code in ("fr_FR", "es_ES", "de_DE")
}


def said_in(path):
    """Return the texts of a file that are given to ``env._``."""
    calls = [one for one in ast.walk(ast.parse(path.read_text())) if is_said(one)]
    return {call.args[0].value for call in calls}


def is_said(node):
    function = node.func if isinstance(node, ast.Call) else None
    return isinstance(function, ast.Attribute) and function.attr == "_"


@tagged("post_install", "-at_install")
class TestTranslations(QuickBooksLinkCase):
    """Who uses Odoo in another language meets it in this addon too."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for code in LANGUAGES:
            cls.env["res.lang"]._activate_lang(code)
        modules = cls.env["ir.module.module"]
        modules._load_module_terms(["quickbooks_link"], list(LANGUAGES), overwrite=True)
        cls.words = {
            code: {entry.msgid: entry.msgstr for entry in polib.pofile(path)}
            for code, path in LANGUAGES.items()
        }

    def in_each(self, record):
        """Return the record as ERP managers see it, each with its language's words."""
        record = self.as_manager(record)
        return [
            (record.with_context(lang=code), words)
            for code, words in self.words.items()
        ]

    def assert_called(self, terms, labels, words):
        """Assert that every term is among the labels, by its translation."""
        for term in terms:
            self.assertNotEqual(words[term], term)
            self.assertIn(words[term], labels)

    def test_nothing_but_words_for_people_is_to_be_translated(self):
        # Odoo's extractor takes some brackets after a word for that word's own.
        for path in sorted(ADDON.rglob("*.py")):
            if "tests" not in path.parts:
                with path.open("rb") as source:
                    found = extract(extract_python, source, keywords={"_": None})
                    terms = {message for _line, message, *_rest in found}
                self.assertEqual(terms, said_in(path), path.name)

    def test_the_company_tab(self):
        buttons = ("Connect to QuickBooks", "Test Connection", "Disconnect", "Sync Now")
        for company, words in self.in_each(self.company):
            arch = etree.fromstring(company.get_view(view_type="form")["arch"])
            [tab] = arch.xpath("//page[@name='quickbooks_link']")
            labels = [button.get("string") for button in tab.iter("button")]
            self.assert_called(buttons, labels, words)
            headings = [f"<strong>{one.text}</strong>" for one in tab.iter("strong")]
            self.assert_called(["<strong>Full Sync</strong>"], headings, words)

    def test_the_fields_of_the_company_tab(self):
        name = "quickbooks_use_document_numbers"
        for company, words in self.in_each(self.company):
            field = company.fields_get([name], ["string", "help"])[name]
            term = "Use QuickBooks Document Numbers"
            self.assert_called([term], [field["string"]], words)
            self.assertNotIn("Make sure that", field["help"])

    def test_the_list_of_customers_to_map(self):
        view = self.env.ref("quickbooks_link.quickbooks_suggestion_view_list_customers")
        for suggestions, words in self.in_each(self.env["quickbooks.suggestion"]):
            arch = etree.fromstring(suggestions.get_view(view.id, "list")["arch"])
            labels = [button.get("string") for button in arch.iter("button")]
            self.assert_called(("Accept", "Ignore"), labels, words)

    def test_the_menu_entry_of_the_customers(self):
        action = self.env.ref("quickbooks_link.action_quickbooks_customer")
        for code, words in self.words.items():
            name = action.with_context(lang=code).name
            self.assert_called(["QuickBooks Customers"], [name], words)

    def test_what_the_browser_says(self):
        for code, words in self.words.items():
            messages = code_translations.get_web_translations("quickbooks_link", code)
            told = {one["id"]: one["string"] for one in messages["messages"]}
            for term in ("Find Matches", "%s linked.", "Checking…"):
                self.assert_called([term], [told[term]], words)

    def test_a_message_with_a_placeholder(self):
        term = (
            "%s has no QuickBooks Customer yet. Link one, or press Create QuickBooks"
            " Customer."
        )
        contact = self.env["res.partner"].create(
            {"name": "Ada Reed", "company_id": self.company.id}
        )
        for partner, words in self.in_each(contact):
            with self.assertRaises(UserError) as caught:
                partner.action_quickbooks_refresh()
            self.assertEqual(str(caught.exception), words[term] % "Ada Reed")

    def test_a_message_with_a_named_placeholder(self):
        term = (
            "%(user)s is not an ERP manager. Only users with the group “Access Rights”"
            " can run the background sync."
        )
        clerk = new_test_user(self.env, "clerk", company_id=self.company.id)
        line = {"company_id": self.company.id, "user_id": clerk.id}
        for lines, words in self.in_each(self.env["quickbooks.background.user"]):
            with self.assertRaises(ValidationError) as caught:
                lines.sudo().create(line)
            self.assertEqual(str(caught.exception), words[term] % {"user": clerk.name})
