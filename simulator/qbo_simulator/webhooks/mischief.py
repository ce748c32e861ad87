"""What goes wrong with webhooks on order: the next N calls are spoilt in a way."""

import itertools
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

KINDS = ("duplicate", "reorder", "lose", "forge", "hold")
KEYS = ("kind", "times", "seconds")


class MischiefError(ValueError):
    """An order that cannot be understood; the text says what is wrong with it."""


@dataclass
class Order:
    """The next ``times`` calls are spoilt; ``seconds`` is for ``hold``."""

    id: int
    kind: str
    times: int
    seconds: float


class Mischief:
    """The open orders; every new call takes one of each kind."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ids = itertools.count(1)
        self._orders: list[Order] = []

    def order(self, wish: Mapping[str, Any]) -> dict[str, Any]:
        """Add an order from the control plane's JSON."""
        kind, times, seconds = (
            wish.get("kind"),
            wish.get("times", 1),
            wish.get("seconds", 60),
        )
        if kind not in KINDS:
            raise MischiefError(f"kind must be one of {', '.join(KINDS)}")
        if not isinstance(times, int) or isinstance(times, bool) or times < 1:
            raise MischiefError("times must be a whole number from 1")
        if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
            raise MischiefError("seconds must be a number")
        order = Order(next(self._ids), str(kind), times, seconds)
        with self._lock:
            self._orders.append(order)
        return asdict(order)

    def take(self) -> dict[str, float]:
        """Use up one of each kind; return their seconds by kind."""
        taken: dict[str, float] = {}
        with self._lock:
            for order in self._orders:
                if order.times and order.kind not in taken:
                    order.times -= 1
                    taken[order.kind] = order.seconds
        return taken

    def open_orders(self) -> list[dict[str, Any]]:
        """Return the orders that still have times to go."""
        with self._lock:
            return [asdict(order) for order in self._orders if order.times]

    def clear(self) -> None:
        """Cancel every order."""
        with self._lock:
            self._orders = []
