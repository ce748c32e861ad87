"""Customers, vendors and employees share one space of names."""

import pytest

from qbo_simulator.errors import ServiceFault
from qbo_simulator.simulator import Simulator

PEOPLE = ("Customer", "Vendor", "Employee")


@pytest.fixture
def company():
    simulator = Simulator()
    return simulator.engine, simulator.load_company("empty")


def named(engine, realm, entity, name):
    where = f"DisplayName = '{name}' AND Active IN (true, false)"
    answer = engine.query(realm, f"SELECT * FROM {entity} WHERE {where}")
    return answer["QueryResponse"].get(entity, [])


@pytest.mark.parametrize("first", PEOPLE)
@pytest.mark.parametrize("second", PEOPLE)
def test_a_name_is_used_once_among_all_people(company, first, second):
    engine, realm = company
    engine.create(realm, first, {"DisplayName": "Rowan Ltd"})
    with pytest.raises(ServiceFault) as fault:
        engine.create(realm, second, {"DisplayName": "Rowan Ltd"})
    assert fault.value.code == "6240"


@pytest.mark.parametrize("entity", ["Vendor", "Employee"])
def test_people_are_created_found_and_made_inactive(company, entity):
    engine, realm = company
    record = engine.create(realm, entity, {"DisplayName": "Rowan Ltd"})
    assert named(engine, realm, entity, "Rowan Ltd")[0]["Id"] == record["Id"]
    change = {"Id": record["Id"], "SyncToken": "0", "sparse": True, "Active": False}
    engine.update(realm, entity, change)
    [inactive] = named(engine, realm, entity, "Rowan Ltd (deleted)")
    assert inactive["Active"] is False


def test_a_vendor_has_a_currency_and_nothing_owed_at_first(company):
    engine, realm = company
    vendor = engine.create(realm, "Vendor", {"DisplayName": "Rowan Ltd"})
    assert vendor["Balance"] == 0
    assert vendor["CurrencyRef"]["value"]
