"""The QuickBooks users and the companies each of them may open."""

import json
import sqlite3
import uuid
from dataclasses import dataclass

from qbo_simulator.store import Store

_FIRST_USERS = (
    ("helen.marsh@accounts.example", "Helen", "Marsh", "+44 1632 960214", True),
    ("tom.okafor@accounts.example", "Tom", "Okafor", "+44 1632 960377", True),
    ("priya.shah@accounts.example", "Priya", "Shah", "+44 1632 960581", False),
)
_ADDRESS = {
    "streetAddress": "4 Quayside Court",
    "locality": "Whitby",
    "region": "North Yorkshire",
    "postalCode": "YO21 1DH",
    "country": "GB",
}


@dataclass(frozen=True)
class User:
    """A person with an Intuit account; ``joins_new_companies`` is a test's default."""

    email: str
    sub: str
    given_name: str
    family_name: str
    phone: str
    address: dict[str, str]
    joins_new_companies: bool

    @property
    def name(self) -> str:
        """The person's name as the consent page shows it."""
        return f"{self.given_name} {self.family_name}"


class People:
    """Users and their access, kept in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def install(self) -> None:
        """Write the first users unless they are there: two bookkeepers, one guest."""
        for email, given, family, phone, joins in _FIRST_USERS:
            self.add(email, given, family, phone, joins_new_companies=joins)

    def add(
        self,
        email: str,
        given_name: str,
        family_name: str,
        phone: str = "",
        *,
        joins_new_companies: bool = False,
    ) -> None:
        """Add a user; one with the same e-mail address stays as it is."""
        sub = str(uuid.uuid5(uuid.NAMESPACE_URL, f"mailto:{email}"))
        row = (email, sub, given_name, family_name, phone, json.dumps(_ADDRESS))
        with self._store.transaction() as db:
            db.execute(
                "INSERT OR IGNORE INTO auth_user VALUES (?, ?, ?, ?, ?, ?, ?)",
                (*row, int(joins_new_companies)),
            )

    def all(self) -> list[User]:
        """Return every user in the order they were added."""
        with self._store.transaction() as db:
            rows = db.execute("SELECT * FROM auth_user ORDER BY rowid").fetchall()
        return [_user(row) for row in rows]

    def by_email(self, email: str) -> User | None:
        """Return the user with this e-mail address, or None."""
        return next((user for user in self.all() if user.email == email), None)

    def admit_to_new_company(self, realm_id: str) -> None:
        """Give the users who join new companies access to this one."""
        for user in self.all():
            if user.joins_new_companies:
                self.set_access(user.email, realm_id, allowed=True)

    def set_access(self, email: str, realm_id: str, *, allowed: bool) -> None:
        """Give or take a user's access to a company."""
        statement = "DELETE FROM auth_access WHERE email = ? AND realm_id = ?"
        if allowed:
            statement = "INSERT OR IGNORE INTO auth_access VALUES (?, ?)"
        with self._store.transaction() as db:
            db.execute(statement, (email, realm_id))

    def may_open(self, email: str, realm_id: str) -> bool:
        """Tell whether the user has access to the company."""
        return realm_id in self.realms_of(email)

    def realms_of(self, email: str) -> list[str]:
        """Return the realm ids the user may open."""
        with self._store.transaction() as db:
            rows = db.execute(
                "SELECT realm_id FROM auth_access WHERE email = ? ORDER BY rowid",
                (email,),
            ).fetchall()
        return [row["realm_id"] for row in rows]


def _user(row: sqlite3.Row) -> User:
    return User(
        row["email"],
        row["sub"],
        row["given_name"],
        row["family_name"],
        row["phone"],
        json.loads(row["address"]),
        bool(row["joins_new_companies"]),
    )
