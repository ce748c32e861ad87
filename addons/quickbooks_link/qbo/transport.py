"""The one door out: every byte to or from Intuit passes here.

Guarantees:

* Only origins on the list are spoken to, over https (or to this very machine),
  and no redirect is followed: a token can't leave by a wrong or forged address.
* A call is repeated only where a repeat is harmless; see :mod:`retries`.
* Errors tell whether the request may have been carried out.
* Neither logs nor call records hold secrets; bodies are logged at DEBUG by a
  logger of their own, through :mod:`redaction`.
"""

from __future__ import annotations

import logging
import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import requests
import urllib3

from . import hosts, sessions, texts
from .answer import Answer
from .errors import (
    OriginRefusedError,
    QuickBooksError,
    ServerError,
    ThrottledError,
    TransportError,
    UnexpectedAnswerError,
)
from .faults import error_of
from .redaction import mask
from .retries import RetryPolicy

_logger = logging.getLogger(__name__)
_body_logger = logging.getLogger(f"{__name__}.body")

# A page of 1,000 invoices with many lines is a few MB.
MAX_ANSWER_BYTES = 64 * 1024 * 1024
_CHUNK = 64 * 1024
_LOGGED_BODY = 4000
# Seconds in which a request is on its way, before something else begins.
_SENDING = 0.005
_NO_PROXY = {"http": None, "https": None, "all": None}


@dataclass(frozen=True)
class CallRecord:
    """One call on the wire, for counting and for support. Holds no secret.

    :param label: what the call is, such as ``query Customer``.
    :param url: the address without its query part.
    :param metered: the call counts against Intuit's monthly allowance of reads.
        Before the call: it will if it succeeds.
    :param attempt: 1 for the first try.
    :param status: HTTP status; None before the call and if no answer came.
    :param error: name of the error's class, if the call failed.
    :param about: what the caller says that it is about (:meth:`Transport.about`).
    :param sent: what was sent, masked; only where the transport keeps texts.
    :param got: what was answered, masked; a list as counts of its records.
    :param failure: what the call failed with; only where the transport keeps texts.
    :param asked_wait: seconds of the answer's ``Retry-After``, if it had one.
    """

    method: str
    label: str
    url: str
    requestid: str | None
    metered: bool
    attempt: int = 1
    status: int | None = None
    seconds: float = 0.0
    tid: str | None = None
    error: str | None = None
    about: Any = None
    sent: str | None = None
    got: str | None = None
    failure: QuickBooksError | None = None
    asked_wait: float | None = None


@dataclass(frozen=True)
class _Call:
    """What is to be sent, complete."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None
    record: CallRecord


class _Clock:
    """Tells how long an exchange has taken, whatever is done beside it."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._stopped: float | None = None

    def stop(self) -> None:
        """The answer is there, or none will come."""
        self._stopped = time.monotonic()

    def seconds(self) -> float:
        """Return how long it took, or has taken so far."""
        return (self._stopped or time.monotonic()) - self._started


class _HeaderAuth(requests.auth.AuthBase):
    """Keep the Authorization header as given.

    Without an auth object `requests` would replace it by what a ``.netrc`` file
    on the server holds for the host.
    """

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


class Transport:
    """Calls to a fixed set of origins, over kept connections.

    :param allowed_origins: ``scheme://host[:port]`` of every service that may be
        called; anything but https only on this very machine.
    :param timeout: seconds to connect, and seconds without a byte when reading.
    :param retries: how patient a call is.
    :param before_call: called before every attempt; may wait or raise (the place
        for a call budget).
    :param after_call: called after every attempt with the finished record.
    :param max_answer_bytes: a longer answer (unpacked) is refused.
    :param meanwhile: done once, while the first answer is awaited, in the caller's own
        thread. It must not raise: the answer would be lost.
    :param keep_texts: finished records hold so many characters of what was sent and
        answered; none by default.
    :raise ValueError: if an origin is no address or is not safe.

    Not thread-safe, as `requests.Session` is not: use one for each thread. Close it
    when done, best with ``with``.
    """

    def __init__(
        self,
        allowed_origins: Iterable[str] = hosts.INTUIT_ORIGINS,
        *,
        timeout: tuple[float, float] = (5.0, 60.0),
        retries: RetryPolicy | None = None,
        before_call: Callable[[CallRecord], None] | None = None,
        after_call: Callable[[CallRecord], None] | None = None,
        max_answer_bytes: int = MAX_ANSWER_BYTES,
        keep_texts: int = 0,
        meanwhile: Callable[[], None] | None = None,
    ) -> None:
        self.allowed_origins = frozenset(_checked_origin(o) for o in allowed_origins)
        self._timeout = timeout
        self._retries = retries or RetryPolicy()
        self._before_call = before_call
        self._after_call = after_call
        self._max_answer_bytes = max_answer_bytes
        self._keep_texts = keep_texts
        self._meanwhile = meanwhile
        self._about: Any = None
        self._session: requests.Session | None = sessions.take()

    def __enter__(self) -> Transport:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Make no more calls; the next transport gets the kept connections."""
        session, self._session = self._session, None
        if session:
            sessions.give_back(session)

    @contextmanager
    def about(self, subject: Any) -> Iterator[None]:
        """Let the records of all calls made meanwhile name what they are about."""
        outer, self._about = self._about, subject
        try:
            yield
        finally:
            self._about = outer

    def request(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        idempotent: bool,
        label: str = "",
        metered: bool = False,
    ) -> Answer:
        """Send one request and return its answer, whatever 2xx-4xx status it has.

        :param params: query parameters, not yet encoded.
        :param idempotent: a repeat does no harm: a read, or a write that carries a
            ``requestid`` among *params*.
        :param label: what the call is, for records and logs.
        :param metered: the call is a read that Intuit counts.
        :raise OriginRefusedError: the address is not allowed; nothing was sent.
        :raise TransportError: no answer, or a 5xx; ``sent`` tells more.
        :raise ThrottledError: 429, and it lasted or asks for a long wait.
        :raise UnexpectedAnswerError: cut off, too large, or broken JSON.
        """
        self._check_origin(url)
        record = CallRecord(
            method=method,
            label=label or method,
            url=url.partition("?")[0],
            requestid=(params or {}).get("requestid"),
            metered=metered,
            about=self._about,
            sent=texts.of_request(params or {}, body, self._keep_texts),
        )
        target = _with_params(url, params or {})
        call = _Call(method, target, headers or {}, body, record)
        for attempt in self._retries.retrying(idempotent=idempotent):
            with attempt:
                answer = self._attempt(call, attempt.retry_state.attempt_number)
        return answer

    def _check_origin(self, url: str) -> None:
        try:
            origin = hosts.origin_of(url)
        except ValueError as err:
            raise OriginRefusedError(str(err)) from err
        if origin not in self.allowed_origins:
            raise OriginRefusedError(
                f"{origin} is not on the list of allowed hosts; nothing was sent."
            )

    def _attempt(self, call: _Call, number: int) -> Answer:
        """Make one try, with both hooks around it."""
        planned = replace(call.record, attempt=number)
        if self._before_call:
            self._before_call(planned)
        clock = _Clock()
        done = replace(planned, metered=False)
        try:
            answer = self._send(call, clock)
            done = self._answered(planned, answer)
            _raise_if_unusable(answer)
        except QuickBooksError as err:
            done = self._failed(done, err)
            raise
        finally:
            self._note(replace(done, seconds=clock.seconds()))
        return answer

    def _answered(self, planned: CallRecord, answer: Answer) -> CallRecord:
        """Return what is noted of a call with its answer: Intuit meters good ones."""
        done = replace(
            planned,
            status=answer.status,
            tid=answer.tid,
            metered=planned.metered and answer.status < 300,
        )
        if not self._keep_texts:
            return done
        got = texts.of_answer(answer, self._keep_texts)
        failure = error_of(answer) if answer.status >= 400 else None
        return replace(done, got=got, failure=failure)

    def _failed(self, done: CallRecord, err: QuickBooksError) -> CallRecord:
        return replace(
            done,
            error=type(err).__name__,
            status=err.status or done.status,
            tid=err.tid or done.tid,
            failure=err if self._keep_texts else None,
            asked_wait=getattr(err, "asked_wait", None),
        )

    def _note(self, record: CallRecord) -> None:
        _logger.debug(
            "%s %s -> %s %s in %.3f s, attempt %s, requestid %s, intuit_tid %s",
            record.method,
            record.label,
            record.status or "no answer",
            record.error or "",
            record.seconds,
            record.attempt,
            record.requestid,
            record.tid,
        )
        if self._after_call:
            self._after_call(record)

    def _send(self, call: _Call, clock: _Clock) -> Answer:
        _log_body("sent", call.record.label, call.body)
        try:
            answer = self._answer(call, clock)
        except requests.exceptions.InvalidHeader:
            # Not chained: its text would show the header, and so the token.
            raise ValueError("A header holds characters not allowed there.") from None
        except (requests.RequestException, urllib3.exceptions.HTTPError) as err:
            raise _transport_error(err, call) from err
        _log_body("got", call.record.label, answer.body)
        return answer

    def _answer(self, call: _Call, clock: _Clock) -> Answer:
        """Return what is answered, and do meanwhile what there is to do."""
        meanwhile, self._meanwhile = self._meanwhile, None
        if meanwhile is None:
            return self._exchange(call, clock)
        with ThreadPoolExecutor(max_workers=1) as pool:
            answer = pool.submit(self._exchange, call, clock)
            wait([answer], timeout=_SENDING)
            meanwhile()
            return answer.result()

    def _exchange(self, call: _Call, clock: _Clock) -> Answer:
        """Send the request and read its answer; in any thread, one at a time."""
        if self._session is None:
            raise ValueError("The transport is closed.")
        try:
            response = self._session.request(
                call.method,
                call.url,
                headers=dict(call.headers),
                data=call.body,
                auth=_HeaderAuth(),
                timeout=self._timeout,
                allow_redirects=False,
                stream=True,
                proxies=_proxies(call.url),
            )
            with response:
                return self._read(response)
        finally:
            clock.stop()

    def _read(self, response: requests.Response) -> Answer:
        """Read the whole body, unpacked, and see that none of it is missing."""
        tid = response.headers.get("intuit_tid")
        body = bytearray()
        for chunk in response.iter_content(_CHUNK):
            body += chunk
            if len(body) > self._max_answer_bytes:
                raise UnexpectedAnswerError(
                    f"QuickBooks gave more than {self._max_answer_bytes} bytes.",
                    status=response.status_code,
                    tid=tid,
                )
        if _is_short(response):
            raise TransportError(
                "The connection to QuickBooks ended in the middle of the answer.",
                status=response.status_code,
                tid=tid,
            )
        return Answer(response.status_code, response.headers, bytes(body))


def _checked_origin(origin: str) -> str:
    if not hosts.is_safe(origin):
        raise ValueError(f"Not an https origin, nor this machine: {origin}")
    return hosts.origin_of(origin)


def _with_params(url: str, params: Mapping[str, str]) -> str:
    # quote, not quote_plus: a space becomes %20 and a plus %2B, so that no reader
    # can mistake the one for the other (offsets of times hold a plus).
    return f"{url}?{urlencode(params, quote_via=quote)}" if params else url


def _proxies(url: str) -> Any:
    """Keep talk with this very machine off the proxies of the environment."""
    return _NO_PROXY if hosts.is_loopback(urlsplit(url).hostname or "") else None


def _is_short(response: requests.Response) -> bool:
    """Tell whether fewer bytes came than announced.

    urllib3 1.26, which Odoo pins, does not check this by itself.
    """
    announced = response.headers.get("Content-Length", "")
    return announced.isdigit() and response.raw.tell() < int(announced)


def _raise_if_unusable(answer: Answer) -> None:
    """Raise what only a repeat can mend, so that it is repeated where harmless."""
    if answer.status == 429 or answer.status >= 500:
        error = error_of(answer)
        if isinstance(error, (ThrottledError, ServerError)):
            raise error
    if answer.status < 300 and answer.is_json and answer.body:
        answer.json()


def _transport_error(err: Exception, call: _Call) -> TransportError:
    sent = not _surely_unsent(err)
    host = urlsplit(call.url).hostname
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in _causes(err)):
        reason = f"The certificate of {host} could not be verified"
    elif not sent:
        reason = f"{host} could not be reached"
    elif isinstance(err, requests.Timeout):
        reason = f"{host} did not answer in time"
    else:
        reason = f"The connection to {host} broke"
    return TransportError(f"{reason} ({call.record.label}).", sent=sent)


def _surely_unsent(err: Exception) -> bool:
    """Tell whether the connection was never made, so that nothing was sent."""
    return any(
        isinstance(
            cause,
            (
                requests.ConnectTimeout,
                urllib3.exceptions.NewConnectionError,
                urllib3.exceptions.ConnectTimeoutError,
                ssl.SSLCertVerificationError,
            ),
        )
        for cause in _causes(err)
    )


def _causes(err: BaseException) -> Iterable[BaseException]:
    """Yield an error and those it wraps: `requests` and urllib3 nest them in args."""
    yield err
    for inner in (*err.args, getattr(err, "reason", None)):
        if isinstance(inner, BaseException):
            yield from _causes(inner)


def _log_body(direction: str, label: str, body: bytes | None) -> None:
    if body and _body_logger.isEnabledFor(logging.DEBUG):
        _body_logger.debug("%s %s: %s", label, direction, mask(body)[:_LOGGED_BODY])
