"""Who may do what: tried for every model, field, method, menu and route of ours.

What comes of it stands in docs/access-matrix.md. The test fails where the page is out
of date, and where somebody may what nobody has allowed here. To write the page anew:
``QUICKBOOKS_LINK_WRITE_DOCS=1 script/test odoo --test-tags
/quickbooks_link:TestAccessMatrix``.
"""

import inspect
import os
from pathlib import Path

from odoo.tests import new_test_user, tagged

from ..controllers import oauth, webhooks
from .access_roles import NOTHING, Samples, Trial, own_methods, own_models
from .document_common import DocumentCase

PAGE = Path(__file__).resolve().parents[3] / "docs/access-matrix.md"
ROLES = ("public", "portal", "internal", "accountant", "ERP manager", "other company")
# Those who may nothing at all; but see ANYBODY.
STRANGERS = ("public", "portal", "internal", "other company")
OURS = ("quickbooks",)
# What ERP managers may change by hand; all else is the engine's.
MANAGER_MAY = {
    "quickbooks.background.user": "RWCD",
    "quickbooks.customer.create": "RWCD",
    "quickbooks.document.cancel": "RC",
    "quickbooks.document.preview": "RC",
    "quickbooks.document.take": "RC",
    "quickbooks.payment.route": "RW",
    "quickbooks.reconciliation": "RWCD",
    "quickbooks.reconciliation.ignore": "RWCD",
    "quickbooks.reconciliation.ignored": "RD",
    "quickbooks.send.preview": "RC",
    "quickbooks.send.preview.line": "RC",
    "quickbooks.suggestion": "RW",
}
# What accountants look at: their documents, and what lines are posted to.
ACCOUNTANT_MAY = {
    "quickbooks.application": "R",
    "quickbooks.attachment": "R",
    "quickbooks.document": "R",
    "quickbooks.document.preview": "RC",
    "quickbooks.document.cancel": "RC",
    "quickbooks.item": "R",
    "quickbooks.payment": "R",
    "quickbooks.payment.allocation": "R",
    "quickbooks.payment.request": "R",
    "quickbooks.tax.code": "R",
}


@tagged("post_install", "-at_install")
class TestAccessMatrix(DocumentCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        other = cls.new_company("Other Ltd")
        groups = "account.group_account_manager,base.group_erp_manager"
        cls.users = {
            "public": cls.env.ref("base.public_user"),
            "portal": new_test_user(cls.env, "qb_portal", groups="base.group_portal"),
            "internal": cls.new_manager("qb_internal", cls.company, groups=""),
            "accountant": cls.accountant,
            "ERP manager": cls.manager,
            "other company": cls.new_manager("qb_other", other, groups=groups),
        }

    def test_the_matrix_is_as_allowed_and_as_written(self):
        move = self.post(self.invoice())
        company = self.company.with_context(allowed_company_ids=self.company.ids)
        template = self.product.product_tmpl_id
        given = [company, self.manager, self.partner, self.product, template]
        self.samples = Samples(company.env, [*given, self.tax, move])
        self.trials = {
            role: Trial(self.env, user, company) for role, user in self.users.items()
        }
        self.unexpected = []
        with self.own_cursors():
            sections = [
                ("Models", list(self.models())),
                ("Fields", list(self.fields())),
                ("Methods", list(self.methods())),
                ("Menus", list(self.menus())),
            ]
        page = render(sections) + render_routes(self.routes())
        if os.environ.get("QUICKBOOKS_LINK_WRITE_DOCS"):
            PAGE.write_text(page)
        self.assertEqual(self.unexpected, [], "somebody may what nobody has allowed")
        if PAGE.parent.is_dir():
            self.assertEqual(PAGE.read_text(), page, "the page is out of date")

    # === What is tried === #

    def models(self):
        """Return for each model of ours who may what with a record of the company."""
        for name in own_models(self.env):
            record = self.samples.of(name)
            row = {role: t.operations(record) for role, t in self.trials.items()}
            self.expect(name, row, STRANGERS[:3], NOTHING)
            # A wizard is tried as the user's own, but by strangers as another's.
            self.expect(name, row, ["other company"], NOTHING)
            self.expect(name, row, ["accountant"], ACCOUNTANT_MAY.get(name, NOTHING))
            allowed = (MANAGER_MAY.get(name, "R"), NOTHING)
            self.expect(name, row, ["ERP manager"], *allowed)
            yield f"`{name}`", row

    def fields(self):
        """Return who may read and write our fields on Odoo's models, and those of
        ours that not everybody sees who sees the model."""
        ours = set(own_models(self.env))
        for name, model in sorted(self.env.registry.items()):
            if model._abstract:
                continue
            for field in sorted(model._fields.values(), key=lambda one: one.name):
                theirs = field.name.startswith(OURS) and name not in ours
                if not field.inherited and (theirs or (name in ours and field.groups)):
                    yield from self.field(name, field)

    def field(self, name, field):
        label = f"`{name}.{field.name}`"
        record = self.samples.of(name)
        row = {role: t.field(record, field) for role, t in self.trials.items()}
        self.expect(label, row, STRANGERS[:3], NOTHING, *self.seen_by_all(field))
        if set(row.values()) != {NOTHING} or name in own_models(self.env):
            yield label, row

    def seen_by_all(self, field):
        """Return what those may who may only see the record itself."""
        if field.groups:
            return ()
        # It says no more than the record it stands on.
        return ("R", "RW") if field.name in WITHOUT_GROUPS else ()

    def methods(self):
        """Return for whom each method of ours does more than refuse."""
        for model, method in own_methods(self.env):
            if method in NO_METHODS:
                continue
            record = self.samples.of(model)
            label = f"`{model}.{method}`"
            row = {
                role: "yes" if trial.calls(record, method) else NOTHING
                for role, trial in self.trials.items()
            }
            if label.strip("`") in ANYBODY_CALLS:
                yield label, row
                continue
            self.expect(label, row, STRANGERS[:3], NOTHING)
            if label.strip("`") not in IN_ONES_OWN_COMPANY:
                self.expect(label, row, ["other company"], NOTHING)
            accountant = "yes" if label.strip("`") in ACCOUNTANT_CALLS else NOTHING
            self.expect(label, row, ["accountant"], accountant, NOTHING)
            yield label, row

    def menus(self):
        menus = self.env["ir.model.data"].search(
            [("module", "=", "quickbooks_link"), ("model", "=", "ir.ui.menu")]
        )
        for data in menus.sorted("name"):
            menu = self.env["ir.ui.menu"].browse(data.res_id)
            row = {}
            for role, trial in self.trials.items():
                row[role] = "yes" if trial.sees(menu) else NOTHING
            self.expect(menu.complete_name, row, STRANGERS[:3], NOTHING)
            self.expect(menu.complete_name, row, ["accountant"], NOTHING)
            yield menu.complete_name, row

    def routes(self):
        """Return our routes, with what Odoo asks of whoever calls them.

        That a stranger gets nothing from them is tried in test_flow_connect and
        test_webhooks.
        """
        for module in (oauth, webhooks):
            for _name, cls in inspect.getmembers(module, inspect.isclass):
                for _method, function in inspect.getmembers(cls):
                    routing = getattr(function, "original_routing", None)
                    if routing and cls.__module__ == module.__name__:
                        yield routing

    def expect(self, label, row, roles, *allowed):
        for role in roles:
            if row[role] not in allowed:
                self.unexpected.append(f"{label}: {role} may {row[role]}")


WHO = {
    "user": "whoever is logged in, began the log-in, and is an ERP manager",
    "public": "who signs with the verifier token",
}
NO_METHODS = ()
WITHOUT_GROUPS = ()
ACCOUNTANT_CALLS = {
    "account.move.action_quickbooks_ask",
    "account.move.action_quickbooks_call_off_sending",
    "account.move.action_quickbooks_cancel",
    "account.move.action_quickbooks_keep",
    "account.move.action_quickbooks_open_document",
    "account.move.action_quickbooks_preview",
    "account.payment.action_quickbooks_open_payment",
    "quickbooks.document.action_open_invoice",
    "quickbooks.document.cancel.action_keep",
    "quickbooks.document.cancel.action_void",
    "quickbooks.payment.action_open_payment",
    "quickbooks.payment.request.action_open_payment",
}
# Actions without data: what they lead to is checked when it is opened.
ANYBODY_CALLS = {
    "quickbooks.reconciliation.action_customers",
    "quickbooks.reconciliation.action_findings",
    "quickbooks.sync.run.action_changes",
    "res.company.action_quickbooks_open",
}
# They act on the user's own company, also where the record is shared.
IN_ONES_OWN_COMPANY = {
    "quickbooks.document.action_quickbooks_history",
    "quickbooks.reconciliation.action_quickbooks_history",
    "quickbooks.sync.run.action_quickbooks_history",
    "res.company.quickbooks_dashboard",
    "res.partner.action_quickbooks_create_customer",
    "res.partner.action_quickbooks_history",
    "res.partner.action_quickbooks_keep_contact",
    "res.partner.action_quickbooks_merge_contacts",
    "res.partner.action_quickbooks_refresh",
    "res.partner.action_quickbooks_send_changes",
}


def render(sections):
    """Return the page in Markdown."""
    lines = [
        "# Who may do what",
        "",
        "Generated by `addons/quickbooks_link/tests/test_access_matrix.py`, which",
        "tries each of these as each kind of user.",
        "R: read, W: write, C: create, D: delete.",
        "“Other company” is an ERP manager and accountant of another Odoo company.",
    ]
    for title, rows in sections:
        lines += ["", f"## {title}", "", f"| | {' | '.join(ROLES)} |"]
        lines.append("| --- |" + " --- |" * len(ROLES))
        for label, row in rows:
            lines.append(f"| {label} | {' | '.join(row[role] for role in ROLES)} |")
    return "\n".join(lines) + "\n"


def render_routes(routes):
    """Return the table of routes."""
    lines = [
        "",
        "## Routes",
        "",
        "| | method | who | CSRF token |",
        "| --- |" + " --- |" * 3,
    ]
    for routing in routes:
        path, method = routing["routes"][0], ", ".join(routing["methods"])
        asks = "no" if routing.get("csrf") is False else "where one is due"
        lines.append(f"| `{path}` | {method} | {WHO[routing['auth']]} | {asks} |")
    return "\n".join(lines) + "\n"
