"""What measurements say about a two-phase particle, under the names that specifications use.

A content is a mass fraction (0 to 1) of its phase or of the whole particle with an expanded uncertainty (coverage
factor 2) and the method that gave it. A content that a method cannot know has no value and says why.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from alloycell.alloy.elements import of_family

__all__ = ["Content", "Findings", "elements_of", "hidden_by", "measured_figures", "measured_tables", "phase_keys"]

_NON_METALS = MappingProxyType({"O": "oxygen", "N": "nitrogen", "F": "fluorine", "S": "sulfur", "P": "phosphorus"})
_PARTS = MappingProxyType({"phase_a": ("O", "N"), "phase_b": ("O", "N"), "particle": tuple(_NON_METALS)})
_ENERGY_DISPERSIVE = re.compile(r"\b(s?tem-)?(eds|edx|edxs|edax|energy[- ]dispersive)\b", re.IGNORECASE)
_HIDDEN = MappingProxyType({"N": ("Ti", "Sc")})
"""What energy-dispersive X-rays cannot read beside others: N Ka (392 eV) lies under Ti Ll (395) and Sc La (395)."""
_FORMERS = ("Ti", "Zr", "Sc", *of_family("rare earth"))
_MAIN = 0.01
"""Mass fraction (0 to 1) from which an element belongs to the elements of a phase."""


@dataclass(frozen=True, slots=True)
class Content:
    """A measured share: value and expanded uncertainty (both 0 to 1), the method, and parts of the uncertainty.

    ``value`` is None where the method cannot know it; ``reason`` then says why. ``parts`` are expanded
    contributions by name (mass fractions or shares, 0 to 1) whose squares add up to that of ``uncertainty``.
    """

    value: float | None
    uncertainty: float = 0.0
    method: str = ""
    reason: str = ""
    parts: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of_parts(cls, value: float, parts: Mapping[str, float], method: str, reason: str = "") -> Content:
        """A content whose uncertainty is the root of the sum of squares of its ``parts``; shares (0 to 1)."""
        whole = math.sqrt(sum(part * part for part in parts.values()))
        return cls(float(value), whole, method, reason, MappingProxyType(dict(parts)))

    def text(self, unit: str = "wt%") -> str:
        """The content as a person reads it, with its uncertainty [wt% or %]; unknown ones say why."""
        if self.value is None:
            return f"unknown: {self.reason}"
        return f"{100 * self.value:.3g} +- {100 * self.uncertainty:.2g} {unit}"


@dataclass(frozen=True)
class Findings:
    """Contents by element symbol of phase A, phase B and the whole particle, and the shares of phase B.

    All are mass fractions or shares (0 to 1), None where nothing was measured. ``remarks`` are sentences for
    people: what was assumed, set aside or contradicts.
    """

    phase_a: Mapping[str, Content] = field(default_factory=dict)
    phase_b: Mapping[str, Content] = field(default_factory=dict)
    particle: Mapping[str, Content] = field(default_factory=dict)
    phase_b_mass_fraction: Content | None = None
    phase_b_boundary_share: Content | None = None
    remarks: tuple[str, ...] = ()

    def joined(self, other: Findings) -> Findings:
        """These findings with what only ``other`` holds filled in and its remarks added; no units."""
        return Findings(
            {**other.phase_a, **_known(self.phase_a)} if other.phase_a else self.phase_a,
            {**other.phase_b, **_known(self.phase_b)} if other.phase_b else self.phase_b,
            {**other.particle, **_known(self.particle)} if other.particle else self.particle,
            self.phase_b_mass_fraction or other.phase_b_mass_fraction,
            self.phase_b_boundary_share or other.phase_b_boundary_share,
            (*self.remarks, *(remark for remark in other.remarks if remark not in self.remarks)),
        )

    def without_hidden(self) -> Findings:
        """The same findings, contents that their method cannot know taken away; no units."""
        names = {*self.phase_a, *self.phase_b, *self.particle}
        a, b, whole = (_shown_only(contents, names) for contents in (self.phase_a, self.phase_b, self.particle))
        return replace(self, phase_a=a, phase_b=b, particle=whole)


def _known(contents: Mapping[str, Content]) -> dict[str, Content]:
    return {element: content for element, content in contents.items() if content.value is not None}


def _shown_only(contents: Mapping[str, Content], beside: set[str]) -> dict[str, Content]:
    shown = {}
    for element, content in contents.items():
        covering = hidden_by(element, content.method, beside)
        reason = f"{element} by {content.method} lies under a line of {covering}"
        shown[element] = Content(None, 0.0, content.method, reason) if covering else content
    return shown


def hidden_by(element: str, method: str, beside: Any) -> str | None:
    """The element of ``beside`` whose X-ray line covers that of ``element`` in ``method``, or None; no units."""
    if not _ENERGY_DISPERSIVE.search(method):
        return None
    return next((other for other in _HIDDEN.get(element, ()) if other in beside), None)


def phase_keys(elements: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Which of ``elements`` mark phase A (they take lithium) and which mark phase B (they do not); no units.

    Phase B is marked by Ti, Zr and rare earths, by other metals only where there are none of those.
    """
    active = tuple(symbol for symbol in elements if symbol in of_family("alloying"))
    former = tuple(symbol for symbol in elements if symbol in _FORMERS)
    return active, former or tuple(symbol for symbol in elements if symbol in of_family("metal"))


def elements_of(contents: Mapping[str, Content]) -> list[str]:
    """Symbols of the elements that make up a phase: 1 wt% or more, beyond the uncertainty; no units."""
    return [
        symbol
        for symbol, content in contents.items()
        if content.value is not None and content.value >= max(_MAIN, content.uncertainty)
    ]


def measured_figures(findings: Findings) -> dict[str, Any]:
    """The table ``[measured]`` of a measured file: texts such as "0.3 +- 0.1 wt%" by figure name.

    Contents that are unknown are left out, and so is a share whose uncertainty leaves nothing out of 0 to 1.
    """
    figures: dict[str, Any] = {}
    for name, content in _named(findings).items():
        text = _text(content, "%" if name.startswith("phase_b_") and name.endswith(("fraction", "share")) else "wt%")
        if text is not None:
            figures[name] = text
    for part in ("phase_a", "phase_b"):
        symbols = elements_of(getattr(findings, part))
        if symbols:
            figures[f"{part}_elements"] = symbols
    return figures


def measured_tables(findings: Findings, title: str = "", **stated: Any) -> dict[str, Any]:
    """All tables of a measured file, ready for ``alloycell.check.Measured.of``; values carry unit text.

    ``stated`` are further figures that a person adds, such as ``phase_a_absorbs_lithium=True``.
    """
    figures = measured_figures(findings)
    methods = {name: content.method for name, content in _named(findings).items() if name in figures and content.method}
    methods = {name: method for name, method in methods.items() if name not in stated}
    return {
        "format": 1,
        "kind": "measured",
        "title": title,
        "specifications": ["two-phase-particle"],
        "measured": figures | stated,
        "methods": methods,
    }


def _named(findings: Findings) -> dict[str, Content]:
    named = {
        f"{part}_{_NON_METALS[symbol]}": getattr(findings, part)[symbol]
        for part, symbols in _PARTS.items()
        for symbol in symbols
        if symbol in getattr(findings, part)
    }
    shares = {name: getattr(findings, name) for name in ("phase_b_mass_fraction", "phase_b_boundary_share")}
    return named | {name: share for name, share in shares.items() if share is not None}


def _text(content: Content, unit: str) -> str | None:
    """``content`` [wt% or %] as a measured file states it; a value below 0 by noise is 0, its interval kept whole."""
    if content.value is None:
        return None
    value, spread = content.value, content.uncertainty
    inside = min(max(value, 0.0), 1.0)
    spread = max(spread, abs(value - inside))
    if inside - spread <= 0.0 and inside + spread >= 1.0:
        return None
    if spread <= 1e-12:
        return f"{100 * inside:.8g} {unit}"
    digits = min(max(2 - math.floor(math.log10(100 * spread)), 0), 12)
    return f"{100 * inside:.{digits}f} +- {100 * spread:.{digits}f} {unit}"
