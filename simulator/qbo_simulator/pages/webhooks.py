"""The webhooks page: the address of each key set, and what was sent there."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from qbo_simulator.oauth.apps import ENVIRONMENTS
from qbo_simulator.pages.company_books import moment
from qbo_simulator.pages.templating import render
from qbo_simulator.webhooks.endpoints import FORMATS, EndpointError

if TYPE_CHECKING:
    from qbo_simulator.simulator import Simulator

_SHOWN = 50


class WebhookPages:
    """Shows and changes one simulator's subscriptions, as the developer portal does."""

    def __init__(self, simulator: "Simulator") -> None:
        self._webhooks = simulator.webhooks
        self._apps = simulator.auth.apps

    def show(self, request: Request, problem: str = "", status: int = 200) -> Response:
        """Show both subscriptions and the last calls, newest first."""
        deliveries = self._webhooks.deliveries
        shown = deliveries.as_dicts()[-_SHOWN:]
        context = {
            "problem": problem,
            "formats": FORMATS,
            "subscriptions": [self._subscription(one) for one in ENVIRONMENTS],
            "deliveries": [_row(one) for one in reversed(shown)],
            "waiting_events": deliveries.waiting_events(),
        }
        return render(request, "webhooks.html", context, status)

    def _subscription(self, environment: str) -> dict[str, Any]:
        endpoint = self._webhooks.endpoints.of(environment)
        token = self._apps.of(environment).verifier_token
        return {
            "environment": environment,
            "endpoint": endpoint,
            "verifier_token": endpoint.verifier_token if endpoint else token,
            "disabled": bool(endpoint and endpoint.disabled_at is not None),
        }

    def save(self, request: Request, form: Mapping[str, Any]) -> Response:
        """Save, remove or enable a subscription."""
        environment = str(form.get("environment", ""))
        if environment not in ENVIRONMENTS:
            return self.show(request, "Choose sandbox or production.", 400)
        if form.get("do") == "enable":
            self._webhooks.enable(environment)
        elif form.get("do") == "remove":
            self._webhooks.endpoints.remove(environment)
        else:
            try:
                self._webhooks.register(environment, self._wish(environment, form))
            except (EndpointError, ValueError) as error:
                return self.show(request, f"Not saved: {error}.", 400)
        return RedirectResponse("/webhooks", 303)

    def _wish(self, environment: str, form: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the form says; what it does not show stays as it was."""
        wish = {
            "url": str(form.get("url", "")).strip(),
            "format": form.get("format", FORMATS[0]),
            "delay": float(str(form.get("delay") or 0)),
        }
        endpoint = self._webhooks.endpoints.of(environment)
        if endpoint is not None:
            wish["verifier_token"] = endpoint.verifier_token
            wish["headers"] = dict(endpoint.headers)
            wish["entities"] = (
                None if endpoint.entities is None else list(endpoint.entities)
            )
        return wish


def _row(delivery: Mapping[str, Any]) -> dict[str, Any]:
    tries = delivery["tries"]
    last = tries[-1] if tries else None
    next_at = delivery["next_at"]
    return {
        **delivery,
        "time": moment(int(delivery["at"])),
        "last": (last["problem"] or str(last["status"])) if last else "",
        "next": moment(int(next_at)) if next_at else "",
        "failed": delivery["state"] != "delivered" and bool(last),
    }
