"""Uploads and downloads of attached files (qbo-api.md 2.7)."""

import hashlib
import hmac
import re
from collections.abc import Mapping
from email import message_from_bytes
from email.message import Message
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from qbo_simulator import jsontext
from qbo_simulator.api.call import Call
from qbo_simulator.errors import ServiceFault

if TYPE_CHECKING:
    from qbo_simulator.simulator import Simulator

_MEGABYTE = 1024 * 1024
LINK_SECONDS = 15 * 60
_PART = re.compile(r"file_(metadata|content)_(\d+)$")


def upload(simulator: "Simulator", call: Call) -> dict[str, Any]:
    """Keep the files of a multipart call; each is answered by itself."""
    most = float(simulator.switches.get("largest_upload_megabytes"))
    if len(call.body) > most * _MEGABYTE:
        raise ServiceFault("6030", detail=f"Upload exceeds {most:g} MB.")
    pairs = _pairs(call)
    if not pairs:
        raise ServiceFault("6041", detail="The request holds no file.")
    answers = [_keep(simulator, call, pair) for _, pair in sorted(pairs.items())]
    return {"AttachableResponse": answers}


def _pairs(call: Call) -> dict[int, dict[str, Message]]:
    """Return metadata and content parts by their number.

    The standard library's mail parser takes the line ends of every client, and base64
    parts as well as raw ones.
    """
    if call.content_type != "multipart/form-data":
        raise ServiceFault("1050", detail="Uploads are multipart/form-data.")
    head = f"Content-Type: {call.headers.get('content-type', '')}\r\n\r\n"
    whole = message_from_bytes(head.encode("latin-1") + call.body.lstrip(b"\r\n"))
    pairs: dict[int, dict[str, Message]] = {}
    for part in whole.walk():
        name = part.get_param("name", header="content-disposition") or ""
        match = _PART.match(str(name))
        if match:
            pairs.setdefault(int(match[2]), {})[match[1]] = part
    return pairs


def _keep(
    simulator: "Simulator", call: Call, pair: Mapping[str, Message]
) -> dict[str, Any]:
    try:
        return {"Attachable": _attachable(simulator, call, pair)}
    except ServiceFault as fault:
        return {"Fault": fault.fault()}


def _attachable(
    simulator: "Simulator", call: Call, pair: Mapping[str, Message]
) -> dict[str, Any]:
    part = pair.get("content")
    if part is None:
        raise ServiceFault("6041", detail="The content of the file is missing.")
    content = _bytes(part)
    metadata = _metadata(pair.get("metadata"))
    metadata.setdefault("FileName", part.get_filename() or "file")
    metadata.setdefault("ContentType", part.get_content_type())
    kept = simulator.engine.attach(call.realm_id, metadata, content)
    return with_link(simulator, call.base, call.realm_id, kept)


def _bytes(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _metadata(part: Message | None) -> dict[str, Any]:
    if part is None:
        return {}
    try:
        metadata = jsontext.loads(_bytes(part))
    except (ValueError, RecursionError):
        metadata = None
    if not isinstance(metadata, dict):
        raise ServiceFault("6040", detail="The metadata must be an Attachable.")
    return metadata


# -- links ---------------------------------------------------------------------


def with_link(
    simulator: "Simulator", base: str, realm_id: str, body: dict[str, Any]
) -> dict[str, Any]:
    """Return an attachable with its short-lived address, if it is a file."""
    if "FileAccessUri" not in body:
        return body
    until = int(simulator.clock.now().timestamp()) + LINK_SECONDS
    signature = _signature(simulator, realm_id, body["Id"], until)
    path = f"/download/{realm_id}/{body['Id']}"
    link = f"{base}{path}?expires={until}&signature={signature}"
    return {**body, "TempDownloadUri": link}


def _signature(
    simulator: "Simulator", realm_id: str, record_id: str, until: int
) -> str:
    text = f"{realm_id}/{record_id}/{until}".encode()
    return hmac.new(str(simulator.seed).encode(), text, hashlib.sha256).hexdigest()


def serve(simulator: "Simulator", request: Request) -> Response:
    """Hand out a file to whoever holds an address that has not expired."""
    realm_id = request.path_params["realm_id"]
    record_id = request.path_params["record_id"]
    expires = request.query_params.get("expires", "")
    until = int(expires) if expires.isdigit() and len(expires) < 15 else 0
    wanted = _signature(simulator, realm_id, record_id, until)
    given = request.query_params.get("signature", "").encode()
    valid = hmac.compare_digest(wanted.encode(), given)
    if not valid or until < simulator.clock.now().timestamp():
        return PlainTextResponse("AccessDenied", 403)
    content = simulator.engine.file(realm_id, record_id)
    return Response(content, media_type="application/octet-stream")
