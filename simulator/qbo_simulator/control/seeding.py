"""Control of bulk data."""

from qbo_simulator.control.plane import ControlError, Wish
from qbo_simulator.seeds.bulk import KINDS, Bulk

KEYS = ("realm_id", *KINDS)
MOST = 200_000


def seed(wish: Wish) -> dict[str, int]:
    """Create many customers, items, invoices or payments; return how many."""
    wanted = {kind: _number(wish, kind) for kind in KINDS if kind in wish.fields}
    if not wanted:
        raise ControlError(f"say how many: {', '.join(KINDS)}")
    bulk = Bulk(wish.simulator, wish.realm_id())
    return {kind: bulk.create(kind, number) for kind, number in wanted.items()}


def _number(wish: Wish, kind: str) -> int:
    number = wish.fields[kind]
    if not isinstance(number, int) or isinstance(number, bool):
        raise ControlError(f"{kind} must be a whole number")
    if not 0 < number <= MOST:
        raise ControlError(f"{kind} must be from 1 to {MOST}")
    return number
