"""What Odoo knows of a contact, as QuickBooks would hold it, and what is missing."""

from dataclasses import replace

from .qbo import customers
from .qbo.customers import Contact

REQUIRED = ("name", "street", "zip", "email", "phone")
ADDRESS = ("street", "street2", "city", "state", "postcode", "country")
# Fields of a Contact and the field of res.partner that a person sees for it.
PARTNER_FIELDS = {
    "name": "name",
    "company_name": "name",
    "email": "email",
    "phone": "phone",
    "street": "street",
    "street2": "street2",
    "city": "city",
    "state": "state_id",
    "postcode": "zip",
    "country": "country_id",
    "tax_number": "vat",
    "currency": "currency_id",
}
# Where people write the code of a state in addresses, and not its name.
STATES_BY_CODE = ("US", "CA", "AU")


def invoice_address(partner):
    """Return the contact that holds ``partner``'s Invoice Address."""
    return partner.browse(partner.address_get(["invoice"])["invoice"])


def label_of(env, name):
    """Return the label that a person sees for a field of a :class:`Contact`."""
    column = PARTNER_FIELDS[name]
    label = env["res.partner"].fields_get([column], ["string"])[column]["string"]
    # The guide's word, and the one on the form.
    return env._("Postcode (%s)", label) if column == "zip" else label


def read_contact(partner, connection):
    """Return ``partner`` as a :class:`Contact`, with its Invoice Address.

    :param connection: the link it is meant for: its company decides on the terms,
        and whether there is a currency to tell
    """
    partner = partner.with_company(connection.company_id)
    address = invoice_address(partner)
    name = customers.tidy(partner.name or "")
    return Contact(
        name=name,
        company_name=customers.company_name(name) if partner.is_company else "",
        email=address.email_normalized or address.email or "",
        phone=address.phone or "",
        tax_number=partner.vat or "",
        currency=currency_of(partner, connection).name
        if connection.multicurrency
        else "",
        **read_address(address),
    )


def read_address(address):
    """Return the address fields of a :class:`Contact`."""
    country = address.country_id.with_context(lang="en_US")
    by_code = country.code in STATES_BY_CODE
    state = address.state_id
    return {
        "street": address.street or "",
        "street2": address.street2 or "",
        "city": address.city or "",
        "state": (state.code if by_code else state.name) or "",
        "postcode": address.zip or "",
        "country": country.name or "",
    }


def currency_of(partner, connection):
    """Return the currency that ``partner`` is invoiced in, by its pricelist.

    QuickBooks never changes it, so the pricelist has to be meant for this contact
    or for its country: the one that everybody gets is often left in the currency
    that Odoo was installed with.
    """
    partner = partner.with_company(connection.company_id)
    pricelist = partner.property_product_pricelist
    own = pricelist == partner.specific_property_product_pricelist
    if own or pricelist.country_group_ids:
        return pricelist.currency_id or connection.company_id.currency_id
    return connection.company_id.currency_id


def due_days(partner, company):
    """Return after how many days ``partner`` has to pay, None if it is less plain."""
    lines = partner.with_company(company).property_payment_term_id.line_ids
    if len(lines) != 1 or lines.delay_type != "days_after":
        return None
    return lines.nb_days


def shortcomings(partner, contact):
    """Return what of the Invoice Address keeps QuickBooks from taking the contact.

    :return: all of it, each as the label a person sees, with why if need be
    """
    env, address = partner.env, invoice_address(partner)
    found = [label_of(env, _key(name)) for name in REQUIRED if not _has(partner, name)]
    if address.email and not address.email_normalized:
        found.append(
            env._("%s (this is not an e-mail address)", label_of(env, "email"))
        )
    found += [
        env._("%(field)s (at most %(most)s characters)", field=label, most=most)
        for label, most in (
            (label_of(env, name), most)
            for name, most in customers.too_long(contact).items()
        )
    ]
    return found


def _key(column):
    return "postcode" if column == "zip" else column


def _has(partner, column):
    """Return whether the Invoice Address has it; its name may be the company's."""
    record = partner if column == "name" else invoice_address(partner)
    return bool((record[column] or "").strip())


# === COMPARING === #


def read_customer(customer):
    """Return a QuickBooks Customer as the :class:`Contact` that it is there."""
    return Contact(
        name=customer.name or "",
        company_name=customer.company_name or "",
        email=customer.email or "",
        phone=customer.phone or "",
        street=customer.street or "",
        street2=customer.street2 or "",
        city=customer.city or "",
        state=customer.state_name or "",
        postcode=customer.zip or "",
        country=customer.country_name or "",
    )


def differences(partner, customer, connection):
    """Return what Odoo says otherwise than QuickBooks: values of both by field.

    What is empty in Odoo doesn't count: nothing is ever emptied in QuickBooks. Nor
    does what QuickBooks hides (the tax number) or never changes (the currency).
    """
    contact = read_contact(partner, connection)
    ours = customers.held_contact(contact, connection.country_code or "")
    theirs = read_customer(customer)
    compared = ("name", "email", "phone", *ADDRESS)
    return {
        name: (getattr(ours, name), getattr(theirs, name))
        for name in compared
        if getattr(ours, name) and not _alike(name, ours, theirs, partner)
    }


def changes(partner, customer, connection):
    """Return the fields to send, so that QuickBooks says what Odoo says."""
    found = differences(partner, customer, connection)
    sent = {name: ours for name, (ours, _theirs) in found.items()}
    if set(sent) & set(ADDRESS):
        # QuickBooks replaces an address whole.
        theirs = read_customer(customer)
        whole = {name: getattr(theirs, name) for name in ADDRESS}
        sent = {**whole, **sent}
    if "name" in sent and partner.is_company:
        sent["company_name"] = customers.company_name(sent["name"])
    return customers.payload(replace(Contact(name=""), **sent))


def _alike(name, ours, theirs, partner):
    one, other = _plain(getattr(ours, name)), _plain(getattr(theirs, name))
    if one == other:
        return True
    if name == "phone":
        return _digits(one) == _digits(other)
    address = invoice_address(partner)
    if name == "state":
        return other in (_plain(address.state_id.code), _plain(address.state_id.name))
    if name == "country":
        # QuickBooks turns countries into codes of three letters by and by (Intuit's
        # post of 2025-08-13); Odoo knows those of two.
        return other == _plain(address.country_id.code) or len(other) == 3
    return False


def _plain(text):
    return " ".join((text or "").casefold().split())


def _digits(text):
    return "".join(character for character in text if character.isdigit())
