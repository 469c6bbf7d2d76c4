"""Arguments and options that several commands have, each declared once with its help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = [
    "By", "Debug", "Design", "Half", "HeatTransfer", "Json", "Layers", "Level", "Nodes", "Points", "Quiet",
    "Specifications", "Start", "Steps", "Swept", "Temperature", "Tolerance", "Wetted",
]  # fmt: skip

Design = Annotated[Path, typer.Argument(metavar="DESIGN", help="Design file (TOML).", show_default=False)]
Specifications = Annotated[
    list[str] | None,
    typer.Option(
        "--specification", "-s", metavar="NAME|FILE", help="What to hold it against; may be given several times."
    ),
]
Half = Annotated[
    str | None, typer.Option(metavar="ELECTRODE", help="One electrode against lithium: negative or positive.")
]
Temperature = Annotated[
    str | None, typer.Option(metavar="TEMPERATURE", help="Temperature of cell and surroundings, such as 45 degC.")
]
HeatTransfer = Annotated[
    str | None,
    typer.Option(metavar="COOLING", help="Let the cell warm, cooled by W/m2/K of facing area (0: it keeps all heat)."),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON (SI units) instead of text.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print the result only: no progress, no remarks.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]

Steps = Annotated[
    str | None,
    typer.Option(
        "--protocol", "-p", metavar="STEPS|FILE", show_default=False,
        help="Steps, parted by ; or lines, or a file of them: Charge at C/3 until 4.2 V. Without it those of the "
        "design, else Discharge at C/10.",
    ),
]  # fmt: skip
Start = Annotated[
    str | None, typer.Option(metavar="STATE|SHARE", help="State to start from: charged, discharged, 50 %, ...")
]
Level = Annotated[
    str, typer.Option(metavar="LEVEL", help="Sourced diffusivity of alloying elements: low, middle or high.")
]
Layers = Annotated[
    str | None, typer.Option(metavar="STATE", help="Layers as made, discharged or charged (swollen); made if not said.")
]
Wetted = Annotated[
    str | None,
    typer.Option(metavar="SHARE", help="A dense film is open: share of its area that cracks leave, such as 10 %."),
]
Nodes = Annotated[int | None, typer.Option(metavar="N", help="Control volumes across each layer; 20 if left out.")]
Tolerance = Annotated[
    float | None, typer.Option(metavar="SHARE", help="Relative error allowed in a step in time; 1e-4 if left out.")
]
Swept = Annotated[
    str | None,
    typer.Option(
        "--sweep", metavar="FIELD=FROM:TO", help='Many designs, one field varied: "separator.thickness=10 um:30 um".'
    ),
]
By = Annotated[
    list[str] | None,
    typer.Option(
        "--by",
        metavar="FIELD",
        help="What 1 % more of a field changes, exactly; several times, or all for every field.",
    ),
]
Points = Annotated[int, typer.Option(metavar="N", help="Designs of the sweep.")]
