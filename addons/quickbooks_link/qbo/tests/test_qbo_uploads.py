"""Files on their way to QuickBooks."""

from email import message_from_bytes

import pytest

from qbo import exactjson, texts, uploads
from qbo.errors import FaultError, UnexpectedAnswerError

METADATA = uploads.metadata(
    "Invoice", "95", 'INV "1"\r\n.pdf', "application/pdf", "O 1"
)


def test_the_body_is_what_any_reader_of_mail_takes_apart():
    content = b"%PDF \x00\xff\r\n--not the end"
    body = uploads.body(METADATA, content, "edge")
    head = b"Content-Type: multipart/form-data; boundary=edge\r\n\r\n"
    first, second = message_from_bytes(head + body).get_payload()
    assert exactjson.loads(first.get_payload(decode=True)) == METADATA
    assert second.get_payload(decode=True) == content
    assert second.get_content_type() == "application/pdf"
    assert second.get_param("name", header="content-disposition") == "file_content_01"
    assert "\n" not in second["Content-Disposition"]


def test_the_file_belongs_to_its_record():
    [owner] = METADATA["AttachableRef"]
    assert owner == {
        "EntityRef": {"type": "Invoice", "value": "95"},
        "IncludeOnSend": False,
    }


def test_a_file_that_was_not_kept_is_an_error():
    fault = {"Fault": {"Error": [{"code": "6041", "Message": "m"}], "type": "x"}}
    with pytest.raises(FaultError):
        uploads.attachable({"AttachableResponse": [fault]})
    with pytest.raises(UnexpectedAnswerError):
        uploads.attachable({})


def test_a_history_keeps_the_size_of_a_file_and_not_the_file():
    body = uploads.body(METADATA, b"x" * 5000, "edge")
    told = texts.of_request({}, body, 4000)
    assert told == f"{len(body)} bytes, multipart/form-data"


def test_a_fault_in_words_and_an_answer_of_something_else_are_told():
    with pytest.raises(UnexpectedAnswerError, match="no Attachable"):
        uploads.attachable({"AttachableResponse": [{"Invoice": {}}]})
