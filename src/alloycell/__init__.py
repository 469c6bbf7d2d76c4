"""A workbench for lithium-ion cells with silicon and tin negative electrodes.

Three names are enough to begin with::

    from alloycell import Cell, study
    cell = Cell.load("cell.toml")
    study(cell)

Nothing is imported before it is asked for, so that ``alloycell --help`` is quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from alloycell.alloy import ParticleFile
    from alloycell.cell import Cell, Datasheet
    from alloycell.errors import (
        AlloycellError,
        DesignError,
        Fault,
        FormatError,
        MaterialError,
        ProtocolError,
        RangeError,
        RunError,
        StoreError,
    )
    from alloycell.materials import Library
    from alloycell.studies import check_cell, check_particle, study

__all__ = [
    "AlloycellError",
    "Cell",
    "Datasheet",
    "DesignError",
    "Fault",
    "FormatError",
    "Library",
    "MaterialError",
    "ParticleFile",
    "ProtocolError",
    "RangeError",
    "RunError",
    "StoreError",
    "__version__",
    "check_cell",
    "check_particle",
    "study",
]

_HOMES = {
    "Cell": "alloycell.cell",
    "Datasheet": "alloycell.cell",
    "Library": "alloycell.materials",
    "ParticleFile": "alloycell.alloy",
    "check_cell": "alloycell.studies",
    "check_particle": "alloycell.studies",
    "study": "alloycell.studies",
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return import_module("alloycell.app.release").release()
    if name not in __all__:
        raise AttributeError(f"module alloycell has no attribute {name!r}")
    return getattr(import_module(_HOMES.get(name, "alloycell.errors")), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
