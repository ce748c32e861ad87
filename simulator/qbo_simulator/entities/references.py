"""References: do they point at something that may be used, and what is it called."""

from collections.abc import Iterator, Mapping
from typing import Any

from qbo_simulator.company import Company
from qbo_simulator.errors import INACTIVE, ServiceFault
from qbo_simulator.schema import fields as kinds
from qbo_simulator.schema.fields import Field, Struct
from qbo_simulator.schema.registry import ENTITIES

CURRENCY = "CompanyCurrency"
SPECIAL_ITEMS = {
    "SHIPPING_ITEM_ID": "Shipping",
    "GRATUITY_ITEM_ID": "Gratuity",
}

Target = tuple[str, str]
Found = tuple[Target, Field, dict[str, Any]]


def resolve(
    company: Company,
    of: Struct,
    body: Mapping[str, Any],
    old: Mapping[str, Any] | None = None,
) -> None:
    """Check every reference in a body and write its target's name into it.

    A reference that the old body had already may point at something inactive. Raises
    2500 (or 610 by switch).
    """
    before = {key for key, _, _ in _targets(of, old)} if old else set()
    for found in _targets(of, body):
        _resolve_one(company, found, before)


def _targets(of: Struct, body: Mapping[str, Any]) -> Iterator[Found]:
    for name, value in body.items():
        if name in of.referring:
            yield from _in_field(of.fields[name], value)


def _in_field(field: Field, value: Any) -> Iterator[Found]:
    if field.kind == kinds.REF:
        entity = _entity(field, value)
        if entity:
            yield (entity, value["value"]), field, value
    elif field.kind == kinds.STRUCT and field.struct is not None:
        yield from _targets(field.struct, value)
    elif field.kind == kinds.LIST and field.item is not None:
        for part in value:
            yield from _in_field(field.item, part)


def _entity(field: Field, reference: Mapping[str, Any]) -> str:
    """Return which entities may be meant; "" when the value is free text."""
    if not field.targets or field.targets == (CURRENCY,):
        return ""
    named = reference.get("type", "")
    if named and (named in field.targets or field.targets == ("*",)):
        return _known(field, named)
    return "" if field.targets == ("*",) else " ".join(field.targets)


def _known(field: Field, named: str) -> str:
    spelled = {name.lower(): name for name in ENTITIES}.get(named.lower())
    if spelled is None:
        raise ServiceFault("6050", field.name, f"Entity type {named} is not allowed")
    return spelled


def _resolve_one(company: Company, found: Found, before: set[Target]) -> None:
    (entity, value), field, reference = found
    if entity == "Item" and value in SPECIAL_ITEMS:
        reference["name"] = SPECIAL_ITEMS[value]
        return
    candidates = entity.split()
    labels = (company.label(name, value) for name in candidates)
    label = next((one for one in labels if one is not None), None)
    if label is None:
        raise missing(candidates[0], value)
    if not label.active and (entity, value) not in before:
        raise inactive(company)
    reference.pop("name", None)
    if label.name and not field.nameless:
        reference["name"] = label.name


def missing(entity: str, value: str) -> ServiceFault:
    """Return the 2500 for an id that does not exist; it names an internal table."""
    called = ENTITIES[entity].called
    shown = ascii(value)[1:-1]
    detail = f"Invalid Reference Id : {called} element id {shown} not found"
    return ServiceFault("2500", "", detail)


def inactive(company: Company) -> ServiceFault:
    """Return the fault for a new reference to something inactive."""
    code = company.switches.get("inactive_reference_code")
    words = "Object Not Found" if code == "610" else "Invalid Reference Id"
    return ServiceFault(code, detail=f"{words} : {INACTIVE}")
