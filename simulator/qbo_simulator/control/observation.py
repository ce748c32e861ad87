"""Control of what is counted and of what goes wrong."""

from typing import Any

from qbo_simulator.control.plane import ControlError, Wish
from qbo_simulator.edge.faults import FaultOrderError


def show_stats(wish: Wish) -> dict[str, Any]:
    """Return the figures since the last clearing."""
    return wish.simulator.stats.as_dict()


def clear_stats(wish: Wish) -> dict[str, bool]:
    """Start counting from nothing."""
    wish.simulator.stats.clear()
    return {"cleared": True}


def show_throttle(wish: Wish) -> dict[str, Any]:
    """Return the limits, what is used of each now, and how many calls each refused."""
    return wish.simulator.throttle.as_dict()


def clear_throttle(wish: Wish) -> dict[str, bool]:
    """Forget what was counted against the limits."""
    wish.simulator.throttle.clear()
    return {"cleared": True}


def list_faults(wish: Wish) -> dict[str, Any]:
    """Return the orders that are still open."""
    rules = wish.simulator.faults.open_orders()
    return {
        "faults": [rule.as_dict() for rule in rules],
        "spoilt": list(wish.simulator.faults.spoilt),
    }


def order_fault(wish: Wish) -> dict[str, Any]:
    """Order a fault for the next calls of a kind."""
    try:
        return wish.simulator.faults.order(wish.fields).as_dict()
    except FaultOrderError as error:
        raise ControlError(str(error)) from None


def clear_faults(wish: Wish) -> dict[str, bool]:
    """Cancel every order."""
    wish.simulator.faults.clear()
    return {"cleared": True}
