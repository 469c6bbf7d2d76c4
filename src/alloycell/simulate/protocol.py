"""Test protocols as text: one step a line, readable, and the same text again when printed.

::

    Charge at C/3 until 4.2 V
    Hold at 4.2 V until C/20
    Rest for 1 h
    10 x [
      Discharge at 1C until 2.5 V
      Charge at 1C until 4.2 V
    ]
    Discharge at 200 W for 10 s
    Follow drive.csv

Steps may also be parted by ``;``. An end is a voltage, a current (of a hold), a charge, ``50 at% in
negative.layers[1]`` or ``plating``; several are joined by ``or``. A charge or discharge without
a voltage ends at the cell's own cut-off. A file to follow is CSV with a time and a current, power or rate (discharge
positive), or a file of the Battery Data Format (charge positive there).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from alloycell.errors import Fault, ProtocolError, shown, suggestion
from alloycell.simulate.amounts import POSSIBLE, UNITS, Amount, amount
from alloycell.simulate.followed import followed_file

__all__ = ["MOST_STEPS", "Protocol", "Repeat", "Step"]

MOST_STEPS = 200_000
"""Most steps of a protocol with its repeats written out, a count."""

_DIGITS = 18
_ACTIONS = ("Charge", "Discharge", "Hold", "Rest", "Follow")
_AT = {
    "Charge": ("rate", "current", "current per area", "power", "power per area"),
    "Discharge": ("rate", "current", "current per area", "power", "power per area", "resistance"),
    "Hold": ("voltage",),
}
_ENDS = {
    "Charge": ("voltage", "charge", "charge per area"),
    "Discharge": ("voltage", "charge", "charge per area"),
    "Hold": ("rate", "current", "current per area", "charge", "charge per area"),
    "Rest": (),
}
_EXAMPLES = {
    "Charge": "Charge at C/3 until 4.2 V",
    "Discharge": "Discharge at 1C until 2.5 V",
    "Hold": "Hold at 4.2 V until C/20",
    "Rest": "Rest for 1 h",
    "Follow": "Follow drive.csv",
}
_STEP = re.compile(
    r"(?P<action>\S+)(?:\s+at\s+(?P<at>.+?))?(?:\s+for\s+(?P<time>.+?))?(?:\s+until\s+(?P<until>.+))?", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Step:
    """One step: action, what it runs ``at`` and for how long ``time`` [s], and the ends that stop it.

    ``layer_ends`` are (lithium fraction 0 to 1 as text and number, layer); ``plating`` ends it where lithium would
    plate. ``profile`` holds, for Follow, the kind of its values and pairs of duration [s] and value [SI].
    """

    action: str
    at: Amount | None = None
    time: Amount | None = None
    ends: tuple[Amount, ...] = ()
    layer_ends: tuple[tuple[Amount, str], ...] = ()
    plating: bool = False
    file: str = ""
    profile: tuple[str, tuple[tuple[float, float], ...]] | None = None

    def __str__(self) -> str:
        if self.action == "Follow":
            return f"Follow {self.file}"
        told = [self.action]
        told += [f"at {self.at.text}"] if self.at else []
        told += [f"for {self.time.text}"] if self.time else []
        ends = [end.text for end in self.ends] + [f"{end.text} in {layer}" for end, layer in self.layer_ends]
        ends += ["plating"] if self.plating else []
        told += [f"until {' or '.join(ends)}"] if ends else []
        return " ".join(told)


@dataclass(frozen=True, slots=True)
class Repeat:
    """Steps that are repeated ``times`` times (a count)."""

    times: int
    steps: tuple[Step | Repeat, ...]

    def __str__(self) -> str:
        return f"{self.times} x [{'; '.join(str(step) for step in self.steps)}]"


@dataclass(frozen=True, slots=True)
class Protocol:
    """Steps and repeats in order; ``str`` gives text that :meth:`of` reads back to the same protocol."""

    steps: tuple[Step | Repeat, ...]

    @classmethod
    def of(cls, text: str | Protocol, folder: Path | None = None) -> Protocol:
        """The protocol that ``text`` describes; files to follow lie in ``folder``. No units but those in the text.

        Raises ProtocolError with every step that cannot be read, FormatError for a file that cannot.
        """
        if isinstance(text, Protocol):
            return text
        if not isinstance(text, str):
            raise ProtocolError(Fault("the protocol", f"is {shown(text)}", f"a text is needed: {_EXAMPLES['Charge']}"))
        faults: list[Fault] = []
        steps, rest, _ = _block(text, 0, 1, folder or Path(), faults, depth=0)
        if rest < len(text):
            faults.append(Fault("the protocol", 'closes a bracket "]" that is not open', "brackets come in pairs"))
        if not faults and not _count(tuple(steps)):
            faults.append(Fault("the protocol", "has no step", "one is needed", f"For example: {_EXAMPLES['Charge']}"))
        if faults:
            raise ProtocolError(faults)
        protocol = cls(tuple(steps))
        if protocol.count() > MOST_STEPS:
            found = f"has {protocol.count()} steps with its repeats"
            raise ProtocolError(Fault("the protocol", found, f"at most {MOST_STEPS} are run", "Repeat less often"))
        return protocol

    def __str__(self) -> str:
        return "\n".join(str(step) for step in self.steps)

    def count(self) -> int:
        """How many steps are run with repeats written out, a count."""
        return _count(self.steps)

    def written_out(self) -> Iterator[Step]:
        """Every step in the order in which it is run; no units."""
        yield from _written_out(self.steps)


def _count(steps: tuple[Step | Repeat, ...]) -> int:
    return sum(
        step.times * _count(step.steps) if isinstance(step, Repeat) else len(step.profile[1]) if step.profile else 1
        for step in steps
    )


def _written_out(steps: tuple[Step | Repeat, ...]) -> Iterator[Step]:
    for step in steps:
        if isinstance(step, Repeat):
            for _ in range(step.times):
                yield from _written_out(step.steps)
        else:
            yield step


def _block(
    text: str, at: int, number: int, folder: Path, faults: list[Fault], depth: int
) -> tuple[list[Step | Repeat], int, int]:
    """Steps of ``text`` from ``at`` to the bracket that closes them; where that is, and the next step's number."""
    steps: list[Step | Repeat] = []
    while at < len(text):
        found = re.compile(r"\s*(\d+)\s*[x×]\s*\[").match(text, at)
        if found and depth < 20:
            inner, at, number = _block(text, found.end(), number, folder, faults, depth + 1)
            if at >= len(text):
                faults.append(Fault(f'the protocol, "{found[0].strip()}"', "is not closed", 'a "]" is needed'))
            steps.append(Repeat(int(found[1]) if len(found[1]) < _DIGITS else 10**_DIGITS, tuple(inner)))
            at += 1
            continue
        end = re.compile(r"(?:\[\d+\]|[^;\n\[\]])*").match(text, at)
        assert end is not None
        piece = end[0].strip()
        if piece and not piece.startswith("#"):
            step = _step(piece, f"protocol, step {number}", folder, faults)
            steps += [step] if step else []
            number += 1
        at = end.end()
        if at < len(text) and text[at] == "]":
            return steps, at, number
        if at < len(text) and text[at] == "[":
            faults.append(Fault(f"protocol, step {number}", 'has a "[" without a number', "write 10 x [ ... ]"))
        at += 1
    return steps, at, number


def _step(piece: str, where: str, folder: Path, faults: list[Fault]) -> Step | None:
    words = " ".join(piece.split())
    found = _STEP.fullmatch(words)
    action = (found["action"] if found else words.split()[0]).capitalize()
    said = f"says {shown(words)}"
    if action not in _ACTIONS:
        needed = "a step begins with Charge, Discharge, Hold, Rest or Follow"
        faults.append(Fault(where, said, needed, suggestion(action, _ACTIONS)))
        return None
    if action == "Follow":
        file = words.partition(" ")[2]
        return Step("Follow", file=file, profile=followed_file(folder / file, where))
    if (
        found is None
        or (action in _AT and not found["at"])
        or (action == "Rest" and (found["at"] or not found["time"]))
    ):
        faults.append(Fault(where, said, "that is no whole step", f"Write it like this: {_EXAMPLES[action]}"))
        return None
    before = len(faults)
    at = _read(found["at"], _AT.get(action, ()), where, "at", action, faults)
    time = _read(found["time"], ("time",), where, "for", action, faults)
    ends, layer_ends, plating = _ends(found["until"], action, where, faults)
    if action == "Hold" and not found["time"] and not found["until"] and len(faults) == before:
        faults.append(Fault(where, said, "a hold needs an end", f"Write it like this: {_EXAMPLES[action]}, or for 1 h"))
    return Step(action, at, time, ends, layer_ends, plating) if len(faults) == before else None


def _read(
    text: str | None, kinds: tuple[str, ...], where: str, word: str, action: str, faults: list[Fault]
) -> Amount | None:
    if text is None:
        return None
    found = amount(text)
    if found is not None and found.kind in kinds and found.value > 0:
        low, high = POSSIBLE[found.kind]
        if not low <= found.value <= high:
            unit, per = next(((unit, per) for unit, (kind, per) in UNITS.items() if kind == found.kind), ("C", 1.0))
            needed = f"a {found.kind} from {low / per:g} to {high / per:g} {unit} is needed"
            faults.append(Fault(where, f'has {shown(text)} after "{word}" of {action}', needed))
            return None
        return found
    units = [unit for unit, (kind, _) in UNITS.items() if kind in kinds]
    wanted = f"a {', '.join(kinds)} is needed" if kinds else "nothing can stand there"
    remedy = f"Units: {', '.join([*units, *(['C/3, 1C'] if 'rate' in kinds else [])])}" if kinds else ""
    faults.append(Fault(where, f'has {shown(text)} after "{word}" of {action}', wanted, remedy))
    return None


def _ends(
    text: str | None, action: str, where: str, faults: list[Fault]
) -> tuple[tuple[Amount, ...], tuple[tuple[Amount, str], ...], bool]:
    ends: list[Amount] = []
    layers: list[tuple[Amount, str]] = []
    plating = False
    for piece in re.split(r"\s+or\s+", text) if text else []:
        share, _, layer = piece.partition(" in ")
        found = amount(share)
        if piece == "plating":
            plating = True
        elif layer and found is not None and found.kind == "lithium fraction" and 0 < found.value < 1:
            layers.append((found, layer.strip()))
        else:
            end = _read(piece, _ENDS[action], where, "until", action, faults)
            ends += [end] if end else []
    return tuple(ends), tuple(layers), plating
