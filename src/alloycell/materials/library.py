"""The library of material records: found by name, read when asked for, checked before use.

A folder of the library holds one TOML file a material and, in ``curves``, the CSV files they name. The
shipped folder comes first, folders of a user after it.
``docs/how-to/add-a-material.md`` says how to write a record.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypeAlias

import numpy as np
from pydantic import ValidationError

from alloycell.errors import Fault, FormatError, MaterialError, suggestion
from alloycell.files import read_toml
from alloycell.materials.curve_file import MOST_CHANGE, read_curve, read_diffusivity
from alloycell.materials.potential import (
    Branch,
    Hysteresis,
    branch_from_table,
    branches_from_plateaus,
)
from alloycell.materials.record import (
    Alloying,
    Binder,
    Carbon,
    Collector,
    Conductive,
    Electrolyte,
    Host,
    LithiumMetal,
    Positive,
    PotentialData,
    Separator,
)
from alloycell.materials.soundness import faults_of, file_inside
from alloycell.quantities import FARADAY, FloatArray, Number, frozen_array

__all__ = [
    "AnyRecord",
    "Library",
    "active_share",
    "host_moles_per_mass",
    "theoretical_capacity",
    "volume_ratio",
]

AnyRecord: TypeAlias = (
    Alloying | Carbon | Positive | Electrolyte | Binder | Conductive | Collector | Separator | LithiumMetal
)
_RECORDS: Final[Mapping[str, type[AnyRecord]]] = MappingProxyType(
    {
        "alloying": Alloying,
        "carbon": Carbon,
        "positive": Positive,
        "electrolyte": Electrolyte,
        "binder": Binder,
        "conductive": Conductive,
        "collector": Collector,
        "separator": Separator,
        "lithium metal": LithiumMetal,
    }
)
_SHIPPED: Final = Path(__file__).parent / "data"
_TRANSPORT: Final = ("T_K", "c_mol_m3", "kappa_S_m", "D_m2_s", "t_plus", "TDF")


class Library:
    """Material records by name, read from their files on first use and kept; see :meth:`of`."""

    __slots__ = ("_curves", "_files", "_records")

    def __init__(self, files: Mapping[str, Path]) -> None:
        self._files: Mapping[str, Path] = MappingProxyType(dict(files))
        self._records: dict[str, AnyRecord] = {}
        self._curves: dict[tuple[str, bool], Hysteresis] = {}

    @classmethod
    def of(cls, *folders: Path | str) -> Library:
        """The shipped records and those of ``folders``, in this order; names are the file names, no units.

        Raises MaterialError when a folder is not there or two files have one name.
        """
        files: dict[str, Path] = {}
        faults: list[Fault] = []
        for folder in (_SHIPPED, *map(Path, folders)):
            if not folder.is_dir():
                faults.append(Fault(str(folder), "is not a folder", "name the folder that holds your material records"))
                continue
            for path in sorted(folder.glob("*.toml")):
                if path.stem in files:
                    needed = f"{files[path.stem]} has this name already"
                    faults.append(Fault(str(path), f'is a second "{path.stem}"', needed, "Rename one of the two"))
                files.setdefault(path.stem, path)
        if faults:
            raise MaterialError(faults)
        return cls(files)

    def names(self, kind: str | None = None) -> tuple[str, ...]:
        """The names of all records, sorted, or of those of one ``kind`` (such as ``"carbon"``); no units."""
        if kind is None:
            return tuple(sorted(self._files, key=str.lower))
        if kind not in _RECORDS:
            needed = suggestion(kind, tuple(_RECORDS))
            raise MaterialError(
                Fault(f'"{kind}"', "is not a kind of record", "a kind of the library is needed", needed)
            )
        return tuple(name for name in self.names() if read_toml(self._files[name]).get("kind") == kind)

    def path(self, name: str) -> Path:
        """The TOML file of the record ``name``; no units. Raises MaterialError for a name no record has."""
        if name not in self._files:
            raise MaterialError(Fault(f'material "{name}"', "has no record", "a name is needed", self.nearest(name)))
        return self._files[name]

    def record(self, name: str) -> AnyRecord:
        """The record ``name``, SI inside.

        Raises MaterialError with all faults, FormatError where the file is not TOML.
        """
        if name not in self._records:
            self._records[name] = _read(self.path(name))
        return self._records[name]

    def hysteresis(self, name: str, *, overlithiated: bool = False) -> Hysteresis:
        """Both branches of the host ``name``: content [Li per host] against potential [V vs Li/Li+].

        ``overlithiated`` appends the plateau on which a positive takes added lithium, if its record has one.
        Raises MaterialError for a record without potential and for a curve that cannot be used.
        """
        key = (name, overlithiated)
        if key not in self._curves:
            record = self._host(name)
            curve = _branches(record.potential, self.path(name).parent, name)
            if overlithiated and isinstance(record, Positive) and record.overlithiated is not None:
                step = record.overlithiated
                curve = _continued(curve, float(step.content.value), float(step.potential.value), name)
            self._curves[key] = curve
        return self._curves[key]

    def largest_change(self, name: str) -> float:
        """Largest change [V] that making the published curves of ``name`` monotone and ordered needed."""
        curve = self.hysteresis(name)
        return max(curve.lithiation.change, curve.delithiation.change)

    def diffusivity(self, name: str) -> tuple[FloatArray, FloatArray] | None:
        """Rising content [Li per host] and diffusivity there [m2/s], shape (k,) each; None without a curve.

        Raises MaterialError for a record without potential and for a file that cannot be used.
        """
        record = self._host(name)
        if record.diffusivity_curve is None:
            return None
        x, values = read_diffusivity(_file(self.path(name).parent, record.diffusivity_curve.file))
        return frozen_array(x * float(record.potential.full.value)), values

    def transport(self, name: str) -> FloatArray:
        """Transport table of the electrolyte ``name``, shape (k, 6).

        Columns: temperature [K], salt concentration [mol/m3], conductivity [S/m], diffusivity [m2/s],
        transference number, thermodynamic factor (both dimensionless).
        """
        record = self.record(name)
        if not isinstance(record, Electrolyte):
            raise MaterialError(Fault(f'material "{name}"', f'is of kind "{record.kind}"', "an electrolyte is needed"))
        return _transport(_file(self.path(name).parent, record.transport))

    def nearest(self, name: str) -> str:
        """A remedy for an unknown ``name``: the record it is an alias of, else the nearest; no units."""
        known = {stem: stem for stem in self._files}
        for stem, path in self._files.items():
            try:
                data = read_toml(path)
            except FormatError:
                continue
            aliases = data.get("aliases")
            words = aliases if isinstance(aliases, list) else []
            known.update({word: stem for word in words if isinstance(word, str) and word not in known})
        folded = {word.lower(): stem for word, stem in known.items()}
        if name in known or name.lower() in folded:
            return f'Did you mean "{known.get(name) or folded[name.lower()]}"?'
        words_near = suggestion(name, tuple(known))
        if not words_near.startswith("Did you mean"):
            return "Known: " + ", ".join(self.names())
        return f'Did you mean "{known[words_near.split(chr(34))[1]]}"?'

    def _host(self, name: str) -> Host:
        record = self.record(name)
        if not isinstance(record, Host):
            needed = "an alloying element, a carbon or a positive is needed"
            raise MaterialError(Fault(f'material "{name}"', f'is of kind "{record.kind}" and takes no lithium', needed))
        return record


def host_moles_per_mass(host: Host) -> Number:
    """Moles of host per mass of material [mol/kg]: 1 / molar mass of the host unit."""
    return 1.0 / host.host_molar_mass.value


def theoretical_capacity(host: Host) -> Number:
    """Charge per mass [C/kg] with the content at x = 1 of the curve in every host: F full / M (Faraday)."""
    return FARADAY * host.potential.full.value * host_moles_per_mass(host)


def active_share(carbon: Carbon) -> Number:
    """Share of hosts that takes lithium, 0 to 1: reversible over theoretical capacity, at most 1."""
    return np.minimum(1.0, carbon.reversible_capacity.value / theoretical_capacity(carbon))


def volume_ratio(host: Host, content: Number) -> Number:
    """Volume over the volume as made (dimensionless) at ``content`` [Li per host], same shape.

    With a constant volume of lithium the ratio is 1 + content V_Li density / M; a path is followed linearly
    and ends in walls. Porosity is not part of it.
    """
    if host.volume.lithium is not None:
        return 1.0 + content * host.volume.lithium.value * host.density.value * host_moles_per_mass(host)
    knots, ratios = np.asarray(host.volume.path, dtype=np.float64).T
    ratio = np.interp(content, knots, ratios)
    return ratio if np.ndim(content) else float(ratio)


def _read(path: Path) -> AnyRecord:
    """The record in ``path``, checked; MaterialError lists all its faults with the file and dotted path."""
    data = read_toml(path)
    kind = data.get("kind")
    if not isinstance(kind, str) or kind not in _RECORDS:
        remedy = suggestion(str(kind), tuple(_RECORDS))
        raise MaterialError(Fault(f"{path}: kind", f"is {_short(kind)}", "it must be a kind of the library", remedy))
    model = _RECORDS[kind]
    try:
        record = model.model_validate(data)
    except ValidationError as problem:
        keys = tuple(model.model_fields)
        raise MaterialError([_fault(path, dict(error), keys) for error in problem.errors()]) from None
    faults = faults_of(record, path.stem, path.parent)
    if faults:
        raise MaterialError([Fault(f"{path}: {f.where}", f.found, f.needed, f.remedy) for f in faults])
    return record


def _fault(path: Path, error: dict[str, Any], keys: tuple[str, ...]) -> Fault:
    """One fault of ``error`` as pydantic tells it; ``keys`` are the known keys of the top level."""
    where = ""
    for part in error["loc"]:
        where += f"[{part}]" if isinstance(part, int) else f".{part}" if where else str(part)
    place, context = f"{path}: {where}", error.get("ctx", {})
    if error["type"] == "quantity":
        return Fault(place, context["found"], context["needed"], context["remedy"])
    if error["type"] == "missing":
        return Fault(place, "is missing", "a record of this kind needs it")
    if error["type"] == "extra_forbidden":
        remedy = suggestion(where, keys) if "." not in where else ""
        return Fault(place, "is not a key of a record", "known keys only", remedy)
    needed = str(error["msg"])[:1].lower() + str(error["msg"])[1:]
    return Fault(place, f"is {_short(error.get('input'))}", needed)


def _short(value: object) -> str:
    if value is None:
        return "missing"
    text = repr(value)
    return text if len(text) <= 40 else text[:37] + "..."


def _file(folder: Path, text: str) -> Path:
    path = file_inside(folder, text)
    if path is None:
        raise MaterialError(
            f'"{text}" is not a file inside {folder}; it may have been moved since the record was read.'
        )
    return path


def _branches(data: PotentialData, folder: Path, name: str) -> Hysteresis:
    """Both branches of ``data``: content [Li per host] against potential [V], made monotone and ordered."""
    if data.form == "plateaus" and data.gap is not None:
        return branches_from_plateaus(np.asarray(data.steps), float(data.gap.value))
    full = float(data.full.value)
    texts = [data.single] if data.single else [data.lithiation, data.delithiation]
    both = [branch_from_table(*read_curve(_file(folder, text)), full) for text in texts if text]
    lower, upper = both[0], both[-1]
    if not np.allclose(lower.content[[0, -1]], upper.content[[0, -1]], rtol=0, atol=1e-9):
        spans = [f"{text} x = {b.content[0] / full:g} to {b.content[-1] / full:g}"
                 for text, b in zip((data.lithiation, data.delithiation), both, strict=True)]  # fmt: skip
        found = f"has branches of different length, {' and '.join(spans)}"
        raise MaterialError(Fault(f"{name}: potential", found, "both must begin and end at the same x"))
    return Hysteresis(lower, _not_below(upper, lower, data.delithiation or "", full))


def _not_below(upper: Branch, lower: Branch, file: str, full: float) -> Branch:
    """``upper``, lifted where it falls below ``lower``: content [Li per host], potential [V], change [V]."""
    content = np.union1d(upper.content, lower.content)
    wanted, least = upper.potential_at(content), lower.potential_at(content)
    lift = float(np.max(least - wanted))
    if lift > MOST_CHANGE:
        place = float(content[np.argmax(least - wanted)] / full)
        found = f"lies {1000 * lift:.3g} mV below the lithiation branch at x = {place:.3g}"
        needed = f"lithium leaves at a higher potential than it enters; {1000 * MOST_CHANGE:g} mV are lifted as noise"
        raise MaterialError(Fault(file, found, needed, "Exchange the two files, if they are the wrong way round"))
    if lift <= 0:
        return upper
    return Branch(frozen_array(content), frozen_array(np.maximum(wanted, least)), max(upper.change, lift))


def _continued(curve: Hysteresis, content: float, potential: float, name: str) -> Hysteresis:
    """``curve`` with a plateau at ``potential`` [V] up to ``content`` [Li per host] at its end."""
    branches = []
    for branch in (curve.lithiation, curve.delithiation):
        if branch.potential[-1] < potential:
            needed = f"the curve must end at or above that, it ends at {branch.potential[-1]:.4g} V"
            raise MaterialError(Fault(f"{name}: overlithiated.potential", f"is {potential:g} V", needed))
        contents = frozen_array([*branch.content, branch.content[-1], content])
        branches.append(Branch(contents, frozen_array([*branch.potential, potential, potential]), branch.change))
    return Hysteresis(*branches)


def _transport(path: Path) -> FloatArray:
    """The transport table in ``path``, shape (k, 6), columns and units of :meth:`Library.transport`."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(line for line in stream if line.strip() and not line.startswith("#")))
    if not rows or tuple(rows[0]) != _TRANSPORT:
        raise MaterialError(f"{path.name} does not begin with the header {','.join(_TRANSPORT)}.")
    try:
        table = np.array([[float(cell) for cell in row] for row in rows[1:]])
    except ValueError:
        raise MaterialError(f"{path.name} holds something that is not a number, or rows of different length.") from None
    if table.ndim != 2 or table.shape[1] != len(_TRANSPORT) or not np.all(np.isfinite(table)):
        raise MaterialError(f"{path.name} needs {len(_TRANSPORT)} finite numbers in every row.")
    return frozen_array(table)
