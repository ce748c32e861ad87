"""The torture chamber: random scenarios, always the same."""

import pytest

from torture.chamber import play

# As many as fit into four minutes on a machine with little else to do.
# In seed 32 somebody has to choose between both versions of a document; in the last,
# an invoice is paid while it is a draft.
SEEDS = (*range(1, 24), 32, 3001)
# PostgreSQL is not killed here: other tests use the same server.


@pytest.fixture(scope="module")
def outcomes(office, branch):
    played = play(office, SEEDS, print, branch=branch)
    return {outcome.seed: outcome for outcome in played}


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_lost_or_doubled(outcomes, seed):
    assert outcomes[seed].problems == [], (
        f"script/torture 1 --seed {seed}: {outcomes[seed]}"
    )
