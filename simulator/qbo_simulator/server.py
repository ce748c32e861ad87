"""The simulator behind a real socket, in a thread of the process that asks for it."""

import socket
import threading
import time
from types import TracebackType

import uvicorn

from qbo_simulator.app import create_app
from qbo_simulator.control.credentials import credentials
from qbo_simulator.simulator import Simulator

HOST = "127.0.0.1"
START_SECONDS = 30.0
STOP_SECONDS = 10.0


class SimulatorServer:
    """Serves one simulator on this machine only.

    ``company`` (``uk``, ``us``, ``empty``) is loaded if ``db`` holds no company yet;
    ``port`` 0 picks a free one. A context manager: ready inside, gone after.
    """

    def __init__(
        self, company: str = "uk", port: int = 0, db: str = ":memory:", seed: int = 1
    ) -> None:
        self.simulator = Simulator(db=db, seed=seed)
        if not self.simulator.store.realms():
            self.simulator.load_company(company)
        self._wanted_port = port
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        self._address: tuple[str, int] = (HOST, port)

    @property
    def url(self) -> str:
        """The server's address without a slash at the end."""
        return f"http://{self._address[0]}:{self._address[1]}"

    def credentials(
        self,
        realm_id: str | None = None,
        user: str | None = None,
        environment: str | None = None,
    ) -> dict[str, str]:
        """Return keys, addresses and fresh tokens; see ``control.credentials``."""
        return credentials(self.simulator, self.url, realm_id, user, environment)

    def start(self) -> "SimulatorServer":
        """Listen and return when requests are answered.

        Raises OSError when the port is taken, RuntimeError when the server dies.
        """
        listener = _listener(self._wanted_port)
        self._address = listener.getsockname()
        self._server = uvicorn.Server(self._config())
        self._thread = threading.Thread(
            target=self._server.run, args=([listener],), daemon=True
        )
        self._thread.start()
        self._wait_until_ready(self._server, self._thread)
        return self

    def _config(self) -> uvicorn.Config:
        return uvicorn.Config(
            create_app(self.simulator),
            http=self.simulator.connections.protocol(),
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=2,
        )

    @staticmethod
    def _wait_until_ready(server: uvicorn.Server, thread: threading.Thread) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not server.started:
            if not thread.is_alive() or time.monotonic() > deadline:
                raise RuntimeError("the simulator's web server did not start")
            time.sleep(0.002)

    def stop(self) -> None:
        """Stop listening, end open connections and close the books."""
        if self._server is not None and self._thread is not None:
            self._server.should_exit = self._server.force_exit = True
            self._thread.join(STOP_SECONDS)
            self._server = self._thread = None
        self.simulator.close()

    def wait(self) -> None:
        """Block until the server has ended."""
        if self._thread is not None:
            self._thread.join()

    def __enter__(self) -> "SimulatorServer":
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def _listener(port: int) -> socket.socket:
    """Return a bound socket.

    asyncio turns Nagle's algorithm off only on sockets that name their protocol; with
    it on, each answer on a kept connection would wait 40 ms for an acknowledgement.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError:
        listener.close()
        raise
    return listener
