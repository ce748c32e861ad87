"""The part of the story that proves that both books agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .webclient import DIALOG

if TYPE_CHECKING:
    from .story import Story

RECONCILIATION = "quickbooks.reconciliation"
REASON = "from before Odoo"
OUTCOME = ".o_form_view [name=agrees]:visible, .o_form_view [name=differs]:visible"


def prove(story: Story) -> None:
    """Preview a sync, then hold both books against each other until they agree.

    It begins at the company's tab.
    """
    with story.steps.step("Preview a Full Sync: nothing may be written") as step:
        before = story.odoo.mirrors(story.quickbooks.realm_id)
        story.client.page.click("button[aria-label='Preview: Full Sync']")
        story.client.page.wait_for_selector(f"{DIALOG}[data-state=done]")
        story.client.close_dialog()
        same = story.odoo.mirrors(story.quickbooks.realm_id) == before
        step.expect(same, "the preview has written something")
    with story.steps.step("Reconcile both books, in this year") as step:
        _open_new(story)
        step.tell(_reconcile(story))
        story.moment("reconciled", story.client)
    with story.steps.step("Ignore what QuickBooks has from before Odoo") as step:
        _show_findings(story)
        step.tell(f"{_ignore_history(story)} documents")
    with story.steps.step("Reconcile again: nothing may differ") as step:
        said = _reconcile(story)
        step.tell(said)
        step.expect("Both books agree" in said, "the books differ")
        story.moment("agreed", story.client)


def _open_new(story: Story) -> None:
    """Go to Invoicing › Accounting › QuickBooks › QuickBooks Reconciliation, New."""
    page = story.client.page
    story.client.open_app("Invoicing")
    page.click("button[data-menu-xmlid='quickbooks_link.menu_quickbooks']")
    page.click(".o-dropdown--menu .dropdown-item:has-text('QuickBooks Reconciliation')")
    page.click(".o_list_button_add")
    page.wait_for_selector("button[name=action_start]:visible")


def _reconcile(story: Story) -> str:
    """Press Reconcile and wait; return what the form says of the outcome."""
    page = story.client.page
    page.click("button[name=action_start]:visible")
    page.wait_for_selector(".o_quickbooks_reconciliation")
    page.wait_for_selector(".o_quickbooks_reconciliation", state="detached")
    page.wait_for_selector(OUTCOME)
    return " ".join(page.locator(OUTCOME).first.inner_text().split())


def _show_findings(story: Story) -> None:
    page = story.client.page
    page.click("button[name=action_findings]")
    page.wait_for_selector(".o_list_view .o_data_row")
    story.moment("findings", story.client)


def _ignore_history(story: Story) -> int:
    """Ignore every finding of the newest reconciliation, and reload the form."""
    odoo = story.odoo
    [run] = odoo.call(RECONCILIATION, "search", [], limit=1)
    lines = odoo.call(f"{RECONCILIATION}.line", "search", [["done", "=", False]])
    values = {"line_ids": [[6, 0, lines]], "reason": REASON}
    [wizard] = odoo.call(f"{RECONCILIATION}.ignore", "create", [values])
    odoo.call(f"{RECONCILIATION}.ignore", "action_ignore", [wizard])
    story.client.page.goto(f"{story.client.url}/odoo/quickbooks-reconciliation/{run}")
    story.client.page.wait_for_selector("button[name=action_start]:visible")
    return len(lines)
