"""Generated layered designs through five steps: each ends as the promises say; `make soak` runs 10 000 of them."""

from __future__ import annotations

import pytest
from tallied import Tally, run_trial


def told(seeds: range) -> Tally:
    """The ends of all designs of these trials; none is a fault."""
    tally = Tally()
    for seed in seeds:
        tally.add(run_trial(seed))
    assert not tally.kinds["fault"], str(tally)
    return tally


def test_sixty_generated_designs_run_to_the_end_of_their_protocol():
    tally = told(range(40))
    assert tally.designs >= 60
    assert tally.kinds["finished"] >= 50, str(tally)
    assert not tally.kinds["named"], str(tally)


@pytest.mark.slow
def test_five_hundred_generated_designs_end_as_promised(record_property):
    tally = told(range(1000, 1315))
    assert tally.designs >= 500
    assert tally.finished >= 0.998, str(tally)
    assert tally.refused <= 0.08, str(tally)
    record_property("generated designs, count", tally.designs)
    record_property("of those no rule refuses, finished (%)", 100 * tally.finished)
    record_property("refused by a rule (%)", 100 * tally.refused)
