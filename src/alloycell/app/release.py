"""Which alloycell this is, and which packages it stands on."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

__all__ = ["PACKAGES", "installed", "release"]

PACKAGES = ("numpy", "scipy", "pydantic", "pint", "typer", "rich", "jinja2", "matplotlib", "tomli-w")
"""The packages that alloycell needs, by their name in the package index."""


def installed(name: str) -> str | None:
    """The installed version of the package ``name``, None where it is not there; no units."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def release() -> str:
    """The version of alloycell; no units."""
    return installed("alloycell") or "not installed"
