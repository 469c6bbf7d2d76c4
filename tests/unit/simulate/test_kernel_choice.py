"""Which compiled solver is taken, and what is said where there is none."""

from __future__ import annotations

import pytest

from alloycell.errors import RunError
from alloycell.simulate import Options, kernel, simulate


def test_the_best_variant_that_is_built_is_taken():
    assert kernel.load_kernel().__name__.endswith(f"_kernel_{kernel.available()[0]}")


@pytest.mark.parametrize("variant", kernel.available())
def test_every_variant_gives_the_same_numbers_but_for_rounding(lg_m50, variant):
    one, other = (simulate(lg_m50, "Discharge at 1C", Options(variant=name)) for name in (None, variant))
    assert other.capacity == pytest.approx(one.capacity, rel=1e-9)
    assert other.time.size == one.time.size
    assert other.voltage == pytest.approx(one.voltage, rel=1e-7)


def test_an_unknown_variant_gets_a_suggestion():
    with pytest.raises(RunError, match="v3"):
        kernel.load_kernel("v33")


def test_every_processor_runs_the_plainest_variant():
    assert kernel.fitting()[-1] == "v2"


def test_a_solver_that_is_not_built_is_named_with_the_line_that_builds_it(monkeypatch):
    monkeypatch.setattr(kernel, "available", lambda: ())
    monkeypatch.setattr(kernel.importlib, "import_module", _missing)
    kernel.load_kernel.cache_clear()
    try:
        with pytest.raises(RunError, match="Build it with: make"):
            kernel.load_kernel()
    finally:
        kernel.load_kernel.cache_clear()


def _missing(name: str) -> None:
    raise ImportError(name)


def test_a_solver_built_from_other_sources_is_refused(monkeypatch, tmp_path):
    (tmp_path / "mesh.hpp").write_text("// another mesh\n")
    monkeypatch.setattr(kernel, "_SOURCES", tmp_path)
    kernel.load_kernel.cache_clear()
    try:
        with pytest.raises(RunError, match="was built from other sources"):
            kernel.load_kernel()
    finally:
        kernel.load_kernel.cache_clear()
