"""Records edited as a person would do it inside QuickBooks."""

from typing import Any

from qbo_simulator.control.plane import ControlError, Wish
from qbo_simulator.oauth.people import User
from qbo_simulator.schema.fields import SINGLETON
from qbo_simulator.schema.registry import ENTITIES, spelling

_PAGE = 1000


def list_records(wish: Wish) -> dict[str, Any]:
    """Return up to 1,000 records of an entity, inactive ones too."""
    start = wish.whole("start", 1, 1, 10**9)
    records = wish.simulator.engine.list(
        wish.realm_id(), _entity(wish), start=start, limit=_PAGE
    )
    return {"records": records}


def show_record(wish: Wish) -> dict[str, Any]:
    """Return one record."""
    engine = wish.simulator.engine
    return engine.read(wish.realm_id(), _entity(wish), wish.path["id"])


def create_record(wish: Wish) -> dict[str, Any]:
    """Create a record as a person."""
    realm_id, entity, body = wish.realm_id(), _entity(wish), _body(wish)
    if ENTITIES[entity].kind == SINGLETON:
        raise ControlError(f"a company has one {entity}: change {entity}/1")
    return wish.simulator.engine.create(
        realm_id, entity, body, actor=_person(wish, realm_id)
    )


def change_record(wish: Wish) -> dict[str, Any]:
    """Change the given fields of a record as a person, whatever its SyncToken."""
    realm_id, entity, engine = wish.realm_id(), _entity(wish), wish.simulator.engine
    current = engine.read(realm_id, entity, wish.path["id"])
    body = {
        "SyncToken": current.get("SyncToken"),
        **_body(wish),
        "Id": current["Id"],
        "sparse": True,
    }
    return engine.update(realm_id, entity, body, actor=_person(wish, realm_id))


def remove_record(wish: Wish) -> dict[str, Any]:
    """Remove a record for good: a transaction deleted, a name merged into another."""
    realm_id, entity = wish.realm_id(), _entity(wish)
    record_id = wish.path["id"]
    if ENTITIES[entity].kind == SINGLETON:
        raise ControlError(f"a company cannot be without {entity}")
    actor = _person(wish, realm_id)
    wish.simulator.engine.purge(realm_id, entity, record_id, actor=actor)
    return {"deleted": record_id}


MERGE_KEYS = ("realm_id", "entity", "loser", "survivor")


def merge_records(wish: Wish) -> dict[str, Any]:
    """Merge a name, item or account into another, as a person does by renaming it."""
    realm_id, entity = wish.realm_id(), _spelt(str(wish.required("entity")))
    return wish.simulator.engine.merge(
        realm_id,
        entity,
        str(wish.required("loser")),
        str(wish.required("survivor")),
        actor=_person(wish, realm_id),
    )


def _entity(wish: Wish) -> str:
    return _spelt(wish.path["entity"])


def _spelt(wanted: str) -> str:
    """Return the entity's name in Intuit's spelling."""
    entity = spelling(wanted.lower())
    if entity is None:
        raise ControlError(f"no entity {wanted}")
    return entity


def _body(wish: Wish) -> dict[str, Any]:
    body = wish.required("body")
    if not isinstance(body, dict):
        raise ControlError("body must be an object in QuickBooks' shape")
    return body


def _person(wish: Wish, realm_id: str) -> str:
    """Return the name of the person who acts: the first who may open the company."""
    return acting_person(wish.simulator.auth.people, realm_id)


def acting_person(people: Any, realm_id: str) -> str:
    """Return the name of the first user who may open the company."""
    users: list[User] = people.all()
    for user in users:
        if people.may_open(user.email, realm_id):
            return user.name
    return "Administrator"
