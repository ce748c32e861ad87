"""Routes of ``/v3/company/{realm}/…``: parse, ask the engine, answer."""

import logging
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from qbo_simulator import jsontext
from qbo_simulator.api.call import Call
from qbo_simulator.api.handlers import Answer, handle
from qbo_simulator.api.uploads import serve
from qbo_simulator.api.xmltext import as_xml
from qbo_simulator.clock import answer_time
from qbo_simulator.errors import ServiceFault

if TYPE_CHECKING:
    from qbo_simulator.simulator import Simulator

JSON_TYPE = "application/json;charset=UTF-8"
XML_TYPE = "application/xml;charset=UTF-8"
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
_logger = logging.getLogger(__name__)


def routes(simulator: "Simulator") -> list[Route]:
    """Return the routes of the Accounting API."""

    async def endpoint(request: Request) -> Response:
        call = await _call_of(request)
        return await run_in_threadpool(respond, simulator, call)

    async def download(request: Request) -> Response:
        return await run_in_threadpool(serve, simulator, request)

    return [
        Route("/v3/company/{realm_id}/{rest:path}", endpoint, methods=_METHODS),
        Route("/download/{realm_id}/{record_id}", download),
    ]


async def _call_of(request: Request) -> Call:
    rest = request.path_params["rest"].strip("/")
    return Call(
        request.method,
        request.path_params["realm_id"],
        tuple(rest.split("/")),
        dict(request.query_params),
        request.headers,
        await request.body(),
        str(request.base_url).rstrip("/"),
    )


def respond(simulator: "Simulator", call: Call) -> Response:
    """Answer a call whatever it is: a success or a fault, never an exception."""
    if call.method not in ("GET", "POST"):
        return Response(status_code=405, headers={"Allow": "GET, POST"})
    try:
        answer = handle(simulator, call)
    except ServiceFault as fault:
        answer = Answer({"Fault": fault.fault()}, fault.status)
    except Exception as error:
        _logger.exception("%s %s failed", call.method, "/".join(call.path))
        broken = ServiceFault("10000", detail=f"System Failure Error: {error}")
        answer = Answer({"Fault": broken.fault()}, broken.status)
    return _response(simulator, call, answer)


def _response(simulator: "Simulator", call: Call, answer: Answer) -> Response:
    if answer.raw is not None:
        return Response(answer.raw, answer.status, media_type=answer.media_type)
    body: dict[str, Any] = dict(answer.body)
    if answer.timed:
        body["time"] = answer_time(simulator.clock.now())
    text = jsontext.dumps(body)
    wants_json = call.wants_json()
    if wants_json is None:
        representation = simulator.switches.get("default_representation")
        wants_json = representation == "json"
    if wants_json:
        return Response(text, answer.status, headers={"content-type": JSON_TYPE})
    xml = as_xml(jsontext.loads(text))
    return Response(xml, answer.status, headers={"content-type": XML_TYPE})
