"""A thousand runs leave the process as they found it."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest
from layered_trials import trial_of

from alloycell.simulate import Options, simulate

PAGES = Path("/proc/self/statm")


def held() -> tuple[int, int]:
    """Objects that Python tracks, and memory of the process [pages]."""
    gc.collect()
    return len(gc.get_objects()), int(PAGES.read_text(encoding="ascii").split()[1]) if PAGES.exists() else 0


@pytest.mark.slow
def test_a_thousand_runs_leak_no_objects_and_no_memory(record_property):
    cell = trial_of(1).cell()
    options = Options(film="open", wetted=0.2, nodes=3)

    def run(times: int) -> None:
        for _ in range(times):
            assert simulate(
                cell, "Charge at 2C for 5 s; Discharge at 2C for 5 s; Rest for 5 s", options
            ).outcome.finished

    run(100)
    objects, pages = held()
    run(1000)
    more_objects, more_pages = held()
    assert more_objects - objects < 100
    assert (more_pages - pages) * 4096 < 4e6
    record_property("runs without a leak, count", 1000)
