"""Takes the pictures in docs/images while the story plays (script/screenshots)."""

import contextlib
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator

from devtools.paths import ADDON, ROOT

from .companies import COMPANIES
from .ground import prepared
from .steps import Steps
from .story import play
from .webclient import HEIGHT, TAB, WIDTH, WebClient, chromium

IMAGES = ROOT / "docs/images"
# The addon's own page, in Apps, and the pictures it shows.
SHOP = ADDON / "static/description"
ADVERTISED = (
    "dashboard",
    "invoice-in-quickbooks",
    "mapping-assistant",
    "quickbooks-payments",
    "reconciliation",
)
MOST_BYTES = 200_000
COLOURS = 256
MARGIN = 24
# Rows of the list in the picture.
ROWS = 16
# What is said above the readiness check, in pixels.
READINESS_ABOVE = 42
# A window that shows the longest form whole.
TALL = 3000
# Milliseconds in which what moves comes to rest.
SETTLING = 500


class Photographer:
    """Takes a picture at each moment of the story that is worth one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, moment: str, client: WebClient) -> None:
        """Take what belongs to ``moment``; nothing belongs to some."""
        take = self._takes().get(moment)
        if take:
            take(client)

    def _takes(self) -> dict[str, Callable[[WebClient], None]]:
        """Return what takes the picture of each moment."""
        return {
            "consent": self._consent_page,
            "synced": self._progress,
            "tab": self._company_tab,
            "contact": self._sheet("contact"),
            "product": self._sheet("product"),
            "tax": self._sheet("tax"),
            "checks": self._invoice("invoice-checks"),
            "preview": self._preview,
            "invoice": self._invoice("invoice-in-quickbooks"),
            "paid": self._invoice("invoice-paid"),
            "changed": self._invoice("invoice-changed"),
            "differs": self._invoice("invoice-differs"),
            "payments": self._rows("quickbooks-payments"),
            "documents": self._rows("quickbooks-documents"),
            "reconciled": self._reconciliation,
            "findings": self._findings,
            "assistant": self._assistant,
            "readiness": self._readiness,
            "end": self._end,
        }

    def _consent_page(self, client: WebClient) -> None:
        self._keep(client, "consent-page", client.page.locator("footer"))

    def _progress(self, client: WebClient) -> None:
        self._keep(client, "sync-progress", client.page.locator(".modal-content"))

    def _company_tab(self, client: WebClient) -> None:
        client.page.wait_for_selector(f"{TAB}.active")
        with _tall_window(client):
            cards = client.page.locator("[name=quickbooks_sync]")
            self._keep(client, "company-tab", cards)

    def _invoice(self, name: str) -> Callable[[WebClient], None]:
        def take(client: WebClient) -> None:
            client.page.wait_for_selector(".o_form_view [name=state]")
            lines = client.page.locator("[name=invoice_line_ids] .o_data_row").last
            self._keep(client, name, lines)

        return take

    def _preview(self, client: WebClient) -> None:
        self._keep(client, "invoice-preview", client.page.locator(".modal-content"))

    def _sheet(self, name: str) -> Callable[[WebClient], None]:
        def take(client: WebClient) -> None:
            with _tall_window(client):
                self._keep(client, name, client.page.locator(".o_form_sheet"))

        return take

    def _rows(self, name: str) -> Callable[[WebClient], None]:
        def take(client: WebClient) -> None:
            row = client.page.locator(".o_list_view .o_data_row").last
            self._keep(client, name, row)

        return take

    def _reconciliation(self, client: WebClient) -> None:
        sheet = client.page.locator(".o_quickbooks_reconciliation_summary")
        self._keep(client, "reconciliation", sheet)

    def _findings(self, client: WebClient) -> None:
        row = client.page.locator(".o_list_view .o_data_row").nth(ROWS - 1)
        self._keep(client, "reconciliation-findings", row, margin=0)

    def _assistant(self, client: WebClient) -> None:
        row = client.page.locator(".o_list_view .o_data_row").nth(ROWS - 4)
        self._keep(client, "mapping-assistant", row, margin=0)

    def _readiness(self, client: WebClient) -> None:
        with _tall_window(client):
            list_ = client.page.locator(".o_quickbooks_readiness")
            top = max(0, list_.bounding_box()["y"] - READINESS_ABOVE)
            self._keep(client, "readiness-check", list_, top=top)

    def _end(self, client: WebClient) -> None:
        self._app_keys(client)
        self._dashboard_and_customers(client)

    def _app_keys(self, client: WebClient) -> None:
        client.page.goto(f"{client.url}/odoo/settings")
        keys = client.page.locator("#quickbooks_link")
        with _tall_window(client):
            keys.wait_for()
            top = max(0, keys.bounding_box()["y"] - MARGIN)
            self._keep(client, "app-keys", keys, top=top)

    def _dashboard_and_customers(self, client: WebClient) -> None:
        client.page.goto(f"{client.url}/odoo/quickbooks")
        card = client.page.locator(".o_quickbooks_health").last
        self._keep(client, "dashboard", card)
        self._customers(client)

    def _customers(self, client: WebClient) -> None:
        page = client.page
        client.open_app("Invoicing")
        page.click("button[data-menu-xmlid='quickbooks_link.menu_quickbooks']")
        page.click(".o-dropdown--menu .dropdown-item:has-text('QuickBooks Customers')")
        row = page.locator(".o_list_view .o_data_row").nth(ROWS - 1)
        self._keep(client, "quickbooks-customers", row, margin=0)

    def _keep(
        self,
        client: WebClient,
        name: str,
        last: Locator,
        margin: int = MARGIN,
        top: float = 0,
    ) -> None:
        """Take the window from ``top`` to the end of ``last``."""
        last.wait_for()
        # Where the pointer rests, something would be highlighted.
        client.page.mouse.move(0, 0)
        client.page.wait_for_timeout(SETTLING)
        box = last.bounding_box()
        window = client.page.viewport_size["height"]
        bottom = min(box["y"] + box["height"] + margin, window)
        clip = {"x": 0, "y": top, "width": WIDTH, "height": bottom - top}
        path = self.folder / f"{name}.png"
        client.page.screenshot(path=path, clip=clip, animations="disabled")
        _shrink(path)


@contextlib.contextmanager
def _tall_window(client: WebClient) -> Iterator[None]:
    """Show all of a long form for the time of the context."""
    client.page.set_viewport_size({"width": WIDTH, "height": TALL})
    yield
    client.page.set_viewport_size({"width": WIDTH, "height": HEIGHT})


def _shrink(path: Path) -> None:
    """Store the picture in few colours; leave if it is large all the same."""
    with Image.open(path) as image:
        small = image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(path, optimize=True)
    size = path.stat().st_size
    print(f"    picture {path.relative_to(ROOT)}, {size // 1000} kB")
    if size > MOST_BYTES:
        raise SystemExit(f"error: {path} is larger than {MOST_BYTES // 1000} kB")


def main() -> int:
    """Play the story once and take the pictures; return the exit code."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    chromium()
    IMAGES.mkdir(parents=True, exist_ok=True)
    steps = Steps()
    with prepared(COMPANIES["uk"], fixed_ports=False) as ground:
        good = play(ground, steps, Photographer(IMAGES))
    if good:
        advertise()
    print(steps.sums())
    return 0 if good else 1


def advertise() -> None:
    """Give the addon's own page the pictures it shows."""
    for name in ADVERTISED:
        target = SHOP / f"{name.replace('-', '_')}.png"
        shutil.copyfile(IMAGES / f"{name}.png", target)


if __name__ == "__main__":
    sys.exit(main())
