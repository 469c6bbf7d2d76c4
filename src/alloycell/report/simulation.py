"""At a rate: the three lithium contents of every alloy layer, voltage curves, and contents against time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from alloycell.cell.planning import WINDOW
from alloycell.pictures import canvas, colour_of, draw_window, inline_svg, panel
from alloycell.pictures.simulated import Band, draw_bands, key_of_bands
from alloycell.quantities import FloatArray
from alloycell.report.wording import DASH, Column, Table, plain, typeset
from alloycell.simulate import Result, SimulatedContents
from alloycell.simulate.options import LEVELS
from alloycell.studies import Study

__all__ = ["RateCard", "content_picture", "contents_table", "rate_card", "unfinished", "voltage_picture"]

_MAH_PER_CM2 = 36000.0
_WIDTH = 460.0
_COLOURS = ("#0072B2", "#D55E00")


@dataclass(frozen=True, slots=True)
class RateCard:
    """What was simulated, in texts with units and pictures as SVG ("" where no run was finished).

    ``contents`` is the table of lithium contents, ``assumed`` the assumption that the film is open ("" without one),
    ``unfinished`` the runs that did not reach their end and ``notes`` what the solver warns of.
    """

    contents: Table
    voltage: str
    content: str
    assumed: str
    unfinished: tuple[str, ...]
    notes: tuple[str, ...]


def rate_card(study: Study) -> RateCard | None:
    """The section on the simulated first discharges [at%, V, mAh/cm2, h]; None where nothing was simulated."""
    held = study.simulated
    if held is None:
        return None
    wetted = next((entry for entry in held.assumptions if "wetted share" in entry.where), None)
    assumed = "" if wetted is None else f"{wetted.where}, {wetted.value} ({wetted.note})"
    some = any(result.outcome.finished for result in held.results.values())
    return RateCard(
        contents_table(held), voltage_picture(held) if some else "", content_picture(held) if some else "",
        typeset(assumed), unfinished(held), tuple(typeset(warning) for warning in held.warnings),
    )  # fmt: skip


def _rates(held: SimulatedContents) -> tuple[str, ...]:
    return tuple(dict.fromkeys(rate for rate, _ in held.results))


def contents_table(held: SimulatedContents) -> Table:
    """Li/(Li + absorbing atoms) left in each alloy layer when empty [at%]: designed, at equilibrium, simulated."""
    rates = _rates(held)
    columns = (
        Column("Alloy layer", numbers=False), Column("Designed, formula (1)", "at%"), Column("Equilibrium", "at%"),
        *(Column(f"{rate}, {level}", "at%") for rate in rates for level in LEVELS),
    )  # fmt: skip
    rows = []
    for layer in held.layers:
        runs = [layer.at(rate, level) for rate in rates for level in LEVELS]
        simulated = ("not finished" if run.fraction is None else _share(run.fraction) for run in runs)
        rows.append((layer.title, _share(layer.designed), _share(layer.equilibrium), *simulated))
    return Table(columns, tuple(rows))


def _share(value: float | None) -> str:
    return DASH if value is None else plain("atom fraction", value, 3)


def unfinished(held: SimulatedContents) -> tuple[str, ...]:
    """The runs that did not reach their end, each with its place and what to do; no units."""
    return tuple(
        f"{rate}, {level} diffusivity: {typeset(str(result.outcome))}"
        for (rate, level), result in held.results.items()
        if not result.outcome.finished
    )


def _finished(held: SimulatedContents, rate: str) -> Iterator[Result | None]:
    for level in LEVELS:
        result = held.results.get((rate, level))
        yield result if result is not None and result.outcome.finished else None


def voltage_picture(held: SimulatedContents) -> str:
    """Cell voltage [V] against discharged charge [mAh/cm2] at every rate, low to high diffusivity, as inline SVG."""
    rates = _rates(held)
    figure = canvas(_WIDTH, 390.0)
    axes = panel(figure, 48.0, 40.0, _WIDTH - 58.0, 306.0)
    bands = [
        Band(rate, colour, *(None if run is None else (run.charge / _MAH_PER_CM2, run.voltage)
                             for run in _finished(held, rate)))
        for rate, colour in zip(rates, _COLOURS, strict=False)
    ]  # fmt: skip
    draw_bands(axes, bands, "cell voltage [V]", "charge discharged [mAh/cm²]")
    key_of_bands(axes, [(band.name, band.colour) for band in bands])
    label = f"Simulated voltage of the first discharge at {' and '.join(rates)}, from low to high diffusivity"
    return inline_svg(figure, "rate-voltage", label)


def content_picture(held: SimulatedContents) -> str:
    """Lithium content of each alloy layer [at%] against time [h], one panel a rate, its window drawn in; inline SVG."""
    rates = _rates(held)
    tall = (390.0 - 40.0 - 44.0 * len(rates)) / len(rates)
    figure = canvas(_WIDTH, 390.0)
    names = [(layer.title, colour_of(index)) for index, layer in enumerate(held.layers)]
    for number, rate in enumerate(rates):
        axes = panel(figure, 48.0, 40.0 + number * (tall + 44.0), _WIDTH - 96.0, tall)
        bands = [
            Band(layer.title, colour_of(index), *(_content(run, layer.where) for run in _finished(held, rate)))
            for index, layer in enumerate(held.layers)
        ]
        draw_bands(axes, bands, "Li/(Li + M) [at%]", "time [h]", filled=False)
        axes.set_ylim(0.0, 100.0)
        axes.set_xlim(left=0.0)
        draw_window(axes, 100 * WINDOW[0], 100 * WINDOW[1])
        axes.text(0.985, 0.9, rate, transform=axes.transAxes, ha="right", va="center", fontweight="bold")
        if number == 0:
            key_of_bands(axes, names, filled=False)
    label = f"Simulated lithium content of the alloy layers against time at {' and '.join(rates)}, window 31 to 67 at%"
    return inline_svg(figure, "rate-content", label)


def _content(run: Result | None, where: str) -> tuple[FloatArray, FloatArray] | None:
    return None if run is None else (run.time / 3600.0, 100.0 * run.lithium_fraction(where))
