"""Every fault of qbo-api.md 5.3 can be provoked, and all look like Intuit's."""

import pytest
from sim_contract import Player

from qbo_simulator.edge.answers import JSON_TYPE
from qbo_simulator.errors import GATEWAY, MESSAGES
from qbo_simulator.tools.provoking import ORDERED, PROVOCATIONS, on_order


def provoke(server, provocation):
    case = {
        "company": provocation.company,
        "before": provocation.before,
        "request": provocation.request,
    }
    answer = Player(server, case).play()
    assert answer.headers["content-type"] == JSON_TYPE
    body = answer.json()
    if "AttachableResponse" in body:
        assert answer.status_code == 200
        return body["AttachableResponse"][0]["Fault"]
    assert answer.status_code == provocation.status, answer.text
    return body.get("Fault") or body["fault"]


@pytest.mark.parametrize("code", PROVOCATIONS)
def test_doing_what_provokes_a_fault_brings_it(reused_server, code):
    fault = provoke(reused_server, PROVOCATIONS[code])
    if code in GATEWAY:
        (error,) = fault["error"]
        assert set(error) == {"message", "detail", "code", "element"}
        assert error["code"] == code and code in error["message"]
        return
    (error,) = fault["Error"]
    assert (error["code"], error["Message"]) == (code, MESSAGES[code])
    assert error["Detail"]
    assert fault["type"].endswith("Fault")


@pytest.mark.parametrize("code", ORDERED)
def test_the_rest_come_on_order(reused_server, code):
    (error,) = provoke(reused_server, on_order(code))["Error"]
    assert (error["code"], error["Message"]) == (code, MESSAGES[code])


def test_no_code_is_left_out():
    assert set(PROVOCATIONS) | set(ORDERED) == set(MESSAGES) | set(GATEWAY)
    assert len(PROVOCATIONS) > 60
