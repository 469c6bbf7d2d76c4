"""C-rates as a person writes them: ``C/3`` and ``1C`` pass the capacity of the cell in 3 h and in 1 h."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from alloycell.errors import shown

__all__ = ["RATES", "Rate", "rate_of"]

RATES = ("C/10", "1C")
"""Rates at which a cell is simulated where its design names none; multiples of the current that empties it in 1 h."""

_NUMBER = r"(?:\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)"
_PER_HOUR = re.compile(rf"\s*C\s*/\s*({_NUMBER})\s*")
_TIMES = re.compile(rf"\s*({_NUMBER})?\s*C\s*")
_SLOWEST, _FASTEST = 1e-4, 1e3


def rate_of(text: str) -> tuple[float, str] | None:
    """The rate that ``text`` is, as a multiple of 1C (dimensionless) and in one spelling; None where it is none."""
    if found := _PER_HOUR.fullmatch(text):
        hours = float(found[1])
        return (1.0 / hours, f"C/{found[1]}") if hours > 0 else None
    if found := _TIMES.fullmatch(text):
        return float(found[1] or 1), f"{found[1] or 1}C"
    return None


def _read(given: Any) -> Any:
    """``given`` in one spelling; no units. Anything but a text is left to pydantic."""
    if not isinstance(given, str):
        return given
    found = rate_of(given) if len(given) <= 40 else None
    if found is None or not _SLOWEST <= found[0] <= _FASTEST:
        needed = "a rate from C/10000 to 1000C is needed"
        told = {"where": "", "found": f"is {shown(given)}", "needed": needed, "remedy": 'Write "C/10" or "1C"'}
        raise PydanticCustomError("fault", "{found}; {needed}", told)
    return found[1]


Rate = Annotated[
    str,
    BeforeValidator(_read),
    Field(json_schema_extra={"pattern": rf"^\s*({_NUMBER}?\s*C|C\s*/\s*{_NUMBER})\s*$", "examples": ["C/10", "1C"]}),
]
"""A field that holds a rate, in one spelling; no units."""
