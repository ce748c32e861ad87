"""A company that trades: everything linked, and invoices that wait to be sent."""

from typing import Any

from .ground import Ground
from .syncing import pull

LINES = 5
DAY = "2026-11-20"


def link_all(ground: Ground) -> None:
    """Pull QuickBooks' lists and link a contact, a product and a tax."""
    pull(ground, "full")
    with ground.env() as env:
        make_records(env)
        customer = _one(env, "quickbooks.customer", [("currency_id.name", "=", "GBP")])
        customer.sudo()._link_to(_partner(env))
        item = _one(env, "quickbooks.item", [("item_type", "=", "Service")])
        _product(env).product_tmpl_id.quickbooks_item_id = item
        code = _one(env, "quickbooks.tax.code", [("name", "=", "20.0% S")])
        _tax(env).quickbooks_tax_code_id = code


def make_records(env: Any) -> None:
    """Create the contact and the product that the invoices are about."""
    if not _partner(env):
        env["res.partner"].create({"name": "Bench Customer", "is_company": True})
        env["product.product"].create({"name": "Bench Service", "type": "service"})


def drafts(ground: Ground, number: int) -> list[int]:
    """Create draft invoices of five lines; return their ids."""
    with ground.env() as env:
        values = _values(env)
        return env["account.move"].create([values] * number).ids


def waiting(ground: Ground, number: int) -> list[int]:
    """Create invoices that are posted by somebody who may not send them."""
    ids = drafts(ground, number)
    with ground.env() as env:
        clerk = _clerk(env)
        env["account.move"].with_user(clerk).browse(ids).action_post()
    return ids


def _values(env: Any) -> dict:
    tax, product = _tax(env), _product(env)
    lines = [
        {
            "product_id": product.id,
            "name": f"Line {number}",
            "quantity": 1 + number,
            "price_unit": 12.34 + number,
            "tax_ids": [(6, 0, tax.ids)],
        }
        for number in range(LINES)
    ]
    return {
        "move_type": "out_invoice",
        "partner_id": _partner(env).id,
        "invoice_date": DAY,
        "invoice_line_ids": [(0, 0, line) for line in lines],
    }


def _one(env: Any, model: str, domain: list) -> Any:
    return env[model].search(domain, limit=1).ensure_one()


def _partner(env: Any) -> Any:
    return env["res.partner"].search([("name", "=", "Bench Customer")], limit=1)


def _product(env: Any) -> Any:
    return env["product.product"].search([("name", "=", "Bench Service")], limit=1)


def _tax(env: Any) -> Any:
    return _one(
        env,
        "account.tax",
        [
            ("company_id", "=", env.company.id),
            ("type_tax_use", "=", "sale"),
            ("amount_type", "=", "percent"),
            ("amount", "=", 20),
        ],
    )


def _clerk(env: Any) -> Any:
    users = env["res.users"]
    clerk = users.search([("login", "=", "bench-clerk")])
    groups = [env.ref("base.group_user").id, env.ref("account.group_account_user").id]
    return clerk or users.create(
        {"name": "Clerk", "login": "bench-clerk", "group_ids": [(6, 0, groups)]}
    )
