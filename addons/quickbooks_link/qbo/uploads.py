"""Files on their way to QuickBooks.

(Intuit: "Attach images and notes", Attachable in the API reference.)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import exactjson
from .errors import UnexpectedAnswerError
from .faults import error_for, fault_in
from .shapes import checked

ENTITY = "Attachable"
_END = b"\r\n"


def metadata(
    entity: str, record_id: str, name: str, content_type: str, note: str
) -> dict[str, Any]:
    """Return the Attachable of a file that belongs to a record.

    :param note: by which it can be found.
    """
    owner = {"type": entity, "value": record_id}
    return {
        "AttachableRef": [{"EntityRef": owner, "IncludeOnSend": False}],
        "FileName": name,
        "ContentType": content_type,
        "Note": note,
    }


def body(attachable: Mapping[str, Any], content: bytes, boundary: str) -> bytes:
    """Return the multipart body of one file: what it is, then what is in it."""
    described = exactjson.dumps(attachable).encode("ascii")
    kind = str(attachable["ContentType"])
    # A quote or a line end would end the header before its time.
    name = "".join(
        character if character.isalnum() or character in "._- " else "_"
        for character in str(attachable["FileName"]).encode("ascii", "replace").decode()
    )
    parts = (
        ("file_metadata_01", "attachment.json", "application/json", described),
        ("file_content_01", name, kind, content),
    )
    lines = [line for part in parts for line in _part(boundary, *part)]
    return _END.join([*lines, f"--{boundary}--".encode("ascii"), b""])


def _part(
    boundary: str, field: str, name: str, kind: str, content: bytes
) -> tuple[bytes, ...]:
    disposition = f'form-data; name="{field}"; filename="{name}"'
    return (
        f"--{boundary}".encode("ascii"),
        f"Content-Disposition: {disposition}".encode("ascii"),
        f"Content-Type: {kind}".encode("ascii"),
        b"",
        content,
    )


def attachable(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return the one Attachable of an answer.

    :raise QuickBooksError: QuickBooks did not keep the file
    """
    answers = payload.get("AttachableResponse")
    answer = answers[0] if isinstance(answers, list) and answers else None
    faults, kind = fault_in(answer)
    if faults:
        raise error_for(faults, kind=kind)
    record = answer.get(ENTITY) if isinstance(answer, dict) else None
    if record is None:
        raise UnexpectedAnswerError("QuickBooks' answer holds no Attachable.")
    return checked(ENTITY, record)
