"""The tables of endpoints, events and deliveries, beside the books in the same file.

A simulator started again on its file still knows what it has to tell to whom. Times
are seconds since the epoch on the simulator's clock.
"""

from qbo_simulator.store import Store

_TABLES = (
    """CREATE TABLE IF NOT EXISTS webhook_endpoint (
        environment TEXT PRIMARY KEY,
        url TEXT NOT NULL,
        verifier_token TEXT NOT NULL,
        format TEXT NOT NULL,
        delay REAL NOT NULL,
        entities TEXT,
        headers TEXT NOT NULL,
        since REAL NOT NULL,
        disabled_at REAL)""",
    """CREATE TABLE IF NOT EXISTS webhook_event (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        environment TEXT NOT NULL,
        realm TEXT NOT NULL,
        name TEXT NOT NULL,
        entity_id TEXT NOT NULL,
        operation TEXT NOT NULL,
        deleted_id TEXT NOT NULL,
        at REAL NOT NULL,
        delivery INTEGER)""",
    """CREATE INDEX IF NOT EXISTS webhook_event_delivery
        ON webhook_event (environment, delivery)""",
    """CREATE TABLE IF NOT EXISTS webhook_delivery (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        environment TEXT NOT NULL,
        at REAL NOT NULL,
        body BLOB NOT NULL,
        content_type TEXT NOT NULL,
        forged INTEGER NOT NULL,
        passable INTEGER NOT NULL,
        copy_of INTEGER,
        state TEXT NOT NULL,
        next_at REAL)""",
    """CREATE INDEX IF NOT EXISTS webhook_delivery_state
        ON webhook_delivery (state, environment)""",
    """CREATE TABLE IF NOT EXISTS webhook_try (
        delivery INTEGER NOT NULL,
        at REAL NOT NULL,
        status INTEGER NOT NULL,
        seconds REAL NOT NULL,
        problem TEXT NOT NULL)""",
    """CREATE INDEX IF NOT EXISTS webhook_try_delivery ON webhook_try (delivery)""",
)
_NAMES = ("endpoint", "event", "delivery", "try")


def create(store: Store) -> None:
    """Make the tables that are missing."""
    with store.transaction() as db:
        for statement in _TABLES:
            db.execute(statement)


def clear(store: Store, names: tuple[str, ...] = _NAMES) -> None:
    """Empty the tables."""
    with store.transaction() as db:
        for name in names:
            db.execute(f"DELETE FROM webhook_{name}")
