"""What is open: the same in both books, or somebody is told why not."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from .office import Office

# How payments stand that a person is told of, or that come by themselves.
TOLD = ("waiting", "ask", "attention")


def unequal(office: Office, ids: Sequence[int]) -> list[str]:
    """Return the documents that are open otherwise in QuickBooks, untold."""
    there = {kind: _open_there(office, kind) for kind in ("out_invoice", "out_refund")}
    found = []
    for name, key, kind, here, told, payments in _open_here(office, ids):
        balance = there[kind].get(key, Decimal(0))
        if here != balance and not told:
            found.append(
                f"{name} is open by {here}, and in QuickBooks by {balance}"
                f" (payments: {payments or 'none'})"
            )
    return found


def _open_there(office: Office, kind: str) -> dict[str, Decimal]:
    return {
        one["Id"]: Decimal(one.get("RemainingCredit", one.get("Balance", 0)))
        for one in office.records(kind)
    }


def _open_here(office: Office, ids: Sequence[int]) -> list[tuple[Any, ...]]:
    """Return each sent document with what is open, and whether a person is told."""
    with office.stand.sql() as cursor:
        cursor.execute(_QUERY, {"ids": list(ids), "told": list(TOLD)})
        return cursor.fetchall()


# A payment that is offered, or says why it waits, stands in a list for people.
_QUERY = """
    SELECT m.name, d.quickbooks_id, m.move_type, m.amount_residual,
           d.error IS NOT NULL OR d.differences IS NOT NULL
           OR EXISTS (
               SELECT FROM quickbooks_payment_allocation a
                 JOIN quickbooks_payment p ON p.id = a.payment_id
                WHERE a.document_id = d.id AND p.state = ANY(%(told)s)
                  AND p.error IS NOT NULL)
           OR EXISTS (
               SELECT FROM quickbooks_payment_request r
                WHERE r.payment_id IN (
                      SELECT mp.payment_id FROM account_move__account_payment mp
                       WHERE mp.invoice_id = m.id
                       UNION
                      SELECT q.payment_id FROM quickbooks_payment_allocation a
                        JOIN quickbooks_payment q ON q.id = a.payment_id
                       WHERE a.document_id = d.id)
                  AND (r.state = 'offered'
                       OR r.state != 'sent' AND r.error IS NOT NULL)),
           concat_ws('; ',
               (SELECT string_agg(
                           concat_ws(' ', 'in Odoo', p.amount, p.state, r.state,
                                     r.act, r.error, r.body), '; ')
                  FROM account_payment p
                  JOIN account_move__account_payment mp ON mp.payment_id = p.id
                  LEFT JOIN quickbooks_payment_request r ON r.payment_id = p.id
                 WHERE mp.invoice_id = m.id),
               (SELECT string_agg(
                           concat_ws(' ', 'there', q.amount, q.unapplied, q.status,
                                     q.state, q.hold, q.error, p.state, r.act,
                                     r.state, r.error), '; ')
                  FROM quickbooks_payment_allocation a
                  JOIN quickbooks_payment q ON q.id = a.payment_id
                  LEFT JOIN account_payment p ON p.id = q.payment_id
                  LEFT JOIN quickbooks_payment_request r ON r.payment_id = p.id
                 WHERE a.document_id = d.id))
      FROM quickbooks_document d JOIN account_move m ON m.id = d.move_id
     WHERE d.move_id = ANY(%(ids)s) AND d.state = 'sent' AND m.state = 'posted'
"""
