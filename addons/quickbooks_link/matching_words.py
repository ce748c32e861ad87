"""The reasons of suggested matches, in words for a person."""

from odoo.tools import format_list


def describe_evidence(env, evidence):
    """Return the reasons in one line, strongest first, doubts last.

    :param evidence: pairs of kind and value, as the matching gives them
    """
    words = [_describe(env, kind, value) for kind, value in evidence]
    reasons = format_list(env, [word for word in words if word], style="unit")
    return reasons[:1].upper() + reasons[1:]


def _describe(env, kind, value):
    describe = {
        "name": _name,
        "rate": _rate,
        "rivals": _rivals,
    }.get(kind)
    if describe:
        return describe(env, value)
    return {
        "vat": env._("same VAT number"),
        "vat_end": env._("VAT number ends in %s on both sides", value),
        "email": env._("same e-mail %s", value),
        "phone": env._("same phone number"),
        "zip": env._("same postcode"),
        "sku": env._("same SKU %s", value),
        "barcode": env._("barcode is the SKU %s", value),
        "price": env._("same price"),
        "other_vat": env._("but the VAT numbers differ"),
        "other_code": env._("but the SKUs differ"),
    }.get(kind)


def _name(env, value):
    if value == "100":
        return env._("same name")
    return env._("name %s %% alike", value)


def _rate(env, value):
    rate = value.rpartition(" ")[2]
    if rate in ("taxable", "untaxed"):
        return env._("both are taxable") if rate == "taxable" else env._("both untaxed")
    return env._("same rate %s %%", rate.rstrip("0").rstrip("."))


def _rivals(env, value):
    if value == "1":
        return env._("but another one fits as well")
    return env._("but %s others fit as well", value)
