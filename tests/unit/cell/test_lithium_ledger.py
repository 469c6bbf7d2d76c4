"""The lithium ledger: compartments counted one by one, a sum that closes, and a check that notices a missing mole."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from alloycell.cell import Cell, Datasheet
from alloycell.cell.figures import FIGURES
from alloycell.cell.inventory import Ledger, ledger
from alloycell.quantities import FARADAY

EXAMPLE = Cell.load(Path(__file__).parents[3] / "examples" / "layered-silicon.toml")
SHEET = Datasheet(
    EXAMPLE.with_all(
        {
            "lithium": {"dose": "0.6 mAh/cm2", "uptake": 0.9},
            "negative.layers[1].active.silicon.structure": "crystalline",
        }
    )
)
ENTRIES = [f"{entry.compartment}: {entry.label}" for entry in SHEET.ledger.entries]


def test_the_ledger_has_every_compartment_under_its_own_name():
    assert ENTRIES == [
        "positive: LiMn2O4",
        "negative: graphite",
        "negative: silicon, crystalline",
        "negative: silicon",
        "plated: plated lithium",
        "lost: graphite",
        "lost: silicon",
        "not taken up: lithium metal",
    ]
    assert all(entry.basis for entry in SHEET.ledger.entries)


def test_the_ledger_closes_in_every_state():
    assert np.allclose(SHEET.ledger.totals, SHEET.ledger.brought, rtol=1e-12, atol=0)
    assert float(SHEET.ledger.closure) <= 1e-12


@pytest.mark.parametrize("state", range(1, 6))
@pytest.mark.parametrize("index", range(len(ENTRIES)), ids=ENTRIES)
def test_a_millionth_missing_from_one_compartment_breaks_closure(index, state):
    book = SHEET.ledger
    change = np.zeros(6)
    change[state] = 1e-6 * float(book.brought)
    entries = [replace(e, lithium=e.lithium + change) if i == index else e for i, e in enumerate(book.entries)]
    broken = Ledger(book.states, tuple(entries), book.brought)
    assert float(broken.closure) == pytest.approx(1e-6, rel=1e-6)


def test_a_changed_content_of_one_phase_breaks_closure():
    story = list(SHEET.states)
    state = story[4]
    for side in ("negative", "positive"):
        phases = getattr(state, side)
        for row in np.nonzero(phases.hosts * phases.content > 0)[0]:
            content = phases.content.copy()
            content[row] *= 1 + 1e-6
            wrong = [*story[:4], replace(state, **{side: replace(phases, content=content)}), story[5]]
            assert float(ledger(SHEET.balance, wrong).closure) > 1e-10


def test_lithium_brought_in_is_that_of_the_positive_and_the_dose():
    positive = SHEET.positive[0]
    record = positive.hosts()[0].record
    hosts = positive.size.loading * 0.9 / record.host_molar_mass.value
    dose = 0.6 * 36000 / FARADAY
    assert float(SHEET.ledger.brought) == pytest.approx(hosts * record.as_made.value + dose, rel=1e-14)


def test_losses_of_the_ledger_follow_from_their_stated_basis():
    lost = {entry.label: float(entry.lithium[-1]) for entry in SHEET.ledger.entries if entry.compartment == "lost"}
    carbon = SHEET.carbon_capacity * (1 - SHEET.carbon_efficiency) / FARADAY
    assert lost["graphite"] == pytest.approx(float(carbon), rel=1e-14)
    film = SHEET.negative[1]
    assert lost["silicon"] == pytest.approx(film.size.loading * 360000.0 / FARADAY, rel=1e-14)


def test_metal_that_is_not_taken_up_stays_in_every_state():
    metal = SHEET.ledger.entries[-1].lithium
    assert metal[0] == pytest.approx(0.6 * 36000 / FARADAY, rel=1e-14)
    assert metal[1:] == pytest.approx([0.1 * metal[0]] * 5, rel=1e-12)


def test_lithium_of_the_salt_is_counted_apart():
    salt = FIGURES["salt_lithium"].of(SHEET)
    more = FIGURES["salt_lithium"].of(Datasheet(SHEET.cell.with_("electrolyte.fill", 2.6)))
    assert more == pytest.approx(2 * salt, rel=1e-14)
    assert float(Datasheet(SHEET.cell.with_("electrolyte.fill", 2.6)).ledger.brought) == float(SHEET.ledger.brought)
    # Pores of 46 um at 35 %, 20 um at 40 % or the record's, 110 um at 32 %, filled 1.3 times with 1 mol/L.
    separator = SHEET.library.record("PE-separator").porosity.value
    pores = 46e-6 * 0.35 + 20e-6 * separator + 110e-6 * 0.32
    assert salt == pytest.approx(1.3 * 1000.0 * pores, rel=1e-12)


def test_trapped_lithium_of_an_alloy_is_content_and_not_loss():
    more = Datasheet(SHEET.cell.with_("lithium.dose", "0.8 mAh/cm2"))
    before, after = (
        sum(float(e.lithium[-1]) for e in s.ledger.entries if e.compartment == "lost") for s in (SHEET, more)
    )
    assert before == pytest.approx(after, rel=1e-14)
    assert more.alloy_fraction("discharged") > SHEET.alloy_fraction("discharged")
