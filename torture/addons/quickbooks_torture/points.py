"""Points in the sending of documents at which Odoo waits when told to.

A point is armed by a file of its name in the folder QUICKBOOKS_TORTURE; it says how
many passes go by before, the name of another file, and which invoices it is about, if
not any. The first to come then writes its process id to that file and waits until it is
gone, or the process is; others pass.
"""

import functools
import os
import time
from pathlib import Path

from odoo.models import MetaModel
from odoo.service.server import PreforkServer

FOLDER = Path(os.environ["QUICKBOOKS_TORTURE"])
PATIENCE = 120
# Where the methods are looked for.
MODELS = ("quickbooks.document", "quickbooks.outbox")
APPLICATION = ("quickbooks.application",)
# A point's name: the method, before or after it, and of which models if of others.
POINTS = {
    "open-before": ("_open_for", "before"),
    "open-after": ("_open_for", "after"),
    "committed": ("_send_pending", "before"),
    "begin-after": ("_begin", "after"),
    "claimed": ("_transmit", "before"),
    "call-before": ("_create_one", "before"),
    "batch-before": ("_create_many", "before"),
    "update-before": ("_update_one", "before"),
    "look-before": ("_look", "before"),
    "look-after": ("_look", "after"),
    "arrived-after": ("_arrived", "after"),
    "remove-before": ("_remove_one", "before"),
    "removed-after": ("_removed", "after"),
    "cancel-before": ("_cancel_move", "before"),
    "cancel-after": ("_cancelled_too", "after"),
    "number-before": ("_follow_up", "before"),
    "number-locked": ("_take_number", "before"),
    "number-after": ("_number_taken", "after"),
    "apply-claimed": ("_prepare", "after", APPLICATION),
    "apply-before": ("_call_one", "before", APPLICATION),
    "applied-after": ("_arrived", "after", APPLICATION),
}
_passes: dict[str, int] = {}


def post_load():
    """Wrap the methods. Called by Odoo before it loads a database."""
    from odoo.addons import quickbooks_link  # noqa: F401

    for name, point in POINTS.items():
        _wrap(name, *point)
    # The process of the web client's bus would only cost a second registry.
    PreforkServer.long_polling_spawn = lambda self: None


def _wrap(name, method, when, models=MODELS):
    for model in models:
        for part in MetaModel._module_to_models__["quickbooks_link"]:
            if _model_of(part) == model and method in vars(part):
                setattr(part, method, _stopping(name, vars(part)[method], when))
                return
    raise LookupError(f"the point {name} is gone: there is no {method} any more")


def _model_of(part):
    """Return the name of the model that a class defines or extends."""
    inherit = part._inherit
    parent = inherit if isinstance(inherit, str) else (list(inherit) or [None])[0]
    return vars(part).get("_name") or parent


def _stopping(name, original, when):
    @functools.wraps(original)
    def method(*args, **kwargs):
        if when == "before":
            _stop_if_armed(name, args[0])
        result = original(*args, **kwargs)
        if when == "after":
            _stop_if_armed(name, args[0])
        return result

    return method


def _stop_if_armed(name, rows):
    armed = FOLDER / name
    try:
        skip, mark, *ids = armed.read_text().split()
    except (FileNotFoundError, ValueError):
        return
    if ids and not set(ids) & set(map(str, rows.move_id.ids)):
        return
    _passes[mark] = _passes.get(mark, 0) + 1
    if _passes[mark] > int(skip):
        _stop(armed, FOLDER / mark)


def _stop(armed, reached):
    try:
        armed.rename(reached)
    except FileNotFoundError:
        # Another was faster.
        return
    reached.write_text(f"{os.getpid()}\n")
    deadline = time.monotonic() + PATIENCE
    while reached.exists() and time.monotonic() < deadline:
        time.sleep(0.005)
