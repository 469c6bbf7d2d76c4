"""The README is run: its Python prints what it says it prints, its commands answer what it shows."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from textwrap import indent

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)


def _printed(code: str) -> str:
    """What ``code`` prints in a process of its own that stands in the repository."""
    answer = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def test_python_of_the_readme_prints_what_it_shows() -> None:
    pairs = [(code, BLOCKS[i + 1][1]) for i, (kind, code) in enumerate(BLOCKS) if kind == "python"]
    (example, shown), (wrong, refused) = pairs
    assert _printed(example).split() == shown.split()
    caught = (
        f"import alloycell\ntry:\n{indent(wrong, '    ')}\nexcept alloycell.DesignError as problem:\n    print(problem)"
    )
    assert _printed(example + caught).split() == [*shown.split(), *refused.split()]


def test_first_python_example_has_at_most_twelve_lines() -> None:
    code = next(text for kind, text in BLOCKS if kind == "python")
    assert len([line for line in code.splitlines() if line.strip()]) <= 12


def _commands() -> list[tuple[str, str]]:
    found = []
    for kind, text in BLOCKS:
        if kind == "console":
            parts = re.split(r"^\$ (.*)$", text, flags=re.MULTILINE)[1:]
            found += [(parts[i], parts[i + 1]) for i in range(0, len(parts), 2)]
    return [(line, shown) for line, shown in found if shown.strip()]


@pytest.mark.parametrize(("line", "shown"), _commands())
def test_commands_of_the_readme_answer_what_it_shows(line: str, shown: str) -> None:
    words = re.findall(r'"[^"]*"|\S+', line)
    door = Path(sys.executable).with_name("alloycell")
    asked = [str(door), *(word.strip('"') for word in words[1:])]
    answer = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False, env={"COLUMNS": "100"})
    assert answer.stdout.split() == shown.split(), answer.stderr


def test_every_command_the_readme_names_exists() -> None:
    named = set(
        re.findall(r"`(?:alloycell )?(new|study|check|dose|window|explain|materials|schema|cite|doctor)\b", README)
    )
    files = {path.stem for path in (ROOT / "src" / "alloycell" / "app" / "commands").glob("*.py")}
    assert named <= files
    assert len(named) >= 8
