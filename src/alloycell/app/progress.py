"""Progress on standard error, for a person who waits: nothing in the first second, nothing where nobody looks."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Self

__all__ = ["Progress"]

_PATIENCE = 1.0
"""How long nothing is shown [s]."""


class Progress:
    """A line that says which of ``steps`` (a count) is being done, and about how many seconds [s] are left."""

    def __init__(self, steps: int, wanted: bool = True) -> None:
        self._wanted = wanted and sys.stderr.isatty()
        self._steps, self._over = steps, -1
        self._begun = time.monotonic()
        self._shown = False

    def __call__(self, what: str) -> None:
        """Tell that the next step, ``what``, begins; no units."""
        self._over += 1
        passed = time.monotonic() - self._begun
        if not self._wanted or passed < _PATIENCE:
            return
        share = min(self._over / self._steps, 1.0)
        left = f", about {passed * (1 - share) / share:.0f} s left" if 0 < share < 1 else ""
        sys.stderr.write(f"\r\x1b[K{what} ({100 * share:.0f} %{left}); Ctrl-C stops")
        sys.stderr.flush()
        self._shown = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
