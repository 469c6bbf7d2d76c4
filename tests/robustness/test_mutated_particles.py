"""Particle files with lines dropped, doubled, swapped and garbled: sentences and an exit status, never a traceback."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from alloycell.app.main import run

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "titanium-silicon.toml"
WORDS = (
    '"rest"', '"1e9 wt%"', "nan", "-1", "[]", "{}", "true", '"TiSi2"', '"O"', "1e400", '"0 wt%"', '"90 wt%"',
    '"5 at%"', '"equilibrium"', '"all in phase A"', '"\\u0000"', "1979-05-27", '"100 %"', '"1 nm"',
)  # fmt: skip


def mutated(text: str, dice: random.Random) -> str:
    """``text`` with one to three of its lines changed."""
    lines = text.splitlines()
    for _ in range(dice.randint(1, 3)):
        place = dice.randrange(len(lines))
        change = dice.randrange(6)
        if change == 0:
            del lines[place]
        elif change == 1:
            lines.insert(place, dice.choice(lines))
        elif change == 2:
            other = dice.randrange(len(lines))
            lines[place], lines[other] = lines[other], lines[place]
        elif change == 3:
            key = lines[place].split("=")[0]
            lines[place] = f"{key} = {dice.choice(WORDS)}"
        elif change == 4:
            cut = dice.randrange(len(lines[place]) + 1)
            lines[place] = lines[place][:cut] + dice.choice('"=[]{}#\\\n\t0é') + lines[place][cut:]
        else:
            lines.insert(
                place, f"{dice.choice(('Sn', 'Zr', 'Cu', 'phases', 'map', 'roles', 'F'))} = {dice.choice(WORDS)}"
            )
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("block", range(8))
def test_a_mutated_particle_file_never_ends_in_a_crash(block, tmp_path, capsys):
    dice, text, path = random.Random(block), EXAMPLE.read_text(encoding="utf-8"), tmp_path / "particle.toml"
    for _ in range(25):
        changed = mutated(text, dice)
        path.write_text(changed, encoding="utf-8")
        status = run(["particle", str(path), "--quiet"])
        told = capsys.readouterr()
        assert status in (0, 1, 2, 3), (told.err, changed)
        assert "Traceback" not in told.err
        assert (status == 2) == bool(told.err), changed
