"""Which operation a write is, and its execution; single calls and batches share it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from qbo_simulator.errors import unsupported, unsupported_property
from qbo_simulator.schema.fields import INNER
from qbo_simulator.schema.registry import ENTITIES

if TYPE_CHECKING:
    from qbo_simulator.engine import Engine

OPERATIONS = ("create", "update", "delete", "void")


def operation_of(
    wish: str, options: frozenset[str], body: Mapping[str, Any], entity: str
) -> str:
    """Return the operation meant by ``operation=``, ``include=`` and the body.

    A body with an Id is an update, whatever its sender thought. Raises 500 for an
    operation nobody knows.
    """
    wish = wish.lower()
    if wish and wish not in OPERATIONS:
        raise unsupported(ascii(wish)[1:-1], entity)
    if "void" in options:
        return "void"
    if wish in ("delete", "void", "update"):
        return wish
    return "update" if _has_id(body, entity) else "create"


def _has_id(body: Mapping[str, Any], entity: str) -> bool:
    holders = [body]
    if ENTITIES[entity].identity == INNER:
        holders = [part for part in body.values() if isinstance(part, Mapping)]
    return any(holder.get("Id") not in (None, "") for holder in holders)


def perform(
    engine: "Engine",
    realm_id: str,
    entity: str,
    operation: str,
    body: Any,
    options: frozenset[str],
) -> dict[str, Any]:
    """Execute a write; return the record under its entity's name."""
    if not isinstance(body, Mapping):
        raise unsupported_property(entity)
    done = operation_of(operation, options, body, entity)
    if done == "delete":
        answer = engine.delete(realm_id, entity, body)
    elif done == "void":
        answer = engine.void(realm_id, entity, body)
    elif done == "update":
        answer = engine.update(realm_id, entity, body, options=options)
    else:
        answer = engine.create(realm_id, entity, body, options=options)
    return {ENTITIES[entity].key: answer}
