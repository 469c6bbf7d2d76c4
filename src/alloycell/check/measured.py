"""Measured figures without a design: a TOML file with a table ``[measured]``, and the rows that carry
uncertainty.

Each value may state its expanded uncertainty (``"0.45 +- 0.2 wt%"``) and, in ``[methods]``, how it was
measured. Contents that follow from the mass balance of a two-phase particle are derived, and said to be.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from pydantic_core import PydanticCustomError

from alloycell.check.figures import known_figures
from alloycell.errors import DesignError, Fault, suggestion
from alloycell.figure import Figure
from alloycell.files import read_toml
from alloycell.quantities import FloatArray, Number

__all__ = ["Measured", "particle_content", "spread_rows"]

_KEYS = ("format", "kind", "title", "specifications", "measured", "methods")
_X_RAY_MAPS = re.compile(r"\b(s?tem-)?(eds|edx|edxs|edax|energy[- ]dispersive)\b", re.IGNORECASE)
_CONTENTS = ("oxygen", "nitrogen")


def particle_content(phase_b_mass_fraction: Number, phase_a: Number, phase_b: Number) -> Number:
    """Content of the whole particle W = (1 - f_B) Wa + f_B Wb, a mass fraction (0 to 1).

    Source: mass balance of two phases; surface oxide and further phases are left out.
    ``phase_b_mass_fraction`` is f_B, ``phase_a`` and ``phase_b`` are contents of their phase; all mass
    fractions (0 to 1) of shapes that broadcast.
    """
    return (1 - phase_b_mass_fraction) * phase_a + phase_b_mass_fraction * phase_b


def spread_rows(values: Mapping[str, Number], uncertainties: Mapping[str, Number]) -> dict[str, FloatArray]:
    """Rows that move one figure at a time: row 2i has figure i raised, row 2i + 1 lowered by its uncertainty.

    ``values`` and ``uncertainties`` [SI] share names; an uncertainty is expanded (coverage factor 2). Gives
    an array of length 2 n for each of the n uncertain figures; the order is that of ``uncertainties``.
    """
    uncertain = [name for name, expanded in uncertainties.items() if expanded and name in values]
    rows: dict[str, FloatArray] = {}
    for index, name in enumerate(uncertain):
        moved = np.full(2 * len(uncertain), float(values[name]))
        moved[2 * index] += uncertainties[name]
        moved[2 * index + 1] -= uncertainties[name]
        rows[name] = moved
    return rows


@dataclass(frozen=True)
class Measured:
    """What was measured: figures [SI of each figure's kind], spread rows [same], and remarks by figure name.

    ``specifications`` are names or paths to hold it against; ``remarks`` say what was derived or set aside.
    """

    figures: Mapping[str, Any]
    spread: Mapping[str, FloatArray] = field(default_factory=dict)
    remarks: Mapping[str, str] = field(default_factory=dict)
    specifications: tuple[str, ...] = ()
    title: str = ""

    @classmethod
    def load(cls, path: str | Path) -> Measured:
        """The measured file at ``path``, values with unit text; raises FormatError or DesignError."""
        return cls.of(read_toml(Path(path)))

    @classmethod
    def of(cls, tables: Mapping[str, Any]) -> Measured:
        """Measured figures from ``tables`` as read from TOML (values with unit text).

        Raises DesignError with every fault at once, each with its dotted path.
        """
        faults = _file_faults(tables)
        table, methods = (_table(tables, key, faults) for key in ("measured", "methods"))
        figures, uncertainties = _read(table, faults)
        faults += _method_faults(methods, table)
        if faults:
            raise DesignError(faults)
        remarks = _set_aside(figures, methods)
        spread = spread_rows(figures, {name: uncertainties[name] for name in uncertainties if name in figures})
        _derive(figures, spread, remarks)
        specifications = tables.get("specifications", ())
        return cls(figures, spread, remarks, tuple(specifications), tables.get("title", ""))


def _file_faults(tables: Mapping[str, Any]) -> list[Fault]:
    faults = [
        Fault(key, "is not a key of a measured file", "only known keys are read", suggestion(key, _KEYS))
        for key in tables
        if key not in _KEYS
    ]
    for key, wanted in (("format", 1), ("kind", "measured")):
        found = tables.get(key)
        if found != wanted or isinstance(found, bool):
            told = "is missing" if key not in tables else f"is {found!r}"
            text = f'"{wanted}"' if isinstance(wanted, str) else str(wanted)
            faults.append(Fault(key, told, f"a measured file says {key} = {text}"))
    names = tables.get("specifications", [])
    if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
        faults.append(Fault("specifications", "is not a list of texts", "names or paths are needed"))
    if not isinstance(tables.get("title", ""), str):
        faults.append(Fault("title", "is not a text", "text is needed"))
    if not tables.get("measured"):
        needed = 'at least one figure is needed, such as phase_a_oxygen = "0.2 +- 0.1 wt%"'
        faults.append(Fault("measured", "is missing or empty", needed))
    return faults


def _table(tables: Mapping[str, Any], key: str, faults: list[Fault]) -> Mapping[str, Any]:
    table = tables.get(key, {})
    if isinstance(table, Mapping):
        return table
    faults.append(Fault(key, "is not a table", f"a table [{key}] is needed"))
    return {}


def _read(table: Mapping[str, Any], faults: list[Fault]) -> tuple[dict[str, Any], dict[str, float]]:
    known = known_figures()
    figures: dict[str, Any] = {}
    uncertainties: dict[str, float] = {}
    for name, given in table.items():
        where = f"measured.{name}"
        if name not in known:
            faults.append(Fault(where, "is not a figure", "a figure name is needed", suggestion(name, tuple(known))))
            continue
        try:
            figures[name], expanded = _value(known[name], given)
        except PydanticCustomError as problem:
            told = problem.context or {}
            faults.append(Fault(where, str(told["found"]), str(told["needed"]), str(told["remedy"])))
            continue
        if expanded:
            uncertainties[name] = expanded
    return figures, uncertainties


def _value(figure: Figure, given: Any) -> tuple[Any, float | None]:
    kind = figure.unit()
    if kind is not None:
        if isinstance(given, np.ndarray):
            given = given.tolist()
        return kind.read(given), kind.uncertainty(given)
    if figure.kind == "yes or no":
        if isinstance(given, bool):
            return given, None
        raise _refused(given, "true or false is needed")
    if isinstance(given, list | tuple | frozenset) and all(isinstance(name, str) and name.strip() for name in given):
        return frozenset(name.strip() for name in given), None
    raise _refused(given, 'a list of names is needed, such as ["Si", "Ti"]')


def _refused(given: Any, needed: str) -> PydanticCustomError:
    text = repr(given)
    context = {
        "found": f"is {text if len(text) <= 40 else text[:37] + '...'}",
        "needed": needed,
        "remedy": "",
    }
    return PydanticCustomError("quantity", "{found}; {needed}. {remedy}", context)


def _method_faults(methods: Mapping[str, Any], table: Mapping[str, Any]) -> list[Fault]:
    faults = []
    for name, method in methods.items():
        if name not in table:
            needed = "a method belongs to a figure in [measured]"
            faults.append(Fault(f"methods.{name}", "has no value", needed, suggestion(name, tuple(table))))
        elif not isinstance(method, str) or not method.strip():
            faults.append(Fault(f"methods.{name}", f"is {method!r}", 'a text is needed, such as "combustion"'))
    return faults


def _set_aside(figures: dict[str, Any], methods: Mapping[str, str]) -> dict[str, str]:
    """Take out nitrogen read from X-ray maps beside titanium (Ti Ll covers N Ka); remarks by figure."""
    elements = figures.get("phase_a_elements", frozenset()) | figures.get("phase_b_elements", frozenset())
    remarks = {}
    for name, method in methods.items():
        by_map = _X_RAY_MAPS.search(method)
        if name.endswith("_nitrogen") and by_map and "Ti" in elements:
            del figures[name]
            remarks[name] = "nitrogen from energy-dispersive X-ray beside titanium is set aside: Ti Ll covers N Ka"
    return remarks


def _derive(figures: dict[str, Any], spread: dict[str, FloatArray], remarks: dict[str, str]) -> None:
    """Fill the one missing content of the balance of each element: figures [SI], spread rows, remarks."""
    for element in _CONTENTS:
        names = {part: f"{part}_{element}" for part in ("particle", "phase_a", "phase_b")}
        missing = [part for part, name in names.items() if name not in figures]
        if len(missing) != 1 or "phase_b_mass_fraction" not in figures:
            continue
        part = missing[0]
        value = _balanced(part, names, figures)
        if value is None or not 0 <= float(value) <= 1:
            continue
        name = names[part]
        moved = _balanced(part, names, {**figures, **spread})
        figures[name] = float(value)
        if moved is not None and np.ndim(moved):
            spread[name] = np.asarray(moved, dtype=np.float64)
        before = f"{remarks[name]}; " if name in remarks else ""
        rest = "surface oxide and further phases left out"
        remarks[name] = f"{before}{name} was derived from the other two by the mass balance of phases A and B, {rest}"


def _balanced(part: str, names: Mapping[str, str], values: Mapping[str, Any]) -> Any:
    share = values["phase_b_mass_fraction"]
    held: dict[str, Any] = {key: values.get(name) for key, name in names.items()}
    if part == "particle":
        return particle_content(share, held["phase_a"], held["phase_b"])
    own, other = (1 - share, share) if part == "phase_a" else (share, 1 - share)
    if np.any(np.asarray(own) <= 0):
        return None
    return (held["particle"] - other * held["phase_b" if part == "phase_a" else "phase_a"]) / own
