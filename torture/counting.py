"""Counts: is each document in QuickBooks once, does Odoo know, do the sums agree?"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from .office import Office
from .quickbooks import ENTITIES

Row = dict[str, Any]
# Three workers, the scheduler and the master keep some each, idle.
MOST_CONNECTIONS = 25
# Stands in the memo of what came from Odoo.
MARKER = re.compile(r"Odoo [0-9A-F]{12}")
# What people type in QuickBooks: Odoo sends the one, and knows nothing of the other.
MESSAGE, TRACKING = "CustomerMemo", "TrackingNum"


def problems(
    office: Office, ids: Sequence[int], typed: Mapping[int, Row] | None = None
) -> list[str]:
    """Return what is wrong with posted documents, once everything has settled.

    :param typed: what was typed in QuickBooks and is to be there now, by invoice;
        what Odoo would send itself (``MESSAGE``) is to be told as a difference
    """
    moves = {move["id"]: move for move in office.moves(ids)}
    rows = {row["move_id"][0]: row for row in office.documents(ids)}
    held = {entity: _by_marker(office, kind) for kind, entity in ENTITIES.items()}
    found = []
    for key, move in moves.items():
        records = held[ENTITIES[move["move_type"]]]
        found += _problems(move, rows.get(key), records, (typed or {}).get(key, {}))
    return found


def _by_marker(office: Office, kind: str) -> dict[str, list[Row]]:
    records: dict[str, list[Row]] = {}
    for record in office.records(kind):
        found = MARKER.search(record.get("PrivateNote") or "")
        if found:
            records.setdefault(found.group(), []).append(record)
    return records


def _problems(
    move: Row, row: Row | None, held: dict[str, list[Row]], typed: Row
) -> list[str]:
    name = f"{move['name']} ({move['id']})"
    if row is None and move["state"] == "cancel":
        # Cancelled before it was ever posted.
        return []
    if row is None:
        return [f"{name} has no row"]
    records = held.get(row["marker"], [])
    if move["state"] == "cancel":
        return [f"{name}: {found}" for found in _left_over(move, row, records)]
    if len(records) != 1:
        state = f"{row['state']}/{row['hold']}, {row['tries']} tries: {row['error']}"
        return [f"{name} is {len(records)} times in QuickBooks ({state})"]
    found = [
        *_differences(move, row, records[0]),
        *_not_as_typed(row, records[0], typed),
    ]
    return [f"{name}: {problem}" for problem in found]


def _left_over(move: Row, row: Row, records: list[Row]) -> list[str]:
    """Return what is wrong with a document that was cancelled on both sides."""
    invoice = move["move_type"] == "out_invoice"
    found = []
    if row["state"] != "voided":
        found.append(f"cancelled, and its row is {row['state']}: {row['error']}")
    if len(records) != int(invoice):
        found.append(f"cancelled, and {len(records)} times in QuickBooks")
    if any(record["TotalAmt"] for record in records):
        found.append(f"cancelled, and {records[0]['TotalAmt']} in QuickBooks")
    return found


def _differences(move: Row, row: Row, record: Row) -> list[str]:
    wanted = {
        "state": ("sent", row["state"]),
        "answer not known": (False, row["unsure"]),
        "QuickBooks' id": (record["Id"], row["quickbooks_id"]),
        "QuickBooks' number": (record["DocNumber"], row["doc_number"]),
        "name": (record["DocNumber"], move["name"]),
        "total": (record["TotalAmt"], move["amount_total"]),
        "tax": (_tax(record), move["amount_tax"]),
    }
    return _unlike(wanted)


def _not_as_typed(row: Row, record: Row, typed: Row) -> list[str]:
    """Return where a person's words are lost, or stand there and nobody is told."""
    message = typed.get(MESSAGE, "")
    held = (record.get(MESSAGE) or {}).get("value", "")
    wanted = {"message": (message, held), "differences": (False, row["differences"])}
    if message:
        told = message in (row["differences"] or "")
        wanted["differences"] = (True, told)
    if TRACKING in typed:
        wanted["tracking number"] = (typed[TRACKING], record.get(TRACKING))
    return _unlike(wanted)


def _unlike(wanted: Mapping[str, tuple[Any, Any]]) -> list[str]:
    return [
        f"{what} is {there!r} where {here!r} is right"
        for what, (here, there) in wanted.items()
        if not _same(here, there)
    ]


def _tax(record: Row) -> Decimal:
    return (record.get("TxnTaxDetail") or {}).get("TotalTax", Decimal(0))


def _same(here: Any, there: Any) -> bool:
    if isinstance(here, (Decimal, int)) and not isinstance(here, bool):
        return Decimal(str(here)) == Decimal(str(there)).quantize(Decimal("0.01"))
    return here == there


def doubles(office: Office) -> list[str]:
    """Return Odoo's documents that QuickBooks has twice, or that Odoo doesn't know."""
    found = []
    known = office.manager.ask("quickbooks.document", "search_read", [], ["marker"])
    markers = {row["marker"] for row in known}
    for kind, entity in ENTITIES.items():
        for marker, records in _by_marker(office, kind).items():
            if len(records) > 1:
                found.append(f"{entity} {marker} is {len(records)} times in QuickBooks")
            if marker not in markers:
                found.append(f"{entity} {marker} is in QuickBooks, and not in Odoo")
    return found


def unapplied(office: Office, ids: Sequence[int]) -> list[str]:
    """Return what is wrong with credit notes that make up for invoices.

    Each is applied once in QuickBooks, with its total, and Odoo knows it.
    """
    moves = [move for move in office.moves(ids) if move["reversed_entry_id"]]
    rows = {row["move_id"][0]: row for row in office.documents(ids)}
    applications = {row["credit_id"][0]: row for row in office.applications(ids)}
    payments = office.quickbooks.records("Payment", office.realm_id)
    found = []
    for move in moves:
        credit, debit = rows[move["id"]], rows[move["reversed_entry_id"][0]]
        tied = _tying(payments, credit["quickbooks_id"], debit["quickbooks_id"])
        problems = _misapplied(move, applications.get(credit["id"]), tied)
        found += [f"{move['name']}, applied: {problem}" for problem in problems]
    return found


def _tying(payments: Sequence[Row], credit_id: str, invoice_id: str) -> list[Row]:
    """Return the payments that name both, as both kinds."""
    wanted = {("CreditMemo", credit_id), ("Invoice", invoice_id)}
    return [
        payment
        for payment in payments
        if wanted
        <= {
            (linked["TxnType"], linked["TxnId"])
            for line in payment.get("Line") or ()
            for linked in line.get("LinkedTxn") or ()
        }
    ]


def _misapplied(move: Row, row: Row | None, payments: Sequence[Row]) -> list[str]:
    if row is None:
        return ["there is no row"]
    if len(payments) != 1:
        return [f"{len(payments)} times in QuickBooks ({row['state']}: {row['error']})"]
    [payment] = payments
    amounts = {line["Amount"] for line in payment["Line"]}
    return _unlike(
        {
            "state": ("sent", row["state"]),
            "answer not known": (False, row["unsure"]),
            "QuickBooks' id": (payment["Id"], row["quickbooks_id"]),
            "amount in Odoo": (move["amount_total"], row["applied"]),
            "amounts in QuickBooks": (
                [move["amount_total"]],
                sorted(map(float, amounts)),
            ),
        }
    )


def leaks(office: Office) -> list[str]:
    """Return transactions and locks that nobody ends, and syncs that are stuck."""
    with office.stand.sql() as cursor:
        cursor.execute(
            "SELECT state || ': ' || left(query, 100) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND xact_start < now() - interval '20 seconds'"
        )
        found = [f"a transaction is left open, {what}" for (what,) in cursor.fetchall()]
        found += _connections(cursor)
        cursor.execute(
            "SELECT id, state FROM quickbooks_sync_run"
            " WHERE state IN ('queued', 'running') AND NOT background"
            " AND create_date < (now() AT TIME ZONE 'UTC') - interval '1 hour'"
        )
        return found + [
            f"sync {key} is left {state}" for key, state in cursor.fetchall()
        ]


def _connections(cursor: Any) -> list[str]:
    """Return locks that outlive transactions, and more connections than Odoo keeps."""
    cursor.execute(
        "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)"
        " WHERE locktype = 'advisory' AND state = 'idle'"
    )
    found = [f"{count} advisory locks are held" for (count,) in cursor if count]
    cursor.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    )
    return found + [
        f"{count} connections are open"
        for (count,) in cursor
        if count > MOST_CONNECTIONS
    ]


def waits(office: Office) -> list[str]:
    """Return who waits for whose lock in the database just now."""
    with office.stand.sql() as cursor:
        cursor.execute(
            "SELECT left(w.query, 200), left(b.query, 200) FROM pg_stat_activity w"
            " JOIN pg_stat_activity b ON b.pid = ANY(pg_blocking_pids(w.pid))"
            " WHERE w.datname = current_database()"
        )
        return [f"{one} waits for {other}" for one, other in cursor.fetchall()]
