"""Benchmarks: what ``make bench`` measures and prints."""

from __future__ import annotations

__all__: list[str] = []
