"""An endpoint for webhooks that keeps what arrives and answers as it is told."""

import http.server
import threading
import time
from dataclasses import dataclass, field


@dataclass
class Listener:
    """``answers`` are used up one by one; after that every answer is 200."""

    url: str = ""
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    pause: float = 0.0

    def __enter__(self) -> "Listener":
        self._server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), self._handler()
        )
        host, port = self._server.server_address[:2]
        self.url = f"http://{host}:{port}/hook"
        threading.Thread(
            target=self._server.serve_forever, args=(0.01,), daemon=True
        ).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[http.server.BaseHTTPRequestHandler]:
        listener = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["content-length"])
                listener.bodies.append(self.rfile.read(length))
                names = self.headers.items()
                listener.headers.append({key.lower(): value for key, value in names})
                time.sleep(listener.pause)
                status = listener.answers.pop(0) if listener.answers else 200
                self.send_response(status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        return Handler
