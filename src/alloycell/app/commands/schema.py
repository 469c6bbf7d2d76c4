"""``alloycell schema``: every field of a design file with unit and limits."""

from __future__ import annotations

import json
from typing import Any

from alloycell.app.options import Debug, Json, Quiet
from alloycell.app.reply import Reply

__all__ = ["schema"]


def schema(as_json: Json = False, quiet: Quiet = False, debug: Debug = False) -> Reply:
    """Print the JSON Schema of design files.

    Every field with its meaning, unit and limits.
    """
    from alloycell.cell.design import Design

    told: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Design.model_json_schema(),
        "title": "alloycell design file, format 1",
    }
    return Reply(lambda screen: json.dumps(told, indent=2), lambda: told)
