"""Takes the pictures in docs/images while the story plays (script/screenshots)."""

import signal
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator

from devtools.paths import ROOT

from .companies import COMPANIES
from .ground import prepared
from .steps import Steps
from .story import play
from .webclient import TAB, WIDTH, WebClient, chromium

IMAGES = ROOT / "docs/images"
MOST_BYTES = 200_000
COLOURS = 256
MARGIN = 24


class Photographer:
    """Takes a picture at each moment of the story that is worth one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, moment: str, client: WebClient) -> None:
        """Take what belongs to ``moment``; nothing belongs to some."""
        take = {
            "consent": self._consent_page,
            "synced": self._progress,
            "tab": self._tab_and_list,
        }.get(moment)
        if take:
            take(client)

    def _consent_page(self, client: WebClient) -> None:
        page = client.page
        bottom = _bottom(page.locator("footer"))
        self._keep(client, "consent-page", bottom)

    def _progress(self, client: WebClient) -> None:
        bottom = _bottom(client.page.locator(".modal-content"))
        self._keep(client, "sync-progress", bottom + MARGIN)

    def _tab_and_list(self, client: WebClient) -> None:
        page = client.page
        page.wait_for_selector(f"{TAB}.active")
        # Where the pointer rests, something would be highlighted.
        page.mouse.move(0, 0)
        page.wait_for_timeout(500)
        sheet = page.locator(".o_form_sheet")
        self._keep(client, "company-tab", _bottom(sheet) + MARGIN)
        client.open_app("Invoicing")
        page.click("button[data-menu-xmlid='quickbooks_link.menu_quickbooks']")
        page.click(".o-dropdown--menu .dropdown-item:has-text('QuickBooks Customers')")
        page.wait_for_selector(".o_list_view .o_data_row")
        page.mouse.move(0, 0)
        page.wait_for_timeout(500)
        self._keep(client, "quickbooks-customers", page.viewport_size["height"])

    def _keep(self, client: WebClient, name: str, bottom: float) -> None:
        """Take the window from its top to ``bottom``, in few colours to be small."""
        path = self.folder / f"{name}.png"
        clip = {"x": 0, "y": 0, "width": WIDTH, "height": bottom}
        client.page.screenshot(path=path, clip=clip, animations="disabled")
        with Image.open(path) as image:
            small = image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        small.save(path, optimize=True)
        size = path.stat().st_size
        print(f"    picture {path.relative_to(ROOT)}, {size // 1000} kB")
        if size > MOST_BYTES:
            raise SystemExit(f"error: {path} is larger than {MOST_BYTES // 1000} kB")


def _bottom(place: Locator) -> float:
    """Return where ``place`` ends, in pixels from the top of the window."""
    place.wait_for()
    box = place.bounding_box()
    return min(box["y"] + box["height"], place.page.viewport_size["height"])


def main() -> int:
    """Play the story once and take the pictures; return the exit code."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    chromium()
    IMAGES.mkdir(parents=True, exist_ok=True)
    steps = Steps()
    with prepared(COMPANIES["uk"], fixed_ports=False) as ground:
        good = play(ground, steps, Photographer(IMAGES))
    print(steps.sums())
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
