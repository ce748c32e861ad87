"""Faults in every shape they come in."""

import json

import pytest
from requests.structures import CaseInsensitiveDict

from qbo import errors
from qbo.answer import Answer
from qbo.faults import error_for, error_of

JSON = "application/json;charset=UTF-8"


def answer(status, body, content_type=JSON, **headers):
    """An answer as the transport gives it."""
    text = body if isinstance(body, str) else json.dumps(body)
    sent = {"Content-Type": content_type, "intuit_tid": "1-tid", **headers}
    return Answer(status, CaseInsensitiveDict(sent), text.encode())


def service_fault(code, detail="why", element="", kind="ValidationFault"):
    """A fault as the accounting service writes it."""
    entry = {"Message": "in short", "Detail": detail, "code": code, "element": element}
    return {"Fault": {"Error": [entry], "type": kind}, "time": "2026-01-01"}


def gateway_fault(code, message, kind):
    """A fault as the gateway writes it."""
    entry = {"message": message, "detail": "why", "code": code, "element": None}
    return {
        "warnings": None,
        "fault": {"error": [entry], "type": kind},
        "time": 1700000000000,
    }


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("120", errors.AuthorizationError),
        ("600", errors.DuplicateRequestError),
        ("610", errors.ObjectNotFoundError),
        ("2500", errors.InvalidReferenceError),
        ("4000", errors.QueryFaultError),
        ("4001", errors.QueryFaultError),
        ("5010", errors.StaleObjectError),
        ("6000", errors.ValidationFaultError),
        ("6140", errors.DuplicateDocNumberError),
        ("6190", errors.CompanyStatusError),
        ("6210", errors.ClosedPeriodError),
        ("6540", errors.DepositedError),
        ("6240", errors.DuplicateNameError),
        ("10000", errors.SystemFaultError),
    ],
)
def test_service_faults_are_typed_by_code(code, kind):
    error = error_of(answer(400, service_fault(code, element="DisplayName")))
    assert type(error) is kind
    assert (error.code, error.element, error.tid) == (code, "DisplayName", "1-tid")
    assert error.faults[0].detail == "why"
    assert "why" in error.message


def test_all_faults_of_an_answer_are_kept():
    body = service_fault("2020", element="Line")
    body["Fault"]["Error"].append({"Message": "b", "Detail": "", "code": "6000"})
    error = error_of(answer(400, body))
    assert [fault.code for fault in error.faults] == ["2020", "6000"]
    assert "2020 Line: why; 6000: b" in error.message


@pytest.mark.parametrize("first", ["2020", "5010"])
def test_known_code_types_the_error_wherever_it_stands(first):
    body = service_fault(first)
    body["Fault"]["Error"].append({"Message": "", "Detail": "", "code": "5010"})
    assert isinstance(error_of(answer(400, body)), errors.StaleObjectError)


def test_fault_with_status_200_is_a_fault():
    error = error_of(answer(200, service_fault("6240")))
    assert isinstance(error, errors.DuplicateNameError)


def test_fault_type_alone_tells_validation_from_the_rest():
    assert isinstance(
        error_of(answer(400, service_fault("9999"))), errors.ValidationFaultError
    )
    other = error_of(answer(400, service_fault("9999", kind="SystemFault")))
    assert type(other) is errors.FaultError


@pytest.mark.parametrize(
    ("status", "code", "message", "kind"),
    [
        (401, "3200", "message=AuthenticationFailed", errors.AuthenticationError),
        (401, "003200", "", errors.AuthenticationError),
        (401, None, "errorCode=003200; statusCode=401", errors.AuthenticationError),
        (401, "120", "Authorization Failure", errors.AuthorizationError),
        (403, "3100", "ApplicationAuthorizationFailed", errors.AuthorizationError),
        (429, "3001", "ThrottleExceeded", errors.ThrottledError),
        (403, "003001", "ThrottleExceeded", errors.ThrottledError),
        (500, "10000", "System Failure", errors.ServerError),
    ],
)
def test_gateway_faults_are_typed(status, code, message, kind):
    error = error_of(answer(status, gateway_fault(code, message, "SERVICE")))
    assert type(error) is kind
    assert error.status == status


INTUIT_XML = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<IntuitResponse time="2026-01-01T00:00:00-08:00" '
    'xmlns="http://schema.intuit.com/finance/v3"><Fault type="AUTHENTICATION">'
    '<Error code="3200"><Message>message=AuthenticationFailed; errorCode=003200; '
    "statusCode=401</Message><Detail>Token expired</Detail></Error></Fault>"
    "</IntuitResponse>"
)
PLAIN_XML = (
    '<?xml version="1.0"?><Errors><error><code>AuthenticationFailed</code>'
    "<message>errorCode=003200</message></error></Errors>"
)


@pytest.mark.parametrize("body", [INTUIT_XML, PLAIN_XML])
@pytest.mark.parametrize("content_type", ["application/xml", "text/plain"])
def test_xml_of_the_gateway_is_read_though_json_was_asked_for(body, content_type):
    error = error_of(answer(401, body, content_type))
    assert isinstance(error, errors.AuthenticationError)
    assert error.code == "3200"


def test_the_type_of_a_fault_in_xml_counts_where_its_code_is_unknown():
    body = INTUIT_XML.replace("3200", "77").replace("AUTHENTICATION", "ValidationFault")
    error = error_of(answer(400, body, "application/xml"))
    assert isinstance(error, errors.ValidationFaultError)
    assert error.code == "77"


def test_json_that_begins_like_xml_is_not_taken_for_it():
    error = error_of(answer(401, PLAIN_XML, "application/json"))
    assert error.code == "401"


@pytest.mark.parametrize(
    "body",
    [
        '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a><error>&b;</error></a>',
        '<?xml version="1.0"?><broken',
        '<?xml version="1.0"?><Errors>' + " " * 70_000 + "</Errors>",
    ],
)
def test_strange_xml_is_typed_by_its_status_alone(body):
    error = error_of(answer(401, body, "application/xml"))
    assert isinstance(error, errors.AuthenticationError)
    assert error.code == "401"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (302, errors.FaultError),
        (401, errors.AuthenticationError),
        (403, errors.AuthorizationError),
        (404, errors.FaultError),
        (413, errors.FaultError),
        (429, errors.ThrottledError),
        (502, errors.ServerError),
    ],
)
def test_answer_without_a_fault_is_typed_by_its_status(status, kind):
    error = error_of(answer(status, "<html>sorry</html>", "text/html"))
    assert type(error) is kind
    assert str(status) in error.message


@pytest.mark.parametrize("body", ["", "<html>hello</html>", '{"Invoice": {"Id"'])
def test_success_that_is_not_json_is_unexpected(body):
    with pytest.raises(errors.UnexpectedAnswerError):
        error_of(answer(200, body))


def test_good_answer_is_no_error():
    assert error_of(answer(200, {"Customer": {"Id": "1"}, "Fault": None})) is None


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [({"Retry-After": "7"}, 7), ({}, 60), ({"Retry-After": "Fri, 1 Jan"}, 60)],
)
def test_throttled_error_says_how_long_to_wait(headers, seconds):
    assert error_of(answer(429, {}, **headers)).retry_after == seconds


@pytest.mark.parametrize(
    ("error", "retryable", "sent"),
    [
        (errors.TransportError(sent=False), True, False),
        (errors.TransportError(), True, True),
        (errors.ThrottledError(), True, True),
        (errors.UnexpectedAnswerError(), True, True),
        (errors.SystemFaultError(), True, True),
        (errors.StaleObjectError(), False, False),
        (errors.GrantError(error="invalid_grant"), False, False),
        (errors.AuthenticationError(), False, False),
    ],
)
def test_errors_say_whether_to_try_again_and_what_may_have_happened(
    error, retryable, sent
):
    assert (error.retryable, error.sent) == (retryable, sent)
    assert str(error) == error.message
    assert error.message.endswith(".")


def test_batch_item_fault_is_typed_without_a_status():
    faults = (errors.Fault("6140", "Duplicate", "taken", "DocNumber"),)
    error = error_for(faults, kind="ValidationFault", tid="t")
    assert isinstance(error, errors.DuplicateDocNumberError)
    assert error.element == "DocNumber"
