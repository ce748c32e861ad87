"""What a person does in Odoo's web client and on QuickBooks' consent page."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, Page, sync_playwright
from playwright.sync_api import TimeoutError as BrowserTimeout

from devtools.odoorun import BROWSERS

from .companies import Company
from .odooclient import LOGIN, PASSWORD

WIDTH, HEIGHT = 1280, 860
# Generous: a first page may wait for Odoo to load, on a machine with much to do.
PATIENCE = 90_000
SOON = 3_000
TAB = "a.nav-link[name=quickbooks_link]"
DIALOG = ".modal .o_quickbooks_sync"


def chromium() -> str:
    """Return the path of the system's Chromium; leave if there is none."""
    for name in BROWSERS:
        if path := shutil.which(name):
            return path
    raise SystemExit(
        "error: there is no Chromium, which the story is played in: run script/setup"
        " as root, or install it (on Debian: apt-get install chromium)"
    )


@contextlib.contextmanager
def browser_page(company: Company) -> Iterator[Page]:
    """Yield a page of a new browser, for the time of the context."""
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=arguments)
        context = browser.new_context(
            viewport={"width": WIDTH, "height": HEIGHT},
            locale=company.language.replace("_", "-"),
            timezone_id=company.timezone,
        )
        context.set_default_timeout(PATIENCE)
        try:
            yield context.new_page()
        finally:
            context.close()
            browser.close()


@dataclass(frozen=True)
class Outcome:
    """What the progress dialog said at the end: in sum, and of each list."""

    done: bool
    summary: str
    lists: tuple[str, ...]


class WebClient:
    """A person in front of the browser."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def log_in(self) -> None:
        """Log in to Odoo."""
        self.page.goto(f"{self.url}/web/login")
        self.page.fill("input[name=login]", LOGIN)
        self.page.fill("input[name=password]", PASSWORD)
        self.page.click("form.oe_login_form button[type=submit]")
        self.page.wait_for_selector(".o_main_navbar")

    def open_company_tab(self, name: str) -> None:
        """Go to Settings › Users & Companies › Companies › the company › our tab."""
        self.open_app("Settings")
        self.page.click(".o_menu_sections button:has-text('Users & Companies')")
        self.page.click(".o-dropdown--menu .dropdown-item:text-is('Companies')")
        self.page.click(f".o_data_row td[name=name]:has-text('{name}')")
        self.page.click(TAB)
        self.page.wait_for_selector("button[name=action_quickbooks_connect]")

    def open_app(self, name: str) -> None:
        """Open an app from the menu of all apps."""
        self.page.click(".o_navbar_apps_menu button")
        self.page.click(f".o-dropdown--menu .o_app:has-text('{name}')")
        self.page.wait_for_selector(f".o_menu_brand:has-text('{name}')")

    def press_connect(self) -> None:
        """Press Connect to QuickBooks and sign in there as the first person."""
        self.page.click("button[name=action_quickbooks_connect]")
        self.page.click(".people button >> nth=0")
        self.page.wait_for_selector("button[value=connect]")

    def approve(self, company: str) -> str:
        """Choose the company on the consent page and press Connect.

        :return: what Odoo's tab says of the link then
        """
        self.page.check(f"label.company:has-text('{company}') input")
        self.page.click("button[value=connect]")
        self.page.wait_for_selector(f"{TAB}.active")
        return self._text(self.page.locator(".alert-success [name=quickbooks_status]"))

    def test_connection(self) -> str:
        """Press Test Connection and return what the notification says."""
        self.page.click("button[name=action_quickbooks_test]")
        notification = self.page.locator(".o_notification").last
        text = self._text(notification.locator(".o_notification_content"))
        # On a slow machine it may have gone by itself meanwhile.
        with contextlib.suppress(BrowserTimeout):
            notification.locator(".o_notification_close").click(timeout=SOON)
        notification.wait_for(state="detached")
        return text

    def choose_background_user(self, name: str) -> str:
        """Add a user to Run Background Sync As; return what the list says of it."""
        users = "[name=quickbooks_background_user_ids]"
        self.page.click(f"{users} .o_field_x2many_list_row_add a")
        self.page.fill(f"{users} .o_selected_row [name=user_id] input", name)
        self.page.click(f".o-autocomplete--dropdown-item:has-text('{name}') >> nth=0")
        self.page.click(".o_form_button_save")
        self.page.wait_for_selector(".o_form_saved")
        return self._text(self.page.locator(f"{users} .o_data_row").last)

    def start_full_sync(self) -> None:
        """Press Sync Now of Full Sync."""
        self.page.click("button[name=action_quickbooks_sync_full]")
        self.page.wait_for_selector(DIALOG)

    def wait_for_sync(self) -> Outcome:
        """Wait until the progress dialog tells the end, and return what it says."""
        ended = f"{DIALOG}[data-state=done], {DIALOG}[data-state=failed]"
        dialog = self.page.locator(ended)
        dialog.wait_for()
        lists = dialog.locator(".o_quickbooks_sync_line").all()
        return Outcome(
            done=dialog.get_attribute("data-state") == "done",
            summary=self._text(dialog.locator(".alert").first),
            lists=tuple(self._outcome(line) for line in lists),
        )

    def _outcome(self, line: Locator) -> str:
        name = self._text(line.locator("strong"))
        outcome = line.locator(".o_quickbooks_sync_outcome")
        return f"{name}: {self._text(outcome) if outcome.count() else 'failed'}"

    def close_dialog(self) -> None:
        """Close the progress dialog."""
        self.page.click(".modal-footer .btn-primary:has-text('Close')")
        self.page.wait_for_selector(".modal", state="detached")

    def picture(self, path: Path) -> None:
        """Keep what the browser shows."""
        self.page.screenshot(path=path)

    def _text(self, place: Locator) -> str:
        place.wait_for()
        return " ".join(place.inner_text().split())
