"""``alloycell simulate``: a design through a test protocol, with curves and lithium contents."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from alloycell.app.options import (
    By,
    Debug,
    Design,
    Half,
    HeatTransfer,
    Json,
    Layers,
    Level,
    Nodes,
    Points,
    Quiet,
    Start,
    Steps,
    Swept,
    Temperature,
    Tolerance,
    Wetted,
)
from alloycell.app.reply import Reply, Screen

if TYPE_CHECKING:
    from alloycell.cell import Cell
    from alloycell.simulate import Result

__all__ = ["simulate"]

_OTHERWISE = "Discharge at C/10"
"""What is run where neither the command nor the design says so; no units."""


def simulate(
    design: Design,
    protocol: Steps = None,
    start: Start = None,
    diffusivity: Level = "middle",
    porosity: Layers = None,
    wetted: Wetted = None,
    half: Half = None,
    temperature: Temperature = None,
    heat_transfer: HeatTransfer = None,
    nodes: Nodes = None,
    tolerance: Tolerance = None,
    sweep: Swept = None,
    points: Points = 9,
    by: By = None,
    sealed: Annotated[
        bool, typer.Option("--sealed", help="A dense film is sealed: what lies beneath exchanges through it.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(metavar="CSV|SVG", help="Also write the curves (CSV) or a picture.")
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> Reply:
    """Run a design through a test protocol.

    Steps are text such as "Charge at C/3 until 4.2 V; Rest for 1 h; 10 x [Discharge at 1C until 2.5 V]"; amounts carry
    their units, the JSON is SI.
    """
    from alloycell.app.inputs import cell_in, quantity
    from alloycell.simulate import simulate as run
    from alloycell.simulate.options import options_of

    cell = cell_in(design)
    share = quantity("--wetted", wetted, "fraction")
    kelvin, cooling = _climate(temperature, heat_transfer)
    options = options_of(cell, start=_start(start), diffusivity=diffusivity, porosity=porosity, wetted=share,
                         film="sealed" if sealed else None, against_lithium=half, temperature=kelvin,
                         heat_transfer=cooling, thermal=None if cooling is None else "lumped", nodes=nodes,
                         tolerance=tolerance)  # fmt: skip
    text, folder = _protocol(protocol, cell, design)
    if sweep is not None:
        from alloycell.app.sweeps import sweep_of, sweep_reply

        return sweep_reply(cell, sweep_of(cell, sweep, points), text, options, folder, out, quiet or as_json)
    if by:
        from alloycell.app.moving import moving_reply

        return moving_reply(cell, by, text, options, folder)
    result = run(cell, text, options, folder=folder)
    if out is not None:
        _write(result, out)
    return Reply(
        lambda screen: _text(result, cell.name or design.name, out, screen),
        lambda: {**result.to_dict(), "file": None if out is None else str(out)},
        0 if result.outcome.finished else 4,
    )


def _start(text: str | None) -> str | float | None:
    from alloycell.app.inputs import quantity
    from alloycell.cell import STATES

    if text is None or text in STATES or not text[:1].isdigit():
        return text
    return quantity("--start", text, "fraction")


def _climate(temperature: str | None, heat_transfer: str | None) -> tuple[float | None, float | None]:
    """Temperature [K] and cooling [W/(m2 K)], None for what is not said."""
    from alloycell.app.inputs import quantity

    kelvin = quantity("--temperature", temperature, "temperature")
    return kelvin, quantity("--heat-transfer", heat_transfer, "heat transfer")


def _protocol(text: str | None, cell: Cell, design: Path) -> tuple[str, Path]:
    """The steps that ``text`` holds or, where it names a file, that file holds; and where files to follow lie.

    Without ``text`` those of ``cell``, read from the file ``design``.
    """
    if text is None:
        own = "" if cell.simulation is None else cell.simulation.protocol
        return own or _OTHERWISE, design.parent
    path = Path(text)
    if "\n" in text or len(text) > 200 or not path.is_file():
        return text, Path()
    return path.read_text(encoding="utf-8"), path.parent


def _write(result: Result, out: Path) -> None:
    from alloycell.errors import Fault, FormatError
    from alloycell.files import write_text
    from alloycell.pictures import inline_svg

    if out.suffix.lower() == ".csv":
        result.to_csv(out)
    elif out.suffix.lower() == ".svg":
        write_text(out, inline_svg(result.plot(), "simulation", "Voltage and lithium contents against time"))
    else:
        raise FormatError(Fault("--out", f"is {out}", "a file that ends in .csv or .svg is needed"))


def _text(result: Result, name: str, out: Path | None, screen: Screen) -> str:
    from alloycell.app.layout import blocks, heading, paragraph, table
    from alloycell.app.plot import Line, text_plot

    rows, contents, errors = _steps(result), _contents(result), _errors(result)
    parts = [
        heading(f"{name}: {result.made.start} at the start, layers as {result.made.porosity}", screen),
        table(*rows, screen),
        table(*contents, screen) if contents[1] else "",
        f"Numerical error\n\n{table(*errors, screen)}" if errors[1] else "",
        paragraph(str(result.outcome), screen),
        paragraph(_warmth(result), screen) if result.heat is not None else "",
        paragraph(_margin(result), screen),
        *(paragraph(warning, screen) for warning in result.warnings),
    ]
    if not screen.quiet:
        line = Line("*", "cell", result.time / 3600.0, result.voltage)
        parts.append(text_plot([line], "time [h]", "voltage [V]", screen.width))
        parts.append(
            "\n".join(paragraph(f"Assumed: {e.where}: {e.value} ({e.note})", screen) for e in result.assumptions)
        )
    parts.append(f"Written: {out}" if out is not None else "")
    return blocks(*parts)


def _warmth(result: Result) -> str:
    """How warm the cell got, and the heat it gave off per facing area."""
    from alloycell.quantities import KINDS

    text, heat = KINDS["temperature"].text, result.heat
    assert heat is not None
    made = KINDS["energy per area"].text(float(heat[-1]))
    return f"The cell got {text(float(result.temperature.max()), 4)} warm and gave off {made} of heat."


def _margin(result: Result) -> str:
    """The least plating margin of the run with its time and place, and when it first falls below 0 V; "" without."""
    found = None if result.raws[0] is None else result.plating
    if found is None:
        return ""
    told = (
        f"Least plating margin {1000 * found.margin:.3g} mV, after {found.time / 3600:.3g} h at {found.voltage:.4g} V, "
    )
    told += f"in {found.place}."
    if found.begins is not None:
        time, voltage, _ = found.begins
        told += f" Lithium would plate: it falls below 0 V after {time / 3600:.3g} h, at {voltage:.4g} V."
    return told


def _steps(result: Result) -> tuple[Any, list[list[str]]]:
    """The last steps: cause of the end, duration [h], charge [mAh/cm2], energy [mWh/cm2], voltage [V]."""
    from alloycell.app.layout import Column
    from alloycell.quantities import KINDS

    charge, energy = KINDS["charge per area"].in_shown, KINDS["energy per area"].in_shown
    rows = [
        [end.step, end.cause, f"{end.duration / 3600:.4g}", f"{charge(end.charge):.4g}", f"{energy(end.energy):.4g}",
         f"{end.voltage:.4g}"]
        for end in result.ends[-20:]
    ]  # fmt: skip
    right = (Column(name, right=True) for name in ("after h", "mAh/cm2", "mWh/cm2", "end V"))
    return (Column("Step", wrap=True), Column("Ended by"), *right), rows


def _contents(result: Result) -> tuple[Any, list[list[str]]]:
    from alloycell.app.layout import Column
    from alloycell.quantities import KINDS

    text = KINDS["atom fraction"].text
    layers = {place.where: place.title for place in result.places if place.alloying}
    rows = []
    for where, title in layers.items():
        held = result.lithium_fraction(where)
        rows.append(
            [title, text(float(held[0])), text(float(held[-1])), text(float(held.min())), text(float(held.max()))]
        )
    return tuple(Column(name) for name in ("Alloy layer", "Lithium at first", "At the end", "Least", "Most")), rows


def _errors(result: Result) -> tuple[Any, list[list[str]]]:
    """Figures of the run with their numerical error, and its parts; no rows where there is no estimate."""
    from alloycell.app.layout import Column
    from alloycell.quantities import KINDS

    names = ("Space", "Particles", "Time")
    columns = (*(Column(name, wrap=True) for name in ("Figure", "Value")), *(Column(name) for name in names))
    error = result.error
    if error is None:
        return columns, []
    per, suffix = (1.0, " per area") if result.area is None else (result.area, "")
    charge, energy, share = KINDS[f"charge{suffix}"], KINDS[f"energy{suffix}"], KINDS["atom fraction"]
    titles = {place.where: place.title for place in result.places}
    figures = [
        ("Last discharge", result.capacity, error.capacity, per, charge),
        ("Its energy", result.discharge_energy, error.energy, per, energy),
        *((f"Lithium at the end, {titles[where]}", float(result.lithium_fraction(where)[-1]), parts, 1.0, share)
          for where, parts in error.lithium_fraction.items()),
    ]  # fmt: skip
    largest = error.largest
    told = [f"{1e3 * part:.2g} mV" for part in (largest.total, largest.space, largest.radial, largest.time)]
    rows = [["Voltage, at most", f"+- {told[0]}", *told[1:]]]
    for name, value, parts, factor, kind in figures:
        if parts is not None:
            sizes = (parts.total, parts.space, parts.radial, parts.time)
            told = [kind.spread_text(float(size) * factor) for size in sizes]
            rows.append([name, f"{kind.text(value * factor, 6)} +- {told[0]}", *told[1:]])
    return columns, rows
