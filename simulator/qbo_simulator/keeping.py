"""What outlives a simulator beside its books, in their file: its time, its switches."""

import json
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qbo_simulator.clock import Clock
    from qbo_simulator.store import Store
    from qbo_simulator.switches import Switches

_CLOCK, _SWITCHES = "clock", "switches"


def keep(store: "Store", clock: "Clock", switches: "Switches") -> None:
    """Set clock and switches to what the store holds; write down what changes them."""
    seconds = store.setting(_CLOCK)
    if seconds:
        clock.offset = timedelta(seconds=float(seconds))
    switches.restore(json.loads(store.setting(_SWITCHES) or "{}"))
    clock.on_move(lambda: store.save_setting(_CLOCK, str(clock.offset.total_seconds())))
    switches.on_change(
        lambda: store.save_setting(_SWITCHES, json.dumps(switches.changed()))
    )
