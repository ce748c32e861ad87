"""``requestid``: the same request answered again without being executed again.

qbo-api.md 2.4. The answer is kept in the transaction that made the change, so that
there is never one without the other.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from sqlite3 import Row

from qbo_simulator.clock import Clock
from qbo_simulator.errors import ServiceFault
from qbo_simulator.store import Store, seconds
from qbo_simulator.switches import Switches

MOST = 50
_DAY = 86400


@dataclass(frozen=True)
class Kept:
    """An answer: HTTP status and JSON."""

    status: int
    text: bytes


class Replay:
    """The answers that are kept for repetition."""

    def __init__(self, store: Store, clock: Clock, switches: Switches) -> None:
        self._store = store
        self._clock = clock
        self.switches = switches

    def once(
        self, realm_id: str, key: str, request: bytes, action: Callable[[], Kept]
    ) -> Kept:
        """Return the kept answer for a key, or act and keep the answer.

        Raises 2130 for a key that is too long, 600 by switch for another request under
        a used key.
        """
        if not key:
            return action()
        if len(key) > MOST:
            detail = f"Request Id must not exceed {MOST} characters."
            raise ServiceFault("2130", "requestid", detail)
        digest = hashlib.sha256(request).hexdigest()
        with self._store.transaction():
            kept = self._kept(realm_id, key, digest)
            if kept is None:
                kept = action()
                self._keep(realm_id, key, digest, kept)
        return kept

    def knows(self, realm_id: str, key: str) -> bool:
        """Tell whether a key's answer is kept."""
        return bool(self._rows(realm_id, key))

    def _rows(self, realm_id: str, key: str) -> list[Row]:
        days = float(self.switches.get("requestid_retention_days"))
        since = seconds(self._clock.now()) - int(days * _DAY)
        return self._store.rows(
            "SELECT status, answer, digest FROM requestids"
            " WHERE realm = ? AND requestid = ? AND at >= ?",
            (realm_id, key, since),
        )

    def _kept(self, realm_id: str, key: str, digest: str) -> Kept | None:
        rows = self._rows(realm_id, key)
        if not rows:
            return None
        other = rows[0]["digest"] != digest
        if other and self.switches.get("requestid_other_body") == "600":
            raise ServiceFault("600", "requestid", f"Duplicate Request ID: {key}")
        return Kept(rows[0]["status"], bytes(rows[0]["answer"]))

    def _keep(self, realm_id: str, key: str, digest: str, kept: Kept) -> None:
        if kept.status != 200 and self.switches.get("requestid_keeps_faults") == "off":
            return
        with self._store.transaction() as db:
            db.execute(
                "INSERT OR REPLACE INTO requestids VALUES (?, ?, ?, ?, ?, ?)",
                (
                    realm_id,
                    key,
                    seconds(self._clock.now()),
                    digest,
                    kept.status,
                    kept.text,
                ),
            )
