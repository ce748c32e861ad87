"""Webhooks: who sent them, and what they say; whatever is sent."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qbo.webhooks import Event, WebhookFormatError, is_signed, parse, sign

TOKEN = "d2f0a1c4-5b1e-4a7f-9f0e-7c8b6a5d4e3f"


def legacy(*companies):
    return {
        "eventNotifications": [
            {"realmId": realm, "dataChangeEvent": {"entities": entities}}
            for realm, entities in companies
        ]
    }


def changed(name="Customer", number="1", operation="Create", **more):
    moment = "2026-09-08T20:52:31.657Z"
    return {
        "name": name,
        "id": number,
        "operation": operation,
        "lastUpdated": moment,
        **more,
    }


def cloud_event(**values):
    return {
        "specversion": "1.0",
        "id": "88cd52aa-33b6-4351-9aa4-47572edbd068",
        "source": "intuit.dsnBgbseACLLRZNxo2dfc4evmEJdxde58xeeYcZliOU=",
        "type": "qbo.invoice.updated.v1",
        "time": "2026-09-10T21:31:25.179851517Z",
        "intuitentityid": "1234",
        "intuitaccountid": "310687",
        **values,
    }


def read(content):
    return parse(json.dumps(content).encode())


class TestSignature:
    def test_it_is_the_base64_of_the_hmac_of_the_raw_body(self):
        body = b'{"eventNotifications": [ ]}'
        right = hmac.new(TOKEN.encode(), body, hashlib.sha256).digest()
        assert sign(TOKEN, body) == base64.b64encode(right).decode()
        assert is_signed(TOKEN, body, base64.b64encode(right).decode())

    @pytest.mark.parametrize(
        ("token", "body", "signature"),
        [
            (TOKEN, b'{"eventNotifications":[]}', None),
            ("another token", b'{"eventNotifications": [ ]}', None),
            (TOKEN, b'{"eventNotifications": [ ]}', ""),
            (TOKEN, b'{"eventNotifications": [ ]}', "nonsense"),
            (TOKEN, b'{"eventNotifications": [ ]}', "é\udce4\N{SNOWMAN}"),
        ],
        ids=["other bytes", "other token", "none", "nonsense", "no ASCII"],
    )
    def test_anything_else_is_refused(self, token, body, signature):
        if signature is None:
            signature = sign(TOKEN, b'{"eventNotifications": [ ]}')
        assert not is_signed(token, body, signature)

    @given(st.binary(max_size=300), st.integers(min_value=0))
    def test_one_bit_more_or_less_in_the_body_is_noticed(self, body, position):
        signature = sign(TOKEN, body)
        assert is_signed(TOKEN, body, signature)
        other = bytearray(body or b"\0")
        other[position % len(other)] ^= 1
        assert not is_signed(TOKEN, bytes(other), signature)


class TestFormats:
    def test_the_older_format(self):
        events = read(legacy(("310687", [changed(), changed("Invoice", "7", "Void")])))
        moment = "2026-09-08T20:52:31.657Z"
        assert events == [
            Event("310687", "customer", "1", "created", moment),
            Event("310687", "invoice", "7", "voided", moment),
        ]

    def test_several_companies_in_one_call(self):
        events = read(legacy(("1", [changed()]), ("2", [changed(), changed()])))
        assert [event.realm_id for event in events] == ["1", "2", "2"]

    def test_a_merge_names_the_record_that_is_gone(self):
        [event] = read(legacy(("1", [changed(operation="Merge", deletedId="9")])))
        assert (event.operation, event.deleted_id) == ("merged", "9")
        [event] = read(
            [cloud_event(type="qbo.customer.merged.v1", data={"deletedid": "9"})]
        )
        assert (event.operation, event.deleted_id) == ("merged", "9")

    def test_cloud_events(self):
        events = read([cloud_event(), cloud_event(intuitaccountid="2", data={})])
        assert events[0] == Event(
            "310687",
            "invoice",
            "1234",
            "updated",
            time="2026-09-10T21:31:25.179851517Z",
            event_id="88cd52aa-33b6-4351-9aa4-47572edbd068",
        )
        assert events[1].realm_id == "2"

    def test_both_formats_say_the_same(self):
        [old] = read(legacy(("310687", [changed("CreditMemo", "5", "Delete")])))
        [new] = read(
            [cloud_event(type="qbo.creditmemo.deleted.v1", intuitentityid="5")]
        )
        ours = ("realm_id", "entity", "entity_id", "operation")
        assert [getattr(old, name) for name in ours] == [
            getattr(new, name) for name in ours
        ]

    def test_a_cloud_event_may_come_alone(self):
        assert read(cloud_event())[0].realm_id == "310687"

    def test_what_intuit_may_add_is_still_a_hint_for_the_company(self):
        events = read(
            [
                cloud_event(type="qbo.invoice.painted.v1"),
                cloud_event(type="com.intuit.else"),
                {"intuitaccountid": 5, "more": [{}]},
            ]
        )
        assert [(e.realm_id, e.entity, e.operation) for e in events] == [
            ("310687", "invoice", ""),
            ("310687", "", ""),
            ("5", "", ""),
        ]

    def test_no_event_is_no_event(self):
        assert read([]) == read({"eventNotifications": []}) == []


MALFORMED = [
    b"",
    b"\xff\xfe{}",
    b"not JSON",
    b"{}",
    b"null",
    b"12",
    b'"text"',
    b"[[]]",
    b"[null]",
    b"[{}]",
    b'{"eventNotifications": null}',
    b'{"eventNotifications": {}}',
    b'{"eventNotifications": [3]}',
    b'{"eventNotifications": [{}]}',
    b'{"eventNotifications": [{"realmId": "1"}]}',
    b'{"eventNotifications": [{"realmId": "1", "dataChangeEvent": []}]}',
    b'{"eventNotifications": [{"realmId": "1", "dataChangeEvent": {"entities": 1}}]}',
    b'{"eventNotifications": [{"realmId": "1 OR 1=1",'
    b' "dataChangeEvent": {"entities": []}}]}',
    b'[{"intuitaccountid": true}]',
    b'[{"intuitaccountid": 1.5}]',
    b'[{"intuitaccountid": ["1"]}]',
    b'[{"intuitaccountid": "1\\u0000"}]',
    b'[{"intuitaccountid": "\\u0661"}]',
    b'[{"intuitaccountid": ' + b"9" * 5000 + b"}]",
    b'[{"intuitaccountid": "' + b"9" * 5000 + b'"}]',
    b'[{"intuitaccountid": "1", "type": {}}]',
    b"[" * 100_000,
]


class TestMalformed:
    @pytest.mark.parametrize(
        "body", MALFORMED, ids=lambda body: body[:50].decode("latin")
    )
    def test_it_is_told_by_a_type_of_its_own(self, body):
        with pytest.raises(WebhookFormatError):
            parse(body)

    @given(st.binary(max_size=500))
    def test_any_bytes(self, body):
        events_or_refusal(body)


# What stands where something else belongs.
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["310687", "Customer", "qbo.item.created.v1", "1.0"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)
ENTITY = st.dictionaries(
    st.sampled_from(["name", "id", "operation", "lastUpdated", "deletedId"]), JSON
)
COMPANY = st.fixed_dictionaries(
    {},
    optional={
        "realmId": JSON | st.just("310687"),
        "dataChangeEvent": JSON
        | st.fixed_dictionaries({"entities": JSON | st.lists(ENTITY | JSON)}),
    },
)
CLOUD_EVENT = st.dictionaries(
    st.sampled_from(["specversion", "intuitaccountid", "type", "id", "time", "data"]),
    JSON,
)
BODY = (
    JSON
    | CLOUD_EVENT
    | st.lists(CLOUD_EVENT | JSON, max_size=4)
    | st.fixed_dictionaries(
        {"eventNotifications": st.lists(COMPANY | JSON, max_size=4)}
    )
)


class TestFuzz:
    @settings(max_examples=500, suppress_health_check=list(HealthCheck))
    @given(BODY)
    def test_whatever_comes_is_read_or_refused(self, content):
        events_or_refusal(json.dumps(content).encode())


def events_or_refusal(body):
    try:
        events = parse(body)
    except WebhookFormatError:
        return
    for event in events:
        assert event.realm_id.isascii() and event.realm_id.isdigit()
        assert all(isinstance(value, str) for value in vars(event).values())
