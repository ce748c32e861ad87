"""A server for tests that misbehaves on command."""

from __future__ import annotations

import select
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

Behaviour = Callable[[socket.socket], None]


@dataclass
class Request:
    """One request as it came over the wire."""

    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Wire:
    """A server on this machine that plays what it is told, request by request.

    For faults a well-behaved HTTP server can't produce: sockets closed half-way,
    bodies cut short, silence. After its script it closes connections unanswered.
    """

    script: list[bytes | Behaviour] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    connections: int = 0

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.05)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def play(self, *script: bytes | Behaviour) -> Wire:
        """Answer the next requests with these, in order."""
        self.script.extend(script)
        return self

    def close(self) -> None:
        self._stop.set()
        self._thread.join()
        self._listener.close()

    def _serve(self) -> None:
        while not self._stop.is_set():
            try:
                connection, _address = self._listener.accept()
            except TimeoutError:
                continue
            self.connections += 1
            with connection:
                connection.settimeout(2)
                self._talk(connection)

    def _talk(self, connection: socket.socket) -> None:
        stream = connection.makefile("rb")
        try:
            while self._has_more(connection):
                request = _read_request(stream)
                if request is None:
                    return
                self.requests.append(request)
                act = self.script.pop(0) if self.script else b""
                if callable(act):
                    act(connection)
                else:
                    connection.sendall(act)
                if callable(act) or b"\r\nConnection: close" in act or not act:
                    return
        except OSError:
            # The client gave up first, as some tests want it to.
            return
        finally:
            stream.close()

    def _has_more(self, connection: socket.socket) -> bool:
        """Wait for the next request on a kept connection, or for the end."""
        while not self._stop.is_set():
            if select.select([connection], [], [], 0.02)[0]:
                return True
        return False


def _read_request(stream) -> Request | None:
    line = stream.readline().decode("latin-1").strip()
    if not line:
        return None
    headers = {}
    while text := stream.readline().decode("latin-1").strip():
        name, _colon, value = text.partition(":")
        headers[name.lower()] = value.strip()
    return Request(line, headers, stream.read(int(headers.get("content-length", 0))))


def http(status: str = "200 OK", body: bytes = b"{}", *headers: str) -> bytes:
    """Return an HTTP answer, JSON unless a header says otherwise."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    if not any(line.startswith("Content-Type") for line in lines):
        lines.append("Content-Type: application/json;charset=UTF-8")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
