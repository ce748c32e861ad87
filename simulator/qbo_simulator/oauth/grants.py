"""The life of a consent: code, access tokens, rotating refresh token, end.

The rules are those of Intuit's OAuth guide and help articles as gathered in the
project's QuickBooks reference, section 1.5. Where Intuit is silent a switch decides.
"""

import sqlite3
from dataclasses import dataclass

from qbo_simulator.clock import Clock
from qbo_simulator.oauth import values
from qbo_simulator.oauth.apps import App
from qbo_simulator.oauth.errors import OAuthRefusal
from qbo_simulator.store import Store
from qbo_simulator.switches import Switches

ACCESS_SECONDS = 3600
REFRESH_SECONDS = 100 * 86400
ANNOUNCED_REFRESH_SECONDS = 8_726_400
HARD_LIMIT_SECONDS = 5 * 365 * 86400
ROTATION_SECONDS = 24 * 3600
CONCURRENT_SECONDS = 2.0


@dataclass(frozen=True)
class Grant:
    """One user's consent for one company, given to one key set."""

    id: int
    client_id: str
    realm_id: str
    email: str
    scopes: tuple[str, ...]
    nonce: str
    authorized_at: float
    refreshed_at: float | None
    revoked: bool

    @property
    def ends_at(self) -> float:
        """The five-year ceiling that no refresh moves."""
        return self.authorized_at + HARD_LIMIT_SECONDS


@dataclass(frozen=True)
class IssuedTokens:
    """What the token endpoint hands out; life times in seconds from now."""

    grant: Grant
    access_token: str
    refresh_token: str
    refresh_expires_in: int
    hard_expires_in: int


class Grants:
    """Codes and tokens, kept in the store."""

    def __init__(self, store: Store, clock: Clock, switches: Switches) -> None:
        self._store = store
        self._clock = clock
        self._switches = switches

    def _now(self) -> float:
        return self._clock.now().timestamp()

    def _longest(self) -> bool:
        return self._switches.get("token_size") == "longest"

    def _refused(self, description: str) -> OAuthRefusal:
        if self._switches.get("invalid_grant_description") == "off":
            description = ""
        return OAuthRefusal("invalid_grant", 400, description)

    # -- authorization code ------------------------------------------------------

    def issue_code(
        self,
        app: App,
        redirect_uri: str,
        realm_id: str,
        email: str,
        scopes: tuple[str, ...],
        nonce: str = "",
    ) -> str:
        """Return a single-use code for what the person just approved."""
        now = self._now()
        code = values.authorization_code(now)
        row = (code, app.client_id, redirect_uri, realm_id, email, " ".join(scopes))
        with self._store.transaction() as db:
            db.execute(
                "INSERT INTO auth_code VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL)",
                (*row, nonce, now),
            )
        return code

    def exchange(self, app: App, code: str, redirect_uri: str) -> IssuedTokens:
        """Turn a code into tokens; OAuthRefusal ``invalid_grant`` when it is no good.

        A code that comes a second time also ends the tokens made from it.
        """
        with self._store.transaction() as db:
            issued = self._exchange(db, app, code, redirect_uri)
        if issued is None:
            raise self._refused("Invalid authorization code")
        return issued

    def _exchange(
        self, db: sqlite3.Connection, app: App, code: str, redirect_uri: str
    ) -> IssuedTokens | None:
        row = db.execute("SELECT * FROM auth_code WHERE value = ?", (code,)).fetchone()
        if row is None or row["client_id"] != app.client_id:
            return None
        if row["grant_id"] is not None:
            if self._switches.get("code_reuse") == "revoke":
                self._end(db, row["grant_id"])
            return None
        age = self._now() - row["issued_at"]
        expired = age > float(self._switches.get("code_lifetime_seconds"))
        if expired or row["redirect_uri"] != redirect_uri:
            return None
        grant = self._open(
            db,
            app.client_id,
            row["realm_id"],
            row["email"],
            row["scopes"],
            row["nonce"],
        )
        db.execute(
            "UPDATE auth_code SET grant_id = ? WHERE value = ?", (grant.id, code)
        )
        return self._issue(db, grant)

    def authorize(
        self, app: App, realm_id: str, email: str, scopes: tuple[str, ...]
    ) -> IssuedTokens:
        """Return tokens as if the person had consented just now."""
        with self._store.transaction() as db:
            grant = self._open(db, app.client_id, realm_id, email, " ".join(scopes), "")
            return self._issue(db, grant)

    # -- refresh -----------------------------------------------------------------

    def refresh(self, app: App, value: str) -> IssuedTokens:
        """Return a new access token; OAuthRefusal ``invalid_grant`` when refused."""
        with self._store.transaction() as db:
            issued = self._refresh(db, app, value)
        if issued is None:
            raise self._refused("Incorrect or invalid refresh token")
        return issued

    def _refresh(
        self, db: sqlite3.Connection, app: App, value: str
    ) -> IssuedTokens | None:
        row = db.execute(
            "SELECT * FROM auth_refresh WHERE value = ?", (value,)
        ).fetchone()
        grant = self._live_grant(db, row["grant_id"]) if row else None
        if row is None or grant is None or grant.client_id != app.client_id:
            return None
        if self._looks_stolen(row, grant):
            self._end(db, grant.id)
            return None
        if row["expires_at"] <= self._now() or not self._still_accepted(row):
            return None
        db.execute(
            "UPDATE auth_grant SET refreshed_at = ? WHERE id = ?",
            (self._now(), grant.id),
        )
        return self._issue(db, grant)

    def _looks_stolen(self, row: sqlite3.Row, grant: Grant) -> bool:
        if self._switches.get("concurrent_refresh") != "revoke":
            return False
        last = grant.refreshed_at
        at_once = last is not None and abs(self._now() - last) < CONCURRENT_SECONDS
        return at_once or not self._still_accepted(row)

    def _still_accepted(self, row: sqlite3.Row) -> bool:
        if row["superseded_at"] is None:
            return True
        overlap = float(self._switches.get("refresh_overlap_hours")) * 3600
        return self._now() < row["superseded_at"] + overlap

    # -- use and end -------------------------------------------------------------

    def of_access_token(self, value: str) -> Grant | None:
        """Return the grant behind a living access token, or None."""
        with self._store.transaction() as db:
            row = db.execute(
                "SELECT * FROM auth_token WHERE value = ?", (value,)
            ).fetchone()
            if row is None or row["expires_at"] <= self._now():
                return None
            return self._live_grant(db, row["grant_id"])

    def revoke(self, app: App, value: str) -> bool:
        """End the connection of an access or refresh token; False if it is unknown."""
        with self._store.transaction() as db:
            row = db.execute(
                "SELECT grant_id FROM auth_refresh WHERE value = ?1"
                " UNION SELECT grant_id FROM auth_token WHERE value = ?1",
                (value,),
            ).fetchone()
            grant = self._live_grant(db, row["grant_id"]) if row else None
            if grant is None or grant.client_id != app.client_id:
                return False
            self._end(db, grant.id)
        return True

    def living(self, realm_id: str) -> list[Grant]:
        """Return the consents of a company that are in force, oldest first."""
        with self._store.transaction() as db:
            rows = db.execute(
                "SELECT id FROM auth_grant WHERE realm_id = ? AND revoked = 0"
                " ORDER BY id",
                (realm_id,),
            ).fetchall()
            grants = [self._live_grant(db, row["id"]) for row in rows]
        return [grant for grant in grants if grant is not None]

    def end(self, grant_id: int) -> None:
        """End one consent, as a person does under Apps in QuickBooks."""
        with self._store.transaction() as db:
            self._end(db, grant_id)

    def end_matching(self, email: str | None, realm_id: str | None) -> int:
        """End every grant of this user and company; None matches all."""
        with self._store.transaction() as db:
            return db.execute(
                "UPDATE auth_grant SET revoked = 1 WHERE revoked = 0"
                " AND email = coalesce(?, email) AND realm_id = coalesce(?, realm_id)",
                (email, realm_id),
            ).rowcount

    def expire_matching(
        self, email: str | None, realm_id: str | None, kind: str
    ) -> int:
        """Let the tokens of a kind (access, refresh, all) expire now; their number."""
        tables = {"access": ["token"], "refresh": ["refresh"]}
        count = 0
        with self._store.transaction() as db:
            for table in tables.get(kind, ["token", "refresh"]):
                count += db.execute(
                    f"UPDATE auth_{table} SET expires_at = ?"
                    " WHERE grant_id IN (SELECT id FROM auth_grant WHERE revoked = 0"
                    " AND email = coalesce(?, email)"
                    " AND realm_id = coalesce(?, realm_id))",
                    (self._now(), email, realm_id),
                ).rowcount
        return count

    # -- rows --------------------------------------------------------------------

    def _open(
        self,
        db: sqlite3.Connection,
        client_id: str,
        realm_id: str,
        email: str,
        scopes: str,
        nonce: str,
    ) -> Grant:
        cursor = db.execute(
            "INSERT INTO auth_grant"
            " (client_id, realm_id, email, scopes, nonce, authorized_at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (client_id, realm_id, email, scopes, nonce, self._now()),
        )
        return self._grant(db, int(cursor.lastrowid or 0))

    def _issue(self, db: sqlite3.Connection, grant: Grant) -> IssuedTokens:
        now = self._now()
        access = values.access_token(self._longest())
        db.execute(
            "INSERT INTO auth_token VALUES (?, ?, ?, ?)",
            (access, grant.id, now, min(now + ACCESS_SECONDS, grant.ends_at)),
        )
        hard = int(grant.ends_at - now)
        refresh = self._current_refresh(db, grant)
        announced = min(ANNOUNCED_REFRESH_SECONDS, hard)
        return IssuedTokens(grant, access, refresh, announced, hard)

    def _current_refresh(self, db: sqlite3.Connection, grant: Grant) -> str:
        """Return the refresh value to hand out, rolled on or replaced by a new one."""
        now = self._now()
        expires = min(now + REFRESH_SECONDS, grant.ends_at)
        row = db.execute(
            "SELECT * FROM auth_refresh WHERE grant_id = ? AND superseded_at IS NULL",
            (grant.id,),
        ).fetchone()
        if row is not None and now - row["issued_at"] < ROTATION_SECONDS:
            db.execute(
                "UPDATE auth_refresh SET expires_at = ? WHERE value = ?",
                (expires, row["value"]),
            )
            return row["value"]
        db.execute(
            "UPDATE auth_refresh SET superseded_at = ?"
            " WHERE grant_id = ? AND superseded_at IS NULL",
            (now, grant.id),
        )
        value = values.refresh_token(expires, self._longest())
        db.execute(
            "INSERT INTO auth_refresh VALUES (?, ?, ?, ?, NULL)",
            (value, grant.id, now, expires),
        )
        return value

    def _live_grant(self, db: sqlite3.Connection, grant_id: int) -> Grant | None:
        grant = self._grant(db, grant_id)
        alive = not grant.revoked and self._now() < grant.ends_at
        return grant if alive else None

    def _grant(self, db: sqlite3.Connection, grant_id: int) -> Grant:
        row = db.execute(
            "SELECT * FROM auth_grant WHERE id = ?", (grant_id,)
        ).fetchone()
        return Grant(
            row["id"],
            row["client_id"],
            row["realm_id"],
            row["email"],
            tuple(row["scopes"].split()),
            row["nonce"],
            row["authorized_at"],
            row["refreshed_at"],
            bool(row["revoked"]),
        )

    @staticmethod
    def _end(db: sqlite3.Connection, grant_id: int) -> None:
        db.execute("UPDATE auth_grant SET revoked = 1 WHERE id = ?", (grant_id,))
