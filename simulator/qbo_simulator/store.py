"""The books of every company in one SQLite database, in memory or in a file.

The store knows records, numbers and times, no rules. Everything a company is lives
here, so that a copy of the database is a copy of the company.
"""

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

_TABLES = """
CREATE TABLE IF NOT EXISTS realms (
    realm_id TEXT PRIMARY KEY,
    company_name TEXT NOT NULL,
    country TEXT NOT NULL,
    environment TEXT NOT NULL,
    home_currency TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS records (
    realm TEXT NOT NULL,
    entity TEXT NOT NULL,
    id NUMERIC NOT NULL,
    sync_token INTEGER NOT NULL,
    active INTEGER NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    actor TEXT NOT NULL,
    name TEXT,
    full_name TEXT,
    doc_number TEXT,
    txn_date TEXT,
    party NUMERIC,
    body TEXT NOT NULL,
    PRIMARY KEY (realm, entity, id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS records_active
    ON records (realm, entity, deleted, active, id);
CREATE INDEX IF NOT EXISTS records_updated ON records (realm, entity, updated);
CREATE INDEX IF NOT EXISTS records_name ON records (realm, entity, name);
CREATE INDEX IF NOT EXISTS records_full_name ON records (realm, entity, full_name);
CREATE INDEX IF NOT EXISTS records_doc_number ON records (realm, entity, doc_number);
CREATE INDEX IF NOT EXISTS records_txn_date ON records (realm, entity, txn_date);
CREATE INDEX IF NOT EXISTS records_party ON records (realm, entity, party);
CREATE TABLE IF NOT EXISTS sequences (
    realm TEXT NOT NULL,
    name TEXT NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (realm, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS postings (
    realm TEXT NOT NULL,
    txn_type TEXT NOT NULL,
    txn_id INTEGER NOT NULL,
    line INTEGER NOT NULL,
    txn_date TEXT NOT NULL,
    account INTEGER NOT NULL,
    party_type TEXT,
    party INTEGER,
    item INTEGER,
    quantity TEXT,
    tax_rate INTEGER,
    class INTEGER,
    department INTEGER,
    memo TEXT,
    currency TEXT NOT NULL,
    amount INTEGER NOT NULL,
    home INTEGER NOT NULL,
    PRIMARY KEY (realm, txn_type, txn_id, line)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS postings_account ON postings (realm, account, txn_date);
CREATE INDEX IF NOT EXISTS postings_party ON postings (realm, party_type, party);
CREATE TABLE IF NOT EXISTS balances (
    realm TEXT NOT NULL,
    entity TEXT NOT NULL,
    id INTEGER NOT NULL,
    own INTEGER NOT NULL DEFAULT 0,
    total INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (realm, entity, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS links (
    realm TEXT NOT NULL,
    from_type TEXT NOT NULL,
    from_id INTEGER NOT NULL,
    line INTEGER NOT NULL,
    to_type TEXT NOT NULL,
    to_id INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    PRIMARY KEY (realm, from_type, from_id, line, to_type, to_id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS links_target ON links (realm, to_type, to_id);
CREATE TABLE IF NOT EXISTS requestids (
    realm TEXT NOT NULL,
    requestid TEXT NOT NULL,
    at INTEGER NOT NULL,
    digest TEXT NOT NULL,
    status INTEGER NOT NULL,
    answer BLOB NOT NULL,
    PRIMARY KEY (realm, requestid)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS files (
    realm TEXT NOT NULL,
    id TEXT NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (realm, id)
) WITHOUT ROWID;
"""
_NAMES = (
    "realms",
    "records",
    "sequences",
    "postings",
    "balances",
    "links",
    "requestids",
    "settings",
    "files",
)


@dataclass(frozen=True)
class Realm:
    """One QuickBooks company."""

    realm_id: str
    company_name: str
    country: str
    environment: str
    home_currency: str


@dataclass
class Row:
    """One record with the columns that are kept beside its body."""

    realm: str
    entity: str
    id: str
    sync_token: int
    active: bool
    deleted: bool
    created: int
    updated: int
    actor: str
    name: str | None
    full_name: str | None
    doc_number: str | None
    txn_date: str | None
    party: str | None
    body: str


_COLUMNS = tuple(Row.__dataclass_fields__)
_COLUMN_LIST = ", ".join(_COLUMNS)
_INSERT = (
    f"INSERT INTO records ({_COLUMN_LIST}) VALUES ({', '.join('?' * len(_COLUMNS))})"
)
_SELECT = f"SELECT {_COLUMN_LIST} FROM records"


class Store:
    """One connection under one re-entrant lock.

    A file is held by one simulator at a time: much of a company is kept in memory.
    Raises sqlite3.Error for a file that another holds, or that cannot hold books.
    """

    def __init__(self, path: str = ":memory:") -> None:
        self.lock = threading.RLock()
        self._depth = 0
        self._db = sqlite3.connect(
            path, timeout=1, check_same_thread=False, isolation_level=None
        )
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(_TABLES)

    def close(self) -> None:
        """Close the database."""
        with self.lock:
            self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Hold the lock; commit at the end, undo everything on an exception.

        Inside another transaction it is a savepoint: only its own work is undone.
        """
        with self.lock:
            begin, commit, undo = _BOUNDARIES[self._depth > 0]
            self._db.execute(begin)
            self._depth += 1
            try:
                yield self._db
            except BaseException:
                self._db.execute(undo)
                if self._depth > 1:
                    self._db.execute(commit)
                raise
            else:
                self._db.execute(commit)
            finally:
                self._depth -= 1

    def change(self, sql: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        """Execute one writing statement; return what it gives back.

        One statement happens whole or not at all: it needs no savepoint of its own.
        """
        with self.lock:
            return self._db.execute(sql, values).fetchall()

    def change_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Execute one writing statement for each row of values."""
        with self.lock:
            self._db.executemany(sql, rows)

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        """Return the rows of a SELECT."""
        with self.lock:
            return self._db.execute(sql, values).fetchall()

    def clear(self) -> None:
        """Forget every company."""
        with self.transaction() as db:
            for name in _NAMES:
                db.execute(f"DELETE FROM {name}")

    def setting(self, name: str) -> str | None:
        """Return what is kept under a name beside the companies, or None."""
        rows = self.rows("SELECT value FROM settings WHERE name = ?", (name,))
        return rows[0]["value"] if rows else None

    def save_setting(self, name: str, value: str) -> None:
        """Keep a text under a name."""
        self.change("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, value))

    # -- companies -------------------------------------------------------------

    def realms(self) -> list[Realm]:
        """Return all companies in the order they were opened."""
        rows = self.rows("SELECT * FROM realms ORDER BY rowid")
        return [Realm(**dict(row)) for row in rows]

    def realm(self, realm_id: str) -> Realm | None:
        """Return a company or None."""
        rows = self.rows("SELECT * FROM realms WHERE realm_id = ?", (realm_id,))
        return Realm(**dict(rows[0])) if rows else None

    def save_realm(self, realm: Realm) -> None:
        """Add a company, or change what is known of it."""
        with self.transaction() as db:
            db.execute(
                "INSERT INTO realms VALUES (?, ?, ?, ?, ?) ON CONFLICT (realm_id) DO"
                " UPDATE SET company_name = excluded.company_name,"
                " country = excluded.country",
                (
                    realm.realm_id,
                    realm.company_name,
                    realm.country,
                    realm.environment,
                    realm.home_currency,
                ),
            )

    # -- records ---------------------------------------------------------------

    def get(self, realm: str, entity: str, record_id: str) -> Row | None:
        """Return a record, deleted or not, or None."""
        sql = f"{_SELECT} WHERE realm = ? AND entity = ? AND id = ?"
        rows = self.rows(sql, (realm, entity, record_id))
        return _row(rows[0]) if rows else None

    def find(self, realm: str, condition: str, values: Sequence[Any] = ()) -> list[Row]:
        """Return the living records of a company that meet an SQL condition."""
        sql = f"{_SELECT} WHERE realm = ? AND deleted = 0 AND {condition}"
        return [_row(row) for row in self.rows(sql, (realm, *values))]

    def named(
        self, realm: str, column: str, names: Sequence[str], entities: Sequence[str]
    ) -> list[Row]:
        """Return the living records of some entities that have one of the names."""
        sql = (
            f"{_SELECT} INDEXED BY records_{column} WHERE realm = ?"
            f" AND {column} IN ({', '.join('?' * len(names))})"
            f" AND entity IN ({', '.join('?' * len(entities))}) AND deleted = 0"
        )
        return [_row(row) for row in self.rows(sql, (realm, *names, *entities))]

    def insert(self, row: Row) -> None:
        """Add a record."""
        with self.lock:
            self._db.execute(_INSERT, [getattr(row, name) for name in _COLUMNS])

    def replace(self, row: Row) -> None:
        """Write a record that exists."""
        sets = ", ".join(f"{name} = ?" for name in _COLUMNS[3:])
        values = [getattr(row, name) for name in _COLUMNS[3:]]
        with self.lock:
            self._db.execute(
                f"UPDATE records SET {sets} WHERE realm = ? AND entity = ? AND id = ?",
                (*values, row.realm, row.entity, row.id),
            )

    def last_number(self, realm: str, name: str) -> int | None:
        """Return the last number given out in a sequence."""
        rows = self.rows(
            "SELECT last FROM sequences WHERE realm = ? AND name = ?", (realm, name)
        )
        return rows[0]["last"] if rows else None

    def save_number(self, realm: str, name: str, last: int) -> None:
        """Note the last number given out in a sequence."""
        with self.lock:
            self._db.execute(
                "INSERT INTO sequences VALUES (?, ?, ?) ON CONFLICT (realm, name) DO"
                " UPDATE SET last = excluded.last",
                (realm, name, last),
            )


_BOUNDARIES = {
    False: ("BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"),
    True: ("SAVEPOINT inner_work", "RELEASE inner_work", "ROLLBACK TO inner_work"),
}


def _row(row: sqlite3.Row) -> Row:
    found = Row(*row)
    found.id = str(found.id)
    found.active, found.deleted = bool(found.active), bool(found.deleted)
    found.party = None if found.party is None else str(found.party)
    return found


def seconds(moment: datetime) -> int:
    """Return a moment as whole seconds since 1970, which is how records keep it."""
    return int(moment.timestamp())
