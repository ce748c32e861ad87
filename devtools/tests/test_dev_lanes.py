"""Stages side by side: every stage counts, also one that ends without a word."""

import sys

import pytest

from devtools import lanes
from devtools.outcome import Outcome


@pytest.fixture(autouse=True)
def _apart(monkeypatch, tmp_path):
    monkeypatch.setattr(lanes, "RUN", tmp_path)
    monkeypatch.setattr(lanes, "LANES", (("odoo",), ("lint", "plain")))


def _leave(monkeypatch, *outcomes):
    left = {outcome.stage: outcome for outcome in outcomes}

    def follow(name, path, _children):
        if name in left:
            lanes.write_outcome(path, left[name])

    monkeypatch.setattr(lanes, "_follow", follow)


def test_outcomes_stand_in_the_order_asked_for(monkeypatch):
    _leave(monkeypatch, Outcome("lint", 4), Outcome("odoo", 9, 1, 2))
    lint, odoo = lanes.side_by_side(["lint", "odoo"])
    assert (lint.stage, lint.passed, lint.failed) == ("lint", 4, 0)
    assert (odoo.stage, odoo.passed, odoo.failed, odoo.skipped) == ("odoo", 9, 1, 2)


def test_a_stage_that_dies_counts_as_failed(monkeypatch):
    _leave(monkeypatch, Outcome("lint", 4))
    outcomes = lanes.side_by_side(["lint", "plain"])
    assert [one.failed for one in outcomes] == [0, 1]


def test_lines_are_told_behind_the_name_of_their_stage(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(lanes, "ROOT", tmp_path)
    monkeypatch.setattr(sys, "executable", "/bin/echo")
    lanes._follow("lint", tmp_path / "outcome.json", [])
    assert capsys.readouterr().out.startswith("lint    | -m devtools.test --outcome")
