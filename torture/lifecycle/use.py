"""Uses the link as a company does. Read by ``odoo shell``, which provides ``env``.

Where the simulator is comes as JSON in the environment variable LIFECYCLE.
"""

import json
import os

from odoo.addons.quickbooks_link.company_profile import read_profile
from odoo.addons.quickbooks_link.qbo.client import QuickBooksClient

keys = json.loads(os.environ["LIFECYCLE"])
company = env.ref("base.main_company")  # noqa: F821
admin = env.ref("base.user_admin")  # noqa: F821
env = env(user=admin, context={"allowed_company_ids": company.ids})  # noqa: F821
company = company.with_env(env)


def connect():
    # By what every version of the addon has: earlier ones are tried too.
    app = env["quickbooks.app"].sudo()
    with app._transport("sandbox") as transport:
        tokens = app._oauth_client("sandbox", transport).refresh(keys["refresh_token"])
        client = QuickBooksClient(
            transport,
            keys["api_url"],
            keys["realm_id"],
            lambda force_refresh=False: tokens.access_token,
        )
        profile = read_profile(env, client, "sandbox")
    company._quickbooks_get_connection()._adopt(profile, tokens, admin)


def sync():
    run_id = company.action_quickbooks_sync_full()["params"]["run_id"]
    env.cr.commit()
    run = env["quickbooks.sync.run"].browse(run_id)
    while run.advance()["state"] in ("queued", "running"):
        pass
    # It works in transactions of its own: this one has to end to see them.
    env.cr.commit()
    env.invalidate_all()
    assert run.state == "done", run.error


def one(model, *domain):
    found = env[model].search(domain, limit=1)
    assert found, (model, domain)
    return found


def map_records():
    partner, product, tax = map_contact(), map_product(), map_tax()
    return partner, product.product_variant_id, tax


def map_contact():
    customer = one(
        "quickbooks.customer",
        ("currency_id", "=", company.currency_id.id),
        ("parent_id", "=", False),
    )
    partner = env["res.partner"].create(
        {
            "name": customer.name,
            "is_company": True,
            "email": "orders@life.example",
            "street": "1 Low Lane",
            "zip": "YO1 7HH",
            "city": "York",
        }
    )
    partner.quickbooks_customer_id = customer
    return partner


def map_product():
    item = one("quickbooks.item", ("item_type", "=", "Service"))
    product = env["product.template"].create({"name": "Life", "type": "service"})
    product.quickbooks_item_id = item
    return product


def map_tax():
    code = one("quickbooks.tax.code", ("name", "=", "20.0% S"))
    tax = one(
        "account.tax",
        ("company_id", "=", company.id),
        ("type_tax_use", "=", "sale"),
        ("amount", "=", 20),
    )
    tax.quickbooks_tax_code_id = code
    return tax


def post():
    partner = one("res.partner", ("email", "=", "orders@life.example"))
    product = one("product.product", ("name", "=", "Life"))
    line = {"product_id": product.id, "quantity": 2, "price_unit": 45}
    move = env["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": partner.id,
            "invoice_date": "2026-11-20",
            "invoice_line_ids": [(0, 0, line)],
        }
    )
    move.action_post()
    env.cr.commit()
    # What was sent then was sent in other transactions.
    env.cr.commit()
    env.invalidate_all()
    assert move.quickbooks_state == "sent", move.quickbooks_document_ids.error
    return move


def open_forms(*moves):
    for record in (company, *moves):
        view = record.get_view(view_type="form")
        record.read(list(view["models"][record._name]))


if not company.quickbooks_connection_ids:
    company.write({"quickbooks_use_sandbox": True})
    connect()
    sync()
    map_records()
    env["ir.config_parameter"].sudo().set_param("quickbooks_link.example", "1")
    env["quickbooks.app"].sudo()._set("production", "id", "secret")
invoice = post()
sync()
open_forms(invoice)
env.cr.commit()
