"""All routes of the OAuth side."""

from typing import TYPE_CHECKING

from starlette.routing import Route

from qbo_simulator.oauth.consent import ConsentPages
from qbo_simulator.oauth.endpoints import OAuthEndpoints

if TYPE_CHECKING:
    from qbo_simulator.simulator import Simulator


def routes(simulator: "Simulator") -> list[Route]:
    """Return the OAuth routes of one simulator."""
    return [*OAuthEndpoints(simulator).routes(), *ConsentPages(simulator).routes()]
