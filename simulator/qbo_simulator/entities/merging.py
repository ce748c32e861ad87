"""Merging two names, items or accounts, as a person does by renaming one to the other.

qbo-api.md 4.2: the survivor keeps all transactions; the other disappears.
"""

from qbo_simulator import jsontext
from qbo_simulator.books.balances import adjust, balance, move_stock, moved
from qbo_simulator.company import Company, Record, decimal_of
from qbo_simulator.entities.naming import label_of, reference_names
from qbo_simulator.errors import business, unsupported
from qbo_simulator.schema.registry import ENTITIES

MERGED = ("Account", "Customer", "Employee", "Item", "Vendor")


def merge(company: Company, entity: str, loser_id: str, survivor_id: str) -> Record:
    """Let one record take over everything of another; return the survivor."""
    if entity not in MERGED:
        raise unsupported("merge", entity)
    loser, survivor = company.get(entity, loser_id), company.get(entity, survivor_id)
    if loser.id == survivor.id:
        raise business("A record cannot be merged with itself.")
    own = balance(company, entity, loser.id)[0] if entity != "Item" else 0
    if own:
        adjust(company, entity, loser.id, -own)
        adjust(company, entity, survivor.id, own)
    _take_children(company, loser, survivor)
    _take_references(company, loser, survivor)
    _take_postings(company, loser, survivor)
    if entity == "Item":
        move_stock(company, survivor.id, decimal_of(loser.body.get("QtyOnHand")))
    _retire(company, company.get(entity, loser.id))
    company.changes.note_merge(entity, survivor.id, loser.id)
    return company.get(entity, survivor.id)


def _take_children(company: Company, loser: Record, survivor: Record) -> None:
    if "ParentRef" not in ENTITIES[loser.entity].fields:
        return
    children = company.search(
        loser.entity, "json_extract(body, '$.ParentRef.value') = ?", loser.id
    )
    for child in children:
        before = child.body["ParentRef"]
        child.body["ParentRef"] = {"value": survivor.id, "name": label_of(survivor)}
        name = child.body[ENTITIES[child.entity].name_field]
        above = survivor.body["FullyQualifiedName"]
        child.body["FullyQualifiedName"] = f"{above}:{name}"
        if loser.entity in ("Account", "Customer"):
            moved(company, child, before)
        fresh = company.get(child.entity, child.id)
        kept = {key: fresh.body[key] for key in _BALANCES if key in fresh.body}
        company.save(fresh, {**child.body, **kept}, raise_token=False)


_BALANCES = (
    "Balance",
    "BalanceWithJobs",
    "CurrentBalance",
    "CurrentBalanceWithSubAccounts",
)


def _take_references(company: Company, loser: Record, survivor: Record) -> None:
    """Write the survivor wherever the other stood in a record."""
    named = (
        f'{{"value":"{loser.id}","name":{_quoted(label_of(loser))}',
        f'{{"value":"{survivor.id}","name":{_quoted(label_of(survivor))}',
    )
    bare = (f'{{"value":"{loser.id}"}}', f'{{"value":"{survivor.id}"}}')
    with company.store.transaction() as db:
        for name in reference_names(loser.entity):
            for before, after in (named, bare):
                before, after = f'"{name}":{before}', f'"{name}":{after}'
                db.execute(
                    "UPDATE records SET body = replace(body, ?, ?)"
                    " WHERE realm = ? AND deleted = 0 AND instr(body, ?) > 0",
                    (before, after, company.realm_id, before),
                )
        for entity in _with_party(loser.entity):
            db.execute(
                "UPDATE records SET party = ?"
                " WHERE realm = ? AND entity = ? AND party = ?",
                (survivor.id, company.realm_id, entity, loser.id),
            )


def _quoted(text: str) -> str:
    return jsontext.dumps(text).decode()


def _with_party(entity: str) -> list[str]:
    return [
        one.name
        for one in ENTITIES.values()
        for field in one.fields.values()
        if field.column == "party" and entity in field.targets
    ]


def _take_postings(company: Company, loser: Record, survivor: Record) -> None:
    column = {"Account": "account", "Item": "item"}.get(loser.entity, "party")
    condition = f"AND party_type = '{loser.entity}'" if column == "party" else ""
    with company.store.transaction() as db:
        db.execute(
            f"UPDATE postings SET {column} = ?"
            f" WHERE realm = ? AND {column} = ? {condition}",
            (survivor.id, company.realm_id, loser.id),
        )


def _retire(company: Company, loser: Record) -> None:
    """Let the merged record go; how it is read afterwards is UNCONFIRMED."""
    if company.switches.get("merged_record") == "inactive":
        company.rules(loser.entity).store(loser, {**loser.body, "Active": False})
    else:
        company.remove(loser)
