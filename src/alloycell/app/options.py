"""Arguments and options that several commands have, each declared once with its help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["Debug", "Design", "Half", "HeatTransfer", "Json", "Quiet", "Specifications", "Temperature"]

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
