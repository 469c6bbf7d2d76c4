"""Whether the description of a particle can be one: rules across its fields, each refused by dotted path."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from alloycell.alloy.composition import Composition
from alloycell.alloy.elements import ELEMENTS, formula_atoms, of_family
from alloycell.alloy.particle import Particle
from alloycell.alloy.particle_sheet import PARTICLE_FIGURES, ParticleSheet
from alloycell.alloy.partition import processes
from alloycell.alloy.recipe import recipe_faults
from alloycell.alloy.thermochemistry import shipped_thermochemistry
from alloycell.declaration import beneath, numeric_fields, path_text
from alloycell.errors import AlloycellError, DesignError, Fault, MaterialError, shown, suggestion
from alloycell.materials import Library

__all__ = ["particle_faults"]

_NONMETALS: Final = of_family("non-metal")
_LIMITS: Final = ("equilibrium", "all in phase A", "all in phase B")
_NEEDS_ELEMENTS: Final = (
    "partition", "coefficients", "contents", "phases", "phases_rest", "surface_oxide", "surface_formula", "map",
    "roles", "threshold", "assessment",
)  # fmt: skip
_FAR_OFF: Final = 0.5
"""How much more the phases may hold than the particle, as a share of its content, before it is refused (0 to 1)."""
_METHODS: Final = tuple(name for name in PARTICLE_FIGURES if name.endswith(tuple(ELEMENTS[x].name for x in _NONMETALS)))


def particle_faults(particle: Particle, where: str, library: Library) -> list[Fault]:
    """Everything that keeps ``particle`` from being one; faults carry dotted paths under ``where`` (no units).

    ``where`` is empty for a particle file. Files that it names are read; phases are computed.
    """
    faults = list(_field_faults(particle))
    if not particle.by_elements:
        faults += _record_faults(particle)
    else:
        faults += _element_faults(particle)
    if particle.by_elements:
        faults += [
            Fault(path_text(path), "is not a number", "a number is needed")
            for path, _, value in numeric_fields(particle)
            if np.any(np.isnan(value))
        ]
    if not faults and (particle.by_elements or particle.powder is not None):
        faults += _computed_faults(particle, library)
    return [replace(fault, where=_under(where, fault.where)) for fault in faults]


def _under(where: str, path: str) -> str:
    if not where:
        return path or "the particle"
    return f"{where}.{path}" if path and not path.startswith("[") else f"{where}{path}"


def _record_faults(particle: Particle) -> list[Fault]:
    """What a composition by material records cannot have; its shares and names are judged where it is used."""
    given = [name for name in _NEEDS_ELEMENTS if getattr(particle, name) is not None]
    needed = "the composition names material records, which stand side by side as they are"
    faults = [Fault(name, "does not apply", needed, 'Write it by symbols, such as Si = "80 %"') for name in given]
    if particle.basis == "atoms":
        needed = "shares of material records are by mass"
        faults.append(Fault("composition", "is in at%", needed, "Use element symbols, or wt%"))
    return faults


def _element_faults(particle: Particle) -> list[Fault]:
    stated = {name: share for name, share in particle.composition.items() if np.any(np.asarray(share) != 0)}
    faults = [f for f in recipe_faults(stated, particle.rest, "composition") if f.found != "is 0"]
    names = dict.fromkeys(particle.shares(), 1.0 / len(particle.shares()))
    try:
        Composition.of_shares(names)
    except DesignError as problem:
        faults += [f for f in problem.faults if f.where != "composition"]
    held = set(particle.symbols())
    faults += [
        Fault(f"composition.{x}", "is 0", "a share must be above 0", "Leave it out")
        for x, share in particle.symbols().items()
        if x not in _NONMETALS and np.ndim(share) == 0 and float(np.asarray(share)) == 0
    ]
    if not faults and not held & set(of_family("alloying")):
        listed = ", ".join(of_family("alloying"))
        faults.append(Fault("composition", "holds nothing that takes lithium", f"one of {listed} is needed"))
    return faults


def _field_faults(particle: Particle) -> Iterator[Fault]:
    """What single fields and pairs of fields cannot be, told by the path inside the particle."""
    if particle.powder is not None:
        for name in ("diameter", "diameter_spread"):
            if getattr(particle, name) is not None:
                yield Fault("powder", f"and {name} are both given", "the file says the sizes", "Give one of them")
        yield from _file_faults("powder", particle.powder)
    if particle.map is not None:
        yield from _file_faults("map", particle.map)
    yield from _partition_faults(particle)
    yield from _content_faults(particle)
    yield from _setting_faults(particle)
    if particle.surface_oxide is not None and particle.diameter is None and particle.powder is None:
        needed = "the surface of the particles follows from their diameter"
        yield Fault("surface_oxide", "is given without a diameter", needed, 'Write diameter = "0.5 um"')
    if particle.surface_formula is not None and particle.surface_oxide is None:
        yield Fault("surface_formula", "is given alone", "the thickness of the oxide is needed", "Give surface_oxide")
    if particle.surface_oxide is not None and particle.phases is not None:
        needed = "measured phases are those of the whole particle"
        yield Fault("surface_oxide", "and phases are both given", needed, "Give one of them")


def _file_faults(name: str, given: str) -> Iterator[Fault]:
    try:
        there = Path(given).exists()
    except (OSError, ValueError):
        there = False
    if not there:
        yield Fault(name, f"is {shown(given)}", "a file is needed", "There is none of that name")


def _partition_faults(particle: Particle) -> Iterator[Fault]:
    known = (*_LIMITS, *processes())
    if particle.partition is not None and particle.partition not in known:
        near = suggestion(particle.partition, known)
        yield Fault("partition", f"is {shown(particle.partition)}", "a partition or process by name is needed", near)
    for name, ratio in (particle.coefficients or {}).items():
        if name not in _NONMETALS:
            yield _no_nonmetal(f"coefficients.{name}" if name.isprintable() else "coefficients", name)
        elif particle.partition in _LIMITS:
            needed = f"{particle.partition} says itself where everything goes"
            yield Fault(beneath("coefficients", name), f"is {_first(ratio)}", needed, "Give one of them")
    if particle.phases is not None and particle.partition == "equilibrium":
        needed = "measured phases are not those of equilibrium"
        yield Fault("partition", "is equilibrium", needed, "Name a process or give contents")
    measured = particle.contents is not None and (particle.contents.phase_a or particle.contents.phase_b)
    if measured and particle.partition in _LIMITS:
        needed = "measured contents say themselves where it sits"
        yield Fault("partition", f"is {particle.partition}", needed, "Give a partition or contents of the phases")


def _first(value: Any) -> str:
    return f"{float(np.ravel(np.asarray(value))[0]):g}"


def _no_nonmetal(where: str, name: str) -> Fault:
    return Fault(where, "is none of O, N, F, S, P", "one of these is needed", _known(name, _NONMETALS))


def _known(name: str, names: tuple[str, ...]) -> str:
    return suggestion(name, names)


def _content_faults(particle: Particle) -> Iterator[Fault]:
    stated = particle.contents
    if stated is None:
        return
    for part in ("phase_a", "phase_b", "particle"):
        held = getattr(stated, part) or {}
        for name in held:
            if name not in _NONMETALS:
                yield _no_nonmetal(beneath(f"contents.{part}", name), name)
        total = sum((np.asarray(share) for share in held.values()), np.zeros(()))
        if np.any(total >= 1.0):
            found = f"add up to {100 * float(np.max(total)):.4g} wt%"
            yield Fault(f"contents.{part}", found, "something must be left for the metals")
    for name in stated.particle or {}:
        if name in particle.symbols():
            needed = "the composition holds it already"
            yield Fault(beneath("contents.particle", name), "is given twice", needed, "Give one of them")
    for name, method in (stated.methods or {}).items():
        place = beneath("contents.methods", name)
        if name not in _METHODS:
            yield Fault(place, "is no content", "the name of a figure is needed", suggestion(name, _METHODS))
        elif not method.strip():
            yield Fault(place, "is empty", "how it was measured is needed", 'Such as "combustion"')


def _setting_faults(particle: Particle) -> Iterator[Fault]:
    records = shipped_thermochemistry()
    for name in particle.x_max or {}:
        if name not in of_family("alloying"):
            yield Fault(beneath("x_max", name), "takes no lithium", "the symbol of an alloying element is needed",
                        suggestion(name, of_family("alloying")))  # fmt: skip
    phases = (*(particle.phases or {}), *(() if particle.phases_rest is None else (particle.phases_rest,)))
    for field, names in (("roles", tuple(particle.roles or {})), ("phases", phases)):
        for formula in names:
            yield from _formula_faults(formula, field, particle)
    if particle.phases is not None:
        total = sum((np.asarray(share) for share in particle.phases.values()), np.zeros(()))
        wrong = np.any(np.abs(total - 1.0) > 1e-9) if particle.phases_rest is None else np.any(total >= 1.0)
        if wrong:
            found, fix = f"add up to {100 * float(np.max(total)):.6g} %", 'Write one of them as "rest"'
            yield Fault("phases", found, "measured phases must add up to 100 %", fix)
    known = (*records.assessments(ELEMENTS), "calphad")
    if particle.assessment is not None and particle.assessment not in known:
        near = suggestion(particle.assessment, known)
        yield Fault("assessment", f"is {shown(particle.assessment)}", "the name of other data is needed", near)


def _formula_faults(name: str, field: str, particle: Particle) -> Iterator[Fault]:
    place = beneath(field, name)
    try:
        held = set(formula_atoms(name))
    except DesignError as problem:
        yield from (replace(fault, where=place) for fault in problem.faults)
        return
    foreign = sorted(held - set(particle.symbols()))
    if foreign and field == "phases":
        needed = "phases are made of the elements of the composition"
        yield Fault(place, f"holds {', '.join(foreign)}", needed, "Add it to the composition")
    elif field == "phases" and not any(name == c.formula for c in shipped_thermochemistry().compounds):
        known = [c.formula for c in shipped_thermochemistry().compounds if c.elements <= set(particle.symbols())]
        yield Fault(place, "has no record", "a recorded phase is needed", suggestion(name, known))


def _computed_faults(particle: Particle, library: Library) -> list[Fault]:
    """What only the computation of the phases finds: pairs without data, contents that break the balance."""
    try:
        sheet = ParticleSheet(particle, library, {}, strict=True)
        if particle.by_elements:
            sheet.figures()
            return list(_balance_faults(sheet))
        sheet.figures(("particle_diameter",))
        return []
    except (DesignError, MaterialError) as problem:
        return [_placed(fault, particle) for fault in problem.faults] or [Fault("", f"cannot be: {problem}", "")]
    except AlloycellError as problem:
        return [_told(str(problem), particle)]


def _placed(fault: Fault, particle: Particle) -> Fault:
    """``fault`` of the thermodynamics under the field of the particle that it is about."""
    if fault.where.startswith(("the pair", "element ")):
        return Fault("composition", f"holds {fault.where}, which {fault.found}", fault.needed, fault.remedy)
    if fault.where in ("oxygen", "nitrogen"):
        return Fault("partition", f"leaves {fault.where} over: it {fault.found}", fault.needed, fault.remedy)
    if fault.where.endswith("has no equilibrium") or fault.found == "has no equilibrium":
        return Fault("partition", f"is equilibrium, but {fault.where} {fault.found}", fault.needed, fault.remedy)
    if fault.where.startswith("surface oxide"):
        return replace(fault, where="surface_formula")
    fields = ("composition", "contents", "phases", "coefficients", "surface_oxide", "map", "powder", "assessment")
    if fault.where.startswith(fields):
        return fault
    if particle.coefficients is not None and fault.found == "is missing":
        return replace(fault, where="coefficients." + fault.where.rsplit(".", 1)[-1])
    place = "map" if particle.map is not None else "powder" if particle.powder is not None else "composition"
    return Fault(place, f"cannot be used: {fault.where} {fault.found}", fault.needed, fault.remedy)


def _told(sentence: str, particle: Particle) -> Fault:
    """A fault of a ``sentence`` that has no place of its own."""
    fields = (
        ("measured content", "contents"), ("surface oxide", "surface_oxide"), ("no phase of the side", "partition"),
        ("map", "map"), (".csv", "powder"),
    )  # fmt: skip
    place = next((field for word, field in fields if word in sentence), "composition")
    found, _, needed = sentence.rstrip(".").partition("; ")
    return Fault(place, f"cannot be: {found}", needed or "it contradicts the composition")


def _balance_faults(sheet: ParticleSheet) -> Iterator[Fault]:
    """Measured contents of both phases that hold far more than the particle does; less is named in the warnings."""
    for element, left in sheet.phases.unassigned.items():
        total = np.asarray(sheet.composition.masses()[element])
        if element in sheet.stated and np.any(np.asarray(left) < -_FAR_OFF * total - 1e-6):
            held = float(np.max(total - np.asarray(left)))
            found = f"give {100 * held:.4g} wt% {element} in the particle"
            needed = f"it holds {100 * float(np.min(total)):.4g} wt%"
            yield Fault("contents", found, needed, "One of the measurements is off")
