"""Loads sample companies: planted once a process through the engine, then copied.

Planting goes through every rule of the engine and takes seconds; a copy of the rows
takes milliseconds. Nothing of a company lives outside its rows.
"""

import random
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from qbo_simulator.clock import Clock
from qbo_simulator.engine import Engine
from qbo_simulator.seeds.books import Books, months_before
from qbo_simulator.seeds.buying import Buying
from qbo_simulator.seeds.data import sample
from qbo_simulator.seeds.lists import Lists
from qbo_simulator.seeds.office import Office
from qbo_simulator.seeds.trade import Trade
from qbo_simulator.store import Realm, Store
from qbo_simulator.switches import Switches

if TYPE_CHECKING:
    from qbo_simulator.simulator import Simulator

COMPANIES = ("uk", "us", "empty")


@dataclass(frozen=True)
class _Planted:
    """A company in a database of its own, waiting to be copied."""

    store: Store
    realm: Realm


def load(
    simulator: "Simulator",
    company: str,
    realm_id: str | None = None,
    name: str | None = None,
    environment: str = "sandbox",
) -> str:
    """Open a sample company in the simulator and return its realm id.

    ``name`` replaces the sample's own name. ValueError for an unknown company.
    """
    if company not in COMPANIES:
        raise ValueError(f"company must be one of {', '.join(COMPANIES)}")
    today = simulator.clock.today()
    planted = _plant(company, name, simulator.seed, today)
    opened = simulator.engine.open_company(
        planted.realm.company_name,
        planted.realm.country,
        planted.realm.home_currency,
        environment=environment,
        realm_id=realm_id,
    )
    _copy(planted, simulator.store, opened)
    return opened


@lru_cache(maxsize=8)
def _plant(company: str, name: str | None, seed: int, today: date) -> _Planted:
    store = Store()
    clock = Clock()
    engine = Engine(store, clock, Switches())
    planter: Callable[..., None] = _plant_empty if company == "empty" else _plant_sample
    planter(engine, clock, company, name, seed, today)
    return _Planted(store, store.realms()[0])


def _plant_empty(
    engine: Engine, clock: Clock, company: str, name: str | None, seed: int, today: date
) -> None:
    """Open a British company that has its setup and nothing else."""
    british = sample("uk")
    settings = {**british.settings, "multicurrency": False}
    realm_id = engine.open_company(
        name or "New Company Ltd", british.country, settings["home_currency"]
    )
    books = Books(engine, clock, realm_id)
    Lists(books, replace(british, settings=settings), today).plant_setup()


def _plant_sample(
    engine: Engine, clock: Clock, company: str, name: str | None, seed: int, today: date
) -> None:
    """Open a sample company and let it trade for a year."""
    chosen = sample(company)
    settings = chosen.settings
    first_day = months_before(today, 13)
    present = clock.now()
    called = name or settings["info"]["CompanyName"]
    own = {"CompanyName": called, "CompanyStartDate": first_day.isoformat()}
    realm_id = engine.open_company(
        called,
        chosen.country,
        settings["home_currency"],
        info={**settings["info"], "LegalName": called, **own},
        preferences=settings["preferences"],
    )
    books = Books(engine, clock, realm_id)
    books.on(first_day)
    lists = Lists(books, chosen, first_day)
    lists.plant_setup()
    lists.plant_names()
    rng = random.Random(f"{seed}/{company}")
    Trade(books, chosen, rng, today).plant()
    Buying(books, chosen, random.Random(f"{seed}/{company}/buying"), today).plant()
    Office(books, chosen, today).plant()
    clock.set(present)


def _copy(planted: _Planted, target: Store, realm_id: str) -> None:
    """Put a planted company's rows in place of the target company's own."""
    tables = planted.store.rows(
        "SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c"
        " ON c.name = 'realm' WHERE m.type = 'table'"
    )
    with target.transaction() as db:
        for (table,) in tables:
            db.execute(f"DELETE FROM {table} WHERE realm = ?", (realm_id,))
            _copy_table(planted, db, table, realm_id)


def _copy_table(
    planted: _Planted, db: sqlite3.Connection, table: str, realm_id: str
) -> None:
    rows = planted.store.rows(f"SELECT * FROM {table}")
    if not rows:
        return
    names = rows[0].keys()
    place = names.index("realm")
    marks = ", ".join("?" * len(names))
    db.executemany(
        f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})",
        ([*row[:place], realm_id, *row[place + 1 :]] for row in map(tuple, rows)),
    )
