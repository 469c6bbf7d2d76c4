"""At a rate: the three lithium contents of every alloy layer, curves, depths, and how near a charge is to plating."""

from __future__ import annotations

from dataclasses import dataclass

from alloycell.quantities import KINDS
from alloycell.report.depth import heat_pictures, profile_picture
from alloycell.report.simulated import content_picture, plating_picture, voltage_picture
from alloycell.report.wording import DASH, Column, Table, plain, typeset
from alloycell.simulate import SimulatedContents
from alloycell.studies import Study

__all__ = ["RateCard", "contents_table", "plating_table", "rate_card", "unfinished"]

_LAYERS = {"made": "as made", "discharged": "swollen as discharged", "charged": "swollen as charged"}


@dataclass(frozen=True, slots=True)
class RateCard:
    """What was simulated, in texts with units and pictures as SVG ("" where no run was finished).

    ``contents`` is the table of lithium contents, None without an alloy; ``depths`` pairs of rate and picture;
    ``settings`` says how the runs were made, ``errors`` how exactly, ``assumed`` that the film is open ("" without
    one), ``unfinished`` names runs that did not reach their end, ``notes`` what the solver warns of.
    """

    contents: Table | None
    plating: Table | None
    voltage: str
    content: str
    depths: tuple[tuple[str, str], ...]
    profile: str
    margins: str
    settings: str
    errors: str
    assumed: str
    unfinished: tuple[str, ...]
    notes: tuple[str, ...]


def rate_card(study: Study) -> RateCard | None:
    """The section on the simulated discharges and charges [at%, V, mAh/cm2, h]; None where nothing was simulated."""
    held = study.simulated
    if held is None:
        return None
    wetted = next((entry for entry in held.assumptions if "wetted share" in entry.where), None)
    assumed = "" if wetted is None else f"{wetted.where}, {wetted.value} ({wetted.note})"
    some = any(result.outcome.finished for result in held.results.values())
    charged = any(result.outcome.finished for result in held.charges.values())
    alloy = some and bool(held.layers)
    window = study.content_window
    return RateCard(
        contents_table(held) if held.layers else None, plating_table(held), voltage_picture(held) if some else "",
        content_picture(held, window) if alloy else "", heat_pictures(held, window),
        profile_picture(held, window) if alloy else "",
        plating_picture(held) if charged else "", _settings(held), typeset(held.error_text()), typeset(assumed),
        unfinished(held), tuple(typeset(warning) for warning in held.warnings),
    )  # fmt: skip


def _settings(held: SimulatedContents) -> str:
    """Layers and temperature of the runs, in words with units."""
    warm = KINDS["temperature"].text(held.options.temperature)
    return typeset(f"Layers {_LAYERS[held.options.porosity]}, {warm}")


def contents_table(held: SimulatedContents) -> Table:
    """Li/(Li + absorbing atoms) left in each alloy layer when empty [at%]: designed, at equilibrium, simulated."""
    columns = (
        Column("Alloy layer", numbers=False), Column("Designed, formula (1)", "at%"), Column("Equilibrium", "at%"),
        *(Column(f"{rate}, {level}", "at%") for rate in held.rates for level in held.levels),
    )  # fmt: skip
    rows = []
    for layer in held.layers:
        runs = [layer.at(rate, level) for rate in held.rates for level in held.levels]
        simulated = ("not finished" if run.fraction is None else _share(run.fraction) for run in runs)
        rows.append((layer.title, _share(layer.designed), _share(layer.equilibrium), *simulated))
    return Table(columns, tuple(rows))


def plating_table(held: SimulatedContents) -> Table | None:
    """The least plating margin [mV] of every charge with time, cell voltage and place; None where none has a curve."""
    columns = (
        Column("Charge", numbers=False), Column("Least margin", "mV"), Column("after", "h"), Column("at", "V"),
        Column("Place", numbers=False), Column("Below 0 V", numbers=False),
    )  # fmt: skip
    rows = []
    for (rate, level), entry in held.plating().items():
        begins = "never"
        if entry.begins is not None:
            begins = f"from {entry.begins[0] / 3600:.3g} h, {entry.begins[1]:.4g} V on"
        name = rate if len(held.levels) == 1 else f"{rate}, {level} diffusivity"
        told = (f"{1000 * entry.margin:.3g}", f"{entry.time / 3600:.3g}", f"{entry.voltage:.4g}", entry.place, begins)
        rows.append((name, *(typeset(text) for text in told)))
    return Table(columns, tuple(rows)) if rows else None


def _share(value: float | None) -> str:
    return DASH if value is None else plain("atom fraction", value, 3)


def unfinished(held: SimulatedContents) -> tuple[str, ...]:
    """The runs that did not reach their end, each with its place and what to do; no units."""
    runs = [("discharge", held.results), ("charge", held.charges)]
    return tuple(
        f"{rate}, {level} diffusivity, {step}: {typeset(str(result.outcome))}"
        for step, found in runs
        for (rate, level), result in found.items()
        if not result.outcome.finished
    )
