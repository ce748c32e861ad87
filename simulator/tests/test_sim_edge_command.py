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

import requests

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


def test_a_taken_port_is_said_in_a_line():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        environment = {**os.environ, "PYTHONPATH": str(PACKAGE_FOLDER)}
        command = [sys.executable, "-m", "qbo_simulator", "--company", "empty"]
        done = subprocess.run(
            [*command, "--port", port],
            env=environment,
            capture_output=True,
            text=True,
            timeout=30,
        )
    assert done.returncode == 1
    assert f"Cannot listen on port {port}" in done.stderr
    assert "Traceback" not in done.stderr


def test_it_answers_as_slowly_as_it_is_told_to():
    arguments = ("--port", "0", "--company", "empty", "--latency", "0.3")
    with running(*arguments) as (url, _said):
        started = time.perf_counter()
        assert requests.get(f"{url}/v3/company/1/query").status_code == 401
        assert time.perf_counter() - started >= 0.3
