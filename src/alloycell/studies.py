"""What ``alloycell study`` does, for people who import it: one cell in, everything known about it out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from alloycell.alloy import ParticleFile, ParticleSheet
from alloycell.cell import Cell, Datasheet
from alloycell.cell.drawing import drawn
from alloycell.cell.figures import FIGURES
from alloycell.cell.neighbours import spread_of
from alloycell.cell.opencircuit import OpenCircuit, open_circuit
from alloycell.cell.planning import WINDOW, DosePlan, OperatingWindow, dose_plan, operating_window
from alloycell.cell.provenance import Assumption, assumptions, sources_used, warnings_of
from alloycell.cell.whole import BillLine, bill_of_materials
from alloycell.check import ClauseVerdict, Specification, Verdict, judge, load, shipped
from alloycell.check.figures import known_figures
from alloycell.check.measured import Measured
from alloycell.check.repair import Repair, needed_figures, repairs
from alloycell.check.specification import content_window
from alloycell.errors import AlloycellError, RangeError
from alloycell.figure import Figure
from alloycell.quantities import FloatArray
from alloycell.simulate.contents import SimulatedContents, simulate_study
from alloycell.sources import Source

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Picture

__all__ = ["FigureValue", "ParticleStudy", "Study", "Subject", "check_cell", "check_particle", "repairs_for", "study"]

_PARTICLE_SPECIFICATION = "two-phase-particle"


@dataclass(frozen=True, slots=True)
class FigureValue:
    """A figure of one design: definition, ``value`` [SI of its kind] and expanded uncertainty, None where unknown."""

    figure: Figure
    value: Any
    uncertainty: float | None

    @property
    def text(self) -> str:
        """Value with unit and uncertainty as a person reads them."""
        told, kind = self.figure.text(self.value), self.figure.unit()
        if self.uncertainty is None or kind is None:
            return told
        return f"{told} +- {kind.spread_text(self.uncertainty)}"


class Subject:
    """A single design made ready to be judged: its figures, the same with every uncertain field moved, measured ones.

    Figures are computed when asked for [SI]; measured figures of the design's file replace computed ones.
    """

    def __init__(self, cell: Cell) -> None:
        if cell.shape:
            raise RangeError(f"A verdict takes one design; this is a batch of shape {cell.shape}.")
        self.cell = cell
        self.sheet = Datasheet(cell)

    @cached_property
    def measured(self) -> Measured | None:
        """The figures of the design's table ``[measured]``; None where it has none."""
        if not self.cell.measured:
            return None
        return Measured.of({"format": 1, "kind": "measured", "measured": self.cell.measured})

    @cached_property
    def moved(self) -> Datasheet | None:
        """The datasheet of the designs that the stated uncertainties span; None without uncertainty."""
        spread = spread_of(self.cell)
        return None if spread is None else Datasheet(spread[1])

    def figures(self, names: Sequence[str]) -> dict[str, Any]:
        """The figures called ``names`` [SI], None where this design does not have one."""
        known = known_figures()
        computed = {name: known[name] for name in names if name in known}
        found = {name: figure.of(self.sheet) for name, figure in computed.items() if figure.of is not None}
        return {**found, **(self.measured.figures if self.measured is not None else {})}

    def spread(self, names: Sequence[str]) -> dict[str, FloatArray]:
        """The same over the rows that move each uncertain input up and down [SI]; figures left out are constant."""
        own: dict[str, FloatArray] = {}
        if self.moved is not None:
            known = known_figures()
            for name in names:
                figure = known.get(name)
                value = None if figure is None or figure.of is None else figure.of(self.moved)
                if isinstance(value, np.ndarray) and value.dtype.kind == "f" and _moves(value):
                    own[name] = value
        base = self.figures(names)
        beyond = {} if self.sheet.particle is None else self.sheet.particle.spread(names, beyond=True)
        given = {} if self.measured is None else dict(self.measured.spread)
        beyond = {
            name: rows for name, rows in beyond.items() if self.measured is None or name not in self.measured.figures
        }
        return _stacked(_stacked(own, beyond, base), given, base)

    def remarks(self) -> Mapping[str, str]:
        """Where figures come from or why they are set aside, by figure name; no units."""
        own = {} if self.sheet.particle is None else self.sheet.particle.remarks
        return {**own, **({} if self.measured is None else self.measured.remarks)}

    def values(self) -> tuple[FigureValue, ...]:
        """Every figure of the table with its expanded uncertainty [SI]."""
        base, rows = self.figures(tuple(FIGURES)), self.spread(tuple(FIGURES))
        return tuple(FigureValue(figure, base.get(name), _expanded(rows.get(name))) for name, figure in FIGURES.items())


def _moves(rows: FloatArray) -> bool:
    """Whether ``rows`` (any unit) differ by more than rounding, or are not all numbers."""
    return not bool(np.ptp(rows) <= 1e-12 * np.max(np.abs(rows)))


def _expanded(rows: FloatArray | None) -> float | None:
    """Expanded uncertainty of a figure from its rows moved up and down in turn, in the unit of the rows."""
    if rows is None or not np.all(np.isfinite(rows)):
        return None
    size = float(np.sqrt(np.sum(((rows[0::2] - rows[1::2]) / 2) ** 2)))
    return size or None


def _stacked(
    own: Mapping[str, FloatArray], given: Mapping[str, FloatArray], base: Mapping[str, Any]
) -> dict[str, FloatArray]:
    """Rows of computed and of measured figures one after the other: each is constant where the other moves."""
    if not own or not given:
        return {**own, **given}
    lengths = [next(iter(rows.values())).size for rows in (own, given)]
    found: dict[str, FloatArray] = {}
    for name in {*own, *given}:
        parts = [
            rows[name] if name in rows and not (rows is own and name in given) else np.full(length, float(base[name]))
            for rows, length in zip((own, given), lengths, strict=True)
        ]
        found[name] = np.concatenate(parts)
    return found


def _specification(given: str | Specification) -> Specification:
    return given if isinstance(given, Specification) else load(given)


def check_cell(cell: Cell, specification: str | Specification, subject: Subject | None = None) -> Verdict:
    """The verdict of a ``specification`` (shipped name, path of a TOML file, or object) on one design.

    Stated uncertainties of the design and of its measured figures are propagated into every clause. Raises
    RangeError for a batch, FormatError for a specification that cannot be read.
    """
    held, ready = _specification(specification), subject or Subject(cell)
    names = needed_figures(held) + tuple(name for clause in held.clauses for name in clause.also)
    return judge(held, ready.figures(names), ready.spread(names), ready.remarks())


def check_particle(
    particle: ParticleFile,
    specification: str | Specification = _PARTICLE_SPECIFICATION,
    sheet: ParticleSheet | None = None,
) -> Verdict:
    """The verdict of a ``specification`` (shipped name, path of a TOML file, or object) on one particle by itself.

    Uncertainties of the file, of its maps and of presets are propagated into every clause; figures that a particle
    does not have are unknown. Raises RangeError for a batch.
    """
    return _particle_verdict(_specification(specification), sheet or particle.sheet())


def _particle_verdict(held: Specification, sheet: ParticleSheet) -> Verdict:
    if not sheet.strict:
        raise RangeError("A verdict takes one particle; this is a batch.")
    names = needed_figures(held) + tuple(name for clause in held.clauses for name in clause.also)
    return judge(held, sheet.figures(names), sheet.spread(names), sheet.remarks)


def repairs_for(cell: Cell, specification: str | Specification, verdict: Verdict) -> dict[str, Repair | None]:
    """For every clause of ``verdict`` that is outside, the smallest single-field change that clears it, or None.

    The change leaves room for the uncertainty that the binding figure has now. Values in the unit of the field.
    """
    failed = {clause.name: _aim(clause) for clause in verdict.clauses if clause.readings.strict == "outside"}
    measured = Subject(cell).measured
    return repairs(cell, _specification(specification), failed, None if measured is None else measured.figures)


def _aim(clause: ClauseVerdict) -> float:
    """Margin to reach as a share of the window (dimensionless): the present uncertainty of what binds, 0 without."""
    binding = clause.binding
    if binding is None or not binding.uncertainty or not binding.margin or not binding.percent:
        return 0.0
    share = abs(binding.percent / 100 / binding.margin) * binding.uncertainty
    return min(float(share), 0.4) if np.isfinite(share) else 0.0


@dataclass(frozen=True, slots=True)
class ParticleStudy:
    """One particle of a design by its name: everything that follows from it [SI], and the verdict on its two phases."""

    name: str
    sheet: ParticleSheet
    verdict: Verdict


@dataclass(frozen=True)
class Study:
    """Everything that follows from one design, as the report shows it; numbers are SI inside.

    ``simulated`` is None where no simulation was possible (``warnings`` says why). ``content_window`` (0 to 1) is what
    the specifications demand of the alloy's lithium fraction, 31 to 67 at% where they demand nothing.
    """

    cell: Cell
    datasheet: Datasheet
    verdicts: tuple[Verdict, ...]
    repairs: Mapping[tuple[str, str], Repair | None]
    dose: DosePlan | None
    window: OperatingWindow | None
    figures: tuple[FigureValue, ...]
    first_charge: OpenCircuit
    charge: OpenCircuit
    discharge: OpenCircuit
    bill: tuple[BillLine, ...]
    assumptions: tuple[Assumption, ...]
    sources: tuple[Source, ...]
    warnings: tuple[str, ...]
    particles: tuple[ParticleStudy, ...] = ()
    simulated: SimulatedContents | None = None
    content_window: tuple[float, float] = WINDOW

    def value(self, name: str) -> Any:
        """The figure called ``name`` [SI of its kind], None where the design does not have it."""
        return next(entry.value for entry in self.figures if entry.figure.name == name)

    def plot(self) -> Picture:
        """A matplotlib figure: cross-section in three states [um], voltage and potentials [V], alloy lithium [at%]."""
        return drawn(self.datasheet)

    def to_dict(self) -> dict[str, Any]:
        """The study without its curves, JSON-ready: SI numbers beside texts with units."""
        told = {
            entry.figure.name: {
                "value": _plain(entry.value),
                "unit": "" if entry.figure.unit() is None else entry.figure.unit().si,  # type: ignore[union-attr]
                "uncertainty": entry.uncertainty,
                "text": entry.text,
            }
            for entry in self.figures
        }
        return {
            "name": self.cell.name,
            "key": self.cell.key,
            "figures": told,
            "verdicts": [verdict.to_dict() for verdict in self.verdicts],
            "repairs": [
                {
                    "specification": spec,
                    "clause": clause,
                    "repair": None if repair is None else repair.sentence,
                }
                for (spec, clause), repair in self.repairs.items()
            ],
            "dose": None if self.dose is None else _plain(asdict(self.dose)),
            "window": None if self.window is None else _plain(asdict(self.window)),
            "simulated": None if self.simulated is None else _plain(self.simulated.to_dict()),
            "states": self._states(),
            "ledger": self._ledger(),
            "bill_of_materials": [_plain(asdict(line)) for line in self.bill],
            "assumptions": [_plain(asdict(entry)) for entry in self.assumptions],
            "sources": [source.model_dump() for source in self.sources],
            "warnings": list(self.warnings),
            "particles": [_particle_told(entry) for entry in self.particles],
        }

    def _states(self) -> list[dict[str, Any]]:
        return [
            {
                "state": state.name,
                "voltage": _plain(state.voltage),
                "negative_potential": _plain(state.negative_potential),
                "positive_potential": _plain(state.positive_potential),
            }
            for state in self.datasheet.states
        ]

    def _ledger(self) -> dict[str, Any]:
        held = self.datasheet.ledger
        entries = [
            {name: _plain(getattr(entry, name)) for name in ("compartment", "where", "label", "basis", "lithium")}
            for entry in held.entries
        ]
        return {
            "unit": "mol/m2",
            "states": list(held.states),
            "entries": entries,
            "closure": _plain(held.closure),
        }

    def _repr_html_(self) -> str:
        """A short table of figures for a notebook, with units."""
        rows = "".join(
            f"<tr><td>{escape(entry.figure.meaning)}</td><td>{escape(entry.text)}</td></tr>"
            for entry in self.figures
            if entry.value is not None and entry.figure.unit() is not None
        )
        verdicts = "".join(f"<li>{escape(v.specification)}: <b>{escape(v.result)}</b></li>" for v in self.verdicts)
        return f"<h3>{escape(self.cell.name)}</h3><ul>{verdicts}</ul><table>{rows}</table>"


def _particle_told(entry: ParticleStudy) -> dict[str, Any]:
    """A particle of a study, JSON-ready: SI numbers."""
    sheet = entry.sheet
    return {
        "name": entry.name,
        "phases": {name: _plain(share) for name, share in sheet.phases.mass_fractions().items()},
        "figures": {name: _plain(value) for name, value in sheet.figures().items()},
        "limit_total": _plain(sheet.limit_total),
        "verdict": entry.verdict.to_dict(),
        "warnings": list(sheet.warnings),
    }


def _plain(value: Any) -> Any:
    """``value`` with arrays as lists, NaN as None and sets as sorted lists; unit unchanged."""
    if isinstance(value, Mapping):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, frozenset | set):
        return sorted(value)
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, np.generic):
        return _plain(value.item())
    return None if isinstance(value, float) and not np.isfinite(value) else value


def study(
    cell: Cell,
    specifications: Sequence[str | Specification] | None = None,
    progress: Callable[[str], None] | None = None,
) -> Study:
    """Everything about ``cell``: figures, states, ledger, verdicts with repairs, dose, window, curves (SI inside).

    ``specifications`` are those to hold it against: the design's own if left out, all shipped ones if it names none.
    ``progress`` is told what is being done. Raises RangeError for a batch, DesignError for a measured figure that
    cannot be.
    """
    tell = progress or (lambda step: None)
    subject = Subject(cell)
    sheet = subject.sheet
    tell("figures")
    values = subject.values()
    alloy = bool(sheet.alloy_layers)
    tell("discharges at a rate")
    simulated, missing = _simulated(sheet)
    wanted = specifications if specifications is not None else (cell.specifications or shipped())
    verdicts, mended = [], {}
    held = [_specification(given) for given in wanted]
    for specification in held:
        tell(f"clauses of {specification.name}")
        verdict = check_cell(cell, specification, subject)
        verdicts.append(_beside(verdict, specification, simulated))
        for clause, repair in repairs_for(cell, specification, verdict).items():
            mended[specification.name, clause] = repair
    tell("dose and window")
    dose, window = (dose_plan(sheet), operating_window(sheet)) if alloy else (None, None)
    tell("open-circuit curves")
    pairs = (("lithium added", "first charge"), ("discharged", "charged"), ("charged", "discharged"))
    curves = [open_circuit(sheet.balance, sheet.state(start), sheet.state(end)) for start, end in pairs]
    assumed = assumptions(sheet) + (() if simulated is None else simulated.assumptions)
    return Study(
        cell, sheet, tuple(verdicts), mended, dose, window, values, curves[0], curves[1], curves[2],
        bill_of_materials(sheet), assumed, sources_used(sheet), (*warnings_of(sheet), *missing), _particles(sheet),
        simulated, content_window(held) or WINDOW,
    )  # fmt: skip


def _simulated(sheet: Datasheet) -> tuple[SimulatedContents | None, tuple[str, ...]]:
    """The runs of a cell and where lithium plates; or None and the reason, without the solver for example."""
    try:
        found = simulate_study(sheet.cell, sheet=sheet)
    except AlloycellError as problem:
        return None, (f"Nothing was simulated at a rate: {' '.join(str(problem).split())}",)
    return found, found.plating_warnings()


def _beside(verdict: Verdict, specification: Specification, simulated: SimulatedContents | None) -> Verdict:
    """``verdict`` with the simulated contents [at%] shown beside every clause that judges the equilibrium one."""
    if simulated is None:
        return verdict
    told = {}
    for rate in simulated.rates if simulated.layers else ():
        runs = [[layer.at(rate, level).fraction for layer in simulated.layers] for level in simulated.levels]
        texts = ["/".join("-" if held is None else f"{100 * held:.3g}" for held in run) for run in runs]
        told[f"simulated at {rate}"] = f"{', '.join(texts)} at% (low, middle, high diffusivity)"
    clauses = tuple(
        replace(clause, also={**clause.also, **told})
        if "equilibrium_lithium_fraction" in specification.clause(clause.name).figures.values()
        else clause
        for clause in verdict.clauses
    )
    return replace(verdict, clauses=clauses)


def _particles(sheet: Datasheet) -> tuple[ParticleStudy, ...]:
    """Every particle by elements of a design, held against the two-phase particle."""
    two_phase = load(_PARTICLE_SPECIFICATION)
    return tuple(
        ParticleStudy(name, entry, _particle_verdict(two_phase, entry))
        for name, entry in sheet.particles.items()
        if entry.particle.by_elements
    )
