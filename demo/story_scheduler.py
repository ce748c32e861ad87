"""The part of the story in which nobody presses anything: the scheduled sync."""

from typing import Any

from .odooclient import Odoo
from .quickbooks import QuickBooks
from .steps import Step, Steps

ACTION = "QuickBooks: scheduled sync"
NOTE = "Asked for a call before delivery"


def play_scheduler(steps: Steps, odoo: Odoo, quickbooks: QuickBooks) -> None:
    """Let the scheduled action run: with nothing new, and with a change."""
    with steps.step(
        f"Let the scheduled action “{ACTION}” run: nothing has changed"
    ) as one:
        run = _run(one, odoo, quickbooks)
        written = run["created"] + run["updated"] + run["deactivated"]
        one.expect(written == 0, f"{written} records were written")
    with steps.step("Change a customer in QuickBooks, and let it run again") as one:
        customer = quickbooks.change_first_customer(Notes=NOTE)
        _run(one, odoo, quickbooks)
        held = odoo.call(
            "quickbooks.customer",
            "search_read",
            [["quickbooks_id", "=", customer["Id"]]],
            ["name", "notes"],
        )
        one.expect(
            [row["notes"] for row in held] == [NOTE], f"the note is not there: {held}"
        )
        one.tell(f"the note on {customer['DisplayName']} is in Odoo")


def _run(step: Step, odoo: Odoo, quickbooks: QuickBooks) -> dict[str, Any]:
    """Run the action as its button Run Manually does; return the sync it began."""
    quickbooks.calls()
    [action] = odoo.call("ir.cron", "search", [["cron_name", "=", ACTION]])
    odoo.call("ir.cron", "method_direct_trigger", [action])
    metered, run = quickbooks.metered_calls(), odoo.last_run()
    step.tell(f"metered calls: {metered}, run as {run['user_id'][1]}")
    step.expect(run["scheduled"] and run["kind"] == "changes", f"not its run: {run}")
    step.expect(run["state"] == "done", f"it is {run['state']}: {run['error']}")
    step.expect(metered == 1, f"{metered} metered calls instead of one")
    return run
