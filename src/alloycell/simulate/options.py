"""What a simulation takes beside cell and protocol: every choice a person can make, with its default."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from numbers import Integral, Real
from types import MappingProxyType
from typing import Any, Literal

import numpy as np

from alloycell.cell import STATES, Cell
from alloycell.errors import Fault, RangeError, shown, suggestion

__all__ = ["FILMS", "LEVELS", "POROSITIES", "SIDES", "THERMAL", "Options", "options_of"]

LEVELS = ("low", "middle", "high")
"""Which of the sourced diffusivities of an alloying element is taken; no units."""

POROSITIES = ("made", "discharged", "charged")
"""The state whose layer thicknesses and porosities are taken; no units."""

FILMS = ("open", "sealed")
"""Models of a dense film; no units."""

THERMAL = ("isothermal", "lumped")
"""Whether the cell keeps one temperature or has one that moves with its heat; no units."""

SIDES = ("negative", "positive")
"""Electrodes that can stand alone against lithium; no units."""

_LIMITS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "start": (0.0, 1.0), "wetted": (1e-6, 0.99), "temperature": (223.15, 373.15), "contact": (0.0, 1.0),
        "surface_resistance": (0.0, 1e3), "ambient": (223.15, 373.15), "heat_transfer": (0.0, 1e9),
        "specific_heat": (10.0, 1e5), "heat_capacity": (1e-3, 1e7),
        "nodes": (2, 400), "modes": (2, 30), "tolerance": (1e-12, 1e-1), "rows": (10, 10**7), "threads": (1, 256),
    }
)  # fmt: skip
_MAY_BE_ABSENT = ("start", "wetted", "ambient", "heat_transfer", "specific_heat", "heat_capacity")
_MOST_TIMES = 10_000


@dataclass(frozen=True, slots=True)
class Options:
    """Choices of a simulation.

    ``start``: a state of the cell's first life ("assembled", ..., "charged", "discharged"), a state of charge (0 to 1)
    between "discharged" and "charged", or None: "charged" where the protocol begins with a discharge, else
    "discharged". ``porosity``: layers as "made", or swollen as "discharged" or "charged". ``diffusivity``: which
    sourced value of every alloying element. ``film`` and ``wetted``: how a dense layer meets the electrolyte, "open"
    with the share of its area (0 to 1) that cracks or gaps leave to the electrolyte, or "sealed", so that what lies
    beneath exchanges through it. ``temperature`` [K]: of the cell, at the start where it moves.
    ``contact`` [ohm m2]: resistance in series. ``surface_resistance`` [ohm m2 of particle
    surface]: of the surface film on every particle of the negative. ``thermal``: "isothermal", or "lumped": one
    temperature that moves with the heat. That needs ``heat_transfer`` to the surroundings [W/(m2 K) of facing area]:
    that of the cell in W/K over its facing area, 0 for a cell that keeps its heat. ``ambient`` [K]: the surroundings,
    as ``temperature`` where None. ``heat_capacity`` [J/(m2 K) of facing area]: where None, the cell's mass times
    ``specific_heat`` [J/(kg K)]. ``against_lithium``: "negative" or "positive", that electrode alone in a half cell
    against lithium metal. ``nodes``: control volumes across each layer and the
    separator, a count, and ``layer_nodes`` by path ("negative.layers[0]") where they differ.
    ``modes``: diffusion modes of each particle, a count (where its diffusivity depends on the content, two shells
    for each). ``profile_times`` [s]: when profiles are kept.
    ``tolerance``: relative error allowed in each step in time, dimensionless. ``threads``: a count.
    """

    start: str | float | None = None
    porosity: str = "made"
    diffusivity: str = "middle"
    film: Literal["open", "sealed"] | None = None
    wetted: float | None = None
    temperature: float = 298.15
    contact: float = 0.0
    surface_resistance: float = 0.0
    thermal: str = "isothermal"
    heat_transfer: float | None = None
    ambient: float | None = None
    specific_heat: float | None = None
    heat_capacity: float | None = None
    against_lithium: str | None = None
    nodes: int = 20
    layer_nodes: Mapping[str, int] = field(default_factory=dict)
    modes: int = 12
    profile_times: tuple[float, ...] = ()
    tolerance: float = 1e-4
    rows: int = 4000
    threads: int = 2
    variant: str | None = None

    def __post_init__(self) -> None:
        faults = [
            *_named("start", self.start, STATES, isinstance(self.start, str)),
            *_named("porosity", self.porosity, POROSITIES),
            *_named("diffusivity", self.diffusivity, LEVELS),
            *_named("film", self.film, FILMS, self.film is not None),
            *_named("thermal", self.thermal, THERMAL),
            *_named("against_lithium", self.against_lithium, SIDES, self.against_lithium is not None),
            *_heat_faults(self),
        ]
        for name, (low, high) in _LIMITS.items():
            value = getattr(self, name)
            absent = name in _MAY_BE_ABSENT and value is None
            if not absent and not (name == "start" and isinstance(value, str)):
                faults += _number(name, value, low, high)
        faults += [*_layer_nodes(self.layer_nodes), *_times(self.profile_times)]
        if not isinstance(self.variant, str | None):
            faults.append(Fault("variant", f"is {shown(self.variant)}", "the name of a kernel is needed"))
        if self.film == "open" and self.wetted is None:
            needed = "the share of its area that cracks leave to the electrolyte is needed"
            faults.append(Fault("wetted", "is not given for an open film", needed, "Give wetted = 0.1, for example"))
        if self.film == "sealed" and self.wetted is not None:
            faults.append(
                Fault("wetted", "is given for a sealed film", "only an open film has such a share", "Leave it out")
            )
        if faults:
            raise RangeError(faults)


def _heat_faults(options: Options) -> list[Fault]:
    """What a moving temperature needs and is not given, or what is given without one."""
    if options.thermal == "lumped":
        if options.heat_transfer is not None:
            return []
        needed = "a moving temperature needs it, in W/(m2 K) of facing area"
        return [Fault("heat_transfer", "is not given", needed, "Give heat_transfer = 0 for a cell that keeps its heat")]
    names = ("heat_transfer", "ambient", "specific_heat", "heat_capacity")
    given = [name for name in names if getattr(options, name) is not None]
    needed = "the cell keeps one temperature and reads none of it"
    return [Fault(name, "is given", needed, 'Give thermal = "lumped"') for name in given]


def _number(name: str, value: object, low: float, high: float) -> list[Fault]:
    """Whether ``value`` is a number from ``low`` to ``high``, a whole one where these are; unit unchanged."""
    whole = isinstance(low, int)
    if isinstance(value, bool) or not isinstance(value, Integral if whole else Real):
        return [Fault(name, f"is {shown(value)}", f"a {'whole ' if whole else ''}number is needed")]
    found = float(value)
    return [] if low <= found <= high else [Fault(name, f"is {found:g}", f"{low:g} to {high:g} is needed")]


def _layer_nodes(given: object) -> list[Fault]:
    if not isinstance(given, Mapping):
        needed = 'a table of layer and count is needed, {"negative.layers[0]": 30}'
        return [Fault("layer_nodes", f"is {shown(given)}", needed)]
    low, high = _LIMITS["nodes"]
    return [fault for where, count in given.items() for fault in _number(f"layer_nodes of {where}", count, low, high)]


def _times(given: object) -> list[Fault]:
    if not isinstance(given, tuple | list):
        return [Fault("profile_times", f"is {shown(given)}", "a list of times in seconds is needed")]
    times = list(given)
    strange = [time for time in times if not (isinstance(time, Real) and 0 <= float(time) < math.inf)]
    if strange:
        needed = "times in seconds, none before the start, are needed"
        return [Fault("profile_times", f"have {shown(strange[0])}", needed)]
    if times != sorted(times):
        return [Fault("profile_times", "do not rise", "times in seconds, the earliest first, are needed")]
    if len(times) > _MOST_TIMES:
        return [Fault("profile_times", f"are {len(times)}", f"at most {_MOST_TIMES} profiles are kept")]
    return []


def _named(name: str, value: object, known: tuple[str, ...], asked: bool = True) -> list[Fault]:
    if not asked or value in known:
        return []
    return [Fault(name, f'is "{value}"', "one of the names below is needed", suggestion(str(value), known))]


def options_of(cell: Cell, **choices: Any) -> Options:
    """The options that the table ``[simulation]`` of ``cell`` asks for; ``choices`` that are not None win (SI).

    A stated share of a film that is wetted makes the film an open one. Raises RangeError, also for a batch that varies
    the temperature or the share, which one simulation has one of.
    """
    table = cell.simulation
    stated: dict[str, Any] = {}
    if table is not None:
        stated = {
            "porosity": table.porosity,
            "film": table.film,
            "wetted": table.wetted,
            "temperature": table.temperature,
        }
        varied = [name for name, value in stated.items() if isinstance(value, np.ndarray)]
        if varied:
            needed = "a simulation has one for all its designs"
            raise RangeError([Fault(f"simulation.{name}", "varies in the batch", needed) for name in varied])
    stated = {name: value for name, value in stated.items() if value is not None}
    chosen = stated | {name: value for name, value in choices.items() if value is not None}
    if choices.get("film") == "sealed" and choices.get("wetted") is None:
        chosen.pop("wetted", None)
    elif choices.get("wetted") is not None and choices.get("film") is None:
        chosen["film"] = "open"
    elif chosen.get("wetted") is not None:
        chosen.setdefault("film", "open")
    return Options(**chosen)
