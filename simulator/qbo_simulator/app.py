"""The web application: API, OAuth, control plane and pages behind the edge."""

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.types import ASGIApp

from qbo_simulator.api.routes import routes as api_routes
from qbo_simulator.control.routes import routes as control_routes
from qbo_simulator.edge.middleware import EdgeMiddleware
from qbo_simulator.oauth.routes import routes as oauth_routes
from qbo_simulator.pages.routes import routes as page_routes

if TYPE_CHECKING:
    from qbo_simulator.simulator import Simulator


def create_app(simulator: "Simulator") -> ASGIApp:
    """Return the ASGI application of a simulator."""
    application = Starlette(
        routes=[
            *api_routes(simulator),
            *oauth_routes(simulator),
            *control_routes(simulator),
            *page_routes(simulator),
        ]
    )

    def spelling(lower: str) -> str:
        return simulator.engine.spelling(lower) or lower

    return EdgeMiddleware(application, simulator, spelling)
