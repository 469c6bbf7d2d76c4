"""Arguments and options that several commands have, each declared once with its help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["Debug", "Design", "Json", "Quiet", "Specifications"]

Design = Annotated[Path, typer.Argument(metavar="DESIGN", help="Design file (TOML).", show_default=False)]
Specifications = Annotated[
    list[str] | None,
    typer.Option(
        "--specification", "-s", metavar="NAME|FILE", help="What to hold it against; may be given several times."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON (SI units) instead of text.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print the result only: no progress, no remarks.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]
