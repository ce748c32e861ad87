"""Rows in the order of a tree: accounts under accounts, jobs under customers."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from qbo_simulator.reports.ledger import Ledger
from qbo_simulator.reports.moves import Move
from qbo_simulator.reports.shape import Row, cell, data, moneys, section
from qbo_simulator.reports.spread import Amounts, Spread, added

NOBODY = "none"
"""What stands for no customer, class, … among the ids of a tree."""

Cells = Callable[[Sequence[int]], list[dict[str, str] | str]]


@dataclass(frozen=True)
class Node:
    """One name in a tree: what it is called alone, and what it is under."""

    id: str
    name: str
    parent: str = ""


def rows_of(
    nodes: Mapping[str, Node],
    amounts: Mapping[str, Amounts],
    closed: Callable[[Sequence[int]], Amounts],
    cells: Cells = moneys,
) -> list[Row]:
    """Return rows for all nodes with amounts, and sections for those above them."""
    wanted = _with_those_above(nodes, amounts)
    children: dict[str, list[Node]] = defaultdict(list)
    for one in nodes.values():
        if one.id in wanted:
            children[one.parent if one.parent in wanted else ""].append(one)
    width = len(next(iter(amounts.values()), ()))

    def total(node: Node) -> Amounts:
        own = amounts.get(node.id, (0,) * width)
        return added(own, *(total(child) for child in children[node.id]))

    def row(node: Node) -> Row:
        title = cell(node.name, "" if node.id == NOBODY else node.id)
        own = amounts.get(node.id)
        if not children[node.id]:
            return data(title, *cells(closed(own or (0,) * width)))
        blank = [""] * len(cells(closed((0,) * width)))
        head = [title, *(cells(closed(own)) if own else blank)]
        rows = [row(child) for child in children[node.id]]
        summary = [f"Total {node.name}", *cells(closed(total(node)))]
        return section(head, rows, summary)

    return [row(node) for node in children[""]]


def _with_those_above(
    nodes: Mapping[str, Node], amounts: Mapping[str, Amounts]
) -> set[str]:
    wanted: set[str] = set()
    for record_id in amounts:
        while record_id in nodes and record_id not in wanted:
            wanted.add(record_id)
            record_id = nodes[record_id].parent
    return wanted


def account_nodes(ledger: Ledger, kinds: Iterable[str]) -> dict[str, Node]:
    """Return the accounts of some types as a tree."""
    chosen = tuple(kinds)
    return {
        one.id: Node(one.id, one.name, one.parent)
        for one in ledger.accounts.values()
        if one.kind in chosen
    }


def name_nodes(ledger: Ledger, entity: str) -> dict[str, Node]:
    """Return customers, classes, … as a tree, by name."""
    field = {"Customer": "DisplayName", "Vendor": "DisplayName"}.get(entity, "Name")
    rows = ledger.company.store.rows(
        "SELECT id, json_extract(body, ?), json_extract(body, '$.ParentRef.value')"
        " FROM records WHERE realm = ? AND entity = ? AND deleted = 0"
        " ORDER BY coalesce(full_name, name)",
        (f"$.{field}", ledger.company.realm_id, entity),
    )
    nodes = {str(row[0]): Node(str(row[0]), row[1], row[2] or "") for row in rows}
    return {**nodes, NOBODY: Node(NOBODY, "Not Specified")}


def by_account(spread: Spread, moves: Iterable[Move], sign: int) -> dict[str, Amounts]:
    """Return what was posted to each account, in columns; none where it is nothing."""
    groups: dict[str, list[Move]] = defaultdict(list)
    for one in moves:
        groups[one.account].append(one)
    sums = {account: spread.sums(of, sign) for account, of in groups.items()}
    return {account: amounts for account, amounts in sums.items() if any(amounts)}
