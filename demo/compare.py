"""Whether two sides hold the same records, and where they do not."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

WORDS = {"Customer": "customer", "Item": "item", "TaxCode": "tax code"}


@dataclass(frozen=True)
class Difference:
    """One thing that is not the same in Odoo and in QuickBooks."""

    entity: str
    quickbooks_id: str
    name: str
    what: str
    odoo: Any
    quickbooks: Any

    def __str__(self) -> str:
        """Return the difference as a line of a report."""
        who = f"{WORDS[self.entity]} {self.quickbooks_id} ({self.name})"
        sides = f"Odoo has {self.odoo!s}, QuickBooks {self.quickbooks!s}"
        return f"{who}: {self.what}: {sides}"


def differences(
    held: Mapping[str, list[tuple[str, dict[str, Any]]]],
    expected: Mapping[str, Mapping[str, dict[str, Any]]],
) -> list[Difference]:
    """Return everything that differs; an empty list says that both sides agree.

    :param held: what Odoo shows, see :func:`demo.held.held`
    :param expected: what it should show, see :func:`demo.expected.expected`
    """
    return [
        difference
        for entity, records in expected.items()
        for difference in _of_entity(entity, held[entity], records)
    ]


def _of_entity(
    entity: str,
    held: list[tuple[str, dict[str, Any]]],
    expected: Mapping[str, dict[str, Any]],
) -> Iterable[Difference]:
    times = Counter(quickbooks_id for quickbooks_id, _values in held)
    by_id = dict(held)
    for quickbooks_id in [*expected, *(i for i in by_id if i not in expected)]:
        found, wanted = by_id.get(quickbooks_id), expected.get(quickbooks_id)
        name = (wanted or found)["name"]
        if times[quickbooks_id] != (wanted is not None):
            yield Difference(
                entity, quickbooks_id, name, "records", times[quickbooks_id],
                int(wanted is not None),
            )  # fmt: skip
        if found and wanted:
            for what in wanted:
                if found.get(what) != wanted[what]:
                    yield Difference(
                        entity, quickbooks_id, name, what, found.get(what), wanted[what]
                    )


def figures_compared(expected: Mapping[str, Mapping[str, dict[str, Any]]]) -> int:
    """Return how many single values were compared."""
    return sum(
        len(values) for records in expected.values() for values in records.values()
    )
