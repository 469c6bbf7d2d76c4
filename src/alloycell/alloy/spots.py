"""Point analyses and bulk analyses: contents of phases from spots, and their balance with the whole particle.

Stated errors are expanded (coverage factor 2). Spots of one phase are averaged with their errors as weights; the whole
particle is W = (1 - f_B) Wa + f_B Wb for every element. Where measurements contradict each other beyond their errors,
the contradiction is named and the measurements stay as they are. Source: docs/theory/micrograph.md.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from pydantic_core import PydanticCustomError

from alloycell.alloy.findings import Content, Findings, phase_keys
from alloycell.alloy.maps import SYMBOLS
from alloycell.alloy.tables import Table, read_table
from alloycell.errors import DesignError, Fault, FormatError, RangeError, shown, suggestion
from alloycell.quantities import kind_of

__all__ = ["Balance", "Spot", "SpotTable", "bulk_contents", "phase_findings", "reconciled"]

_ERROR = re.compile(r"(?:\+-|±|error|err|uncertainty|sd)\s*$|^(?:±|\+-|error of|u)\b", re.IGNORECASE)
_SYMBOL = re.compile(r"\b([A-Z][a-z]?)\b")
_PHASES = MappingProxyType(
    {
        "a": "A",
        "phase a": "A",
        "phase_a": "A",
        "b": "B",
        "phase b": "B",
        "phase_b": "B",
        "": "",
        "?": "",
        "mixed": "mixed",
    }
)
_MIXED = (0.2, 0.8)
"""Between which shares of the way from A to B a spot counts as mixed, dimensionless."""
_RARE = 0.01
"""Probability under which a disagreement counts as a contradiction, dimensionless."""
_SUMS = (0.5, 1.5)


@dataclass(frozen=True)
class Spot:
    """One point analysis: its name, its phase ("A", "B", "mixed" or empty), contents and their expanded errors.

    ``contents`` and ``errors`` are mass fractions (0 to 1) by element; an element without error is not in ``errors``.
    """

    name: str
    phase: str
    contents: Mapping[str, float]
    errors: Mapping[str, float]


@dataclass(frozen=True)
class SpotTable:
    """Point analyses with the ``method`` that gave them; contents are mass fractions (0 to 1)."""

    spots: tuple[Spot, ...]
    method: str

    @classmethod
    def load(cls, path: str | Path, method: str) -> SpotTable:
        """Spots from a CSV table [wt%]: a column a element, ``O error`` beside ``O``; ``spot`` and ``phase`` if known.

        Errors are expanded (coverage factor 2). Raises FormatError with the place, DesignError with every fault.
        """
        if not method.strip():
            raise DesignError(Fault("method", "is empty", 'a text is needed, such as "wavelength-dispersive X-ray"'))
        table = read_table(Path(path), "a table of spots")
        columns, errors, words = _columns(table)
        spots = tuple(_spot(table, row, columns, errors, words) for row in range(len(table.rows)))
        faults = [fault for spot in spots for fault in _spot_faults(spot)]
        if faults:
            raise DesignError(faults[:20])
        return cls(spots, method.strip()[:120])


def _columns(table: Table) -> tuple[dict[int, str], dict[str, int], dict[str, int]]:
    """Columns of contents by place, of errors by element, of words by name; no units."""
    columns: dict[int, str] = {}
    errors: dict[str, int] = {}
    words: dict[str, int] = {}
    faults = []
    for place, header in enumerate(table.header):
        plain = re.sub(r"[\[(].*?[\])]|wt\.?\s*%|mass\s*%", " ", header).strip()
        found = _SYMBOL.search(plain)
        where = f"{table.path}, column {place + 1}"
        if plain.lower() in ("spot", "name", "point", "label", "id", "no", "x", "y"):
            words.setdefault("name" if plain.lower() not in ("x", "y") else plain.lower(), place)
        elif plain.lower() == "phase":
            words["phase"] = place
        elif re.search(r"\bat\.?\s*%|atom", header):
            faults.append(Fault(where, f"is {shown(header)}", "contents in wt% are needed", "Convert it from at%"))
        elif found is None or found[1] not in SYMBOLS:
            near = suggestion(plain, ("spot", "phase", "Si", "O", "O error"))
            faults.append(Fault(where, f"is {shown(header)}", "an element symbol, spot or phase is needed", near))
        elif _ERROR.search(plain):
            errors.setdefault(found[1], place)
        elif found[1] in columns.values():
            faults.append(Fault(where, f"is a second column of {found[1]}", "one each is needed"))
        else:
            columns[place] = found[1]
    faults += [
        Fault(f"{table.path}, column {place + 1}", f"is an error of {symbol}", f"a column {symbol} is needed beside it")
        for symbol, place in errors.items()
        if symbol not in columns.values()
    ]
    if not columns and not faults:
        faults.append(Fault(str(table.path), "has no column of an element", "at least one is needed, such as O"))
    if faults:
        raise DesignError(faults)
    return columns, errors, words


def _spot(
    table: Table, row: int, columns: Mapping[int, str], errors: Mapping[str, int], words: Mapping[str, int]
) -> Spot:
    cells = table.rows[row]
    name = cells[words["name"]].strip()[:40] if "name" in words else ""
    given = cells[words["phase"]].strip().lower() if "phase" in words else ""
    if given not in _PHASES:
        told = f"{table.path}, line {table.lines[row]}, column {words['phase'] + 1}: {shown(given[:40])} is no phase"
        raise FormatError(f"{told}; A, B, mixed or nothing is needed.")
    contents, spread = {}, {}
    for place, symbol in columns.items():
        if not cells[place].strip():
            continue
        contents[symbol] = table.number(row, place) / 100.0
        if symbol in errors and cells[errors[symbol]].strip():
            spread[symbol] = table.number(row, errors[symbol]) / 100.0
    held = MappingProxyType(contents), MappingProxyType(spread)
    return Spot(name or f"spot in line {table.lines[row]}", _PHASES[given], *held)


def _spot_faults(spot: Spot) -> list[Fault]:
    faults = []
    for symbol, content in spot.contents.items():
        if not -0.05 <= content <= 1.1:
            found = f"is {100 * content:.4g} wt%"
            faults.append(Fault(f"{spot.name}, {symbol}", found, "contents lie between 0 and 100 wt%"))
    for symbol, error in spot.errors.items():
        if not 0 < error <= 1:
            found = f"has the error {100 * error:.4g} wt%"
            faults.append(Fault(f"{spot.name}, {symbol}", found, "an error lies above 0 and up to 100 wt%"))
    total = sum(spot.contents.values())
    if len(spot.contents) >= 3 and not _SUMS[0] <= total <= _SUMS[1]:
        found = f"adds up to {100 * total:.4g} wt%"
        faults.append(
            Fault(spot.name, found, "the elements of a spot add up to about 100 wt%", "Counts cannot be used")
        )
    return faults


def phase_findings(table: SpotTable) -> Findings:
    """Contents of phases A and B (mass fractions, 0 to 1) from point analyses, weighted by their errors.

    Spots without a phase are told apart by the share of the elements that mark phase B; spots between the phases have
    struck both and are left out. Raises RangeError where no spot of either phase is left.
    """
    spots, remarks = _told_apart(table)
    parts: dict[str, dict[str, Content]] = {}
    for phase in ("A", "B"):
        mine = [spot for spot in spots if spot.phase == phase]
        symbols = dict.fromkeys(symbol for spot in mine for symbol in spot.contents)
        parts[phase] = {symbol: _averaged(mine, symbol, phase, table.method, remarks) for symbol in symbols}
    if not any(parts.values()):
        raise RangeError("No spot belongs to phase A or B; name the phase of each spot in a column called phase.")
    return Findings(parts["A"], parts["B"], remarks=tuple(remarks)).without_hidden()


def _told_apart(table: SpotTable) -> tuple[list[Spot], list[str]]:
    """Spots with a phase each (mixed ones stay mixed), and what has to be said about it; no units."""
    open_ones = [spot for spot in table.spots if not spot.phase]
    stated = [spot for spot in table.spots if spot.phase in ("A", "B")]
    mixed = [spot.name for spot in table.spots if spot.phase == "mixed"]
    if open_ones:
        levels = _levels(table.spots)
        ways = [(spot, (_marked(spot, table.spots) - levels[0]) / (levels[1] - levels[0])) for spot in open_ones]
        mixed += [spot.name for spot, way in ways if _MIXED[0] <= way <= _MIXED[1]]
        stated += [replace(spot, phase="A") for spot, way in ways if way < _MIXED[0]]
        stated += [replace(spot, phase="B") for spot, way in ways if way > _MIXED[1]]
    named = ", ".join(mixed[:8]) + (" and others" if len(mixed) > 8 else "")
    remarks = [f"{len(mixed)} spots struck both phases and are left out: {named}."] if mixed else []
    return stated, remarks


def _marked(spot: Spot, spots: Sequence[Spot]) -> float:
    """Share of the elements that mark phase B among those that mark A or B in ``spot``, 0 to 1."""
    active, former = phase_keys(dict.fromkeys(symbol for other in spots for symbol in other.contents))
    b = sum(spot.contents.get(symbol, 0.0) for symbol in former)
    both = b + sum(spot.contents.get(symbol, 0.0) for symbol in active)
    return b / both if both > 0.05 else 0.0


def _levels(spots: Sequence[Spot]) -> tuple[float, float]:
    """The marking shares (0 to 1) of the two phases: medians on both sides of the widest gap, or of named spots."""
    named = {phase: [_marked(spot, spots) for spot in spots if spot.phase == phase] for phase in ("A", "B")}
    ordered = np.sort([_marked(spot, spots) for spot in spots])
    if all(named.values()):
        low, high = (float(np.median(named[phase])) for phase in ("A", "B"))
    else:
        middle = 0.5 * float(ordered[0] + ordered[-1])
        low, high = (float(np.median(ordered[side])) for side in (ordered <= middle, ordered >= middle))
    if high - low < 0.06:
        told = f"by what marks phase B ({100 * low:.3g} to {100 * high:.3g} % of the metals)"
        raise RangeError(f"The spots cannot be told apart {told}; name the phase of each in a column called phase.")
    return low, high


def _averaged(spots: Sequence[Spot], symbol: str, phase: str, method: str, remarks: list[str]) -> Content:
    """Weighted mean of the spots of one phase (mass fraction, 0 to 1); scatter beyond the errors is named.

    Source: weighted mean and chi-square test; the Birge ratio where the test fails.
    """
    from scipy.stats import chi2, t

    mine = [spot for spot in spots if symbol in spot.contents]
    values = np.array([spot.contents[symbol] for spot in mine])
    stated = np.array([spot.errors.get(symbol, np.nan) for spot in mine]) / 2.0
    count = len(mine)
    if not np.isfinite(stated).all():
        if count < 3:
            reason = f"{symbol} of phase {phase} has {count} spots without errors; give errors or at least 3 spots"
            return Content(None, 0.0, method, reason)
        error = float(values.std(ddof=1) / math.sqrt(count) * t.ppf(0.975, count - 1))
        return Content(float(values.mean()), error, method)
    weights = stated**-2
    mean = float((weights * values).sum() / weights.sum())
    inner = 2.0 / math.sqrt(float(weights.sum()))
    square = float((weights * (values - mean) ** 2).sum())
    if count < 2 or float(chi2.sf(square, count - 1)) >= _RARE:
        return Content(mean, inner, method)
    odd = [spot.name for spot, off in zip(mine, np.abs(values - mean) / stated, strict=True) if off > 2.5]
    listed = f": {', '.join(odd[:6])}" if odd else ""
    test = f"(chi-square {square:.3g} of {count - 1})"
    told = f"Spots of phase {phase} disagree in {symbol} beyond their errors {test}{listed}"
    remarks.append(f"{told}; grains differ, spots are mixed or errors are too small.")
    outer = float(values.std(ddof=1)) / math.sqrt(count) * float(t.ppf(0.975, count - 1))
    return Content(mean, max(inner * math.sqrt(square / (count - 1)), outer), method)


def bulk_contents(given: Mapping[str, str], method: str) -> dict[str, Content]:
    """Contents of the whole particle (mass fractions, 0 to 1) from texts such as ``"0.61 +- 0.03 wt%"`` by element.

    Raises DesignError with every fault.
    """
    kind, contents, faults = kind_of("mass fraction"), {}, []
    for symbol, text in given.items():
        if symbol not in SYMBOLS:
            near = suggestion(str(symbol), SYMBOLS)
            faults.append(
                Fault(
                    f"particle.{symbol}", "is no element", "a symbol is needed", near if near.startswith("Did") else ""
                )
            )
            continue
        try:
            value = float(kind.read(text))
            contents[symbol] = Content(value, kind.uncertainty(text) or 0.0, method)
        except PydanticCustomError as problem:
            told = problem.context or {}
            faults.append(Fault(f"particle.{symbol}", str(told["found"]), str(told["needed"]), str(told["remedy"])))
    if faults:
        raise DesignError(faults)
    return contents


@dataclass(frozen=True)
class Balance:
    """Measurements held against W = (1 - f_B) Wa + f_B Wb: what they agree on, or by name where they do not.

    ``findings`` are adjusted where ``consistent``, else as measured. ``chi_square`` and ``probability`` (0 to 1) are of
    the least-squares fit with ``freedom`` degrees of freedom, dimensionless; ``contradictions`` are sentences.
    """

    findings: Findings
    consistent: bool
    chi_square: float
    freedom: int
    probability: float
    contradictions: tuple[str, ...]


def reconciled(findings: Findings) -> Balance:
    """Contents and f_B (mass fractions, 0 to 1) that agree with the mass balance, by weighted least squares.

    Every content that was measured enters with its uncertainty; contents that follow from others are filled in.
    Surface oxide and third phases are not in the balance: they show as contradictions.
    """
    from scipy.stats import chi2

    known = findings.without_hidden()
    model = _Model.of(known)
    if model is None:
        return Balance(known, True, 0.0, 0, 1.0, ())
    solution, square, spread = model.solved()
    freedom = model.freedom(solution)
    probability = float(chi2.sf(square, freedom)) if freedom > 0 else 1.0
    told = [*_imbalances(known), *_below_zero(model, solution, spread)]
    consistent = probability >= _RARE and not told
    if not consistent and not told:
        told = [model.worst(solution)]
    if consistent:
        return Balance(model.filled(known, solution, spread), True, square, freedom, probability, ())
    remarks = (*known.remarks, *told)
    return Balance(replace(known, remarks=remarks), False, square, freedom, probability, tuple(told))


def _imbalances(findings: Findings) -> list[str]:
    """Elements whose three contents and f_B are all measured and do not add up within their expanded uncertainty."""
    share, told = findings.phase_b_mass_fraction, []
    if share is None or share.value is None:
        return []
    for symbol, whole in findings.particle.items():
        a, b = findings.phase_a.get(symbol), findings.phase_b.get(symbol)
        if a is None or b is None or None in (whole.value, a.value, b.value):
            continue
        values = [float(content.value or 0.0) for content in (a, b, whole)]
        expected = (1.0 - share.value) * values[0] + share.value * values[1]
        spread = math.hypot(
            (1.0 - share.value) * a.uncertainty, share.value * b.uncertainty,
            (values[1] - values[0]) * share.uncertainty, whole.uncertainty,
        )  # fmt: skip
        missing = values[2] - expected
        if abs(missing) > 1.3 * spread + 1e-12:
            side = (
                "more than both phases hold: surface oxide, a third phase or"
                if missing > 0
                else "less than both phases hold:"
            )
            text = f"{symbol}: the particle has {100 * values[2]:.3g} wt%, the phases give {100 * expected:.3g} +- "
            text += f"{100 * spread:.2g} wt%; {100 * abs(missing):.2g} wt% {side} a measurement that is off."
            told.append(text)
    return told


def _below_zero(model: _Model, solution: Any, spread: Any) -> list[str]:
    """Contents that the balance would put below 0 (or f_B outside 0 to 1) beyond their uncertainty."""
    told = []
    for name, value, wide in zip(model.names, solution, spread, strict=True):
        if math.isfinite(wide) and (value < -1.3 * wide - 1e-9 or value > 1.0 + 1.3 * wide + 1e-9):
            what = "the mass fraction of phase B" if name == ("f", "") else f"{name[1]} in phase {name[0].upper()}"
            told.append(f"The balance puts {what} at {100 * value:.3g} +- {100 * wide:.2g} %, which cannot be.")
    return told


@dataclass(frozen=True)
class _Model:
    """Unknowns f_B and (Wa, Wb) of each element; observations are (kind, element, value, standard uncertainty)."""

    names: tuple[tuple[str, str], ...]
    observed: tuple[tuple[str, str, float, float], ...]

    @classmethod
    def of(cls, findings: Findings) -> _Model | None:
        parts = {"a": findings.phase_a, "b": findings.phase_b, "w": findings.particle}
        observed = [
            (kind, symbol, float(content.value), max(content.uncertainty / 2.0, 1e-6 + 1e-4 * abs(content.value)))
            for kind, contents in parts.items()
            for symbol, content in contents.items()
            if content.value is not None
        ]
        share = findings.phase_b_mass_fraction
        if share is not None and share.value is not None:
            observed.append(("f", "", share.value, max(share.uncertainty / 2.0, 1e-5)))
        symbols = [symbol for symbol in dict.fromkeys(item[1] for item in observed) if symbol]
        if not any(item[0] == "w" for item in observed):
            return None
        names = (("f", ""), *((kind, symbol) for symbol in symbols for kind in ("a", "b")))
        return cls(names, tuple(observed))

    def residuals(self, unknowns: Any) -> Any:
        return np.array([(self._told(item, unknowns) - item[2]) / item[3] for item in self.observed])

    def _told(self, item: tuple[str, str, float, float], unknowns: Any) -> float:
        place = {name: index for index, name in enumerate(self.names)}
        if item[0] != "w":
            return float(unknowns[place[item[:2]]])
        a, b = (unknowns[place[(kind, item[1])]] for kind in ("a", "b"))
        return float((1.0 - unknowns[0]) * a + unknowns[0] * b)

    def slopes(self, unknowns: Any) -> Any:
        """Derivative of each residual by each unknown, dimensionless."""
        place = {name: index for index, name in enumerate(self.names)}
        rows = np.zeros((len(self.observed), len(self.names)))
        for row, (kind, symbol, _, wide) in enumerate(self.observed):
            if kind != "w":
                rows[row, place[(kind, symbol)]] = 1.0 / wide
                continue
            a, b = place[("a", symbol)], place[("b", symbol)]
            rows[row, [a, b, 0]] = [(1 - unknowns[0]) / wide, unknowns[0] / wide, (unknowns[b] - unknowns[a]) / wide]
        return rows

    def start(self) -> Any:
        """Where the search begins: what was measured, f_B from the element that tells it best, else 0.5."""
        seen = {item[:2]: item[2] for item in self.observed}
        lever = [
            (abs(seen["b", s] - seen["a", s]), (seen["w", s] - seen["a", s]) / (seen["b", s] - seen["a", s]))
            for kind, s in seen
            if kind == "w" and ("a", s) in seen and ("b", s) in seen and seen["a", s] != seen["b", s]
        ]
        share = seen.get(("f", ""), max(lever)[1] if lever else 0.5)
        guess = [seen.get(name, seen.get(("w", name[1]), 0.0)) for name in self.names]
        return np.array([min(max(share, 0.0), 1.0), *guess[1:]])

    def solved(self) -> tuple[Any, float, Any]:
        """Unknowns, chi-square and expanded uncertainties (infinite where undetermined), mass fractions (0 to 1)."""
        from scipy.optimize import least_squares

        fit = least_squares(self.residuals, self.start(), self.slopes, method="trf", x_scale="jac", max_nfev=200)
        rows = self.slopes(fit.x)
        _, sizes, axes = np.linalg.svd(rows, full_matrices=True)
        kept = np.zeros(len(self.names))
        kept[: len(sizes)] = sizes
        free = kept <= 1e-9 * kept.max()
        variance = (axes[~free] ** 2 / kept[~free][:, None] ** 2).sum(axis=0)
        open_ones = (axes[free] ** 2).sum(axis=0) > 1e-12 if free.any() else np.zeros(len(self.names), dtype=bool)
        return fit.x, float(2.0 * fit.cost), np.where(open_ones, np.inf, 2.0 * np.sqrt(variance))

    def worst(self, unknowns: Any) -> str:
        """A sentence that names the measurements furthest from the fit at ``unknowns`` (mass fractions, 0 to 1)."""
        off = np.abs(self.residuals(unknowns))
        words = {"a": "in phase A", "b": "in phase B", "w": "in the particle", "f": "mass fraction of phase B"}
        order = [self.observed[place] for place in np.argsort(-off)[:3] if off[place] > 1.0]
        named = ", ".join(f"{item[1]} {words[item[0]]}".strip() for item in order)
        return f"The measurements contradict the mass balance together; furthest from it: {named}."

    def freedom(self, unknowns: Any) -> int:
        """Observations beyond what the unknowns need, a count."""
        return len(self.observed) - int(np.linalg.matrix_rank(self.slopes(unknowns)))

    def filled(self, findings: Findings, solution: Any, spread: Any) -> Findings:
        """The findings with adjusted and derived contents (mass fractions, 0 to 1)."""
        parts: dict[str, dict[str, Content]] = {"a": dict(findings.phase_a), "b": dict(findings.phase_b)}
        share, derived = findings.phase_b_mass_fraction, []
        for (kind, symbol), value, wide in zip(self.names, solution, spread, strict=True):
            if not math.isfinite(wide) or wide >= 0.5:
                continue
            if kind == "f":
                share = _adjusted(share, float(value), float(wide))
                continue
            old = parts[kind].get(symbol)
            parts[kind][symbol] = _adjusted(old, float(value), float(wide))
            if old is None or old.value is None:
                derived.append(f"{symbol} in phase {kind.upper()}")
        remarks = (f"From the mass balance: {', '.join(derived)}.",) if derived else ()
        told = (*findings.remarks, *remarks)
        return replace(findings, phase_a=parts["a"], phase_b=parts["b"], phase_b_mass_fraction=share, remarks=told)


def _adjusted(old: Content | None, value: float, wide: float) -> Content:
    if old is None or old.value is None:
        return Content(value, wide, "mass balance")
    return Content(value, wide, old.method)
