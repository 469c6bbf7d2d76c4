"""Every error alloycell raises, and how a fault is told to a person.

::

    AlloycellError            E000  anything alloycell can name
    |-- DesignError           E100  a design, or a change of it, cannot be a cell
    |-- MaterialError         E200  a material record is missing, incomplete or contradicts itself
    |-- FormatError           E300  a file cannot be read: path, line, column
    |-- RangeError            E400  a question was asked outside the range where it has an answer
    |-- ProtocolError         E500  a step of a test protocol cannot be understood
    |-- StoreError            E600  a result or report cannot be written
    `-- RunError              E700  a run did not finish

Lower rooms raise these; only the command line catches them. Each class has a stable ``code``;
``alloycell explain E100`` prints the page about it, which is the docstring of the class.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time

__all__ = [
    "AlloycellError",
    "DesignError",
    "Fault",
    "FormatError",
    "MaterialError",
    "ProtocolError",
    "RangeError",
    "RunError",
    "StoreError",
    "listed",
    "shown",
    "suggestion",
]

_LONGEST = 60
"""Most letters of something a person wrote that a message repeats, dimensionless."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: where it stands, what was found, what is needed, what to do.

    ``where`` is a dotted path (``negative.layers[1].porosity``) or a place in a file; the other three are
    parts of sentences without a final full stop. ``remedy`` may be empty when ``needed`` says it all.
    """

    where: str
    found: str
    needed: str
    remedy: str = ""

    def __str__(self) -> str:
        sentence = f"{self.where} {self.found}; {self.needed}."
        return f"{sentence} {_stopped(self.remedy)}" if self.remedy else sentence


def _stopped(sentence: str) -> str:
    return sentence if sentence.endswith(("?", ".")) else f"{sentence}."


class AlloycellError(Exception):
    """Something alloycell can name went wrong.

    What to do: read the sentence; it says where, what was found, what is needed and what to change.
    All faults of one input are listed together, so one round of corrections is enough.
    """

    code = "E000"

    def __init__(self, faults: Fault | str | Iterable[Fault]) -> None:
        if isinstance(faults, str):
            self.faults: tuple[Fault, ...] = ()
            super().__init__(faults)
            return
        self.faults = (faults,) if isinstance(faults, Fault) else tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class DesignError(AlloycellError):
    """A design, or a change of it, does not describe a cell that can exist.

    Causes: an unknown key, a missing or doubly given input, a value outside its limits, a recipe that does
    not add up to 1, a unit of the wrong kind, parts that do not fit together.
    What to do: go through the list; each line names the field, what it holds and what it may hold.
    ``alloycell schema`` prints every field with its unit and limits.
    """

    code = "E100"


class MaterialError(AlloycellError):
    """A material record is missing, incomplete or contradicts itself.

    Causes: a name no record has, a value without unit, source or level, a curve that is too short or leaves
    its range, a volume path that does not start at the bare host.
    What to do: ``alloycell materials`` lists the names; a record of your own goes into a folder that the
    design names with ``materials = "FOLDER"``.
    """

    code = "E200"


class FormatError(AlloycellError):
    """A file cannot be read.

    Causes: it is not there, is not text, or is not TOML or CSV at the line and column named.
    What to do: open the file at that place. A design file starts with ``format = 1``.
    """

    code = "E300"


class RangeError(AlloycellError):
    """A question was asked outside the range where it has an answer.

    Causes: a lithium content above what an element can hold, a voltage beyond the end of a curve, a figure
    that this design does not have.
    What to do: the sentence gives the range; ask inside it. Curves are never extrapolated.
    """

    code = "E400"


class ProtocolError(AlloycellError):
    """A step of a test protocol cannot be understood.

    What to do: write steps as ``Charge at C/3 until 4.2 V``, one a line.
    """

    code = "E500"


class StoreError(AlloycellError):
    """A result or report cannot be written.

    Causes: the folder does not exist, is read-only or full. What was there before is left as it was.
    What to do: name another folder with ``--out``.
    """

    code = "E600"


class RunError(AlloycellError):
    """A run did not finish.

    What to do: the outcome names the place and the remedy; nothing partial is shown as a result.
    """

    code = "E700"


def listed(words: Sequence[str]) -> str:
    """``words`` (one at least) as a sentence lists them: "a, b and c"; no units."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def shown(value: object) -> str:
    """``value`` as a person wrote it: text in quotes and shortened, a table or list by name; no units."""
    if isinstance(value, str):
        text = value if value.isprintable() else value[:_LONGEST].encode("unicode_escape").decode("ascii")
        return f'"{text}"' if len(text) <= _LONGEST and len(value) <= _LONGEST else f'"{text[: _LONGEST - 3]}..."'
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if abs(value) < 10**_LONGEST else f"a whole number of more than {_LONGEST} digits"
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, date | time):
        return f"the date {value}"
    if value is None:
        return "empty"
    known = {Mapping: "a table", list: "a list", tuple: "a list"}
    return next((told for kind, told in known.items() if isinstance(value, kind)), "nothing a design file can hold")


def suggestion(name: str, known: Sequence[str]) -> str:
    """The known name nearest to ``name`` as a question, or a list of what is known.

    Returns a sentence without full stop, such as ``Did you mean "porosity"?``; dimensionless text, no units.
    """
    near: list[str] = []
    if len(name) <= _LONGEST:
        folded = {entry.lower(): entry for entry in known}
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
        near = near or [folded[e] for e in difflib.get_close_matches(name.lower(), list(folded), n=1, cutoff=0.6)]
    if near:
        return f'Did you mean "{near[0]}"?'
    return "Known: " + ", ".join(sorted(known)) if known else ""
