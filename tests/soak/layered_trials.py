"""Layered designs and what they are put through, one trial for each seed.

Every material of the library, thin and thick layers. Electrodes are matched in capacity more or less well, as those of
people are; the rest is drawn freely.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np

from alloycell.cell import Cell, Datasheet
from alloycell.cell.figures import FIGURES
from alloycell.declaration import numeric_fields, path_text
from alloycell.materials import Carbon, Host, Library, theoretical_capacity
from alloycell.simulate import Options
from alloycell.simulate.options import LEVELS, POROSITIES

__all__ = ["VARIANTS", "Trial", "trial_of"]

VARIANTS = 4
"""Designs of a trial that runs as a batch, a count; the others run one design."""

_THIN, _THICK = 2e-6, 1.5e-4
_MOST_HELD = 5e5


@dataclass(frozen=True)
class Trial:
    """The tables of a design, the protocol [text with units] and options it is run with, and how many variants."""

    seed: int
    design: dict[str, Any]
    protocol: str
    options: dict[str, Any]
    variants: int

    def cell(self) -> Cell:
        """The design as a cell, or as a batch of variants that differ in thickness, loading, porosity and voltages."""
        cell = Cell.of(self.design)
        if self.variants == 1:
            return cell
        rng = np.random.default_rng([self.seed, 2])
        changed = ("thickness", "loading", "porosity", "diameter", "dose", "charge_voltage", "discharge_voltage")
        return cell.with_all(
            {
                path_text(path): value * rng.uniform(*_spread(path[-1]), self.variants)
                for path, _, value in numeric_fields(cell)
                if path[-1] in changed and float(value) > 0.0
            }
        )

    def simulated(self) -> tuple[str, Options]:
        """Protocol and options as :func:`alloycell.simulate.simulate` takes them; no units."""
        return self.protocol, Options(**self.options)


def _spread(name: str | int) -> tuple[float, float]:
    return (0.97, 1.03) if "voltage" in str(name) else (0.8, 1.25)


@cache
def _library() -> Library:
    return Library.of()


@cache
def _names(kind: str) -> tuple[str, ...]:
    return _library().names(kind)


def trial_of(seed: int) -> Trial:
    """The trial of ``seed`` (a count): the same one each time; SI numbers."""
    rng = np.random.default_rng(seed)
    particles: dict[str, Any] = {}
    layers = [_negative_layer(rng, index, particles) for index in range(int(rng.integers(1, 5)))]
    held = _no_thicker_than_people_make(layers, particles)
    lithium = _lithium(rng, held)
    positive = _positive(rng, held)
    upper, lower = _window(rng, positive)
    design: dict[str, Any] = {
        "format": 1,
        "particles": particles,
        "negative": {"collector": {"material": "copper-foil", "thickness": "8 um"}, "layers": layers},
        "positive": {"collector": {"material": "aluminium-foil", "thickness": "12 um"}, "layers": positive},
        "separator": _separator(rng),
        "electrolyte": {"material": _one(rng, _names("electrolyte")), "fill": 1.3},
        "operation": {"charge_voltage": upper, "discharge_voltage": lower},
    }
    design |= {} if lithium is None else {"lithium": lithium}
    _match(rng, design, held)
    options = _options(rng, lithium) | _film(seed, layers)
    protocol = _protocol(rng, upper, lower, never_charged=isinstance(options.get("start"), str))
    return Trial(seed, design, protocol, options, VARIANTS if seed % 5 == 0 else 1)


def _one(rng: np.random.Generator, names: tuple[str, ...]) -> str:
    return str(names[int(rng.integers(len(names)))])


def _some(rng: np.random.Generator, names: tuple[str, ...], count: int) -> list[str]:
    return [str(name) for name in rng.choice(names, count, replace=False)]


def _log(rng: np.random.Generator, low: float, high: float) -> float:
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def _negative_layer(rng: np.random.Generator, index: int, particles: dict[str, Any]) -> dict[str, Any]:
    if rng.random() < 0.2:
        name = _one(rng, (*_names("alloying"), "silicon", "diamond-like-carbon"))
        film = {"recipe": {name: 1.0}, "thickness": _log(rng, 5e-8, 5e-6), "porosity": 0.0}
        return {**film, "active": _uses(rng, [name], {}, film=True)}
    names = _actives(rng, index, particles)
    shares = rng.dirichlet(np.full(len(names), 1.5)) * 0.8 + 0.02
    recipe: dict[str, Any] = {name: float(share) for name, share in zip(names, shares, strict=True)}
    if rng.random() < 0.6:
        recipe[_one(rng, _names("conductive"))] = 0.03
    recipe[_one(rng, _names("binder"))] = "rest"
    layer = {
        "recipe": recipe, "thickness": _log(rng, _THIN, _THICK), "porosity": float(rng.uniform(0.12, 0.75)),
        "active": _uses(rng, names, particles),
    }  # fmt: skip
    return layer | ({"pore_share": float(rng.uniform(0, 1))} if rng.random() < 0.7 else {})


def _actives(rng: np.random.Generator, index: int, particles: dict[str, Any]) -> list[str]:
    """One to three phases: carbons, elements, both, or particles of an alloy, beside carbon or not."""
    draw = rng.random()
    if draw < 0.35:
        return _some(rng, _names("carbon"), int(rng.integers(1, 4)))
    if draw < 0.5:
        return _some(rng, _names("alloying"), int(rng.integers(1, 4)))
    if draw < 0.75:
        alloying = ["silicon"] if rng.random() < 0.5 else _some(rng, _names("alloying"), 1)
        return [*alloying, *_some(rng, _names("carbon"), int(rng.integers(1, 3)))]
    inside = _some(rng, _names("alloying"), int(rng.integers(2, 4)))
    name, share = f"grain{index}", float(rng.uniform(0.2, 0.9)) / (len(inside) - 1)
    particles[name] = {
        "composition": {**dict.fromkeys(inside[1:], share), inside[0]: "rest"},
        "diameter": _log(rng, 5e-8, 5e-6), "diameter_spread": 1.6,
    }  # fmt: skip
    return [name] if len(inside) == 3 else [name, *_some(rng, _names("carbon"), 1)]


def _uses(
    rng: np.random.Generator, names: list[str], particles: dict[str, Any], *, film: bool = False
) -> dict[str, Any]:
    elements = [element for name in names if name in particles for element in particles[name]["composition"]]
    found: dict[str, Any] = {}
    for name in [*names, *elements]:
        use: dict[str, Any] = {}
        if name == "silicon":
            use["structure"] = _one(rng, ("amorphous", "crystalline"))
        if name not in particles and name not in elements and not film and rng.random() < 0.7:
            use["diameter"] = _log(rng, 5e-8, 2e-5)
        if name in _names("alloying") and rng.random() < 0.4:
            use["first_cycle_loss"] = float(rng.uniform(0, 6e5))
        if name in _names("carbon") and rng.random() < 0.6:
            use["first_cycle_efficiency"] = float(rng.uniform(0.6, 0.98))
        found |= {name: use} if use else {}
    return found


def _no_thicker_than_people_make(layers: list[dict[str, Any]], particles: dict[str, Any]) -> float:
    """About what the negative holds [C/m2], after porous layers were made thinner where that is over 14 mAh/cm2."""
    held = sum(_charge(layer, particles) for layer in layers)
    shrunk = min(1.0, _MOST_HELD / held)
    for layer in layers:
        layer["thickness"] *= shrunk
    return held * shrunk


def _charge(layer: dict[str, Any], particles: dict[str, Any]) -> float:
    """About the capacity of a layer [C/m2]."""
    shares = {name: share for name, share in layer["recipe"].items() if share != "rest"}
    whole = sum(shares.values())
    volume = sum(share / _density(name, particles) for name, share in shares.items())
    solids = layer["thickness"] * (1 - layer["porosity"]) * whole / volume
    return float(sum(solids * share * _per_mass(name, particles) for name, share in shares.items()))


def _density(name: str, particles: dict[str, Any]) -> float:
    if name in particles:
        return float(np.mean([_density(element, {}) for element in particles[name]["composition"]]))
    return float(_library().record(name).density.value)


def _per_mass(name: str, particles: dict[str, Any]) -> float:
    """Reversible capacity [C/kg]; of particles, about that."""
    if name in particles:
        return float(np.mean([_per_mass(element, {}) for element in particles[name]["composition"]]))
    record = _library().record(name)
    if isinstance(record, Carbon):
        return float(record.reversible_capacity.value)
    return float(theoretical_capacity(record)) if isinstance(record, Host) else 0.0


def _positive(rng: np.random.Generator, held: float) -> list[dict[str, Any]]:
    """One or two layers for a negative that holds about ``held`` [C/m2]."""
    names = _some(rng, _names("positive"), 2 if rng.random() < 0.15 else 1)
    parts = int(rng.integers(1, 3))
    layers = []
    for _ in range(parts):
        recipe: dict[str, Any] = dict.fromkeys(names, float(rng.uniform(0.8, 0.94)) / len(names))
        specific = sum(share * _per_mass(name, {}) * 0.65 for name, share in recipe.items())
        recipe |= {"carbon-black": 0.02, "PVDF": "rest"}
        use = {name: {"diameter": _log(rng, 1e-7, 2e-5)} for name in names if rng.random() < 0.7}
        layers.append(
            {
                "recipe": recipe,
                "loading": held / specific / parts,
                "porosity": float(rng.uniform(0.15, 0.5)),
                "active": use,
            }
        )
    return layers


def _match(rng: np.random.Generator, design: dict[str, Any], held: float) -> None:
    """Give the positive the loading that makes N/P what it should be: about 1.3 beside the lithium added, +- 15 %."""
    sheet = Datasheet(Cell.of(design))
    found, dose = float(np.asarray(FIGURES["np_first_charge"].of(sheet))), design.get("lithium", {}).get("dose", 0.0)
    wanted = float(np.exp(rng.normal(0.3, 0.14))) / (1.0 - dose / held)
    for layer in design["positive"]["layers"]:
        layer["loading"] *= found / wanted


def _window(rng: np.random.Generator, positive: list[dict[str, Any]]) -> tuple[float, float]:
    """Cut-offs [V] as people set them for such a positive."""
    if set(positive[0]["recipe"]) & {"LFP"}:
        return float(rng.uniform(3.45, 3.9)), float(rng.uniform(1.5, 2.6))
    return float(rng.uniform(4.05, 4.4)), float(rng.uniform(1.8, 3.0))


def _separator(rng: np.random.Generator) -> dict[str, Any]:
    given: dict[str, Any] = {"material": _one(rng, _names("separator")), "thickness": float(rng.uniform(5e-6, 3e-5))}
    return given | ({"porosity": float(rng.uniform(0.3, 0.65))} if rng.random() < 0.4 else {})


def _lithium(rng: np.random.Generator, held: float) -> dict[str, Any] | None:
    """Added lithium: none, or up to a third of what the negative holds, on either electrode."""
    if rng.random() < 0.5:
        return None
    if rng.random() < 0.15:
        return {"surface": "negative", "film": _log(rng, 1e-8, 3e-6), "uptake": float(rng.uniform(0.5, 1.0))}
    return {"surface": "negative", "dose": float(rng.uniform(0.0, 0.35)) * held}


def _protocol(rng: np.random.Generator, upper: float, lower: float, *, never_charged: bool) -> str:
    """Five steps; rates from C/50 to 4C, evenly in the logarithm. A cell that was never charged begins with that."""
    first, second = (f"{_log(rng, 0.02, 4.0):.4g}C" for _ in range(2))
    rest, end = f"Rest for {int(rng.integers(5, 120))} min", _one(rng, ("C/20", "C/50", "C/100"))
    hold = f"Hold at {upper * 0.97 if rng.random() < 0.1 else upper:.4f} V until {end}"
    kinds = (
        f"Charge at {first}; {hold}; {rest}; Discharge at {second}; {rest}",
        f"Charge at {first}; {hold}; Discharge at {second}; {rest}; Charge at {second}",
        f"Discharge at {first}; {rest}; Charge at {second}; {hold}; Discharge at {first}",
        f"{rest}; Charge at {first} until {upper:.4f} V or plating; Discharge at {second}; Charge at {first}; {hold}",
        f"Discharge at {first}; Charge at {second}; {rest}; Hold at {lower:.4f} V for 30 min; Charge at {first}",
    )
    charging_first = (0, 1, 3)
    return kinds[charging_first[int(rng.integers(3))] if never_charged else int(rng.integers(5))]


def _film(seed: int, layers: list[dict[str, Any]]) -> dict[str, Any]:
    """A third of the designs whose films can be sealed has them sealed; the others keep what is drawn for open ones."""
    dense = [layer["porosity"] == 0.0 for layer in layers]
    stacked = any(here and there for here, there in pairwise(dense))
    chosen = any(dense) and not stacked and np.random.default_rng([seed, 3]).random() < 1 / 3
    return {"film": "sealed", "wetted": None} if chosen else {}


def _options(rng: np.random.Generator, lithium: dict[str, Any] | None) -> dict[str, Any]:
    options: dict[str, Any] = {
        "film": "open", "wetted": _log(rng, 0.02, 0.6), "diffusivity": _one(rng, LEVELS),
        "nodes": int(rng.integers(5, 21)), "threads": 1,
    }  # fmt: skip
    draw = rng.random()
    if draw < 0.35:
        options["start"] = "assembled" if lithium is None and draw < 0.2 else "lithium added"
    elif draw < 0.5:
        options["start"] = float(rng.uniform(0.0, 1.0))
    if rng.random() < 0.12:
        options["porosity"] = _one(rng, POROSITIES[1:])
    if rng.random() < 0.2:
        options["temperature"] = float(rng.uniform(263.15, 333.15))
    return options
