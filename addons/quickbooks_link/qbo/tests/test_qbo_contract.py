"""The client reads what the contract's files say that QuickBooks answers.

The very same files are played to the simulator by ``test_sim_contract.py``.
"""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from qbo_contract import (
    FOLDER,
    Caller,
    asked,
    differences,
    events_of,
    files,
    load,
    sent,
    served,
)

from qbo import exactjson
from qbo.webhooks import is_signed, sign

# Temporary refusals are asked again; the wire answers as often as that.
MOST_TRIES = 12


def name_of(path):
    return path.relative_to(FOLDER).with_suffix("").as_posix()


@pytest.mark.parametrize("path", files(), ids=name_of)
def test_the_client_makes_of_it_what_the_contract_says(wire, transport, path):
    case = load(path)
    wire.play(*[served(case)] * MOST_TRIES)
    made = Caller(transport, wire.url, case).made()
    problems = differences(case["client"]["gives"], made)
    assert not problems, "\n".join(problems)
    assert _without_sparse(sent(wire.requests[0])) == _without_sparse(asked(case))


def _without_sparse(request):
    """The client says ``sparse`` in every update; false and nothing are the same."""
    method, path, query, body = request
    if isinstance(body, dict) and body.get("sparse") is False:
        body = {key: value for key, value in body.items() if key != "sparse"}
    return method, path, query, body


@pytest.mark.parametrize("path", files(webhooks=True), ids=name_of)
def test_the_webhook_reader_makes_of_it_what_the_contract_says(path):
    case = load(path)
    body = exactjson.dumps(case["response"]["body"]).encode()
    assert events_of(body) == case["client"]["gives"]["events"]
    assert is_signed("token", body, sign("token", body))
    assert not is_signed("other", body, sign("token", body))


def test_enough_of_the_contract_is_looked_at():
    assert len(files()) > 60 and len(files(webhooks=True)) >= 5


def test_amounts_of_the_files_stay_exact():
    case = load(FOLDER / "tax" / "by-rate-not-by-line.json")
    text = json.dumps(case["response"]["body"], default=str)
    assert '"36.04"' in text and isinstance(
        case["response"]["body"]["Invoice"]["TotalAmt"], Decimal
    )
