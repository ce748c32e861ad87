"""The first pull of a list, beside the same pages copied into a bare table.

The reference works as connectors commonly do: pages of 100 through a public client,
and one ORM write for each record.
"""

import csv
import io
import os
from collections.abc import Iterator

import psycopg2
from intuitlib.client import AuthClient
from quickbooks import QuickBooks as PublicClient
from quickbooks.objects.customer import Customer

from .ground import Ground, standing
from .measuring import Figures, measure, middle
from .quickbooks import AWAY, PAGE
from .report import Report
from .syncing import forget_mirror, pull

ROUNDS = 3
SIZES = (1_000, 10_000, 100_000)
EVERY = "WHERE Active IN (true, false)"
COLUMNS = 12


def main() -> None:
    """Measure, print and keep."""
    report = Report("pull", "First pull of customers, and of items")
    found: dict[tuple[str, int], Figures] = {}
    for size in SIZES:
        with standing() as ground:
            ground.quickbooks.seed(customers=size)
            _customers(ground, size, report, found)
            if size == 10_000:
                _items(ground, report)
    _targets(report, found)
    report.keep()


def _customers(ground: Ground, size: int, report: Report, found: dict) -> None:
    rounds = ROUNDS if size < 100_000 else 1
    floor = _rounds(ground, rounds, lambda: copy_pages(ground, "Customer"))
    report.add(f"{size:,} customers, floor: COPY", floor, size)
    addon = _rounds(ground, rounds, lambda: pull(ground, "customers"), "customer")
    report.add(f"{size:,} customers, addon", addon, size)
    found["floor", size], found["addon", size] = floor, addon
    if size == 10_000:
        forget_mirror(ground, "customer")
        reference = measure(ground, lambda: commonly(ground))
        report.add(f"{size:,} customers, reference", reference, size)
        found["reference", size] = reference
        _from_afar(ground, size, report)


def _from_afar(ground: Ground, size: int, report: Report) -> None:
    """Measure both once more with the wait for an answer that the simulator spares."""
    with ground.quickbooks.far_away():
        floor = measure(ground, lambda: copy_pages(ground, "Customer"))
        addon = _rounds(ground, 1, lambda: pull(ground, "customers"), "customer")
    report.add(f"{size:,} customers, floor, {AWAY} s a call", floor, size)
    report.add(f"{size:,} customers, addon, {AWAY} s a call", addon, size)
    ratio = addon.seconds / floor.seconds
    report.target(f"addon / floor, {AWAY} s a call", ratio, "–", met=True)


def _items(ground: Ground, report: Report) -> None:
    ground.quickbooks.seed(items=10_000)
    floor = _rounds(ground, ROUNDS, lambda: copy_pages(ground, "Item"))
    report.add("10,000 items, floor: COPY", floor, 10_000)
    addon = _rounds(ground, ROUNDS, lambda: pull(ground, "items"), "item")
    report.add("10,000 items, addon", addon, 10_000)
    ratio = addon.seconds / floor.seconds
    report.target("items: addon / floor", ratio, "≤ 2.5", ratio <= 2.5)


def _rounds(ground: Ground, number: int, work, mirror: str = "") -> Figures:
    found = []
    for _ in range(number):
        if mirror:
            forget_mirror(ground, mirror)
        found.append(measure(ground, work))
    return middle(found)


def _targets(report: Report, found: dict) -> None:
    addon = {size: found["addon", size] for size in SIZES}
    floor, reference = found["floor", 10_000], found["reference", 10_000]
    ratio = addon[10_000].seconds / floor.seconds
    report.target("addon / floor at 10,000", ratio, "≤ 2.5", ratio <= 2.5)
    faster = reference.seconds / addon[10_000].seconds
    report.target("reference / addon at 10,000", faster, "≥ 15", faster >= 15)
    for size, figures in addon.items():
        more = figures.calls - (size // PAGE + 1)
        report.target(f"calls beyond the pages at {size:,}", more, "≤ 2", more <= 2)
    each = [addon[size].seconds / size for size in (1_000, 100_000)]
    growth = each[1] / each[0]
    report.target("time a record, 100,000 / 1,000", growth, "≤ 1.15", growth <= 1.15)
    memory = addon[100_000].peak_mb - addon[1_000].peak_mb
    report.target("memory, MB above 1,000's", memory, "≤ 100", memory <= 100)


# === The floor === #


def copy_pages(ground: Ground, entity: str, where: str = EVERY) -> int:
    """Fetch a list with one session and copy it into a bare table."""
    link = psycopg2.connect(
        dbname=ground.database,
        host=ground.server["PGHOST"],
        port=ground.server.get("PGPORT"),
        user=ground.server["PGUSER"],
    )
    columns = ", ".join(f"c{number} text" for number in range(COLUMNS))
    total = 0
    with link, link.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_floor")
        cursor.execute(f"CREATE TABLE bench_floor ({columns})")
        for rows in ground.quickbooks.pages(entity, where):
            cursor.copy_expert("COPY bench_floor FROM STDIN CSV", _csv(rows))
            total += len(rows)
    link.close()
    return total


def _csv(rows: list[dict]) -> io.StringIO:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(map(_cells, rows))
    buffer.seek(0)
    return buffer


def _cells(record: dict) -> list:
    """Return what a mirror keeps of a customer or item, as far as both have it."""
    address = record.get("BillAddr", {})
    names = ("Id", "SyncToken", "DisplayName", "FullyQualifiedName", "Active")
    cells = [record.get(name) for name in names]
    cells += [record.get(name) for name in ("CompanyName", "Balance", "Notes")]
    cells += [address.get(name) for name in ("Line1", "City", "PostalCode", "Country")]
    return cells


# === The reference === #


def commonly(ground: Ground) -> int:
    """Pull customers as connectors commonly do; return how many."""
    total = 0
    for page in _public_pages(ground):
        with ground.env() as env:
            partners = env["res.partner"]
            for customer in page:
                _write_one(partners, customer)
        total += len(page)
    return total


def _public_pages(ground: Ground) -> Iterator[list[Customer]]:
    client = public_client(ground)
    start = 1
    while True:
        page = Customer.filter(
            Active=True, start_position=start, max_results=100, qb=client
        )
        yield page
        if len(page) < 100:
            return
        start += 100


def public_client(ground: Ground) -> PublicClient:
    """Return python-quickbooks, pointed at the simulator."""
    keys = ground.quickbooks.control("GET", "credentials")
    os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
    auth = AuthClient(
        keys["client_id"],
        keys["client_secret"],
        "http://localhost:8000/callback",
        keys["discovery_url"],
    )
    client = PublicClient(
        auth_client=auth,
        refresh_token=keys["refresh_token"],
        company_id=keys["realm_id"],
        minorversion=75,
    )
    client.sandbox, client.sandbox_api_url_v3 = True, f"{ground.quickbooks.url}/v3"
    return client


def _write_one(partners, customer: Customer) -> None:
    values = {
        "name": customer.DisplayName,
        "ref": f"QBO{customer.Id}",
        "email": customer.PrimaryEmailAddr and customer.PrimaryEmailAddr.Address,
        "street": customer.BillAddr and customer.BillAddr.Line1,
    }
    known = partners.search([("ref", "=", values["ref"])], limit=1)
    if known:
        known.write(values)
    else:
        partners.create(values)
