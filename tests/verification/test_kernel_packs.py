"""A design's result depends neither on its neighbours in the pack, nor on the order, nor on the number of threads.

Symmetries: doubled area, a layer split in two, a phase split in two, a run in two halves.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from flat import CURRENT, VOLTAGE, Batch, Layer, Record, Result, Step
from sets import chen, composite

ONE_C = 5 / 0.1027


def protocol(rates: Any) -> list[Step]:
    return [
        Step(CURRENT, ONE_C * rates, low_voltage=2.5),
        Step(CURRENT, -0.5 * ONE_C * rates, high_voltage=4.2),
        Step(VOLTAGE, 4.2, cut_current=ONE_C / 20),
    ]


def batch(rates: Any, **more: Any) -> Batch:
    made = chen(10, steps=protocol(rates), **more)
    for layer in made.layers:
        layer.thickness = layer.thickness * (1 + 0.1 * (rates - 1))
    return made


def figures(results: list[Result]) -> list[bytes]:
    return [r.rows.tobytes() + r.state.tobytes() + r.ends.tobytes() for r in results]


def test_packs_do_not_mix_and_order_and_threads_change_nothing(record_property: Record) -> None:
    rates = np.linspace(0.5, 2.0, 19)
    first = figures(batch(rates, pack=8).run())
    order = np.random.default_rng(1).permutation(19)
    shuffled = figures(batch(rates[order], pack=8, threads=2).run())
    record_property(
        "designs that change a bit when shuffled", sum(shuffled[i] != first[k] for i, k in enumerate(order))
    )
    assert all(shuffled[i] == first[k] for i, k in enumerate(order))
    alone = figures(batch(rates[3:4], pack=8).run())
    assert alone[0] == first[3]


def test_a_design_alone_equals_the_design_in_a_pack(record_property: Record) -> None:
    rates = np.linspace(0.5, 2.0, 8)
    packed, single = batch(rates, pack=8).run(), batch(rates).run()
    worst = max(np.abs(a.ends[:, 3] - b.ends[:, 3]).max() for a, b in zip(packed, single, strict=True))
    record_property("voltage at the ends of steps differs by [V]", (worst, "< 1e-9"))
    for a, b in zip(packed, single, strict=True):
        assert a.causes == b.causes
        assert a.ends == pytest.approx(b.ends, rel=1e-9, abs=1e-9)


def test_a_layer_split_in_two_changes_nothing(record_property: Record) -> None:
    pytest.importorskip("pybamm", reason="the composite set comes with the extra crosscheck")
    whole = composite("composite", 20, steps=[Step(CURRENT, ONE_C, low_voltage=2.5)])
    halves = replace(whole)
    layer = whole.layers[0]
    half = replace(layer, nodes=layer.nodes // 2, thickness=layer.thickness / 2)
    halves.layers = [half, replace(half), *whole.layers[1:]]
    a, b = whole.run()[0], halves.run()[0]
    assert len(a.time) == len(b.time)
    record_property("voltage differs by [V]", (np.abs(a.voltage - b.voltage).max(), "< 1e-10"))
    assert a.voltage == pytest.approx(b.voltage, abs=1e-10)


def test_identical_parallel_phases_are_one_phase(record_property: Record) -> None:
    one = chen(10, steps=[Step(CURRENT, ONE_C, low_voltage=2.5)])
    two = replace(one)
    layer = one.layers[0]
    share = replace(layer.phases[0], area=layer.phases[0].area / 2)
    two.layers = [replace(layer, phases=[share, replace(share)]), *one.layers[1:]]
    a, b = one.run()[0], two.run()[0]
    record_property("voltage differs by [V]", (np.abs(a.voltage - b.voltage).max(), "< 1e-10"))
    assert a.voltage == pytest.approx(b.voltage, abs=1e-10)


def test_a_run_in_two_halves_is_one_run(record_property: Record) -> None:
    steps = protocol(1.0)
    whole = chen(10, steps=steps).run()[0]
    first = chen(10, steps=steps[:2]).run()[0]
    second = chen(10, steps=steps[2:], state_in=first.state[None]).run()[0]
    assert second.ends[-1, 3:] == pytest.approx(
        np.r_[
            whole.ends[-1, 3:5],
            whole.ends[-1, 5] - first.ends[-1, 5],
            whole.ends[-1, 6] - first.ends[-1, 6],
            whole.ends[-1, 7:],
        ],
        rel=1e-9,
    )
    halves = first.ends[-1, 0] + second.ends[-1, 0]
    record_property("end time differs by, relative", (abs(halves / whole.ends[-1, 0] - 1), "< 1e-9"))
    assert halves == pytest.approx(whole.ends[-1, 0], rel=1e-9)


def test_layers_absent_in_a_half_cell_are_allowed_and_doubling_nodes_of_no_phase_costs_no_result() -> None:
    made = chen(10, steps=[Step(CURRENT, ONE_C, low_voltage=2.5)])
    bare: Layer = replace(made.layers[0], nodes=5, phases=[], thickness=1e-6)
    made.layers = [made.layers[0], bare, *made.layers[1:]]
    result = made.run()[0]
    assert result.outcome == "finished"
