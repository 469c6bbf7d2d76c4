"""Curves of the simulated runs as pictures: voltage, lithium of the alloy layers, plating margin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from alloycell.pictures import INK, canvas, colour_of, draw_window, inline_svg, panel
from alloycell.pictures.simulated import Band, draw_bands, key_of_bands
from alloycell.quantities import FloatArray
from alloycell.simulate import Result, SimulatedContents
from alloycell.simulate.options import LEVELS

__all__ = ["COLOURS", "WIDTH", "content_picture", "plating_picture", "voltage_picture"]

WIDTH = 460.0
"""Width of a picture [px]."""

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7")
"""Colours of the rates in order; no units."""

_MAH_PER_CM2 = 36000.0
_HIGHEST_MARGIN = 250.0


def _finished(runs: Mapping[tuple[str, str], Result], rate: str) -> Iterator[Result | None]:
    for level in LEVELS:
        result = runs.get((rate, level))
        yield result if result is not None and result.outcome.finished else None


def voltage_picture(held: SimulatedContents) -> str:
    """Cell voltage [V] against discharged charge [mAh/cm2] at every rate, with its error band, as inline SVG.

    Low to high diffusivity where there is an alloy; the error band is that of the middle one.
    """
    rates = held.rates
    figure = canvas(WIDTH, 390.0)
    axes = panel(figure, 48.0, 40.0, WIDTH - 58.0, 306.0)
    errors = held.errors()
    bands = []
    for rate, colour in zip(rates, COLOURS, strict=False):
        runs = _finished(held.results, rate)
        curves = (None if run is None else (run.charge / _MAH_PER_CM2, run.voltage) for run in runs)
        error = errors.get((rate, "middle"))
        bands.append(Band(rate, colour, *curves, error=None if error is None else error.voltage))
    draw_bands(axes, bands, "cell voltage [V]", "charge discharged [mAh/cm²]")
    key_of_bands(axes, [(band.name, band.colour) for band in bands], levels=held.levels)
    label = f"Simulated voltage of the first discharge at {' and '.join(rates)} with its error band"
    return inline_svg(figure, "rate-voltage", label)


def _tall(held: SimulatedContents) -> float:
    """Height of a panel where there is one for each rate [px]."""
    return max(110.0, (390.0 - 40.0) / len(held.rates) - 44.0)


def content_picture(held: SimulatedContents, window: tuple[float, float]) -> str:
    """Lithium content of each alloy layer [at%] against time [h], one panel a rate, with ``window`` (0 to 1); SVG."""
    rates = held.rates
    tall = _tall(held)
    figure = canvas(WIDTH, 40.0 + len(rates) * (tall + 44.0))
    names = [(layer.title, colour_of(index)) for index, layer in enumerate(held.layers)]
    for number, rate in enumerate(rates):
        axes = panel(figure, 48.0, 40.0 + number * (tall + 44.0), WIDTH - 96.0, tall)
        bands = [
            Band(layer.title, colour_of(index), *(_content(run, layer.where) for run in _finished(held.results, rate)))
            for index, layer in enumerate(held.layers)
        ]
        draw_bands(axes, bands, "Li/(Li + M) [at%]", "time [h]", filled=False)
        axes.set_ylim(0.0, 100.0)
        axes.set_xlim(left=0.0)
        draw_window(axes, 100 * window[0], 100 * window[1])
        axes.text(0.985, 0.9, rate, transform=axes.transAxes, ha="right", va="center", fontweight="bold")
        if number == 0:
            key_of_bands(axes, names, filled=False)
    label = f"Simulated lithium content of the alloy layers against time at {' and '.join(rates)}"
    return inline_svg(figure, "rate-content", label)


def _content(run: Result | None, where: str) -> tuple[FloatArray, FloatArray] | None:
    return None if run is None else (run.time / 3600.0, 100.0 * run.lithium_fraction(where))


def plating_picture(held: SimulatedContents) -> str:
    """Least plating margin over the negative [mV] against time [h] of every charge, one panel a rate; inline SVG."""
    tall = _tall(held)
    figure = canvas(WIDTH, 40.0 + len(held.rates) * (tall + 44.0))
    for number, (rate, colour) in enumerate(zip(held.rates, COLOURS, strict=False)):
        axes = panel(figure, 48.0, 40.0 + number * (tall + 44.0), WIDTH - 58.0, tall)
        curves = (None if run is None else (run.time / 3600.0, 1000.0 * run.plating_margin)
                  for run in _finished(held.charges, rate))  # fmt: skip
        band = Band(rate, colour, *curves)
        draw_bands(axes, [band], "margin [mV]", "time [h]", filled=False)
        least = min((float(curve[1].min()) for curve in (band.low, band.middle, band.high) if curve), default=0.0)
        axes.set_ylim(min(-30.0, 1.2 * least), _HIGHEST_MARGIN)
        axes.set_xlim(left=0.0)
        axes.axhline(0.0, color=INK, lw=1.3, zorder=1.5)
        axes.axhspan(axes.get_ylim()[0], 0.0, color="#fdf3ec", lw=0.0, zorder=0.0)
        axes.text(0.985, 0.9, f"charge at {rate}", transform=axes.transAxes, ha="right", va="center", fontweight="bold")
        axes.annotate(
            "below 0 V lithium plates", (0.0, 0.0), xycoords=("axes fraction", "data"), xytext=(5, -3),
            textcoords="offset points", va="top", fontsize=9.5,
        )  # fmt: skip
        if number == 0:
            key_of_bands(axes, [], filled=False, levels=held.levels)
    label = f"Least plating margin over the negative against time, charging at {' and '.join(held.rates)}"
    return inline_svg(figure, "rate-plating", label)
