"""The torture chamber: random scenarios, one after the other, in one office."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable

from devtools import postgres

from .founding import found_branch
from .office import Office
from .scenario import Outcome, Scenario

WORKERS = 3


def play(
    office: Office,
    seeds: Iterable[int],
    tell: Callable[[Outcome], None],
    *,
    branch: Office | None = None,
    kills_database: bool = False,
) -> list[Outcome]:
    """Play a scenario for each seed; tell and return what came of them.

    :param branch: a second company, linked too; founded if there is none yet.
    """
    stand = office.stand
    if stand.workers != WORKERS:
        stand.workers = WORKERS
        stand.restart_odoo()
    if kills_database:
        _keep_what_is_committed(office)
    found = []
    _send_payments(office)
    branch = branch or found_branch(stand)
    for seed in seeds:
        outcome = Scenario(
            office, seed, branch=branch, kills_database=kills_database
        ).play()
        found.append(outcome)
        tell(outcome)
    return found


def _send_payments(office: Office) -> None:
    """Let Odoo's payments go to QuickBooks."""
    company = [office.manager.company_id]
    values = {"quickbooks_payments_out": "send"}
    office.manager.ask("res.company", "write", company, values)


def may_kill_database() -> bool:
    """Return whether the database server is ours alone."""
    return not os.environ.get("PGHOST")


def _keep_what_is_committed(office: Office) -> None:
    """Take back what our server is set to for speed: a commit then survives a kill."""
    with office.stand.sql("postgres") as cursor:
        cursor.execute(
            f'ALTER DATABASE "{office.stand.database}" SET synchronous_commit = on'
        )
    # In a database that was just copied, a sequence writes its next 32 numbers to
    # PostgreSQL's log only after a checkpoint; a kill before would hand them out again.
    with postgres.connection({**office.stand.server, "PGUSER": "postgres"}) as cursor:
        cursor.execute("CHECKPOINT")
    office.stand.restart_odoo()
