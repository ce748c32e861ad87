"""Nothing secret passes the mask."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbo import redaction
from qbo.redaction import MASK, mask

SECRET = "AB11s3cr3t-Val.ue~x"


@pytest.mark.parametrize(
    "text",
    [
        f"Authorization: Bearer {SECRET}",
        f"authorization: basic {SECRET}",
        f"grant_type=refresh_token&refresh_token={SECRET}&x=1",
        f"grant_type=authorization_code&code={SECRET}&redirect_uri=http://h/",
        f'{{"access_token":"{SECRET}","expires_in":3600}}',
        f'{{"token": "{SECRET}"}}',
        f"client_secret = {SECRET}",
        f"/callback?state={SECRET}&realmId=1",
        f"code=12345-{SECRET}",
        f'"x_refresh_token":"a","id_token":"{SECRET}"',
    ],
)
def test_secret_in_text_is_masked(text):
    assert "s3cr3t" not in mask(text)
    assert "s3cr3t" not in mask(text.encode())
    assert MASK in mask(text)


def test_token_that_stands_alone_is_masked():
    token = "eyJlbmMiOiJBMTI4Q0JD.abc.def-_1.ghi.jkl"
    assert mask(f"refused {token} again") == f"refused {MASK} again"


def test_secret_keys_are_masked_at_any_depth():
    data = {"a": [{"Refresh-Token": SECRET, "b": (1, f"Bearer {SECRET}")}]}
    assert mask(data) == {"a": [{"Refresh-Token": MASK, "b": [1, f"Bearer {MASK}"]}]}
    assert data["a"][0]["Refresh-Token"] == SECRET


def test_what_support_needs_stays():
    fault = {"code": "6240", "element": "DisplayName", "intuit_tid": "1-64886bfd"}
    assert mask(fault) == fault
    text = '{"Fault":{"Error":[{"code":"6240","Detail":"Postcode: SW1"}]}}'
    assert mask(text) == text
    assert mask("code=3200, code: 610") == "code=3200, code: 610"
    assert '"expires_in":3600' in mask('{"expires_in":3600}')


def test_oauth_code_under_the_key_code_is_masked():
    assert mask({"code": "AB117"}) == {"code": MASK}


@pytest.mark.parametrize("value", [None, 5, True])
def test_other_values_are_left_alone(value):
    assert mask(value) is value


# Words around secrets and in place of them, and letters that change in lower case.
WORDS = ("Bearer", "basic", "eyJhbGc.a.b", "token", "access_token", "refresh-token")
MORE = ("verifier_", "client_", "secret", "Code", "CODE", "state", "State", "password")
NONE = ("assertion", "TaxCodeRef", "PostalCode", "xcode", "-code", "_code", "s3cr3t")
SIGNS = (*"\"':=&;,{}0 \né\u212a\u0345", "610", "")
PIECES = st.sampled_from((*WORDS, *MORE, *NONE, *SIGNS))


@given(st.lists(PIECES, max_size=12).map("".join))
def test_a_look_beforehand_spares_no_text_that_the_patterns_would_change(text):
    changed = text
    for pattern, replacement in redaction._PATTERNS:
        changed = re.sub(pattern, replacement, changed)
    assert mask(text) == changed
