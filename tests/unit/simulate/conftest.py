"""Cells that tests of the simulation share, and results that several of them look at."""

from __future__ import annotations

from pathlib import Path

import pytest

from alloycell.cell import Cell
from alloycell.simulate import Options, Result, simulate

EXAMPLES = Path(__file__).parents[3] / "examples"


@pytest.fixture(scope="session")
def lg_m50() -> Cell:
    """The cell whose parameters were measured in a torn-down LG M50."""
    return Cell.load(EXAMPLES / "lg-m50.toml")


@pytest.fixture(scope="session")
def layered() -> Cell:
    """Silicon film on graphite against LiMn2O4."""
    return Cell.load(EXAMPLES / "layered-silicon.toml")


@pytest.fixture(scope="session")
def film() -> Options:
    """The film of the layered cell as an open one."""
    return Options(film="open", wetted=0.1)


@pytest.fixture(scope="session")
def one_c(lg_m50) -> Result:
    """The LG M50 discharged at 1C, profiles after a minute and half an hour."""
    return simulate(lg_m50, "Discharge at 1C until 2.5 V", Options(profile_times=(60.0, 1800.0)))


@pytest.fixture(scope="session")
def cycled(layered, film) -> Result:
    """The layered cell through a charge, a hold, a rest and a discharge."""
    steps = "Discharge at C/5; Charge at C/3; Hold at 4.2 V until C/20; Rest for 1 h; Discharge at C/10"
    return simulate(layered, steps, film)
