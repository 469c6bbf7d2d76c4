"""Random designs that can be built: structure from a seed, then many numeric variants of it as one batch."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from alloycell.cell import Cell, Datasheet
from alloycell.cell.figures import FIGURES
from alloycell.declaration import numeric_fields, path_text
from alloycell.materials import Library, Positive

__all__ = [
    "STRUCTURES",
    "VARIANTS",
    "batch_of",
    "design_of",
    "numbers_of",
    "row_of",
    "sheet_of",
    "structures",
    "worst_difference",
]

STRUCTURES = 40
"""How many structures the properties look at, dimensionless."""

VARIANTS = 50
"""Numeric variants of each structure, dimensionless: 2000 designs altogether."""

ALLOYING = (
    "silicon", "tin", "germanium", "indium", "silver", "aluminium", "lead", "antimony", "bismuth", "gallium",
)  # fmt: skip
CARBONS = (
    "graphite", "hard-carbon", "soft-carbon", "diamond-like-carbon", "fullerene", "carbon-nanotube",
    "graphite-SiOx",
)  # fmt: skip
OTHER_GRAPHITE = "graphite-Kokam"
"""Takes the place of graphite in the second layer."""
POSITIVES = ("LiCoO2", "LiMn2O4", "LiNiO2", "NMC811", "NMC532", "NCA", "LFP")
BINDERS = ("PVA", "PVDF", "CMC", "SBR", "PAA", "polyimide")
SPREAD = {
    "thickness": (0.7, 1.4), "loading": (0.7, 1.4), "porosity": (0.6, 1.4), "dose": (0.2, 2.0), "mass": (0.2, 2.0),
    "film": (0.2, 2.0), "charge_voltage": (0.95, 1.05), "discharge_voltage": (0.8, 1.2), "x_max": (0.8, 1.1),
}  # fmt: skip
"""Factors between which a field of that name varies; the others vary from 0.9 to 1.05."""

PER_CAPACITY = {
    "mean_voltage", "first_cycle_efficiency", "cell_capacity", "cell_energy", "specific_energy",
    "energy_density_charged", "energy_density_discharged",
    "np_first_charge", "np_reversible", "np_after_dose", "capacity_ratio",
}  # fmt: skip
"""Figures of the charge between the cut-offs, which may be none."""

COIN = {
    "type": "coin", "positive_diameter": "14 mm", "negative_diameter": "15 mm", "separator_diameter": "17 mm",
    "case_diameter": "20 mm", "case_height": "3.2 mm", "inner_height": "2.5 mm", "case_mass": "2.9 g",
}  # fmt: skip
POUCH = {
    "type": "pouch", "width": "40 mm", "height": "60 mm", "overhang": "1 mm", "foil_thickness": "113 um",
    "foil_loading": "190 g/m2", "seal": "6 mm", "tabs_mass": "0.8 g",
}  # fmt: skip
CYLINDER = {
    "type": "cylinder", "diameter": "21 mm", "height": "70 mm", "wall": "0.2 mm", "mandrel": "2 mm",
    "coated_width": "58 mm", "overhang": "1 mm", "can_mass": "9 g", "parts_mass": "4 g",
}  # fmt: skip


def design_of(seed: int) -> dict[str, Any]:
    """Tables of a design that can be built, one structure for each ``seed``; SI numbers and unit texts."""
    rng = np.random.default_rng(seed)
    particles: dict[str, Any] = {}
    layers = [_layer(rng, index, particles) for index in range(int(rng.integers(1, 5)))]
    positive = str(rng.choice(POSITIVES))
    sides = int(rng.integers(1, 3))
    design = {
        "format": 1,
        "particles": particles,
        "negative": {"sides": sides, "collector": {"material": "copper-foil", "thickness": "10 um"}, "layers": layers},
        "positive": {
            "sides": sides,
            "collector": {"material": "aluminium-foil", "thickness": "15 um"},
            "layers": [_positive_layer(rng, positive) for _ in range(int(rng.integers(1, 3)))],
        },
        "separator": {"material": "PE-separator", "thickness": "20 um"},
        "electrolyte": {"material": "EC-EMC-Nyman", "fill": 1.3},
        "operation": {
            "charge_voltage": float(rng.uniform(3.2, 4.5)),
            "discharge_voltage": float(rng.uniform(0.2, 2.4)),
        },
    }
    lithium = _lithium(rng, layers, particles, positive)
    case = _case(rng, sides)
    return design | ({} if lithium is None else {"lithium": lithium}) | ({} if case is None else {"case": case})


def structures(*, carbon_layer: bool = False, alloy: bool = False, case: bool = False) -> tuple[int, ...]:
    """The seeds whose designs have at least what is asked for: a layer of carbons only, an alloy, a case."""
    found = []
    for seed in range(STRUCTURES):
        design = design_of(seed)
        layers = [set(layer["recipe"]) for layer in design["negative"]["layers"]]
        alloyed = [names & {*ALLOYING, *design["particles"]} for names in layers]
        only_carbon = [
            not metals and bool(names & {*CARBONS, OTHER_GRAPHITE})
            for names, metals in zip(layers, alloyed, strict=True)
        ]
        if (not carbon_layer or any(only_carbon)) and (not alloy or any(alloyed)) and (not case or "case" in design):
            found.append(seed)
    return tuple(found)


def _actives(rng: np.random.Generator, index: int, particles: dict[str, Any]) -> list[str]:
    chosen = [str(name) for name in rng.choice((*ALLOYING, *CARBONS), int(rng.integers(1, 4)), replace=False)]
    if rng.random() < 0.35:
        chosen = [str(name) for name in rng.choice(CARBONS, int(rng.integers(1, 3)), replace=False)]
    elif rng.random() < 0.4:
        chosen = chosen if rng.random() < 0.5 else ["silicon", *(name for name in chosen if name in CARBONS)]
    elif rng.random() < 0.5:
        inside = [str(name) for name in rng.choice(ALLOYING, int(rng.integers(2, 4)), replace=False)]
        share = float(rng.uniform(0.2, 0.9)) / (len(inside) - 1)
        particles[f"grain{index}"] = {
            "composition": {**dict.fromkeys(inside[1:], share), inside[0]: "rest"},
            "diameter": float(rng.uniform(5e-8, 2e-6)),
            "diameter_spread": 1.6,
        }
        chosen = [f"grain{index}", *(name for name in chosen if name not in inside)][:3]
    return [OTHER_GRAPHITE if name == "graphite" and index == 1 else name for name in chosen]


def _layer(rng: np.random.Generator, index: int, particles: dict[str, Any]) -> dict[str, Any]:
    if rng.random() < 0.3:
        name = str(rng.choice((*ALLOYING, "diamond-like-carbon", "silicon")))
        film = {"recipe": {name: 1.0}, "thickness": float(rng.uniform(1e-7, 4e-6)), "porosity": 0.0}
        return {**film, "active": _settings(rng, [name])}
    names = _actives(rng, index, particles)
    total = float(rng.uniform(0.6, 0.85))
    parts = rng.dirichlet(np.full(len(names), 2.0)) * (total - 0.03 * len(names)) + 0.03
    recipe: dict[str, Any] = {name: float(share) for name, share in zip(names, parts, strict=True)}
    if rng.random() < 0.5:
        recipe["carbon-black"] = 0.05
    recipe[str(rng.choice(BINDERS))] = "rest"
    inside = [element for name in names if name in particles for element in particles[name]["composition"]]
    layer = {"recipe": recipe, "active": _settings(rng, [*names, *inside]), **_size(rng, 5e-6, 7e-5)}
    return layer | ({"pore_share": float(rng.uniform(0, 0.95))} if rng.random() < 0.7 else {})


def _size(rng: np.random.Generator, least: float, most: float) -> dict[str, float]:
    thickness, density = float(rng.uniform(least, most)), float(rng.uniform(500, 650))
    porosity = float(rng.uniform(0.2, 0.5))
    pairs = (
        {"thickness": thickness, "porosity": porosity},
        {"loading": thickness * 1200, "porosity": porosity},
        {"thickness": thickness, "density": density},
        {"thickness": thickness, "loading": thickness * density},
        {"loading": thickness * density, "density": density},
    )
    return pairs[int(rng.integers(len(pairs)))]


def _settings(rng: np.random.Generator, names: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in names:
        if name in ALLOYING:
            found[name] = {"x_max": float(rng.uniform(1.0, 4.0))} if rng.random() < 0.5 else {}
            if rng.random() < 0.5:
                found[name]["first_cycle_loss"] = float(rng.uniform(0, 8e5))
        elif name in (*CARBONS, OTHER_GRAPHITE):
            found[name] = {"first_cycle_efficiency": float(rng.uniform(0.6, 0.95))}
        if name == "silicon":
            found[name]["structure"] = str(rng.choice(("amorphous", "crystalline")))
    return {name: use for name, use in found.items() if use}


def _positive_layer(rng: np.random.Generator, name: str) -> dict[str, Any]:
    recipe = {name: float(rng.uniform(0.8, 0.92)), "carbon-black": 0.03, "PVDF": "rest"}
    return {"recipe": recipe, **_size(rng, 2e-5, 1.2e-4)}


def _lithium(
    rng: np.random.Generator, layers: list[dict[str, Any]], particles: dict[str, Any], positive: str
) -> dict[str, Any] | None:
    if rng.random() < 0.2:
        return None
    record = Library.of().record(positive)
    assert isinstance(record, Positive)
    surface = "positive" if record.accepts_lithium and rng.random() < 0.6 else "negative"
    given: dict[str, Any] = {"surface": surface} | (
        {"uptake": float(rng.uniform(0.5, 0.95))} if rng.random() < 0.4 else {}
    )
    named = {element for layer in layers for name in layer["recipe"]
             for element in particles.get(name, {"composition": {name: 1}})["composition"]}  # fmt: skip
    most = 1200.0 if surface == "positive" else 4e4  # C/m2; the thinnest positive takes about 2500 more
    amounts = [("dose", float(rng.uniform(0, most))), ("mass", most * 7e-8), ("film", most * 1e-10)]
    if named & set(ALLOYING) and surface == "negative":
        stated = [use["x_max"] for layer in layers for use in layer.get("active", {}).values() if "x_max" in use]
        least = min([1.0, *stated])
        amounts += [("target", float(rng.uniform(0.1, 0.75)) * least / (1 + least))] * 2
    name, value = amounts[int(rng.integers(len(amounts)))]
    return given | {name: value}


def _case(rng: np.random.Generator, sides: int) -> dict[str, Any] | None:
    if rng.random() < 0.2:
        return None
    if sides == 1 and rng.random() < 0.6:
        return dict(COIN)
    if sides == 2 and rng.random() < 0.5:
        return CYLINDER | ({"length": 0.1} if rng.random() < 0.5 else {})
    sheets = {"positive_sheets": 1 if sides == 1 else int(rng.integers(1, 20))}
    return POUCH | sheets | ({"inner_thickness": "60 mm"} if rng.random() < 0.5 else {})


def batch_of(seed: int, count: int = VARIANTS) -> Cell:
    """``count`` designs of the structure of ``seed`` that differ in every number [SI], as one batch."""
    rng = np.random.default_rng(1000 + seed)
    cell = Cell.of(design_of(seed))
    changes = {
        path_text(path): value * rng.uniform(*_factors(path), count)
        for path, _, value in numeric_fields(cell)
        if float(value) not in (0.0, 1.0)
    }
    return cell.with_all(changes)


def _factors(path: tuple[str | int, ...]) -> tuple[float, float]:
    if path[0] == "case":
        return 0.97, 1.03
    return SPREAD.get(str(path[-1]), (0.9, 1.05))


def row_of(batch: Cell, row: int) -> Cell:
    """Design number ``row`` of a one-dimensional ``batch`` as a cell of its own; SI values as they are there."""
    changes = {
        path_text(path): float(np.asarray(value)[row]) for path, _, value in numeric_fields(batch) if np.ndim(value)
    }
    return batch.with_all(changes)


@cache
def sheet_of(seed: int) -> Datasheet:
    """The datasheet of the batch of ``seed``, kept because many properties look at it."""
    return Datasheet(batch_of(seed))


def numbers_of(sheet: Datasheet) -> dict[str, np.ndarray]:
    """Every numeric figure that ``sheet`` knows [SI of its kind], with the batch shape of its cell."""
    found = {}
    for name, figure in FIGURES.items():
        value = figure.of(sheet) if figure.of is not None and figure.unit() is not None else None
        if value is not None:
            found[name] = np.broadcast_to(np.asarray(value, dtype=np.float64), sheet.cell.shape)
    return found


def worst_difference(found: dict[str, np.ndarray], wanted: dict[str, np.ndarray]) -> tuple[float, str]:
    """Largest relative difference (dimensionless) of two tables of figures and the figure that has it.

    Charges are compared relative to the largest charge of the design: where all lithium is lost, or nothing can be
    charged, the capacity left is a rounding error. Figures per capacity are then not compared.
    """
    assert set(found) == set(wanted)
    charges = [
        np.nan_to_num(np.abs(value)) for name, value in wanted.items() if FIGURES[name].kind == "charge per area"
    ]
    whole = np.maximum.reduce(charges)
    some = (wanted["areal_capacity"] > 1e-6 * whole) & (wanted["positive_capacity"] > 1e-6 * whole)
    worst = (0.0, "none")
    for name, value in found.items():
        other = wanted[name]
        size = np.maximum(np.maximum(np.abs(value), np.abs(other)), _floor(name, whole))
        compared = some if name in PER_CAPACITY else np.ones_like(some)
        assert np.array_equal(np.isnan(value)[compared], np.isnan(other)[compared]), name
        apart = np.nan_to_num(np.abs(value - other) / size) * compared
        worst = max(worst, (float(np.max(apart)), name))
    return worst


def _floor(name: str, whole: np.ndarray) -> Any:
    """Size [SI of the figure] under which a difference does not count as relative; ``whole`` [C/m2]."""
    if name == "ledger_closure":
        return 1e6  # itself a rounding error
    if name == "positive_layer_capacity":
        return 3.6e3  # 1 mAh/g: none, where the cut-off lies below the potential as made
    if FIGURES[name].kind in ("charge per area", "energy per area"):
        return whole
    return 1.0 if FIGURES[name].kind in ("fraction", "ratio", "potential") else 1e-30
