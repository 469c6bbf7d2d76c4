"""``alloycell schema``: every field of a design or particle file with unit and limits."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from alloycell.app.options import Debug, Json, Quiet
from alloycell.app.reply import Reply
from alloycell.errors import DesignError, Fault, suggestion

if TYPE_CHECKING:
    from alloycell.declaration import Declared

__all__ = ["schema"]


def schema(
    kind: Annotated[str, typer.Argument(metavar="[design|particle]", help="Which kind of file.")] = "design",
    as_json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> Reply:
    """Print the JSON Schema of a kind of file.

    Every field with its meaning, unit and limits.
    """
    from alloycell.alloy import ParticleFile
    from alloycell.cell.design import Design

    kinds: dict[str, type[Declared]] = {"design": Design, "particle": ParticleFile}
    if kind not in kinds:
        raise DesignError(
            Fault("the kind of file", f'is "{kind}"', "design or particle", suggestion(kind, tuple(kinds)))
        )
    told: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **kinds[kind].model_json_schema(),
        "title": f"alloycell {kind} file, format 1",
    }
    return Reply(lambda screen: json.dumps(told, indent=2), lambda: told)
