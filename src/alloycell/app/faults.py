"""Faults that belong to the command line itself, and the page that ``explain CODE`` prints about each fault."""

from __future__ import annotations

import inspect
from typing import Any

from alloycell.errors import (
    AlloycellError,
    DesignError,
    FormatError,
    MaterialError,
    ProtocolError,
    RangeError,
    RunError,
    StoreError,
)

__all__ = ["CommandError", "InternalError", "error_page", "error_pages", "exit_status", "told"]


class CommandError(AlloycellError):
    """The command line cannot be understood.

    Causes: a command or option that does not exist, an argument too few or too many.
    What to do: ``alloycell --help`` lists the commands, ``alloycell COMMAND --help`` what each one takes.
    """

    code = "E800"


class InternalError(AlloycellError):
    """alloycell itself made a mistake.

    Nothing is wrong with what you did; nothing was written that should not have been.
    What to do: report it with the command and the design file. ``--debug`` shows where it happened.
    """

    code = "E900"


def error_pages() -> dict[str, type[AlloycellError]]:
    """Every error class by its code, in order; no units."""
    rooms = (AlloycellError, DesignError, MaterialError, FormatError, RangeError, ProtocolError, StoreError, RunError)
    return {kind.code: kind for kind in (*rooms, CommandError, InternalError)}


def error_page(code: str) -> tuple[str, str] | None:
    """Name and page (its docstring) of the error with ``code``, in any case of letters; None for an unknown one."""
    kind = error_pages().get(code.upper())
    return None if kind is None else (kind.__name__, inspect.cleandoc(kind.__doc__ or ""))


def exit_status(problem: AlloycellError) -> int:
    """Exit status (dimensionless): 2 for bad input, 4 for a run that did not finish, 70 for a fault of alloycell."""
    if isinstance(problem, InternalError):
        return 70
    return 4 if isinstance(problem, RunError) else 2


def told(problem: AlloycellError) -> dict[str, Any]:
    """``problem`` as JSON-ready dicts: code, exit status (dimensionless), message and every fault."""
    faults = [
        {
            "where": fault.where,
            "found": fault.found,
            "needed": fault.needed,
            "remedy": fault.remedy,
            "sentence": str(fault),
        }
        for fault in problem.faults
    ]
    return {
        "error": {
            "code": problem.code,
            "kind": type(problem).__name__,
            "status": exit_status(problem),
            "message": str(problem),
            "faults": faults or [{"sentence": str(problem)}],
        }
    }
