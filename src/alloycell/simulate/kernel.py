"""The compiled solver: one extension module for each kind of processor, chosen when it is first asked for.

All variants hold the same source, built for different vector registers; numbers differ between them by rounding only.
"""

from __future__ import annotations

import hashlib
import importlib
import platform
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

from alloycell.errors import Fault, RunError, suggestion

__all__ = ["VARIANTS", "available", "digest_of", "fitting", "load_kernel"]

VARIANTS = ("v4", "v3", "v2")
"""Names of the variants, widest registers first; no units."""

_NEEDED = {"v4": {"avx512f", "avx512bw", "avx512dq", "avx512vl"}, "v3": {"avx2", "fma", "bmi2"}, "v2": set[str]()}
_FEATURES = {"AVX512_SKX": _NEEDED["v4"], "X86_V4": _NEEDED["v4"] | _NEEDED["v3"], "X86_V3": _NEEDED["v3"]}
_SOURCES = Path(__file__).parents[3] / "kernel"
_BUILD = "make (in a checkout), or pip install --no-build-isolation --editable ."


def _processor() -> set[str]:
    """Names of the vector instructions this processor has, as Linux spells them."""
    try:
        told = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        told = ""
    for line in told.splitlines():
        if line.startswith("flags"):
            return set(line.partition(":")[2].split())
    features = getattr(importlib.import_module("numpy._core._multiarray_umath"), "__cpu_features__", {})
    found = {name.lower().replace("fma3", "fma") for name, there in features.items() if there}
    for name, flags in _FEATURES.items():
        found |= flags if features.get(name) else set()
    return found | ({"bmi2"} if "avx2" in found else set())


@cache
def fitting() -> tuple[str, ...]:
    """The variants this processor can run, best first; no units."""
    if platform.machine().lower() not in ("x86_64", "amd64"):
        return ("v2",)
    flags = _processor()
    return tuple(name for name in VARIANTS if flags >= _NEEDED[name])


def available() -> tuple[str, ...]:
    """The variants that are built and run here, best first; no units."""
    return tuple(name for name in fitting() if find_spec(f"alloycell.simulate._kernel_{name}") is not None)


def digest_of(folder: Path) -> str:
    """SHA-256 over names and contents of the C++ files in ``folder``, as CMakeLists.txt takes it; no units."""
    files = sorted([*folder.glob("*.hpp"), *folder.glob("*.cpp")], key=lambda path: path.name)
    lines = [f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}\n" for path in files]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


@cache
def load_kernel(variant: str | None = None) -> ModuleType:
    """The extension module for this processor, or the ``variant`` asked for; no units.

    Raises RunError with the line that builds it where it is missing, does not fit this processor, or was built from
    other sources than those of the checkout it lies in.
    """
    if variant is not None and variant not in VARIANTS:
        raise RunError(Fault(f'the kernel "{variant}"', "does not exist", "a variant is needed",
                             suggestion(variant, VARIANTS)))  # fmt: skip
    if variant is not None and variant not in fitting():
        raise RunError(Fault(f'the kernel "{variant}"', "is not for this processor", _listed(fitting())))
    built = available()
    chosen = variant or (built[0] if built else fitting()[0])
    where, remedy = f"the compiled solver (kernel {chosen})", f"Build it with: {_BUILD}"
    try:
        kernel = importlib.import_module(f"alloycell.simulate._kernel_{chosen}")
    except ImportError as problem:
        found = "is not built" if chosen not in built else f"cannot be loaded ({problem})"
        raise RunError(Fault(where, found, "simulations need it", remedy)) from None
    if _SOURCES.is_dir() and kernel.sources != digest_of(_SOURCES):
        raise RunError(Fault(where, "was built from other sources", f"those in {_SOURCES} are needed", remedy))
    return kernel


def _listed(names: Sequence[str]) -> str:
    return f"it runs {' and '.join(names)}"
