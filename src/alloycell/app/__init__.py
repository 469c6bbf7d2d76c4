"""The command line: reads arguments, asks the rooms, prints what they answer; nothing is computed here."""

from __future__ import annotations

__all__: list[str] = []
