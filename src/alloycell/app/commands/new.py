"""``alloycell new``: a design file to begin with."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any

import typer

from alloycell.app.options import Debug, Json, Quiet
from alloycell.app.reply import Reply
from alloycell.errors import DesignError, Fault, FormatError, suggestion
from alloycell.files import read_toml, write_bytes, write_text

__all__ = ["new", "template_names", "template_path"]

_FOLDER = Path(__file__).parents[1] / "templates"
_NEXT = MappingProxyType({"measured": "check", "particle": "particle"})


def template_names() -> tuple[str, ...]:
    """The names of the templates, sorted; no units."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


def template_path(name: str) -> Path:
    """The file of the template ``name`` (no units); raises DesignError with the nearest name."""
    if name not in template_names():
        raise DesignError(
            Fault("--template", f'is "{name}"', "a template is needed", suggestion(name, template_names()))
        )
    return _FOLDER / f"{name}.toml"


def new(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", help="File to write; TEMPLATE.toml if left out.", show_default=False),
    ] = None,
    template: Annotated[
        str | None,
        typer.Option(
            "--template",
            "-t",
            metavar="TEMPLATE",
            help="two-phase-particle, layered-silicon, silicon-tin-layer, element-map, titanium-silicon or lg-m50.",
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite FILE where it exists.")] = False,
    as_json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> Reply:
    """Write a design file to begin with.

    Each template asks a real question and answers it in a comment. A template that starts from an element map brings
    the map, too.
    """
    if template is None:
        raise DesignError(
            Fault("--template", "is missing", "a template is needed", f"Known: {', '.join(template_names())}")
        )
    text = template_path(template).read_text(encoding="utf-8")
    path = Path(f"{template}.toml") if file is None else file
    if path.is_dir():
        path = path / f"{template}.toml"
    tables = read_toml(template_path(template))
    beside = {path.parent / str(tables["map"]): _FOLDER / str(tables["map"])} if "map" in tables else {}
    taken = [target for target in (path, *beside) if target.exists()]
    if taken and not force:
        raise FormatError(
            Fault(str(taken[0]), "exists already", "it is not overwritten", "Name another file, or give --force")
        )
    for target, source in beside.items():
        write_bytes(target, source.read_bytes())
    write_text(path, text)
    step = f"alloycell {_NEXT.get(str(tables.get('kind')), 'study')} {path}"
    told: dict[str, Any] = {"file": str(path), "template": template, "next": step}
    told |= {"beside": [str(target) for target in beside]} if beside else {}
    wrote = " and ".join(str(target) for target in (path, *beside))
    return Reply(lambda screen: "" if screen.quiet else f"Wrote {wrote}. Next: {step}", lambda: told)
