"""The 32 claims as pure functions, a module a document; specifications name them ``module.function``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeAlias

from alloycell.check.clause import Criterion
from alloycell.check.rules import layered_negative, silicon_tin_layer, two_phase_particle

__all__ = ["RULES", "Rule"]

Rule: TypeAlias = Callable[..., tuple[Criterion, ...]]

_MODULES: Mapping[str, Any] = MappingProxyType(
    {
        "layered_negative": layered_negative,
        "silicon_tin_layer": silicon_tin_layer,
        "two_phase_particle": two_phase_particle,
    }
)

RULES: Mapping[str, Rule] = MappingProxyType(
    {f"{room}.{name}": getattr(module, name) for room, module in _MODULES.items() for name in module.__all__}
)
"""Every rule by the name a specification uses; parameters are SI figures, results dimensionless criteria."""
