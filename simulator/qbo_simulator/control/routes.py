"""The table of the control plane: path, method, handler, the keys it knows."""

from typing import TYPE_CHECKING

from starlette.routing import Route

from qbo_simulator.control import access, observation, records, seeding, state
from qbo_simulator.control import webhooks as hooks
from qbo_simulator.control.plane import Handler, endpoint
from qbo_simulator.edge.faults import ORDER_KEYS
from qbo_simulator.webhooks.mischief import KEYS as MISCHIEF_KEYS

if TYPE_CHECKING:
    from qbo_simulator.simulator import Simulator

_RECORD = "/records/{entity}"
_WHOSE = ("user", "realm_id")

TABLE: tuple[tuple[str, str, Handler, tuple[str, ...] | None], ...] = (
    ("GET", "/credentials", access.show_credentials, (*_WHOSE, "environment")),
    ("GET", "/apps", access.list_apps, ()),
    ("POST", "/apps", access.change_app, ("environment", "redirect_uris")),
    ("POST", "/tokens/revoke", access.revoke_tokens, _WHOSE),
    ("POST", "/tokens/expire", access.expire_tokens, (*_WHOSE, "kind")),
    ("GET", "/users", access.list_users, ()),
    ("POST", "/users", access.add_user, ("user", "given_name", "family_name")),
    ("POST", "/access", access.change_access, (*_WHOSE, "allowed")),
    ("POST", "/reset", state.reset, ("company",)),
    ("GET", "/companies", state.list_companies, ()),
    ("POST", "/companies", state.add_company, ("company", "name", "environment")),
    ("GET", "/clock", state.show_clock, ()),
    ("POST", "/clock", state.change_clock, ("advance", "set")),
    ("GET", "/switches", state.show_switches, ()),
    ("POST", "/switches", state.change_switches, None),
    ("GET", "/stats", observation.show_stats, ()),
    ("DELETE", "/stats", observation.clear_stats, ()),
    ("GET", "/throttle", observation.show_throttle, ()),
    ("DELETE", "/throttle", observation.clear_throttle, ()),
    ("GET", "/faults", observation.list_faults, ()),
    ("POST", "/faults", observation.order_fault, ORDER_KEYS),
    ("DELETE", "/faults", observation.clear_faults, ()),
    ("POST", "/seed", seeding.seed, seeding.KEYS),
    ("GET", "/webhooks", hooks.list_endpoints, ()),
    ("POST", "/webhooks", hooks.set_endpoint, hooks.ENDPOINT_KEYS),
    ("DELETE", "/webhooks", hooks.remove_endpoint, ("environment",)),
    ("POST", "/webhooks/enable", hooks.enable_endpoint, ("environment",)),
    ("GET", "/webhooks/deliveries", hooks.list_deliveries, ()),
    ("DELETE", "/webhooks/deliveries", hooks.clear_deliveries, ()),
    ("POST", "/webhooks/settle", hooks.settle, ("seconds",)),
    ("GET", "/webhooks/mischief", hooks.list_mischief, ()),
    ("POST", "/webhooks/mischief", hooks.order_mischief, MISCHIEF_KEYS),
    ("DELETE", "/webhooks/mischief", hooks.clear_mischief, ()),
    ("POST", "/merge", records.merge_records, records.MERGE_KEYS),
    ("GET", _RECORD, records.list_records, ("realm_id", "start")),
    ("POST", _RECORD, records.create_record, ("realm_id", "body")),
    ("GET", _RECORD + "/{id}", records.show_record, ("realm_id",)),
    ("POST", _RECORD + "/{id}", records.change_record, ("realm_id", "body")),
    ("DELETE", _RECORD + "/{id}", records.remove_record, ("realm_id",)),
)


def routes(simulator: "Simulator") -> list[Route]:
    """Return the control plane's routes."""
    return [
        Route("/_sim" + path, endpoint(simulator, handler, known), methods=[method])
        for method, path, handler, known in TABLE
    ]
