"""The command ``qbo-simulator``: starts, says where it is, keeps its file, stops."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from qbo_simulator.cli import main

PACKAGE_FOLDER = Path(__file__).parents[1]


@contextmanager
def running(*arguments):
    """Run the command; give its address and what it said; stop it as Ctrl+C does."""
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE_FOLDER)}
    command = [sys.executable, "-m", "qbo_simulator", *arguments]
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        said = []
        for line in process.stdout:
            said.append(line)
            if "Ctrl+C" in line:
                break
        yield re.search(r"http://127\.0\.0\.1:\d+", said[0])[0], "".join(said)
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 0


def test_it_serves_the_companies_it_was_asked_for():
    with running("--port", "0", "--company", "empty", "empty") as (url, said):
        companies = requests.get(f"{url}/_sim/companies").json()["companies"]
        assert len(companies) == 2
        for company in companies:
            assert company["realm_id"] in said


def test_it_keeps_its_books_in_a_file(tmp_path):
    arguments = ("--port", "0", "--company", "empty", "--db", str(tmp_path / "b.db"))
    with running(*arguments) as (url, _said):
        body = {"body": {"DisplayName": "Kept Ltd"}}
        requests.post(f"{url}/_sim/records/Customer", json=body)
    with running(*arguments) as (url, _said):
        listed = requests.get(f"{url}/_sim/records/Customer").json()["records"]
        assert [record["DisplayName"] for record in listed] == ["Kept Ltd"]
        assert len(requests.get(f"{url}/_sim/companies").json()["companies"]) == 1


def test_time_switches_and_tokens_outlive_it_too(refusal, tmp_path):
    arguments = ("--port", "0", "--company", "empty", "--db", str(tmp_path / "b.db"))
    with running(*arguments, "--latency", "0.2") as (url, _said):
        requests.post(f"{url}/_sim/clock", json={"set": "2031-05-01T10:00:00Z"})
        requests.post(f"{url}/_sim/switches", json={"retry_after": "on"})
        keys = requests.get(f"{url}/_sim/credentials").json()
        refused = refusal("--company", "empty", "--port", "0", *arguments[-2:])
        assert refused.endswith("another simulator holds it.\n")
    with running(*arguments) as (url, _said):
        now = requests.get(f"{url}/_sim/clock").json()["now"]
        assert now.startswith("2031-05-01T10:0")
        switches = requests.get(f"{url}/_sim/switches").json()["switches"]
        changed = {one["name"] for one in switches if one["value"] != one["default"]}
        assert changed == {"retry_after", "latency_seconds"}
        path = f"{url}/v3/company/{keys['realm_id']}/preferences"
        headers = {"Authorization": f"Bearer {keys['access_token']}"}
        assert requests.get(path, headers=headers).status_code == 200
        requests.post(f"{url}/_sim/reset", json={"company": "empty"})
        assert "2031" not in requests.get(f"{url}/_sim/clock").json()["now"]
    with running(*arguments) as (url, _said):
        assert "2031" not in requests.get(f"{url}/_sim/clock").json()["now"]


@pytest.fixture
def refusal(capsys, monkeypatch):
    """Run the command, which must not start; return what it says."""

    def run(*arguments):
        monkeypatch.setattr(signal, "signal", lambda *_: None)
        try:
            status = main(arguments)
        except SystemExit as ended:
            status = ended.code
        assert status in (1, 2)
        return capsys.readouterr().err

    return run


def test_a_taken_port_is_said_in_a_line(refusal):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        said = refusal("--company", "empty", "--port", port)
    assert f"Cannot listen on port {port}" in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--port", "99999"), "a port is from 0 to 65535, not 99999"),
        (("--latency", "soon"), "seconds are from 0 to 120, not soon"),
        (("--company", "fr"), "invalid choice: 'fr'"),
        (("--db", "{folder}"), "Cannot keep books in {folder}: unable to open"),
        (("--db", "{folder}/no/b.db"), "unable to open database file"),
        (("--db", "{folder}/text"), "file is not a database"),
    ],
)
def test_a_wrong_argument_is_said_in_a_line(refusal, tmp_path, arguments, words):
    (tmp_path / "text").write_text("no database\n" * 100)
    folder = str(tmp_path)
    said = refusal(*(one.format(folder=folder) for one in arguments))
    assert words.format(folder=folder) in said


def test_it_answers_as_slowly_as_it_is_told_to():
    arguments = ("--port", "0", "--company", "empty", "--latency", "0.3")
    with running(*arguments) as (url, _said):
        started = time.perf_counter()
        assert requests.get(f"{url}/v3/company/1/query").status_code == 401
        assert time.perf_counter() - started >= 0.3
