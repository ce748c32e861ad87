"""Syncs of the addon, as the scheduler runs them."""

from typing import Any

from .ground import Ground


def pull(ground: Ground, kind: str) -> int:
    """Run one sync to its end in the background; return how many were created."""
    from odoo.addons.quickbooks_link.sync_budget import background_budget

    with ground.env() as env:
        run_id = begin(env, env.company, kind)
    state = "queued"
    while state in ("queued", "running"):
        with ground.env() as env:
            run = env["quickbooks.sync.run"].sudo().browse(run_id)
            run._work(background_budget())
            run.invalidate_recordset()
            state, created = run.state, run.created
    if state != "done":
        raise RuntimeError(f"the sync ended as {state}")
    return created


def begin(env: Any, company: Any, kind: str) -> int:
    """Write the run that the scheduler is to work on; return its id."""
    runs = env["quickbooks.sync.run"]
    runs._start(company, kind, background=True)
    return runs.search([], limit=1).id


def forget_mirror(ground: Ground, mirror: str) -> None:
    """Empty a mirror, as before the first pull."""
    from odoo.tools import SQL

    from devtools import postgres

    with ground.env() as env:
        table = SQL.identifier(f"quickbooks_{mirror}")
        env.cr.execute(SQL("DELETE FROM %s", table))
    with postgres.connection(ground.server, ground.database) as cursor:
        cursor.execute(f"VACUUM ANALYZE quickbooks_{mirror}")
