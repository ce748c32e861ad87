"""All routes of the pages."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from qbo_simulator.pages.actions import Actions
from qbo_simulator.pages.reportpages import ReportPages
from qbo_simulator.pages.templating import STATIC_FOLDER, render
from qbo_simulator.pages.views import Missing, Views
from qbo_simulator.pages.webhooks import WebhookPages

if TYPE_CHECKING:
    from qbo_simulator.simulator import Simulator

Endpoint = Callable[[Request], Awaitable[Response]]


def routes(simulator: "Simulator") -> list[BaseRoute]:
    """Return the routes of the pages, the longer paths before the shorter."""
    views = Views(simulator)
    actions = Actions(views)
    hooks = WebhookPages(simulator)
    reports = ReportPages(views)
    company = "/company/{realm}"
    record = company + "/{entity}/{id}"
    new, pay = company + "/Customer/new", company + "/Invoice/{id}/payment"
    press = record + "/{action:str}"
    return [
        Mount("/static", StaticFiles(directory=STATIC_FOLDER)),
        Route("/", _shown(views.home)),
        Route("/calls", _shown(views.calls)),
        Route("/calls/clear", _sent(actions.clear_calls), methods=["POST"]),
        Route("/keys", _shown(views.keys)),
        Route("/webhooks", _shown(hooks.show)),
        Route("/webhooks", _sent(hooks.save), methods=["POST"]),
        Route("/companies", _sent(actions.add_company), methods=["POST"]),
        Route(company, _shown(views.company)),
        Route(company + "/disconnect", _sent(actions.disconnect), methods=["POST"]),
        Route(new, _shown(actions.new_customer)),
        Route(new, _sent(actions.new_customer), methods=["POST"]),
        Route(pay, _shown(actions.receive_payment)),
        Route(pay, _sent(actions.receive_payment), methods=["POST"]),
        Route(company + "/reports", _shown(reports.index)),
        Route(company + "/reports/{name}", _shown(reports.show)),
        Route(company + "/{entity}", _shown(views.records)),
        Route(record, _shown(views.record)),
        Route(record + "/edit", _shown(actions.edit)),
        Route(record + "/edit", _sent(actions.edit), methods=["POST"]),
        Route(record + "/merge", _shown(actions.merge)),
        Route(record + "/merge", _sent(actions.merge), methods=["POST"]),
        Route(press, _sent(actions.press), methods=["POST"]),
    ]


def _shown(view: Callable[..., Response]) -> Endpoint:
    """Return the endpoint of a page that is looked at."""

    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(_answer, view, request)

    return endpoint


def _sent(action: Callable[..., Response]) -> Endpoint:
    """Return the endpoint of a form that is sent."""

    async def endpoint(request: Request) -> Response:
        form = dict(await request.form())
        return await run_in_threadpool(_answer, action, request, form)

    return endpoint


def _answer(view: Callable[..., Response], *given: object) -> Response:
    try:
        return view(*given)
    except Missing as missing:
        context = {"explanation": str(missing)}
        return render(given[0], "missing.html", context, 404)  # type: ignore[arg-type]
