"""Uninstalls the addon and works on. Read by ``odoo shell``, which provides ``env``."""

env["ir.module.module"].search(  # noqa: F821
    [("name", "=", "quickbooks_link")]
).button_immediate_uninstall()
# It replaced the registry; an environment belongs to one registry.
env.transaction.reset()  # noqa: F821
company = env.ref("base.main_company")  # noqa: F821
context = {"allowed_company_ids": company.ids}
env = env(user=env.ref("base.user_admin"), context=context)  # noqa: F821
assert "quickbooks.document" not in env

before = env["account.move"].search(
    [("move_type", "=", "out_invoice"), ("state", "=", "posted")]
)
assert before
again = before[:1].copy({"invoice_date": "2026-11-21"})
again.action_post()
assert again.state == "posted"
for record in (company.with_env(env), *before, again, again.partner_id):
    view = record.get_view(view_type="form")
    assert "quickbooks" not in view["arch"]
    record.read(list(view["models"][record._name]))
env["ir.cron"].search([]).read()
env["ir.ui.menu"].load_menus(False)
env["account.move"].search([]).read()
env.cr.commit()
