"""Payments pulled and reconciled, both books compared, and names matched.

Beside the pull: the same pages copied into a bare table (floor), and a loop that reads
pages of 100 and registers one payment after the other, as connectors commonly do
(reference; a part of the payments, scaled).
"""

from .books import fill, pay
from .ground import Ground, standing
from .measuring import Figures, measure
from .pull import copy_pages, public_client
from .report import Report
from .syncing import pull

PAYMENTS = 5_000
DOCUMENTS = 10_000
# So many the reference registers; it takes its time.
ALONE = 100
PAGE = 100
NAMES = 5_000


def main() -> None:
    """Measure, print and keep."""
    report = Report("payments", "Payments, reconciliation and matching")
    with standing() as ground:
        records = fill(ground, DOCUMENTS)
        _pulling(ground, report, records)
        _reconciling(ground, report)
    with standing() as ground:
        _matching(ground, report)
    report.keep()


# === Pulling === #


def _pulling(ground: Ground, report: Report, records: list[dict]) -> None:
    paid, others = records[:PAYMENTS], records[PAYMENTS : PAYMENTS + ALONE]
    pay(ground, paid)
    floor = measure(ground, lambda: copy_pages(ground, "Payment", where=""))
    report.add(f"{PAYMENTS:,} payments, floor: COPY", floor, PAYMENTS)
    addon = measure(ground, lambda: pull(ground, "payments"))
    report.add(f"{PAYMENTS:,} payments, addon", addon, PAYMENTS)
    # Only now: those would be twins of the others, of the same customers and amounts.
    pay(ground, others)
    reference = measure(ground, lambda: commonly(ground, others))
    report.add(f"{ALONE:,} payments, reference", reference, ALONE)
    open_there = _open(ground, paid)
    report.target("invoices left open", open_there, "0", not open_there)
    faster = reference.seconds / ALONE / (addon.seconds / PAYMENTS)
    report.target("reference / addon, a payment", faster, "≥ 1", faster >= 1)
    report.target(
        "reference / addon, statements a payment",
        *(_statements(reference, ALONE) / _statements(addon, PAYMENTS), "–"),
        met=True,
    )


def _statements(figures: Figures, number: int) -> float:
    return figures.statements / number


def _open(ground: Ground, records: list[dict]) -> int:
    """Return how many of the invoices Odoo holds for not paid in full."""
    with ground.env() as env:
        return env["account.move"].search_count(
            [
                ("name", "in", [one["DocNumber"] for one in records]),
                ("amount_residual", "!=", 0),
            ]
        )


def commonly(ground: Ground, records: list[dict]) -> int:
    """Register payments as connectors commonly do; return how many."""
    from quickbooks.objects.payment import Payment

    names = {one["Id"]: one["DocNumber"] for one in records}
    client, start, done = public_client(ground), 1, 0
    while done < len(names):
        page = Payment.all(
            order_by="Id DESC", start_position=start, max_results=PAGE, qb=client
        )
        for payment in page:
            paid = [one.TxnId for line in payment.Line for one in line.LinkedTxn]
            number = names.get(paid[0]) if paid else None
            if number:
                with ground.env() as env:
                    _register(env, number, payment)
                done += 1
        start += PAGE
    return done


def _register(env, number: str, payment) -> None:
    """Register one payment with Odoo's wizard."""
    move = env["account.move"].search([("name", "=", number)])
    context = {"active_model": "account.move", "active_ids": move.ids}
    env["account.payment.register"].with_context(**context).create(
        {
            "payment_date": payment.TxnDate,
            "amount": payment.TotalAmt,
            "communication": f"QBO{payment.Id}",
        }
    )._create_payments()


# === Reconciling === #


def _reconciling(ground: Ground, report: Report) -> None:
    figures = measure(ground, lambda: reconcile(ground))
    compared = figures.result["compared"]
    report.add(f"{DOCUMENTS:,} documents reconciled", figures, DOCUMENTS)
    report.target(
        "documents compared", compared, f"≥ {DOCUMENTS}", compared >= DOCUMENTS
    )
    report.target("seconds", figures.seconds, "< 20", figures.seconds < 20)
    metered = figures.metered
    report.target("metered calls", metered, "≤ 15", metered <= 15)


def reconcile(ground: Ground) -> dict:
    """Hold both books against each other; return how many documents were compared."""
    from odoo.addons.quickbooks_link.sync_budget import background_budget

    with ground.env() as env:
        runs = env["quickbooks.reconciliation"]
        period = {"date_from": "2015-01-01", "date_to": "2035-12-31"}
        run = runs.create({"company_id": env.company.id, **period})
        run.action_start()
    state = "queued"
    while state not in ("done", "failed"):
        with ground.env() as env:
            run = env["quickbooks.reconciliation"].sudo().browse(run.id)
            run._work(background_budget())
            run.invalidate_recordset()
            state, result = run.state, run.result
    if state != "done":
        raise RuntimeError(f"the reconciliation ended as {state}")
    return {"compared": sum(result["invoice"]["statuses"].values())}


# === Matching === #


def _matching(ground: Ground, report: Report) -> None:
    ground.quickbooks.seed(customers=NAMES)
    pull(ground, "customers")
    _write_contacts(ground)
    figures = measure(ground, lambda: match(ground))
    report.add(f"{NAMES:,} × {NAMES:,} names matched", figures, NAMES)
    found = figures.result
    least = NAMES * 9 // 10
    report.target("pairs found", found, f"≥ {least}", found >= least)


def _write_contacts(ground: Ground) -> None:
    """Let Odoo have contacts of the same names, each misspelt somewhere."""
    with ground.env() as env:
        names = env["quickbooks.customer"].search([], limit=NAMES).mapped("name")
        env["res.partner"].create(
            [
                {"name": _misspelt(name, place), "is_company": True}
                for place, name in enumerate(names)
            ]
        )


def _misspelt(name: str, place: int) -> str:
    at = 1 + place % max(1, len(name) - 8)
    return name[:at] + name[at + 1 :] if place % 2 else f"{name} Ltd"


def match(ground: Ground) -> int:
    """Let the mapping assistant look for pairs; return how many it proposes."""
    with ground.env() as env:
        company_id = env.company.id
        env["quickbooks.matching.run"].start(company_id, "customers")
    state = "running"
    while state == "running":
        with ground.env() as env:
            runs = env["quickbooks.matching.run"]
            state = runs.advance(company_id, "customers")["state"]
    with ground.env() as env:
        proposed = env["quickbooks.matching.run"].overview(company_id)
        return proposed["customers"]["proposed"]
