"""Control of webhooks: where they go, what goes wrong, what was sent."""

from typing import Any

from qbo_simulator.control.plane import ControlError, Wish
from qbo_simulator.oauth.apps import ENVIRONMENTS
from qbo_simulator.webhooks.endpoints import Endpoint, EndpointError
from qbo_simulator.webhooks.mischief import MischiefError

ENDPOINT_KEYS = (
    "environment",
    "url",
    "verifier_token",
    "format",
    "delay",
    "entities",
    "headers",
)
_LONGEST = 60


def list_endpoints(wish: Wish) -> dict[str, Any]:
    """Return the registered endpoints."""
    endpoints = wish.simulator.webhooks.endpoints.all()
    return {"endpoints": [as_dict(endpoint) for endpoint in endpoints]}


def set_endpoint(wish: Wish) -> dict[str, Any]:
    """Register an environment's endpoint, active from now."""
    wish.required("url")
    try:
        endpoint = wish.simulator.webhooks.register(
            _environment(wish), dict(wish.fields)
        )
    except EndpointError as error:
        raise ControlError(str(error)) from None
    return as_dict(endpoint)


def remove_endpoint(wish: Wish) -> dict[str, Any]:
    """Remove an environment's endpoint."""
    wish.simulator.webhooks.endpoints.remove(_environment(wish))
    return list_endpoints(wish)


def enable_endpoint(wish: Wish) -> dict[str, Any]:
    """Send to a disabled endpoint again; what waits is due now."""
    wish.simulator.webhooks.enable(_environment(wish))
    return list_endpoints(wish)


def _environment(wish: Wish) -> str:
    environment = wish.get("environment", "sandbox")
    if environment not in ENVIRONMENTS:
        raise ControlError(f"environment must be one of {', '.join(ENVIRONMENTS)}")
    return environment


def as_dict(endpoint: Endpoint) -> dict[str, Any]:
    """Return an endpoint as the control plane shows it."""
    return {
        "environment": endpoint.environment,
        "url": endpoint.url,
        "verifier_token": endpoint.verifier_token,
        "format": endpoint.format,
        "delay": endpoint.delay,
        "entities": None if endpoint.entities is None else list(endpoint.entities),
        "headers": dict(endpoint.headers),
        "state": "active" if endpoint.disabled_at is None else "disabled",
    }


def list_deliveries(wish: Wish) -> dict[str, Any]:
    """Return the last 200 calls with their bodies, tries and what comes next."""
    deliveries = wish.simulator.webhooks.deliveries
    return {
        "deliveries": deliveries.as_dicts(),
        "waiting_events": deliveries.waiting_events(),
    }


def clear_deliveries(wish: Wish) -> dict[str, Any]:
    """Forget what was sent and what waits."""
    wish.simulator.webhooks.forget_deliveries()
    return {"cleared": True}


def settle(wish: Wish) -> dict[str, Any]:
    """Wait until everything that is due has been sent; return the deliveries."""
    seconds = wish.number("seconds", 10)
    settled = wish.simulator.webhooks.settle(min(seconds, _LONGEST))
    return {"settled": settled, **list_deliveries(wish)}


def list_mischief(wish: Wish) -> dict[str, Any]:
    """Return the orders that are still open."""
    return {"orders": wish.simulator.webhooks.mischief.open_orders()}


def order_mischief(wish: Wish) -> dict[str, Any]:
    """Order that the next calls are doubled, reordered, lost, forged or held."""
    try:
        return wish.simulator.webhooks.mischief.order(wish.fields)
    except MischiefError as error:
        raise ControlError(str(error)) from None


def clear_mischief(wish: Wish) -> dict[str, Any]:
    """Cancel every order."""
    wish.simulator.webhooks.mischief.clear()
    return {"cleared": True}
