"""Two books that hold the same invoices: many of them, quickly.

One invoice is posted and sent by the addon. QuickBooks is asked for others like it,
and what Odoo holds of the one is copied by SQL, as a database that has grown would
hold it.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from .ground import Ground
from .trading import DAY, drafts, link_all

BATCH = 30
CUSTOMERS = 50
COPIED = ("account_move", "account_move_line", "quickbooks_document")


def fill(ground: Ground, number: int) -> list[dict]:
    """Let both books hold ``number`` open invoices; return QuickBooks' records."""
    ground.quickbooks.seed(customers=CUSTOMERS)
    link_all(ground)
    link_contacts(ground)
    model_id = _model(ground)
    records = _invoices(ground, model_id, number)
    _copy(ground, model_id, records)
    return records


def link_contacts(ground: Ground) -> None:
    """Let each of QuickBooks' customers in pounds be a contact's."""
    with ground.env() as env:
        customers = env["quickbooks.customer"].search(
            [("partner_id", "=", False), ("currency_id.name", "=", "GBP")]
        )
        contacts = env["res.partner"].create(
            [{"name": one.name, "is_company": True} for one in customers]
        )
        for customer, contact in zip(customers, contacts, strict=True):
            customer.sudo().partner_id = contact


def pay(ground: Ground, records: Iterable[dict]) -> None:
    """Let QuickBooks receive a payment of each invoice, in full."""
    bodies = [
        {
            "CustomerRef": {"value": one["CustomerRef"]["value"]},
            "CurrencyRef": {"value": "GBP"},
            "TxnDate": DAY,
            "TotalAmt": one["TotalAmt"],
            "Line": [
                {
                    "Amount": one["TotalAmt"],
                    "LinkedTxn": [{"TxnId": one["Id"], "TxnType": "Invoice"}],
                }
            ],
        }
        for one in records
    ]
    list(_created(ground, "Payment", bodies))


# === In QuickBooks === #


def _model(ground: Ground) -> int:
    """Post an invoice, which goes to QuickBooks; return its id."""
    [move_id] = drafts(ground, 1)
    with ground.env() as env:
        env["account.move"].browse(move_id).action_post()
    return move_id


def _invoices(ground: Ground, model_id: int, number: int) -> list[dict]:
    with ground.env() as env:
        document = env["account.move"].browse(model_id).quickbooks_document_ids.sudo()
        body = json.loads(document.sent_payload)
        customers = env["quickbooks.customer"].search([("partner_id", "!=", False)])
        ids = customers.mapped("quickbooks_id")
    bodies = [
        {
            **body,
            "DocNumber": f"B-{place:06}",
            "PrivateNote": f"Bench {place:06}",
            "CustomerRef": {"value": ids[place % len(ids)]},
        }
        for place in range(number)
    ]
    return list(_created(ground, "Invoice", bodies))


def _created(ground: Ground, entity: str, bodies: list[dict]) -> Iterator[dict]:
    session = ground.quickbooks.session()
    address = ground.quickbooks.address("batch")
    for start in range(0, len(bodies), BATCH):
        items = [
            {"bId": str(place), "operation": "create", entity: body}
            for place, body in enumerate(bodies[start : start + BATCH])
        ]
        answer = session.post(
            address,
            params={"minorversion": "75"},
            json={"BatchItemRequest": items},
            timeout=120,
        )
        answer.raise_for_status()
        for one in answer.json()["BatchItemResponse"]:
            yield one[entity]


# === In Odoo === #


def _copy(ground: Ground, model_id: int, records: list[dict]) -> None:
    """Make of each record an invoice like the model, with what belongs to it."""
    with ground.env() as env:
        cursor = env.cr
        _plan_copies(cursor, records)
        _copy_rows(cursor, "account_move", "model.id", model_id, MOVE)
        _copy_rows(cursor, "account_move_line", "model.move_id", model_id, LINE)
        _copy_rows(cursor, "quickbooks_document", "model.move_id", model_id, DOCUMENT)
        cursor.execute(COPY_TAXES, (model_id,))
    _analyze(ground)


def _plan_copies(cursor: Any, records: list[dict]) -> None:
    """Write down what is to become of each record, in the table ``copies``."""
    given = [
        (
            int(one["Id"]),
            one["DocNumber"],
            one["CustomerRef"]["value"],
            one["PrivateNote"],
        )
        for one in records
    ]
    cursor.execute(
        "CREATE TEMP TABLE given (id int, number text, customer text, note text)"
    )
    cursor.execute_values("INSERT INTO given VALUES %s", given)
    cursor.execute(
        "CREATE TEMP TABLE copies AS SELECT given.*, customer.partner_id,"
        " nextval('account_move_id_seq')::int AS move_id FROM given"
        " JOIN quickbooks_customer AS customer"
        "   ON customer.quickbooks_id = given.customer"
    )


COPY_TAXES = """
    INSERT INTO account_move_line_account_tax_rel
    SELECT line.id, rel.account_tax_id
      FROM copies
      JOIN account_move_line AS line ON line.move_id = copies.move_id
      JOIN account_move_line AS model
        ON model.move_id = %s
       AND model.sequence = line.sequence AND model.name = line.name
      JOIN account_move_line_account_tax_rel AS rel
        ON rel.account_move_line_id = model.id
"""
MOVE = {
    "id": "copies.move_id",
    "name": "copies.number",
    "partner_id": "copies.partner_id",
    "partner_shipping_id": "copies.partner_id",
    "commercial_partner_id": "copies.partner_id",
    "sequence_prefix": "'B-'",
    "sequence_number": "copies.move_id",
    "payment_reference": "copies.number",
    "access_token": "NULL",
}
LINE = {
    "move_id": "copies.move_id",
    "move_name": "copies.number",
    "partner_id": "copies.partner_id",
}
DOCUMENT = {
    "move_id": "copies.move_id",
    "quickbooks_id": "copies.id::text",
    "doc_number": "copies.number",
    "marker": "copies.note",
    "requestid": "'bench-' || copies.id",
    "sync_token": "'0'",
    "seen": "NULL",
}


def _copy_rows(cursor: Any, table: str, key: str, model_id: int, changed: dict) -> None:
    """Copy the rows of the model for each of the copies, other in some columns."""
    cursor.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s"
        " AND is_generated = 'NEVER'",
        (table,),
    )
    columns = [name for [name] in cursor.fetchall() if name != "id" or name in changed]
    values = ", ".join(changed.get(name, f'model."{name}"') for name in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    cursor.execute(
        f"INSERT INTO {table} ({names}) SELECT {values} FROM copies"
        f" CROSS JOIN {table} AS model WHERE {key} = %s",
        (model_id,),
    )


def _analyze(ground: Ground) -> None:
    from devtools import postgres

    with postgres.connection(ground.server, ground.database) as cursor:
        for table in COPIED:
            cursor.execute(f"VACUUM ANALYZE {table}")
