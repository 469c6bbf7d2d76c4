"""Runs the door in this process and keeps what it printed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from alloycell.app.main import run

__all__ = ["Ended", "alloycell", "cell_file", "template_file"]

TEMPLATES = Path(__file__).parents[3] / "src" / "alloycell" / "app" / "templates"


@dataclass(frozen=True)
class Ended:
    """How a command ended: exit status (dimensionless), standard output, standard error."""

    status: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.out, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))


@pytest.fixture
def alloycell(capsys, tmp_path, monkeypatch) -> Callable[..., Ended]:
    """The command ``alloycell`` in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")

    def command(*arguments: object) -> Ended:
        capsys.readouterr()
        status = run([str(argument) for argument in arguments])
        return Ended(status, *capsys.readouterr())

    return command


@pytest.fixture
def template_file() -> Callable[[str], Path]:
    """The file of a template."""
    return lambda name: TEMPLATES / f"{name}.toml"


@pytest.fixture
def cell_file(tmp_path) -> Callable[..., Path]:
    """A copy of the layered design with texts replaced."""

    def write(*changes: tuple[str, str]) -> Path:
        text = (TEMPLATES / "layered-silicon.toml").read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / "cell.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write
