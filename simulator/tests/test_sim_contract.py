"""The simulator answers as the contract's files say; see contract/README.md."""

import json
from decimal import Decimal

import pytest
from sim_contract import FILES, FOLDER, KINDS, Comparison, Player, filled, load

KEYS = {
    "fact",
    "source",
    "company",
    "before",
    "request",
    "webhook",
    "response",
    "vary",
    "more",
    "examples",
    "client",
}


def name_of(path):
    return path.relative_to(FOLDER).with_suffix("").as_posix()


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_the_simulator_answers_as_the_contract_says(reused_server, path):
    case = load(path)
    player = Player(reused_server, case)
    answer = player.delivered() if "webhook" in case else player.play()
    wanted = case["response"]
    assert answer.status_code == wanted["status"], answer.text
    for name, value in wanted.get("headers", {}).items():
        assert answer.headers.get(name) == value, name
    if "text" in wanted:
        assert answer.text == filled(wanted["text"], player.names)
        return
    got = json.loads(answer.text, parse_float=Decimal)
    problems = Comparison(case, player.names).compare(wanted["body"], got)
    assert not problems, "\n".join(problems)


def test_the_files_are_well_formed():
    facts = set()
    assert len(FILES) > 80
    for path in FILES:
        case = load(path)
        assert set(case) <= KEYS, path
        assert case["fact"].endswith(".") and case["source"], path
        assert set(case.get("vary", {}).values()) <= set(KINDS), path
        facts.add(case["fact"])
    assert len(facts) == len(FILES), "every file states a fact of its own"


def test_the_comparison_forgives_nothing():
    case = {"vary": {"/a/*/Id": "id"}, "more": ["/b"]}
    wanted = {"a": [{"Id": "1", "n": 1}], "b": {"x": True}}
    for got, problem in (
        ({"a": [{"Id": "22", "n": 1}], "b": {"x": True, "y": 2}}, ""),
        ({"a": [{"Id": "x", "n": 1}], "b": {"x": True}}, "/a/0/Id"),
        ({"a": [{"Id": 22, "n": 1}], "b": {"x": True}}, "/a/0/Id"),
        ({"a": [{"Id": "22", "n": 1, "m": 0}], "b": {"x": True}}, "/a/0/m"),
        ({"a": [{"Id": "22"}], "b": {"x": True}}, "/a/0/n"),
        ({"a": [], "b": {"x": True}}, "/a"),
        ({"a": [{"Id": "22", "n": 1}], "b": {"x": 1}}, "/b/x"),
        ({"a": [{"Id": "22", "n": "1"}], "b": {"x": True}}, "/a/0/n"),
        ({"a": [{"Id": "22", "n": 1}], "b": {"x": True}, "c": 1}, "/c"),
    ):
        problems = Comparison(case, {}).compare(wanted, got)
        assert bool(problems) == bool(problem) and all(
            one.startswith(problem) for one in problems
        )
