"""What each path of the API does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from qbo_simulator import jsontext
from qbo_simulator.api.call import Call
from qbo_simulator.api.pdf import as_pdf
from qbo_simulator.api.uploads import upload, with_link
from qbo_simulator.batching import moment_of
from qbo_simulator.errors import ServiceFault, required
from qbo_simulator.operations import perform
from qbo_simulator.replay import Kept
from qbo_simulator.schema.fields import SINGLETON
from qbo_simulator.schema.registry import ENTITIES, spelling

if TYPE_CHECKING:
    from qbo_simulator.simulator import Simulator


@dataclass(frozen=True)
class Answer:
    """An answer before it is JSON or XML; ``raw`` is sent as it is."""

    body: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200
    timed: bool = True
    raw: bytes | None = None
    media_type: str = ""


def handle(simulator: "Simulator", call: Call) -> Answer:
    """Answer a call. Raises ServiceFault."""
    head = call.path[0].lower()
    special = _SPECIAL.get((call.method, head))
    if special is not None:
        return special(simulator, call)
    entity = spelling(head)
    if entity is None:
        shown = ascii(call.path[0])[1:-1][:60]
        raise ServiceFault("500", detail=f"Operation {shown} is not supported.")
    if len(call.path) > 2:
        return _on_record(simulator, call, entity)
    if call.method == "GET":
        return _read(simulator, call, entity)
    if len(call.path) > 1:
        raise ServiceFault("500", detail="Operation is not supported.", status=404)
    return _write(simulator, call, entity)


# -- reading -------------------------------------------------------------------


def _read(simulator: "Simulator", call: Call, entity: str) -> Answer:
    record_id = call.path[1] if len(call.path) > 1 else ""
    if not record_id and ENTITIES[entity].kind != SINGLETON:
        raise required("Id")
    engine = simulator.engine
    body = engine.read(call.realm_id, entity, record_id, options=call.options)
    if entity == "Attachable":
        body = with_link(simulator, call.base, call.realm_id, body)
    return Answer({ENTITIES[entity].key: body})


def _query(simulator: "Simulator", call: Call) -> Answer:
    any_type = simulator.switches.get("query_content_type") == "any"
    statement = call.statement(any_type)
    if not statement.strip():
        raise required("query")
    page = simulator.engine.query_page(call.realm_id, statement)
    return Answer({"QueryResponse": orjson.Fragment(page.text())})


def _cdc(simulator: "Simulator", call: Call) -> Answer:
    names = [name for name in call.parameters.get("entities", "").split(",") if name]
    since = moment_of(call.parameters.get("changedSince", ""), "changedSince")
    return Answer(simulator.engine.cdc(call.realm_id, names, since))


# -- writing -------------------------------------------------------------------


def _write(simulator: "Simulator", call: Call, entity: str) -> Answer:
    operation = call.parameters.get("operation", "")
    body = call.json()

    def act() -> Mapping[str, Any]:
        engine = simulator.engine
        return perform(engine, call.realm_id, entity, operation, body, call.options)

    return _once(simulator, call, act)


def _tax_service(simulator: "Simulator", call: Call) -> Answer:
    if call.path[1:] != ("taxcode",):
        raise ServiceFault("500", detail="Operation is not supported.", status=404)
    body = call.json()
    engine = simulator.engine
    answer = _once(simulator, call, lambda: engine.add_tax_code(call.realm_id, body))
    return Answer(answer.body, answer.status, timed=False)


def _batch(simulator: "Simulator", call: Call) -> Answer:
    engine = simulator.engine
    return Answer(engine.batch(call.realm_id, call.json(), call.requestid))


def _once(
    simulator: "Simulator", call: Call, act: Callable[[], Mapping[str, Any]]
) -> Answer:
    """Act, or answer as before when the request id was used before."""

    def action() -> Kept:
        try:
            return Kept(200, jsontext.dumps(act()))
        except ServiceFault as fault:
            text = jsontext.dumps({"Fault": fault.fault()})
            return Kept(fault.status, text)

    request = f"{'/'.join(call.path)}?{call.parameters.get('operation', '')}".encode()
    kept = simulator.engine.replay.once(
        call.realm_id, call.requestid, request + call.body, action
    )
    return Answer(jsontext.loads(kept.text), kept.status)


def _on_record(simulator: "Simulator", call: Call, entity: str) -> Answer:
    """Send a document or return it as PDF."""
    record_id, verb = call.path[1], call.path[2].lower()
    engine = simulator.engine
    if (call.method, verb) == ("POST", "send"):
        to = call.parameters.get("sendTo", "")
        return _once(
            simulator,
            call,
            lambda: {
                ENTITIES[entity].key: engine.send(call.realm_id, entity, record_id, to)
            },
        )
    if (call.method, verb) == ("GET", "pdf"):
        name, body = engine.printable(call.realm_id, entity, record_id)
        return Answer(raw=as_pdf(entity, body, name), media_type="application/pdf")
    shown = ascii(call.path[2])[1:-1][:60]
    raise ServiceFault("500", detail=f"Operation {shown} is not supported.")


def _upload(simulator: "Simulator", call: Call) -> Answer:
    return Answer(upload(simulator, call))


def _download(simulator: "Simulator", call: Call) -> Answer:
    """Return the address of a file as text."""
    record_id = call.path[1] if len(call.path) > 1 else ""
    body = simulator.engine.read(call.realm_id, "Attachable", record_id)
    linked = with_link(simulator, call.base, call.realm_id, body)
    link = linked.get("TempDownloadUri", "").encode()
    return Answer(raw=link, media_type="text/plain")


def _exchange_rate(simulator: "Simulator", call: Call) -> Answer:
    code = call.parameters.get("sourcecurrencycode", "").upper()
    day = call.parameters.get("asofdate", "")
    if not code:
        raise required("sourcecurrencycode")
    return Answer({"ExchangeRate": simulator.engine.rate(call.realm_id, code, day)})


def _report(simulator: "Simulator", call: Call) -> Answer:
    name = call.path[1] if len(call.path) > 1 else ""
    body = simulator.engine.report(call.realm_id, name, call.parameters)
    return Answer(body, timed=False)


Handler = Callable[["Simulator", Call], Answer]
_SPECIAL: Mapping[tuple[str, str], Handler] = {
    ("GET", "download"): _download,
    ("GET", "exchangerate"): _exchange_rate,
    ("GET", "query"): _query,
    ("GET", "reports"): _report,
    ("POST", "query"): _query,
    ("GET", "cdc"): _cdc,
    ("POST", "batch"): _batch,
    ("POST", "taxservice"): _tax_service,
    ("POST", "upload"): _upload,
}
