"""Lets the edge hang up on a client, as a broken network or a killed process does."""

from asyncio import Transport

from uvicorn.protocols.http.h11_impl import H11Protocol

Peer = tuple[str, int]


class Connections:
    """The open connections of one server by the client's address.

    Everything here runs on the server's event loop.
    """

    def __init__(self) -> None:
        self._transports: dict[Peer, Transport] = {}

    def protocol(self) -> type[H11Protocol]:
        """Return uvicorn's HTTP protocol, telling us of each connection."""
        transports = self._transports

        class NotedProtocol(H11Protocol):
            def connection_made(  # type: ignore[override]
                self, transport: Transport
            ) -> None:
                super().connection_made(transport)
                if self.client is not None:
                    transports[self.client] = self.transport

            def connection_lost(self, exc: Exception | None) -> None:
                if self.client is not None:
                    transports.pop(self.client, None)
                super().connection_lost(exc)

        return NotedProtocol

    def abort(self, peer: Peer) -> None:
        """Close at once; what was written and not yet sent is lost."""
        self._transport(peer).abort()

    def close(self, peer: Peer) -> None:
        """Close after sending what was written."""
        self._transport(peer).close()

    def _transport(self, peer: Peer) -> Transport:
        host, port = peer
        try:
            return self._transports[host, port]
        except KeyError:
            raise ConnectionResetError("no connection to hang up on") from None
