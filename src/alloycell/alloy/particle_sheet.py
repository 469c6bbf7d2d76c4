"""Everything that follows from one particle or a batch of particles: phases, contents, figures of the claims.

Source: docs/theory/particle.md. :func:`particle_sheet` gives a :class:`ParticleSheet`, whose parts are computed when
first asked for. Unknown stays unknown: a content that neither a measurement nor a stated partition gives is None.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from alloycell.alloy.assembly import (
    Settings,
    SurfaceOxide,
    alloy_phases,
    measured_alloy_phases,
    total_that_reaches,
)
from alloycell.alloy.composition import Basis, Composition, Shares
from alloycell.alloy.elements import ELEMENTS, atomic_mass, of_family
from alloycell.alloy.micrograph import Micrograph
from alloycell.alloy.particle import Particle
from alloycell.alloy.particle_inputs import Inputs, moved_particle, resolved_inputs
from alloycell.alloy.particle_powder import POWDER_FIGURES, powder_figures
from alloycell.alloy.partition import Coefficient, Contents, Process, processes
from alloycell.alloy.phases import AlloyPhases, Interval
from alloycell.alloy.powder import Powder
from alloycell.alloy.thermochemistry import Thermochemistry, shipped_thermochemistry
from alloycell.declaration import numeric_fields
from alloycell.errors import DesignError, Fault
from alloycell.materials import Alloying, Library
from alloycell.quantities import FloatArray, Number, number
from alloycell.sources import Source

__all__ = ["PARTICLE_FIGURES", "PHASE_A_LIMIT", "ParticleSheet", "active_records", "particle_sheet"]

PHASE_A_LIMIT: Final = 0.005
"""Oxygen and nitrogen of phase A (mass fraction, dimensionless) that claim 1 of the two-phase particle stays below."""

_NONMETALS: Final = of_family("non-metal")
_MEASURED: Final = (
    "phase_a_absorbs_lithium", "phase_b_absorbs_lithium", "phase_b_passes_lithium", "phase_b_boundary_share"
)  # fmt: skip
_TWO_PHASE: Final = (
    *(f"{part}_{ELEMENTS[x].name}" for part in ("phase_a", "phase_b") for x in ("O", "N")),
    *(f"particle_{ELEMENTS[x].name}" for x in _NONMETALS),
    "phase_b_mass_fraction", "phase_a_elements", "phase_b_elements", *_MEASURED,
)  # fmt: skip
_COMPUTED: Final = (
    "phase_b_mass_fraction", "phase_a_elements", "phase_b_elements", "phase_a_absorbs_lithium",
    "phase_b_absorbs_lithium",
)  # fmt: skip
_PHASES: Final = ("phase_a", "phase_b")
PARTICLE_FIGURES: Final = (*_TWO_PHASE, *POWDER_FIGURES)
"""Names of the figures that a particle has by itself; each has the kind and unit it has in a specification."""

_UNDECIDED: Final = "even spread for want of a stated partition"


class ParticleSheet:
    """What follows from ``particle``: phases, capacities, contents, figures; SI, batches broadcast.

    ``uncertainty`` [SI] gives expanded uncertainties by dotted path inside the particle (``composition.Ti``).
    """

    def __init__(self, particle: Particle, library: Library, uncertainty: Mapping[str, float], *, strict: bool) -> None:
        self.particle = particle
        self.library = library
        self.uncertainty: Mapping[str, float] = MappingProxyType(dict(uncertainty))
        self.strict = strict

    @cached_property
    def inputs(self) -> Inputs:
        """The particle with its files read in, and its uncertain inputs."""
        return resolved_inputs(self.particle, self.uncertainty)

    @property
    def micrograph(self) -> Micrograph | None:
        """The segmented element map, where the particle names one."""
        return self.inputs.micrograph

    @property
    def powder(self) -> Powder | None:
        """The measured size distribution, where the particle names one."""
        return self.inputs.powder

    @property
    def thermochemistry(self) -> Thermochemistry:
        """The records of phases that the particle is computed from."""
        return shipped_thermochemistry()

    @cached_property
    def settings(self) -> Settings:
        """What the phases rest on beside the composition."""
        plain = self.inputs.particle
        given: dict[str, Any] = {"roles": plain.roles or {}, "assessment": plain.assessment or ""}
        if plain.threshold is not None:
            given["threshold"] = plain.threshold
        return Settings(
            self.thermochemistry, self.library, stoichiometries=plain.x_max or {}, strict=self.strict, **given
        )

    @cached_property
    def stated(self) -> Mapping[str, Number]:
        """Totals of O, N, F, S and P that the description states (mass fractions of the particle, 0 to 1)."""
        masses = self._bare.masses()
        held = {x: masses[x] for x in _NONMETALS if x in masses}
        return {**held, **self._contents("particle")}

    @cached_property
    def _bare(self) -> Composition:
        """The composition as it is stated, in its own basis."""
        plain = self.inputs.particle
        shares = plain.symbols() if plain.by_elements else self._by_records()
        rows = np.broadcast_arrays(*(np.asarray(share, dtype=np.float64) for share in shares.values()))
        basis: Basis = "atoms" if plain.basis == "atoms" else "mass"
        return Composition(
            MappingProxyType({name: number(np.array(row)) for name, row in zip(shares, rows, strict=True)}),
            basis=basis,
        )

    def _by_records(self) -> dict[str, Number]:
        """Mass fraction of each element (0 to 1) of a composition by material records."""
        found: dict[str, Number] = {}
        for name, share in self.inputs.particle.shares().items():
            record = self.library.record(name)
            if not isinstance(record, Alloying):
                raise DesignError(Fault(f"composition.{name}", "is no alloying element", "a particle cannot hold it"))
            found[record.element] = found.get(record.element, 0.0) + share
        return found

    def _contents(self, part: str) -> Mapping[str, Number]:
        held = self.inputs.particle.contents
        return {} if held is None else getattr(held, part) or {}

    @cached_property
    def composition(self) -> Composition:
        """The whole particle by element (mass fractions, 0 to 1), contents measured on it or its phases included."""
        masses = self._bare.masses()
        extra = {x: np.asarray(share) for x, share in self._contents("particle").items()}
        extra |= {x: share for x, share in self._from_phases(extra).items() if x not in masses}
        if not extra:
            return Composition(MappingProxyType(dict(masses)))
        left = 1.0 - sum(extra.values(), np.zeros(()))
        whole = {x: np.asarray(share) * left for x, share in masses.items()} | extra
        rows = np.broadcast_arrays(*whole.values())
        return Composition(
            MappingProxyType({x: number(np.array(row)) for x, row in zip(whole, rows, strict=True)}),
        )

    def _from_phases(self, known: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
        """Totals (mass fractions) of elements known in phases only: W = sum of f_k W_k; an unknown side counts 0."""
        sides = {"A": self._contents("phase_a"), "B": self._contents("phase_b")}
        wanted = [x for x in _NONMETALS if any(x in held for held in sides.values())]
        wanted = [x for x in wanted if x not in known and x not in self._bare.stated]
        if not wanted:
            return {}
        bare = self._without_nonmetals()
        full = {
            side: np.asarray(bare.mass_fraction(side))
            / (1.0 - sum((np.asarray(c) for c in held.values()), np.zeros(())))
            for side, held in sides.items()
        }
        whole = sum(full.values(), np.zeros(()))
        return {
            x: np.asarray(sum((np.asarray(sides[s].get(x, 0.0)) * full[s] for s in sides), np.zeros(())) / whole)
            for x in wanted
        }

    def _without_nonmetals(self) -> AlloyPhases:
        masses = {x: np.asarray(w) for x, w in self._bare.masses().items() if x not in _NONMETALS}
        total = sum(masses.values(), np.zeros(()))
        metals = Composition(MappingProxyType({x: number(w / total) for x, w in masses.items()}))
        if self._measured_phases is not None:
            return measured_alloy_phases(self._measured_phases, {}, _even(()), self.settings)
        return alloy_phases(metals, _even(()), None, self.settings)

    @cached_property
    def _measured_phases(self) -> Shares | None:
        """The phases as measured, or the elements side by side for a composition by records; None: computed."""
        plain = self.inputs.particle
        if not plain.by_elements:
            return Shares(MappingProxyType(dict(self._bare.masses())))
        if plain.phases is None and plain.phases_rest is None:
            return None
        stated = dict(plain.phases or {})
        if plain.phases_rest is not None:
            stated[plain.phases_rest] = number(1.0 - sum(stated.values(), np.zeros(())))
        return Shares(MappingProxyType(stated))

    @cached_property
    def phases(self) -> AlloyPhases:
        """The phases of the particle with all they hold.

        Raises MaterialError, DesignError or RangeError where the description cannot be a particle.
        """
        plain = self.inputs.particle
        totals = self._totals()
        if not totals and self._measured_phases is None and plain.partition is None:
            return alloy_phases(self.composition, _even(()), self._surface(), self.settings)
        partition = self._partition(totals)
        if self._measured_phases is not None:
            return measured_alloy_phases(self._measured_phases, totals, partition, self.settings)
        return alloy_phases(self.composition, partition, self._surface(), self.settings)

    def _totals(self) -> dict[str, Number]:
        return {x: w for x, w in self.composition.masses().items() if x in _NONMETALS and np.any(np.asarray(w) > 0)}

    def _surface(self) -> SurfaceOxide | None:
        plain = self.inputs.particle
        if plain.surface_oxide is None:
            return None
        if plain.diameter is None:
            needed = "the surface of the particles follows from their diameter"
            raise DesignError(Fault("surface_oxide", "is given without a diameter", needed, "Give diameter or powder"))
        spread = 1.0 if plain.diameter_spread is None else plain.diameter_spread
        return SurfaceOxide(plain.surface_oxide, plain.diameter, spread, self._oxide_formula())

    def _oxide_formula(self) -> str:
        plain = self.inputs.particle
        oxides = {"Si": "SiO2", "Sn": "SnO2", "Al": "Al2O3", "Ge": "GeO2"}
        fitting = [formula for symbol, formula in oxides.items() if symbol in plain.symbols()]
        return plain.surface_formula or (fitting[0] if fitting else "SiO2")

    def _partition(self, totals: Mapping[str, Number]) -> Any:
        """The partition asked for, in the form that the assembly takes; measured contents first."""
        plain = self.inputs.particle
        held = {side: self._contents(f"phase_{side}") for side in ("a", "b")}
        measured = {x for contents in held.values() for x in contents if x in totals}
        stated = self._process(totals)
        if not measured:
            return stated
        phase_a = {x: w for x, w in held["a"].items() if x in totals}
        phase_b = {x: w for x, w in held["b"].items() if x in totals}
        derived = [x for x in measured if x not in self.stated]
        phase_a |= {x: 0.0 for x in derived if x not in phase_a}
        left = [x for x in totals if x not in measured]
        if left and plain.partition is None and not plain.coefficients:
            phase_a |= {x: totals[x] for x in left}
        elif left:
            first = alloy_phases(self.composition, stated, None, self.settings)
            phase_a |= {x: first.content("A", x) for x in left}
        return Contents(phase_a, phase_b)

    def _process(self, totals: Mapping[str, Number]) -> Any:
        plain = self.inputs.particle
        named = processes().get(plain.partition or "")
        if plain.partition is not None and named is None:
            return plain.partition
        given = plain.coefficients or {}
        if named is None and not given:
            return _even(tuple(totals))
        if named is None:
            return Process.of("coefficients of your own", {x: given[x] for x in totals if x in given})
        ratios = {x: Coefficient(ratio, ratio, ratio) for x, ratio in given.items()}
        return Process(named.name, MappingProxyType({**named.coefficients, **ratios}), named.note)

    def has_partition(self, element: str) -> bool:
        """Whether the description says where ``element`` sits; no units."""
        plain = self.inputs.particle
        return plain.partition is not None or element in (plain.coefficients or {})

    @property
    def contents_known(self) -> bool:
        """Whether where O and N sit is measured or follows from a stated partition; no units."""
        held = {*self._contents("phase_a"), *self._contents("phase_b")}
        return all(x in held or self.has_partition(x) for x in self._totals() if x in ("O", "N"))

    @property
    def oxygen_placed(self) -> bool:
        """Whether it is known in which phase oxygen sits, or there is none; no units."""
        held = {*self._contents("phase_a"), *self._contents("phase_b")}
        return "O" not in self._totals() or "O" in held or self.has_partition("O")

    @cached_property
    def lost_to_oxygen(self) -> Interval:
        """Charge that oxygen in phase A takes for good [C/kg of particle]: as Li4SiO4 to as Li2O.

        Oxide on the surface is not in it: the first-cycle loss of the material records counts it. Where nothing says
        in which phase oxygen sits, the low end is 0 (all in phase B) and the high end has all of it in phase A.
        """
        if self.oxygen_placed:
            return self.phases.oxygen_loss("A")
        every = self.phases.oxygen_loss("A", "B")
        return Interval(number(np.zeros(np.shape(every.high))), every.high)

    @cached_property
    def limit_total(self) -> Number | None:
        """Total of O and N (mass fraction of the inside, 0 to 1) at which phase A would reach 0.5 wt%.

        Infinite where nothing goes to phase A; None where nothing says how O and N are shared out, or by equilibrium,
        which gives no share. Measured contents count by their ratio.
        """
        plain = self.inputs.particle
        held = [x for x in ("O", "N") if x in self._totals()] or ["O"]
        if plain.partition == "equilibrium" or self._measured_phases is not None:
            return None
        measured = {x for part in ("phase_a", "phase_b") for x in self._contents(part)}
        if not measured & set(held):
            if not all(self.has_partition(x) for x in held):
                return None
            return total_that_reaches(self._inside, self._process(self._totals()), PHASE_A_LIMIT, self.settings)
        parts = [{x: self._two_phase_figures[f"{part}_{ELEMENTS[x].name}"] for x in held} for part in _PHASES]
        found = {x: _ratio(parts[1][x], parts[0][x]) for x in held}
        usable: dict[str, Number] = {x: ratio for x, ratio in found.items() if ratio is not None}
        if len(usable) < len(held):
            return None
        return total_that_reaches(self._inside, Process.of("measured", usable), PHASE_A_LIMIT, self.settings)

    @property
    def _inside(self) -> Composition:
        """The particle without its surface oxide, by element (mass fractions, 0 to 1)."""
        masses: dict[str, Any] = {}
        for phase in self.phases.on("A", "B"):
            parts = {x: np.asarray(n) * atomic_mass(x) for x, n in phase.moles.items()}
            for x, mass in (*parts.items(), *phase.held.items()):
                masses[x] = masses.get(x, 0.0) + np.asarray(mass)
        whole = sum(masses.values(), np.zeros(()))
        rows = np.broadcast_arrays(*(mass / whole for mass in masses.values()))
        return Composition(MappingProxyType({x: number(np.array(row)) for x, row in zip(masses, rows, strict=True)}))

    def figures(self, names: Sequence[str] | None = None) -> dict[str, Any]:
        """The figures of claims called ``names`` (all of :data:`PARTICLE_FIGURES` if left out) [SI]; None: unknown."""
        asked = PARTICLE_FIGURES if names is None else names
        found: dict[str, Any] = {}
        if any(name in POWDER_FIGURES for name in asked):
            found |= self._powder_figures
        if any(name in _TWO_PHASE for name in asked):
            found |= self._two_phase_figures
        return {name: found[name] for name in asked if name in found}

    @cached_property
    def _powder_figures(self) -> dict[str, Any]:
        return powder_figures(self._bare, self.inputs.particle, self.powder)

    @cached_property
    def _two_phase_figures(self) -> dict[str, Any]:
        plain = self.inputs.particle
        stated = {name: getattr(plain, name) for name in _MEASURED}
        found: dict[str, Any] = dict.fromkeys(_TWO_PHASE)
        for x in _NONMETALS:
            found[f"particle_{ELEMENTS[x].name}"] = self._total_of(x)
        if plain.by_elements:
            computed = self.phases.claim_figures()
            for part in ("phase_a", "phase_b"):
                for x in ("O", "N"):
                    name = f"{part}_{ELEMENTS[x].name}"
                    found[name] = self._content_of(part, x, computed[name])
            found |= {
                name: value for name, value in computed.items() if not name.endswith(("gen", "ine", "fur", "rus"))
            }
        return found | {name: value for name, value in stated.items() if value is not None}

    def _total_of(self, element: str) -> Number | None:
        """Content of the whole particle (0 to 1): stated, or from both measured phases; None: unknown."""
        if element in self.stated:
            return self.stated[element]
        both = all(element in self._contents(part) for part in ("phase_a", "phase_b"))
        return self.composition.masses()[element] if both else None

    def _content_of(self, part: str, element: str, computed: Any) -> Any:
        """Content of a phase (0 to 1): measured, from the balance, by the stated partition; None: unknown."""
        own = self._contents(part).get(element)
        if own is not None:
            return own
        if element not in self.stated:
            return None
        other = self._contents("phase_b" if part == "phase_a" else "phase_a")
        if element in other or self.has_partition(element) or not np.any(np.asarray(self.stated[element]) > 0):
            return computed
        return None

    @cached_property
    def moved(self) -> ParticleSheet | None:
        """The batch of particles that the uncertain inputs span, two for each; None without uncertainty."""
        moves = (*self.inputs.moves, *self.inputs.beyond)
        if not moves:
            return None
        batch = moved_particle(self.inputs.particle, moves)
        return ParticleSheet(batch, self.library, {}, strict=False)

    def spread(self, names: Sequence[str] | None = None, *, beyond: bool = False) -> dict[str, FloatArray]:
        """Rows of the figures ``names`` [SI] with each uncertain input up (2i) and down (2i + 1), if they move.

        With ``beyond`` only the inputs that no field states: from maps, and the ranges of presets.
        """
        if self.moved is None:
            return {}
        first = 2 * len(self.inputs.moves) if beyond else 0
        found: dict[str, FloatArray] = {}
        for name, value in self.moved.figures(names).items():
            if isinstance(value, np.ndarray) and value.dtype.kind == "f" and value.ndim:
                rows = value[first:]
                if rows.size and not bool(np.ptp(rows) <= 1e-12 * np.max(np.abs(rows))):
                    found[name] = rows
        return found

    @property
    def remarks(self) -> Mapping[str, str]:
        """Where figures come from or why they are set aside, by figure name; no units."""
        found = dict(self.inputs.remarks)
        for part, other in (("phase_a", "phase_b"), ("phase_b", "phase_a")):
            for x in ("O", "N"):
                name = f"{part}_{ELEMENTS[x].name}"
                if x in self._contents(part) or self._two_phase_figures[name] is None:
                    continue
                told = "the mass balance" if x in self._contents(other) else self.phases.partition
                found.setdefault(name, f"from {told}")
        return found

    @cached_property
    def assumptions(self) -> tuple[str, ...]:
        """Everything assumed on the way, a sentence each; no units."""
        told = [text for text in self.phases.assumptions if _UNDECIDED not in text]
        if not self.particle.by_elements:
            told = [text for text in told if "partition" not in text]
        if not self.contents_known:
            told.append(
                "No partition and no content of a phase is stated: where oxygen and nitrogen sit stays unknown; "
                "density and capacity take them as spread evenly."
            )
        return tuple(dict.fromkeys(told))

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        """The publications behind the phases of this particle, each once, by author and year."""
        keys: list[str] = []
        records = self.thermochemistry
        metals = [x for x in self.composition.elements if x not in ("F", "S", "P")]
        for phase in self.phases.phases:
            compound = records.compound(phase.formula)
            keys += [compound.source, compound.density_source, phase.activity.source]
        keys += [pair.source for pair in records.pairs.values() if set(pair.elements) <= set(metals)]
        found = {s.title: s for key in keys if (s := records.source_of(key)) is not None}
        return tuple(sorted(found.values(), key=lambda source: (source.author, source.year, source.title)))

    def _unassigned_spread(self, element: str) -> float:
        """Expanded uncertainty of what no phase takes of ``element`` [kg/kg]; 0 in a batch."""
        if self.moved is None:
            return 0.0
        rows = np.asarray(self.moved.phases.unassigned.get(element, 0.0), dtype=np.float64)
        return float(np.sqrt(np.sum(((rows[0::2] - rows[1::2]) / 2.0) ** 2))) if rows.ndim else 0.0

    @cached_property
    def warnings(self) -> tuple[str, ...]:
        """What a person should know before trusting the figures, one sentence each, with units."""
        told = list(self.inputs.notes)
        for phase in self.phases.phases:
            if phase.activity.role == "undetermined" and not phase.ceramic and np.any(np.asarray(phase.mass) > 0):
                told.append(
                    f"{phase.formula} is undetermined ({phase.activity.reason}); it is counted as taking no lithium."
                )
        for element, left in self.phases.unassigned.items():
            worst = float(np.max(np.abs(np.asarray(left))))
            if worst > max(1e-6, self._unassigned_spread(element)):
                told.append(f"{100 * worst:.3g} wt% {element} fits in no phase: contents of phases and particle part.")
        return tuple(dict.fromkeys(told))


def _even(elements: Sequence[str]) -> Process:
    return Process.of(_UNDECIDED, dict.fromkeys(elements, 1.0))


def _ratio(upper: Number | None, lower: Number | None) -> Number | None:
    """Content of phase B over that of phase A, dimensionless; None where one is unknown or phase A holds nothing."""
    if upper is None or lower is None or np.any(np.asarray(lower) <= 0):
        return None
    return number(np.asarray(upper) / lower)


def active_records(sheet: ParticleSheet) -> tuple[str, ...]:
    """Names of the material records whose elements take lithium in the particle of ``sheet``; no units."""
    return tuple(ELEMENTS[symbol].name for symbol in sheet.phases.active_moles())


def particle_sheet(
    particle: Particle, library: Library | None = None, uncertainty: Mapping[str, float] | None = None
) -> ParticleSheet:
    """What follows from ``particle``, one or a batch; records come from ``library`` (the shipped ones if left out).

    ``uncertainty`` gives expanded uncertainties [SI of each field] by dotted path inside the particle; a
    :class:`~alloycell.alloy.particle_file.ParticleFile` brings its own. In a batch, particles that cannot be come out
    as not a number.
    """
    own = getattr(particle, "uncertainty", {}) if uncertainty is None else uncertainty
    kept = particle.kept_sheet
    if isinstance(kept, ParticleSheet) and kept.library is library and kept.uncertainty == own:
        return kept
    single = all(np.ndim(value) == 0 for _, _, value in numeric_fields(particle))
    sheet = ParticleSheet(particle, library or Library.of(), own, strict=single)
    particle.keep(sheet)
    return sheet
