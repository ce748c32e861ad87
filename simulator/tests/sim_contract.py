"""Reads the contract's files and plays their requests to a simulator."""

import base64
import json
import re
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import requests
from sim_kit import HELEN, REDIRECT, AppClient
from sim_listener import Listener

from qbo_simulator.clock import stamp

FOLDER = Path(__file__).parents[1] / "contract"
FILES = sorted(path for path in FOLDER.glob("*/*.json"))
KINDS = {
    "id": r"[1-9]\d{0,18}",
    "time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}-0[78]:00",
    "moment": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d-0[78]:00",
    "utc": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3}|\.\d{9})Z",
    "milliseconds": r"\d{13}",
    "token": r"[\w.+/=-]{40,}",
    "uuid": r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "text": r".+",
    "seconds": r"\d{3,10}",
}
_NAME = re.compile(r"\{([a-z_]+)\}")


def load(path: Path) -> dict[str, Any]:
    """Return a file with exact numbers."""
    return json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)


SETUP = load(FOLDER / "setup.json")


def filled(value: Any, names: Mapping[str, str]) -> Any:
    """Return a value with every ``{name}`` replaced; KeyError for an unknown one."""
    if isinstance(value, str):
        return _NAME.sub(lambda match: names[match[1]], value)
    if isinstance(value, list):
        return [filled(one, names) for one in value]
    if isinstance(value, Mapping):
        return {key: filled(one, names) for key, one in value.items()}
    return value


def at(value: Any, pointer: str) -> Any:
    """Return the part of an answer that a pointer names."""
    for key in pointer.split("/")[1:]:
        value = value[int(key)] if isinstance(value, list) else value[key]
    return value


class Player:
    """Plays one file: what comes before, the request, and hands out the answer."""

    def __init__(self, server, case: Mapping[str, Any]) -> None:
        self.server = server
        self.case = case
        server.simulator.reset()
        server.simulator.load_company(case.get("company", "empty"))
        self.client = AppClient(server)
        keys = server.credentials()
        now = server.simulator.clock.now()
        pair = f"{keys['client_id']}:{keys['client_secret']}"
        self.names = {
            **keys,
            "realm": keys["realm_id"],
            "basic": base64.b64encode(pair.encode()).decode(),
            "redirect_uri": REDIRECT,
            "since": stamp(now - timedelta(hours=1)),
            "long_ago": stamp(now - timedelta(days=31)),
        }
        if "{code}" in json.dumps(case["request"], default=str):
            back = self.client.consent(HELEN, keys["realm_id"])
            self.names["code"] = back["code"]

    def play(self) -> requests.Response:
        """Return the answer to the file's request."""
        for step in self.case.get("before", ()):
            self._step(SETUP[step] if isinstance(step, str) else step)
        return self._ask(filled(self.case["request"], self.names))

    def delivered(self) -> requests.Response:
        """Return what the request makes the simulator send to an endpoint."""
        for step in self.case.get("before", ()):
            self._step(SETUP[step] if isinstance(step, str) else step)
        with Listener() as listener:
            form = self.case["webhook"]["format"]
            self.client.control("webhooks", url=listener.url, format=form)
            self._step(filled(self._trigger(), self.names))
            assert self.client.control("webhooks/settle").json()["settled"]
            (body,), (headers,) = listener.bodies, listener.headers
        answer = requests.Response()
        answer.status_code, answer._content = 200, body
        answer.headers.update(headers)
        return answer

    def _trigger(self) -> dict[str, Any]:
        request = self.case["request"]
        return request if "control" in request else {"request": request}

    def _step(self, step: Mapping[str, Any]) -> None:
        step = filled(step, self.names)
        if "control" in step:
            body = json.loads(json.dumps(step["body"], default=float))
            answer = self.client.control(step["control"], **body)
            assert answer.status_code == 200, answer.text
            return
        try:
            answer = self._ask(step["request"])
        except requests.ConnectionError:
            assert step.get("lost")
            return
        assert answer.status_code == 200, answer.text
        for name, pointer in step.get("keep", {}).items():
            self.names[name] = at(answer.json(), pointer)

    def _ask(self, request: Mapping[str, Any]) -> requests.Response:
        path = request["path"]
        if not path.startswith("/"):
            path = f"/v3/company/{self.names['realm']}/{path}"
        headers = {
            "accept": "application/json",
            "authorization": f"Bearer {self.names['access_token']}",
            **request.get("headers", {}),
        }
        body = request.get("body")
        text = request.get("text")
        if body is not None:
            text = json.dumps(body, default=float)
            headers.setdefault("content-type", "application/json")
        return requests.request(
            request["method"],
            self.server.url + path,
            params=request.get("query"),
            data=request.get("form") if text is None else text,
            headers=headers,
        )


class Comparison:
    """Compares an answer with what a file says of it, to the letter."""

    def __init__(self, case: Mapping[str, Any], names: Mapping[str, str]) -> None:
        self._vary = {_pattern(key): kind for key, kind in case.get("vary", {}).items()}
        self._more = [_pattern(pointer) for pointer in case.get("more", [])]
        self._names = names
        self.problems: list[str] = []

    def compare(self, wanted: Any, got: Any, path: str = "") -> list[str]:
        """Return every difference in words."""
        kind = self._kind(path)
        if kind is not None:
            self._same_kind(kind, got, path)
        elif isinstance(wanted, Mapping) and isinstance(got, Mapping):
            self._same_keys(wanted, got, path)
        elif isinstance(wanted, list) and isinstance(got, list):
            if len(wanted) != len(got):
                self._say(path, f"{len(wanted)} items", f"{len(got)} items")
            for number, (one, other) in enumerate(zip(wanted, got, strict=False)):
                self.compare(one, other, f"{path}/{number}")
        elif not self._same_value(wanted, got):
            self._say(path, wanted, got)
        return self.problems

    def _same_keys(
        self, wanted: Mapping[str, Any], got: Mapping[str, Any], path: str
    ) -> None:
        for key in wanted:
            if key in got:
                self.compare(wanted[key], got[key], f"{path}/{key}")
            else:
                self._say(f"{path}/{key}", wanted[key], "nothing")
        if not any(pattern.fullmatch(path) for pattern in self._more):
            for key in got.keys() - wanted.keys():
                self._say(f"{path}/{key}", "nothing", got[key])

    def _same_value(self, wanted: Any, got: Any) -> bool:
        if isinstance(wanted, str):
            return filled(wanted, self._names) == got
        return isinstance(wanted, bool) is isinstance(got, bool) and wanted == got

    def _same_kind(self, kind: str, got: Any, path: str) -> None:
        number = kind in ("milliseconds", "seconds")
        right_type = isinstance(got, int if number else str)
        if not right_type or not re.fullmatch(KINDS[kind], str(got)):
            self._say(path, f"a value of kind {kind}", got)

    def _kind(self, path: str) -> str | None:
        found = (
            kind for pattern, kind in self._vary.items() if pattern.fullmatch(path)
        )
        return next(found, None)

    def _say(self, path: str, wanted: Any, got: Any) -> None:
        self.problems.append(f"{path or 'the whole'}: wanted {wanted!r}, got {got!r}")


def _pattern(pointer: str) -> re.Pattern[str]:
    return re.compile(re.escape(pointer).replace(r"\*", r"\d+"))
