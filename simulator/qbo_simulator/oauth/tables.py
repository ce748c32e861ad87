"""The tables of apps, people and grants, beside the books in the same SQLite file.

They live there so that a simulator started again on its file still knows every token.
Times are seconds since the epoch on the simulator's clock.
"""

from qbo_simulator.store import Store

_TABLES = (
    """CREATE TABLE IF NOT EXISTS auth_app (
        environment TEXT PRIMARY KEY,
        client_id TEXT NOT NULL UNIQUE,
        client_secret TEXT NOT NULL,
        verifier_token TEXT NOT NULL,
        name TEXT NOT NULL,
        publisher TEXT NOT NULL,
        redirect_uris TEXT)""",
    """CREATE TABLE IF NOT EXISTS auth_user (
        email TEXT PRIMARY KEY,
        sub TEXT NOT NULL UNIQUE,
        given_name TEXT NOT NULL,
        family_name TEXT NOT NULL,
        phone TEXT NOT NULL,
        address TEXT NOT NULL,
        joins_new_companies INTEGER NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS auth_access (
        email TEXT NOT NULL,
        realm_id TEXT NOT NULL,
        PRIMARY KEY (email, realm_id))""",
    """CREATE TABLE IF NOT EXISTS auth_grant (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        client_id TEXT NOT NULL,
        realm_id TEXT NOT NULL,
        email TEXT NOT NULL,
        scopes TEXT NOT NULL,
        nonce TEXT NOT NULL,
        authorized_at REAL NOT NULL,
        refreshed_at REAL,
        revoked INTEGER NOT NULL DEFAULT 0)""",
    """CREATE TABLE IF NOT EXISTS auth_code (
        value TEXT PRIMARY KEY,
        client_id TEXT NOT NULL,
        redirect_uri TEXT NOT NULL,
        realm_id TEXT NOT NULL,
        email TEXT NOT NULL,
        scopes TEXT NOT NULL,
        nonce TEXT NOT NULL,
        issued_at REAL NOT NULL,
        grant_id INTEGER)""",
    """CREATE TABLE IF NOT EXISTS auth_refresh (
        value TEXT PRIMARY KEY,
        grant_id INTEGER NOT NULL,
        issued_at REAL NOT NULL,
        expires_at REAL NOT NULL,
        superseded_at REAL)""",
    """CREATE TABLE IF NOT EXISTS auth_token (
        value TEXT PRIMARY KEY,
        grant_id INTEGER NOT NULL,
        issued_at REAL NOT NULL,
        expires_at REAL NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS auth_key (
        purpose TEXT PRIMARY KEY,
        pem TEXT NOT NULL)""",
)
_NAMES = ("app", "user", "access", "grant", "code", "refresh", "token")


def create(store: Store) -> None:
    """Make the tables that are missing."""
    with store.transaction() as db:
        for statement in _TABLES:
            db.execute(statement)


def clear(store: Store) -> None:
    """Empty every table but the signing key, which costs time to make."""
    with store.transaction() as db:
        for name in _NAMES:
            db.execute(f"DELETE FROM auth_{name}")
