"""What a person does with contacts, products, taxes and invoices in the web client."""

from __future__ import annotations

from playwright.sync_api import Locator

from .webclient import WebClient

STATE = "button[name=action_quickbooks_open_document] [name=quickbooks_state]"
PREVIEW = ".modal .o_quickbooks_preview"


class Desk:
    """The bookkeeper's desk."""

    def __init__(self, client: WebClient) -> None:
        self.client, self.page = client, client.page

    # === Mapping === #

    def link_contact(self, key: int, customer: str) -> None:
        """Choose the QuickBooks Customer of a contact."""
        self._open("res.partner", key)
        self.page.click("a.nav-link[name=quickbooks_link]")
        self._choose("quickbooks_customer_id", customer)
        self._save()

    def link_product(self, key: int, item: str) -> None:
        """Choose the QuickBooks Product or Service of a product."""
        self._open("product.template", key)
        self._choose("quickbooks_item_id", item)
        self._save()

    def link_tax(self, key: int, code: str) -> None:
        """Choose the QuickBooks Tax Code of a tax."""
        self._open("account.tax", key)
        self._choose("quickbooks_tax_code_id", code)
        self._save()

    def _open(self, model: str, key: int) -> None:
        self.page.goto(f"{self.client.url}/odoo/{model}/{key}")
        self.page.wait_for_selector(".o_form_view")

    def _choose(self, field: str, text: str) -> None:
        self.page.fill(f".o_field_widget[name={field}] input", text)
        self.page.click(f".o-autocomplete--dropdown-item:has-text('{text}') >> nth=0")

    def _save(self) -> None:
        self.page.click(".o_form_button_save")
        self.page.wait_for_selector(".o_form_saved")

    # === Invoices === #

    def open_invoice(self, key: int) -> None:
        """Open an invoice or credit note."""
        self.page.goto(f"{self.client.url}/odoo/customer-invoices/{key}")
        self.page.wait_for_selector(".o_form_view [name=state]")

    def banner(self) -> str:
        """Wait for the banner over the invoice; return what it says of QuickBooks."""
        places = self.page.locator(".o_form_view [name=alerts] .alert")
        places.first.wait_for()
        return " ".join(self._text(place) for place in places.all())

    def open_preview(self) -> str:
        """Press QuickBooks Preview; return the total that QuickBooks would hold."""
        self._press("action_quickbooks_preview")
        return self._text(self.page.locator(f"{PREVIEW} [name=total]"))

    def close_preview(self) -> None:
        """Close the preview."""
        self.page.click(".modal-footer button:has-text('Close')")
        self.page.wait_for_selector(".modal", state="detached")

    def confirm(self) -> str:
        """Press Confirm; return the state that the invoice shows of QuickBooks."""
        self._press("action_post")
        return self._wait_for_state("In QuickBooks")

    def name(self) -> str:
        """Return the number that the form shows."""
        return self._text(self.page.locator(".o_form_view h1 [name=name]").first)

    def credit(self) -> None:
        """Press Credit Note, and reverse the whole invoice."""
        self._press("action_reverse")
        self.page.click(".modal button[name=refund_moves]")
        self.page.wait_for_selector(".modal", state="detached")
        self.page.wait_for_selector(
            ".o_form_view button[name=action_post]:has-text('Confirm'):visible"
        )

    def cancel_there_too(self) -> str:
        """Press Cancel, and let QuickBooks void it; return the state shown then."""
        self._press("action_quickbooks_cancel")
        self.page.click(".modal button[name=action_void]")
        self.page.wait_for_selector(".modal", state="detached")
        return self._wait_for_state("Voided")

    def open_documents(self) -> None:
        """Open the list QuickBooks Documents."""
        self.page.goto(f"{self.client.url}/odoo/quickbooks-documents")
        self.page.wait_for_selector(".o_list_view .o_data_row")

    def _press(self, name: str) -> None:
        self.page.click(f".o_statusbar_buttons button[name={name}]:visible >> nth=0")

    def _wait_for_state(self, words: str) -> str:
        place = self.page.locator(f"{STATE}:has-text('{words}')")
        return self._text(place)

    def _text(self, place: Locator) -> str:
        place.wait_for()
        return " ".join(place.inner_text().split())
