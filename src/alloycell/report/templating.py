"""The templates of the pages, and the names of their files."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import Any

__all__ = ["environment", "file_name"]


def file_name(name: str, otherwise: str = "cell") -> str:
    """Name of the report of a design called ``name``: small letters, digits and hyphens; no units."""
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_name.lower()).strip("-")[:80].strip("-")
    return f"{slug or otherwise}.html"


def environment() -> Any:
    """The templates of this room; everything put into them is escaped; no units."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
