"""Control of bulk data."""

from qbo_simulator.control.plane import ControlError, Wish
from qbo_simulator.seeds.bulk import KINDS, Bulk

KEYS = ("realm_id", *KINDS)
MOST = 200_000


def seed(wish: Wish) -> dict[str, int]:
    """Create many customers, items, invoices or payments; return how many."""
    wanted = {
        kind: wish.whole(kind, 0, 1, MOST) for kind in KINDS if kind in wish.fields
    }
    if not wanted:
        raise ControlError(f"say how many: {', '.join(KINDS)}")
    bulk = Bulk(wish.simulator, wish.realm_id())
    return {kind: bulk.create(kind, number) for kind, number in wanted.items()}
