"""What a command answers: the same content as text for a person and as data for a program, and an exit status."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Reply", "Screen", "plain"]

_MARKS = {"outside": "31", "undecidable": "33", "unknown": "33", "inside": "32", "passed": "32", "failed": "31"}


@dataclass(frozen=True, slots=True)
class Screen:
    """Where text goes: ``width`` in letters, whether it shows colour, whether only the result is wanted; no units."""

    width: int = 80
    colour: bool = False
    quiet: bool = False

    def mark(self, text: str) -> str:
        """``text`` in the colour of the result it names (the word itself says it, too); no units."""
        code = _MARKS.get(text.strip())
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour and code else text

    def strong(self, text: str) -> str:
        """``text`` in bold where there is colour; no units."""
        return f"\x1b[1m{text}\x1b[0m" if self.colour else text


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: ``text`` for a screen, ``data`` for ``--json`` (SI numbers), exit ``status`` (dimensionless).

    Only the one that is wanted is made.
    """

    text: Callable[[Screen], str]
    data: Callable[[], Any]
    status: int = 0


def plain(value: Any) -> Any:
    """``value`` in dicts, lists, texts and numbers that JSON has, unit unchanged; what is not finite becomes None."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, Set):
        return sorted((plain(entry) for entry in value), key=str)
    if isinstance(value, list | tuple):
        return [plain(entry) for entry in value]
    if isinstance(value, Path):
        return str(value)
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if hasattr(value, "model_fields_set"):
        return {name: plain(getattr(value, name)) for name in type(value).model_fields}
    if dataclasses.is_dataclass(value):
        return {entry.name: plain(getattr(value, entry.name)) for entry in dataclasses.fields(value)}
    return str(value)
