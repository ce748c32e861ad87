"""What keeps an invoice or credit note from going to QuickBooks, said in words.

Everything is told at once, each with a button to where it is mended.
"""

from dataclasses import dataclass, replace

from odoo.tools import format_date, format_list

from . import document_words
from .document_reading import Reader, connection_of
from .exceptions import form_of
from .groups import MANAGER
from .qbo import documents
from .qbo.document_lines import NOT_POSTED


@dataclass(frozen=True)
class Check:
    """One thing to mend, or to know.

    :param code: what it is about, for tests and for joining equal ones
    :param message: translated sentences
    :param action: action dictionary of the button, if there is one
    :param button: the button's label
    :param blocks: the document can't go before it is mended
    :param call: model, method and ids, where the button does something itself
    """

    code: str
    message: str
    action: dict | None = None
    button: str = ""
    blocks: bool = True
    call: tuple | None = None


def checks(move, reader=None):
    """Return the :class:`Check` list of ``move``: what is known without a call.

    :param reader: the :class:`Reader` of several documents
    """
    reader = reader or Reader()
    move = move.with_company(move.company_id)
    connection = reader.connection(move.company_id)
    if not connection.realm_id or connection.state == "disconnected":
        return [_with_way(move, _not_connected(move))]
    document, books = reader.document(move), reader.books(move)
    here = (
        *_inactive(move, reader),
        *_number_used(move, books, reader),
        *_closed_there(move, connection),
        *_discount_term(move, document),
    )
    found = [
        *(_with_way(move, check) for check in here),
        *(in_words(move, problem) for problem in documents.problems(document, books)),
    ]
    return _without_repetitions(found)


def sender_checks(move):
    """Return why the current user can't send ``move``; empty if they can."""
    env, company = move.env, move.company_id
    if not env.user.has_group(MANAGER):
        words = env._(
            "Only a user with ERP Manager access can send it to QuickBooks: ask one to "
            "open it and press Send to QuickBooks."
        )
        return [ask_about(move, Check("not_manager", words))]
    connection = connection_of(company)
    token = connection._token_of(env.user)
    if connection.state != "disconnected" and token.state != "active":
        words = env._("To send it, log in to QuickBooks: press Connect to QuickBooks.")
        return [Check("no_login", words, *_open_link(move))]
    return []


def _not_connected(move):
    words = move.env._("%s is not connected to QuickBooks.", move.company_id.name)
    return Check("not_connected", words, *_open_link(move))


def in_words(move, problem):
    """Return a :class:`documents.Problem` as a :class:`Check`, with its way forward."""
    action, button = _mend(move, problem)
    words = document_words.describe(move, problem)
    check = Check(problem.code, words, action, button, problem.blocks)
    return _with_way(move, check)


def _without_repetitions(found):
    return list({(check.code, check.message): check for check in found}.values())


# === WHAT ONLY ODOO KNOWS === #


def _inactive(move, reader):
    """Yield the linked records that can't be used any more in QuickBooks."""
    yield from _inactive_customer(move, reader)
    yield from _inactive_items(move, reader)
    yield from _inactive_codes(move, reader)


def _inactive_customer(move, reader):
    customer, contact = reader.customer(move), move.commercial_partner_id
    if customer and not customer.active:
        words = move.env._(
            "The QuickBooks Customer “%(customer)s” of %(contact)s is inactive in "
            "QuickBooks. Make it active there, or link another one.",
            customer=customer.display_name,
            contact=contact.display_name,
        )
        yield Check("customer_inactive", words, *_open(contact))


def _inactive_items(move, reader):
    for product in move.invoice_line_ids.product_id:
        item = reader.item(product, move.company_id)
        if item and not item.active:
            words = _not_active(item, product)
            yield Check("item_inactive", words, *_open(product))
        elif item and item.item_type in NOT_POSTED:
            yield Check("item_not_posted", _not_posted(item, product), *_open(product))


def _not_active(item, product):
    return product.env._(
        "The QuickBooks Item “%(item)s” of %(product)s is inactive in QuickBooks. "
        "Choose an active one.",
        item=item.display_name,
        product=product.display_name,
    )


def _not_posted(item, product):
    return product.env._(
        "The QuickBooks Item “%(item)s” of %(product)s is a category or a bundle, and "
        "lines can't be posted to it. Choose one of its items.",
        item=item.display_name,
        product=product.display_name,
    )


def _inactive_codes(move, reader):
    for tax in move.invoice_line_ids.tax_ids:
        codes = reader.mapped(tax)
        if not all(codes.mapped("active")):
            words = move.env._(
                "The QuickBooks Tax Code “%(code)s” of the tax %(tax)s is inactive in "
                "QuickBooks. Choose an active one.",
                code=format_list(move.env, codes.mapped("display_name")),
                tax=tax.display_name,
            )
            yield Check("tax_code_inactive", words, *_open(tax))


def _number_used(move, books, reader):
    """Yield it if another of our documents has the number in QuickBooks."""
    number = "" if books.quickbooks_numbers else documents.doc_number(move.name or "")
    holders = number and reader.holders(move, number)
    other = holders and holders.filtered(lambda one: one.move_id != move)[:1]
    if other:
        words = move.env._(
            "The number %(number)s is already used in QuickBooks, by %(other)s.",
            number=number,
            other=other.move_id.display_name,
        )
        yield Check("number_used", words, *_open(other.move_id))


def _closed_there(move, connection):
    """Yield it if QuickBooks holds the document in a period that is closed there."""
    closed = connection.book_close_date
    # Only then it is looked up.
    document = closed and move.sudo().quickbooks_document_ids
    held = document and document._is_there() and document._held_day()
    if held and held <= closed and not document._is_as_sent():
        words = move.env._(
            "QuickBooks holds it with the date %(day)s, and its books are closed "
            "until %(closed)s: it can't be changed there. Move the closing date in "
            "QuickBooks and press Test Connection, or put it back to what it was and "
            "correct it by a credit note.",
            day=format_date(move.env, held),
            closed=format_date(move.env, closed),
        )
        yield Check("closed_there", words, *_open_link(move))


def _discount_term(move, document):
    """Yield it if QuickBooks has no term with the discount for early payment."""
    term = move.invoice_payment_term_id
    header = document.header
    if header.kind == "invoice" and term.early_discount and not header.term_id:
        words = move.env._(
            "QuickBooks has no term like %(term)s, with %(percent)s%% less within "
            "%(days)s days. It will hold the due date alone; add such a term there and "
            "press Test Connection.",
            term=term.display_name,
            percent=f"{term.discount_percentage:g}",
            days=term.discount_days,
        )
        yield Check("discount_term", words, blocks=False)


# === BUTTONS === #


def _open(record):
    return form_of(record), record.env._("Open %s", record.display_name)


def _open_link(move):
    button = move.env._("Open Junari QuickBooks Link")
    if not _is_manager(move):
        return None, ""
    return move.company_id.action_quickbooks_open(), button


def _is_manager(move):
    return move.env.user.has_group(MANAGER)


def _with_way(move, check):
    """Return ``check`` with a way forward for this person, if it has none yet."""
    if check.action or not check.blocks:
        return check
    if check.code in document_words.OF_DOCUMENT:
        return _reset(move, check)
    return check if _is_manager(move) else ask_about(move, check)


def _reset(move, check):
    """Let it be mended on the document itself; a draft is that already."""
    resets = move.show_reset_to_draft_button and move.state == "posted"
    if not (resets and move.env.user.has_group("account.group_account_invoice")):
        return check
    button = move.env._("Reset to Draft")
    return replace(check, button=button, call=(move._name, "button_draft", move.ids))


def ask_about(move, check):
    """Let somebody be asked who may do it; tell who was, once that is done."""
    asked = move._quickbooks_words_of_asking()
    if asked:
        return replace(check, message=f"{check.message} {asked}")
    button, method = move.env._("Ask an ERP Manager"), "action_quickbooks_ask"
    return replace(check, button=button, call=(move._name, method, move.ids))


def _taxes_of_code(move, problem):
    """Return the document's taxes that have the tax code of a problem."""
    code = problem.data.get("code")
    return move.invoice_line_ids.tax_ids.filtered(
        lambda tax: code in tax._quickbooks_tax_code().mapped("quickbooks_id")
    )


def _mend(move, problem):
    """Return the action and the button of what a problem is about."""
    if problem.code in document_words.OF_DAY and move.state == "posted":
        return None, ""
    if problem.code in document_words.OF_LINK_OF_CONTACT and not _is_manager(move):
        return None, ""
    if problem.code in document_words.OF_CONTACT:
        return _open(move.partner_id)
    if problem.code in document_words.OF_LINK:
        return _open_link(move)
    if problem.code in document_words.OF_JOURNAL:
        return _open(move.journal_id)
    if problem.code in document_words.OF_CURRENCY:
        return _open(move.currency_id)
    return _mend_line(move, problem)


def _mend_line(move, problem):
    line = document_words.line_of(move, problem)
    if problem.code in document_words.OF_PRODUCT:
        return _open(line.product_id) if line.product_id else _open_link(move)
    if problem.code in document_words.OF_TAX:
        taxes = line.tax_ids or _taxes_of_code(move, problem)
        unmapped = taxes._quickbooks_unmapped() or taxes
        if unmapped:
            return _open(unmapped[0])
    return None, ""
