"""A thousand broken copies of the shipped designs: every one gets an answer or a refusal in sentences, never a crash.

The mutants are the same in every run. A run that does not come back is stopped by a guard and fails; nothing else here
depends on how fast the machine is.
"""

from __future__ import annotations

import random
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from alloycell.app.main import run

TEMPLATES = sorted((Path(__file__).parents[2] / "src" / "alloycell" / "app" / "templates").glob("*.toml"))
BATCHES, SIZE = 20, 50
PATIENCE = 20
"""Seconds after which a run is taken to hang; the slowest takes a tenth of it."""

VALUE = re.compile(r"= *(.+?) *(?:#.*)?$", re.MULTILINE)
UNITS = (
    "um",
    "mm",
    "nm",
    "m",
    "g",
    "kg",
    "%",
    "wt%",
    "at%",
    "V",
    "mV",
    "mAh/cm2",
    "g/cm3",
    "parsec",
    "um um",
    "°C",
    "",
)
WRONG = (
    "true", "false", "[]", "{}", '""', "1979-05-27", "07:32:00", "nan", "-nan", "inf", "-inf", "[1, 2, 3]",
    "{ a = 1 }", "'''\n'''", '"rest"', '"nan"', '"inf um"', '"1e400 um"', '"-0"', '"+- 1"', '"1 +- -1 um"',
    '"1 +- 1e308 um"', '"0 +- 0 %"', '"1 +- 200 %"', '"silicon"', '"carbon"', '"../../etc/passwd"',
    '"nul\\u0000"', '"\\u001b[2J"', '"٣ um"', '"1_0 um"', '"0x10"', "0x10", "1_000", "[[[[1]]]]",
    '["layered-negative"]', '"pouch"', '"coin"', '"cylinder"', "0", "-1", "1e-300", '"1e-300 um"', '"5e-324 m"',
)  # fmt: skip
HUGE = (
    "1e308",
    "-1e308",
    "1e400",
    "9" * 30,
    "9" * 5000,
    '"' + "9" * 400 + ' um"',
    '"1e99999 um"',
    '"1e-99999 um"',
    "1e-320",
)
KEYS = (
    "recipe",
    "thickness",
    "loading",
    "porosity",
    "density",
    "active",
    "rest",
    "type",
    "format",
    "sides",
    "measured",
    "x",
    "__class__",
)
COMMANDS = (
    ["explain", "equilibrium_lithium_fraction"], ["explain", "cell_mass"], ["explain", "room_charged"], ["cite"],
    ["explain", "areal_energy"], ["explain", "capacity_ratio"],
)  # fmt: skip
LONGER = (
    ["check", "-s", "layered-negative"],
    ["dose"],
    ["window"],
    ["check", "-s", "silicon-tin-layer", "--json"],
    ["check"],
)

Mutation = Callable[[random.Random, str], str]


def flipped_bytes(dice: random.Random, text: str) -> str:
    """Some letters replaced by any byte."""
    letters = list(text)
    for _ in range(dice.choice((1, 1, 2, 8))):
        letters[dice.randrange(len(letters))] = chr(dice.randrange(256))
    return "".join(letters)


def deleted_span(dice: random.Random, text: str) -> str:
    """A span left out."""
    start = dice.randrange(len(text))
    return text[:start] + text[start + dice.choice((1, 5, 40, 400)) :]


def truncated(dice: random.Random, text: str) -> str:
    """The end left out."""
    return text[: dice.randrange(len(text))]


def doubled_line(dice: random.Random, text: str) -> str:
    """A line, or a block of lines, twice."""
    lines = text.splitlines(keepends=True)
    start = dice.randrange(len(lines))
    block = lines[start : start + dice.choice((1, 1, 8))]
    return "".join(lines[:start] + block * dice.choice((2, 2, 300)) + lines[start:])


def swapped_lines(dice: random.Random, text: str) -> str:
    """Two lines change places."""
    lines = text.splitlines(keepends=True)
    one, other = dice.randrange(len(lines)), dice.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return "".join(lines)


def deleted_line(dice: random.Random, text: str) -> str:
    """A line left out."""
    lines = text.splitlines(keepends=True)
    del lines[dice.randrange(len(lines))]
    return "".join(lines)


def swapped_values(dice: random.Random, text: str) -> str:
    """Two values change places."""
    one, other = sorted(dice.sample(list(VALUE.finditer(text)), 2), key=lambda found: found.start())
    return text[: one.start(1)] + other[1] + text[one.end(1) : other.start(1)] + one[1] + text[other.end(1) :]


def replaced_value(dice: random.Random, text: str, choices: tuple[str, ...]) -> str:
    """A value replaced by one of ``choices``."""
    found = dice.choice(list(VALUE.finditer(text)))
    return text[: found.start(1)] + dice.choice(choices) + text[found.end(1) :]


def wrong_type(dice: random.Random, text: str) -> str:
    """A value of another type."""
    return replaced_value(dice, text, WRONG)


def huge_number(dice: random.Random, text: str) -> str:
    """A value that no computer number, or no thing, has."""
    return replaced_value(dice, text, HUGE)


def other_number(dice: random.Random, text: str) -> str:
    """A number multiplied by a power of ten, or negated."""
    found = dice.choice(list(re.finditer(r"\d+(?:\.\d+)?", text)))
    factor = dice.choice((-1.0, 0.0, 1e-6, 1e-3, 0.1, 0.5, 2.0, 10.0, 1e3, 1e6))
    return text[: found.start()] + repr(float(found[0]) * factor) + text[found.end() :]


def nudged_numbers(dice: random.Random, text: str) -> str:
    """Every fifth number or so moved a little, so that most of these are cells that can be made."""

    def nudged(found: re.Match[str]) -> str:
        factor = dice.choice((0.5, 0.8, 0.95, 1.05, 1.2, 2.0))
        return f"{float(found[0]) * factor:.6g}" if dice.random() < 0.2 else found[0]

    return re.sub(r"(?<=[\" ])\d+(?:\.\d+)?(?= [a-zA-Z%])", nudged, text)


def other_unit(dice: random.Random, text: str) -> str:
    """A number with another unit."""
    found = dice.choice(list(re.finditer(r'(?<=\d) [a-zA-Z%/]+\d?(?=")', text)))
    return f"{text[: found.start()]} {dice.choice(UNITS)}{text[found.end() :]}"


def other_key(dice: random.Random, text: str) -> str:
    """A key renamed."""
    found = dice.choice(list(re.finditer(r"[A-Za-z_][\w-]*(?= *=)", text)))
    return (
        text[: found.start()]
        + dice.choice((*KEYS, found[0].upper(), found[0][::-1], "a." * 50 + "a"))
        + text[found.end() :]
    )


def deep_nesting(dice: random.Random, text: str) -> str:
    """A value, or a table, hundreds of levels deep."""
    depth = dice.choice((30, 100, 3000, 100_000))
    if dice.random() < 0.5:
        return replaced_value(dice, text, ("[" * depth + "]" * depth, "{ a = " * depth + "1" + " }" * depth))
    return f"{text}\n[{'.'.join(['a'] * depth)}]\nb = 1\n"


def control_characters(dice: random.Random, text: str) -> str:
    """Letters that steer a terminal or end a text."""
    place = dice.randrange(len(text))
    return (
        text[:place]
        + dice.choice(("\x00", "\x1b[2J", "\x07", "\r", "\u2028", "\u202e", "\ufeff", "\x7f", "\udcff"))
        + text[place:]
    )


def other_material(dice: random.Random, text: str) -> str:
    """A material in the place of another."""
    names = (
        "silicon",
        "tin",
        "graphite",
        "LiMn2O4",
        "copper-foil",
        "PVDF",
        "EC-EMC-Nyman",
        "indium",
        "lithium",
        "LFP",
        "hard-carbon",
    )
    found = dice.choice(list(re.finditer("|".join(names), text)) or list(re.finditer("Si|Ti", text)))
    return text[: found.start()] + dice.choice(names) + text[found.end() :]


MUTATIONS: tuple[Mutation, ...] = (
    flipped_bytes, deleted_span, truncated, doubled_line, swapped_lines, deleted_line, swapped_values, wrong_type,
    wrong_type, huge_number, other_number, other_number, other_number, other_unit, other_key, deep_nesting,
    control_characters, other_material, nudged_numbers, nudged_numbers, nudged_numbers,
)  # fmt: skip


def mutant(number: int) -> tuple[bytes, str]:
    """The ``number``-th mutant and what was done to it."""
    dice = random.Random(7919 * number + 1)
    text = TEMPLATES[number % len(TEMPLATES)].read_text(encoding="utf-8")
    done = []
    for _ in range(dice.choice((1, 1, 1, 2, 3))):
        mutation = dice.choice(MUTATIONS)
        try:
            text = mutation(dice, text)
        except (IndexError, ValueError):
            continue
        done.append(mutation.__name__)
    return text.encode("utf-8", errors="surrogateescape"), ", ".join(done)


class Hang(BaseException):
    """A run did not come back; the door does not catch this."""


@contextmanager
def guard(what: str) -> Iterator[None]:
    """Stops what hangs."""

    def stop(*_: object) -> None:
        raise Hang(what)

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(PATIENCE)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("batch", range(BATCHES))
def test_no_mutant_gives_a_traceback_or_a_hang(batch, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "mutant.toml"
    faults = []
    for number in range(batch * SIZE, (batch + 1) * SIZE):
        content, done = mutant(number)
        path.write_bytes(content)
        command = LONGER[number // 10 % len(LONGER)] if number % 10 == 0 else COMMANDS[number % len(COMMANDS)]
        with guard(f"mutant {number} ({done})"):
            status = run(
                [*command[:2], path.name, *command[2:]]
                if command[0] == "explain"
                else [command[0], path.name, *command[1:]]
            )
        told = capsys.readouterr()
        sentences = [line for line in (told.err or told.out).splitlines() if line.strip()]
        if status not in (0, 1, 2, 3) or "Traceback" in told.err or not sentences or "\x1b" in told.err + told.out:
            faults.append(f"mutant {number} ({done}), {' '.join(command)}: {status} {told.err[:300]}")
    assert not faults, "\n".join(["", *faults])
