"""Two studies: the layered example as it is, and a graphite cell without case, lithium and alloy."""

from __future__ import annotations

from pathlib import Path

import pytest

from alloycell.cell import Cell
from alloycell.report import report_html
from alloycell.studies import study

LAYERED = Path(__file__).resolve().parents[3] / "examples" / "layered-silicon.toml"


@pytest.fixture(scope="session")
def layered():
    """The study of the layered example against its own specifications."""
    return study(Cell.load(LAYERED), ["layered-negative"])


@pytest.fixture(scope="session")
def page(layered):
    """The report on the layered example."""
    return report_html(layered)


@pytest.fixture(scope="session")
def bare_design():
    """The tables of a graphite cell without case and added lithium."""
    return {
        "format": 1,
        "name": "Graphite",
        "negative": {
            "collector": {"material": "copper-foil", "thickness": "10 um"},
            "layers": [{"recipe": {"graphite": "95 %", "PVDF": "rest"}, "thickness": "80 um", "porosity": "30 %"}],
        },
        "positive": {
            "collector": {"material": "aluminium-foil", "thickness": "15 um"},
            "layers": [{"recipe": {"NMC811": "95 %", "PVDF": "rest"}, "thickness": "60 um", "porosity": "30 %"}],
        },
        "separator": {"material": "PE-separator", "thickness": "16 um"},
        "electrolyte": {"material": "EC-EMC-Nyman", "fill": 1.0},
        "operation": {"charge_voltage": "4.2 V", "discharge_voltage": "2.75 V"},
    }


@pytest.fixture(scope="session")
def bare(bare_design):
    """The study of the graphite cell, held against nothing."""
    return study(Cell.of(bare_design), [])
