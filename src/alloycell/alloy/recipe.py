"""Recipes: shares that add up to 1, one of which may be "the rest"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from alloycell.declaration import beneath
from alloycell.errors import Fault
from alloycell.quantities import Number

__all__ = ["parted", "recipe_faults", "recipe_schema", "shares_of"]

_CLOSE = 1e-9
"""How far a recipe may be from 1, dimensionless: room for rounding of decimal shares, not for a forgotten part."""


def parted(given: Any, key: str) -> Any:
    """``given`` with the first entry ``"rest"`` of its table ``key`` moved to the field ``rest``; no units.

    A second one stays where it is and is refused there, as text that is no share.
    """
    if not isinstance(given, dict) or not isinstance(given.get(key), dict) or given.get("rest"):
        return given
    names = [name for name, share in given[key].items() if isinstance(share, str) and share.strip() == "rest"]
    if not names:
        return given
    return {
        **given,
        key: {name: share for name, share in given[key].items() if name != names[0]},
        "rest": names[0],
    }


def shares_of(recipe: Mapping[str, Number], rest: str | None) -> dict[str, Number]:
    """Every share of ``recipe`` with the rest filled in, dimensionless, in the order of the file."""
    shares = dict(recipe)
    if rest is not None:
        shares[rest] = 1.0 - sum(recipe.values(), 0.0)
    return shares


def recipe_faults(recipe: Mapping[str, Number], rest: str | None, where: str) -> list[Fault]:
    """What is wrong with a recipe at path ``where``: shares (dimensionless) must be above 0 and add up to 1."""
    faults = [
        Fault(beneath(where, name), "is 0", "a share must be above 0", "Leave the component out")
        for name, share in recipe.items()
        if np.any(np.asarray(share) <= 0)
    ]
    if not recipe and rest is None:
        return [Fault(where, "is empty", "at least one component is needed", f'Write {where}.NAME = "90 %"')]
    total = np.asarray(sum(recipe.values(), 0.0))
    if rest is not None:
        if rest in recipe:
            needed = "a component has a share or is the rest"
            faults.append(Fault(beneath(where, rest), "is given twice", needed, "Give one of them"))
        if np.any(total >= 1.0):
            found = f"adds up to {100 * float(np.max(total)):.6g} % without {rest}"
            faults.append(Fault(where, found, f"nothing is left for {rest}", "Lower the other shares"))
    elif np.any(np.abs(total - 1.0) > _CLOSE):
        worst = float(total.flat[int(np.argmax(np.abs(total - 1.0)))])
        faults.append(
            Fault(
                where,
                f"adds up to {100 * worst:.6g} %",
                "shares must add up to 100 %",
                'Write one of them as "rest"',
            )
        )
    return faults


def recipe_schema(schema: dict[str, Any]) -> None:
    """Let the JSON schema of a recipe accept the word "rest" beside a share; no units."""
    inner = schema.get("additionalProperties")
    if isinstance(inner, dict):
        schema["additionalProperties"] = {"anyOf": [*inner.pop("anyOf"), {"const": "rest"}], **inner}
