"""Lithium through the depth of the negative, simulated: against time as strips, and its profile when empty."""

from __future__ import annotations

from alloycell.pictures import INK, canvas, draw_window, inline_svg, panel
from alloycell.pictures.heat import HeatStrip, draw_heat, heat_height
from alloycell.pictures.simulated import Band, draw_bands, key_of_bands
from alloycell.quantities import FloatArray
from alloycell.report.simulated import COLOURS, WIDTH
from alloycell.simulate import SimulatedContents
from alloycell.simulate.contents import LayerContents
from alloycell.simulate.profiles import Strip

__all__ = ["heat_pictures", "profile_picture"]

_UM = 1e6
_TOP = 85.0


def heat_pictures(held: SimulatedContents, window: tuple[float, float]) -> tuple[tuple[str, str], ...]:
    """For every rate whose run has a curve: rate, and lithium through the negative against time [um, h, at%, %] as SVG.

    At the middle diffusivity, with the ``window`` (0 to 1) of the alloy; layers from the collector (below) to the
    separator (above).
    """
    found = []
    for number, rate in enumerate(held.rates):
        run = held.results.get((rate, "middle"))
        if run is None or not run.outcome.finished:
            continue
        history = run.history
        strips, names = [], [strip.where for strip in history.strips]
        floors = dict.fromkeys(names, 0.0)
        for strip in history.strips:
            floors[strip.where] = strip.thickness * _UM
        starts = {where: sum(list(floors.values())[:index]) for index, where in enumerate(floors)}
        for strip in history.strips:
            strips.append(_heat_strip(strip, starts[strip.where], names.count(strip.where) > 1, window))
        figure = canvas(WIDTH, heat_height(strips))
        draw_heat(figure, WIDTH, history.time / 3600.0, strips)
        label = f"Simulated lithium through the negative against time at {rate}, with the edges of the window"
        found.append((rate, inline_svg(figure, f"rate-depth-{number}", label)))
    return tuple(found)


def _heat_strip(strip: Strip, start: float, shared: bool, window: tuple[float, float]) -> HeatStrip:
    """A strip of a history with depths from the collector [um] and contents in percent."""
    title = strip.title or strip.where
    where = start + strip.depth * _UM, start, start + strip.thickness * _UM
    if strip.alloy:
        edges = (100 * window[0], 100 * window[1])
        name = f"{title}: {'alloy, ' if shared else ''}Li/(Li + M)"
        return HeatStrip(name, *where, 100 * strip.held, "at%", _TOP, "cividis", edges)
    name = f"{title}: {'other hosts, ' if shared else ''}how full"
    return HeatStrip(name, *where, 100 * strip.held, "%", 100.0, "Greys")


def profile_picture(held: SimulatedContents, window: tuple[float, float]) -> str:
    """Lithium through every alloy layer when empty [at% against um]: designed, equilibrium, simulated; inline SVG."""
    count = len(held.layers)
    tall = max(110.0, (390.0 - 40.0 - 44.0 * count) / count)
    figure = canvas(WIDTH, 40.0 + count * (tall + 44.0))
    for number, layer in enumerate(held.layers):
        axes = panel(figure, 48.0, 40.0 + number * (tall + 44.0), WIDTH - 48.0 - 84.0, tall)
        bands = [
            Band(rate, colour, *(_profile(layer, rate, level) for level in ("low", "middle", "high")))
            for rate, colour in zip(held.rates, COLOURS, strict=False)
        ]
        draw_bands(
            axes, bands, "Li/(Li + M) [at%]", f"depth in {layer.title or layer.where} [µm]", filled=False, dots=False
        )
        axes.set_ylim(0.0, _TOP)
        draw_window(axes, 100 * window[0], 100 * window[1])
        for name, value, dashes in (
            ("designed", layer.designed, (0, (6, 2, 1, 2))),
            ("at rest", layer.equilibrium, "-"),
        ):
            if value is not None:
                axes.axhline(100 * value, color=INK, lw=1.1, ls=dashes, zorder=1.5)
                axes.annotate(
                    name, (1.0, 100 * value), xycoords=("axes fraction", "data"), xytext=(44, 0),
                    textcoords="offset points", va="center", fontsize=10, annotation_clip=False,
                )  # fmt: skip
        if number == 0:
            key_of_bands(axes, [(band.name, band.colour) for band in bands], filled=False)
    label = "Lithium through the alloy layers at the end of the first discharge: designed, equilibrium and simulated"
    return inline_svg(figure, "rate-profile", label)


def _profile(layer: LayerContents, rate: str, level: str) -> tuple[FloatArray, FloatArray] | None:
    run = layer.at(rate, level)
    return None if run.fraction is None else (run.depth * _UM, 100 * run.profile)
