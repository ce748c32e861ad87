"""The torture chamber: random scenarios, always the same."""

import pytest

from torture.chamber import play

# As many as fit into a minute on a machine with nothing else to do.
# In the last two, somebody has to choose between both versions of a document.
SEEDS = (*range(1, 14), 20, 32)
# PostgreSQL is not killed here: other tests use the same server.


@pytest.fixture(scope="module")
def outcomes(office):
    return {outcome.seed: outcome for outcome in play(office, SEEDS, print)}


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_lost_or_doubled(outcomes, seed):
    assert outcomes[seed].problems == [], (
        f"script/torture 1 --seed {seed}: {outcomes[seed]}"
    )
