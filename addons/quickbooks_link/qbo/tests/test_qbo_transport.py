"""The one door out, over real sockets."""

import gzip
import socket
import ssl
import threading
import time
import traceback
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from qbo_wire import Wire, http

from qbo.errors import (
    OriginRefusedError,
    ServerError,
    ThrottledError,
    TransportError,
    UnexpectedAnswerError,
)
from qbo.retries import RetryPolicy
from qbo.transport import Transport

ONCE = RetryPolicy(attempts=1)


def drop(connection):
    """Close the connection without an answer."""
    connection.shutdown(socket.SHUT_RDWR)


def silence(connection):
    """Say nothing until the client has lost patience."""
    time.sleep(0.5)


def read(transport, wire, **options):
    """Make a call that may be repeated."""
    return transport.request("GET", wire.url + "/read", idempotent=True, **options)


def write(transport, wire, **options):
    """Make a call that must not be repeated."""
    return transport.request("POST", wire.url + "/write", idempotent=False, **options)


# === WHERE TO === #


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/v3",
        "https://127.0.0.1/v3",
        "http://127.0.0.1:1/v3",
        "http://localhost:{port}/v3",
        "http://127.0.0.1:{port}@evil.example/v3",
        "http://evil.example\\@127.0.0.1:{port}/v3",
        "http://user:word@127.0.0.1:{port}/v3",
        "http://127.0.0.1:{port}/v3\r\nHost: evil.example",
        "ftp://127.0.0.1:{port}/v3",
        "/v3/company",
    ],
)
def test_refuses_any_origin_that_is_not_on_the_list(transport, wire, url):
    port = wire.url.rpartition(":")[2]
    with pytest.raises(OriginRefusedError) as caught:
        transport.request("GET", url.format(port=port), idempotent=True)
    assert not caught.value.sent
    assert wire.connections == 0


@pytest.mark.parametrize(
    "origin", ["http://quickbooks.api.intuit.com", "http://10.0.0.1", "quickbooks"]
)
def test_list_of_origins_takes_https_or_this_machine_only(origin):
    with pytest.raises(ValueError):
        Transport([origin])


def test_default_port_and_capitals_are_the_same_origin():
    transport = Transport(["HTTPS://QuickBooks.api.intuit.com/"])
    assert transport.allowed_origins == {"https://quickbooks.api.intuit.com:443"}


def test_redirects_are_not_followed(transport, wire):
    other = Wire()
    wire.play(http("302 Found", b"", f"Location: {other.url}/stolen"))
    answer = read(transport, wire, headers={"Authorization": "Bearer secret"})
    other.close()
    assert answer.status == 302
    assert other.connections == 0


# === WHAT IS SENT === #


def test_connection_is_kept_for_the_next_call(transport, wire):
    wire.play(http(), http())
    read(transport, wire)
    read(transport, wire)
    assert wire.connections == 1
    assert len(wire.requests) == 2


def test_parameters_are_percent_encoded_without_a_bare_plus(transport, wire):
    wire.play(http())
    read(transport, wire, params={"q": "a b+c&d='Söhne'"})
    line = wire.requests[0].line
    assert line == "GET /read?q=a%20b%2Bc%26d%3D%27S%C3%B6hne%27 HTTP/1.1"


def test_netrc_of_the_server_does_not_replace_the_token(
    transport, wire, tmp_path, monkeypatch
):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    wire.play(http())
    read(transport, wire, headers={"Authorization": "Bearer mine"})
    assert wire.requests[0].headers["authorization"] == "Bearer mine"


def test_proxy_of_the_environment_is_not_asked_for_this_machine(
    transport, wire, monkeypatch
):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    wire.play(http())
    assert read(transport, wire).status == 200


def test_cookies_are_not_kept(transport, wire):
    wire.play(http("200 OK", b"{}", "Set-Cookie: session=abc; Path=/"), http())
    read(transport, wire)
    read(transport, wire)
    assert "cookie" not in wire.requests[1].headers


def test_broken_token_is_refused_without_showing_it(transport, wire):
    token = "s3cr3t\nvalue"
    with pytest.raises(ValueError) as caught:
        read(transport, wire, headers={"Authorization": f"Bearer {token}"})
    assert "s3cr3t" not in "".join(traceback.format_exception(caught.value))
    assert not wire.requests


# === NO ANSWER === #


def test_unreachable_host_is_surely_not_sent_and_tried_again(records, waits):
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    transport = Transport(
        [url], retries=RetryPolicy(sleep=waits.append), after_call=records.append
    )
    with pytest.raises(TransportError) as caught:
        transport.request("POST", url, idempotent=False)
    assert caught.value.sent is False
    assert len(records) == 4
    assert len(waits) == 3


@pytest.mark.parametrize("fault", [drop, silence])
def test_lost_answer_to_a_write_may_have_been_executed_and_is_not_repeated(
    transport, wire, fault
):
    wire.play(fault, http())
    with pytest.raises(TransportError) as caught:
        write(transport, wire, body=b"{}")
    assert caught.value.sent is True
    assert len(wire.requests) == 1


@pytest.mark.parametrize("fault", [drop, silence])
def test_lost_answer_to_a_read_is_asked_for_again(transport, wire, waits, fault):
    wire.play(fault, http("200 OK", b'{"a": 1}'))
    assert read(transport, wire).json() == {"a": 1}
    assert len(waits) == 1


@pytest.fixture
def untrusted_https(tmp_path):
    """The address of a server on this machine whose certificate nobody signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(timezone.utc)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "server.pem"
    pem.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.socket = context.wrap_socket(
        server.socket, server_side=True, do_handshake_on_connect=False
    )
    server.handle_error = lambda request, address: None
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"https://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_untrusted_certificate_is_named_and_surely_nothing_was_sent(untrusted_https):
    transport = Transport([untrusted_https], retries=ONCE)
    with pytest.raises(TransportError, match="certificate of localhost") as caught:
        transport.request("GET", untrusted_https, idempotent=True)
    assert caught.value.sent is False


# === CUT OFF, TOO LARGE, PACKED === #


SHORT = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n"
    b'Connection: close\r\n\r\n{"a": 1}'
)
SHORT_CHUNKED = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
    b'Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n10\r\n{"a": 1}'
)


@pytest.mark.parametrize("short", [SHORT, SHORT_CHUNKED])
def test_body_cut_short_is_no_answer(transport, wire, short):
    wire.play(short, http())
    with pytest.raises(TransportError) as caught:
        write(transport, wire)
    assert caught.value.sent is True


@pytest.mark.parametrize("short", [SHORT, SHORT_CHUNKED, http(body=b'{"a": ')])
def test_read_that_was_cut_short_is_asked_for_again(transport, wire, short):
    wire.play(short, http(body=b'{"a": 2}'))
    assert read(transport, wire).json() == {"a": 2}


def test_broken_json_to_a_write_may_have_been_executed(transport, wire):
    wire.play(http(body=b'{"Invoice": {"Id"'))
    with pytest.raises(UnexpectedAnswerError) as caught:
        write(transport, wire)
    assert caught.value.sent is True


def test_packed_answer_is_unpacked(transport, wire):
    packed = gzip.compress(b'{"a": "' + b"x" * 5000 + b'"}')
    wire.play(http("200 OK", packed, "Content-Encoding: gzip"))
    assert len(read(transport, wire).json()["a"]) == 5000
    assert "gzip" in wire.requests[0].headers["accept-encoding"]


@pytest.mark.parametrize("packed", [False, True])
def test_answer_larger_than_the_cap_is_refused(wire, packed):
    body = b'"' + b"x" * 300_000 + b'"'
    headers = ["Connection: close"]
    if packed:
        body, headers = gzip.compress(body), [*headers, "Content-Encoding: gzip"]
    wire.play(http("200 OK", body, *headers))
    transport = Transport([wire.url], max_answer_bytes=100_000, retries=ONCE)
    with pytest.raises(UnexpectedAnswerError, match="100000 bytes"):
        read(transport, wire)


def test_answer_as_large_as_the_cap_is_read_and_a_larger_one_says_its_status(wire):
    body = b'"' + b"x" * 98 + b'"'
    wire.play(http("200 OK", body), http("201 Created", body + b" "))
    transport = Transport([wire.url], max_answer_bytes=100, retries=ONCE)
    assert read(transport, wire).body == body
    with pytest.raises(UnexpectedAnswerError) as caught:
        read(transport, wire)
    assert caught.value.status == 201


# === THE SERVICE IS BUSY OR ILL === #


def test_server_error_on_a_read_is_tried_again_with_growing_bounds(
    transport, wire, waits
):
    wire.play(*[http("503 Service Unavailable")] * 3, http(body=b"[1]"))
    assert read(transport, wire).json() == [1]
    assert len(waits) == 3
    assert all(wait <= bound for wait, bound in zip(waits, [0.5, 1, 2], strict=True))


def test_server_error_on_an_unkeyed_write_is_not_repeated(transport, wire):
    wire.play(http("500 Internal Server Error"), http())
    with pytest.raises(ServerError) as caught:
        write(transport, wire)
    assert (caught.value.status, caught.value.sent) == (500, True)
    assert len(wire.requests) == 1


def test_server_error_that_lasts_is_raised_in_the_end(transport, wire):
    wire.play(*[http("502 Bad Gateway", b"<html>", "Content-Type: text/html")] * 9)
    with pytest.raises(ServerError, match="502"):
        read(transport, wire)
    assert len(wire.requests) == 4


def test_retry_after_is_waited_for(transport, wire, waits):
    wire.play(http("429 Too Many Requests", b"{}", "Retry-After: 3"), http())
    read(transport, wire)
    assert waits == [3]


def test_throttling_without_retry_after_is_waited_out_with_a_bound(
    transport, wire, waits
):
    wire.play(*[http("429 Too Many Requests")] * 9)
    with pytest.raises(ThrottledError) as caught:
        read(transport, wire)
    assert len(waits) == 3
    assert max(waits) <= 8
    assert caught.value.retry_after == 60


def test_long_retry_after_is_left_to_the_caller(transport, wire, waits):
    wire.play(http("429 Too Many Requests", b"{}", "Retry-After: 120"))
    with pytest.raises(ThrottledError) as caught:
        read(transport, wire)
    assert waits == []
    assert caught.value.retry_after == 120


def test_throttled_write_without_a_requestid_is_not_repeated(transport, wire):
    wire.play(http("429 Too Many Requests"), http())
    with pytest.raises(ThrottledError):
        write(transport, wire)
    assert len(wire.requests) == 1


# === HOOKS AND RECORDS === #


def test_every_try_is_recorded_without_its_query_part(transport, wire, records):
    tid = "intuit_tid: 1-abc"
    wire.play(http("500 Oops", b"{}", tid), http("200 OK", b"{}", tid))
    read(
        transport,
        wire,
        params={"query": "private", "requestid": "r-1"},
        label="query Customer",
        metered=True,
    )
    first, second = records
    assert (first.attempt, first.status, first.error) == (1, 500, "ServerError")
    assert (second.attempt, second.status, second.error) == (2, 200, None)
    assert (first.metered, second.metered) == (False, True)
    assert {(r.tid, r.requestid, r.label) for r in records} == {
        ("1-abc", "r-1", "query Customer")
    }
    assert "private" not in repr(records)
    assert first.url == wire.url + "/read"
    assert second.seconds > 0


def test_a_call_that_intuit_does_not_meter_is_not_counted(transport, wire, records):
    wire.play(http("200 OK", b"{}"))
    write(transport, wire)
    assert records[0].metered is False


def test_refused_read_is_not_metered(transport, wire, records):
    wire.play(http("400 Bad Request"))
    read(transport, wire, metered=True)
    assert records[0].metered is False


def test_governor_may_stop_a_call_before_it_is_made(wire):
    class BudgetSpentError(Exception):
        pass

    def governor(record):
        raise BudgetSpentError(record.label)

    transport = Transport([wire.url], before_call=governor)
    with pytest.raises(BudgetSpentError, match="read Item"):
        read(transport, wire, label="read Item")
    assert wire.connections == 0


def test_governor_is_asked_before_every_try(wire):
    seen = []
    wire.play(http("500 Oops"), http())
    transport = Transport(
        [wire.url],
        retries=RetryPolicy(sleep=lambda seconds: None),
        before_call=lambda record: seen.append((record.attempt, record.status)),
    )
    read(transport, wire)
    assert seen == [(1, None), (2, None)]


# === MEANWHILE === #


def test_something_is_done_while_the_first_answer_is_awaited(wire):
    """It is done once, and how long it took counts for nothing."""
    begun, done, records = threading.Event(), [], []

    def slowly(connection):
        begun.wait(2)
        connection.sendall(http(body=b'{"a": 1}'))

    def meanwhile():
        begun.set()
        time.sleep(0.3)
        done.append(threading.current_thread())

    options = {"after_call": records.append, "meanwhile": meanwhile}
    with Transport([wire.url], **options) as transport:
        wire.play(slowly, http())
        assert write(transport, wire).json() == {"a": 1}
        write(transport, wire)
    assert done == [threading.current_thread()]
    assert records[0].seconds < 0.3


def test_an_error_comes_after_what_was_done_meanwhile(wire):
    done = []
    with Transport([wire.url], meanwhile=lambda: done.append(1)) as transport:
        wire.play(drop)
        with pytest.raises(TransportError) as caught:
            write(transport, wire)
    assert caught.value.sent
    assert done == [1]
