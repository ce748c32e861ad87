from lxml import etree
from odoo.tests import TransactionCase, tagged

ALWAYS = ("1", "True")
# What names itself: a title, a handle to drag, and what Odoo explains.
MAGIC = ("id", "create_uid", "create_date", "write_uid", "write_date")
NAMELESS = ("sequence", "display_name")


@tagged("post_install", "-at_install")
class TestHelp(TransactionCase):
    """Whoever rests the pointer on a label of ours reads what it is."""

    maxDiff = None

    def test_every_field_that_is_shown_has_a_help_text(self):
        missing = set()
        for view in self.views():
            arch = etree.fromstring(view.arch)
            for model, name in self.shown(arch, view.model):
                field = self.env[model]._fields.get(name)
                if field and self.is_ours(field) and not field.help:
                    missing.add(f"{model}.{name}")
        self.assertEqual(sorted(missing), [])

    def test_every_list_tells_what_to_do_when_it_is_empty(self):
        actions = self.env["ir.actions.act_window"].search([])
        data = actions.get_external_id()
        ours = actions.filtered(
            lambda one: (
                data[one.id].startswith("quickbooks_link.")
                and one.view_mode.startswith(("list", "kanban"))
            )
        )
        self.assertGreater(len(ours), 5)
        without = ours.filtered(lambda one: not one.help)
        self.assertEqual([data[one.id] for one in without], [])

    def views(self):
        data = self.env["ir.model.data"].search(
            [("module", "=", "quickbooks_link"), ("model", "=", "ir.ui.view")]
        )
        views = self.env["ir.ui.view"].browse(data.mapped("res_id"))
        return views.filtered(lambda view: view.model and view.type != "search")

    def shown(self, node, model):
        """Yield model and name of each field that ``node`` shows, and its lists."""
        for child in node:
            if child.tag != "field":
                yield from self.shown(child, model)
                continue
            name = child.get("name")
            if not self.is_hidden(child):
                yield model, name
            field = self.env[model]._fields.get(name)
            if field is not None and field.comodel_name:
                yield from self.shown(child, field.comodel_name)

    def is_hidden(self, node):
        return (
            node.get("invisible") in ALWAYS
            or node.get("column_invisible") in ALWAYS
            or node.get("name") in NAMELESS
        )

    def is_ours(self, field):
        if field.name in MAGIC:
            return False
        return field.model_name.startswith("quickbooks.") or field.name.startswith(
            "quickbooks_"
        )
