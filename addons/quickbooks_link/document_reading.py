"""An Odoo invoice or credit note as the Document that QuickBooks is to hold."""

from dataclasses import dataclass, replace
from decimal import Decimal

from odoo.tools import float_repr, html2plaintext

from .contact_details import read_address
from .qbo import documents, payment_terms
from .qbo.amounts import ZERO
from .qbo.exactjson import to_decimal
from .qbo.taxes import UnknownTaxRateError

KINDS = {"out_invoice": "invoice", "out_refund": "creditmemo"}
# What is read of a document, and of its lines.
MOVE_FIELDS = (
    "move_type",
    "state",
    "name",
    "company_id",
    "currency_id",
    "partner_id",
    "commercial_partner_id",
    "partner_shipping_id",
    "date",
    "invoice_date",
    "invoice_date_due",
    "invoice_payment_term_id",
    "invoice_currency_rate",
    "delivery_date",
    "ref",
    "narration",
    "amount_total",
)
LINE_FIELDS = (
    "move_id",
    "company_id",
    "sequence",
    "display_type",
    "name",
    "product_id",
    "quantity",
    "price_unit",
    "discount",
    "amount_currency",
    "tax_ids",
    "tax_line_id",
)
PARTNER_FIELDS = (
    "name",
    "email",
    "email_normalized",
    "street",
    "street2",
    "city",
    "zip",
    "state_id",
    "country_id",
    "commercial_partner_id",
)
COMPANY_FIELDS = (
    "currency_id",
    "account_price_include",
    "quickbooks_use_document_numbers",
    "quickbooks_include_customer_name",
    "quickbooks_tax_choice",
    "quickbooks_default_item_id",
    "quickbooks_rounding_item_id",
)
TEXT_ONLY = ("line_section", "line_subsection", "line_note")
# What QuickBooks calls the tax code of lines that no tax is about.
NO_TAX = ("no vat", "no gst", "no tax", "out of scope", "exempt")


def connection_of(company):
    """Return the connection of ``company``, as superuser."""
    # Through the field, which is read once a transaction: every line asks for it.
    return company.sudo().quickbooks_connection_ids[:1]


# === DOCUMENT === #


@dataclass(frozen=True)
class Paper:
    """What QuickBooks is sent of a document.

    :param payload: the body as JSON
    :param totals: Odoo's :class:`documents.Totals`
    :param realm_id: the QuickBooks company that it was read for
    """

    payload: str
    totals: documents.Totals
    realm_id: str


class Reader:
    """Reads documents; what several of them name is looked up once.

    It is for documents that are read one after the other in one transaction.

    :param moves: those that it is going to read, as far as they are known
    """

    def __init__(self, moves=()):
        self._moves = moves
        self._fetched = False
        self._kept = {}
        self._holders = {}

    def _once(self, key, read):
        """Return what ``read`` returned when it was first called for ``key``."""
        if key not in self._kept:
            self._kept[key] = read()
        return self._kept[key]

    def document(self, move, marker=""):
        """Return ``move`` as a :class:`documents.Document`.

        :param marker: text by which the document can be found in QuickBooks
        """
        self.prefetch(move)
        document = self._once(("document", move.id), lambda: _document(move, self))
        if not marker:
            return document
        header = replace(document.header, private_note=marker)
        return replace(document, header=header)

    def prefetch(self, move):
        """Fetch what is needed, and no more: these records have very many fields."""
        if self._fetched:
            return
        self._fetched = bool(self._moves)
        moves = (self._moves or move).sudo()
        moves.fetch(MOVE_FIELDS)
        moves.line_ids.fetch(LINE_FIELDS)
        moves.company_id.fetch(COMPANY_FIELDS)
        partners = moves.partner_id | moves.commercial_partner_id
        (partners | moves.partner_shipping_id).fetch(PARTNER_FIELDS)
        for company, alike in moves.grouped("company_id").items():
            products = alike.invoice_line_ids.product_id.with_company(company)
            products.fetch(["quickbooks_item_id", "product_tmpl_id"])
            products.product_tmpl_id.fetch(["quickbooks_item_id"])

    def connection(self, company):
        """Return :func:`connection_of` the company."""
        return self._once(("connection", company.id), lambda: connection_of(company))

    def books(self, move):
        """Return the :class:`documents.Books` that ``move`` is to stand in."""
        company, day = move.company_id.sudo(), move.invoice_date or move.date
        return self._once(("books", company.id, day), lambda: _books(company, day))

    def customer(self, move):
        """Return the QuickBooks Customer that ``move`` is for, if there is one."""
        contact, company = move.partner_id, move.company_id
        return self._once(
            ("customer", contact.id, company.id),
            lambda: contact._quickbooks_customer(company),
        )

    def address(self, partner):
        """Return the contact's :class:`documents.Address`."""
        return self._once(("address", partner.id), lambda: _address(partner))

    def item(self, product, company):
        """Return the product's QuickBooks Item, if there is one."""
        return self._once(
            ("item", product.id, company.id), lambda: product._quickbooks_item(company)
        )

    def mapped(self, tax):
        """Return the QuickBooks Tax Codes that a line with the tax gets."""
        return self._once(("mapped", tax.id), tax._quickbooks_tax_code)

    def tax_codes(self, taxes):
        """Return each tax, or part of a group, with the Id of its tax code, if any."""
        return self._once(("codes", taxes._ids), lambda: dict(tax_codes(taxes)))

    def included(self, taxes):
        """Return whether prices with these taxes include one of them."""
        return self._once(
            ("included", taxes._ids),
            lambda: any(tax.price_include for tax in self.tax_codes(taxes)),
        )

    def holders(self, move, number):
        """Return our documents that have the number of ``move`` in QuickBooks."""
        key = move.company_id.id, KINDS[move.move_type]
        known = self._holders.setdefault(key, {})
        if number not in known:
            alike = [one for one in self._moves if one.move_type == move.move_type]
            numbers = {documents.doc_number(one.name or "") for one in alike} | {number}
            found = move.env["quickbooks.document"].sudo()._with_numbers(*key, numbers)
            known.update(dict.fromkeys(numbers, found.browse()))
            known.update(found.grouped("doc_number"))
        return known[number]


def read_document(move, marker=""):
    """Return a single :meth:`Reader.document`."""
    return Reader().document(move, marker)


def read_books(move):
    """Return the :meth:`Reader.books` of a single document."""
    return Reader().books(move)


def _document(move, reader):
    move = move.sudo().with_company(move.company_id)
    signed = _signed(move)
    return documents.Document(
        header=_header(move, reader),
        lines=(*_lines(move, reader, signed), *_rounding_lines(move, signed)),
        taxes=tuple(tax_amounts(move, reader)),
        total=exact(move.amount_total, move.currency_id),
    )


def _header(move, reader):
    customer = reader.customer(move)
    partner = move.partner_id
    day = move.invoice_date or move.date
    return documents.Header(
        kind=KINDS[move.move_type],
        customer_id=customer.quickbooks_id or "",
        customer_currency=customer.currency_id.name or "",
        currency=move.currency_id.name,
        exchange_rate=_home_for_one(move),
        txn_date=day,
        due_date=move.invoice_date_due or day,
        term_id=_term_id(move, day, reader),
        ship_date=move.delivery_date or None,
        doc_number=move.name or "",
        reference=move.ref or "",
        customer_memo=html2plaintext(move.narration or "").strip(),
        bill_email=_email(partner) or _email(move.commercial_partner_id),
        customer_name=move.commercial_partner_id.name or "",
        bill_address=reader.address(partner),
        ship_address=reader.address(move.partner_shipping_id or partner),
        added=move._quickbooks_added_fields(),
    )


def wanted_term(move, day):
    """Return Odoo's payment term as a :class:`Term`; None if QuickBooks has no such.

    QuickBooks' terms count days from the document's own, once.
    """
    term = move.invoice_payment_term_id
    if len(term.line_ids) > 1 or any(
        line.delay_type != "days_after" for line in term.line_ids
    ):
        return None
    days = ((move.invoice_date_due or day) - day).days
    if not term.early_discount:
        return payment_terms.Term(days)
    percent = Decimal(str(term.discount_percentage))
    return payment_terms.Term(days, percent, term.discount_days)


def _term_id(move, day, reader):
    wanted = wanted_term(move, day)
    held = reader.connection(move.company_id).terms or []
    return (
        payment_terms.same(wanted, map(payment_terms.from_json, held)) if wanted else ""
    )


def _home_for_one(move):
    """Return units of the company's currency for one of the document's."""
    rate = Decimal(str(move.invoice_currency_rate or 0))
    return 1 / rate if rate else None


def _email(partner):
    """Return the bare address; what is none is told by the checks."""
    return partner.email_normalized or partner.email or ""


def _address(partner):
    address = read_address(partner)
    lines = (address["street"], address["street2"])
    return documents.Address(
        lines=tuple(line for line in lines if line),
        city=address["city"],
        state=address["state"],
        postcode=address["postcode"],
        country=address["country"],
    )


# === LINES === #


def _lines(move, reader, signed):
    delivered = move.delivery_date
    for line in move.invoice_line_ids.sorted(lambda line: (line.sequence, line.id)):
        if line.display_type in TEXT_ONLY:
            yield documents.Line(
                kind="note", description=line.name or "", odoo_key=str(line.id)
            )
        else:
            day = _service_start(line) or delivered or None
            yield _item_line(line, reader, signed(line), day)


def _item_line(line, reader, amount, service_date):
    taxes, product = line.tax_ids, line.product_id
    item = product and reader.item(product, line.company_id)
    return documents.Line(
        description=line.name or "",
        item_id=item.quickbooks_id or "" if item else "",
        quantity=Decimal(str(line.quantity)),
        unit_price=Decimal(str(line.price_unit)),
        discount=Decimal(str(line.discount)),
        amount=amount,
        price_included=reader.included(taxes),
        tax_code_ids=tuple(reader.tax_codes(taxes).values()),
        service_date=service_date,
        odoo_key=str(line.id),
        added=line._quickbooks_added_fields(),
    )


def _service_start(line):
    """Return since when the line's service is given, where that is known."""
    # Odoo's Enterprise edition spreads income over time.
    return "deferred_start_date" in line._fields and line.deferred_start_date


def _rounding_lines(move, signed):
    """Yield cash rounding, where it is a line and no change of a tax."""
    for line in move.line_ids:
        if line.display_type == "rounding" and not line.tax_line_id:
            yield documents.Line(
                kind="rounding",
                description=line.name or "",
                amount=signed(line),
                odoo_key=str(line.id),
            )


# === TAXES === #


def tax_codes(taxes):
    """Yield each tax, or part of a group, with the Id of its tax code, if any."""
    for tax in taxes.sudo():
        code = tax._quickbooks_own_code()
        parts = tax.children_tax_ids
        if parts and code:
            for part in parts.flatten_taxes_hierarchy():
                yield part, code.quickbooks_id
        elif parts:
            yield from tax_codes(parts)
        else:
            yield tax, code.quickbooks_id or ""


def tax_amounts(move, reader=None):
    """Yield what Odoo computed of every tax, those that come to nothing too."""
    codes, bases = _taxed(move, reader or Reader())
    amounts, roundings = _computed_taxes(move)
    for tax, code in codes.items():
        yield documents.TaxAmount(
            tax_code_id=code,
            base=bases[tax],
            amount=amounts.get(tax, ZERO),
            percent=_percent(tax),
            rounding=roundings.get(tax, ZERO),
        )


def _taxed(move, reader):
    """Return the tax codes of all taxes on lines, and what each tax is taken of."""
    codes, bases, signed = {}, {}, _signed(move)
    for line in move.line_ids:
        if line.tax_ids:
            amount = signed(line)
            for tax, code in reader.tax_codes(line.tax_ids).items():
                codes.setdefault(tax, code)
                _add(bases, tax, amount)
    return codes, bases


def _computed_taxes(move):
    """Return what each tax comes to, and how much of that rounds the cash."""
    amounts, roundings, signed = {}, {}, _signed(move)
    for line in move.line_ids:
        if line.tax_line_id:
            amount = signed(line)
            _add(amounts, line.tax_line_id, amount)
            if line.display_type == "rounding":
                _add(roundings, line.tax_line_id, amount)
    return amounts, roundings


def _percent(tax):
    return Decimal(str(tax.amount)) if tax.amount_type == "percent" else None


def _add(sums, key, amount):
    sums[key] = sums.get(key, ZERO) + amount


# === FIGURES === #


def _signed(move):
    """Return what tells of a line what it adds to ``move``, in its currency."""
    sign, places = move.direction_sign, move.currency_id.decimal_places
    return lambda line: _decimal(line.amount_currency * sign, places)


def exact(value, currency):
    """Return an amount of Odoo's as ``Decimal``, with the currency's decimals."""
    return _decimal(value, currency.decimal_places)


def _decimal(value, places):
    # Adding zero makes nothing of a negative nothing.
    return Decimal(float_repr(value, places)) + 0


# === BOOKS === #


def _books(company, day):
    connection = connection_of(company)
    return documents.Books(
        country=connection.country_code or "",
        home_currency=connection.home_currency_id.name or company.currency_id.name,
        tax_model=_tax_model(connection, day),
        multicurrency=connection.multicurrency,
        closed_until=connection.book_close_date or None,
        custom_numbers=connection.custom_transaction_numbers,
        quickbooks_numbers=company.quickbooks_use_document_numbers,
        include_customer_name=company.quickbooks_include_customer_name,
        keep_tax=company._quickbooks_keeps_tax(),
        default_item_id=company.quickbooks_default_item_id.quickbooks_id or "",
        rounding_item_id=company.quickbooks_rounding_item_id.quickbooks_id or "",
    )


def _tax_model(connection, day):
    codes = _codes(connection)
    return documents.TaxModel(
        kind=connection.tax_model or "none",
        codes={code.quickbooks_id: _rates(code, day) for code in codes},
        no_tax_code_id=_no_tax_code(codes),
    )


def _codes(connection):
    mirror = connection.env["quickbooks.tax.code"].sudo()
    return mirror.search_fetch(
        [
            ("company_id", "=", connection.company_id.id),
            ("realm_id", "=", connection.realm_id),
        ],
        ["quickbooks_id", "name", "sales_rate", "sales_rate_list"],
    )


def _rates(code, day):
    """Return the rates of a tax code; none if the mirror is older than they are."""
    held = code.sales_rate_list or {}
    try:
        return documents.sales_rates(
            held.get("code") or {}, held.get("rates") or {}, day
        )
    except UnknownTaxRateError:
        return ()


def _no_tax_code(codes):
    """Return the Id of the code for lines without tax, by its usual name."""
    by_name = {(code.name or "").casefold(): code for code in codes}
    for name in NO_TAX:
        code = by_name.get(name)
        if code and not to_decimal(str(code.sales_rate)):
            return code.quickbooks_id
    return ""
