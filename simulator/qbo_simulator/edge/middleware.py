"""The way of one request through gateway, limits, faults, API and statistics."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qbo_simulator.edge import answers
from qbo_simulator.edge.answers import Answer
from qbo_simulator.edge.encodings import EncodingError, packed, unpacked, wants_gzip
from qbo_simulator.edge.faults import FaultRule
from qbo_simulator.edge.gate import Gate
from qbo_simulator.edge.labels import Call, Labeller
from qbo_simulator.edge.spoiling import spoilt
from qbo_simulator.edge.stats import RequestRecord

if TYPE_CHECKING:
    from qbo_simulator.simulator import Simulator


@dataclass(frozen=True)
class _Exchange:
    """One request and the means to answer it."""

    scope: Scope
    receive: Receive
    send: Send
    body: bytes
    call: Call
    tid: str

    @property
    def method(self) -> str:
        return self.scope["method"]

    @property
    def path(self) -> str:
        return self.scope["path"]


class EdgeMiddleware:
    """Wraps the whole application; lets pages and control plane pass untouched."""

    def __init__(
        self,
        app: ASGIApp,
        simulator: "Simulator",
        spelling: Callable[[str], str | None],
    ) -> None:
        self._app = app
        self._simulator = simulator
        self._gate = Gate(simulator)
        self._labeller = Labeller(spelling)
        self._late: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI)."""
        call = None
        body = b""
        if scope["type"] == "http":
            body = await _whole_body(receive)
            encoding = Headers(scope=scope).get("content-encoding", "")
            try:
                body = await run_in_threadpool(unpacked, body, encoding)
            except EncodingError:
                await _send_plainly(send, answers.bare_status(400))
                return
            query = scope["query_string"].decode("latin-1")
            call = self._labeller.call(scope["method"], scope["path"], query, body)
        if call is None:
            await self._app(scope, _replay(body, receive), send)
            return
        now = self._simulator.clock.now()
        tid = answers.new_tid(now.timestamp())
        exchange = _Exchange(scope, receive, send, body, call, tid)
        started = time.perf_counter()
        try:
            status, served = await self._serve(exchange)
        finally:
            self._simulator.throttle.done(call)
        self._count(exchange, status, served, now.isoformat(), started)

    # -- the stations --------------------------------------------------------------

    async def _serve(self, exchange: _Exchange) -> tuple[int, bool]:
        """Answer; return the status sent (0 for none) and whether the API did it."""
        latency = self._simulator.switches.get("latency_seconds")
        if latency:
            await asyncio.sleep(latency)
        answer = await run_in_threadpool(self._refusal, exchange)
        if answer is not None:
            await self._send(exchange, answer)
            return answer.status, False
        for rule in self._due("before", exchange):
            if rule.kind == "drop":
                await self._hang_up(exchange)
                return 0, False
            if rule.kind == "late":
                self._execute_later(exchange, rule.settings.get("seconds", 1))
                rule = replace(rule, kind="status", settings={"status": 504})
            replacement = await self._replacement(rule, exchange)
            if replacement is not None:
                await self._send(exchange, replacement)
                return replacement.status, False
        answer = await _captured(self._app, exchange)
        return await self._after(exchange, answer)

    def _execute_later(self, exchange: _Exchange, seconds: float) -> None:
        """Let the API do its work when the client has long had its answer."""

        async def work() -> None:
            await asyncio.sleep(seconds)
            await _captured(self._app, exchange)

        task = asyncio.create_task(work())
        self._late.add(task)
        task.add_done_callback(self._late.discard)

    async def _after(self, exchange: _Exchange, answer: Answer) -> tuple[int, bool]:
        """Spoil the answer if that was ordered; the books are written by now."""
        served = 200 <= answer.status < 300
        for rule in self._due("after", exchange):
            if rule.kind == "drop_after":
                await self._hang_up(exchange)
                return 0, served
            if rule.kind == "truncate":
                await self._send_cut(exchange, answer, rule.settings.get("cut"))
                return answer.status, served
            if rule.kind == "spoil":
                answer = self._spoilt(rule, answer)
                continue
            answer = await self._replacement(rule, exchange) or answer
        await self._send(exchange, answer)
        return answer.status, served

    def _spoilt(self, rule: FaultRule, answer: Answer) -> Answer:
        body, words = spoilt(answer.body, rule.settings.get("seed", rule.id))
        self._simulator.faults.spoilt.appendleft(words)
        return Answer(answer.status, body, answer.headers)

    def _refusal(self, exchange: _Exchange) -> Answer | None:
        """Return what gateway or limits say against the call."""
        if not exchange.call.is_api:
            return None
        if self._is_too_large(exchange):
            return answers.bare_status(413)
        headers = Headers(scope=exchange.scope)
        refusal = self._gate.refusal(headers, exchange.call)
        if refusal is None and not self._may_go_on(exchange.call):
            refusal = answers.throttled(self._simulator)
        return refusal

    def _may_go_on(self, call: Call) -> bool:
        """Tell whether the limits and the month's allowance let a call through."""
        allowed = self._simulator.allowance.admits(call)
        return allowed and self._simulator.throttle.admits(call)

    def _is_too_large(self, exchange: _Exchange) -> bool:
        """Tell whether a body is over the limit; files have one of their own."""
        most = float(self._simulator.switches.get("largest_body_kilobytes")) * 1024
        return exchange.call.label != "upload" and len(exchange.body) > most

    def _due(self, when: str, exchange: _Exchange) -> list[FaultRule]:
        faults = self._simulator.faults
        return faults.take(when, exchange.method, exchange.path, exchange.call)

    async def _replacement(self, rule: FaultRule, exchange: _Exchange) -> Answer | None:
        """Return the answer a rule puts in place of the real one; wait for a delay."""
        settings = rule.settings
        if rule.kind == "delay":
            await _delay(exchange, settings.get("seconds", 1))
            return None
        if rule.kind == "throttle":
            return answers.throttled(self._simulator, settings.get("retry_after"))
        if rule.kind == "token_expired":
            return answers.gateway_refusal(self._simulator, "3200", "Token expired")
        if rule.kind == "fault":
            return answers.service_fault(self._simulator, settings)
        return answers.bare_status(settings.get("status", 503))

    # -- the wire ------------------------------------------------------------------

    async def _send(self, exchange: _Exchange, answer: Answer) -> None:
        answer = await self._packed(exchange, answer)
        headers = self._wire_headers(exchange, answer, len(answer.body))
        await exchange.send(_start(answer.status, headers))
        await exchange.send({"type": "http.response.body", "body": answer.body})

    async def _packed(self, exchange: _Exchange, answer: Answer) -> Answer:
        """Return an answer of the API packed, if the client asked for it."""
        accepted = Headers(scope=exchange.scope).get("accept-encoding", "")
        wanted = wants_gzip(accepted, len(answer.body))
        if not exchange.call.is_api or not wanted:
            return answer
        body = await run_in_threadpool(packed, answer.body)
        headers = {**answer.headers, "content-encoding": "gzip"}
        return Answer(answer.status, body, headers)

    async def _send_cut(
        self, exchange: _Exchange, answer: Answer, cut: str | None
    ) -> None:
        """Send half of the body: as all there is (json), or breaking off (body)."""
        if cut == "json":
            half = answer.body[: len(answer.body) // 2]
            await self._send(exchange, Answer(answer.status, half, answer.headers))
            return
        answer = await self._packed(exchange, answer)
        half = answer.body[: len(answer.body) // 2]
        headers = self._wire_headers(exchange, answer, len(answer.body))
        await exchange.send(_start(answer.status, headers))
        await exchange.send(
            {"type": "http.response.body", "body": half, "more_body": True}
        )
        self._simulator.connections.close(exchange.scope["client"])
        await _disconnected(exchange.receive)

    async def _hang_up(self, exchange: _Exchange) -> None:
        self._simulator.connections.abort(exchange.scope["client"])
        await _disconnected(exchange.receive)

    def _wire_headers(
        self, exchange: _Exchange, answer: Answer, length: int
    ) -> list[tuple[bytes, bytes]]:
        headers = dict(answer.headers)
        headers["content-length"] = str(length)
        headers["intuit_tid"] = exchange.tid
        if exchange.call.is_api:
            headers["qbo-version"] = "1975.143"
            headers["cache-control"] = (
                "max-age=0, no-cache, no-store, must-revalidate, private"
            )
        return [(name.encode(), value.encode()) for name, value in headers.items()]

    # -- counting --------------------------------------------------------------------

    def _count(
        self,
        exchange: _Exchange,
        status: int,
        served: bool,
        began: str,
        started: float,
    ) -> None:
        query = exchange.scope["query_string"].decode("latin-1")
        call = exchange.call
        record = RequestRecord(
            began,
            exchange.method,
            exchange.path,
            query if call.is_api else "",
            status,
            call.realm_id,
            exchange.tid,
            parse_qs(query).get("requestid", [""])[0],
            call.label,
            round(time.perf_counter() - started, 4),
        )
        metered = self._metered(call) if served else 0
        self._simulator.allowance.use(metered)
        self._simulator.stats.add(record, metered)

    def _metered(self, call: Call) -> int:
        """Return what the call costs; a batch costs one or each, nobody has said."""
        each = self._simulator.switches.get("batch_metering") == "each"
        return call.reads if each else min(call.reads, 1)


def _start(status: int, headers: list[tuple[bytes, bytes]]) -> Message:
    return {"type": "http.response.start", "status": status, "headers": headers}


async def _send_plainly(send: Send, answer: Answer) -> None:
    headers = {**answer.headers, "content-length": str(len(answer.body))}
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send(_start(answer.status, pairs))
    await send({"type": "http.response.body", "body": answer.body})


async def _whole_body(receive: Receive) -> bytes:
    chunks = []
    while True:
        message = await receive()
        chunks.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(chunks)


def _replay(body: bytes, receive: Receive) -> Receive:
    """Return a receive that gives the body once more, then what really comes."""
    pending = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_again() -> Message:
        return pending.pop() if pending else await receive()

    return receive_again


async def _captured(app: ASGIApp, exchange: _Exchange) -> Answer:
    """Run the application and keep its answer in hand."""
    status = 500
    headers: dict[str, str] = {}
    chunks: list[bytes] = []

    async def keep(message: Message) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
            for name, value in message["headers"]:
                headers[name.decode().lower()] = value.decode("latin-1")
        else:
            chunks.append(message.get("body", b""))

    await app(exchange.scope, _replay(exchange.body, exchange.receive), keep)
    return Answer(status, b"".join(chunks), headers)


async def _disconnected(receive: Receive) -> None:
    """Wait until the server has noticed that the connection is gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _delay(exchange: _Exchange, seconds: float) -> None:
    """Wait; a client that hangs up meanwhile is not waited for.

    The body has been read, so the next thing to receive is the end of the connection.
    """
    with contextlib.suppress(asyncio.TimeoutError):
        await asyncio.wait_for(exchange.receive(), seconds)
