"""The coverage page is up to date, and nonsense never breaks the simulator."""

from pathlib import Path

from qbo_simulator.tools import coverage, fuzz

PAGE = Path(__file__).parents[2] / "docs" / "simulator-coverage.md"


def test_the_coverage_page_is_what_the_tables_say():
    assert PAGE.read_text(encoding="utf-8") == coverage.page(), (
        "run: python -m qbo_simulator.tools.coverage docs/simulator-coverage.md"
    )


def test_nonsense_is_answered_with_faults():
    seen = fuzz.run(2000, seed=7)
    assert seen["complaints"] == 0 and seen["200"] > 300 and seen["400"] > 1000
