"""What a document is made of, before it is written for QuickBooks.

Amounts are ``Decimal`` in the document's currency. A credit note's amounts are
positive, as in QuickBooks; a line that lowers its document's total is negative in
both kinds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType
from typing import Literal

from .amounts import ZERO, Priced, priced
from .taxes import TaxRate

Kind = Literal["invoice", "creditmemo"]
LineKind = Literal["item", "note", "subtotal", "rounding"]
TaxKind = Literal["none", "us_automated", "us_manual", "global"]

ENTITIES: Mapping[Kind, str] = MappingProxyType(
    {"invoice": "Invoice", "creditmemo": "CreditMemo"}
)


@dataclass(frozen=True)
class Address:
    """A postal address; empty means there is nothing to tell."""

    lines: tuple[str, ...] = ()
    city: str = ""
    state: str = ""
    postcode: str = ""
    country: str = ""


@dataclass(frozen=True)
class Header:
    """What is said of a document as a whole.

    :param currency: code of the document's currency.
    :param customer_currency: code of the customer's in QuickBooks, which must be the
        document's; empty if it isn't known.
    :param exchange_rate: units of the home currency for one unit of the document's;
        needed where they differ.
    :param due_date: invoices only.
    :param term_id: Id of a Term; invoices only.
    :param ship_date: when it was or will be delivered.
    :param doc_number: Odoo's number, of any length.
    :param private_note: memo that the customer doesn't see on the document.
    :param customer_memo: message to the customer.
    :param reference: the customer's own; becomes the first line of the private note,
        which QuickBooks prints on statements.
    :param bill_email: one address, or several with commas.
    :param customer_name: the company's, for its place above the billing address.
    :param added: fields in QuickBooks' words that another addon wants to be there.
    """

    kind: Kind
    customer_id: str
    currency: str
    txn_date: date
    customer_currency: str = ""
    exchange_rate: Decimal | None = None
    due_date: date | None = None
    term_id: str = ""
    ship_date: date | None = None
    doc_number: str = ""
    private_note: str = ""
    customer_memo: str = ""
    reference: str = ""
    bill_email: str = ""
    customer_name: str = ""
    bill_address: Address = Address()
    ship_address: Address = Address()
    added: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """One line, in its place.

    :param kind: ``note`` is text only, a section too; ``subtotal`` lets QuickBooks
        write the sum of the lines before; ``rounding`` is cash rounding.
    :param unit_price: Odoo's, before the discount.
    :param discount: in percent.
    :param amount: net of discount and tax, signed, in whole cents. Of Odoo's figures
        it is the one that is booked (``amount_currency``), not ``price_subtotal``:
        only those add up to the document's untaxed amount.
    :param price_included: *unit_price* includes tax.
    :param tax_code_ids: the QuickBooks code of each of the line's taxes, an empty
        text for a tax that has none. Empty means that the line bears no tax.
    :param odoo_key: whatever tells the caller which line this is.
    :param added: fields of the line's detail that another addon wants to be there.
    """

    kind: LineKind = "item"
    description: str = ""
    item_id: str = ""
    quantity: Decimal = ZERO
    unit_price: Decimal = ZERO
    discount: Decimal = ZERO
    amount: Decimal = ZERO
    price_included: bool = False
    tax_code_ids: tuple[str, ...] = ()
    service_date: date | None = None
    odoo_key: str = ""
    added: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_text(self) -> bool:
        """Whether the line has no amount."""
        return self.kind in ("note", "subtotal")

    @cached_property
    def pricing(self) -> Priced:
        """The quantity and the unit price that come to the line's amount."""
        return priced(
            self.quantity,
            self.unit_price,
            self.amount,
            discount=self.discount,
            price_included=self.price_included,
        )


@dataclass(frozen=True)
class TaxAmount:
    """What Odoo computed of one tax on the whole document.

    :param tax_code_id: the QuickBooks code that the tax is mapped to.
    :param percent: the tax's own; tells which rate of a code with several it is.
    :param base: what it was computed on.
    :param rounding: cash rounding that *amount* contains (Odoo's "biggest tax").
    """

    tax_code_id: str
    base: Decimal
    amount: Decimal
    percent: Decimal | None = None
    rounding: Decimal = ZERO


@dataclass(frozen=True)
class Document:
    """A document with Odoo's figures. *total* includes tax."""

    header: Header
    lines: tuple[Line, ...]
    taxes: tuple[TaxAmount, ...]
    total: Decimal

    @property
    def tax(self) -> Decimal:
        """Odoo's tax on the whole document."""
        return sum((tax.amount for tax in self.taxes), ZERO)


@dataclass(frozen=True)
class TaxModel:
    """How the QuickBooks company taxes sales.

    :param kind: ``none``: it doesn't. ``us_automated``: QuickBooks finds the rates by
        the address. ``us_manual``: one code a document. ``global``: one code a line.
    :param codes: the rates of each tax code on the document's day, by Id of the code.
    :param no_tax_code_id: the code of lines without tax; ``global`` needs one, as it
        wants a code on every line.
    """

    kind: TaxKind
    codes: Mapping[str, tuple[TaxRate, ...]] = field(default_factory=dict)
    no_tax_code_id: str = ""

    @property
    def is_us(self) -> bool:
        """Whether lines are just taxable or not."""
        return self.kind in ("us_automated", "us_manual")


@dataclass(frozen=True)
class Books:
    """The QuickBooks company that the document goes to, and what is wished of it.

    :param country: two letters.
    :param currencies: codes of the currencies it uses; None if that isn't known.
    :param closed_until: its closing date: documents must be later.
    :param custom_numbers: its preference "Custom transaction numbers".
    :param quickbooks_numbers: wish: it numbers the documents.
    :param include_customer_name: wish: the name stands above the billing address.
    :param keep_tax: wish: Odoo's tax is kept, else QuickBooks' is taken.
    :param tell_discounts: wish: a line says in words how its price came about.
    :param default_item_id: item of lines that name none.
    :param rounding_item_id: item of cash rounding.
    """

    country: str
    home_currency: str
    tax_model: TaxModel
    multicurrency: bool = False
    currencies: frozenset[str] | None = None
    closed_until: date | None = None
    custom_numbers: bool = False
    quickbooks_numbers: bool = False
    include_customer_name: bool = False
    keep_tax: bool = True
    tell_discounts: bool = True
    default_item_id: str = ""
    rounding_item_id: str = ""


@dataclass(frozen=True)
class Problem:
    """Something that QuickBooks would refuse, or hold otherwise than Odoo.

    :param code: one of ``document_problems``.
    :param line: index of the line it is about, if it is about one.
    :param data: what the caller's words need: numbers, names, limits.
    :param blocks: the document can't go; else it can, and this should be told.
    """

    code: str
    line: int | None = None
    data: Mapping[str, object] = field(default_factory=dict)
    blocks: bool = True


@dataclass(frozen=True)
class Totals:
    """The figures that QuickBooks should come to."""

    total: Decimal
    tax: Decimal


@dataclass(frozen=True)
class Difference:
    """A figure that QuickBooks holds otherwise.

    :param field: ``total``, ``tax``, ``lines`` (how many), or the name of a field in
        QuickBooks' words.
    :param line: its place among the lines sent, from 1, if it is of a line.
    """

    field: str
    odoo: object
    quickbooks: object
    line: int | None = None
