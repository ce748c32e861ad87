"""Templates come due on the moved clock, and their transactions are in the books."""

from datetime import date, timedelta

import pytest
from sim_books import Books, dec
from sim_kit import AppClient

from qbo_simulator.books.schedule import first_due, next_due

DAY = 24 * 3600


def day(text):
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("schedule", "days"),
    [
        (
            {"IntervalType": "Monthly", "DayOfMonth": 31, "StartDate": "2026-01-15"},
            ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"],
        ),
        (
            {"IntervalType": "Monthly", "DayOfMonth": 1, "StartDate": "2026-01-15"},
            ["2026-02-01", "2026-03-01", "2026-04-01"],
        ),
        (
            {"IntervalType": "Monthly", "NumInterval": 3, "StartDate": "2026-01-15"},
            ["2026-01-15", "2026-04-15", "2026-07-15"],
        ),
        (
            {
                "IntervalType": "Monthly",
                "WeekOfMonth": 2,
                "DayOfWeek": "Friday",
                "StartDate": "2026-01-01",
            },
            ["2026-01-09", "2026-02-13", "2026-03-13"],
        ),
        (
            {
                "IntervalType": "Monthly",
                "WeekOfMonth": 5,
                "DayOfWeek": "Friday",
                "StartDate": "2026-01-01",
            },
            ["2026-01-30", "2026-02-27", "2026-03-27"],
        ),
        (
            {
                "IntervalType": "Weekly",
                "NumInterval": 2,
                "DayOfWeek": "Monday",
                "StartDate": "2026-01-01",
            },
            ["2026-01-05", "2026-01-19", "2026-02-02"],
        ),
        (
            {"IntervalType": "Daily", "NumInterval": 10, "StartDate": "2026-01-01"},
            ["2026-01-01", "2026-01-11", "2026-01-21"],
        ),
        (
            {
                "IntervalType": "Yearly",
                "MonthOfYear": "February",
                "DayOfMonth": 29,
                "StartDate": "2026-03-01",
            },
            ["2027-02-28", "2028-02-29", "2029-02-28"],
        ),
        (
            {
                "IntervalType": "Weekly",
                "StartDate": "2026-01-01",
                "EndDate": "2026-01-14",
            },
            ["2026-01-01", "2026-01-08", None],
        ),
    ],
)
def test_a_schedule_names_its_days(schedule, days):
    found = [first_due(schedule, day("2026-01-01"))]
    while len(found) < len(days):
        found.append(next_due(schedule, found[-1]))
    assert found == [one and day(one) for one in days]


@pytest.fixture
def books():
    books = Books()
    books.zero = books.code("Z", 0)
    return books


def template(books, recur="Automated", **schedule):
    schedule = {"IntervalType": "Daily", "NumInterval": 1, **schedule}
    body = {
        "CustomerRef": {"value": books.customer["Id"]},
        "Line": [books.line(9, books.zero)],
        "RecurringInfo": {
            "Name": "Standing order",
            "RecurType": recur,
            "ScheduleInfo": schedule,
        },
    }
    return books.create("RecurringTransaction", Invoice=body)["Invoice"]


def in_days(books, number):
    return (books.clock.today() + timedelta(number)).isoformat()


def made(books):
    return books.engine.list(books.realm, "Invoice")


def test_an_automated_template_writes_a_transaction_on_each_of_its_days(books):
    own = template(books, StartDate=in_days(books, 2))
    first = in_days(books, 2)
    assert own["RecurringInfo"]["ScheduleInfo"]["NextDate"] == first
    assert made(books) == []
    books.clock.advance(4 * DAY)
    days = [in_days(books, -2), in_days(books, -1), in_days(books, 0)]
    assert books.balance() == dec("27.00")
    invoices = made(books)
    assert [one["TxnDate"] for one in invoices] == days
    assert {one["RecurDataRef"]["value"] for one in invoices} == {own["Id"]}
    assert all(one["DocNumber"] and one["TotalAmt"] == 9 for one in invoices)
    schedule = schedule_of(books, own)
    assert schedule["PreviousDate"] == days[-1]
    assert schedule["NextDate"] == in_days(books, 1)
    assert len(made(books)) == 3


def schedule_of(books, own):
    kept = books.read("RecurringTransaction", own["Id"])
    return kept["Invoice"]["RecurringInfo"]["ScheduleInfo"]


def test_a_template_stops_after_its_number_or_its_end(books):
    numbered = template(books, StartDate=in_days(books, 1), MaxOccurrences=2)
    ended = template(books, StartDate=in_days(books, 1), EndDate=in_days(books, 3))
    books.clock.advance(30 * DAY)
    books.balance()
    owners = [one["RecurDataRef"]["value"] for one in made(books)]
    assert owners.count(numbered["Id"]) == 2 and owners.count(ended["Id"]) == 3
    assert "NextDate" not in schedule_of(books, numbered)
    assert "NextDate" not in schedule_of(books, ended)


def test_reminders_templates_at_rest_and_without_a_schedule_write_nothing(books):
    template(books, "Reminded", StartDate=in_days(books, 1))
    template(books, "UnScheduled")
    resting = template(books, StartDate=in_days(books, 1))
    info = {**resting["RecurringInfo"], "Active": False}
    change = {**resting, "RecurringInfo": info}
    books.engine.update(books.realm, "RecurringTransaction", {"Invoice": change})
    books.clock.advance(10 * DAY)
    books.balance()
    assert made(books) == []


def test_days_before_writes_ahead_for_the_day_itself(books):
    template(books, StartDate=in_days(books, 10), NumInterval=30, DaysBefore=4)
    books.clock.advance(5 * DAY)
    assert books.balance() == 0
    books.clock.advance(1 * DAY)
    assert books.balance() == 9
    assert made(books)[0]["TxnDate"] == in_days(books, 4)


def test_a_refused_day_is_lost_and_the_next_is_not(books):
    own = template(books, StartDate=in_days(books, 1))
    preferences = books.engine.list(books.realm, "Preferences")[0]
    closed = {"AccountingInfoPrefs": {"BookCloseDate": in_days(books, 1)}}
    books.update("Preferences", preferences, **closed)
    books.clock.advance(2 * DAY)
    books.balance()
    assert [one["TxnDate"] for one in made(books)] == [in_days(books, 0)]
    assert schedule_of(books, own)["PreviousDate"] == in_days(books, 0)
    assert books.posted() == 0


def test_a_failing_call_does_not_take_back_what_came_due(books):
    template(books, StartDate=in_days(books, 1))
    books.clock.advance(1 * DAY)
    with pytest.raises(Exception, match="610"):
        books.read("Invoice", "999")
    assert len(made(books)) == 1


def test_moving_the_clock_by_the_control_plane_lets_templates_come_due(empty_server):
    client = AppClient(empty_server)
    engine = empty_server.simulator.engine
    realm = empty_server.simulator.store.realms()[0].realm_id
    customer = engine.create(realm, "Customer", {"DisplayName": "Weekly Ltd"})
    accounts = engine.list(realm, "Account")
    (income, *_) = (one for one in accounts if one["AccountType"] == "Income")
    item = {"Name": "Visit", "Type": "Service", "IncomeAccountRef": ref(income)}
    item = engine.create(realm, "Item", item)
    code = engine.list(realm, "TaxCode")[0]
    detail = {"ItemRef": ref(item), "TaxCodeRef": ref(code)}
    line = {
        "Amount": 40,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": detail,
    }
    info = {
        "Name": "Visits",
        "RecurType": "Automated",
        "ScheduleInfo": {"IntervalType": "Weekly", "NumInterval": 1},
    }
    body = {"CustomerRef": ref(customer), "Line": [line], "RecurringInfo": info}
    engine.create(realm, "RecurringTransaction", {"Invoice": body})
    client.control("clock", advance=8 * DAY)
    store = empty_server.simulator.store
    rows = store.rows("SELECT actor FROM records WHERE entity = 'Invoice'")
    assert [row["actor"] for row in rows] == ["QuickBooks", "QuickBooks"]


def ref(record):
    return {"value": record["Id"]}
